"""Set-based reads of published rankings: lines of some initiatives, and the history of their ranks."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import RankingPublication, RankingPublicationItem, metadata
from domain.publication import LEFT, stored_causes
from domain.queries.keyset import Cut, OrderTerm, Slice, cut_to, found, order_again
from domain.ranking.causes import RankCause
from domain.rows import RankingPublicationItemRow, RankingPublicationRow, columns

_PUBLICATIONS = metadata.tables["ranking_publication"]
_ITEMS = metadata.tables["ranking_publication_item"]
_INITIATIVES = metadata.tables["initiative"]


class RankHistoryRow(NamedTuple):
    """An initiative in one publication: its line, or None when it has left with that one."""

    publication: RankingPublicationRow
    item: RankingPublicationItemRow | None
    previous_rank: int | None
    causes: tuple[RankCause, ...]


def newest_first() -> tuple[OrderTerm, ...]:
    """The order of a history."""
    return (OrderTerm("number", _PUBLICATIONS.c.number, int, descending=True),)


async def items_of(
    connection: AsyncConnection,
    organisation_id: UUID,
    publication_ids: Collection[UUID],
    initiative_ids: Collection[UUID],
) -> dict[tuple[UUID, UUID], RankingPublicationItemRow]:
    """Lines by publication and initiative, in one statement."""
    query = sa.select(*columns(RankingPublicationItem, RankingPublicationItemRow)).where(
        _ITEMS.c.organisation_id == organisation_id,
        _ITEMS.c.publication_id == sa.any_(sa.cast(list(publication_ids), sa.ARRAY(sa.Uuid))),
        _ITEMS.c.initiative_id == sa.any_(sa.cast(list(initiative_ids), sa.ARRAY(sa.Uuid))),
    )
    rows = map(RankingPublicationItemRow._make, await connection.execute(query))
    return {(row.publication_id, row.initiative_id): row for row in rows}


async def rank_histories(
    connection: AsyncConnection, organisation_id: UUID, initiative_ids: Sequence[UUID], cut: Cut
) -> dict[UUID, Slice[RankHistoryRow]]:
    """A page of each initiative's history, newest first, all in one statement."""
    parents = _unnested(initiative_ids)
    terms = newest_first()
    history = cut_to(_history(organisation_id, parents), terms=terms, cut=cut).lateral("history")
    query = (
        sa.select(parents.c.id, *history.c)
        .select_from(parents.join(history, sa.true()))
        .order_by(parents.c.id, *order_again(history.c, terms=terms, cut=cut))
    )
    rows: dict[UUID, list[Sequence[object]]] = {initiative_id: [] for initiative_id in initiative_ids}
    for initiative_id, *row in (await connection.execute(query)).all():
        rows[initiative_id].append(row)
    return {
        initiative_id: found(portion, terms=terms, cut=cut, make=_entry)
        for initiative_id, portion in rows.items()
    }


async def rank_history_counts(
    connection: AsyncConnection, organisation_id: UUID, initiative_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """How long each initiative's history is."""
    parents = _unnested(initiative_ids)
    counted = _history(organisation_id, parents, counted=True).lateral("counted")
    query = sa.select(parents.c.id, counted.c.count).select_from(parents.join(counted, sa.true()))
    return {row[0]: row[1] for row in await connection.execute(query)}


def _unnested(ids: Sequence[UUID]) -> sa.TableValuedAlias:
    array = sa.cast(list(ids), sa.ARRAY(sa.Uuid))
    return sa.func.unnest(array).table_valued(sa.column("id", sa.Uuid), name="parent").render_derived()


def _history(
    organisation_id: UUID, parents: sa.TableValuedAlias, *, counted: bool = False
) -> sa.Select[tuple[object, ...]]:
    """Publications that have an initiative, and those that were the first not to have it any more."""
    line, last = _ITEMS.alias("line"), _ITEMS.alias("last")
    before = _PUBLICATIONS.alias("before")
    shown: list[sa.ColumnElement[Any]] = [
        *columns(RankingPublication, RankingPublicationRow),
        *(line.c[name].label(f"line_{name}") for name in RankingPublicationItemRow._fields),
        last.c.rank.label("last_rank"),
    ]
    return (
        sa.select(*([sa.func.count().label("count")] if counted else shown))
        .select_from(_INITIATIVES)
        .join(
            _PUBLICATIONS,
            sa.and_(
                _PUBLICATIONS.c.organisation_id == organisation_id,
                _PUBLICATIONS.c.portfolio_id == _INITIATIVES.c.portfolio_id,
            ),
        )
        .outerjoin(
            line,
            sa.and_(
                line.c.organisation_id == organisation_id,
                line.c.publication_id == _PUBLICATIONS.c.id,
                line.c.initiative_id == parents.c.id,
            ),
        )
        .outerjoin(
            before,
            sa.and_(
                before.c.organisation_id == organisation_id,
                before.c.portfolio_id == _PUBLICATIONS.c.portfolio_id,
                before.c.number == _PUBLICATIONS.c.number - 1,
            ),
        )
        .outerjoin(
            last,
            sa.and_(
                last.c.organisation_id == organisation_id,
                last.c.publication_id == before.c.id,
                last.c.initiative_id == parents.c.id,
            ),
        )
        .where(
            _INITIATIVES.c.organisation_id == organisation_id,
            _INITIATIVES.c.id == parents.c.id,
            sa.or_(line.c.place.is_not(None), last.c.place.is_not(None)),
        )
    )


def _entry(values: Sequence[Any]) -> RankHistoryRow:
    own = len(RankingPublicationRow._fields)
    publication = RankingPublicationRow._make(values[:own])
    *line, last_rank = values[own:]
    if line[1] is None:
        return RankHistoryRow(publication, None, last_rank, (LEFT,))
    item = RankingPublicationItemRow._make(line)
    return RankHistoryRow(publication, item, item.previous_rank, stored_causes(item.causes))
