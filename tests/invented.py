"""Small invented portfolios, held in memory: from figures to the ranking that the domain makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from domain.enums import (
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    DependencyKind,
    InitiativeState,
    MissingPolicy,
    OrderKind,
    ScoringMethod,
    UrgencyProfile,
)
from domain.ranking import RankedPortfolio, RankingRequest
from domain.ranking.order import compute
from domain.rows import (
    CostOfDelayRow,
    CriterionRow,
    DependencyRow,
    InitiativeRow,
    OrganisationRow,
    PortfolioRow,
    ScoringModelCriterionRow,
    ScoringModelRow,
    ScoringModelVersionRow,
)
from domain.snapshot import Directory, ModelVersion, Version, View
from domain.snapshot.building import build
from domain.snapshot.loading import Records

TODAY = date(2026, 11, 21)
_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_DIVIDE = {CriterionRole.JOB_SIZE, CriterionRole.EFFORT}


@dataclass(frozen=True, kw_only=True)
class Item:
    """An initiative."""

    scores: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    weeks: float | None = None
    weeks_range: tuple[float | None, float | None] = (None, None)
    rate: float | None = None
    rate_range: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A criterion of a model."""

    weight: float = 1.0
    role: CriterionRole = CriterionRole.WEIGHTED
    direction: CriterionDirection = CriterionDirection.BENEFIT
    low: float = 0.0
    high: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A portfolio: items by title; ``needs`` pairs a successor with its predecessor."""

    items: Mapping[str, Item]
    method: ScoringMethod = ScoringMethod.CD3
    criteria: Mapping[str, Scale] = field(default_factory=dict)
    missing: MissingPolicy = MissingPolicy.EXCLUDE
    needs: Sequence[tuple[str, str]] = ()

    def with_score(self, title: str, key: str, value: float) -> "Invented":
        """The same with one score changed."""
        item = self.items[title]
        return self._with(title, replace(item, scores={**item.scores, key: value}))

    def with_weeks(self, title: str, weeks: float) -> "Invented":
        """The same with one duration changed."""
        return self._with(title, replace(self.items[title], weeks=weeks))

    def with_rate(self, title: str, rate: float) -> "Invented":
        """The same with one cost of delay changed."""
        return self._with(title, replace(self.items[title], rate=rate))

    def with_share(self, key: str, share: float) -> "Invented":
        """The same with one weight changed to a share of all; the others keep their proportions."""
        addends = [name for name, scale in self.criteria.items() if scale.role not in _DIVIDE]
        others = sum(self.criteria[name].weight for name in addends if name != key)
        criteria = dict(self.criteria)
        for name in addends:
            scale = self.criteria[name]
            weight = share if name == key else (1 - share) * scale.weight / others
            criteria[name] = replace(scale, weight=weight)
        return replace(self, criteria=criteria)

    def _with(self, title: str, item: Item) -> "Invented":
        return replace(self, items={**self.items, title: item})

    def view(self) -> tuple[View, UUID]:
        """An organisation that has it as its only portfolio, with that portfolio's id."""
        view, _ = _view(self)
        (portfolio_id,) = view.portfolios
        return view, portfolio_id

    def rank(self, kind: OrderKind = OrderKind.DEPENDENCY_AWARE) -> RankedPortfolio:
        """Rank it."""
        view, model = _view(self)
        (columns,) = view.portfolios.values()
        return compute(view, columns, RankingRequest(kind=kind, today=TODAY), model, self.method)


def titles(ranking: RankedPortfolio) -> list[str]:
    """Titles in the order of a ranking."""
    return [ranking.columns.rows[ranking.scored.positions[index]].title for index in ranking.order]


def at(ranking: RankedPortfolio, title: str) -> int:
    """Index of a title."""
    return int(ranking.order[titles(ranking).index(title)])


def _id(number: int) -> UUID:
    return UUID(int=number, version=4)


