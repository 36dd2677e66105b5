"""The names of fields that columns can be mapped to. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The fields of one kind of import.

    ``families`` begin the names of fields that name something themselves, such as ``score:`` in
    ``score:reach``; ``members`` are the lists' items taken apart, such as ``team`` in ``demand.team``;
    ``companions`` mean nothing without the field that they lead to.
    """

    fields: tuple[str, ...]
    required: tuple[str, ...]
    families: tuple[str, ...] = ()
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    companions: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """The field that a text names, whatever its case and separators; None if it names none."""
        head, colon, rest = name.partition(":")
        family = f"{_folded(head)}:"
        if colon and family in self.families:
            return f"{family}{' '.join(rest.split())}" if rest.strip() else None
        plain = ".".join(_folded(part) for part in name.split("."))
        return plain if plain in self.fields or plain in self._listed() else None

    def names(self) -> str:
        """All fields, as a message lists them."""
        return ", ".join([*self.fields, *(f"{family}…" for family in self.families), *self._listed()])

    def _listed(self) -> list[str]:
        return [f"{name}.{member}" for name, members in self.members.items() for member in members]


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")
