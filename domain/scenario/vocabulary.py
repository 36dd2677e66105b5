"""The closed vocabularies of scenarios. A leaf: imports nothing of the project."""

from enum import StrEnum


class ScenarioVisibility(StrEnum):
    """Who sees a scenario."""

    PRIVATE = "private"
    SHARED = "shared"


class ScenarioState(StrEnum):
    """Whether a scenario can still be changed; the last two are final."""

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"


class RunState(StrEnum):
    """Where a solve is; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_RUN_STATES = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})


class RunPhase(StrEnum):
    """What a solve is at, in this order: first for the base, then for the scenario."""

    WAITING = "waiting"
    BASE_SELECTION = "base_selection"
    BASE_SCHEDULE = "base_schedule"
    BASE_ROBUSTNESS = "base_robustness"
    SELECTION = "selection"
    SCHEDULE = "schedule"
    ROBUSTNESS = "robustness"
    DONE = "done"


class EffectKind(StrEnum):
    """What an effect changes."""

    SHARE = "share"
    TEAM_CAPACITY = "team_capacity"
    HIRE = "hire"
    LEAVER = "leaver"
    SCORING = "scoring"
    FORCE = "force"
    DATES = "dates"
    DURATION = "duration"
    DEMAND = "demand"
    COST_OF_DELAY = "cost_of_delay"
    KEY_RESULT_WEIGHT = "key_result_weight"


class Proof(StrEnum):
    """What is proven about a solution."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    HEURISTIC = "HEURISTIC"
