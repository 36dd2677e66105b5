"""Inputs of the mutations about team demands."""

import strawberry

from api.estimates import EstimateInput
from api.inputs import Composites

COMPOSITES: Composites = {
    "person_weeks": {
        "low": "person_weeks_low",
        "likely": "person_weeks_likely",
        "high": "person_weeks_high",
    }
}
IDS = {"initiative_id": "Initiative", "team_id": "Team"}

_INITIATIVE = "The initiative; one in use."
_TEAM = "The team; one in use, unless the initiative demanded something of it before."
_SKILL = "The skill that is needed, at most 100 characters; left out when anybody of the team can do it."
_PERSON_WEEKS = "How much, in person-weeks: 0 to 1,000,000."


@strawberry.input(description="What an initiative needs of a team, in place of what was said before.")
class TeamDemandSetInput:
    """Becomes ``TeamDemandSet``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    person_weeks: EstimateInput = strawberry.field(description=_PERSON_WEEKS)


@strawberry.input(description="A team demand to remove.")
class TeamDemandRemoveInput:
    """Becomes ``TeamDemandRemove``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    team_id: strawberry.ID = strawberry.field(description="The team.")
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)


@strawberry.input(description="One entry of what an initiative needs.")
class TeamDemandEntryInput:
    """Becomes ``DemandEntry``."""

    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    skill: str | None = strawberry.field(default=strawberry.UNSET, description=_SKILL)
    person_weeks: EstimateInput = strawberry.field(description=_PERSON_WEEKS)


@strawberry.input(description="All that an initiative needs of teams, in place of what was said before.")
class TeamDemandReplaceInput:
    """Becomes ``TeamDemandsReplace``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    demands: list[TeamDemandEntryInput] = strawberry.field(
        description="At most 200 entries, one for each team and skill; what is not among them is removed."
    )
