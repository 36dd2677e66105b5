"""The type ``DriftAlert``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.context import Context, Info
from api.descriptions import VERSION
from api.drift.enums import DriftAlertState
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.models import DriftAlert as DriftAlertModel
from domain.queries.listing import OrderBy, Source, by_ids
from domain.rows_allocation import DriftAlertRow

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio
    from api.team.types import Team

DRIFT_ALERTS = Source(DriftAlertModel, DriftAlertRow)


@strawberry.type(
    description="Step-change work got less than planned, by more than the tolerance, in each of the last complete weeks"
    " with bookings. Opened once; the next one can be opened only after a week that is all right again."
)
@shows(DriftAlertRow)
class DriftAlert(Node, AuditedNode):
    """Shows ``DriftAlertRow``."""

    opened_at: datetime = strawberry.field(description="When it was opened.")
    week: date = strawberry.field(description="The Monday of the last of the weeks that gave rise to it.")
    weeks: int = strawberry.field(description="How many booked weeks in a row gave rise to it.")
    planned_share: float = strawberry.field(
        description="The planned share of step-change work in these weeks, as a share of all booked time, 0 to 1."
    )
    actual_share: float = strawberry.field(
        description="The share that it got in these weeks, as a share of all booked time, 0 to 1."
    )
    tolerance: float = strawberry.field(description="How much less was tolerated, 0 to 1.")
    acknowledged_at: datetime | None = strawberry.field(
        description="When somebody said to have seen it; null before."
    )
    acknowledged_note: str = strawberry.field(description="What was said then; may be empty.")
    closed_at: datetime | None = strawberry.field(
        description="When somebody closed it, or the share had recovered; null before."
    )
    closed_note: str = strawberry.field(description="What was said when it was closed; may be empty.")
    recovered_at: datetime | None = strawberry.field(
        description="When it was found that the share had recovered; null as long as it has not, closed or not."
    )
    recovered_week: date | None = strawberry.field(
        description="The Monday of the week that was all right again; null before."
    )
    version: int = strawberry.field(description=VERSION)

    @strawberry.field(description="Where it is.")
    def state(self: DriftAlertRow) -> DriftAlertState:
        if self.closed_at is not None:
            return DriftAlertState.CLOSED
        return DriftAlertState.OPEN if self.acknowledged_at is None else DriftAlertState.ACKNOWLEDGED

    @strawberry.field(description="The portfolio whose policy is not kept.")
    def portfolio(
        self: DriftAlertRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(description="The team that it is about; null: the portfolio as a whole.")
    def team(self: DriftAlertRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return None if self.team_id is None else cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="Who has seen it; null before.")
    def acknowledged_by(self: DriftAlertRow, info: Info) -> Member | None:
        return _member(info, self.acknowledged_by_id)

    @strawberry.field(description="Who closed it; null before, and where the share recovered first.")
    def closed_by(self: DriftAlertRow, info: Info) -> Member | None:
        return _member(info, self.closed_by_id)


@strawberry.type(description="A page of drift alerts.")
class DriftAlertConnection(Connection[DriftAlert]):
    """Connection of drift alerts."""


DRIFT_ALERT_LISTING = Listing(
    DRIFT_ALERTS,
    DriftAlertConnection,
    ids={"id": "DriftAlert", "portfolio_id": "Portfolio", "team_id": "Team"},
    default=(OrderBy("opened_at", descending=True),),
)


def _member(info: Info, member_id: UUID | None) -> Member | None:
    return None if member_id is None else as_type(Member, info.context.directory.members[member_id])


async def _alerts(context: Context, ids: list[UUID]) -> list[Any]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, DRIFT_ALERTS, ids)
    await context.view()
    return [found.get(key) for key in ids]


fetched_by("DriftAlert", _alerts)
