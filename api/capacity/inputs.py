"""Inputs of the mutations about people, leave, focus and stated capacity."""

from datetime import date
from uuid import UUID

import strawberry

from api.bulk import ErrorPolicy
from api.capacity.enums import Weekday
from api.descriptions import CLIENT_ID, EXPECTED_VERSION

IDS = {"team_id": "Team", "cycle_id": "Cycle", "person_id": "TeamPerson", "member_id": "Member"}

_TEAM = "The team; one in use."
_MEMBER = "The member that she is, if she is one; one in use."
_NAME = "Her name, or what the place is called; 1 to 200 characters."
_FTE = "Share of a full-time job, 0 to 1; 1 unless given."
_JOINS = "First day in the team; without one she has always been there."
_LEAVES = "Last day in the team, not before the first; without one she stays."
_UP_WEEKS = "Weeks until a joiner does all of it, 0 to 260; needs the first day."
_UP_SHARE = "What a joiner begins with, 0 to 1; rises in a straight line."
_DOWN_WEEKS = "Weeks over which a leaver does less, 0 to 260; needs the last day."
_DOWN_SHARE = "What is left on a leaver's last day, 0 to 1; falls in a straight line."
_SKILLS = "What she can do, as demands name it: at most 20 skills of 1 to 100 characters, each once."
_LEAVE_NAME = "What it is, such as a holiday's name; at most 200 characters."
_FIRST = "First day off."
_LAST = "Last day off; not before the first, and at most 3,660 days in all."
_SHARE = "Share of each day, above 0 and at most 1; 1 unless given."
_SKILL = "The skill that it is about, at most 100 characters; left out for the team as a whole."


@strawberry.input(description="Somebody who works in a team.")
class TeamPersonCreateInput:
    """Becomes ``TeamPersonCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    member_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_MEMBER)
    name: str = strawberry.field(description=_NAME)
    fte: float | None = strawberry.field(default=strawberry.UNSET, description=_FTE)
    joins_on: date | None = strawberry.field(default=strawberry.UNSET, description=_JOINS)
    leaves_on: date | None = strawberry.field(default=strawberry.UNSET, description=_LEAVES)
    ramp_up_weeks: float | None = strawberry.field(default=strawberry.UNSET, description=_UP_WEEKS)
    ramp_up_share: float | None = strawberry.field(default=strawberry.UNSET, description=_UP_SHARE)
    ramp_down_weeks: float | None = strawberry.field(default=strawberry.UNSET, description=_DOWN_WEEKS)
    ramp_down_share: float | None = strawberry.field(default=strawberry.UNSET, description=_DOWN_SHARE)
    skills: list[str] | None = strawberry.field(default=strawberry.UNSET, description=_SKILLS)


@strawberry.input(description="Changes to somebody who works in a team; what is left out stays as it is.")
class TeamPersonUpdateInput:
    """Becomes ``TeamPersonUpdate``."""

    id: strawberry.ID = strawberry.field(description="The person.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    team_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description=_TEAM)
    member_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(description=_MEMBER)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    fte: strawberry.Maybe[float] = strawberry.field(description="Share of a full-time job, 0 to 1.")
    joins_on: strawberry.Maybe[date | None] = strawberry.field(description=_JOINS)
    leaves_on: strawberry.Maybe[date | None] = strawberry.field(description=_LEAVES)
    ramp_up_weeks: strawberry.Maybe[float] = strawberry.field(description=_UP_WEEKS)
    ramp_up_share: strawberry.Maybe[float] = strawberry.field(description=_UP_SHARE)
    ramp_down_weeks: strawberry.Maybe[float] = strawberry.field(description=_DOWN_WEEKS)
    ramp_down_share: strawberry.Maybe[float] = strawberry.field(description=_DOWN_SHARE)
    skills: strawberry.Maybe[list[str]] = strawberry.field(description=_SKILLS)


@strawberry.input(description="Days off of a person, a team, or, with neither, of the whole organisation.")
class LeaveCreateInput:
    """Becomes ``LeaveCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    person_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whose they are; not together with a team."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The team that is off as a whole; not together with a person."
    )
    name: str | None = strawberry.field(default=strawberry.UNSET, description=_LEAVE_NAME)
    starts_on: date = strawberry.field(description=_FIRST)
    ends_on: date = strawberry.field(description=_LAST)
    share: float | None = strawberry.field(default=strawberry.UNSET, description=_SHARE)


@strawberry.input(description="Many days off at once, such as the public holidays of a year.")
class LeaveCreateBulkInput:
    """Read item by item."""

    items: list[LeaveCreateInput] = strawberry.field(description="1 to 1,000 items.")
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL, description="What to do with the good items when others are faulty."
    )


@strawberry.input(description="Changes to days off; whose they are stays.")
class LeaveUpdateInput:
    """Becomes ``LeaveUpdate``."""

    id: strawberry.ID = strawberry.field(description="The leave.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_LEAVE_NAME)
    starts_on: strawberry.Maybe[date] = strawberry.field(description=_FIRST)
    ends_on: strawberry.Maybe[date] = strawberry.field(description=_LAST)
    share: strawberry.Maybe[float] = strawberry.field(description=_SHARE)


@strawberry.input(
    description="The share of a team's time that planned work gets, in place of what was said before."
)
class TeamFocusSetInput:
    """Becomes ``TeamFocusSet``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    cycle_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The cycle that it holds in; left out: wherever nothing is said for a cycle.",
    )
    share: float = strawberry.field(description="Above 0 and at most 1.")


@strawberry.input(description="What was said about a team's focus, to be taken back.")
class TeamFocusClearInput:
    """Becomes ``TeamFocusClear``."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    cycle_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The cycle; left out for what holds where nothing else is said."
    )


@strawberry.input(
    description="Person-weeks that stand instead of the computed ones: in a cycle, or from the first to the last day."
)
class TeamCapacitySetInput:
    """Becomes ``StatedCapacitySet``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    cycle_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The cycle, unless days are given; one in use."
    )
    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="First day, unless a cycle is given."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="Last day, with the first one; at most 520 weeks, which no other figure of the team overlaps.",
    )
    person_weeks: float = strawberry.field(
        description="Net person-weeks in all, 0 to 1,000,000; 0 means that there is nobody."
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where the figure comes from, at most 2,000 characters."
    )


@strawberry.input(description="A stated figure to take back.")
class TeamCapacityClearInput:
    """Becomes ``StatedCapacityClear``."""

    team_id: strawberry.ID = strawberry.field(description="The team.")
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    cycle_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The cycle that it is about."
    )
    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="Its first day, where it is not about a cycle."
    )


@strawberry.input(description="Changes to the organisation's settings of capacity; what is left out stays.")
class CapacitySettingsUpdateInput:
    """Becomes ``CapacitySettingsUpdate``."""

    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    working_weekdays: list[Weekday] | None = strawberry.field(
        default=strawberry.UNSET, description="The days on which the organisation works, 1 to 7, each once."
    )
    hours_per_day: float | None = strawberry.field(
        default=strawberry.UNSET, description="Hours of a working day, above 0 and at most 24."
    )
    drift_tolerance: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="By how much the actual share of step-change work may stay below the planned one, 0 to 1.",
    )
    drift_periods: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="After how many booked weeks in a row below that an alert is opened, 1 to 26.",
    )
