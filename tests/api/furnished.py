"""A tenant that has at least one of everything with an id."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from api.drift.alert_types import DRIFT_ALERTS
from domain.actor import Actor
from domain.allocation.publishing import publish_policy
from domain.alternative import create_alternative_group
from domain.benefit import add_realisation, create_benefit
from domain.booking import set_booking
from domain.capacity.leave import create_leave
from domain.capacity.people import create_person
from domain.check_in import create_check_in
from domain.commands.allocation import AllocationEntry, AllocationPolicyPublish
from domain.commands.alternative import AlternativeGroupCreate
from domain.commands.benefit import Amount, BenefitCreate, BenefitRealisationAdd, CountedIn, Money
from domain.commands.booking import BookingSet
from domain.commands.capacity import LeaveCreate, TeamPersonCreate
from domain.commands.check_in import CheckInCreate
from domain.commands.contribution import ContributionSet
from domain.commands.cost_of_delay import CostOfDelaySet
from domain.commands.demand import TeamDemandSet
from domain.commands.dependency import DependencyAdd
from domain.commands.finding import FindingDismissalAdd
from domain.commands.initiative import InitiativeTransition
from domain.commands.kpi import MeasurementAdd
from domain.commands.objective_closing import ConfidenceReviewCreate
from domain.commands.portfolio import PortfolioUpdate
from domain.commands.ranking import RankingOverrideSet, RankingPublish
from domain.commands.review import ReviewCreate, ReviewDecisionItem, ReviewScheduleCreate
from domain.commands.scoring import ScoreSet, ScoringModelPublish
from domain.commands.token import TokenCreate
from domain.confidence_review import create_confidence_review
from domain.contribution import set_contribution
from domain.cost_of_delay import set_cost_of_delay
from domain.db import Database, reading
from domain.demand import set_team_demand
from domain.dependency import add_dependency
from domain.enums import InitiativeState, ScoringMethod, UrgencyProfile, WorkKind
from domain.findings.codes import FindingCode
from domain.findings.dismissal import add_finding_dismissal
from domain.kpi.measuring import add_measurement
from domain.kpi.queries import open_breaches_of
from domain.override import set_ranking_override
from domain.portfolio import update_portfolio
from domain.publication import publish_ranking
from domain.queries.keyset import Cut
from domain.queries.listing import page
from domain.queries.sources import DECISIONS
from domain.review.holding import create_review
from domain.review.kinds import ReviewCadence, ReviewKind
from domain.review.schedule import create_review_schedule
from domain.scenario.commands import ScenarioCreate, ScenarioSolve
from domain.scenario.records import create_scenario
from domain.scenario.runs import solve_scenario
from domain.score import set_score
from domain.scoring_model import publish_scoring_model
from domain.snapshot import SnapshotStore
from domain.token import create_token
from domain.transition import transition_initiative
from domain.webhook.commands import WebhookCreate
from domain.webhook.managing import create_webhook
from prioritisation.allocation_limits import AllocationMode
from tests.factories import (
    a_category,
    a_criterion,
    a_cycle,
    a_key_result,
    a_kpi,
    a_portfolio,
    a_scoring_model,
    a_team,
    an_initiative,
    an_objective,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def furnished(database: Database, actor: Actor) -> dict[str, UUID]:
    """Fill the actor's organisation; returns a key for each type of node, whose parts are there as well."""
    cycle, team = await a_cycle(database, actor), await a_team(database, actor)
    objective = await an_objective(database, actor, cycle_id=cycle.id, team_id=team.id)
    key_result = await a_key_result(database, actor, objective_id=objective.id)
    check_in = await create_check_in(
        database, actor, CheckInCreate(key_result_id=key_result.id, value=20, confidence=7), now=NOW
    )
    review = await create_confidence_review(
        database, actor, ConfidenceReviewCreate(objective_id=objective.id, confidence=6), now=NOW
    )
    category, criterion = await a_category(database, actor), await a_criterion(database, actor)
    model = await a_scoring_model(database, actor)
    published = await publish_scoring_model(
        database, actor, ScoringModelPublish(model_id=model.id, method=ScoringMethod.CD3)
    )
    portfolio = await a_portfolio(database, actor)
    await update_portfolio(
        database, actor, PortfolioUpdate.parse({"id": portfolio.id, "default_scoring_model_id": model.id})
    )
    first, second = [
        await an_initiative(
            database,
            actor,
            portfolio_id=portfolio.id,
            team_id=team.id,
            category_id=category.id,
            owner_id=actor.member_id,
            duration_weeks_likely=weeks,
        )
        for weeks in (2, 4)
    ]
    for initiative in (first, second):
        await set_cost_of_delay(
            database,
            actor,
            CostOfDelaySet(
                initiative_id=initiative.id,
                profile=UrgencyProfile.LINEAR,
                currency="EUR",
                rate_minor_per_week_likely=100_000,
            ),
        )
    await set_team_demand(
        database, actor, TeamDemandSet(initiative_id=first.id, team_id=team.id, person_weeks_likely=3)
    )
    await set_contribution(
        database,
        actor,
        ContributionSet(
            initiative_id=first.id, key_result_id=key_result.id, expected_delta=10, confidence=0.5
        ),
    )
    benefit = await create_benefit(
        database,
        actor,
        BenefitCreate(initiative_id=first.id, title="Savings", counted_in=CountedIn(currency="EUR")),
    )
    saved = Amount(money=Money(amount_minor=100, currency="EUR"))
    realisation = await add_realisation(
        database, actor, BenefitRealisationAdd(benefit_id=benefit.id, amount=saved), now=NOW
    )
    await set_score(database, actor, ScoreSet(initiative_id=first.id, criterion_id=criterion.id, value=5))
    dependency = await add_dependency(
        database, actor, DependencyAdd(predecessor_id=first.id, successor_id=second.id)
    )
    await transition_initiative(
        database,
        actor,
        InitiativeTransition(id=first.id, to_state=InitiativeState.EVALUATED, reason="Scored."),
    )
    async with reading(database, actor.organisation_id) as connection:
        decisions = await page(
            connection, actor.organisation_id, DECISIONS, terms=DECISIONS.ordering(()), cut=Cut(1)
        )
    snapshots = SnapshotStore(database)
    override = await set_ranking_override(
        database,
        snapshots,
        actor,
        RankingOverrideSet(initiative_id=first.id, rank=1, reason="Agreed."),
        today=TODAY,
    )
    publication = await publish_ranking(
        database, snapshots, actor, RankingPublish(portfolio_id=portfolio.id), today=TODAY
    )
    alternatives = await create_alternative_group(
        database,
        actor,
        AlternativeGroupCreate(
            portfolio_id=portfolio.id, name="Either", initiative_ids=(first.id, second.id)
        ),
    )
    token, _ = await create_token(database, actor, TokenCreate(name="Dashboard"))
    person = await create_person(
        database, actor, TeamPersonCreate(team_id=team.id, name="Somebody", member_id=actor.member_id)
    )
    leave = await create_leave(
        database, actor, LeaveCreate(person_id=person.id, starts_on=TODAY, ends_on=TODAY)
    )
    schedule = await create_review_schedule(
        database,
        actor,
        ReviewScheduleCreate(
            name="Operations",
            kind=ReviewKind.OPERATIONS,
            cadence=ReviewCadence.WEEKLY,
            first_due_on=date(2026, 1, 5),
        ),
    )
    held = await create_review(
        database,
        actor,
        ReviewCreate(
            schedule_id=schedule.id,
            kind=ReviewKind.OPERATIONS,
            decisions=[ReviewDecisionItem(initiative_id=first.id, decision="Go on.", reason="It pays.")],
        ),
        today=TODAY,
    )
    booking = await set_booking(
        database,
        actor,
        BookingSet(team_id=team.id, category_id=category.id, initiative_id=first.id, week=TODAY, amount=1),
        now=NOW,
    )
    policy = await publish_policy(
        database,
        actor,
        AllocationPolicyPublish(
            portfolio_id=portfolio.id,
            effective_from=date(2026, 1, 1),
            reason="Agreed.",
            shares=[AllocationEntry(category_id=category.id, share=1, mode=AllocationMode.CAP)],
        ),
    )
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    kpi = await a_kpi(database, actor, now=moment, team_id=team.id)
    await add_measurement(
        database, actor, MeasurementAdd(kpi_id=kpi.id, value=70, measured_at=moment), now=moment
    )
    async with reading(database, actor.organisation_id) as connection:
        breaches = await open_breaches_of(connection, actor.organisation_id)
    webhook, _ = await create_webhook(
        database, actor, WebhookCreate(name="Chat", url="https://example.org/hook")
    )
    dismissal = await add_finding_dismissal(
        database,
        actor,
        FindingDismissalAdd(
            finding_key=f"{FindingCode.TOO_FEW_KEY_RESULTS}:{objective.id}", reason="One is enough here."
        ),
        directory=(await snapshots.fresh(actor.organisation_id)).directory,
        today=TODAY,
    )
    everyday = await a_category(database, actor, kind=WorkKind.LIGHTS_ON)
    for weeks in (3, 2, 1):
        await set_booking(
            database,
            actor,
            BookingSet(team_id=team.id, category_id=everyday.id, week=TODAY - timedelta(7 * weeks), amount=1),
            now=NOW,
        )
    async with reading(database, actor.organisation_id) as connection:
        alerts = await page(
            connection, actor.organisation_id, DRIFT_ALERTS, terms=DRIFT_ALERTS.ordering(()), cut=Cut(1)
        )
    scenario = await create_scenario(
        database,
        snapshots,
        actor,
        ScenarioCreate(portfolio_id=portfolio.id, cycle_id=cycle.id, name="What if"),
        now=NOW,
    )
    run = await solve_scenario(database, actor, ScenarioSolve(scenario_id=scenario.id))
    return {
        "AllocationCategory": category.id,
        "AllocationPolicyVersion": policy.version.id,
        "AlternativeGroup": alternatives.id,
        "ApiToken": token.id,
        "Breach": breaches[kpi.id].id,
        "Booking": booking.id,
        "Benefit": benefit.id,
        "BenefitRealisation": realisation.id,
        "CheckIn": check_in.id,
        "ConfidenceReview": review.id,
        "Criterion": criterion.id,
        "Cycle": cycle.id,
        "Decision": decisions.rows[0].id,
        "Dependency": dependency.id,
        "FindingDismissal": dismissal.id,
        "DriftAlert": alerts.rows[0].id,
        "Initiative": first.id,
        "KeyResult": key_result.id,
        "Kpi": kpi.id,
        "Leave": leave.id,
        "Member": actor.member_id,
        "Objective": objective.id,
        "Organisation": actor.organisation_id,
        "Portfolio": portfolio.id,
        "RankingOverride": override.id,
        "RankingPublication": publication.id,
        "Review": held.review.id,
        "ReviewDecision": held.decisions[0].id,
        "ReviewSchedule": schedule.id,
        "Scenario": scenario.id,
        "ScenarioRun": run.id,
        "ScoringModel": model.id,
        "ScoringModelVersion": published.version.id,
        "Team": team.id,
        "TeamPerson": person.id,
        "Webhook": webhook.id,
    }
