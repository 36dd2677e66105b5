"""An initiative in a selection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.nodes import as_type
from api.pagination import Connection
from api.selection.enums import Bar
from api.selection.explanations import FundingAt, FundingChanges, Unfunded, UnfundedAt
from api.selection.solving import shared
from domain.errors import InvalidInput
from domain.planning.funding import MOST_ASKED, funding_changes
from domain.planning.selecting import Funding, SelectedPlan
from prioritisation.selection_funding import FundingChange

if TYPE_CHECKING:
    from api.initiative.types import Initiative

FUNDING_COST = 500


class PlannedAt(NamedTuple):
    """An initiative of a selection, by its position in the input."""

    plan: SelectedPlan
    at: int


@strawberry.type(description="An open initiative in a selection: whether it is funded, and if not, why.")
class PlannedInitiative:
    """Shows ``PlannedAt``."""

    @strawberry.field(description="The initiative.")
    def initiative(
        self: PlannedAt, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", info.context.initiative(self.plan.posed.initiative_ids[self.at]))

    @strawberry.field(description="Its rank in the ranking that the cut line walks down; null without one.")
    def rank(self: PlannedAt) -> int | None:
        return int(self.plan.posed.solved.ordered.rank[self.at]) or None

    @strawberry.field(
        description="What doing it is worth, in the unit of the selection's values: score · size of the ranking"
        " (with CD3 the cost of delay per week). Null when unknown: that is not 0."
    )
    def value(self: PlannedAt) -> float | None:
        value = float(self.plan.posed.value[self.at])
        return None if np.isnan(value) else value

    @strawberry.field(
        description="Person-weeks that it still needs of all teams whose capacity is known: likely estimates less"
        " what is booked. Null when nobody has estimated it."
    )
    def remaining_effort(self: PlannedAt) -> float | None:
        made = self.plan.made
        if made.effort.unknown[self.at]:
            return None
        return float(made.effort.weeks[self.at, self.plan.posed.team_resource].sum())

    @strawberry.field(
        description="Whether anything has been booked on it; if not, its whole estimate counts as remaining."
    )
    def booked(self: PlannedAt) -> bool:
        return bool(self.plan.posed.booked[self.at])

    @strawberry.field(
        description="Whether it is being worked on and goes on in this plan: then it is funded, and what it still"
        " needs of the cycle was taken off capacity first."
    )
    def in_flight(self: PlannedAt) -> bool:
        return bool(self.plan.made.standing.committed[self.at])

    @strawberry.field(description="Whether it has to be funded: it is mandatory, or needed by what is.")
    def forced(self: PlannedAt) -> bool:
        return bool(self.plan.made.standing.forced[self.at])

    @strawberry.field(description="Whether the plan that is worth most funds it.")
    def funded(self: PlannedAt) -> bool:
        return bool(self.plan.optimum.chosen[self.at])

    @strawberry.field(description="Whether the walk down the ranking funds it.")
    def above_cut_line(self: PlannedAt) -> bool:
        return bool(self.plan.cut_line.chosen[self.at])

    @strawberry.field(description="Why the plan that is worth most does not fund it; null if it does.")
    def unfunded(self: PlannedAt) -> Unfunded | None:
        return _unfunded(self, self.plan.optimum)

    @strawberry.field(description="Why the walk down the ranking does not fund it; null if it does.")
    def below_cut_line(self: PlannedAt) -> Unfunded | None:
        return _unfunded(self, self.plan.cut_line)

    @strawberry.field(
        description="What is not known about it, or stands against it, though it has to be funded; else empty."
    )
    def gaps(self: PlannedAt) -> list[Bar]:
        standing = self.plan.made.standing
        return list(standing.bars_of(self.at)) if standing.forced[self.at] else []

    @strawberry.field(
        description="What would let the plan that is worth most fund it; null if it does. Solved again for each: a"
        f" request may ask for at most {MOST_ASKED} initiatives.",
        metadata={"cost": FUNDING_COST},
    )
    async def would_be_funded_by(self: PlannedAt, info: Info) -> FundingChanges | None:
        if self.plan.optimum.chosen[self.at]:
            return None
        plan = self.plan
        loader = info.context.loader(("funding", plan.fingerprint), lambda context: _loader(context, plan))
        change = await loader.load(self.at)
        return as_type(FundingChanges, FundingAt(plan.posed, change))


@strawberry.type(description="A page of the initiatives of a selection, in the order of the ranking.")
class PlannedInitiativeConnection(Connection[PlannedInitiative]):
    """Connection of planned initiatives."""


def _unfunded(planned: PlannedAt, funding: Funding) -> Unfunded | None:
    explanation = planned.plan.why(funding, planned.at)
    if explanation is None:
        return None
    return as_type(Unfunded, UnfundedAt(planned.plan.posed, explanation))


def _loader(context: Context, plan: SelectedPlan) -> DataLoader[int, FundingChange]:
    async def load(positions: Sequence[int]) -> list[FundingChange]:
        if len(positions) > MOST_ASKED:
            raise InvalidInput(
                f"Ask what would fund at most {MOST_ASKED} initiatives in a request; these are {len(positions)}."
            )
        found = await funding_changes(plan, positions, **shared(context))
        return [found[position] for position in positions]

    return DataLoader(load_fn=load)
