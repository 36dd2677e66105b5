"""The token that a server on a loopback address makes for whoever works on this machine."""

import os
import secrets
from pathlib import Path

import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, without_tenant
from domain.errors import SetupError
from domain.token import create_local_development_token, new_secret, sign_in

FILE_NAME = "development-token"
_LOCK = 7_236_842_011_378


async def ensure_development_token(database: Database, actor: Actor, *, folder: Path) -> str:
    """The local development token of the actor: the one in the folder if it is in force, else a new one.

    Raises
    ------
    SetupError
        When the file can't be written.
    """
    path = folder / FILE_NAME
    async with without_tenant(database) as connection:
        # two servers that start on one folder at the same moment shall show the same token
        await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        kept = path.read_text().strip() if path.is_file() else ""
        found = await sign_in(database, kept)
        if (
            found is not None
            and found.local_development
            and found.actor.organisation_id == actor.organisation_id
        ):
            return kept
        secret = new_secret()
        try:
            _write_private(path, secret)
        except OSError as error:
            raise SetupError(
                f"The local development token can't be written to {path}: {error.strerror}."
                " Correct the owner or the rights of the folder."
            ) from error
        await create_local_development_token(database, actor, secret=secret)
        return secret


def forget_development_token(folder: Path) -> None:
    """Remove the file, once its token is revoked."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
    """Replace the file in one step; nobody else can read it at any moment."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
