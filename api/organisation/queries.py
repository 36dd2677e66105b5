"""Queries about the viewer and the organisation."""

import strawberry

from api.context import Info
from api.nodes import as_type
from api.organisation.types import Organisation, Viewer
from api.permissions import READ


@strawberry.type
class OrganisationQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="Who asks, and what the token allows.", **READ)
    async def viewer(self, info: Info) -> Viewer:
        await info.context.view()
        return as_type(Viewer, info.context.actor)

    @strawberry.field(description="The viewer's organisation.", **READ)
    async def organisation(self, info: Info) -> Organisation:
        return as_type(Organisation, (await info.context.view()).organisation)
