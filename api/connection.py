"""What a connection says of itself before any GraphQL: its request id and its token."""

import re
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

from starlette.requests import HTTPConnection

from api.errors import Unauthenticated

REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_STATE = "request_id"
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,4096}) *")


def request_id_of(connection: HTTPConnection) -> str:
    """Return the connection's id: the same one however often and wherever it is asked for.

    It is the ``X-Request-Id`` that came along if that is short and plain, else a new one; decided when it is
    first asked for, and kept in the connection's scope.
    """
    state: MutableMapping[str, Any] = connection.scope.setdefault("state", {})
    if _STATE not in state:
        given = connection.headers.get(REQUEST_ID_HEADER, "")
        state[_STATE] = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
    return str(state[_STATE])


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an Authorization header, None without one.

    Raises
    ------
    Unauthenticated
        If the header is something else than a bearer token.
    """
    if authorization is None:
        return None
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise Unauthenticated("`Authorization` must be `Bearer` and a token.")
    return match[1]
