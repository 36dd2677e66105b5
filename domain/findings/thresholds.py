"""Thresholds of health findings: defaults, limits, and what an organisation has set instead."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.commands.finding import FindingThresholdsSet
from domain.db import Database, transaction
from domain.errors import InvalidInput
from domain.findings.names import ThresholdName
from domain.models import metadata

_THRESHOLDS = metadata.tables["finding_threshold"]


class ThresholdUnit(StrEnum):
    """What a threshold counts."""

    COUNT = "count"
    DAYS = "days"
    CYCLES = "cycles"
    SHARE = "share"
    RATIO = "ratio"
    CORRELATION = "correlation"


class ThresholdRule(NamedTuple):
    """Default and limits of a threshold, and what it decides; counts, days and cycles are whole numbers."""

    default: float
    low: float
    high: float
    unit: ThresholdUnit
    description: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in (ThresholdUnit.COUNT, ThresholdUnit.DAYS, ThresholdUnit.CYCLES)


RULES: Mapping[ThresholdName, ThresholdRule] = MappingProxyType(
    {
        ThresholdName.OBJECTIVES_WARN: ThresholdRule(
            3, 1, 100, ThresholdUnit.COUNT, "More objectives of a team in a cycle are a warning."
        ),
        ThresholdName.OBJECTIVES_STRONG: ThresholdRule(
            5, 1, 100, ThresholdUnit.COUNT, "More objectives of a team in a cycle are a strong warning."
        ),
        ThresholdName.KEY_RESULTS_LEAST: ThresholdRule(
            2, 0, 100, ThresholdUnit.COUNT, "Fewer key results of an objective are too few."
        ),
        ThresholdName.KEY_RESULTS_MOST: ThresholdRule(
            5, 1, 100, ThresholdUnit.COUNT, "More key results of an objective are too many."
        ),
        ThresholdName.CHECK_IN_DAYS: ThresholdRule(
            7, 1, 366, ThresholdUnit.DAYS, "More days without a check-in are a warning."
        ),
        ThresholdName.CHECK_IN_STRONG_DAYS: ThresholdRule(
            21, 1, 366, ThresholdUnit.DAYS, "More days without a check-in are a strong warning."
        ),
        ThresholdName.FULLY_REACHED_SHARE: ThresholdRule(
            0.5,
            0,
            1,
            ThresholdUnit.SHARE,
            "A greater share of a team's aspirational objectives with all key results at 1.0 is too often.",
        ),
        ThresholdName.FULLY_REACHED_OBJECTIVES: ThresholdRule(
            3,
            1,
            100,
            ThresholdUnit.COUNT,
            "So many aspirational objectives must have ended before their grades are judged.",
        ),
        ThresholdName.FULLY_REACHED_CYCLES: ThresholdRule(
            4, 1, 20, ThresholdUnit.CYCLES, "The team's last cycles that have ended and are looked at for it."
        ),
        ThresholdName.KPIS_WARN: ThresholdRule(
            5, 1, 100, ThresholdUnit.COUNT, "More KPIs of a team or a process are a warning."
        ),
        ThresholdName.KPIS_STRONG: ThresholdRule(
            10, 1, 1_000, ThresholdUnit.COUNT, "More KPIs of a team or a process are a strong warning."
        ),
        ThresholdName.DECISION_CYCLES: ThresholdRule(
            2,
            1,
            20,
            ThresholdUnit.CYCLES,
            "Cycles in which a review should have decided something about a KPI.",
        ),
        ThresholdName.OVERLAP_CORRELATION: ThresholdRule(
            0.9, 0.5, 1, ThresholdUnit.CORRELATION, "Series with at least this correlation move together."
        ),
        ThresholdName.OVERLAP_PERIODS: ThresholdRule(
            8, 3, 24, ThresholdUnit.COUNT, "So many periods must be measured in both series to compare them."
        ),
        ThresholdName.CADENCE_MEASUREMENTS: ThresholdRule(
            8, 3, 24, ThresholdUnit.COUNT, "So many measurements must be there before the cadence is judged."
        ),
        ThresholdName.CADENCE_STEP: ThresholdRule(
            1,
            0.1,
            100,
            ThresholdUnit.RATIO,
            "Measured too rarely: half of the steps are at least so many times the way from healthy to red.",
        ),
        ThresholdName.CADENCE_FLAT: ThresholdRule(
            0.05,
            0,
            1,
            ThresholdUnit.RATIO,
            "Measured too often: all of it lies within this part of the way from healthy to red.",
        ),
    }
)

_ORDERED = (
    (ThresholdName.OBJECTIVES_WARN, ThresholdName.OBJECTIVES_STRONG),
    (ThresholdName.KEY_RESULTS_LEAST, ThresholdName.KEY_RESULTS_MOST),
    (ThresholdName.CHECK_IN_DAYS, ThresholdName.CHECK_IN_STRONG_DAYS),
    (ThresholdName.KPIS_WARN, ThresholdName.KPIS_STRONG),
)

Thresholds = Mapping[ThresholdName, float]
"""The value of every threshold."""

DEFAULTS: Thresholds = MappingProxyType({name: rule.default for name, rule in RULES.items()})


async def thresholds_of(
    connection: AsyncConnection | AsyncSession, organisation_id: UUID
) -> dict[ThresholdName, float]:
    """The value of every threshold: what the organisation has set, else the default."""
    query = sa.select(_THRESHOLDS.c.name, _THRESHOLDS.c.value).where(
        _THRESHOLDS.c.organisation_id == organisation_id
    )
    # a name that this version does not know is another version's
    stored = {name: value for name, value in await connection.execute(query) if name in set(ThresholdName)}
    return {**DEFAULTS, **{ThresholdName(name): value for name, value in stored.items()}}


async def set_finding_thresholds(
    database: Database, actor: Actor, command: FindingThresholdsSet
) -> dict[ThresholdName, float]:
    """Set thresholds, or (with None) put them back to their defaults; return all as they are then.

    Raises
    ------
    InvalidInput
        When one is named twice, lies outside its limits, or contradicts another.
    """
    names = [item.name for item in command.items]
    for position, item in enumerate(command.items):
        if names.index(item.name) < position:
            raise InvalidInput(f"{item.name} is set twice.", path=("items", position, "name"))
        if item.value is not None:
            _refuse_senseless(item.name, item.value, path=("items", position, "value"))
    async with transaction(database, actor) as session:
        # two who set one half each must not contradict each other
        key = sa.func.hashtextextended(f"finding_threshold:{actor.organisation_id}", 0)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        wanted = await thresholds_of(session, actor.organisation_id)
        for item in command.items:
            wanted[item.name] = RULES[item.name].default if item.value is None else item.value
        for low, high in _ORDERED:
            if wanted[low] > wanted[high]:
                at = names.index(high) if high in names else names.index(low)
                raise InvalidInput(
                    f"{low} ({wanted[low]:g}) must not exceed {high} ({wanted[high]:g}).",
                    path=("items", at, "value"),
                )
        await _store(session, actor, names, wanted)
        return wanted


def _refuse_senseless(name: ThresholdName, value: float, *, path: Sequence[str | int]) -> None:
    rule = RULES[name]
    if not rule.low <= value <= rule.high:
        raise InvalidInput(f"{name} must be from {rule.low:g} to {rule.high:g}.", path=path)
    if rule.whole and value != int(value):
        raise InvalidInput(f"{name} must be a whole number.", path=path)


async def _store(
    session: AsyncSession, actor: Actor, names: Sequence[ThresholdName], wanted: Thresholds
) -> None:
    given = {name: wanted[name] for name in names}
    default = [name.value for name, value in given.items() if value == RULES[name].default]
    await session.execute(
        sa.delete(_THRESHOLDS).where(
            _THRESHOLDS.c.organisation_id == actor.organisation_id, _THRESHOLDS.c.name.in_(default)
        )
    )
    rows = [
        {"organisation_id": actor.organisation_id, "name": name.value, "value": value}
        for name, value in given.items()
        if name.value not in default
    ]
    if rows:
        insert = postgresql.insert(_THRESHOLDS).values(rows)
        await session.execute(
            insert.on_conflict_do_update(
                index_elements=["organisation_id", "name"],
                set_={"value": insert.excluded.value},
                where=_THRESHOLDS.c.value.is_distinct_from(insert.excluded.value),
            )
        )
