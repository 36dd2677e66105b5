"""Use cases about published rankings: what a board has decided to go by, and how it came about.

A publication keeps what its ranking was computed from, so that it can be computed again, whatever has become
of the portfolio, and be set against any other one (``domain.replay``).
"""

import asyncio
import json
import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.ranking import RankingPublish
from domain.db import Database, transaction
from domain.enums import RankCauseKind
from domain.errors import Conflict, InvalidInput
from domain.idempotency import claim
from domain.models import RankingPublication, metadata
from domain.ranking import RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.causes import RankCause, compare
from domain.ranking.encoding import decode, encode
from domain.ranking.input import ENGINE_VERSION, RankingInput, input_of, solve
from domain.rows import RankingPublicationRow, columns
from domain.snapshot import SnapshotStore

_PUBLICATIONS = metadata.tables["ranking_publication"]
_INPUTS = metadata.tables["ranking_publication_input"]
_PORTION = 10_000

ENTERED = RankCause(RankCauseKind.ENTERED, None)
"""Why an initiative is new in a ranking."""

LEFT = RankCause(RankCauseKind.LEFT, None)
"""Why it is no longer in one."""

_STORE_ITEMS = sa.text(
    "INSERT INTO ranking_publication_item (organisation_id, publication_id, place, initiative_id, title, rank,"
    " score_rank, computed_rank, score, override_rank, previous_rank, causes)"
    " SELECT CAST(:organisation_id AS uuid), CAST(:publication_id AS uuid), item.place, item.initiative_id,"
    " item.title, item.rank, item.score_rank, item.computed_rank, item.score, item.override_rank,"
    " item.previous_rank, item.causes FROM unnest(CAST(:place AS int[]), CAST(:initiative_id AS uuid[]),"
    " CAST(:title AS text[]), CAST(:rank AS int[]), CAST(:score_rank AS int[]), CAST(:computed_rank AS int[]),"
    " CAST(:score AS float8[]), CAST(:override_rank AS int[]), CAST(:previous_rank AS int[]),"
    " CAST(:causes AS jsonb[]))"
    " AS item (place, initiative_id, title, rank, score_rank, computed_rank, score, override_rank,"
    " previous_rank, causes)"
)


async def publish_ranking(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: RankingPublish, *, today: date
) -> RankingPublicationRow:
    """Publish a portfolio's ranking as it is now, and say of every line why it differs from the last one.

    Repeated under the same idempotency key, it returns the first publication.

    Parameters
    ----------
    today
        The day that costs of delay are counted from, unless the command names one.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such portfolio or model; when the portfolio is archived or the model can't be applied.
    Conflict
        When the ranking is not the one that is expected; when the idempotency key was used for something
        else.
    """
    view = await snapshots.fresh(actor.organisation_id, command.portfolio_id)
    request = RankingRequest(
        model_id=command.model_id,
        model_version_id=command.model_version_id,
        method=command.method,
        kind=command.order_kind,
        states=frozenset(command.states),
        soft_penalty_weeks=command.soft_penalty_weeks,
        today=command.as_of or today,
    )
    ranking = await rank_portfolio(view, command.portfolio_id, request)
    if ranking.columns.portfolio.archived_at is not None:
        raise InvalidInput("This portfolio is archived; take it back into use first.", path=("portfolioId",))
    posed, digest, content = await asyncio.to_thread(_frozen, ranking)
    async with transaction(database, actor, reason=command.note) as session:
        claimed = await claim(
            session, actor, operation="rankingPublish", key=command.idempotency_key, command=command
        )
        if claimed.repeated:
            return await _publication(session, actor, claimed.entity_id)
        if command.expected_fingerprint not in (None, digest):
            raise Conflict(
                "The ranking is not the one that you have seen: something that it depends on has changed. Read"
                " it again and decide anew.",
                path=("expectedFingerprint",),
            )
        await _wait_for_publishers(session, actor, command.portfolio_id)
        number, before = await _latest(session, actor, command.portfolio_id)
        lines = await asyncio.to_thread(_lines, ranking, posed, before)
        settings = posed.settings
        await session.execute(
            sa.insert(_PUBLICATIONS).values(
                organisation_id=actor.organisation_id,
                id=claimed.entity_id,
                portfolio_id=command.portfolio_id,
                number=number + 1,
                note=command.note,
                published_by_id=actor.member_id,
                model_version_id=settings.model_version_id,
                method=settings.method,
                order_kind=settings.kind,
                states=list(settings.states),
                as_of=request.today,
                currency=settings.currency,
                soft_penalty_weeks=settings.soft_penalty_weeks,
                fingerprint=digest,
                engine_version=ENGINE_VERSION,
                item_count=len(posed),
                # now() is when the transaction began, which may be before that of the publication before
                created_at=sa.func.clock_timestamp(),
            )
        )
        await session.execute(
            sa.insert(_INPUTS).values(
                organisation_id=actor.organisation_id, publication_id=claimed.entity_id, content=content
            )
        )
        key = {"organisation_id": actor.organisation_id, "publication_id": claimed.entity_id}
        for portion in lines:
            await session.execute(_STORE_ITEMS, key | portion)
        return await _publication(session, actor, claimed.entity_id)


