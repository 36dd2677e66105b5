"""Mutations about contributions. The last write wins; there are no versions to expect."""

from typing import Annotated

import strawberry

from api.context import Info
from api.contribution.inputs import (
    IDS,
    ContributionRemoveInput,
    ContributionReplaceInput,
    ContributionSetInput,
)
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.initiative.shown import initiative_after
from api.initiative.types import Initiative
from api.inputs import to_command
from api.permissions import requires
from domain.commands.contribution import ContributionRemove, ContributionSet, ContributionsReplace
from domain.contribution import remove_contribution, replace_contributions, set_contribution

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The contribution was set.")
class ContributionSetSuccess:
    """Success of ``contributionSet``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The contribution was removed.")
class ContributionRemoveSuccess:
    """Success of ``contributionRemove``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The initiative now contributes what was given, and nothing else.")
class ContributionReplaceSuccess:
    """Success of ``contributionReplace``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


ContributionSetResult = Annotated[
    ContributionSetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ContributionSetResult", description="Outcome of `contributionSet`."),
]
ContributionRemoveResult = Annotated[
    ContributionRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ContributionRemoveResult", description="Outcome of `contributionRemove`."),
]
ContributionReplaceResult = Annotated[
    ContributionReplaceSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ContributionReplaceResult", description="Outcome of `contributionReplace`."),
]


@strawberry.type
class ContributionMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say by how much an initiative is expected to move a key result.", **_CONTRIBUTOR
    )
    async def contribution_set(
        self, info: Info, input: Annotated[ContributionSetInput, _ARGUMENT]
    ) -> ContributionSetResult:
        command = to_command(ContributionSet, input, ids=IDS)
        await set_contribution(info.context.database, info.context.actor, command)
        return ContributionSetSuccess(initiative=await initiative_after(info.context, command.initiative_id))

    @strawberry.mutation(
        description="Say that an initiative does not contribute to a key result.", **_CONTRIBUTOR
    )
    async def contribution_remove(
        self, info: Info, input: Annotated[ContributionRemoveInput, _ARGUMENT]
    ) -> ContributionRemoveResult:
        command = to_command(ContributionRemove, input, ids=IDS)
        await remove_contribution(info.context.database, info.context.actor, command)
        return ContributionRemoveSuccess(
            initiative=await initiative_after(info.context, command.initiative_id)
        )

    @strawberry.mutation(
        description="Say all that an initiative contributes to key results at once.", **_CONTRIBUTOR
    )
    async def contribution_replace(
        self, info: Info, input: Annotated[ContributionReplaceInput, _ARGUMENT]
    ) -> ContributionReplaceResult:
        command = to_command(ContributionsReplace, input, ids=IDS)
        await replace_contributions(info.context.database, info.context.actor, command)
        return ContributionReplaceSuccess(
            initiative=await initiative_after(info.context, command.initiative_id)
        )
