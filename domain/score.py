"""Use cases about scores: one person's ratings of initiatives. The last write wins.

Several people may rate the same; everybody writes and removes only their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.bulk import Outcome, held_back, rows_as_table
from domain.commands.scoring import ScoreRemove, ScoreSet
from domain.db import Database, transaction
from domain.entities import in_use, upsert
from domain.enums import CriterionSource, ErrorPolicy
from domain.errors import DomainError, InvalidInput, NotFound, ScoreOutOfScale
from domain.models import Initiative, Score, metadata
from domain.references import by_id, unusable
from domain.rows import ScoreRow, columns

LARGEST_BULK = 1_000
"""Most scores of one call."""

_INITIATIVES = metadata.tables["initiative"]
_SCORES = metadata.tables["score"]
_KEY = ("organisation_id", "initiative_id", "criterion_id", "rater_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What is wrong with a score as such, and with its range, which it may do without."""

    fatal: tuple[DomainError, ...] = ()
    in_range: tuple[DomainError, ...] = ()

    @property
    def errors(self) -> tuple[DomainError, ...]:
        return self.fatal + self.in_range


class _Known(NamedTuple):
    """What the scores refer to, by id."""

    initiatives: dict[UUID, Any]
    criteria: dict[UUID, Any]


async def set_score(database: Database, actor: Actor, command: ScoreSet) -> ScoreRow:
    """Rate an initiative on a criterion, in place of the actor's rating before.

    Raises
    ------
    ScoreOutOfScale
        When the value, or an end of its range, lies outside the criterion's scale.
    InvalidInput
        When the range does not hold the value; when the criterion is not one that people score; when the
        initiative or the criterion is archived.
    NotFound
        When there is no such initiative or criterion.
    """
    async with transaction(database, actor) as session:
        known = await _known(session, actor, [command])
        errors = _judge(command, known).errors
        if errors:
            raise errors[0]
        rows = await _write(session, actor, [command], known)
        return rows[command.initiative_id, command.criterion_id]