def _frozen(ranking: RankedPortfolio) -> tuple[RankingInput, str, bytes]:
    posed = input_of(ranking)
    return posed, ranking.fingerprint, zlib.compress(encode(posed))


async def _wait_for_publishers(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> None:
    """One publication of a portfolio at a time, so that each names its causes against the one before."""
    key = sa.func.hashtextextended(f"publication:{actor.organisation_id}:{portfolio_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def _latest(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> tuple[int, RankingInput | None]:
    """Number and input of the portfolio's latest publication; 0 and None without one."""
    query = (
        sa.select(_PUBLICATIONS.c.number, _INPUTS.c.content)
        .join(
            _INPUTS,
            sa.and_(
                _INPUTS.c.organisation_id == _PUBLICATIONS.c.organisation_id,
                _INPUTS.c.publication_id == _PUBLICATIONS.c.id,
            ),
        )
        .where(
            _PUBLICATIONS.c.organisation_id == actor.organisation_id,
            _PUBLICATIONS.c.portfolio_id == portfolio_id,
        )
        .order_by(_PUBLICATIONS.c.number.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return 0, None
    return row.number, await asyncio.to_thread(thawed, row.content)


def thawed(content: bytes) -> RankingInput:
    """The input that a publication holds."""
    return decode(zlib.decompress(content))


def _lines(
    ranking: RankedPortfolio, posed: RankingInput, before: RankingInput | None
) -> list[dict[str, list[Any]]]:
    """The lines of a publication in portions, as columns."""
    comparison = None if before is None else compare(before, posed)
    solved = solve(posed) if comparison is None else comparison.later
    ids = posed.uuids()
    titles = {row.id: row.title for row in ranking.columns.rows}
    entered = json.dumps([_stored(ENTERED)])
    causes = [entered] * len(posed)
    previous: list[int | None] = [None] * len(posed)
    if comparison is not None:
        for index, position in enumerate(comparison.after.tolist()):
            causes[position] = json.dumps([_stored(cause) for cause in comparison.causes(index)])
            previous[position] = int(comparison.rank_before[index]) or None
    ordered = solved.ordered
    portions = []
    for start in range(0, len(posed), _PORTION):
        at = ordered.order[start : start + _PORTION].tolist()
        scores = [float(solved.score[position]) for position in at]
        portions.append(
            {
                "place": list(range(start + 1, start + 1 + len(at))),
                "initiative_id": [ids[position] for position in at],
                "title": [titles[ids[position]] for position in at],
                "rank": [int(ordered.rank[position]) or None for position in at],
                "score_rank": [int(ordered.score_rank[position]) or None for position in at],
                "computed_rank": [int(ordered.computed_rank[position]) or None for position in at],
                "score": [None if np.isnan(score) else score for score in scores],
                "override_rank": [int(posed.stated[position]) or None for position in at],
                "previous_rank": [previous[position] for position in at],
                "causes": [causes[position] for position in at],
            }
        )
    return portions


def _stored(cause: RankCause) -> dict[str, Any]:
    return {
        "kind": cause.kind.value,
        "change": cause.change,
        "criteria": [str(criterion_id) for criterion_id in cause.criteria],
    }


def stored_causes(items: Sequence[dict[str, Any]]) -> tuple[RankCause, ...]:
    """The causes that a line of a publication holds."""
    return tuple(
        RankCause(
            RankCauseKind(item["kind"]),
            item["change"],
            tuple(UUID(criterion_id) for criterion_id in item["criteria"]),
        )
        for item in items
    )


async def _publication(session: AsyncSession, actor: Actor, publication_id: UUID) -> RankingPublicationRow:
    query = sa.select(*columns(RankingPublication, RankingPublicationRow)).where(
        _PUBLICATIONS.c.organisation_id == actor.organisation_id, _PUBLICATIONS.c.id == publication_id
    )
    return RankingPublicationRow._make((await session.execute(query)).one())
