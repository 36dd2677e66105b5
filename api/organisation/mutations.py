"""Mutations about the organisation."""

from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.organisation.inputs import OrganisationUpdateInput
from api.organisation.types import Organisation
from api.permissions import requires
from domain.commands.organisation import OrganisationUpdate
from domain.organisation import update_organisation


@strawberry.type(description="The organisation was changed.")
class OrganisationUpdateSuccess:
    """Success of ``organisationUpdate``."""

    organisation: Organisation = strawberry.field(description=AS_IT_IS_NOW)


OrganisationUpdateResult = Annotated[
    OrganisationUpdateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("OrganisationUpdateResult", description="Outcome of `organisationUpdate`."),
]


@strawberry.type
class OrganisationMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Change the viewer's organisation.", **requires(Role.ADMIN, TokenScope.ADMIN)
    )
    async def organisation_update(
        self,
        info: Info,
        input: Annotated[OrganisationUpdateInput, strawberry.argument(description=WHAT_TO_DO)],
    ) -> OrganisationUpdateResult:
        command = to_command(OrganisationUpdate, input)
        row = await update_organisation(info.context.database, info.context.actor, command)
        await info.context.written()
        return OrganisationUpdateSuccess(organisation=as_type(Organisation, row))
