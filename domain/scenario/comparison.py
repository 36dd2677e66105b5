"""Scenarios side by side, with their base: what each funds, costs, reaches and uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy.dialects import postgresql

from domain.actor import Actor
from domain.db import Database, reading
from domain.errors import NotFound
from domain.scenario.access import visible_scenarios
from domain.scenario.commands import MOST_COMPARED
from domain.scenario.errors import NotComparable
from domain.scenario.reading import SolvedScenario, solved_scenario
from domain.scenario.result import KeyResultOutlook, PlannedInitiative, PlanResult, ResourceUse
from domain.scenario.rows import SCENARIO_RUNS, ScenarioRow, ScenarioRunRow
from domain.scenario.vocabulary import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A scenario with its result; None when it is not solved."""

    scenario: ScenarioRow
    solved: SolvedScenario | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeLine:
    """An initiative in the base and in each scenario; None where it is not, or nothing is solved."""

    id: UUID
    title: str
    base: PlannedInitiative | None
    cells: tuple[PlannedInitiative | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultLine:
    """A key result in the base and in each scenario."""

    id: UUID
    title: str
    base: KeyResultOutlook | None
    cells: tuple[KeyResultOutlook | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLine:
    """A team, or a skill of it, in the base and in each scenario."""

    team_id: UUID
    skill: str
    base: ResourceUse | None
    cells: tuple[ResourceUse | None, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Scenarios of one portfolio and cycle; ``base`` is that of the first one that is solved."""

    columns: tuple[Column, ...]

    @cached_property
    def results(self) -> tuple[PlanResult | None, ...]:
        """The plan of each column."""
        return tuple(None if column.solved is None else column.solved.result for column in self.columns)

    @cached_property
    def base(self) -> PlanResult | None:
        """The plan that all are set against."""
        solved = (column.solved for column in self.columns)
        return next((one.base for one in solved if one is not None and one.base is not None), None)

    @property
    def bases_differ(self) -> bool:
        """Whether the scenarios start from different figures."""
        return len({column.scenario.base_digest for column in self.columns}) > 1

    @cached_property
    def initiatives(self) -> tuple[InitiativeLine, ...]:
        """All that some plan has: the most valuable in the base first."""
        plans = [plan for plan in (self.base, *self.results) if plan is not None]
        titles = {item.id: item.title for plan in reversed(plans) for item in plan.initiatives}
        lines = [
            InitiativeLine(
                id=key,
                title=title,
                base=None if self.base is None else self.base.by_id.get(key),
                cells=tuple(None if plan is None else plan.by_id.get(key) for plan in self.results),
            )
            for key, title in titles.items()
        ]
        return tuple(sorted(lines, key=lambda line: (-_worth(line), line.title, line.id)))

    @cached_property
    def differing(self) -> tuple[InitiativeLine, ...]:
        """Those that are not the same in all plans: funded or not, or finished at another time."""
        return tuple(line for line in self.initiatives if self._differs(line))

    def _differs(self, line: InitiativeLine) -> bool:
        cells = [line.base]
        cells += [cell for cell, plan in zip(line.cells, self.results, strict=True) if plan is not None]
        fates = {None if cell is None else (cell.funded, cell.finishes_on) for cell in cells}
        return len(fates) > 1

    @cached_property
    def key_results(self) -> tuple[KeyResultLine, ...]:
        """All key results, by title."""
        plans = [plan for plan in (self.base, *self.results) if plan is not None]
        titles = {item.id: item.title for plan in reversed(plans) for item in plan.key_results}

        def of(plan: PlanResult | None, key: UUID) -> KeyResultOutlook | None:
            found = () if plan is None else plan.key_results
            return next((item for item in found if item.id == key), None)

        return tuple(
            KeyResultLine(
                id=key,
                title=title,
                base=of(self.base, key),
                cells=tuple(of(plan, key) for plan in self.results),
            )
            for key, title in sorted(titles.items(), key=lambda item: (item[1], item[0]))
        )

    @cached_property
    def resources(self) -> tuple[ResourceLine, ...]:
        """All teams and their skills, by the name of the team."""
        plans = [plan for plan in (self.base, *self.results) if plan is not None]
        names = {(use.team_id, use.skill): use.team for plan in reversed(plans) for use in plan.resources}

        def of(plan: PlanResult | None, key: tuple[UUID, str]) -> ResourceUse | None:
            found = () if plan is None else plan.resources
            return next((use for use in found if (use.team_id, use.skill) == key), None)

        return tuple(
            ResourceLine(
                team_id=key[0],
                skill=key[1],
                base=of(self.base, key),
                cells=tuple(of(plan, key) for plan in self.results),
            )
            for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
        )


def _worth(line: InitiativeLine) -> float:
    shown = next((cell for cell in (line.base, *line.cells) if cell is not None), None)
    return 0.0 if shown is None or shown.value is None else shown.value


async def compare_scenarios(database: Database, actor: Actor, scenario_ids: Sequence[UUID]) -> Comparison:
    """Set scenarios side by side, in the order given; those that are not solved are shown as such.

    Raises
    ------
    NotComparable
        When there are none or more than ten, one is named twice, or they are of several portfolios or cycles.
    NotFound
        When the actor sees no such scenario.
    """
    if not 1 <= len(scenario_ids) <= MOST_COMPARED:
        raise NotComparable(
            f"Compare 1 to {MOST_COMPARED} scenarios; these are {len(scenario_ids)}.", path=("ids",)
        )
    if len(set(scenario_ids)) < len(scenario_ids):
        raise NotComparable("Name each scenario once.", path=("ids",))
    organisation_id = actor.organisation_id
    async with reading(database, organisation_id) as connection:
        found = await visible_scenarios(connection, actor, list(scenario_ids))
        for position, scenario_id in enumerate(scenario_ids):
            if scenario_id not in found:
                raise NotFound("There is no scenario with this id.", path=("ids", position))
        table = SCENARIO_RUNS.table
        query = (
            SCENARIO_RUNS.select(organisation_id)
            .where(table.c.scenario_id.in_(scenario_ids), table.c.state == RunState.SUCCEEDED)
            .ext(postgresql.distinct_on(table.c.scenario_id))
            .order_by(table.c.scenario_id, table.c.number.desc())
        )
        rows = [ScenarioRunRow._make(row) for row in await connection.execute(query)]
    scenarios = [found[scenario_id] for scenario_id in scenario_ids]
    for position, row in enumerate(scenarios):
        if row.portfolio_id != scenarios[0].portfolio_id or row.cycle_id != scenarios[0].cycle_id:
            raise NotComparable(
                "Scenarios of several portfolios or cycles can't be compared; choose those of one.",
                path=("ids", position),
            )
    runs = {run.scenario_id: run for run in rows}
    columns = []
    for row in scenarios:
        run = runs.get(row.id)
        solved = None if run is None else await solved_scenario(database, organisation_id, row, run)
        columns.append(Column(scenario=row, solved=solved))
    return Comparison(columns=tuple(columns))
