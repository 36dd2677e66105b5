"""Reads a portfolio into columns, whole or only what has changed, in a constant number of statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.models import (
    Contribution,
    CostOfDelay,
    Dependency,
    Initiative,
    RankingOverride,
    Score,
    TeamDemand,
)
from domain.rows import (
    ContributionRow,
    CostOfDelayRow,
    DependencyRow,
    InitiativeRow,
    RankingOverrideRow,
    TeamDemandRow,
    columns,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows of some initiatives of a portfolio; dependencies are those that leave them."""

    initiatives: list[InitiativeRow]
    demands: list[TeamDemandRow]
    contributions: list[ContributionRow]
    costs_of_delay: list[CostOfDelayRow]
    dependencies: list[DependencyRow]
    scores: Sequence[tuple[UUID, UUID, float]]
    """Initiative, criterion, mean over raters."""
    score_ranges: Sequence[tuple[UUID, UUID, float, float]] = ()
    """Initiative, criterion, mean least and greatest value, where at least one rater has given a range."""
    overrides: list[RankingOverrideRow]
    """Those in force."""


def read_records(
    connection: sa.Connection,
    organisation_id: UUID,
    portfolio_id: UUID,
    initiative_ids: Iterable[UUID] | None = None,
) -> Records:
    """Read the whole portfolio, or only the given initiatives."""
    ids = None if initiative_ids is None else sa.cast(list(initiative_ids), sa.ARRAY(sa.Uuid))

    def of(model: type[Any], row: type[Any] | None, key: str) -> sa.Select[Any]:
        table = sa.inspect(model).local_table
        query = sa.select(*(columns(model, row) if row else ())).where(
            table.c.organisation_id == organisation_id, table.c.portfolio_id == portfolio_id
        )
        return query if ids is None else query.where(table.c[key] == sa.any_(ids))

    def rows(query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
        # in portions, so that the driver never holds a second copy of a large portfolio
        result = connection.execution_options(yield_per=5_000).execute(query)
        for portion in result.partitions():
            yield from map(tuple, portion)

    # equal ids become one object: a portfolio holds each of them many times
    same: dict[UUID, UUID] = {}

    def shared(value: UUID) -> UUID:
        return same.setdefault(value, value)

    initiative = sa.inspect(Initiative).local_table
    score = sa.inspect(Score).local_table
    scores = (
        of(Score, None, "initiative_id")
        .add_columns(
            score.c.initiative_id,
            score.c.criterion_id,
            sa.func.avg(score.c.value),
            # who gives no range is sure
            sa.func.avg(sa.func.coalesce(score.c.value_low, score.c.value)),
            sa.func.avg(sa.func.coalesce(score.c.value_high, score.c.value)),
            sa.func.count(score.c.value_low) + sa.func.count(score.c.value_high),
        )
        .group_by(score.c.initiative_id, score.c.criterion_id)
    )
    override = sa.inspect(RankingOverride).local_table
    in_force = of(RankingOverride, RankingOverrideRow, "initiative_id").where(
        override.c.withdrawn_at.is_(None)
    )
    references = [InitiativeRow._fields.index(name) for name in InitiativeRow._fields if name.endswith("_id")]
    references.remove(InitiativeRow._fields.index("external_id"))

    def initiative_row(values: Sequence[Any]) -> InitiativeRow:
        items = list(values)
        items[0] = shared(items[0])
        for index in references:
            if items[index] is not None:
                items[index] = shared(items[index])
        return InitiativeRow._make(items)

    rated: list[tuple[UUID, UUID, float]] = []
    ranges: list[tuple[UUID, UUID, float, float]] = []
    for initiative_id, criterion_id, mean, low, high, given in rows(scores):
        key = shared(initiative_id), shared(criterion_id)
        rated.append((*key, mean))
        if given:
            ranges.append((*key, min(low, mean), max(high, mean)))

    initiatives = of(Initiative, InitiativeRow, "id").order_by(initiative.c.created_at, initiative.c.id)
    return Records(
        initiatives=[initiative_row(values) for values in rows(initiatives)],
        demands=[
            TeamDemandRow(shared(values[0]), shared(values[1]), *values[2:])
            for values in rows(of(TeamDemand, TeamDemandRow, "initiative_id"))
        ],
        contributions=[
            ContributionRow(shared(values[0]), shared(values[1]), *values[2:])
            for values in rows(of(Contribution, ContributionRow, "initiative_id"))
        ],
        costs_of_delay=[
            CostOfDelayRow(shared(values[0]), *values[1:])
            for values in rows(of(CostOfDelay, CostOfDelayRow, "initiative_id"))
        ],
        dependencies=[
            DependencyRow(values[0], shared(values[1]), shared(values[2]), *values[3:])
            for values in rows(of(Dependency, DependencyRow, "predecessor_id"))
        ],
        scores=rated,
        score_ranges=ranges,
        overrides=[RankingOverrideRow._make(values) for values in rows(in_force)],
    )
