"""Media types of GraphQL over HTTP: what a client sent, and what it would like to have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

ResponseType = Literal["application/graphql-response+json", "application/json"]

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One alternative of an Accept header; ``position`` is where it stands in it."""

    type: str
    subtype: str
    charset: str | None
    quality: float
    position: int

    def matches(self, media_type: str) -> bool:
        """Whether it covers a media type in UTF-8."""
        type_, subtype = media_type.split("/")
        return (
            self.type in ("*", type_)
            and self.subtype in ("*", subtype)
            and self.charset in (None, "utf-8", "utf8", "*")
        )

    @property
    def specificity(self) -> int:
        """How exactly it names what it covers."""
        return (self.type != "*") + (self.subtype != "*") + (self.charset is not None)


def media_ranges(accept: str) -> list[MediaRange]:
    """Return the alternatives of an Accept header; what is malformed counts as not there."""
    ranges: list[MediaRange] = []
    for position, alternative in enumerate(accept.split(",")):
        parsed = _parameters(alternative)
        if parsed is None:
            continue
        media_type, parameters = parsed
        type_, slash, subtype = media_type.partition("/")
        quality = parameters.get("q", "1")
        if not slash or not _TOKEN.fullmatch(type_) or not _TOKEN.fullmatch(subtype):
            continue
        if _QUALITY.fullmatch(quality) and not (type_ == "*" and subtype != "*"):
            ranges.append(MediaRange(type_, subtype, parameters.get("charset"), float(quality), position))
    return ranges


def response_type(accept: str | None) -> ResponseType | None:
    """Return the media type to answer with, or None if the client accepts neither.

    The higher quality wins, then the one that stands first. A client that accepts anything, or does not
    say, gets ``application/graphql-response+json``: the specification's grace period for clients that know
    nothing newer than ``application/json`` ended in 2025.
    """
    if accept is None or not accept.strip():
        return GRAPHQL_RESPONSE
    ranges = media_ranges(accept)
    best: tuple[float, float, ResponseType] | None = None
    offered: Sequence[ResponseType] = (GRAPHQL_RESPONSE, JSON)
    for media_type in offered:
        match = _match(ranges, media_type)
        if match is not None and match.quality > 0:
            candidate = (-match.quality, match.position, media_type)
            best = candidate if best is None or candidate[:2] < best[:2] else best
    return best[2] if best else None


def prefers_html(accept: str | None) -> bool:
    """Whether a client names ``text/html`` and would not rather have JSON: a browser's address bar."""
    ranges = media_ranges(accept or "")
    html = next((r for r in ranges if (r.type, r.subtype) == ("text", "html") and r.quality > 0), None)
    if html is None:
        return False
    others = [match for t in (JSON, GRAPHQL_RESPONSE) if (match := _match(ranges, t)) is not None]
    return all((-html.quality, html.position) < (-other.quality, other.position) for other in others)


def is_utf8_json(content_type: str | None) -> bool:
    """Whether a request's Content-Type is ``application/json`` in UTF-8, said or implied."""
    parsed = _parameters(content_type or "")
    if parsed is None:
        return False
    media_type, parameters = parsed
    return media_type == JSON and parameters.get("charset", "utf-8") in ("utf-8", "utf8")


def _match(ranges: Sequence[MediaRange], media_type: str) -> MediaRange | None:
    """Return the most specific alternative that covers a media type, the first of several."""
    matching = [r for r in ranges if r.matches(media_type)]
    return min(matching, key=lambda r: (-r.specificity, r.position), default=None)


def _parameters(value: str) -> tuple[str, dict[str, str]] | None:
    """Split ``type/subtype; name=value; …`` in lower case; None if it is not of that form."""
    media_type, *rest = value.lower().split(";")
    parameters: dict[str, str] = {}
    for parameter in rest:
        name, equals, text = parameter.strip().partition("=")
        if not name and not equals:
            continue
        if not equals or not _TOKEN.fullmatch(name):
            return None
        parameters.setdefault(name, text.strip('"'))
    return media_type.strip(), parameters
