"""The types of changes and of the event that a portfolio has changed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.enums import ChangeOperation
from api.ids import encode_id
from api.pagination import Connection
from domain.changes import Change as ChangeRow

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio

TYPE_NAMES = {
    "allocation_category": "AllocationCategory",
    "allocation_policy_version": "AllocationPolicyVersion",
    "alternative_group": "AlternativeGroup",
    "alternative_member": "AlternativeGroup",
    "booking": "Booking",
    "capacity_setting": "Organisation",
    "benefit": "Benefit",
    "benefit_plan": "Benefit",
    "benefit_realisation": "BenefitRealisation",
    "check_in": "CheckIn",
    "confidence_review": "ConfidenceReview",
    "criterion": "Criterion",
    "cycle": "Cycle",
    "decision": "Decision",
    "dependency": "Dependency",
    "drift_alert": "DriftAlert",
    "initiative": "Initiative",
    "key_result": "KeyResult",
    "leave": "Leave",
    "member": "Member",
    "objective": "Objective",
    "objective_contributor": "Objective",
    "organisation": "Organisation",
    "portfolio": "Portfolio",
    "ranking_override": "RankingOverride",
    "ranking_publication": "RankingPublication",
    "finding_dismissal": "FindingDismissal",
    "finding_threshold": "Organisation",
    "review": "Review",
    "review_decision": "ReviewDecision",
    "review_participant": "Review",
    "review_schedule": "ReviewSchedule",
    "scenario": "Scenario",
    "scenario_effect": "Scenario",
    "scenario_run": "ScenarioRun",
    "scenario_setting": "Organisation",
    "scoring_model": "ScoringModel",
    "scoring_model_criterion": "ScoringModelVersion",
    "scoring_model_version": "ScoringModelVersion",
    "stated_capacity": "Team",
    "team": "Team",
    "team_focus": "Team",
    "team_person": "TeamPerson",
    "contribution": "Initiative",
    "cost_of_delay": "Initiative",
    "score": "Initiative",
    "team_demand": "Initiative",
    "breach": "Breach",
    "counter_metric": "Kpi",
    "escalation_level": "Kpi",
    "escalation_member": "Kpi",
    "kpi": "Kpi",
    "kpi_key_result": "Kpi",
    "kpi_objective": "Kpi",
    "kpi_promotion": "Kpi",
    "kpi_standard_raise": "Kpi",
    "kpi_state": "Kpi",
}
"""The GraphQL type whose id a changed table's entry is known by; parts are known by what they belong to."""


@strawberry.type(description="One entry that was created, changed or deleted.")
class Change:
    """Shows ``domain.changes.Change``."""

    operation: ChangeOperation = strawberry.field(description="What happened.")
    created_at: datetime = strawberry.field(description="When the transaction began that did it.")

    @strawberry.field(
        description="Type of the entry, as `__typename` has it; parts such as scores and demands go by"
        " `part`, and their type is that of what they belong to."
    )
    def type_name(self: ChangeRow) -> str:
        return TYPE_NAMES[self.entity]

    @strawberry.field(description="Global id of the entry, for `node(id)`; it may be gone by now.")
    def node_id(self: ChangeRow) -> strawberry.ID:
        return encode_id(TYPE_NAMES[self.entity], self.entity_id)

    @strawberry.field(description="Name of the changed part or entry, such as `score` or `initiative`.")
    def part(self: ChangeRow) -> str:
        return self.entity

    @strawberry.field(description="The initiative that it concerns, if it concerns one.")
    def initiative_id(self: ChangeRow) -> strawberry.ID | None:
        return None if self.initiative_id is None else encode_id("Initiative", self.initiative_id)


@strawberry.type(description="A page of changes, in the order in which they were written.")
class ChangeConnection(Connection[Change]):
    """Connection of changes."""

    version: str = strawberry.field(
        description="The version that these changes lead to: keep it for the next `changesSince`."
    )


@strawberry.type(description="A portfolio has changed.")
class PortfolioChanged:
    """Event of the subscription ``portfolioChanged``."""

    version: str = strawberry.field(
        description="The portfolio's version now, for `changesSince`; changes that come together give one event."
    )
    portfolio_id_: strawberry.Private[UUID]

    @strawberry.field(description="The portfolio as it is now.")
    async def portfolio(self, info: Info) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        view = await info.context.written()
        return cast("Portfolio", view.directory.portfolios[self.portfolio_id_])
