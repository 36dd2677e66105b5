"""Mutations about initiatives and their life cycle."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.decision.types import Decision
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.estimates import Estimate, EstimateRow
from api.initiative.errors import IllegalTransition
from api.initiative.inputs import (
    COMPOSITES,
    IDS,
    InitiativeCreateInput,
    InitiativeTransitionInput,
    InitiativeUpdateInput,
)
from api.initiative.shown import initiative_after, initiatives_of
from api.initiative.types import Initiative
from api.inputs import paths_of, to_command
from api.nodes import as_type, as_types
from api.permissions import requires
from api.team.types import Team
from domain.commands.base import ArchiveCommand
from domain.commands.initiative import InitiativeCreate, InitiativeTransition, InitiativeUpdate
from domain.initiative import archive_initiative, create_initiative, update_initiative
from domain.precedence import Dependent
from domain.transition import FreedCapacity as FreedCapacityRow
from domain.transition import transition_initiative

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_BOARD = requires(Role.BOARD, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_MOST_SHOWN = 100


@strawberry.type(description="The initiative was created, or had been by the same input before.")
class InitiativeCreateSuccess:
    """Success of ``initiativeCreate``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The initiative was changed.")
class InitiativeUpdateSuccess:
    """Success of ``initiativeUpdate``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="An open initiative that waits for another one by hard dependencies.")
class WaitingInitiative:
    """Shows ``domain.precedence.Dependent``."""

    initiative: Initiative = strawberry.field(description="Who waits.")
    distance: int = strawberry.field(
        description="Over how many dependencies at least: 1 for one that depends on it directly."
    )


_WAITING = f"What waits for it by hard dependencies, directly or not: the nearest {_MOST_SHOWN} at most."
_WAITING_COUNT = "How many initiatives wait for it."


@strawberry.type(
    description="The initiative was archived, or taken back into use. Its dependencies stay: settle with those who"
    " wait for it what becomes of them."
)
class InitiativeArchiveSuccess:
    """Success of ``initiativeArchive``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)
    waiting: list[WaitingInitiative] = strawberry.field(description=_WAITING)
    waiting_count: int = strawberry.field(description=_WAITING_COUNT)


@strawberry.type(description="What a stopped initiative no longer demands of a team.")
class FreedCapacity:
    """Shows ``domain.transition.FreedCapacity``."""

    @strawberry.field(description="The team.")
    def team(self: FreedCapacityRow, info: Info) -> Team:
        return as_type(Team, info.context.directory.teams[self.team_id])

    @strawberry.field(
        description="How much, in person-weeks, over all skills: the whole demand, of which what was worked"
        " already is not deducted. Low or high is null when that of one of its parts is unknown."
    )
    def person_weeks(self: FreedCapacityRow) -> Estimate:
        return as_type(
            Estimate, EstimateRow(self.person_weeks_low, self.person_weeks_likely, self.person_weeks_high)
        )


@strawberry.type(description="The decision was taken, or had been by the same request before.")
class InitiativeTransitionSuccess:
    """Success of ``initiativeTransition``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)
    decision: Decision = strawberry.field(description="The decision, with its reason.")
    freed: list[FreedCapacity] = strawberry.field(
        description="When it was stopped: what that frees, by team, at most 200; else empty."
    )
    waiting: list[WaitingInitiative] = strawberry.field(
        description=f"When it was stopped: {_WAITING[0].lower()}{_WAITING[1:]} Else empty."
    )
    waiting_count: int = strawberry.field(
        description="When it was stopped: how many initiatives wait for it; else 0."
    )


InitiativeCreateResult = Annotated[
    InitiativeCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("InitiativeCreateResult", description="Outcome of `initiativeCreate`."),
]
InitiativeUpdateResult = Annotated[
    InitiativeUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("InitiativeUpdateResult", description="Outcome of `initiativeUpdate`."),
]
InitiativeArchiveResult = Annotated[
    InitiativeArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("InitiativeArchiveResult", description="Outcome of `initiativeArchive`."),
]
InitiativeTransitionResult = Annotated[
    InitiativeTransitionSuccess | IllegalTransition | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("InitiativeTransitionResult", description="Outcome of `initiativeTransition`."),
]


@strawberry.type
class InitiativeMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create an initiative.", **_CONTRIBUTOR)
    async def initiative_create(
        self, info: Info, input: Annotated[InitiativeCreateInput, _ARGUMENT]
    ) -> InitiativeCreateResult:
        with paths_of(COMPOSITES):
            command = to_command(InitiativeCreate, input, ids=IDS, composites=COMPOSITES)
            row = await create_initiative(info.context.database, info.context.actor, command)
        return InitiativeCreateSuccess(initiative=await initiative_after(info.context, row.id))

    @strawberry.mutation(
        description="Change an initiative's own fields; for its state see `initiativeTransition`.",
        **_CONTRIBUTOR,
    )
    async def initiative_update(
        self, info: Info, input: Annotated[InitiativeUpdateInput, _ARGUMENT]
    ) -> InitiativeUpdateResult:
        with paths_of(COMPOSITES):
            command = to_command(InitiativeUpdate, input, ids=IDS, composites=COMPOSITES)
            row = await update_initiative(info.context.database, info.context.actor, command)
        return InitiativeUpdateSuccess(initiative=await initiative_after(info.context, row.id))

    @strawberry.mutation(
        description="Take an initiative out of use, or back into it. While it is archived it is not ranked, and"
        " what belongs to it does not change.",
        **_CONTRIBUTOR,
    )
    async def initiative_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> InitiativeArchiveResult:
        command = to_command(ArchiveCommand, input, ids=IDS)
        archived = await archive_initiative(info.context.database, info.context.actor, command)
        return InitiativeArchiveSuccess(
            initiative=await initiative_after(info.context, command.id),
            waiting=await _waiting(info, archived.dependents),
            waiting_count=len(archived.dependents),
        )

    @strawberry.mutation(
        description="Decide that an initiative goes over to another state; the reason is kept.", **_BOARD
    )
    async def initiative_transition(
        self, info: Info, input: Annotated[InitiativeTransitionInput, _ARGUMENT]
    ) -> InitiativeTransitionResult:
        command = to_command(InitiativeTransition, input, ids=IDS)
        decided = await transition_initiative(info.context.database, info.context.actor, command)
        return InitiativeTransitionSuccess(
            initiative=await initiative_after(info.context, command.id),
            decision=as_type(Decision, decided.decision),
            freed=as_types(FreedCapacity, decided.freed),
            waiting=await _waiting(info, decided.dependents),
            waiting_count=len(decided.dependents),
        )


async def _waiting(info: Info, dependents: tuple[Dependent, ...]) -> list[WaitingInitiative]:
    shown = dependents[:_MOST_SHOWN]
    initiatives = await initiatives_of(info.context, [dependent.id for dependent in shown])
    return [
        WaitingInitiative(initiative=initiative, distance=dependent.distance)
        for initiative, dependent in zip(initiatives, shown, strict=True)
    ]
