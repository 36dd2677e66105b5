"""Inputs of the mutations about the organisation."""

import strawberry

from api.descriptions import EXPECTED_VERSION


@strawberry.input(description="Changes to the viewer's organisation; what is left out stays as it is.")
class OrganisationUpdateInput:
    """Becomes ``OrganisationUpdate``."""

    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description="1 to 200 characters.")
    currency: strawberry.Maybe[str] = strawberry.field(
        description="ISO 4217 code, three capital letters. Figures that exist keep theirs."
    )