async def remove_score(database: Database, actor: Actor, command: ScoreRemove) -> ScoreRow:
    """Remove the actor's own rating, and return it as it was; one rating less is not a 0.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such initiative or rating; when the initiative is archived.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Initiative, command.initiative_id, path=("initiativeId",))
        statement = (
            sa.delete(_SCORES)
            .where(
                _SCORES.c.organisation_id == actor.organisation_id,
                _SCORES.c.initiative_id == command.initiative_id,
                _SCORES.c.criterion_id == command.criterion_id,
                _SCORES.c.rater_id == actor.member_id,
            )
            .returning(*columns(Score, ScoreRow))
        )
        row = (await session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound(
                "You have not rated the initiative on this criterion, or removed it already.",
                path=("criterionId",),
            )
        return ScoreRow._make(row)


async def set_scores(
    database: Database, actor: Actor, items: Sequence[ScoreSet | DomainError], policy: ErrorPolicy
) -> list[Outcome[ScoreRow]]:
    """Rate many initiatives at once; one outcome per item, in the order of the input.

    The number of SQL statements does not grow with the number of items. An item that could not even be read
    is given as its error. Items that rate the same initiative on the same criterion are all refused.

    ``REJECT_ALL`` writes nothing if any item is faulty. ``REJECT_FAILED`` writes the items without fault.
    ``IGNORE_FAILED`` also writes items of which only the range is faulty, without their range. Errors are
    reported under every policy, with paths from the item on.

    Raises
    ------
    InvalidInput
        When there are no items, or more than ``LARGEST_BULK``.
    """
    if not 1 <= len(items) <= LARGEST_BULK:
        raise InvalidInput(
            f"Give 1 to {LARGEST_BULK} items a call, not {len(items)}; split longer lists.", path=("items",)
        )
    commands = [item for item in items if isinstance(item, ScoreSet)]
    async with transaction(database, actor) as session:
        known = await _known(session, actor, commands)
        verdicts = _judge_all(items, known)
        kept = [_kept(item, verdict, policy) for item, verdict in zip(items, verdicts, strict=True)]
        if held_back(policy, [verdict.errors for verdict in verdicts]):
            kept = [None for _ in items]
        rows = await _write(session, actor, [command for command in kept if command is not None], known)
        return [
            Outcome(
                row=None if command is None else rows[command.initiative_id, command.criterion_id],
                errors=verdict.errors,
            )
            for command, verdict in zip(kept, verdicts, strict=True)
        ]


def _kept(item: ScoreSet | DomainError, verdict: _Verdict, policy: ErrorPolicy) -> ScoreSet | None:
    """What of an item is written, as far as the item itself goes."""
    if isinstance(item, DomainError) or verdict.fatal:
        return None
    if not verdict.in_range:
        return item
    if policy is ErrorPolicy.IGNORE_FAILED:
        return item.model_copy(update={"value_low": None, "value_high": None})
    return None


async def _known(session: AsyncSession, actor: Actor, commands: Sequence[ScoreSet]) -> _Known:
    ids = list({command.initiative_id for command in commands})
    initiatives = sa.select(_INITIATIVES.c.id, _INITIATIVES.c.portfolio_id, _INITIATIVES.c.archived_at).where(
        _INITIATIVES.c.organisation_id == actor.organisation_id,
        _INITIATIVES.c.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.Uuid))),
    )
    return _Known(
        initiatives={row.id: row for row in await session.execute(initiatives)},
        criteria=await by_id(session, actor, "criterion", (command.criterion_id for command in commands)),
    )


def _judge_all(items: Sequence[ScoreSet | DomainError], known: _Known) -> list[_Verdict]:
    positions: dict[tuple[UUID, UUID], list[int]] = {}
    for position, item in enumerate(items):
        if isinstance(item, ScoreSet):
            positions.setdefault((item.initiative_id, item.criterion_id), []).append(position)
    verdicts = []
    for item in items:
        if isinstance(item, DomainError):
            verdicts.append(_Verdict(fatal=(item,)))
            continue
        same = positions[item.initiative_id, item.criterion_id]
        verdict = _judge(item, known)
        if len(same) > 1:
            named = " and ".join(map(str, same[:10]))
            repeated = InvalidInput(
                f"The items at the positions {named}, counted from 0, rate the same initiative on the same"
                " criterion; keep one of them.",
                path=("criterionId",),
            )
            verdict = _Verdict(fatal=(*verdict.fatal, repeated), in_range=verdict.in_range)
        verdicts.append(verdict)
    return verdicts


def _judge(command: ScoreSet, known: _Known) -> _Verdict:
    initiative = known.initiatives.get(command.initiative_id)
    criterion = known.criteria.get(command.criterion_id)
    faults = [
        unusable(initiative, noun="initiative", path=("initiativeId",)),
        unusable(criterion, noun="criterion", path=("criterionId",)),
    ]
    fatal = tuple(fault for fault in faults if fault is not None)
    if criterion is None:
        return _Verdict(fatal=fatal)
    if criterion.source is not CriterionSource.SCORE:
        derived = InvalidInput(
            f"“{criterion.name}” is not scored by people: it is derived from {criterion.source.value}.",
            path=("criterionId",),
        )
        return _Verdict(fatal=(*fatal, derived))
    outside = _outside(command.value, criterion, path="value")
    if outside is not None:
        fatal = (*fatal, outside)
    return _Verdict(fatal=fatal, in_range=_judge_range(command, criterion))


def _judge_range(command: ScoreSet, criterion: Any) -> tuple[DomainError, ...]:
    errors: list[DomainError] = []
    low, value, high = command.value_low, command.value, command.value_high
    for figure, path in ((low, "valueLow"), (high, "valueHigh")):
        outside = None if figure is None else _outside(figure, criterion, path=path)
        if outside is not None:
            errors.append(outside)
    if low is not None and low > value:
        errors.append(
            InvalidInput(
                f"valueLow ({low:g}) must not be greater than value ({value:g}).", path=("valueLow",)
            )
        )
    if high is not None and high < value:
        errors.append(
            InvalidInput(
                f"valueHigh ({high:g}) must not be less than value ({value:g}).", path=("valueHigh",)
            )
        )
    return tuple(errors)


def _outside(figure: float, criterion: Any, *, path: str) -> ScoreOutOfScale | None:
    low, high = criterion.scale_min, criterion.scale_max
    if low <= figure <= high:
        return None
    return ScoreOutOfScale(
        f"{path} ({figure:g}) lies outside the scale of “{criterion.name}”, which goes from {low:g} to"
        f" {high:g}.",
        scale_min=low,
        scale_max=high,
        value=figure,
        path=(path,),
    )


async def _write(
    session: AsyncSession, actor: Actor, commands: Sequence[ScoreSet], known: _Known
) -> dict[tuple[UUID, UUID], ScoreRow]:
    if not commands:
        return {}
    tenant = {"organisation_id": actor.organisation_id, "rater_id": actor.member_id}
    rows = [
        {
            **tenant,
            "portfolio_id": known.initiatives[command.initiative_id].portfolio_id,
            **command.model_dump(),
        }
        # in the same order everywhere, so that two calls can't wait for each other
        for command in sorted(commands, key=lambda command: (command.initiative_id, command.criterion_id))
    ]
    await session.execute(upsert(Score, rows, key=_KEY))
    keys = rows_as_table(_SCORES, [{name: row[name] for name in _KEY} for row in rows])
    query = sa.select(*columns(Score, ScoreRow)).join(
        keys, sa.and_(*(_SCORES.c[name] == keys.c[name] for name in _KEY))
    )
    stored = map(ScoreRow._make, await session.execute(query))
    return {(row.initiative_id, row.criterion_id): row for row in stored}
