"""Loads people, leave, focus, the split of capacity, and what was booked."""

from collections.abc import Iterable
from datetime import UTC, datetime

from domain.allocation.publishing import publish_policy
from domain.booking import set_bookings
from domain.bulk import Outcome
from domain.capacity.leave import create_leaves
from domain.capacity.people import create_person
from domain.capacity.stating import set_focus, set_stated_capacity
from domain.commands.allocation import AllocationEntry, AllocationPolicyPublish, TeamAllocation
from domain.commands.booking import BookingSet
from domain.commands.capacity import LeaveCreate, StatedCapacitySet, TeamFocusSet, TeamPersonCreate
from domain.demo.capacity import ABSENCES, CYCLE_FOCUS, FOCUS, SPLITS, STATED, WORKERS, spent
from domain.demo.initiatives import INITIATIVES
from domain.demo.loading import Stage
from domain.demo.organisation import PORTFOLIO
from domain.enums import ErrorPolicy

_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""When the bookings are entered; a week after the last one."""


async def load_capacity(stage: Stage) -> None:
    """Who is there, who is away, and how much of it planned work gets, as the planner enters it."""
    planner = stage.actors["bowen"]
    for worker in WORKERS:
        await create_person(
            stage.database,
            planner,
            TeamPersonCreate(
                id=stage.identity("team person", worker.name),
                team_id=stage.identity("team", worker.team),
                name=worker.name,
                fte=worker.fte,
                joins_on=worker.joins_on,
                leaves_on=worker.leaves_on,
                ramp_up_weeks=worker.ramp_up_weeks,
                ramp_up_share=0.3 if worker.ramp_up_weeks else 0.0,
                ramp_down_weeks=worker.ramp_down_weeks,
                ramp_down_share=0.5 if worker.ramp_down_weeks else 0.0,
                skills=list(worker.skills),
            ),
        )
    leaves = [
        LeaveCreate(
            id=stage.identity("leave", f"{absence.name} {absence.starts_on}"),
            person_id=None if absence.worker is None else stage.identity("team person", absence.worker),
            team_id=None if absence.team is None else stage.identity("team", absence.team),
            name=absence.name,
            starts_on=absence.starts_on,
            ends_on=absence.ends_on,
            share=absence.share,
        )
        for absence in ABSENCES
    ]
    _raise_first(await create_leaves(stage.database, planner, leaves, ErrorPolicy.REJECT_ALL))
    for team, share in FOCUS.items():
        focus = TeamFocusSet(team_id=stage.identity("team", team), share=share)
        await set_focus(stage.database, planner, focus)
    for (team, cycle), share in CYCLE_FOCUS.items():
        focus = TeamFocusSet(
            team_id=stage.identity("team", team), cycle_id=stage.identity("cycle", cycle), share=share
        )
        await set_focus(stage.database, planner, focus)
    for stated in STATED:
        figure = StatedCapacitySet(
            team_id=stage.identity("team", stated.team),
            cycle_id=stage.identity("cycle", stated.cycle),
            person_weeks=stated.person_weeks,
            note=stated.note,
        )
        await set_stated_capacity(stage.database, planner, figure)


async def load_policies(stage: Stage) -> None:
    """How the board has split capacity, and why."""
    for number, split in enumerate(SPLITS, start=1):
        await publish_policy(
            stage.database,
            stage.actors["ashworth"],
            AllocationPolicyPublish(
                portfolio_id=stage.identity("portfolio", PORTFOLIO),
                effective_from=split.effective_from,
                reason=split.reason,
                shares=[
                    AllocationEntry(category_id=stage.identity("category", key), share=share, mode=mode)
                    for key, (share, mode) in split.shares.items()
                ],
                overrides=[
                    TeamAllocation(
                        team_id=stage.identity("team", team),
                        shares=[
                            AllocationEntry(
                                category_id=stage.identity("category", key), share=share, mode=mode
                            )
                            for key, (share, mode) in shares.items()
                        ],
                    )
                    for team, shares in split.teams.items()
                ],
                idempotency_key=f"demo policy {number}",
            ),
        )


async def load_bookings(stage: Stage) -> None:
    """What teams have spent since April; the alerts about it follow."""
    categories = {work.key: work.category for work in INITIATIVES}
    outcomes = await set_bookings(
        stage.database,
        stage.actors["bowen"],
        [
            BookingSet(
                team_id=stage.identity("team", entry.team),
                category_id=stage.identity("category", entry.category),
                initiative_id=None
                if entry.initiative is None
                else stage.identity("initiative", entry.initiative),
                week=entry.week,
                amount=entry.person_weeks,
            )
            for entry in spent(categories)
        ],
        ErrorPolicy.REJECT_ALL,
        now=_NOW,
    )
    _raise_first(outcomes)


def _raise_first(outcomes: Iterable[Outcome[object]]) -> None:
    for outcome in outcomes:
        for error in outcome.errors:
            raise error
