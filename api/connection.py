"""What a connection says of itself before any GraphQL: its request id and its token."""

import re
from uuid import uuid4

from starlette.requests import HTTPConnection

from api.errors import Unauthenticated

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/=-]{1,4096}) *")


def request_id_of(connection: HTTPConnection) -> str:
    """Return the ``X-Request-Id`` that came with a connection if it is sane, else a new one."""
    given = connection.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


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
