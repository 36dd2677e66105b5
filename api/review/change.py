"""The page of a change review."""

import hashlib
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.history.types import KeyResultState, PastKeyResult
from api.key_result.enums import OkrStatus
from api.nodes import as_type, as_types
from api.objective.types import Objective
from api.pagination import After, Before, Connection, First, Last, page_of, slice_of
from api.review.subject import Covered, Reviewed
from domain.history.objective import ObjectiveState as PastObjective
from domain.review.change import WORST_FIRST, StandingObjective

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio


class ChangePage(NamedTuple):
    """What a change review shows."""

    covered: Covered
    on: date
    at: datetime
    objectives: tuple[StandingObjective, ...]


class ReviewedOne(NamedTuple):
    """An objective of a change review."""

    at: datetime
    on: date
    found: StandingObjective


class Counted(NamedTuple):
    """How many objectives stand in a way."""

    status: OkrStatus
    objectives: int


@strawberry.type(description="How many objectives of a review stand in a way.")
class ObjectiveStatusCount:
    """Shows ``Counted``."""

    status: OkrStatus = strawberry.field(description="The status.")
    objectives: int = strawberry.field(name="count", description="How many objectives.")


@strawberry.type(description="An objective as a change review shows it.")
class ReviewedObjective:
    """Shows ``ReviewedOne``."""

    @strawberry.field(description="The objective as it is now.")
    def objective(self: ReviewedOne, info: Info) -> Objective:
        return as_type(Objective, info.context.directory.objectives[self.found.row.id])

    @strawberry.field(description="Its title on the day.")
    def title(self: ReviewedOne) -> str:
        return self.found.row.title

    @strawberry.field(
        description="Mean of its key results' clamped progress by weight, 0 to 1; null when nothing was measured."
    )
    def progress(self: ReviewedOne) -> float | None:
        return self.found.standing.progress

    @strawberry.field(
        description="What progress was to be expected by the day, 0 to 1; null when nothing was measured."
    )
    def expected(self: ReviewedOne) -> float | None:
        return self.found.standing.expected

    @strawberry.field(
        description="Mean of its key results' confidence by weight, 0 to 10; null where nobody had stated one."
    )
    def confidence(self: ReviewedOne) -> float | None:
        return self.found.standing.confidence

    @strawberry.field(description="How it stood on the day.")
    def status(self: ReviewedOne) -> OkrStatus:
        return self.found.standing.status

    @strawberry.field(
        description="Its key results in use as they were on the day, the oldest first; all of them."
    )
    def key_results(self: ReviewedOne) -> list[KeyResultState]:
        found = self.found
        past = PastObjective(
            at=self.at,
            row=found.row,
            cycle=found.cycle,
            key_results=found.key_results,
            contributing_team_ids=frozenset(),
            standing=found.standing,
        )
        rows = [row for row in found.key_results if row.archived_at is None]
        return as_types(KeyResultState, (PastKeyResult(row, past, self.on) for row in rows))


@strawberry.type(
    description="A page of the objectives of a review, those that stand worst first, then by title."
)
class ReviewedObjectiveConnection(Connection[ReviewedObjective]):
    """Connection of reviewed objectives."""


@strawberry.type(
    description="What a change review looks at: step-change work. Objectives with progress and confidence, and by"
    " `portfolios` the ranked initiatives and the stop candidates."
)
class ChangeReview(Reviewed):
    """Shows ``ChangePage``."""

    on: date = strawberry.field(description="The day that it shows.")
    at: datetime = strawberry.field(
        description="The moment that it shows: the end of a past day in UTC, or now."
    )

    @strawberry.field(description="How many objectives stand in each way, the worst first; all 6.")
    def status_counts(self: ChangePage) -> list[ObjectiveStatusCount]:
        counts = Counter(each.standing.status for each in self.objectives)
        return as_types(ObjectiveStatusCount, (Counted(status, counts[status]) for status in WORST_FIRST))

    @strawberry.field(
        description="The open objectives of the cycles that ran on the day: off track, at risk, unknown, not started,"
        " on track, met, then by title."
    )
    def objectives(
        self: ChangePage,
        info: Info,
        statuses: Annotated[
            list[OkrStatus] | None,
            strawberry.argument(description="Only those that stand in one of these ways; all if left out."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ReviewedObjectiveConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        shown = [each for each in self.objectives if not statuses or each.standing.status in statuses]
        digest = hashlib.blake2b(digest_size=16)
        for each in shown:
            digest.update(each.row.id.bytes)
        indices, window = slice_of(
            length=len(shown), page=page, scope=f"change {self.on} {digest.hexdigest()}"
        )
        nodes = as_types(ReviewedObjective, (ReviewedOne(self.at, self.on, shown[at]) for at in indices))
        return ReviewedObjectiveConnection.of(window, nodes=nodes, total=len(shown))

    @strawberry.field(
        description="The portfolios in use whose ranked initiatives (`ranking`) and stop candidates (`stopCandidates`)"
        " belong to the review: the one that it is about, or all, by name; at most 20. They are as they are now."
    )
    def portfolios(
        self: ChangePage, info: Info
    ) -> list[Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]]:
        portfolios = info.context.directory.portfolios
        chosen = self.covered.scope.portfolio_id
        rows = (
            [row for row in portfolios.values() if row.archived_at is None]
            if chosen is None
            else [portfolios[chosen]]
        )
        rows.sort(key=lambda row: (row.name.lower(), row.id))
        return cast("list[Portfolio]", rows[:MOST_PORTFOLIOS])


MOST_PORTFOLIOS = 20
