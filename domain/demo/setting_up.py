"""Loads what initiatives refer to: teams, cycles, objectives, criteria, models, the portfolio."""

from domain.commands.cycle import CycleCreate
from domain.commands.objective import KeyResultCreate, ObjectiveCreate
from domain.commands.portfolio import AllocationCategoryCreate, PortfolioCreate
from domain.commands.scoring import (
    Anchor,
    CriterionCreate,
    ScoringModelCreate,
    ScoringModelPublish,
    WeighedCriterion,
)
from domain.commands.team import TeamCreate
from domain.criterion import create_criterion
from domain.cycle import create_cycle
from domain.demo.loading import Stage
from domain.demo.objectives import KEY_RESULTS, OBJECTIVES
from domain.demo.organisation import CATEGORIES, CYCLES, PORTFOLIO, PORTFOLIO_DESCRIPTION, TEAMS
from domain.demo.scoring import CRITERIA, MODELS
from domain.key_result import create_key_result
from domain.objective import create_objective
from domain.portfolio import create_allocation_category, create_portfolio
from domain.scoring_model import create_scoring_model, publish_scoring_model
from domain.team import create_team


async def load_organisation(stage: Stage) -> None:
    """Teams, cycles and allocation categories."""
    for team in TEAMS:
        await create_team(
            stage.database,
            stage.administrator,
            TeamCreate(id=stage.identity("team", team.key), name=team.name, description=team.description),
        )
    for cycle in CYCLES:
        await create_cycle(
            stage.database,
            stage.administrator,
            CycleCreate(
                id=stage.identity("cycle", cycle.key),
                name=cycle.name,
                level=cycle.level,
                starts_on=cycle.starts_on,
                ends_on=cycle.ends_on,
            ),
        )
    for category in CATEGORIES:
        await create_allocation_category(
            stage.database,
            stage.administrator,
            AllocationCategoryCreate(
                id=stage.identity("category", category.key),
                name=category.name,
                description=category.description,
                kind=category.kind,
            ),
        )


async def load_objectives(stage: Stage) -> None:
    """Objectives and key results, as the planner enters them."""
    planner = stage.actors["bowen"]
    for aim in OBJECTIVES:
        await create_objective(
            stage.database,
            planner,
            ObjectiveCreate(
                id=stage.identity("objective", aim.key),
                cycle_id=stage.identity("cycle", aim.cycle),
                team_id=stage.identity("team", aim.team),
                parent_id=None if aim.parent is None else stage.identity("objective", aim.parent),
                title=aim.title,
                description=aim.description,
                ambition=aim.ambition,
                weight=aim.weight,
                contributing_team_ids=[stage.identity("team", team) for team in aim.contributing],
            ),
        )
    # a check-in may have moved those that are there already
    loaded = await stage.present("key_result")
    for evidence in KEY_RESULTS:
        if stage.identity("key result", evidence.key) in loaded:
            continue
        await create_key_result(
            stage.database,
            planner,
            KeyResultCreate(
                id=stage.identity("key result", evidence.key),
                objective_id=stage.identity("objective", evidence.objective),
                owner_id=stage.actors[evidence.owner].member_id,
                title=evidence.title,
                unit=evidence.unit,
                direction=evidence.direction,
                start_value=evidence.start,
                target_value=evidence.target,
                current_value=evidence.current,
                due_on=evidence.due_on,
                weight=evidence.weight,
            ),
        )


async def load_models(stage: Stage) -> None:
    """Criteria with their anchors, and the models made of them."""
    for criterion in CRITERIA:
        await create_criterion(
            stage.database,
            stage.administrator,
            CriterionCreate(
                id=stage.identity("criterion", criterion.key),
                key=criterion.key,
                name=criterion.name,
                description=criterion.description,
                direction=criterion.direction,
                source=criterion.source,
                scale_min=criterion.scale[0],
                scale_max=criterion.scale[1],
                anchors=[Anchor(value=value, description=text) for value, text in criterion.anchors.items()],
            ),
        )
    for model in MODELS:
        model_id = stage.identity("scoring model", model.key)
        await create_scoring_model(
            stage.database,
            stage.administrator,
            ScoringModelCreate(id=model_id, name=model.name, description=model.description),
        )
        await publish_scoring_model(
            stage.database,
            stage.actors["ashworth"],
            ScoringModelPublish(
                model_id=model_id,
                method=model.method,
                missing_policy=model.missing,
                criteria=[
                    WeighedCriterion(criterion_id=stage.identity("criterion", key), role=role, weight=weight)
                    for key, (role, weight) in model.criteria.items()
                ],
                note=model.note,
                idempotency_key=f"demo {model.key}",
            ),
        )


async def load_portfolio(stage: Stage) -> None:
    """The portfolio, ranked by the first model unless told otherwise."""
    await create_portfolio(
        stage.database,
        stage.administrator,
        PortfolioCreate(
            id=stage.identity("portfolio", PORTFOLIO),
            name=PORTFOLIO,
            description=PORTFOLIO_DESCRIPTION,
            default_scoring_model_id=stage.identity("scoring model", MODELS[0].key),
        ),
    )