def _view(invented: Invented) -> tuple[View, ModelVersion | None]:
    ids = {title: _id(1_000 + number) for number, title in enumerate(invented.items)}
    rows = {
        key: CriterionRow(
            *(_id(number + 1), key, key, "", scale.direction, CriterionSource.SCORE, scale.low, scale.high),
            *([], 1, _NOW, _NOW, None),
        )
        for number, (key, scale) in enumerate(invented.criteria.items())
    }
    model = ScoringModelRow(_id(500), "Model", "", 1, _NOW, _NOW, None)
    version = ScoringModelVersionRow(_id(501), model.id, 1, invented.method, invented.missing, "", None, _NOW)
    members = tuple(
        (ScoringModelCriterionRow(version.id, rows[key].id, scale.role, scale.weight, place), rows[key])
        for place, (key, scale) in enumerate(invented.criteria.items())
    )
    chosen = ModelVersion(model, version, members)
    portfolio = PortfolioRow(_id(502), "Portfolio", "", model.id if rows else None, 1, _NOW, _NOW, None)
    columns = build(portfolio, _records(invented, ids, rows), [row.id for row in rows.values()])
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
        criteria={row.id: row for row in rows.values()},
        models={model.id: model},
        model_versions={version.id: chosen},
        current_versions={model.id: chosen} if rows else {},
    )
    view = View(
        organisation=OrganisationRow(_id(503), "invented", "Invented", "EUR", 1, _NOW, _NOW),
        version=Version("1:1:"),
        directory=directory,
        portfolios={portfolio.id: columns},
    )
    return view, chosen if rows else None


def _cents(amount: float | None) -> float | None:
    return None if amount is None else amount * 100


def _records(invented: Invented, ids: Mapping[str, UUID], rows: Mapping[str, CriterionRow]) -> Records:
    return Records(
        initiatives=[
            InitiativeRow(
                id=ids[title],
                portfolio_id=_id(502),
                external_id=None,
                title=title,
                state=InitiativeState.PROPOSED,
                category_id=None,
                team_id=None,
                owner_id=None,
                sponsor_id=None,
                duration_weeks_low=item.weeks_range[0],
                duration_weeks_likely=item.weeks,
                duration_weeks_high=item.weeks_range[1],
                cost_minor=None,
                cost_currency=None,
                earliest_start=None,
                deadline=None,
                mandatory=False,
                version=1,
                created_at=_NOW,
                updated_at=_NOW,
                archived_at=None,
            )
            for title, item in invented.items.items()
        ],
        demands=[],
        contributions=[],
        costs_of_delay=[
            CostOfDelayRow(
                initiative_id=ids[title],
                profile=UrgencyProfile.LINEAR,
                currency="EUR",
                rate_minor_per_week_low=_cents(item.rate_range[0]),
                rate_minor_per_week_likely=item.rate * 100,
                rate_minor_per_week_high=_cents(item.rate_range[1]),
                deadline=None,
                step_minor=None,
                ramp_weeks=None,
                peak_week=None,
                life_weeks=None,
                version=1,
                updated_at=_NOW,
            )
            for title, item in invented.items.items()
            if item.rate is not None
        ],
        dependencies=[
            DependencyRow(
                id=_id(2_000 + number),
                predecessor_id=ids[before],
                successor_id=ids[after],
                kind=DependencyKind.FINISH_TO_START,
                hard=True,
                lag_weeks=0.0,
                note="",
                version=1,
                created_at=_NOW,
                updated_at=_NOW,
            )
            for number, (after, before) in enumerate(invented.needs)
        ],
        scores=[
            (ids[title], rows[key].id, value)
            for title, item in invented.items.items()
            for key, value in item.scores.items()
        ],
        score_ranges=[
            (ids[title], rows[key].id, low, high)
            for title, item in invented.items.items()
            for key, (low, high) in item.ranges.items()
        ],
        overrides=[],
    )
