"""``Portfolio.stopCandidates``."""

import hashlib

import strawberry

from api.context import Info
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.ranking.enums import OrderKind
from api.ranking.request import AsOf, By, request_for
from api.stop_candidate.types import StopCandidateConnection, shown_candidate
from domain.rows import PortfolioRow
from domain.stop_candidates import stop_candidates


@strawberry.type
class PortfolioStopCandidates:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Work in flight, active or paused, whose case has gone: work of the same category that is worth"
        " more per person-week waits for one of its teams, evaluated or approved and able to begin; or all that it"
        " contributes to is met, archived or out of its cycle; or it waits for what is stopped or archived. The worst"
        " ranked first. What has been spent plays no part.",
    )
    async def stop_candidates(
        self: PortfolioRow,
        info: Info,
        by: By = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StopCandidateConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        request = request_for(by or None, OrderKind.DEPENDENCY_AWARE, None, as_of or None)
        found = await stop_candidates(await info.context.view(self.id), self.id, request)
        digest = hashlib.blake2b(digest_size=16)
        for candidate in found.candidates:
            position = int(found.ranking.scored.positions[candidate.index])
            digest.update(found.ranking.columns.rows[position].id.bytes)
        scope = f"stop:{self.id}:{digest.hexdigest()}"
        indices, window = slice_of(length=len(found.candidates), page=page, scope=scope)
        nodes = [shown_candidate(found, found.candidates[index]) for index in indices]
        return StopCandidateConnection.of(window, nodes=nodes, total=len(found.candidates))
