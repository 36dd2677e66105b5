"""Mutations about API tokens."""

from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.token.inputs import TokenCreateInput, TokenRevokeInput
from api.token.types import ApiToken
from domain.commands.token import TokenCreate, TokenRevoke
from domain.token import create_token, revoke_token

_ADMIN = requires(Role.ADMIN, TokenScope.ADMIN)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The token was created.")
class TokenCreateSuccess:
    """Success of ``tokenCreate``."""

    token: ApiToken = strawberry.field(description=AS_IT_IS_NOW)
    secret: str = strawberry.field(
        description="The token itself, for `Authorization: Bearer …`. It is shown this once: nobody can read it again."
    )


@strawberry.type(description="The token was revoked, or had been before.")
class TokenRevokeSuccess:
    """Success of ``tokenRevoke``."""

    token: ApiToken = strawberry.field(description=AS_IT_IS_NOW)


TokenCreateResult = Annotated[
    TokenCreateSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("TokenCreateResult", description="Outcome of `tokenCreate`."),
]
TokenRevokeResult = Annotated[
    TokenRevokeSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("TokenRevokeResult", description="Outcome of `tokenRevoke`."),
]


@strawberry.type
class TokenMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Create an API token, for the viewer or for another member. Its secret is in this answer only.",
        **_ADMIN,
    )
    async def token_create(
        self, info: Info, input: Annotated[TokenCreateInput, _ARGUMENT]
    ) -> TokenCreateResult:
        command = to_command(TokenCreate, input, ids={"member_id": "Member"})
        row, secret = await create_token(info.context.database, info.context.actor, command)
        await info.context.written()
        return TokenCreateSuccess(token=as_type(ApiToken, row), secret=secret)

    @strawberry.mutation(
        description="Revoke an API token: servers stop accepting it within 5 seconds. It can't be taken back.",
        **_ADMIN,
    )
    async def token_revoke(
        self, info: Info, input: Annotated[TokenRevokeInput, _ARGUMENT]
    ) -> TokenRevokeResult:
        command = to_command(TokenRevoke, input, ids={"id": "ApiToken"})
        row = await revoke_token(info.context.database, info.context.actor, command)
        await info.context.written()
        return TokenRevokeSuccess(token=as_type(ApiToken, row))
