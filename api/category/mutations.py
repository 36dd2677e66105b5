"""Mutations about allocation categories."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.category.inputs import CategoryCreateInput, CategoryUpdateInput
from api.category.types import AllocationCategory
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.portfolio import AllocationCategoryCreate, AllocationCategoryUpdate
from domain.portfolio import (
    archive_allocation_category,
    create_allocation_category,
    update_allocation_category,
)

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The allocation category was created, or had been by the same input before.")
class CategoryCreateSuccess:
    """Success of ``categoryCreate``."""

    category: AllocationCategory = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The allocation category was changed.")
class CategoryUpdateSuccess:
    """Success of ``categoryUpdate``."""

    category: AllocationCategory = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The allocation category was archived, or taken back into use.")
class CategoryArchiveSuccess:
    """Success of ``categoryArchive``."""

    category: AllocationCategory = strawberry.field(description=AS_IT_IS_NOW)


CategoryCreateResult = Annotated[
    CategoryCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("CategoryCreateResult", description="Outcome of `categoryCreate`."),
]
CategoryUpdateResult = Annotated[
    CategoryUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CategoryUpdateResult", description="Outcome of `categoryUpdate`."),
]
CategoryArchiveResult = Annotated[
    CategoryArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CategoryArchiveResult", description="Outcome of `categoryArchive`."),
]


@strawberry.type
class CategoryMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create an allocation category.", **_PLANNER)
    async def category_create(
        self, info: Info, input: Annotated[CategoryCreateInput, _ARGUMENT]
    ) -> CategoryCreateResult:
        command = to_command(AllocationCategoryCreate, input)
        row = await create_allocation_category(info.context.database, info.context.actor, command)
        await info.context.written()
        return CategoryCreateSuccess(category=as_type(AllocationCategory, row))

    @strawberry.mutation(description="Change an allocation category.", **_PLANNER)
    async def category_update(
        self, info: Info, input: Annotated[CategoryUpdateInput, _ARGUMENT]
    ) -> CategoryUpdateResult:
        command = to_command(AllocationCategoryUpdate, input, ids={"id": "AllocationCategory"})
        row = await update_allocation_category(info.context.database, info.context.actor, command)
        await info.context.written()
        return CategoryUpdateSuccess(category=as_type(AllocationCategory, row))

    @strawberry.mutation(
        description="Take an allocation category out of use, or back into it; initiatives keep it until they move.",
        **_PLANNER,
    )
    async def category_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> CategoryArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "AllocationCategory"})
        row = await archive_allocation_category(info.context.database, info.context.actor, command)
        await info.context.written()
        return CategoryArchiveSuccess(category=as_type(AllocationCategory, row))
