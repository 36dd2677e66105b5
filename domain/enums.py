"""The closed vocabularies of the domain. A leaf: imports nothing of the project."""

from enum import StrEnum


class Role(StrEnum):
    """What a member may do; each role includes those before it."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    PLANNER = "planner"
    BOARD = "board"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what ``other`` may do."""
        return _ROLE_ORDER.index(self) >= _ROLE_ORDER.index(other)


_ROLE_ORDER = tuple(Role)


class TokenScope(StrEnum):
    """What an API token may be used for, on top of its member's role."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class WorkKind(StrEnum):
    """The kind of work that an allocation category pays for."""

    LIGHTS_ON = "lights_on"
    STEP_CHANGE = "step_change"
    PLANNING = "planning"
    UNPLANNED = "unplanned"


class CycleLevel(StrEnum):
    """Planning horizon of a cycle and of its objectives."""

    STRATEGIC = "strategic"
    TACTICAL = "tactical"


class Ambition(StrEnum):
    """Whether an objective aims at 1.0 (committed) or at about 0.7 (aspirational)."""

    COMMITTED = "committed"
    ASPIRATIONAL = "aspirational"


class KeyResultDirection(StrEnum):
    """Which way a key result's value has to move."""

    INCREASE = "increase"
    DECREASE = "decrease"
    MILESTONE = "milestone"


class KeyResultKind(StrEnum):
    """Whether a key result measures an outcome or counts an activity."""

    OUTCOME = "outcome"
    ACTIVITY = "activity"


class CheckInSource(StrEnum):
    """Where a check-in comes from."""

    MANUAL = "manual"
    KPI = "kpi"


class BenefitMeasure(StrEnum):
    """What a benefit is counted in."""

    MONEY = "money"
    KEY_RESULT = "key_result"
    KPI = "kpi"


class InitiativeState(StrEnum):
    """Where an initiative is in its life cycle."""

    PROPOSED = "proposed"
    EVALUATED = "evaluated"
    APPROVED = "approved"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"


TRANSITIONS: dict[InitiativeState, frozenset[InitiativeState]] = {
    InitiativeState.PROPOSED: frozenset({InitiativeState.EVALUATED, InitiativeState.STOPPED}),
    InitiativeState.EVALUATED: frozenset(
        {InitiativeState.PROPOSED, InitiativeState.APPROVED, InitiativeState.STOPPED}
    ),
    InitiativeState.APPROVED: frozenset(
        {InitiativeState.EVALUATED, InitiativeState.ACTIVE, InitiativeState.STOPPED}
    ),
    InitiativeState.ACTIVE: frozenset(
        {InitiativeState.PAUSED, InitiativeState.COMPLETED, InitiativeState.STOPPED}
    ),
    InitiativeState.PAUSED: frozenset({InitiativeState.ACTIVE, InitiativeState.STOPPED}),
    InitiativeState.COMPLETED: frozenset(),
    InitiativeState.STOPPED: frozenset({InitiativeState.PROPOSED}),
}
"""Which states may follow which; stopped work may be proposed again, completed work is closed."""

OPEN_STATES = frozenset(InitiativeState) - {InitiativeState.COMPLETED, InitiativeState.STOPPED}
"""States in which an initiative still competes for capacity."""


class DependencyKind(StrEnum):
    """How one initiative depends on another; the last two only inform and never constrain."""

    FINISH_TO_START = "finish_to_start"
    START_TO_START = "start_to_start"
    FINISH_TO_FINISH = "finish_to_finish"
    RELATES_TO = "relates_to"
    DUPLICATES = "duplicates"


CONSTRAINING_KINDS = frozenset(
    {DependencyKind.FINISH_TO_START, DependencyKind.START_TO_START, DependencyKind.FINISH_TO_FINISH}
)


class ScoringMethod(StrEnum):
    """How a scoring model turns criteria into one score."""

    WEIGHTED = "weighted"
    WSJF = "wsjf"
    RICE = "rice"
    ICE_MEAN = "ice_mean"
    ICE_PRODUCT = "ice_product"
    CD3 = "cd3"
    VALUE_BY_OUTCOME = "value_by_outcome"


class OrderKind(StrEnum):
    """How initiatives are put in order."""

    DEPENDENCY_AWARE = "dependency_aware"
    SCORE = "score"


class RankCauseKind(StrEnum):
    """Why an initiative has another rank than in an earlier ranking."""

    ENTERED = "entered"
    LEFT = "left"
    MODEL = "model"
    WEIGHTS = "weights"
    SCORE = "score"
    COST_OF_DELAY = "cost_of_delay"
    DURATION = "duration"
    EFFORT = "effort"
    OUTCOME = "outcome"
    DEPENDENCY = "dependency"
    OVERRIDE = "override"
    OTHERS_LEFT = "others_left"
    OTHERS_ENTERED = "others_entered"
    OTHERS_CHANGED = "others_changed"


