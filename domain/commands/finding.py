"""Commands about health findings."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.commands.base import Command, Figure, Reason
from domain.findings.names import ThresholdName


class FindingThresholdItem(Command):
    """A threshold's new value; None for its default."""

    name: ThresholdName
    value: Figure | None = None


class FindingThresholdsSet(Command):
    """Thresholds of the organisation."""

    items: Annotated[list[FindingThresholdItem], Field(min_length=1, max_length=100)]


class FindingDismissalAdd(Command):
    """A finding that is not to be shown, and why: until a day, or until its facts change."""

    finding_key: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    reason: Reason
    until_on: date | None = None


class FindingDismissalRemove(Command):
    """A dismissal to be withdrawn."""

    id: UUID
