"""``Portfolio.stopCandidates``."""

import hashlib
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.inputs import decoded
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.ranking.enums import OrderKind
from api.ranking.request import AsOf, By, request_for
from api.selection.solving import selection_for
from api.stop_candidate.types import StopCandidateConnection, shown_candidate
from domain.booking import booked_by_initiative
from domain.db import reading
from domain.planning.asking import InFlight, PlanRequest
from domain.planning.reasons import UnfundedReason
from domain.ranking import RankingRequest
from domain.rows import PortfolioRow
from domain.snapshot import PortfolioColumns
from domain.stop_candidates import IN_FLIGHT, Planned, stop_candidates

_OUTBID = frozenset(
    {
        UnfundedReason.CATEGORY_EXHAUSTED,
        UnfundedReason.CAPACITY_EXHAUSTED,
        UnfundedReason.ALTERNATIVE_FUNDED,
        UnfundedReason.NEVER_FITS,
    }
)

InCycle = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="A cycle for whose capacity work in flight has to compete; left out, it is compared with what"
        " waits. Where the capacity of a team that it demands is unknown, it is not judged by the cut line."
    ),
]


@strawberry.type
class PortfolioStopCandidates:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Work in flight, active or paused, whose case has gone: it lies below the cut line of its category"
        " (see `BELOW_CUT_LINE`; with a cycle whose capacity is stated by a plan of that, else by what waits for its"
        " teams); or all that it contributes to is met, archived or out of its cycle; or it waits for what is stopped"
        " or archived. The worst ranked first. What has been spent plays no part: remaining effort counts.",
        metadata={"cost": 50},
    )
    async def stop_candidates(
        self: PortfolioRow,
        info: Info,
        by: By = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        cycle: InCycle = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StopCandidateConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        request = request_for(by or None, OrderKind.DEPENDENCY_AWARE, None, as_of or None)
        view = await info.context.view(self.id)
        found = await stop_candidates(
            view,
            self.id,
            request,
            booked=await _booked(info.context, view.portfolio(self.id)),
            planned=await _planned(info.context, self.id, request, cycle) if cycle else None,
        )
        digest = hashlib.blake2b(digest_size=16)
        for candidate in found.candidates:
            position = int(found.ranking.scored.positions[candidate.index])
            digest.update(found.ranking.columns.rows[position].id.bytes)
        scope = f"stop:{self.id}:{digest.hexdigest()}"
        indices, window = slice_of(length=len(found.candidates), page=page, scope=scope)
        nodes = [shown_candidate(found, found.candidates[index]) for index in indices]
        return StopCandidateConnection.of(window, nodes=nodes, total=len(found.candidates))


async def _booked(context: Context, columns: PortfolioColumns) -> dict[UUID, float]:
    """Person-weeks booked on work in flight."""
    flying = [row.id for row in columns.rows if row.state in IN_FLIGHT and row.archived_at is None]
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await booked_by_initiative(connection, organisation_id, initiative_ids=flying)
    return {initiative_id: sum(of_teams.values()) for initiative_id, of_teams in found.items()}


async def _planned(context: Context, portfolio_id: UUID, ranking: RankingRequest, cycle: str) -> Planned:
    """The plan of a cycle in which work in flight competes."""
    request = PlanRequest(
        cycle_id=decoded("Cycle", cycle, "cycle"), ranking=ranking, in_flight=InFlight.COMPETES
    )
    plan = await selection_for(context, portfolio_id, request)
    ids = plan.posed.initiative_ids
    outbid = {
        at
        for at in plan.optimum.unfunded
        if (why := plan.why(plan.optimum, at)) is not None and _OUTBID.issuperset(why.reasons)
    }
    return Planned(
        fingerprint=plan.fingerprint,
        funded=frozenset(ids[at] for at in range(len(ids)) if plan.optimum.chosen[at]),
        unfunded=frozenset(ids[at] for at in outbid),
    )
