"""Who may use which field: declared beside the field, printed in the schema, checked before the resolver.

Every root field carries ``**requires(role, scope)``. The fields below are reached through a root field only;
an object type whose fields need more than that says so on itself. tests/api/test_permissions.py generates
the matrix of roles and fields from the schema.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location

from api.context import Info
from api.enums import Role, TokenScope
from api.errors import Unauthenticated


@strawberry.schema_directive(
    name="requires",
    locations=[Location.FIELD_DEFINITION],
    description="The least role of the viewer, and the scope of the token, that the field needs.",
)
class Requires:
    """Schema directive on every root field."""

    role: Role = strawberry.directive_field(name="role")
    scope: TokenScope = strawberry.directive_field(name="scope")


class _Check(FieldExtension):
    """Refuses the viewer before the resolver runs."""

    def __init__(self, role: Role, scope: TokenScope) -> None:
        self._role = role
        self._scope = scope

    def _check(self, info: Info) -> None:
        viewer = info.context.viewer
        if viewer is None:
            raise Unauthenticated("Send a valid token: `Authorization: Bearer …`.")
        viewer.require(self._role, self._scope)

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        self._check(info)
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        self._check(info)
        result = next_(source, info, **kwargs)
        # a subscription gives its events, which are no single thing to wait for
        return await result if isinstance(result, Awaitable) else result


def requires(role: Role, scope: TokenScope) -> dict[str, Any]:
    """Keyword arguments for ``strawberry.field`` and its kin that declare and check a permission."""
    return {"directives": [Requires(role=role, scope=scope)], "extensions": [_Check(role, scope)]}


READ = requires(Role.VIEWER, TokenScope.READ)
"""What every reading root field needs at least."""
