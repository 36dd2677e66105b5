"""Coverage of objectives and key results, as the schema shows it."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.coverage.enums import ContributionStanding, CoverageReason, CoverageVerdict
from api.nodes import as_types
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from domain.objective_coverage import KeyResultCoverage as Covered
from domain.objective_coverage import ObjectiveCoverage as ObjectiveCovered
from domain.rows import InitiativeRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult


class _Entry(NamedTuple):
    initiative: InitiativeRow
    expected_delta: float
    confidence: float
    standing: ContributionStanding


@strawberry.type(description="An initiative that is expected to move a key result, and whether that counts.")
class CoveringInitiative:
    """Shows ``_Entry``."""

    initiative: Annotated["Initiative", strawberry.lazy("api.initiative.types")] = strawberry.field(
        description="The initiative, with its state."
    )
    expected_delta: float = strawberry.field(
        description="Expected change, in the key result's unit and with its sign."
    )
    confidence: float = strawberry.field(description="How sure that is: above 0, at most 1.")
    standing: ContributionStanding = strawberry.field(description="Whether it counts.")


@strawberry.type(description="A page of initiatives, by title.")
class CoveringInitiativeConnection(Connection[CoveringInitiative]):
    """Connection of initiatives."""


@strawberry.type(
    description="What a key result's initiatives are expected to bring, against what is still to go. All figures are"
    " in its unit, with the sign of the way to go."
)
class KeyResultCoverage:
    """Shows ``domain.objective_coverage.KeyResultCoverage``."""

    expected_sum: float = strawberry.field(description="Σ expected delta of the initiatives that count.")
    expected_sum_by_confidence: float = strawberry.field(
        description="Σ expected delta · confidence of the initiatives that count."
    )
    decided_sum_by_confidence: float = strawberry.field(
        description="The same of those among them that are approved, active or paused."
    )
    remaining_gap: float | None = strawberry.field(
        description="Target − current value; 0 if met, null while one of them or the start value is unknown."
    )
    uncovered: float | None = strawberry.field(
        description="What is left of the remaining gap after the sum by confidence; 0 if it is enough, null if the gap"
        " is unknown."
    )
    enough: CoverageVerdict = strawberry.field(
        description="Whether the sum by confidence reaches the remaining gap."
    )
    reason: CoverageReason = strawberry.field(description="Why.")

    @strawberry.field(description="The key result.")
    def key_result(self: Covered) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")]:
        return cast("KeyResult", self.key_result)

    @strawberry.field(
        description="The initiatives that are expected to move it, also those that don't count."
    )
    async def initiatives(
        self: Covered,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CoveringInitiativeConnection:
        indices, window = slice_of(
            length=len(self.contributions),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"coverage of {self.key_result.id}",
        )
        chosen = [self.contributions[index] for index in indices]
        portfolios = {entry.contribution.portfolio_id for entry in chosen}
        await info.context.view(*portfolios)
        if any(info.context.find_initiative(entry.contribution.initiative_id) is None for entry in chosen):
            await info.context.renew(*portfolios)
        nodes = [
            _Entry(
                info.context.initiative(contribution.initiative_id),
                contribution.expected_delta,
                contribution.confidence,
                standing,
            )
            for contribution, standing in chosen
        ]
        return CoveringInitiativeConnection.of(
            window, nodes=as_types(CoveringInitiative, nodes), total=len(self.contributions)
        )


@strawberry.type(description="A page of key results' coverages, the oldest key result first.")
class KeyResultCoverageConnection(Connection[KeyResultCoverage]):
    """Connection of coverages."""


@strawberry.type(description="Which initiatives get an objective there, and is that enough?")
class ObjectiveCoverage:
    """Shows ``domain.objective_coverage.ObjectiveCoverage``."""

    enough: CoverageVerdict = strawberry.field(
        description="YES if it is for each of its key results in use, NO if it is not for one of them, else UNKNOWN."
    )
    reasons: list[CoverageReason] = strawberry.field(
        description="Those of its key results, each once; at most 8."
    )

    @strawberry.field(description="Its key results in use.")
    def key_results(
        self: ObjectiveCovered,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KeyResultCoverageConnection:
        indices, window = slice_of(
            length=len(self.key_results),
            page=page_of(first=first, after=after, last=last, before=before),
            scope=f"coverage of {self.objective_id}",
        )
        nodes = as_types(KeyResultCoverage, (self.key_results[index] for index in indices))
        return KeyResultCoverageConnection.of(window, nodes=nodes, total=len(self.key_results))
