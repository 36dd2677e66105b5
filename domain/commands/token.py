"""Commands about API tokens."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from domain.commands.base import Command, Name
from domain.enums import TokenScope

Scopes = Annotated[frozenset[TokenScope], Field(min_length=1)]


class TokenCreate(Command):
    """A new token: the actor's own, or an administrator's for another member."""

    name: Name
    member_id: UUID | None = None
    scopes: Scopes = frozenset({TokenScope.READ})
    expires_at: AwareDatetime | None = None


class TokenRevoke(Command):
    """The end of a token; revoking it again changes nothing."""

    id: UUID
