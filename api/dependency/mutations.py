"""Mutations about dependencies."""

from typing import Annotated

import strawberry

from api.bulk import errors_of, read_each
from api.context import Info
from api.dependency.errors import DependencyCycle
from api.dependency.inputs import (
    IDS,
    DependencyAddBulkInput,
    DependencyAddInput,
    DependencyRemoveInput,
    DependencyUpdateInput,
)
from api.dependency.types import Dependency
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.initiative.shown import initiatives_of
from api.initiative.types import Initiative
from api.inputs import decoded, to_command
from api.nodes import as_type
from api.permissions import requires
from domain.commands.dependency import DependencyAdd, DependencyRemove, DependencyUpdate
from domain.dependency import add_dependency, remove_dependency, update_dependency
from domain.dependency_bulk import add_dependencies
from domain.rows import DependencyRow

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The dependency was added, or had been by the same input before.")
class DependencyAddSuccess:
    """Success of ``dependencyAdd``."""

    dependency: Dependency = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The dependency was changed.")
class DependencyUpdateSuccess:
    """Success of ``dependencyUpdate``."""

    dependency: Dependency = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The dependency was removed.")
class DependencyRemoveSuccess:
    """Success of ``dependencyRemove``."""

    dependency: Dependency = strawberry.field(
        description="As it was; by its id a client can forget it, `node` does not find it any more."
    )
    predecessor: Initiative = strawberry.field(description="What came first, as it is now.")
    successor: Initiative = strawberry.field(description="What came after it, as it is now.")


@strawberry.type(description="What became of one item.")
class DependencyAddBulkItem:
    """One outcome of ``dependencyAddBulk``."""

    dependency: Dependency | None = strawberry.field(
        description="As it is now; null when it was not added. Without an error it was held back because of others."
    )
    errors: list[UserError] = strawberry.field(description="What is wrong with the item; at most 10.")


@strawberry.type(description="The items were judged; each has its own outcome.")
class DependencyAddBulkSuccess:
    """Success of ``dependencyAddBulk``."""

    items: list[DependencyAddBulkItem] = strawberry.field(
        description="One outcome for each item, in the order of the input; at most 1,000."
    )
    added_count: int = strawberry.field(
        description="How many of the dependencies are in the portfolio now, those among them that had been before."
    )


DependencyAddResult = Annotated[
    DependencyAddSuccess | DependencyCycle | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("DependencyAddResult", description="Outcome of `dependencyAdd`."),
]
DependencyUpdateResult = Annotated[
    DependencyUpdateSuccess | DependencyCycle | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("DependencyUpdateResult", description="Outcome of `dependencyUpdate`."),
]
DependencyRemoveResult = Annotated[
    DependencyRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("DependencyRemoveResult", description="Outcome of `dependencyRemove`."),
]
DependencyAddBulkResult = Annotated[
    DependencyAddBulkSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("DependencyAddBulkResult", description="Outcome of `dependencyAddBulk`."),
]


@strawberry.type
class DependencyMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Add a dependency. Hard ones never form a cycle, whatever their kind.", **_PLANNER
    )
    async def dependency_add(
        self, info: Info, input: Annotated[DependencyAddInput, _ARGUMENT]
    ) -> DependencyAddResult:
        command = to_command(DependencyAdd, input, ids=IDS)
        row = await add_dependency(info.context.database, info.context.actor, command)
        return DependencyAddSuccess(dependency=await _after(info, row))

    @strawberry.mutation(
        description="Change a dependency's lag, its note, or whether it is hard.", **_PLANNER
    )
    async def dependency_update(
        self, info: Info, input: Annotated[DependencyUpdateInput, _ARGUMENT]
    ) -> DependencyUpdateResult:
        command = to_command(DependencyUpdate, input, ids=IDS)
        row = await update_dependency(info.context.database, info.context.actor, command)
        return DependencyUpdateSuccess(dependency=await _after(info, row))

    @strawberry.mutation(description="Remove a dependency for good.", **_PLANNER)
    async def dependency_remove(
        self, info: Info, input: Annotated[DependencyRemoveInput, _ARGUMENT]
    ) -> DependencyRemoveResult:
        command = to_command(DependencyRemove, input, ids=IDS)
        row = await remove_dependency(info.context.database, info.context.actor, command)
        dependency = await _after(info, row)
        predecessor, successor = await initiatives_of(info.context, [row.predecessor_id, row.successor_id])
        return DependencyRemoveSuccess(dependency=dependency, predecessor=predecessor, successor=successor)

    @strawberry.mutation(
        description="Add many dependencies of one portfolio; each item has its own outcome.", **_PLANNER
    )
    async def dependency_add_bulk(
        self, info: Info, input: Annotated[DependencyAddBulkInput, _ARGUMENT]
    ) -> DependencyAddBulkResult:
        outcomes = await add_dependencies(
            info.context.database,
            info.context.actor,
            decoded("Portfolio", input.portfolio_id, "portfolioId"),
            read_each(input.items, lambda item: to_command(DependencyAdd, item, ids=IDS)),
            input.error_policy,
        )
        rows = [outcome.row for outcome in outcomes if outcome.row is not None]
        await info.context.written()
        await initiatives_of(info.context, [row.predecessor_id for row in rows])
        return DependencyAddBulkSuccess(
            items=[
                DependencyAddBulkItem(
                    dependency=None if outcome.row is None else as_type(Dependency, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ],
            added_count=len(rows),
        )


async def _after(info: Info, row: DependencyRow) -> Dependency:
    """The dependency, with its ends in the view."""
    await info.context.written()
    await initiatives_of(info.context, [row.predecessor_id])
    return as_type(Dependency, row)
