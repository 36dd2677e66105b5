"""``drift`` of teams, portfolios and the organisation, and the alerts of a portfolio."""

from datetime import date
from typing import Annotated

import strawberry

from api.capacity.enums import PeriodLength
from api.context import Info
from api.drift.alert_types import DRIFT_ALERT_LISTING, DriftAlertConnection
from api.drift.filters import DriftAlertOrder, DriftAlertWhere
from api.drift.loading import drift_of, portfolio_named
from api.drift.types import Drift
from api.filters import WHERE
from api.listing import ORDER_BY, children_of
from api.nodes import as_type
from api.pagination import After, Before, First, Last, page_of
from domain.rows import OrganisationRow, PortfolioRow, TeamRow

_COST = {"cost": 10}

CycleArgument = Annotated[strawberry.ID, strawberry.argument(description="The cycle.")]
PeriodArgument = Annotated[PeriodLength, strawberry.argument(description="What its days are counted by.")]
AsOf = Annotated[
    date | None,
    strawberry.argument(description="Periods that begin after this day are foreseen; left out today (UTC)."),
]


@strawberry.type
class TeamDrift:
    """Fields of ``Team``."""

    @strawberry.field(
        description="What became of a portfolio's planned split in this team: its shares, or its own instead. What it"
        " has booked on initiatives of other portfolios is left out.",
        metadata=_COST,
    )
    async def drift(
        self: TeamRow,
        info: Info,
        portfolio: Annotated[
            strawberry.ID, strawberry.argument(description="The portfolio whose policy it is held against.")
        ],
        cycle: CycleArgument,
        period: PeriodArgument = PeriodLength.WEEK,
        as_of: AsOf = strawberry.UNSET,
    ) -> Drift:
        found = await drift_of(
            info.context,
            cycle=cycle,
            length=period,
            as_of=as_of or None,
            portfolio_ids=[portfolio_named(info.context, portfolio)],
            team_id=self.id,
        )
        return as_type(Drift, found)


@strawberry.type
class PortfolioDrift:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="What became of its planned split: all that was booked, but for what was booked on initiatives of"
        " other portfolios. The plan of teams with other shares weighs as much as they have booked.",
        metadata=_COST,
    )
    async def drift(
        self: PortfolioRow,
        info: Info,
        cycle: CycleArgument,
        period: PeriodArgument = PeriodLength.WEEK,
        as_of: AsOf = strawberry.UNSET,
    ) -> Drift:
        found = await drift_of(
            info.context, cycle=cycle, length=period, as_of=as_of or None, portfolio_ids=[self.id]
        )
        return as_type(Drift, found)

    @strawberry.field(description="Alerts that step-change work got less than planned, the latest first.")
    async def drift_alerts(
        self: PortfolioRow,
        info: Info,
        where: Annotated[DriftAlertWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[DriftAlertOrder] | None, ORDER_BY] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DriftAlertConnection:
        return await children_of(
            info.context,
            DRIFT_ALERT_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=False,
        )


@strawberry.type
class OrganisationDrift:
    """Fields of ``Organisation``."""

    @strawberry.field(
        description="What became of the planned split of all portfolios: everything that was booked. Where several"
        " portfolios split capacity, each plan weighs as much as was booked on its initiatives; bookings without an"
        " initiative count for all of them alike.",
        metadata=_COST,
    )
    async def drift(
        self: OrganisationRow,
        info: Info,
        cycle: CycleArgument,
        period: PeriodArgument = PeriodLength.WEEK,
        as_of: AsOf = strawberry.UNSET,
    ) -> Drift:
        found = await drift_of(
            info.context, cycle=cycle, length=period, as_of=as_of or None, portfolio_ids=None
        )
        return as_type(Drift, found)
