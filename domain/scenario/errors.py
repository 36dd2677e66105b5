"""Errors about scenarios that a user can cause and act upon."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from domain.errors import Conflict, DomainError


class Refusal(StrEnum):
    """Why an effect can't be applied to the base."""

    INITIATIVE_GONE = "initiative_gone"
    TEAM_NOT_PLANNED = "team_not_planned"
    CATEGORY_GONE = "category_gone"
    KEY_RESULT_NOT_PLANNED = "key_result_not_planned"
    SHARES_OVER_WHOLE = "shares_over_whole"
    SHARE_UNKNOWN = "share_unknown"
    CAPACITY_UNKNOWN = "capacity_unknown"
    CAPACITY_NEGATIVE = "capacity_negative"
    OUTSIDE_CYCLE = "outside_cycle"
    DATES_IN_DISORDER = "dates_in_disorder"
    ESTIMATES_IN_DISORDER = "estimates_in_disorder"
    MANDATORY_AND_FORCED_OUT = "mandatory_and_forced_out"
    FORCED_IN_AND_OUT = "forced_in_and_out"
    CURRENCY_DIFFERS = "currency_differs"
    PROFILE_INCOMPLETE = "profile_incomplete"
    WEIGHTS_WITHOUT_MEANING = "weights_without_meaning"
    CRITERION_NOT_IN_MODEL = "criterion_not_in_model"
    NO_WEIGHT_LEFT = "no_weight_left"
    MODEL_NOT_APPLICABLE = "model_not_applicable"


class EffectRefused(DomainError):
    """An effect can't be applied; ``index`` counts the scenario's effects from 0."""

    code = "EFFECT_REFUSED"

    def __init__(
        self, message: str, *, reason: Refusal, index: int, path: Sequence[str | int] | None = None
    ) -> None:
        super().__init__(message, path=("effects", index) if path is None else path)
        self.reason = reason
        self.index = index


class MovedKind(StrEnum):
    """What of a base is no longer the same."""

    INITIATIVE_ENTERED = "initiative_entered"
    INITIATIVE_LEFT = "initiative_left"
    INITIATIVE_CHANGED = "initiative_changed"
    CAPACITY = "capacity"
    ALLOCATION = "allocation"
    DEPENDENCIES = "dependencies"
    KEY_RESULT = "key_result"
    SCORING = "scoring"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that is no longer as in the base: ``name`` is whose, ``what`` names the figures.

    ``subjects`` are the ids of what it is about, where it has one.
    """

    kind: MovedKind
    name: str
    what: str
    subjects: tuple[UUID, ...] = field(default=(), compare=False)


class BaseMovedOn(Conflict):
    """What a scenario started from is no longer the same."""

    code = "BASE_MOVED_ON"

    def __init__(self, message: str, *, moved: Sequence[Moved], path: Sequence[str | int] = ()) -> None:
        super().__init__(message, path=path)
        self.moved = tuple(moved)


class AlreadyDecided(Conflict):
    """A scenario was approved or rejected before."""

    code = "ALREADY_DECIDED"


class NotComparable(DomainError):
    """Scenarios that can't be set side by side."""

    code = "NOT_COMPARABLE"
