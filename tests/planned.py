"""A portfolio under test with capacity and a policy, written row by row."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from api.context import Context, Services
from api.ids import encode_id
from api.schema import build_schema
from domain.db import Database
from domain.enums import CycleLevel
from domain.models import (
    AllocationPolicyShare,
    AllocationPolicyVersion,
    AlternativeGroup,
    AlternativeMember,
    Booking,
    Cycle,
    StatedCapacity,
)
from prioritisation.allocation_limits import AllocationMode
from tests.boards import an_empty_board
from tests.plans import Plan

TODAY = date(2026, 1, 5)
LAST = date(2026, 3, 29)
"""Twelve whole weeks."""


class Planned(Plan):
    """A portfolio that is planned in a cycle of twelve weeks."""

    cycle_id: UUID

    async def capacity(self, team: str, person_weeks: float, *, skill: str = "") -> None:
        """Person-weeks in the whole cycle."""
        await self.add(
            StatedCapacity(
                id=UUID(int=next(self._numbers)),
                organisation_id=self.actor.organisation_id,
                team_id=self.ids[team],
                skill=skill,
                cycle_id=self.cycle_id,
                person_weeks=person_weeks,
            )
        )

    async def policy(self, shares: Mapping[str, tuple[float, AllocationMode]]) -> None:
        """An allocation policy with one share per category."""
        version = AllocationPolicyVersion(
            id=UUID(int=next(self._numbers)),
            organisation_id=self.actor.organisation_id,
            portfolio_id=self.portfolio_id,
            number=1,
            effective_from=TODAY,
            reason="Agreed.",
            published_by_id=self.actor.member_id,
        )
        await self.add(
            version,
            *(
                AllocationPolicyShare(
                    organisation_id=self.actor.organisation_id,
                    policy_version_id=version.id,
                    position=position,
                    category_id=self.ids[name],
                    share=share,
                    mode=mode,
                )
                for position, (name, (share, mode)) in enumerate(shares.items())
            ),
        )

    async def books(self, title: str, team: str, category: str, person_weeks: float) -> None:
        """Time spent on an initiative in the week before the plan."""
        await self.add(
            Booking(
                id=UUID(int=next(self._numbers)),
                organisation_id=self.actor.organisation_id,
                team_id=self.ids[team],
                category_id=self.ids[category],
                initiative_id=self.ids[title],
                week=date(2025, 12, 29),
                person_weeks=person_weeks,
                booked_by_id=self.actor.member_id,
            )
        )

    async def alternatives(self, name: str, *titles: str) -> None:
        """A group of which at most one may be done."""
        group = AlternativeGroup(
            organisation_id=self.actor.organisation_id, portfolio_id=self.portfolio_id, name=name
        )
        await self.add(
            group,
            *(
                AlternativeMember(
                    organisation_id=self.actor.organisation_id,
                    portfolio_id=self.portfolio_id,
                    group_id=group.id,
                    initiative_id=self.ids[title],
                )
                for title in titles
            ),
        )


_SCHEMA = build_schema()


async def asked(services: Services, plan: Planned, field: str, fields: str, arguments: str = "") -> Any:
    """What a field of the portfolio says of its plan on the first day of the cycle."""
    document = f"""query($id: ID!, $cycle: ID!) {{ node(id: $id) {{ ... on Portfolio {{
      {field}(cycle: $cycle, asOf: "{TODAY}"{arguments}) {{ __typename {fields}
        ... on MandatoryDoesNotFit {{ message colliding {{ title }} }} ... on UserError {{ code path }} }} }} }} }}"""
    result = await _SCHEMA.execute(
        document,
        variable_values={
            "id": encode_id("Portfolio", plan.portfolio_id),
            "cycle": encode_id("Cycle", plan.cycle_id),
        },
        context_value=Context(services=services, viewer=plan.actor, request_id="test"),
    )
    for error in result.errors or ():
        raise error.original_error or error
    return (result.data or {})["node"][field]


async def an_empty_plan(database: Database) -> Planned:
    """A portfolio without initiatives, and a cycle of twelve weeks."""
    board = await an_empty_board(database)
    plan = Planned(board.database, board.actor, board.portfolio_id)
    cycle = Cycle(
        organisation_id=plan.actor.organisation_id,
        name="First quarter",
        level=CycleLevel.TACTICAL,
        starts_on=TODAY,
        ends_on=LAST,
    )
    await plan.add(cycle)
    plan.cycle_id = cycle.id
    return plan
