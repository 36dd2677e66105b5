"""Commands about what initiatives demand of teams."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.commands.base import Command, Note, PersonWeeks

LARGEST_LIST = 200
"""Most demands, or contributions, of one initiative."""


def _skill(text: str) -> str:
    return " ".join(text.split())


Skill = Annotated[Note, StringConstraints(max_length=100), AfterValidator(_skill)]


class DemandEntry(Command):
    """Person-weeks of a team, and of one of its skills unless ``skill`` is empty."""

    team_id: UUID
    skill: Skill = ""
    person_weeks_low: PersonWeeks | None = None
    person_weeks_likely: PersonWeeks
    person_weeks_high: PersonWeeks | None = None


class TeamDemandSet(DemandEntry):
    """One demand of an initiative, in place of that of the same team and skill."""

    initiative_id: UUID


class TeamDemandRemove(Command):
    """One demand of an initiative, to be removed."""

    initiative_id: UUID
    team_id: UUID
    skill: Skill = ""


class TeamDemandsReplace(Command):
    """All demands of an initiative, in place of those that it has."""

    initiative_id: UUID
    demands: list[DemandEntry] = Field(max_length=LARGEST_LIST)
