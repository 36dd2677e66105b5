"""Who acts: the member behind a request, with what the token allows."""

from dataclasses import dataclass, field
from uuid import UUID

from domain.enums import Role, TokenScope
from domain.errors import PermissionDenied


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A member of one organisation; everything is read and written within that organisation."""

    organisation_id: UUID
    member_id: UUID
    role: Role
    scopes: frozenset[TokenScope] = field(default_factory=lambda: frozenset(TokenScope))
    token_id: UUID | None = None
    request_id: str | None = None

    def require(self, role: Role, scope: TokenScope) -> None:
        """Raise ``PermissionDenied`` unless the member's role and the token's scopes allow it."""
        if not self.role.includes(role):
            raise PermissionDenied(
                f"This needs the role {role.value} or a higher one; yours is {self.role.value}."
                " Ask an administrator of your organisation.",
                required=role.value,
            )
        if scope not in self.scopes:
            raise PermissionDenied(
                f"This needs a token with the scope {scope.value}; yours has"
                f" {', '.join(sorted(self.scopes))}. Create another token.",
                required=scope.value,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The program itself, at work in one organisation: periodic steps, and jobs nobody waits for."""

    organisation_id: UUID
    job: str

    @property
    def member_id(self) -> None:
        """Nobody."""
        return

    @property
    def request_id(self) -> str:
        """What the audit trail shows as the cause."""
        return f"job:{self.job}"
