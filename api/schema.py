"""The one GraphQL schema: every noun's queries, mutations and subscriptions, merged."""

import strawberry
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api.adviser.queries import AdviserQueries
from api.ahp.queries import AhpQueries
from api.allocation.mutations import AllocationMutations
from api.alternative.mutations import AlternativeGroupMutations
from api.audit.queries import AuditQueries
from api.benefit.mutations import BenefitMutations
from api.booking.mutations import BookingMutations
from api.booking.queries import BookingQueries
from api.breach.mutations import BreachMutations
from api.breach.queries import BreachQueries
from api.breach.subscriptions import BreachSubscriptions
from api.capacity.mutations import CapacityMutations
from api.capacity.person_mutations import TeamPersonMutations
from api.capacity.queries import CapacityQueries
from api.category.mutations import CategoryMutations
from api.category.queries import CategoryQueries
from api.changes.queries import ChangeQueries
from api.changes.subscriptions import ChangeSubscriptions
from api.check_in.mutations import CheckInMutations
from api.confidence_review.mutations import ConfidenceReviewMutations
from api.contribution.mutations import ContributionMutations
from api.cost_of_delay.mutations import CostOfDelayMutations
from api.cycle.mutations import CycleMutations
from api.cycle.queries import CycleQueries
from api.demand.mutations import TeamDemandMutations
from api.dependency.mutations import DependencyMutations
from api.direct_resolvers import resolve_directly
from api.drift.mutations import DriftAlertMutations
from api.drift.queries import DriftQueries
from api.errors import UserError, exception_handlers
from api.finding.mutations import FindingMutations
from api.finding.queries import FindingQueries
from api.initiative.mutations import InitiativeMutations
from api.key_result.mutations import KeyResultMutations
from api.key_result.queries import KeyResultQueries
from api.kpi.link_mutations import KpiLinkMutations
from api.kpi.mutations import KpiMutations
from api.kpi.queries import KpiQueries
from api.measurement.mutations import MeasurementMutations
from api.member.mutations import MemberMutations
from api.member.queries import MemberQueries
from api.node_queries import NodeQueries
from api.objective.closing import ObjectiveClosingMutations
from api.objective.mutations import ObjectiveMutations
from api.objective.queries import ObjectiveQueries
from api.organisation.mutations import OrganisationMutations
from api.organisation.queries import OrganisationQueries
from api.override.mutations import RankingOverrideMutations
from api.portfolio.mutations import PortfolioMutations
from api.portfolio.queries import PortfolioQueries
from api.publication.mutations import RankingPublicationMutations
from api.publication.queries import RankingPublicationQueries
from api.ranking.subscriptions import RankingSubscriptions
from api.review.mutations import ReviewMutations
from api.review.page_queries import ReviewPageQueries
from api.review.queries import ReviewQueries
from api.scalars import SCALAR_MAP
from api.scenario.comparison import ScenarioQueries
from api.scenario.decision_mutations import ScenarioDecisionMutations
from api.scenario.mutations import ScenarioMutations
from api.scenario.run_mutations import ScenarioRunMutations
from api.scenario.subscriptions import ScenarioSubscriptions
from api.score.mutations import ScoreMutations
from api.scoring.criterion_mutations import CriterionMutations
from api.scoring.model_mutations import ScoringModelMutations
from api.scoring.queries import ScoringQueries
from api.team.mutations import TeamMutations
from api.team.queries import TeamQueries
from api.token.mutations import TokenMutations
from api.token.queries import TokenQueries
from api.webhook.mutations import WebhookMutations
from api.webhook.queries import WebhookQueries
from api.wording.queries import WordingQueries

QUERIES = (
    NodeQueries,
    OrganisationQueries,
    MemberQueries,
    TokenQueries,
    TeamQueries,
    CapacityQueries,
    BookingQueries,
    DriftQueries,
    CycleQueries,
    CategoryQueries,
    PortfolioQueries,
    ObjectiveQueries,
    KeyResultQueries,
    KpiQueries,
    BreachQueries,
    ChangeQueries,
    ScoringQueries,
    AhpQueries,
    RankingPublicationQueries,
    ScenarioQueries,
    AuditQueries,
    WebhookQueries,
    AdviserQueries,
    WordingQueries,
    ReviewQueries,
    ReviewPageQueries,
    FindingQueries,
)
MUTATIONS = (
    OrganisationMutations,
    MemberMutations,
    TokenMutations,
    WebhookMutations,
    TeamMutations,
    TeamPersonMutations,
    CapacityMutations,
    AllocationMutations,
    BookingMutations,
    DriftAlertMutations,
    CycleMutations,
    CategoryMutations,
    PortfolioMutations,
    ObjectiveMutations,
    KeyResultMutations,
    KpiMutations,
    KpiLinkMutations,
    MeasurementMutations,
    BreachMutations,
    CheckInMutations,
    BenefitMutations,
    ConfidenceReviewMutations,
    ObjectiveClosingMutations,
    InitiativeMutations,
    TeamDemandMutations,
    ContributionMutations,
    CostOfDelayMutations,
    DependencyMutations,
    AlternativeGroupMutations,
    RankingOverrideMutations,
    RankingPublicationMutations,
    ScenarioMutations,
    ScenarioRunMutations,
    ScenarioDecisionMutations,
    CriterionMutations,
    ScoringModelMutations,
    ScoreMutations,
    ReviewMutations,
    FindingMutations,
)
SUBSCRIPTIONS: tuple[type, ...] = (
    ChangeSubscriptions,
    ScenarioSubscriptions,
    RankingSubscriptions,
    BreachSubscriptions,
)


def build_schema(*, direct: bool = True) -> strawberry.Schema:
    """The executable schema; ``direct`` resolves fields without Strawberry's glue where it has nothing to do."""
    schema = strawberry.Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS),
        subscription=merge_types("Subscription", SUBSCRIPTIONS) if SUBSCRIPTIONS else None,
        types=[UserError],
        config=StrawberryConfig(scalar_map=SCALAR_MAP),
        exception_handlers=exception_handlers(),
    )
    if direct:
        resolve_directly(schema)
    return schema


def exported_sdl(schema: strawberry.Schema) -> str:
    """The schema as text, sorted, as it is committed in api/schema.graphql."""
    return print_schema(schema) + "\n"
