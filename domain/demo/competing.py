"""Loads the initiatives with all that makes them comparable: demands, contributions, delay, scores, decisions."""

from collections.abc import Iterable

from domain.commands.contribution import ContributionEntry, ContributionsReplace
from domain.commands.cost_of_delay import CostOfDelaySet
from domain.commands.demand import DemandEntry, TeamDemandsReplace
from domain.commands.dependency import DependencyAdd
from domain.commands.initiative import InitiativeCreate, InitiativeTransition
from domain.commands.scoring import ScoreSet
from domain.contribution import replace_contributions
from domain.cost_of_delay import set_cost_of_delay
from domain.demand import replace_team_demands
from domain.demo.content import Delay, Points, Work
from domain.demo.decisions import DECISIONS
from domain.demo.dependencies import DEPENDENCIES
from domain.demo.initiatives import INITIATIVES
from domain.demo.loading import Stage
from domain.demo.organisation import CURRENCY, PORTFOLIO
from domain.demo.scores import RATERS, opinions
from domain.dependency_bulk import add_dependencies
from domain.enums import ErrorPolicy
from domain.errors import DomainError
from domain.initiative import create_initiative
from domain.money import minor_per_major
from domain.score import set_scores
from domain.transition import transition_initiative

_MINOR = minor_per_major(CURRENCY)


async def load_initiatives(stage: Stage) -> None:
    """Each initiative as its owner proposes it, with what it demands, brings and costs when it is late."""
    for work in INITIATIVES:
        await _propose(stage, work)


async def load_dependencies(stage: Stage) -> None:
    """All dependencies at once."""
    outcomes = await add_dependencies(
        stage.database,
        stage.actors["bowen"],
        stage.identity("portfolio", PORTFOLIO),
        [
            DependencyAdd(
                id=stage.identity("dependency", f"{link.before} {link.after}"),
                predecessor_id=stage.identity("initiative", link.before),
                successor_id=stage.identity("initiative", link.after),
                kind=link.kind,
                hard=link.hard,
                lag_weeks=link.lag_weeks,
                note=link.note,
            )
            for link in DEPENDENCIES
        ],
        ErrorPolicy.REJECT_ALL,
    )
    _raise_first(error for outcome in outcomes for error in outcome.errors)


async def load_scores(stage: Stage) -> None:
    """The ratings of each rater, in one call each."""
    for rater in RATERS:
        outcomes = await set_scores(
            stage.database,
            stage.actors[rater],
            [
                ScoreSet(
                    initiative_id=stage.identity("initiative", opinion.initiative),
                    criterion_id=stage.identity("criterion", opinion.criterion),
                    value=opinion.value,
                    value_low=opinion.low,
                    value_high=opinion.high,
                    note=opinion.note,
                )
                for opinion in opinions(rater)
            ],
            ErrorPolicy.REJECT_ALL,
        )
        _raise_first(error for outcome in outcomes for error in outcome.errors)


async def load_decisions(stage: Stage) -> None:
    """Who decided what about each initiative, and why."""
    for key, steps in DECISIONS.items():
        for number, step in enumerate(steps, start=1):
            await transition_initiative(
                stage.database,
                stage.actors[step.by],
                InitiativeTransition(
                    id=stage.identity("initiative", key),
                    to_state=step.to,
                    reason=step.reason,
                    idempotency_key=f"demo {key} {number}",
                ),
            )


async def _propose(stage: Stage, work: Work) -> None:
    actor = stage.actors[work.owner]
    initiative_id = stage.identity("initiative", work.key)
    low, likely, high = (None, None, None) if work.weeks is None else work.weeks
    await create_initiative(
        stage.database,
        actor,
        InitiativeCreate(
            id=initiative_id,
            portfolio_id=stage.identity("portfolio", PORTFOLIO),
            external_id=work.key,
            title=work.title,
            description=work.description,
            category_id=stage.identity("category", work.category),
            team_id=stage.identity("team", work.team),
            owner_id=actor.member_id,
            sponsor_id=None if work.sponsor is None else stage.actors[work.sponsor].member_id,
            duration_weeks_low=low,
            duration_weeks_likely=likely,
            duration_weeks_high=high,
            cost_minor=None if work.cost is None else work.cost * _MINOR,
            cost_currency=None if work.cost is None else CURRENCY,
            earliest_start=work.start,
            deadline=work.deadline,
            mandatory=work.mandatory,
        ),
    )
    await replace_team_demands(
        stage.database,
        actor,
        TeamDemandsReplace(
            initiative_id=initiative_id,
            demands=[_demand(stage, team, weeks) for team, weeks in work.demands.items()],
        ),
    )
    if work.brings:
        await replace_contributions(
            stage.database,
            actor,
            ContributionsReplace(
                initiative_id=initiative_id,
                contributions=[
                    ContributionEntry(
                        key_result_id=stage.identity("key result", key),
                        expected_delta=delta,
                        confidence=confidence,
                    )
                    for key, (delta, confidence) in work.brings.items()
                ],
            ),
        )
    if work.delay is not None:
        await set_cost_of_delay(stage.database, stage.actors["bowen"], _delay(stage, work.key, work.delay))


def _demand(stage: Stage, team: str, weeks: Points | float) -> DemandEntry:
    low, likely, high = weeks if isinstance(weeks, tuple) else (None, weeks, None)
    return DemandEntry(
        team_id=stage.identity("team", team),
        person_weeks_low=low,
        person_weeks_likely=likely,
        person_weeks_high=high,
    )


def _delay(stage: Stage, key: str, delay: Delay) -> CostOfDelaySet:
    low, likely, high = delay.rate if isinstance(delay.rate, tuple) else (None, delay.rate, None)
    return CostOfDelaySet(
        initiative_id=stage.identity("initiative", key),
        profile=delay.profile,
        currency=CURRENCY,
        rate_minor_per_week_low=None if low is None else low * _MINOR,
        rate_minor_per_week_likely=likely * _MINOR,
        rate_minor_per_week_high=None if high is None else high * _MINOR,
        deadline=delay.deadline,
        step_minor=None if delay.step is None else delay.step * _MINOR,
        ramp_weeks=delay.ramp_weeks,
        life_weeks=delay.life_weeks,
        peak_week=delay.peak_week,
    )


def _raise_first(errors: Iterable[DomainError]) -> None:
    for error in errors:
        raise error
