"""Light rows of scenarios, their effects and their solves."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.models import Scenario, ScenarioEffect, ScenarioRun
from domain.queries.listing import Source
from domain.scenario.vocabulary import EffectKind, RunState, ScenarioState, ScenarioVisibility


class ScenarioRow(NamedTuple):
    """A named what-if."""

    id: UUID
    portfolio_id: UUID
    cycle_id: UUID
    owner_id: UUID
    name: str
    description: str
    visibility: ScenarioVisibility
    state: ScenarioState
    base_digest: str
    base_taken_at: datetime
    base_request: dict[str, Any]
    decided_at: datetime | None
    decided_by_id: UUID | None
    decision_note: str | None
    applied: list[dict[str, Any]]
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ScenarioEffectRow(NamedTuple):
    """One change that a scenario makes to its base."""

    id: UUID
    portfolio_id: UUID
    scenario_id: UUID
    position: int
    kind: EffectKind
    schema_version: int
    content: dict[str, Any]


class ScenarioRunRow(NamedTuple):
    """One solve of a scenario."""

    id: UUID
    portfolio_id: UUID
    scenario_id: UUID
    number: int
    requested_by_id: UUID
    state: RunState
    base_digest: str
    input_fingerprint: str
    budget_seconds: float
    seed: int
    robustness_samples: int
    engine_version: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested_at: datetime | None
    failure: str | None
    result_digest: str | None
    base_result_digest: str | None


SCENARIOS = Source(Scenario, ScenarioRow)
SCENARIO_EFFECTS = Source(ScenarioEffect, ScenarioEffectRow)
SCENARIO_RUNS = Source(ScenarioRun, ScenarioRunRow)
