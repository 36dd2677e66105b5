"""Large invented portfolios: as records for the snapshot, and as rows in a database."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from domain.enums import (
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    DependencyKind,
    InitiativeState,
    MissingPolicy,
    ScoringMethod,
    UrgencyProfile,
)
from domain.rows import (
    ContributionRow,
    CostOfDelayRow,
    CriterionRow,
    DependencyRow,
    InitiativeRow,
    OrganisationRow,
    PortfolioRow,
    ScoringModelCriterionRow,
    ScoringModelRow,
    ScoringModelVersionRow,
    TeamDemandRow,
)
from domain.snapshot import Directory, ModelVersion, PortfolioColumns, Version, View
from domain.snapshot.building import build
from domain.snapshot.loading import Records

_NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Ids:
    """Reproducible UUIDs."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def __call__(self) -> UUID:
        """The next one."""
        return UUID(int=self._random.getrandbits(128), version=4)


def invented_records(
    *, initiatives: int, criteria: list[UUID], portfolio_id: UUID, seed: int = 1, edges_each: float = 1.0
) -> Records:
    """Initiatives with 2 demands, 1 contribution, a cost of delay and all scores each, and dependencies."""
    ids, chance, numbers = Ids(seed), random.Random(seed), np.random.default_rng(seed)
    teams = [ids() for _ in range(50)]
    categories = [ids() for _ in range(4)]
    members = [ids() for _ in range(200)]
    key_results = [ids() for _ in range(200)]
    states = [InitiativeState.PROPOSED, InitiativeState.EVALUATED, InitiativeState.ACTIVE]
    keys = [ids() for _ in range(initiatives)]
    rows = []
    for number, key in enumerate(keys):
        weeks = float(chance.randint(1, 40))
        rows.append(
            InitiativeRow(
                id=key,
                portfolio_id=portfolio_id,
                external_id=f"EXT-{number:07d}",
                title=f"Initiative number {number} that somebody asked for",
                state=chance.choice(states),
                category_id=chance.choice(categories),
                team_id=chance.choice(teams),
                owner_id=chance.choice(members),
                sponsor_id=chance.choice(members),
                duration_weeks_low=weeks * 0.7,
                duration_weeks_likely=weeks,
                duration_weeks_high=weeks * 1.9,
                cost_minor=chance.randint(1, 10**8),
                cost_currency="EUR",
                earliest_start=date(2026, 1, 1) + timedelta(days=chance.randint(0, 700)),
                deadline=None,
                mandatory=False,
                version=1,
                created_at=_NOW + timedelta(seconds=number),
                updated_at=_NOW + timedelta(seconds=number),
                archived_at=None,
            )
        )
    demands = [
        TeamDemandRow(key, team, "", None, float(chance.randint(1, 30)), None)
        for key in keys
        for team in chance.sample(teams, 2)
    ]
    contributions = [ContributionRow(key, chance.choice(key_results), 2.5, 0.8) for key in keys]
    costs = [
        CostOfDelayRow(
            key,
            UrgencyProfile.LINEAR,
            "EUR",
            None,
            float(chance.randint(10**4, 10**7)),
            None,
            None,
            None,
            None,
            None,
            None,
            1,
            _NOW,
        )
        for key in keys
    ]
    pairs: dict[tuple[int, int], None] = {}
    while len(pairs) < int(initiatives * edges_each):
        one, two = sorted(chance.sample(range(initiatives), 2))
        pairs[one, two] = None
    dependencies = [
        DependencyRow(
            ids(), keys[one], keys[two], DependencyKind.FINISH_TO_START, True, 0.0, "", 1, _NOW, _NOW
        )
        for one, two in pairs
    ]
    values = numbers.uniform(0, 10, size=(initiatives, len(criteria))).round(1)
    scores = [
        (key, criterion, float(values[row, column]))
        for row, key in enumerate(keys)
        for column, criterion in enumerate(criteria)
    ]
    return Records(
        initiatives=rows,
        demands=demands,
        contributions=contributions,
        costs_of_delay=costs,
        dependencies=dependencies,
        scores=scores,
        overrides=[],
    )


def invented_view(*, initiatives: int, criteria: int, edges_each: float = 1.0) -> tuple[View, ModelVersion]:
    """An organisation with one portfolio, and a weighted model over all its criteria."""
    ids = Ids(0)
    organisation = OrganisationRow(ids(), "invented", "Invented", "EUR", 1, _NOW, _NOW)
    portfolio = PortfolioRow(ids(), "Portfolio", "", None, 1, _NOW, _NOW, None)
    rows = sorted(
        (
            CriterionRow(
                ids(),
                f"criterion_{number}",
                f"Criterion {number}",
                "",
                CriterionDirection.BENEFIT,
                CriterionSource.SCORE,
                0.0,
                10.0,
                [],
                1,
                _NOW,
                _NOW,
                None,
            )
            for number in range(criteria)
        ),
        key=lambda row: row.id,
    )
    model = ScoringModelRow(ids(), "Model", "", 1, _NOW, _NOW, None)
    version = ScoringModelVersionRow(
        ids(), model.id, 1, ScoringMethod.WEIGHTED, MissingPolicy.EXCLUDE, "", None, _NOW
    )
    members = tuple(
        (ScoringModelCriterionRow(version.id, row.id, CriterionRole.WEIGHTED, float(place + 1), place), row)
        for place, row in enumerate(rows)
    )
    chosen = ModelVersion(model, version, members)
    columns: PortfolioColumns = build(
        portfolio,
        invented_records(
            initiatives=initiatives,
            criteria=[row.id for row in rows],
            portfolio_id=portfolio.id,
            edges_each=edges_each,
        ),
        [row.id for row in rows],
    )
    directory = Directory(
        members={},
        teams={},
        cycles={},
        categories={},
        portfolios={portfolio.id: portfolio},
        objectives={},
        key_results={},
        key_results_of={},
        children_of={},
        successors={},
        criteria={row.id: row for row in rows},
        models={model.id: model},
        model_versions={version.id: chosen},
        current_versions={model.id: chosen},
    )
    view = View(
        organisation=organisation,
        version=Version("1:1:"),
        directory=directory,
        portfolios={portfolio.id: columns},
    )
    return view, chosen
