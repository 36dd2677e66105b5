"""SQLModel tables, one module per noun. Importing this package registers all of them on ``metadata``."""

from domain.models.allocation import AllocationPolicyShare, AllocationPolicyVersion, DriftAlert
from domain.models.alternative import AlternativeGroup, AlternativeMember
from domain.models.base import metadata
from domain.models.benefit import Benefit, BenefitPlan, BenefitRealisation
from domain.models.booking import Booking
from domain.models.breach import Breach, BreachEvent, EscalationLevel, EscalationMember
from domain.models.capacity import CapacitySetting, Leave, StatedCapacity, TeamFocus, TeamPerson
from domain.models.check_in import CheckIn, ConfidenceReview
from domain.models.cycle import Cycle
from domain.models.dependency import Dependency
from domain.models.finding import FindingDismissal, FindingThreshold
from domain.models.initiative import Contribution, CostOfDelay, Decision, Initiative, TeamDemand
from domain.models.journal import AuditEntry, ChangeLog, IdempotencyKey
from domain.models.kpi import (
    CounterMetric,
    Kpi,
    KpiKeyResult,
    KpiObjective,
    KpiPromotion,
    KpiStandardRaise,
    KpiState,
    Measurement,
)
from domain.models.objective import KeyResult, Objective, ObjectiveContributor
from domain.models.organisation import ApiToken, Member, Organisation
from domain.models.portfolio import AllocationCategory, Portfolio
from domain.models.ranking import (
    RankingOverride,
    RankingPublication,
    RankingPublicationInput,
    RankingPublicationItem,
)
from domain.models.review import Review, ReviewDecision, ReviewParticipant, ReviewSchedule
from domain.models.scenario import (
    Scenario,
    ScenarioBase,
    ScenarioEffect,
    ScenarioResult,
    ScenarioRun,
    ScenarioRunProgress,
    ScenarioSetting,
)
from domain.models.scoring import (
    Criterion,
    Score,
    ScoringModel,
    ScoringModelCriterion,
    ScoringModelVersion,
)
from domain.models.team import Team
from domain.models.webhook import Webhook, WebhookDelivery, WebhookState

__all__ = [
    "AllocationCategory",
    "AllocationPolicyShare",
    "AllocationPolicyVersion",
    "AlternativeGroup",
    "AlternativeMember",
    "ApiToken",
    "AuditEntry",
    "Benefit",
    "BenefitPlan",
    "BenefitRealisation",
    "Booking",
    "Breach",
    "BreachEvent",
    "CapacitySetting",
    "ChangeLog",
    "CheckIn",
    "ConfidenceReview",
    "Contribution",
    "CostOfDelay",
    "CounterMetric",
    "Criterion",
    "Cycle",
    "Decision",
    "Dependency",
    "DriftAlert",
    "EscalationLevel",
    "EscalationMember",
    "FindingDismissal",
    "FindingThreshold",
    "IdempotencyKey",
    "Initiative",
    "KeyResult",
    "Kpi",
    "KpiKeyResult",
    "KpiObjective",
    "KpiPromotion",
    "KpiStandardRaise",
    "KpiState",
    "Leave",
    "Measurement",
    "Member",
    "Objective",
    "ObjectiveContributor",
    "Organisation",
    "Portfolio",
    "RankingOverride",
    "RankingPublication",
    "RankingPublicationInput",
    "RankingPublicationItem",
    "Review",
    "ReviewDecision",
    "ReviewParticipant",
    "ReviewSchedule",
    "Scenario",
    "ScenarioBase",
    "ScenarioEffect",
    "ScenarioResult",
    "ScenarioRun",
    "ScenarioRunProgress",
    "ScenarioSetting",
    "Score",
    "ScoringModel",
    "ScoringModelCriterion",
    "ScoringModelVersion",
    "StatedCapacity",
    "Team",
    "TeamDemand",
    "TeamFocus",
    "TeamPerson",
    "Webhook",
    "WebhookDelivery",
    "WebhookState",
    "metadata",
]
