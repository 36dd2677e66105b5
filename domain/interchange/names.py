"""From names in a file to what is stored under them, or is going to be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from domain.interchange.stored import KeyResultAim, Named
from domain.interchange.values import CellError, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The teams, categories or members of an organisation by lower-case name.

    ``hint`` says how to get a missing one; ``creates`` whether a name may also stand for a new one. New ones
    count only once ``use`` has been called with them.
    """

    noun: str
    known: Mapping[str, Named]
    hint: str
    creates: bool = False
    drafts: dict[str, Named] = field(default_factory=dict)
    used: dict[UUID, Named] = field(default_factory=dict)

    def find(self, name: str, *, already: UUID | None = None) -> UUID:
        """The id under a name; ``already`` is the one that stands there now, which may be archived.

        Raises
        ------
        CellError
            When there is none, or it is archived.
        """
        found = self.known.get(name.lower())
        if found is None and self.creates:
            found = self.drafts.setdefault(name.lower(), Named(uuid4(), name, None))
        if found is None:
            raise CellError(f"there is no {self.noun} {shown(name)}; {self.hint}")
        if found.archived_at is not None and found.id != already:
            raise CellError(f"the {self.noun} {shown(name)} is archived; take it back into use first")
        return found.id

    def use(self, ids: set[UUID]) -> None:
        """Note that a line which is going to be written refers to these."""
        self.used.update((draft.id, draft) for draft in self.drafts.values() if draft.id in ids)


def find_key_result(
    key_results: Mapping[str, list[KeyResultAim]], name: str, *, already: Mapping[UUID, object]
) -> KeyResultAim:
    """The key result of a title, of ``objective > title``, or of an id; see ``by_name``.

    Raises
    ------
    CellError
        When there is none or more than one, or it is archived and not among those ``already`` there.
    """
    found = known_as(key_results, name)
    if len(found) > 1:
        in_use = [aim for aim in found if aim.archived_at is None]
        found = in_use if len(in_use) == 1 else found
    if not found:
        raise CellError(f"there is no key result {shown(name)}; create it first")
    if len(found) > 1:
        choices = ", ".join(sorted(f"“{aim.objective} > {aim.title}”" for aim in found)[:5])
        raise CellError(f"{shown(name)} is the title of several key results; name one of {choices}")
    if found[0].archived_at is not None and found[0].id not in already:
        raise CellError(f"the key result {shown(name)} is archived; take it back into use first")
    return found[0]


def known_as(key_results: Mapping[str, list[KeyResultAim]], name: str) -> list[KeyResultAim]:
    """All key results of a name."""
    return key_results.get(_folded(name), [])


def by_name(key_results: tuple[KeyResultAim, ...]) -> dict[str, list[KeyResultAim]]:
    """Key results by all the names that a file can give them."""
    named: dict[str, list[KeyResultAim]] = {}
    for aim in key_results:
        for name in (str(aim.id), aim.title, f"{aim.objective} > {aim.title}"):
            named.setdefault(_folded(name), []).append(aim)
    return named


def _folded(name: str) -> str:
    return " ".join(name.split()).lower()
