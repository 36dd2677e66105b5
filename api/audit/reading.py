"""From page arguments to a page of the audit trail."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.audit.types import AuditTrailConnection, know_members
from api.audit.values import entities_of
from api.context import Context
from api.nodes import as_types
from api.pagination import Ordering, Page, cut_of, window_of
from api.token.types import may_see_tokens
from domain.db import reading
from domain.errors import NotFound
from domain.queries import audit
from domain.queries.audit import LATEST_FIRST, AuditEntryRow
from domain.queries.filters import AllOf, Comparison, Filter, Operator
from domain.queries.keyset import Cut, Slice

_ORDERING = Ordering(LATEST_FIRST, scope="AuditEntry")


async def trail(context: Context, *, page: Page, where: Filter | None) -> AuditTrailConnection:
    """Return a page of the organisation's trail; that of its tokens only to who may see them.

    Raises
    ------
    BadUserInput, InvalidInput
        When a cursor or the filter is not one of the trail.
    """
    cut = cut_of(page, ordering=_ORDERING)
    if not may_see_tokens(context):
        visible = AllOf(tuple(Comparison("entity", Operator.NE, part) for part in ("api_token", "webhook")))
        where = visible if where is None else AllOf((visible, where))
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await audit.page(connection, organisation_id, cut=cut, where=where)
    await know_members(context, found.rows)

    async def total() -> int:
        async with reading(context.database, organisation_id) as connection:
            return await audit.count(connection, organisation_id, where=where)

    return _connection(found, total=total)


async def trail_of(
    context: Context, type_name: str, node_id: UUID, *, page: Page, where: Filter | None = None
) -> AuditTrailConnection:
    """Return a page of a node's trail, read together with those of the other nodes of the request.

    Raises
    ------
    NotFound
        When nodes of this type have no trail.
    BadUserInput, InvalidInput
        When a cursor or the filter is not one of the trail.
    """
    entities = entities_of(type_name)
    if not entities or (type_name in ("ApiToken", "Webhook") and not may_see_tokens(context)):
        raise NotFound(f"There is no audit trail of {type_name}.", path=("node",))
    cut = cut_of(page, ordering=_ORDERING)
    pages = context.loader(("audit pages", entities, cut, where), _pages(entities, cut, where))
    counts = context.loader(("audit counts", entities, where), _counts(entities, where))
    return _connection(await pages.load(node_id), total=lambda: counts.load(node_id))


def _connection(found: Slice[AuditEntryRow], *, total: Callable[[], Awaitable[int]]) -> AuditTrailConnection:
    return AuditTrailConnection.of(
        window_of(found, ordering=_ORDERING), nodes=as_types(object, found.rows), total=total
    )


def _pages(
    entities: frozenset[str], cut: Cut, where: Filter | None
) -> Callable[[Context], DataLoader[UUID, Slice[AuditEntryRow]]]:
    def make(context: Context) -> DataLoader[UUID, Slice[AuditEntryRow]]:
        async def load(node_ids: list[UUID]) -> list[Slice[AuditEntryRow]]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await audit.pages_by_node(
                    connection, organisation_id, entities=entities, node_ids=node_ids, cut=cut, where=where
                )
            await know_members(context, [row for slice_ in found.values() for row in slice_.rows])
            return [found[node_id] for node_id in node_ids]

        return DataLoader(load_fn=load)

    return make


def _counts(entities: frozenset[str], where: Filter | None) -> Callable[[Context], DataLoader[UUID, int]]:
    def make(context: Context) -> DataLoader[UUID, int]:
        async def load(node_ids: list[UUID]) -> list[int]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await audit.counts_by_node(
                    connection, organisation_id, entities=entities, node_ids=node_ids, where=where
                )
            return [found[node_id] for node_id in node_ids]

        return DataLoader(load_fn=load)

    return make
