"""Commands about organisations and members."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.commands.base import Command, Currency, Name, UpdateCommand
from domain.enums import Role

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=60)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)
]


class OrganisationCreate(Command):
    """A new tenant and its first administrator."""

    slug: Slug
    name: Name
    currency: Currency = "EUR"
    admin_email: Email
    admin_name: Name


class OrganisationUpdate(Command):
    """Changes to the viewer's organisation."""

    expected_version: int | None = None
    name: Name = Field(default="")
    currency: Currency = Field(default="EUR")

    def changes(self) -> dict[str, str]:
        """The fields that the caller set."""
        return self.model_dump(exclude_unset=True, exclude={"expected_version"})


class MemberCreate(Command):
    """A new member."""

    id: UUID | None = None
    email: Email
    name: Name
    role: Role = Role.VIEWER


class MemberUpdate(UpdateCommand):
    """Changes to a member."""

    email: Email = Field(default="")
    name: Name = Field(default="")
    role: Role = Field(default=Role.VIEWER)
