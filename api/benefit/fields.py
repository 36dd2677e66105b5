"""Where benefits are found: on initiatives, key results and portfolios."""

from typing import NamedTuple, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.benefit.loaders import know
from api.benefit.types import BENEFIT_LISTING, BenefitConnection
from api.context import Context, Info
from api.dependency_map.day import today_unless
from api.key_result.day import OnDay
from api.listing import IncludeArchived, children_of
from api.nodes import as_types
from api.pagination import After, Before, First, Last, Page, page_of
from api.scalars import BigInt, CurrencyCode, Money
from domain.db import reading
from domain.queries.benefit import BenefitTotal as Sums
from domain.queries.benefit import totals
from domain.rows import InitiativeRow, KeyResultRow, PortfolioRow
from domain.rows_okr import BenefitRow


@strawberry.type
class InitiativeBenefits:
    """Fields of ``Initiative``."""

    @strawberry.field(description="What it is to bring, and what of that has come; the oldest first.")
    async def benefits(
        self: InitiativeRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _of(info.context, "initiative_id", self.id, page, archived=include_archived)


@strawberry.type
class KeyResultBenefits:
    """Fields of ``KeyResult``."""

    @strawberry.field(description="The benefits that are counted in its unit, the oldest first.")
    async def benefits(
        self: KeyResultRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _of(info.context, "key_result_id", self.id, page, archived=include_archived)


class _Total(NamedTuple):
    sums: Sums


@strawberry.type(
    description="The benefits of a portfolio in one currency, together. Those in other units can't be added up."
)
class BenefitTotal:
    """Shows ``_Total``."""

    @strawberry.field(description="Σ of all plans.")
    def planned_total(self: _Total) -> Money:
        return _money(self.sums, self.sums.planned_total)

    @strawberry.field(description="Σ of what was planned to come by the day, that included.")
    def planned_to_date(self: _Total) -> Money:
        return _money(self.sums, self.sums.planned_to_date)

    @strawberry.field(
        description="Σ of what has come by the day, that included; corrected entries don't count."
    )
    def realised_to_date(self: _Total) -> Money:
        return _money(self.sums, self.sums.realised_to_date)

    @strawberry.field(description="realised / planned to date; null while nothing was planned to come.")
    def ratio(self: _Total) -> float | None:
        planned = self.sums.planned_to_date
        return None if planned == 0 else self.sums.realised_to_date / planned


@strawberry.type
class PortfolioBenefits:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="What its initiatives are to bring, and what of that has come; the oldest first."
    )
    async def benefits(
        self: PortfolioRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BenefitConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        return await _of(info.context, "portfolio_id", self.id, page, archived=include_archived)

    @strawberry.field(
        description="What is planned against what has come, of all benefits in use that are counted in money; one entry"
        " for each currency, by code."
    )
    async def benefit_totals(self: PortfolioRow, info: Info, on: OnDay = None) -> list[BenefitTotal]:
        day = today_unless(on)

        def make(context: Context) -> DataLoader[UUID, tuple[Sums, ...]]:
            async def load(ids: list[UUID]) -> list[tuple[Sums, ...]]:
                organisation_id = context.actor.organisation_id
                async with reading(context.database, organisation_id) as connection:
                    found = await totals(connection, organisation_id, ids, day=day)
                return [found[portfolio_id] for portfolio_id in ids]

            return DataLoader(load_fn=load)

        found = await info.context.loader(("benefit totals", day), make).load(self.id)
        return as_types(BenefitTotal, map(_Total, found))


def _money(sums: Sums, amount: float) -> Money:
    return Money(amount_minor=BigInt(round(amount)), currency=CurrencyCode(sums.currency))


async def _of(
    context: Context, parent: str, parent_id: UUID, page: Page, *, archived: bool
) -> BenefitConnection:
    found = await children_of(
        context,
        BENEFIT_LISTING,
        parent=parent,
        parent_id=parent_id,
        page=page,
        where=None,
        order_by=None,
        archived=archived,
    )
    await know(context, cast("list[BenefitRow]", found.nodes))
    return found