class CriterionDirection(StrEnum):
    """Whether more of a criterion is better (benefit) or worse (cost)."""

    BENEFIT = "benefit"
    COST = "cost"


class CriterionSource(StrEnum):
    """Where a criterion's value comes from: people's scores or the initiative's own figures."""

    SCORE = "score"
    DURATION_WEEKS = "duration_weeks"
    EFFORT_PERSON_WEEKS = "effort_person_weeks"
    COST_OF_DELAY = "cost_of_delay"
    VALUE_BY_OUTCOME = "value_by_outcome"


class CriterionRole(StrEnum):
    """The place of a criterion in its method's formula."""

    WEIGHTED = "weighted"
    BUSINESS_VALUE = "business_value"
    TIME_CRITICALITY = "time_criticality"
    RISK_OPPORTUNITY = "risk_opportunity"
    JOB_SIZE = "job_size"
    REACH = "reach"
    IMPACT = "impact"
    CONFIDENCE = "confidence"
    EFFORT = "effort"
    EASE = "ease"


REQUIRED_ROLES: dict[ScoringMethod, frozenset[CriterionRole]] = {
    ScoringMethod.WEIGHTED: frozenset({CriterionRole.WEIGHTED}),
    ScoringMethod.WSJF: frozenset(
        {
            CriterionRole.BUSINESS_VALUE,
            CriterionRole.TIME_CRITICALITY,
            CriterionRole.RISK_OPPORTUNITY,
            CriterionRole.JOB_SIZE,
        }
    ),
    ScoringMethod.RICE: frozenset(
        {CriterionRole.REACH, CriterionRole.IMPACT, CriterionRole.CONFIDENCE, CriterionRole.EFFORT}
    ),
    ScoringMethod.ICE_MEAN: frozenset({CriterionRole.IMPACT, CriterionRole.CONFIDENCE, CriterionRole.EASE}),
    ScoringMethod.ICE_PRODUCT: frozenset(
        {CriterionRole.IMPACT, CriterionRole.CONFIDENCE, CriterionRole.EASE}
    ),
    ScoringMethod.CD3: frozenset(),
    ScoringMethod.VALUE_BY_OUTCOME: frozenset(),
}
"""The criterion roles that a model of each method has to fill (WEIGHTED: one or more of that role)."""


class MissingPolicy(StrEnum):
    """What a model does with a criterion that nobody has scored yet; it is never taken as 0."""

    EXCLUDE = "exclude"
    WORST = "worst"
    RENORMALISE = "renormalise"


class UrgencyProfile(StrEnum):
    """How cost of delay depends on the finish date."""

    LINEAR = "linear"
    FIXED_DATE = "fixed_date"
    SHORT_LIFE_PEAK_AFFECTED = "short_life_peak_affected"
    LONG_LIFE_PEAK_AFFECTED = "long_life_peak_affected"
    LONG_LIFE_PEAK_NOT_AFFECTED = "long_life_peak_not_affected"
    INTANGIBLE = "intangible"


class ErrorPolicy(StrEnum):
    """What a bulk write does with the good items when others are faulty."""

    IGNORE_FAILED = "ignore_failed"
    REJECT_FAILED = "reject_failed"
    REJECT_ALL = "reject_all"


class ChangeOperation(StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class Cadence(StrEnum):
    """How often something is measured or reviewed."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class KpiTargetType(StrEnum):
    """What a KPI's value is to do."""

    STAY_ABOVE = "stay_above"
    STAY_BELOW = "stay_below"
    STAY_WITHIN = "stay_within"
    INCREASE_TO = "increase_to"
    DECREASE_TO = "decrease_to"


class KpiTiming(StrEnum):
    """Whether a KPI moves before what it stands for, or after it."""

    LEADING = "leading"
    LAGGING = "lagging"


class KpiKind(StrEnum):
    """Whether a KPI measures what is put in, or what comes out."""

    INPUT = "input"
    OUTCOME = "outcome"


class KpiLevel(StrEnum):
    """What a measured value means by a KPI's thresholds, the better first."""

    HEALTHY = "healthy"
    AMBER = "amber"
    RED = "red"


class KpiStatus(StrEnum):
    """How a process is, as far as is known at a moment; only the first is good."""

    HEALTHY = "healthy"
    AMBER = "amber"
    RED = "red"
    STALE = "stale"
    UNKNOWN = "unknown"


class TrendKind(StrEnum):
    """Where a series moves, by what its target type calls good."""

    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"


class BreachEnding(StrEnum):
    """How a breach ended."""

    RECOVERED = "recovered"
    BY_HAND = "by_hand"
    ARCHIVED = "archived"


class BreachEventKind(StrEnum):
    """What happened to a breach."""

    OPENED = "opened"
    ROSE = "rose"
    EASED = "eased"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    DIAGNOSED = "diagnosed"
    RESTORED = "restored"


class StandardBasis(StrEnum):
    """Where a key result that a KPI becomes starts: at the measured value, or at the KPI's standard."""

    CURRENT = "current"
    STANDARD = "standard"
