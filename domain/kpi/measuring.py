"""Measurements of KPIs: one, thousands, and corrections that keep what was there before."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.bulk import Outcome, held_back, rows_as_table
from domain.commands.kpi import MeasurementAdd, MeasurementCorrect
from domain.db import Database, transaction
from domain.entities import in_use
from domain.enums import ErrorPolicy
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.kpi.errors import MeasurementInFuture
from domain.kpi.feeding import correct_check_in_of, feed_check_ins
from domain.kpi.rows import MeasurementRow
from domain.kpi.standing import Standing, hold_standings, restand
from domain.models import Kpi, Measurement, metadata
from domain.models.base import LARGEST
from domain.references import by_id, unusable
from domain.rows import columns

_MEASUREMENTS = metadata.tables["measurement"]
_CHUNK = 5_000
"""Rows a statement: keeps each far from the statement timeout."""

_LONGEST_NOTE = 2_000

_Key = tuple[UUID, datetime]


class NewMeasurement(NamedTuple):
    """One of many measurements, light; checked when it is added."""

    kpi_id: UUID
    value: float
    measured_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Measurements before they are written, by position: those that are there already, and those that are new."""

    kpis: Mapping[UUID, Any]
    before: Mapping[UUID, Standing]
    found: dict[int, MeasurementRow]
    new: dict[int, NewMeasurement]
    faults: list[list[DomainError]]


async def add_measurement(
    database: Database, actor: Actor, command: MeasurementAdd, *, now: datetime
) -> MeasurementRow:
    """Add a measurement, with what follows from it: status, trend, breach, and the check-in of a promoted KPI.

    The same value at the same time is returned as it is.

    Raises
    ------
    MeasurementInFuture
        When its time has not come yet.
    NotFound, InvalidInput
        When there is no such KPI, or it is archived.
    Conflict
        When there is another value at this time already.
    """
    measured_at = command.measured_at or now
    new = NewMeasurement(command.kpi_id, command.value, measured_at, command.note)
    (outcome,) = await add_measurements(database, actor, [new], ErrorPolicy.REJECT_ALL, now=now)
    if outcome.row is None:
        raise outcome.errors[0]
    return outcome.row


async def add_measurements(
    database: Database,
    actor: Actor,
    items: Sequence[NewMeasurement | DomainError],
    policy: ErrorPolicy,
    *,
    now: datetime,
) -> list[Outcome[MeasurementRow]]:
    """Add measurements of any KPIs; one outcome per item, in the order of the input.

    Their number of statements does not grow with the items. A measurement that is there already with the same
    value is returned as it is. An item that could not even be read is given as its error. A measurement has
    no parts that could be left out, so ``IGNORE_FAILED`` does as ``REJECT_FAILED``: it adds the good ones.
    Breaches are opened and ended as if the items had come one by one in the order of their times.
    """
    async with transaction(database, actor) as session:
        judged = await judge_measurements(session, actor, items, now=now)
        rows = dict(judged.found)
        if not held_back(policy, judged.faults):
            rows |= await write_judged(session, actor, judged, now=now)
    return [Outcome(row=rows.get(at), errors=tuple(errors)) for at, errors in enumerate(judged.faults)]


async def judge_measurements(
    session: AsyncSession, actor: Actor, items: Sequence[NewMeasurement | DomainError], *, now: datetime
) -> Judged:
    """What would become of measurements; their KPIs are kept from others' measurements until the end."""
    asked = [item for item in items if not isinstance(item, DomainError)]
    kpis = await by_id(session, actor, "kpi", (item.kpi_id for item in asked))
    before = await hold_standings(session, actor.organisation_id, list(kpis))
    existing = await _existing(session, actor, asked)
    judged = Judged(kpis=kpis, before=before, found={}, new={}, faults=[[] for _ in items])
    first: dict[_Key, int] = {}
    for position, item in enumerate(items):
        fault = _fault(item, kpis, first, position, now=now)
        if fault is None and not isinstance(item, DomainError):
            row = existing.get((item.kpi_id, item.measured_at))
            fault = None if row is None else _differing(item, row)
            if fault is None and row is not None:
                judged.found[position] = row
            elif fault is None:
                judged.new[position] = item
        if fault is not None:
            judged.faults[position].append(fault)
    return judged


