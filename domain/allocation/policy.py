"""Policies as they are read: shares by category, of all teams and of some; and what differs between two. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.rows_allocation import AllocationPolicyShareRow, AllocationPolicyVersionRow
from prioritisation.allocation_limits import AllocationMode


class AllocationShare(NamedTuple):
    """A category's share of capacity, 0 to 1, and how strictly it holds."""

    share: float
    mode: AllocationMode


Split = Mapping[UUID, AllocationShare]
"""Shares by category, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A version with its shares; ``of_team`` are those of teams that have their own instead."""

    version: AllocationPolicyVersionRow
    shares: Split
    of_team: Mapping[UUID, Split] = field(default_factory=dict)

    def for_team(self, team_id: UUID | None) -> Split:
        """The shares that hold for a team, or for all others."""
        return self.shares if team_id is None else self.of_team.get(team_id, self.shares)


class ShareChange(NamedTuple):
    """What became of a category's share; None where it has none. ``team_id`` is None for the policy itself."""

    team_id: UUID | None
    category_id: UUID
    before: AllocationShare | None
    after: AllocationShare | None


def policy_of(version: AllocationPolicyVersionRow, rows: Iterable[AllocationPolicyShareRow]) -> Policy:
    """A version with its rows, which come in their order."""
    shares: dict[UUID, AllocationShare] = {}
    of_team: dict[UUID, dict[UUID, AllocationShare]] = {}
    for row in rows:
        place = shares if row.team_id is None else of_team.setdefault(row.team_id, {})
        place[row.category_id] = AllocationShare(row.share, row.mode)
    return Policy(version=version, shares=shares, of_team=of_team)


def effective(policies: Sequence[Policy], day: date) -> Policy | None:
    """The policy that holds on a day: of those whose day has come, the one that was published last."""
    come = [policy for policy in policies if policy.version.effective_from <= day]
    return max(come, key=lambda policy: policy.version.number, default=None)


def changes_between(before: Policy | None, after: Policy) -> list[ShareChange]:
    """What differs: first in the policy itself, then by team; a team without shares of its own has the policy's.

    Teams are listed where their own shares came, went or changed.
    """
    found = _differences(None, {} if before is None else before.shares, after.shares)
    earlier = {} if before is None else before.of_team
    for team_id in {**after.of_team, **earlier}:
        if earlier.get(team_id) != after.of_team.get(team_id):
            old = {} if before is None else before.for_team(team_id)
            found += _differences(team_id, old, after.for_team(team_id))
    return found


def _differences(team_id: UUID | None, before: Split, after: Split) -> list[ShareChange]:
    return [
        ShareChange(team_id, category_id, before.get(category_id), after.get(category_id))
        for category_id in {**after, **before}
        if before.get(category_id) != after.get(category_id)
    ]
