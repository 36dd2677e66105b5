"""The type ``KeyResult``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.contribution.types import ContributionConnection
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import KeyResultDirection, KeyResultKind
from api.key_result.contributions import contributions_to
from api.listing import Listing
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from api.wording.types import KeyResultWording
from domain.progress import key_result_progress, levels
from domain.queries.listing import OrderBy
from domain.queries.sources import KEY_RESULTS
from domain.rows import KeyResultRow

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
class KeyResult(Node, AuditedNode, KeyResultWording):
    """Shows ``KeyResultRow``."""

    title: str = strawberry.field(description="What changes, in a sentence.")
    unit: str = strawberry.field(description="The unit of its values, such as % or days; may be empty.")
    direction: KeyResultDirection = strawberry.field(description="Which way the value has to move.")
    kind: KeyResultKind = strawberry.field(description="Outcome or activity.")
    start_value: float = strawberry.field(description="Where it started, in its unit.")
    target_value: float = strawberry.field(description="Where it is to be, in its unit; never the start.")
    current_value: float = strawberry.field(description="Where it is now, in its unit.")
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

    @strawberry.field(description="How far it has come.")
    def progress(self: KeyResultRow) -> KeyResultProgress:
        return as_type(KeyResultProgress, key_result_progress(self))

    @strawberry.field(description="What it is measured against, with defaults for what is not given.")
    def levels(self: KeyResultRow) -> KeyResultLevels:
        found = levels(
            direction=self.direction,
            start_value=self.start_value,
            target_value=self.target_value,
            commit_value=self.commit_value,
            stretch_value=self.stretch_value,
        )
        return as_type(KeyResultLevels, found)


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
