"""Results as they are kept, with what they are set against."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from domain.db import Database, reading
from domain.errors import NotFound
from domain.scenario.commands import Effect
from domain.scenario.effect_records import effects_of, thawed
from domain.scenario.inputs import input_fingerprint
from domain.scenario.outcomes import Fate, Outcome, outcomes
from domain.scenario.result import PlanResult, Refused, decode_result
from domain.scenario.rows import ScenarioRow, ScenarioRunRow
from domain.scenario.runs import result_of

_MOST_KEPT = 64
_kept: OrderedDict[tuple[UUID, str], PlanResult | Refused] = OrderedDict()

_GAINS = frozenset({Fate.FUNDED, Fate.EARLIER, Fate.ENTERED})


@dataclass(frozen=True, kw_only=True, eq=False)
class SolvedScenario:
    """A scenario's result beside that of its base.

    ``base`` is None where the base can't be planned, and ``base_refusal`` says why. ``outdated`` when the
    scenario asks something else by now; then ``effects`` are unknown and left out.
    """

    scenario: ScenarioRow
    run: ScenarioRunRow
    result: PlanResult
    base: PlanResult | None
    base_refusal: str | None
    effects: Sequence[Effect]
    outdated: bool

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Who wins and who loses."""
        return () if self.base is None else outcomes(self.base, self.result, self.effects)

    @cached_property
    def winners(self) -> tuple[Outcome, ...]:
        """Who is funded, or finishes earlier."""
        return tuple(item for item in self.outcomes if item.fate in _GAINS)

    @cached_property
    def losers(self) -> tuple[Outcome, ...]:
        """Who is not funded any more, or finishes later."""
        return tuple(item for item in self.outcomes if item.fate not in _GAINS)


async def solved_scenario(
    database: Database, organisation_id: UUID, scenario: ScenarioRow, run: ScenarioRunRow
) -> SolvedScenario:
    """Read the result of a run that has succeeded.

    Raises
    ------
    NotFound
        When the run has no result.
    """
    if run.result_digest is None or run.base_result_digest is None:
        raise NotFound("This solve has no result.", path=("runId",))
    async with reading(database, organisation_id) as connection:
        wanted = await input_fingerprint(connection, organisation_id, scenario)
        effects = thawed(await effects_of(connection, organisation_id, scenario.id))
    outdated = wanted != run.input_fingerprint or scenario.base_digest != run.base_digest
    result = await _result(database, organisation_id, run.result_digest)
    base = await _result(database, organisation_id, run.base_result_digest)
    if isinstance(result, Refused):
        raise NotFound("This solve has no result.", path=("runId",))
    return SolvedScenario(
        scenario=scenario,
        run=run,
        result=result,
        base=None if isinstance(base, Refused) else base,
        base_refusal=base.refusal if isinstance(base, Refused) else None,
        effects=[] if outdated else effects,
        outdated=outdated,
    )


async def _result(database: Database, organisation_id: UUID, digest: str) -> PlanResult | Refused:
    """A result; those in use stay in memory."""
    key = (organisation_id, digest)
    found = _kept.get(key)
    if found is None:
        async with reading(database, organisation_id) as connection:
            content = await result_of(connection, organisation_id, digest)
        if content is None:
            raise NotFound("This result is gone; solve the scenario again.", path=("scenarioId",))
        found = await asyncio.to_thread(decode_result, content)
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found