async def write_judged(
    session: AsyncSession, actor: Actor, judged: Judged, *, now: datetime
) -> dict[int, MeasurementRow]:
    """Add what is new and good, with what follows from it; the rows, by the position of their items."""
    if not judged.new:
        return {}
    items = list(judged.new.values())
    rows = await _insert(session, actor, items)
    await _follow(session, actor, judged.kpis, judged.before, items, now=now)
    return {at: rows[item.kpi_id, item.measured_at] for at, item in judged.new.items()}


async def correct_measurement(
    database: Database, actor: Actor, command: MeasurementCorrect, *, now: datetime
) -> MeasurementRow:
    """Set a measurement right; what it was before stays, superseded.

    Without a value: there was no measurement at that time. A value for a time that was taken back in this way
    is a correction as well.

    Raises
    ------
    NotFound
        When there is no such KPI, or no measurement at this time.
    InvalidInput
        When the KPI is archived, or nothing would change.
    Conflict
        When ``expected_revision`` is not the current one.
    """
    async with transaction(database, actor) as session:
        kpi = await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",))
        before = await hold_standings(session, actor.organisation_id, [kpi.id])
        asked = NewMeasurement(kpi.id, command.value or 0.0, command.measured_at)
        old = (await _existing(session, actor, [asked])).get((kpi.id, command.measured_at))
        if old is None:
            raise NotFound(
                "There is no measurement at this time; add one, or give the time of the one that is wrong.",
                path=("measuredAt",),
            )
        if command.expected_revision not in (None, old.revision):
            raise Conflict(
                f"This measurement is at revision {old.revision}, not {command.expected_revision}: somebody"
                " corrected it meanwhile. Read it again and decide anew.",
                expected_version=command.expected_revision,
                actual_version=old.revision,
                path=("expectedRevision",),
            )
        if command.value == old.value:
            raise InvalidInput("This is the value that it has; nothing to correct.", path=("value",))
        this = sa.and_(
            _MEASUREMENTS.c.organisation_id == actor.organisation_id,
            _MEASUREMENTS.c.kpi_id == kpi.id,
            _MEASUREMENTS.c.measured_at == command.measured_at,
        )
        await session.execute(
            sa.update(_MEASUREMENTS)
            .where(this, _MEASUREMENTS.c.revision == old.revision)
            .values(superseded_at=now)
        )
        inserted = await session.execute(
            sa.insert(_MEASUREMENTS)
            .values(
                organisation_id=actor.organisation_id,
                kpi_id=kpi.id,
                measured_at=command.measured_at,
                revision=old.revision + 1,
                value=command.value,
                note=command.reason,
                recorded_by_id=actor.member_id,
            )
            .returning(*columns(Measurement, MeasurementRow))
        )
        row = MeasurementRow._make(inserted.one())
        more = (command.value is not None) - (old.value is not None)
        # a time that was taken back and is newer than all others is a new measurement
        revived = [] if command.value is None else [(command.measured_at, command.value)]
        await restand(
            session,
            actor.organisation_id,
            {kpi.id: kpi},
            before,
            further={kpi.id: revived},
            counts={kpi.id: more},
            rewritten=[kpi.id],
            now=now,
        )
        await correct_check_in_of(
            session, actor, kpi.id, command.measured_at, command.value, reason=command.reason, now=now
        )
        return row


