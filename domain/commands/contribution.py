"""Commands about what initiatives contribute to key results."""

from uuid import UUID

from pydantic import Field

from domain.commands.base import Command, Figure, Share
from domain.commands.demand import LARGEST_LIST


class ContributionEntry(Command):
    """An expected change of a key result, in its own unit, and how sure that is."""

    key_result_id: UUID
    expected_delta: Figure
    confidence: Share


class ContributionSet(ContributionEntry):
    """One contribution of an initiative, in place of that to the same key result."""

    initiative_id: UUID


class ContributionRemove(Command):
    """One contribution of an initiative, to be removed."""

    initiative_id: UUID
    key_result_id: UUID


class ContributionsReplace(Command):
    """All contributions of an initiative, in place of those that it has."""

    initiative_id: UUID
    contributions: list[ContributionEntry] = Field(max_length=LARGEST_LIST)
