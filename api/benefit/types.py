"""The types ``Benefit`` and ``BenefitRealisation``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple, Optional, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.benefit.amounts import BenefitAmount, amount_of
from api.benefit.enums import BenefitMeasure
from api.benefit.loaders import (
    amounts_of,
    benefit_of,
    correction_of,
    know,
    know_recorders,
    realisation_of,
)
from api.capacity.enums import PeriodLength
from api.context import Context, Info
from api.dependency_map.day import today_unless
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.key_result.day import OnDay
from api.kpi.loaders import kpi_of
from api.listing import Listing, children_of
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.benefit_profile import BenefitPeriod as Period
from domain.benefit_profile import BenefitStanding as Standing
from domain.benefit_profile import benefit_profile, benefit_standing
from domain.commands.benefit import LARGEST_PLAN
from domain.db import reading
from domain.periods import MAX_PERIODS
from domain.queries.benefit import BENEFIT_REALISATIONS, BENEFITS
from domain.queries.listing import OrderBy, by_ids
from domain.rows_okr import BenefitRealisationRow, BenefitRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult
    from api.kpi.types import Kpi
    from api.member.types import Member


class _Planned(NamedTuple):
    benefit: BenefitRow
    due_on: date
    planned: float


class _Standing(NamedTuple):
    benefit: BenefitRow
    sums: Standing


class _Period(NamedTuple):
    benefit: BenefitRow
    period: Period


@strawberry.type(description="How much of a benefit is planned to come on a day.")
class PlannedBenefit:
    """Shows ``_Planned``."""

    due_on: date = strawberry.field(description="The day.")

    @strawberry.field(description="How much.")
    def amount(self: _Planned) -> BenefitAmount:
        return amount_of(self.benefit, self.planned)


@strawberry.type(description="What is planned of a benefit against what has come, up to a day.")
class BenefitStanding:
    """Shows ``_Standing``."""

    @strawberry.field(description="Σ of the whole plan.")
    def planned_total(self: _Standing) -> BenefitAmount:
        return amount_of(self.benefit, self.sums.planned_total)

    @strawberry.field(description="Σ of what was planned to come by the day, that included.")
    def planned_to_date(self: _Standing) -> BenefitAmount:
        return amount_of(self.benefit, self.sums.planned_to_date)

    @strawberry.field(
        description="Σ of what has come by the day, that included; corrected entries don't count."
    )
    def realised_to_date(self: _Standing) -> BenefitAmount:
        return amount_of(self.benefit, self.sums.realised_to_date)

    @strawberry.field(description="realised / planned to date; null while nothing was planned to come.")
    def ratio(self: _Standing) -> float | None:
        return self.sums.ratio


@strawberry.type(description="What was planned of a benefit, and what has come, in a week or month.")
class BenefitPeriod:
    """Shows ``_Period``."""

    @strawberry.field(description="The first day.")
    def starts_on(self: _Period) -> date:
        return self.period.starts_on

    @strawberry.field(description="The last day.")
    def ends_on(self: _Period) -> date:
        return self.period.ends_on

    @strawberry.field(description="What was planned to come in it.")
    def planned(self: _Period) -> BenefitAmount:
        return amount_of(self.benefit, self.period.planned)

    @strawberry.field(description="What has come in it.")
    def realised(self: _Period) -> BenefitAmount:
        return amount_of(self.benefit, self.period.realised)

    @strawberry.field(description="What was planned to come up to its last day.")
    def planned_so_far(self: _Period) -> BenefitAmount:
        return amount_of(self.benefit, self.period.planned_so_far)

    @strawberry.field(description="What has come up to its last day.")
    def realised_so_far(self: _Period) -> BenefitAmount:
        return amount_of(self.benefit, self.period.realised_so_far)


@strawberry.type(
    description="How much of a benefit has come on a day. It never changes: a correction is an entry of its own, and"
    " the one that was wrong remains."
)
@shows(BenefitRealisationRow)
class BenefitRealisation(Node):
    """Shows ``BenefitRealisationRow``."""

    realised_on: date = strawberry.field(description="The day on which it came.")
    note: str = strawberry.field(description="What there is to say about it; may be empty.")
    reason: str | None = strawberry.field(
        description="Why the entry before was wrong; null unless it corrects one."
    )
    created_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="The benefit.")
    async def benefit(self: BenefitRealisationRow, info: Info) -> "Benefit":
        return as_type(Benefit, await benefit_of(info.context, self.benefit_id))

    @strawberry.field(description="How much.")
    async def amount(self: BenefitRealisationRow, info: Info) -> BenefitAmount:
        return amount_of(await benefit_of(info.context, self.benefit_id), self.amount)

    @strawberry.field(description="Who recorded it.")
    def recorded_by(
        self: BenefitRealisationRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")]:
        return cast("Member", info.context.directory.members[self.recorded_by_id])

    @strawberry.field(description="The entry that it corrects; null unless it is a correction.")
    async def corrects(self: BenefitRealisationRow, info: Info) -> Optional["BenefitRealisation"]:
        if self.corrects_id is None:
            return None
        found = await realisation_of(info.context, self.corrects_id)
        return cast("BenefitRealisation | None", found)

    @strawberry.field(description="The entry that corrects this one; null as long as this one holds.")
    async def corrected_by(self: BenefitRealisationRow, info: Info) -> Optional["BenefitRealisation"]:
        return cast("BenefitRealisation | None", await correction_of(info.context, self.id))


@strawberry.type(description="A page of what has come of a benefit, the latest day first.")
class BenefitRealisationConnection(Connection[BenefitRealisation]):
    """Connection of realised benefits."""


@strawberry.type(
    description="What an initiative is to bring, in money or in the unit of a key result or a KPI, and what of it has"
    " come, also long after the initiative is completed."
)
@shows(BenefitRow)
class Benefit(Node, AuditedNode):
    """Shows ``BenefitRow``."""

    title: str = strawberry.field(description="What it brings, in a sentence.")
    description: str = strawberry.field(description="More about it; may be empty.")
    measure: BenefitMeasure = strawberry.field(description="What it is counted in.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The unit of its amounts: a currency, or that of the key result or KPI.")
    async def unit(self: BenefitRow, info: Info) -> str:
        if self.key_result_id is not None:
            return info.context.directory.key_results[self.key_result_id].unit
        if self.kpi_id is not None:
            return (await kpi_of(info.context, self.kpi_id)).unit
        return self.currency or ""

    @strawberry.field(description="The initiative that brings it.")
    def initiative(
        self: BenefitRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", info.context.initiative(self.initiative_id))

    @strawberry.field(description="The key result in whose unit it is counted; null if it is not.")
    def key_result(
        self: BenefitRow, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")] | None:
        if self.key_result_id is None:
            return None
        return cast("KeyResult", info.context.directory.key_results[self.key_result_id])

    @strawberry.field(description="The KPI in whose unit it is counted; null if it is not.")
    async def kpi(self: BenefitRow, info: Info) -> Annotated["Kpi", strawberry.lazy("api.kpi.types")] | None:
        return None if self.kpi_id is None else cast("Kpi", await kpi_of(info.context, self.kpi_id))

    @strawberry.field(description="Who looks after its coming; null for nobody yet. It rates nobody.")
    def owner(
        self: BenefitRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")] | None:
        if self.owner_id is None:
            return None
        return cast("Member", info.context.directory.members[self.owner_id])

    @strawberry.field(
        description=f"What is planned to come, the earliest day first; the amounts add up. At most {LARGEST_PLAN}."
    )
    async def plan(self: BenefitRow, info: Info) -> list[PlannedBenefit]:
        amounts = await amounts_of(info.context, self.id)
        return as_types(PlannedBenefit, (_Planned(self, *entry) for entry in amounts.planned))

    @strawberry.field(description="What has come of it, the latest day first; corrected entries too.")
    async def realisations(
        self: BenefitRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitRealisationConnection:
        found = await children_of(
            info.context,
            BENEFIT_REALISATION_LISTING,
            parent="benefit_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )
        await know_recorders(info.context, cast("list[BenefitRealisationRow]", found.nodes))
        return found

    @strawberry.field(description="What is planned against what has come, up to a day.")
    async def standing(self: BenefitRow, info: Info, on: OnDay = None) -> BenefitStanding:
        sums = benefit_standing(await amounts_of(info.context, self.id), day=today_unless(on))
        return as_type(BenefitStanding, _Standing(self, sums))

    @strawberry.field(
        description="What is planned and what has come over time: the weeks or months from the first day on which"
        f" there is something to the last one, at most {MAX_PERIODS}."
    )
    async def profile(
        self: BenefitRow,
        info: Info,
        by: Annotated[
            PeriodLength, strawberry.argument(description="What time is divided into.")
        ] = PeriodLength.MONTH,
    ) -> list[BenefitPeriod]:
        found = benefit_profile(await amounts_of(info.context, self.id), by)
        return as_types(BenefitPeriod, (_Period(self, period) for period in found))


@strawberry.type(description="A page of benefits, the oldest first.")
class BenefitConnection(Connection[Benefit]):
    """Connection of benefits."""


BENEFIT_LISTING = Listing(BENEFITS, BenefitConnection, ids={}, default=(OrderBy("created_at"),))
BENEFIT_REALISATION_LISTING = Listing(
    BENEFIT_REALISATIONS,
    BenefitRealisationConnection,
    ids={},
    default=(OrderBy("realised_on", descending=True),),
)


async def _benefits(context: Context, ids: list[UUID]) -> list[BenefitRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, BENEFITS, ids)
    await know(context, list(found.values()))
    return [found.get(id_) for id_ in ids]


async def _realisations(context: Context, ids: list[UUID]) -> list[BenefitRealisationRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, BENEFIT_REALISATIONS, ids)
    await know_recorders(context, list(found.values()))
    return [found.get(id_) for id_ in ids]


fetched_by("Benefit", _benefits)
fetched_by("BenefitRealisation", _realisations)
