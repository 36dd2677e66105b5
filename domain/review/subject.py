"""What a review is about: a team, a portfolio, or the whole organisation, and what it covers."""

from typing import NamedTuple
from uuid import UUID

from domain.enums import InitiativeState
from domain.errors import InvalidInput, NotFound
from domain.rows import ObjectiveRow
from domain.snapshot import View

_OVER = frozenset({InitiativeState.COMPLETED, InitiativeState.STOPPED})


class Scope(NamedTuple):
    """A team or a portfolio; the organisation with neither."""

    team_id: UUID | None = None
    portfolio_id: UUID | None = None


class Coverage(NamedTuple):
    """What a scope covers; None for everything there is.

    A team covers what it owns. A portfolio covers the objectives that its open initiatives contribute to, and
    the teams that own or are demanded by these initiatives.
    """

    team_ids: frozenset[UUID] | None
    objective_ids: frozenset[UUID] | None

    def has_objective(self, row: ObjectiveRow) -> bool:
        """Whether an objective is covered."""
        if self.objective_ids is not None:
            return row.id in self.objective_ids
        return self.team_ids is None or row.team_id in self.team_ids


def coverage(view: View, scope: Scope) -> Coverage:
    """What a scope covers; the view must have its portfolio.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such team or portfolio; when both are given.
    """
    if scope.team_id is not None and scope.portfolio_id is not None:
        raise InvalidInput(
            "A review is of a team, of a portfolio, or of the organisation: give one of them at most.",
            path=("subject", "portfolioId"),
        )
    if scope.team_id is not None:
        if scope.team_id not in view.directory.teams:
            raise NotFound("There is no team with this id.", path=("subject", "teamId"))
        return Coverage(frozenset([scope.team_id]), None)
    if scope.portfolio_id is None:
        return Coverage(None, None)
    if scope.portfolio_id not in view.directory.portfolios:
        raise NotFound("There is no portfolio with this id.", path=("subject", "portfolioId"))
    columns = view.portfolio(scope.portfolio_id)
    teams: set[UUID] = set()
    key_results: set[UUID] = set()
    for position, row in enumerate(columns.rows):
        if row.archived_at is not None or row.state in _OVER:
            continue
        if row.team_id is not None:
            teams.add(row.team_id)
        teams.update(columns.demands.team[entry] for entry in columns.demands.of(position))
        key_results.update(columns.shares.key_result[entry] for entry in columns.shares.of(position))
    known = view.directory.key_results
    objectives = frozenset(known[key].objective_id for key in key_results)
    return Coverage(frozenset(teams), objectives)
