"""Booked time and planned shares, week by week, of the teams and portfolios of an organisation.

A booking on an initiative counts for the initiative's portfolio. One without an initiative counts for every
portfolio that splits capacity: where there are several, an equal part for each when the organisation is seen as
a whole. Weeks are numbered from the first one; a week lies in the period that holds its Wednesday.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.allocation.policy import Policy, effective
from domain.allocation.reading import policies_of
from domain.booking_bulk import week_of
from domain.enums import WorkKind
from domain.models import metadata
from prioritisation.drift import planned_shares

Floats = NDArray[np.float64]

_BOOKINGS = metadata.tables["booking"]
_INITIATIVES = metadata.tables["initiative"]
_CATEGORIES = metadata.tables["allocation_category"]


class Entry(NamedTuple):
    """Booked person-weeks in a week, by category, and by the portfolio of initiatives.

    ``team_id`` is None for teams that nobody asks about one by one.
    """

    week: date
    team_id: UUID | None
    category_id: UUID
    portfolio_id: UUID | None
    person_weeks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known of some weeks: bookings, policies by portfolio, and the kinds of categories."""

    weeks: tuple[date, ...]
    entries: Mapping[UUID | None, Sequence[Entry]]
    """By team; under None those of all teams that are not told apart."""
    policies: Mapping[UUID, Sequence[Policy]]
    kinds: Mapping[UUID, WorkKind]

    def of(
        self, *, portfolio_ids: Collection[UUID], team_id: UUID | None = None, whole: bool = False
    ) -> "Weekly":
        """What was booked and planned, of one team that was told apart or of all, in some portfolios.

        ``whole`` counts bookings on initiatives of all portfolios, those without a policy too.
        """
        teams = self.entries.keys() if team_id is None else (team_id,)
        entries = [
            entry
            for team in teams
            for entry in self.entries.get(team, ())
            if whole or entry.portfolio_id is None or entry.portfolio_id in portfolio_ids
        ]
        return _weekly(self, entries, sorted(portfolio_ids), team_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Per week and category: booked person-weeks, and planned shares (NaN where a category has none)."""

    weeks: tuple[date, ...]
    categories: tuple[UUID, ...]
    kinds: tuple[WorkKind, ...]
    booked: Floats
    planned: Floats


async def read_ledger(
    connection: AsyncConnection | AsyncSession,
    organisation_id: UUID,
    first: date,
    last: date,
    *,
    team_ids: Collection[UUID] | None = (),
    policies: Mapping[UUID, Sequence[Policy]] | None = None,
) -> Ledger:
    """Read the weeks from that of ``first`` to that of ``last``; four statements at most.

    Parameters
    ----------
    team_ids
        The teams that are going to be asked about; None for all. The others are added up where the same shares
        hold for them, so that what is read does not grow with the number of teams.
    policies
        Those of the portfolios that are asked about; by default of all, archived ones too.
    """
    monday = week_of(first)
    count = (week_of(last) - monday).days // 7 + 1
    weeks = tuple(monday + timedelta(7 * number) for number in range(count))
    if policies is None:
        policies = await policies_of(connection, organisation_id, until=weeks[-1])
    apart = {key for history in policies.values() for policy in history for key in policy.of_team}
    team: sa.ColumnElement[Any] = _BOOKINGS.c.team_id
    if team_ids is not None:
        told = sa.literal(list(apart.union(team_ids)), sa.ARRAY(sa.Uuid))
        team = sa.case((_BOOKINGS.c.team_id == sa.any_(told), _BOOKINGS.c.team_id))
    booked = (
        sa.select(
            _BOOKINGS.c.week,
            team.label("team_id"),
            _BOOKINGS.c.category_id,
            _INITIATIVES.c.portfolio_id,
            _BOOKINGS.c.person_weeks,
        )
        .join_from(
            _BOOKINGS,
            _INITIATIVES,
            sa.and_(
                _INITIATIVES.c.organisation_id == _BOOKINGS.c.organisation_id,
                _INITIATIVES.c.id == _BOOKINGS.c.initiative_id,
            ),
            isouter=True,
        )
        .where(_BOOKINGS.c.organisation_id == organisation_id, _BOOKINGS.c.week.between(weeks[0], weeks[-1]))
        .subquery()
    )
    place = [booked.c[name] for name in Entry._fields[:-1]]
    query = sa.select(*place, sa.func.sum(booked.c.person_weeks)).group_by(*place)
    entries: defaultdict[UUID | None, list[Entry]] = defaultdict(list)
    for entry in map(Entry._make, await connection.execute(query)):
        entries[entry.team_id].append(entry)
    kinds = sa.select(_CATEGORIES.c.id, _CATEGORIES.c.kind).where(
        _CATEGORIES.c.organisation_id == organisation_id
    )
    return Ledger(
        weeks=weeks,
        entries=dict(entries),
        policies=policies,
        kinds={row.id: row.kind for row in await connection.execute(kinds)},
    )


def _weekly(
    ledger: Ledger, entries: Sequence[Entry], portfolio_ids: Sequence[UUID], team_id: UUID | None
) -> Weekly:
    splitting = [key for key in portfolio_ids if ledger.policies.get(key)]
    teams: list[UUID | None] = sorted({entry.team_id for entry in entries}, key=str)
    # before anybody has booked anything, the shares of all teams (or of the one that is asked for) hold
    teams = teams or [team_id]
    shared = {
        category_id
        for key in splitting
        for policy in ledger.policies[key]
        for category_id in (*policy.shares, *(name for split in policy.of_team.values() for name in split))
    }
    categories = tuple(sorted(shared | {entry.category_id for entry in entries}))
    week_at = {week: index for index, week in enumerate(ledger.weeks)}
    team_at = {team: index for index, team in enumerate(teams)}
    category_at = {category: index for index, category in enumerate(categories)}
    portfolio_at = {key: index for index, key in enumerate(splitting)}
    booked = np.zeros((len(ledger.weeks), len(categories)))
    volume = np.zeros((len(ledger.weeks), len(teams), max(1, len(splitting))))
    for entry in entries:
        week, team = week_at[entry.week], team_at[entry.team_id]
        booked[week, category_at[entry.category_id]] += entry.person_weeks
        if entry.portfolio_id in portfolio_at:
            volume[week, team, portfolio_at[entry.portfolio_id]] += entry.person_weeks
        elif entry.portfolio_id is None:
            volume[week, team] += entry.person_weeks / max(1, len(splitting))
    shares = np.full((*volume.shape, len(categories)), np.nan)
    for at, key in enumerate(splitting):
        holding: dict[UUID, Floats] = {}
        for week, monday in enumerate(ledger.weeks):
            policy = effective(ledger.policies[key], monday)
            if policy is not None:
                if policy.version.id not in holding:
                    holding[policy.version.id] = _split(policy, teams, category_at)
                shares[week, :, at] = holding[policy.version.id]
    columns = len(teams) * volume.shape[2]
    planned = planned_shares(
        volume.reshape(len(ledger.weeks), columns),
        shares.reshape(len(ledger.weeks), columns, len(categories)),
    )
    # where no share was ever given there is none, which is not 0
    given_any = ~np.isnan(shares).all(axis=(1, 2))
    return Weekly(
        weeks=ledger.weeks,
        categories=categories,
        kinds=tuple(ledger.kinds[key] for key in categories),
        booked=booked,
        planned=np.where(given_any, planned, np.nan),
    )


def _split(policy: Policy, teams: Sequence[UUID | None], category_at: Mapping[UUID, int]) -> Floats:
    """The shares of each team by category; NaN where it has none."""
    shares = np.full((len(teams), len(category_at)), np.nan)
    for row, team_id in enumerate(teams):
        for category_id, given in policy.for_team(team_id).items():
            shares[row, category_at[category_id]] = given.share
    return shares
