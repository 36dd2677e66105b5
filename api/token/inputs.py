"""Inputs of the mutations about API tokens."""

from datetime import datetime

import strawberry

from api.enums import TokenScope


@strawberry.input(description="A new API token.")
class TokenCreateInput:
    """Becomes ``TokenCreate``."""

    name: str = strawberry.field(description="What it is for; 1 to 200 characters.")
    member_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whom it stands for; the viewer if left out."
    )
    scopes: list[TokenScope] = strawberry.field(
        default_factory=lambda: [TokenScope.READ],
        description="What it may be used for, at least one; nothing that the viewer's own token may not.",
    )
    expires_at: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description="From when on it is not accepted, a moment to come; never if left out.",
    )


@strawberry.input(description="An API token to end.")
class TokenRevokeInput:
    """Becomes ``TokenRevoke``."""

    id: strawberry.ID = strawberry.field(description="The token.")
