"""Versions: which transactions a snapshot has seen, as PostgreSQL itself describes it."""

import base64
import binascii
import itertools
import re
from dataclasses import dataclass

from domain.errors import InvalidInput

_FORM = re.compile(r"[0-9]{1,20}:[0-9]{1,20}:([0-9]{1,20}(,[0-9]{1,20})*)?")
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Version:
    """A ``pg_snapshot``: every process can tell from it exactly which changes came later."""

    pg_snapshot: str

    @property
    def token(self) -> str:
        """Opaque text for clients."""
        return base64.urlsafe_b64encode(self.pg_snapshot.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str) -> "Version":
        """The version behind a client's token.

        Raises
        ------
        InvalidInput
            When the token was not made here.
        """
        try:
            encoded = token.encode("ascii") + b"=" * (-len(token) % 4)
            text = base64.b64decode(encoded, altchars=b"-_", validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            text = ""
        if len(text) > _LONGEST or not _FORM.fullmatch(text):
            raise InvalidInput(
                "This is not a version. Take it from Portfolio.dataVersion or from an event.",
                path=("version",),
            )
        xmin, xmax, running = text.split(":")
        ids = [int(xid) for xid in running.split(",")] if running else []
        in_order = all(a < b for a, b in itertools.pairwise(ids))
        bounded = int(xmax) < 2**63 and 0 < int(xmin) <= int(xmax)
        if not (bounded and in_order and all(int(xmin) <= xid < int(xmax) for xid in ids)):
            raise InvalidInput(
                "This is not a version. Take it from Portfolio.dataVersion or from an event.",
                path=("version",),
            )
        return cls(text)