def _fault(
    item: NewMeasurement | DomainError,
    kpis: Mapping[UUID, Any],
    first: dict[_Key, int],
    position: int,
    *,
    now: datetime,
) -> DomainError | None:
    if isinstance(item, DomainError):
        return item
    fault = unusable(kpis.get(item.kpi_id), noun="KPI", path=("kpiId",))
    if fault is not None:
        return fault
    if not (math.isfinite(item.value) and abs(item.value) <= LARGEST):
        return InvalidInput("A measured value is a finite number within ±10¹⁵.", path=("value",))
    if len(item.note) > _LONGEST_NOTE or not _storable(item.note):
        return InvalidInput(
            f"A note has at most {_LONGEST_NOTE} characters of Unicode, and none is NUL.", path=("note",)
        )
    if item.measured_at > now:
        return MeasurementInFuture(
            f"A measurement can't be of the future: it is {now.isoformat(timespec='seconds')} now. Correct"
            " the time, or the clock of whoever measures.",
            now=now,
            path=("measuredAt",),
        )
    repeated = first.setdefault((item.kpi_id, item.measured_at), position)
    if repeated != position:
        return InvalidInput(
            f"This is of the same KPI and time as the item at position {repeated}, counted from 0; leave one"
            " out.",
            path=("measuredAt",),
        )
    return None


def _differing(item: NewMeasurement, row: MeasurementRow) -> DomainError | None:
    if row.value == item.value:
        return None
    stored = "that was taken back" if row.value is None else f"of {row.value:g}"
    return Conflict(
        f"There is a measurement {stored} at this time already; correct that one, which keeps the old value.",
        actual_version=row.revision,
        path=("measuredAt",),
    )


async def _existing(
    session: AsyncSession, actor: Actor, items: Sequence[NewMeasurement]
) -> dict[_Key, MeasurementRow]:
    """The current revisions at the times of the items."""
    existing: dict[_Key, MeasurementRow] = {}
    for start in range(0, len(items), _CHUNK):
        keys = [
            {"kpi_id": item.kpi_id, "measured_at": item.measured_at} for item in items[start : start + _CHUNK]
        ]
        given = rows_as_table(_MEASUREMENTS, keys)
        query = sa.select(*columns(Measurement, MeasurementRow)).join_from(
            given,
            _MEASUREMENTS,
            sa.and_(
                _MEASUREMENTS.c.organisation_id == actor.organisation_id,
                _MEASUREMENTS.c.kpi_id == given.c.kpi_id,
                _MEASUREMENTS.c.measured_at == given.c.measured_at,
                _MEASUREMENTS.c.superseded_at.is_(None),
            ),
        )
        for row in map(MeasurementRow._make, await session.execute(query)):
            existing[row.kpi_id, row.measured_at] = row
    return existing


async def _insert(
    session: AsyncSession, actor: Actor, items: Sequence[NewMeasurement]
) -> dict[_Key, MeasurementRow]:
    inserted: dict[_Key, MeasurementRow] = {}
    for start in range(0, len(items), _CHUNK):
        # whole numbers are floats as well, and the driver takes lists of one type
        rows = [item._asdict() | {"value": float(item.value)} for item in items[start : start + _CHUNK]]
        given = rows_as_table(_MEASUREMENTS, rows)
        query = sa.select(
            sa.literal(actor.organisation_id, sa.Uuid),
            sa.literal(1),
            sa.literal(actor.member_id, sa.Uuid),
            *given.c,
        )
        statement = (
            sa.insert(_MEASUREMENTS)
            .from_select(
                ["organisation_id", "revision", "recorded_by_id", *rows[0]], query, include_defaults=False
            )
            .returning(*columns(Measurement, MeasurementRow))
        )
        for row in map(MeasurementRow._make, await session.execute(statement)):
            inserted[row.kpi_id, row.measured_at] = row
    return inserted


async def _follow(
    session: AsyncSession,
    actor: Actor,
    kpis: Mapping[UUID, Any],
    before: Mapping[UUID, Any],
    items: Sequence[NewMeasurement],
    *,
    now: datetime,
) -> None:
    further: dict[UUID, list[tuple[datetime, float]]] = {}
    for item in items:
        further.setdefault(item.kpi_id, []).append((item.measured_at, item.value))
    await restand(
        session,
        actor.organisation_id,
        {kpi_id: kpis[kpi_id] for kpi_id in further},
        before,
        further=further,
        counts={kpi_id: len(points) for kpi_id, points in further.items()},
        now=now,
    )
    await feed_check_ins(session, actor, further, now=now)


def _storable(text: str) -> bool:
    """Whether the database can hold it: no NUL, and no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
