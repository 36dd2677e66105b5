"""The type ``Initiative``: a row of the snapshot, with its relations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.audit.fields import AuditedNode
from api.benefit.fields import InitiativeBenefits
from api.category.types import AllocationCategory
from api.context import Context, Info
from api.contribution.types import Contribution, ContributionConnection, ContributionEntry
from api.cost_of_delay.types import CostOfDelay, DelayEntry
from api.decision.fields import InitiativeDecisions
from api.demand.types import DemandEntry, TeamDemand, TeamDemandConnection
from api.dependency.types import Dependency, DependencyConnection
from api.dependency_map.initiative_fields import InitiativeDependencies
from api.enums import InitiativeState
from api.estimates import Estimate, EstimateRow
from api.member.types import Member
from api.nodes import Node, as_type, as_types, fetched_by, shows
from api.override.fields import InitiativeOverride
from api.pagination import After, Before, Connection, First, Last, Page, page_of, slice_of
from api.publication.history import InitiativeRankHistory
from api.scalars import BigInt, CurrencyCode, Money
from api.score.fields import InitiativeScores
from api.selection.starting import InitiativeStart
from api.team.types import Team
from domain.db import reading
from domain.queries.initiative import descriptions, portfolios_of
from domain.rows import DependencyRow, InitiativeRow

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio

C = TypeVar("C", bound=Connection[Any])


@strawberry.type(description="A piece of work that competes with others for capacity.")
@shows(InitiativeRow)
class Initiative(
    Node,
    InitiativeDecisions,
    InitiativeScores,
    InitiativeDependencies,
    InitiativeOverride,
    InitiativeRankHistory,
    InitiativeBenefits,
    InitiativeStart,
    AuditedNode,
):
    """Shows ``InitiativeRow``."""

    external_id: str | None = strawberry.field(
        description="What another system calls it; unique in the portfolio."
    )
    title: str = strawberry.field(description="What it is, in a line; 1 to 500 characters.")
    state: InitiativeState = strawberry.field(description="Where it is in its life cycle.")
    mandatory: bool = strawberry.field(
        description="Whether it has to be done whatever it is worth, for instance by law."
    )
    earliest_start: date | None = strawberry.field(
        description="The first day on which it can begin; null for any."
    )
    deadline: date | None = strawberry.field(
        description="The last day on which it is on time; null for none."
    )
    version: int = strawberry.field(description="Counts the changes; for `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    archived_at: datetime | None = strawberry.field(
        description="When it was taken out of use; null while it is in use."
    )

    @strawberry.field(description="What it is about, as long as it takes; may be empty.")
    async def description(self: InitiativeRow, info: Info) -> str:
        loader = info.context.loader("descriptions", _description_loader)
        return await loader.load(self.id)

    @strawberry.field(description="The portfolio in which it is ranked.")
    def portfolio(
        self: InitiativeRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(description="The bucket of capacity that it draws on; null when nobody has said.")
    def category(self: InitiativeRow, info: Info) -> AllocationCategory | None:
        if self.category_id is None:
            return None
        return as_type(AllocationCategory, info.context.directory.categories[self.category_id])

    @strawberry.field(description="The team that is responsible; null when nobody has said.")
    def team(self: InitiativeRow, info: Info) -> Team | None:
        return None if self.team_id is None else as_type(Team, info.context.directory.teams[self.team_id])

    @strawberry.field(description="Who answers for it; null when nobody has said.")
    def owner(self: InitiativeRow, info: Info) -> Member | None:
        return (
            None if self.owner_id is None else as_type(Member, info.context.directory.members[self.owner_id])
        )

    @strawberry.field(description="Who wants it; null when nobody has said. Does not count in any ranking.")
    def sponsor(self: InitiativeRow, info: Info) -> Member | None:
        if self.sponsor_id is None:
            return None
        return as_type(Member, info.context.directory.members[self.sponsor_id])

    @strawberry.field(description="How long it takes, in weeks; null when nobody has estimated it.")
    def duration_weeks(self: InitiativeRow) -> Estimate | None:
        if self.duration_weeks_likely is None:
            return None
        return cast(
            Estimate,
            EstimateRow(self.duration_weeks_low, self.duration_weeks_likely, self.duration_weeks_high),
        )

    @strawberry.field(description="What it costs in money, besides people's time; null when unknown.")
    def cost(self: InitiativeRow) -> Money | None:
        if self.cost_minor is None or self.cost_currency is None:
            return None
        return Money(amount_minor=BigInt(self.cost_minor), currency=CurrencyCode(self.cost_currency))

    @strawberry.field(description="What delaying it costs; null when unknown, which is not nothing.")
    def cost_of_delay(self: InitiativeRow, info: Info) -> CostOfDelay | None:
        columns = info.context.columns_of(self)
        row = columns.costs_of_delay[columns.position[self.id]]
        return None if row is None else as_type(CostOfDelay, DelayEntry(self, row))

    @strawberry.field(description="What it needs of which team.")
    def demands(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamDemandConnection:
        columns = info.context.columns_of(self)
        position = columns.position[self.id]
        entries = columns.demands.of(position)
        effort = float(columns.effort_person_weeks[position])
        return _connection(
            TeamDemandConnection,
            TeamDemand,
            [DemandEntry(self, columns.demands, entry) for entry in entries],
            scope=f"demands:{self.id}",
            page=page_of(first=first, after=after, last=last, before=before),
            total_person_weeks=effort if len(entries) else None,
        )

    @strawberry.field(description="Which key results it is expected to move.")
    def contributions(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContributionConnection:
        columns = info.context.columns_of(self)
        return _connection(
            ContributionConnection,
            Contribution,
            [
                ContributionEntry(self, columns.shares, entry)
                for entry in columns.shares.of(columns.position[self.id])
            ],
            scope=f"contributions:{self.id}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(description="Dependencies on what comes before it, relations included.")
    def predecessors(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DependencyConnection:
        columns = info.context.columns_of(self)
        rows: list[DependencyRow] = [
            columns.edges.rows[entry] for entry in columns.edges.incoming(columns.position[self.id])
        ]
        return _connection(
            DependencyConnection,
            Dependency,
            rows,
            scope=f"predecessors:{self.id}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(description="Dependencies of what comes after it, relations included.")
    def successors(
        self: InitiativeRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DependencyConnection:
        columns = info.context.columns_of(self)
        return _connection(
            DependencyConnection,
            Dependency,
            [columns.edges.rows[entry] for entry in columns.edges.outgoing(columns.position[self.id])],
            scope=f"successors:{self.id}",
            page=page_of(first=first, after=after, last=last, before=before),
        )


@strawberry.type(description="A page of initiatives.")
class InitiativeConnection(Connection[Initiative]):
    """Connection of initiatives."""


def _connection(
    cls: type[C], node: type[Any], items: Sequence[Any], *, scope: str, page: Page, **fields: Any
) -> C:
    indices, window = slice_of(length=len(items), page=page, scope=scope)
    nodes = as_types(node, (items[index] for index in indices))
    return cls.of(window, nodes=nodes, total=len(items), **fields)


def _description_loader(context: Context) -> DataLoader[UUID, str]:
    async def load(ids: list[UUID]) -> list[str]:
        async with reading(context.database, context.actor.organisation_id) as connection:
            found = await descriptions(connection, ids)
        return [found.get(initiative_id, "") for initiative_id in ids]

    return DataLoader(load_fn=load)


async def _initiatives(context: Context, ids: list[UUID]) -> list[InitiativeRow | None]:
    async with reading(context.database, context.actor.organisation_id) as connection:
        portfolios = await portfolios_of(connection, ids)
    view = await context.view(*set(portfolios.values()))
    rows: list[InitiativeRow | None] = []
    for initiative_id in ids:
        portfolio_id = portfolios.get(initiative_id)
        columns = None if portfolio_id is None else view.portfolios.get(portfolio_id)
        position = None if columns is None else columns.find(initiative_id)
        rows.append(None if columns is None or position is None else columns.rows[position])
    return rows


fetched_by("Initiative", _initiatives)
