"""The type ``KeyResult``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Optional, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.benefit.fields import KeyResultBenefits
from api.check_in.types import CHECK_IN_LISTING, CheckInConnection, know_members
from api.context import Context, Info
from api.contribution.types import ContributionConnection
from api.coverage.fields import KeyResultCovered
from api.dependency_map.day import today_unless
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import KeyResultDirection, KeyResultKind
from api.key_result.contributions import contributions_to
from api.key_result.day import OnDay
from api.key_result.enums import ConfidenceTrend, ExpectedShape, OkrStatus
from api.key_result.grading import Grading
from api.kpi.key_result_fields import KeyResultKpiFields
from api.listing import Listing, children_of
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from api.wording.types import KeyResultWording
from domain.key_result_status import confidence_trend, expected_progress, key_result_status
from domain.progress import key_result_progress, levels
from domain.queries.listing import OrderBy
from domain.queries.sources import KEY_RESULTS
from domain.rows import CycleRow, KeyResultRow
from domain.rows_okr import CheckInRow

if TYPE_CHECKING:
    from api.member.types import Member
    from api.objective.types import Objective


@strawberry.type(description="How far the current value is on the way from the start value to the target.")
class KeyResultProgress:
    """Shows ``Progress``."""

    raw: float = strawberry.field(
        description="(current − start) / (target − start); below 0 when it went the wrong way, above 1 beyond"
        " the target."
    )
    clamped: float = strawberry.field(description="The same within 0 to 1; it counts in the objective.")


@strawberry.type(description="What progress was to be expected by a day.")
class ExpectedProgress:
    """Shows ``domain.key_result_status.ExpectedProgress``."""

    value: float = strawberry.field(description="0 to 1, to be held against the clamped progress.")
    starts_on: date = strawberry.field(description="The day of which 0 is expected: the first of the cycle.")
    ends_on: date = strawberry.field(description="The day from which on 1 is expected: the due date.")
    shape: ExpectedShape = strawberry.field(description="How it is expected to come between them.")


@strawberry.type(
    description="What a key result is measured against, in its unit. By default target = start +"
    " 0.7 · (stretch − start) and commit = start + 0.3 · (stretch − start), and not beyond the target."
)
class KeyResultLevels:
    """Shows ``Levels``."""

    commit: float = strawberry.field(description="The commit value: given, or by default.")
    target: float = strawberry.field(description="The target.")
    stretch: float = strawberry.field(description="The stretch value: given, or by default.")


@strawberry.type(description="Measurable evidence that an objective is being reached.")
@shows(KeyResultRow)
class KeyResult(Node, KeyResultCovered, KeyResultBenefits, AuditedNode, KeyResultKpiFields, KeyResultWording):
    """Shows ``KeyResultRow``."""

    title: str = strawberry.field(description="What changes, in a sentence.")
    unit: str = strawberry.field(description="The unit of its values, such as % or days; may be empty.")
    direction: KeyResultDirection = strawberry.field(description="Which way the value has to move.")
    kind: KeyResultKind = strawberry.field(description="Outcome or activity.")
    start_value: float | None = strawberry.field(
        description="Where it started, in its unit; null in a draft of which nobody knows."
    )
    target_value: float | None = strawberry.field(
        description="Where it is to be, in its unit, never the start; null in a draft of which nobody knows."
    )
    current_value: float | None = strawberry.field(
        description="Where it is now, in its unit: what the latest check-in said. Null in a draft of which nobody"
        " knows."
    )
    commit_value: float | None = strawberry.field(
        description="What is promised, in its unit, beyond the start and up to the target; null if not given."
    )
    stretch_value: float | None = strawberry.field(
        description="What is hoped for, in its unit, the target or beyond; null if not given."
    )
    due_on: date = strawberry.field(description="The day it is due, within the objective's cycle.")
    weight: float = strawberry.field(
        description="How much it counts in its objective: 0 to 1,000; those of an objective never add up to 0."
    )
    checked_in_at: datetime | None = strawberry.field(
        description="The time that the latest check-in is of; null if there was none."
    )
    confidence: int | None = strawberry.field(
        description="The confidence that was stated last of reaching the target, 0 to 10; null if nobody has yet."
    )
    previous_confidence: int | None = strawberry.field(
        description="The confidence that was stated before, 0 to 10; null unless it was stated twice."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The objective that it is evidence of.")
    def objective(
        self: KeyResultRow, info: Info
    ) -> Annotated["Objective", strawberry.lazy("api.objective.types")]:
        return cast("Objective", info.context.directory.objectives[self.objective_id])

    @strawberry.field(
        description="Who looks after it; null for nobody yet. It says nothing about the person."
    )
    def owner(
        self: KeyResultRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")] | None:
        if self.owner_id is None:
            return None
        return cast("Member", info.context.directory.members[self.owner_id])

    @strawberry.field(
        description="The initiatives that are expected to move it, and by how much; the oldest entry first."
        " Those of archived initiatives are among them."
    )
    async def contributions(
        self: KeyResultRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContributionConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await contributions_to(info.context, self.id, page)

    @strawberry.field(
        description="What was said about where it stands, the latest first; corrected entries too."
    )
    async def check_ins(
        self: KeyResultRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CheckInConnection:
        found = await children_of(
            info.context,
            CHECK_IN_LISTING,
            parent="key_result_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
        await know_members(info.context, cast("list[CheckInRow]", found.nodes))
        return found

    @strawberry.field(description="How far it has come; null for a draft, whose values nobody knows yet.")
    def progress(self: KeyResultRow) -> KeyResultProgress | None:
        found = key_result_progress(self)
        return None if found is None else as_type(KeyResultProgress, found)

    @strawberry.field(description="What progress was to be expected by a day.")
    def expected_progress(self: KeyResultRow, info: Info, on: OnDay = None) -> ExpectedProgress:
        found = expected_progress(self, cycle=_cycle_of(self, info), day=today_unless(on))
        return as_type(ExpectedProgress, found)

    @strawberry.field(description="How it stands on a day, with the values that it has now.")
    def status(self: KeyResultRow, info: Info, on: OnDay = None) -> OkrStatus:
        return key_result_status(self, cycle=_cycle_of(self, info), day=today_unless(on))

    @strawberry.field(
        description="Where confidence has gone with the last check-in that stated one; null unless it was stated"
        " twice."
    )
    def confidence_trend(self: KeyResultRow) -> ConfidenceTrend | None:
        return confidence_trend(self)

    @strawberry.field(
        description="What it is measured against, with defaults for what is not given; null for a draft."
    )
    def levels(self: KeyResultRow) -> KeyResultLevels | None:
        found = levels(
            direction=self.direction,
            start_value=self.start_value,
            target_value=self.target_value,
            commit_value=self.commit_value,
            stretch_value=self.stretch_value,
        )
        return None if found is None else as_type(KeyResultLevels, found)

    @strawberry.field(description="Its grades since its objective was closed; null while that is open.")
    def grading(self: KeyResultRow, info: Info) -> Grading | None:
        closed = info.context.directory.objectives[self.objective_id].closed_at is not None
        return as_type(Grading, self) if closed else None

    @strawberry.field(
        description="The key result of an earlier cycle that it goes on from; null if it is new."
    )
    def carried_over_from(self: KeyResultRow, info: Info) -> Optional["KeyResult"]:
        if self.carried_over_from_id is None:
            return None
        return as_type(KeyResult, info.context.directory.key_results[self.carried_over_from_id])

    @strawberry.field(description="The key result of a later cycle that it goes on as; null if it ends here.")
    def carried_over_to(self: KeyResultRow, info: Info) -> Optional["KeyResult"]:
        successor_id = info.context.directory.successors.get(self.id)
        if successor_id is None:
            return None
        return as_type(KeyResult, info.context.directory.key_results[successor_id])


def _cycle_of(row: KeyResultRow, info: Info) -> CycleRow:
    directory = info.context.directory
    return directory.cycles[directory.objectives[row.objective_id].cycle_id]


@strawberry.type(description="A page of key results.")
class KeyResultConnection(Connection[KeyResult]):
    """Connection of key results."""


KEY_RESULT_LISTING = Listing(
    KEY_RESULTS,
    KeyResultConnection,
    ids={"id": "KeyResult", "objective_id": "Objective", "owner_id": "Member"},
    default=(OrderBy("created_at"),),
)


async def _key_results(context: Context, ids: list[UUID]) -> list[KeyResultRow | None]:
    directory = (await context.view()).directory
    return [directory.key_results.get(key_result_id) for key_result_id in ids]


fetched_by("KeyResult", _key_results)
