"""A portfolio with dates and dependencies under test, written row by row."""

import itertools
from datetime import date
from typing import Any
from uuid import UUID

from domain.dependency_map import MappedPortfolio, MapRequest, map_portfolio
from domain.enums import DependencyKind, UrgencyProfile, WorkKind
from domain.models import AllocationCategory, CostOfDelay, Dependency, Initiative, Team, TeamDemand
from domain.snapshot import SnapshotStore, View
from tests.boards import Board

TODAY = date(2026, 3, 2)
FS = DependencyKind.FINISH_TO_START
SS = DependencyKind.START_TO_START
FF = DependencyKind.FINISH_TO_FINISH

# The construction project of Hillier & Lieberman, Introduction to Operations Research: 14 activities, 44 weeks.
TEXTBOOK_WEEKS = dict(zip(list("ABCDEFGHIJKLMN"), [2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6], strict=True))
TEXTBOOK_ARROWS = [
    *("AB", "BC", "CD", "CE", "CI", "EF", "DG", "EH"),
    *("GH", "FJ", "IJ", "JK", "JL", "HM", "KN", "LN"),
]


class Plan(Board):
    """A board whose initiatives have ids in the order in which they are made."""

    _numbers = itertools.count(1)

    async def work(self, title: str, weeks: float | None = None, **columns: Any) -> UUID:
        """An initiative; teams and categories by the names that they were made under."""
        for name in ("team", "category"):
            if name in columns:
                columns[f"{name}_id"] = self.ids[columns.pop(name)]
        row = Initiative(
            id=UUID(int=next(self._numbers)),
            organisation_id=self.actor.organisation_id,
            portfolio_id=self.portfolio_id,
            title=title,
            duration_weeks_likely=weeks,
            **columns,
        )
        self.ids[title] = row.id
        await self.add(row)
        return row.id

    async def link(
        self,
        predecessor: str,
        successor: str,
        kind: DependencyKind = FS,
        *,
        lag: float = 0,
        hard: bool = True,
    ) -> UUID:
        """A dependency."""
        row = Dependency(
            organisation_id=self.actor.organisation_id,
            portfolio_id=self.portfolio_id,
            predecessor_id=self.ids[predecessor],
            successor_id=self.ids[successor],
            kind=kind,
            hard=hard,
            lag_weeks=lag,
        )
        await self.add(row)
        return row.id

    async def add_relation(self, predecessor: str, successor: str) -> None:
        """A relation that only informs."""
        await self.link(predecessor, successor, DependencyKind.RELATES_TO, hard=False)

    async def costs(self, title: str, rate: float, **columns: Any) -> None:
        """A cost of delay, in euros per week unless the columns say otherwise."""
        given = {"profile": UrgencyProfile.LINEAR, "currency": "EUR", **columns}
        await self.add(
            CostOfDelay(
                organisation_id=self.actor.organisation_id,
                portfolio_id=self.portfolio_id,
                initiative_id=self.ids[title],
                rate_minor_per_week_likely=rate * 100,
                **given,
            )
        )

    async def team(self, name: str) -> None:
        """A team."""
        row = Team(organisation_id=self.actor.organisation_id, name=name)
        self.ids[name] = row.id
        await self.add(row)

    async def category(self, name: str) -> None:
        """An allocation category."""
        row = AllocationCategory(
            organisation_id=self.actor.organisation_id, name=name, kind=WorkKind.STEP_CHANGE
        )
        self.ids[name] = row.id
        await self.add(row)

    async def demands(self, title: str, team: str, person_weeks: float, *, skill: str = "") -> None:
        """What an initiative needs of a team."""
        await self.add(
            TeamDemand(
                organisation_id=self.actor.organisation_id,
                portfolio_id=self.portfolio_id,
                initiative_id=self.ids[title],
                team_id=self.ids[team],
                skill=skill,
                person_weeks_likely=person_weeks,
            )
        )

    async def textbook(self) -> None:
        """The construction project, with activities as initiatives."""
        for name, weeks in TEXTBOOK_WEEKS.items():
            await self.work(name, weeks)
        for arrow in TEXTBOOK_ARROWS:
            await self.link(arrow[0], arrow[1])

    async def view(self) -> View:
        """A fresh view with the portfolio."""
        return await SnapshotStore(self.database).fresh(self.actor.organisation_id, self.portfolio_id)

    async def mapped(self, **request: Any) -> MappedPortfolio:
        """Its map."""
        return await map_portfolio(
            await self.view(), self.portfolio_id, MapRequest(**{"today": TODAY, **request})
        )


def titles_of(mapped: MappedPortfolio, nodes: Any) -> list[str]:
    """Titles of nodes."""
    return [mapped.row(int(node)).title for node in nodes]
