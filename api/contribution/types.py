"""The type ``Contribution``."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.pagination import Connection
from domain.rows import InitiativeRow
from domain.snapshot import KeyResultShares

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult


class ContributionEntry(NamedTuple):
    """One entry of a portfolio's contributions."""

    initiative: InitiativeRow
    shares: KeyResultShares
    entry: int


@strawberry.type(
    description="By how much an initiative is expected to move a key result: the link between work and value."
)
class Contribution:
    """Shows ``ContributionEntry``."""

    initiative: Annotated["Initiative", strawberry.lazy("api.initiative.types")] = strawberry.field(
        description="Who contributes."
    )

    @strawberry.field(description="To what.")
    def key_result(
        self: ContributionEntry, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", info.context.directory.key_results[self.shares.key_result[self.entry]])

    @strawberry.field(
        description="Expected change of the key result's value, in its own unit and with its sign: -2 lowers it by 2."
    )
    def expected_delta(self: ContributionEntry) -> float:
        return float(self.shares.expected_delta[self.entry])

    @strawberry.field(description="How sure that is: above 0, at most 1.")
    def confidence(self: ContributionEntry) -> float:
        return float(self.shares.confidence[self.entry])


@strawberry.type(description="A page of contributions.")
class ContributionConnection(Connection[Contribution]):
    """Connection of contributions."""
