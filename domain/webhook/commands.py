"""Commands about webhooks."""

from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from domain.commands.base import Command, Name, UpdateCommand


def _an_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not an address such as https://example.org/hook") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("must begin with https:// or http://, and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a name or a password: go by the signature instead")
    if parts.fragment or any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise ValueError("must hold neither spaces nor characters beyond ASCII, nor a part after #")
    return url


Address = Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_an_address)]
Part = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,63}$")]
Parts = Annotated[list[Part], Field(max_length=50)]


class WebhookCreate(Command):
    """A new webhook; no ``parts`` means all."""

    id: UUID | None = None
    name: Name
    url: Address
    parts: Parts = Field(default_factory=list)


class WebhookUpdate(UpdateCommand):
    """Changes to a webhook; one that is no longer paused hears of what happens from then on."""

    name: Name = Field(default="")
    url: Address = Field(default="")
    parts: Parts = Field(default_factory=list)
    paused: bool = False


class WebhookSecretReplace(Command):
    """A new secret in place of the old one, at once."""

    id: UUID
