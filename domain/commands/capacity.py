"""Commands about people, leave, focus and stated capacity."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.commands.base import Command, Name, Note, PersonWeeks, Share, UpdateCommand
from domain.commands.demand import Skill
from domain.periods import Weekday

MOST_SKILLS = 20
"""Most skills of one person."""

PartOfWhole = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
RampWeeks = Annotated[float, Field(ge=0, le=260, allow_inf_nan=False)]


def _each_once(skills: list[str]) -> list[str]:
    if len(set(skills)) < len(skills):
        raise ValueError("must name each skill once")
    return skills


OneSkill = Annotated[Skill, StringConstraints(min_length=1)]
Skills = Annotated[list[OneSkill], Field(max_length=MOST_SKILLS), AfterValidator(_each_once)]


class TeamPersonCreate(Command):
    """Somebody who works in a team; without days she has always been there, and stays."""

    id: UUID | None = None
    team_id: UUID
    member_id: UUID | None = None
    name: Name
    fte: PartOfWhole = 1.0
    joins_on: date | None = None
    leaves_on: date | None = None
    ramp_up_weeks: RampWeeks = 0.0
    ramp_up_share: PartOfWhole = 0.0
    ramp_down_weeks: RampWeeks = 0.0
    ramp_down_share: PartOfWhole = 0.0
    skills: Skills = Field(default_factory=list)


class TeamPersonUpdate(UpdateCommand):
    """Changes to somebody who works in a team."""

    team_id: UUID = Field(default=UUID(int=0))
    member_id: UUID | None = None
    name: Name = Field(default="")
    fte: PartOfWhole = 1.0
    joins_on: date | None = None
    leaves_on: date | None = None
    ramp_up_weeks: RampWeeks = 0.0
    ramp_up_share: PartOfWhole = 0.0
    ramp_down_weeks: RampWeeks = 0.0
    ramp_down_share: PartOfWhole = 0.0
    skills: Skills = Field(default_factory=list)


class LeaveCreate(Command):
    """Days off of a person, a team, or, with neither, of the whole organisation."""

    id: UUID | None = None
    person_id: UUID | None = None
    team_id: UUID | None = None
    name: Annotated[Note, StringConstraints(max_length=200)] = ""
    starts_on: date
    ends_on: date
    share: Share = 1.0


class LeaveUpdate(UpdateCommand):
    """Changes to days off; whose they are stays."""

    name: Annotated[Note, StringConstraints(max_length=200)] = ""
    starts_on: date = Field(default=date.min)
    ends_on: date = Field(default=date.min)
    share: Share = 1.0


class TeamFocusClear(Command):
    """What was said about a team's focus, in a cycle or wherever nothing else is said, to be taken back."""

    team_id: UUID
    cycle_id: UUID | None = None


class TeamFocusSet(TeamFocusClear):
    """The share of a team's time that planned work gets, in a cycle or wherever nothing else is said."""

    share: Share


class StatedCapacityPlace(Command):
    """What a stated figure is about: a team or one of its skills, in a cycle or between two days."""

    team_id: UUID
    skill: Skill = ""
    cycle_id: UUID | None = None
    starts_on: date | None = None


class StatedCapacitySet(StatedCapacityPlace):
    """Person-weeks that stand instead of the computed ones."""

    ends_on: date | None = None
    person_weeks: PersonWeeks
    note: Note = ""


class StatedCapacityClear(StatedCapacityPlace):
    """A stated figure to take back."""


class CapacitySettingsUpdate(Command):
    """Changes to when the organisation works, and to when drift is worth an alert."""

    expected_version: int | None = None
    working_weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    hours_per_day: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)] | None = None
    drift_tolerance: PartOfWhole | None = None
    drift_periods: Annotated[int, Field(ge=1, le=26)] | None = None
