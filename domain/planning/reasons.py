"""Why an initiative is not funded beside those that are: what the engine says, with what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.planning.problems import PosedSelection
from domain.planning.standing import Bar
from prioritisation import selection_unfunded
from prioritisation.selection_unfunded import Shortage, Unfunded


class UnfundedReason(StrEnum):
    """Why an initiative is not funded."""

    EXCLUDED = "excluded"
    VALUE_UNKNOWN = "value_unknown"
    EFFORT_UNKNOWN = "effort_unknown"
    CAPACITY_UNKNOWN = "capacity_unknown"
    PREREQUISITE_GONE = "prerequisite_gone"
    ALTERNATIVE_IN_FLIGHT = "alternative_in_flight"
    STARTS_AFTER_CYCLE = "starts_after_cycle"
    DEADLINE_UNATTAINABLE = "deadline_unattainable"
    PREREQUISITE_BARRED = "prerequisite_barred"
    ALTERNATIVE_FUNDED = "alternative_funded"
    NEVER_FITS = "never_fits"
    CATEGORY_EXHAUSTED = "category_exhausted"
    CAPACITY_EXHAUSTED = "capacity_exhausted"
    WORTH_NOTHING = "worth_nothing"
    LEFT_OUT = "left_out"


_OF_ENGINE = {
    selection_unfunded.UnfundedReason.PREREQUISITE_EXCLUDED: UnfundedReason.PREREQUISITE_BARRED,
    selection_unfunded.UnfundedReason.ALTERNATIVE_FUNDED: UnfundedReason.ALTERNATIVE_FUNDED,
    selection_unfunded.UnfundedReason.NEVER_FITS: UnfundedReason.NEVER_FITS,
    selection_unfunded.UnfundedReason.CATEGORY_EXHAUSTED: UnfundedReason.CATEGORY_EXHAUSTED,
    selection_unfunded.UnfundedReason.CAPACITY_EXHAUSTED: UnfundedReason.CAPACITY_EXHAUSTED,
    selection_unfunded.UnfundedReason.WORTH_NOTHING: UnfundedReason.WORTH_NOTHING,
    selection_unfunded.UnfundedReason.LEFT_OUT: UnfundedReason.LEFT_OUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an initiative is not funded; positions are those of the input.

    Attributes
    ----------
    reasons
        What keeps it out, whatever the capacity (what is not known, what was decided); if nothing does, the one
        thing that does.
    prerequisites
        What it needs that is not funded either.
    barred
        Those of them that can't be funded, whatever the capacity.
    rivals
        Alternatives of it, or of what it needs, that are funded.
    shortages
        Limits that it would exceed, with what it needs, beside all that is funded.
    """

    reasons: tuple[UnfundedReason, ...]
    prerequisites: tuple[int, ...]
    barred: tuple[int, ...]
    rivals: tuple[int, ...]
    shortages: tuple[Shortage, ...]


def explained(made: PosedSelection, unfunded: Unfunded) -> Explanation:
    """What the engine says about an initiative, with the names of what is not known about it."""
    own = _own(made, unfunded.item)
    return Explanation(
        reasons=own or (_OF_ENGINE[unfunded.reason],),
        prerequisites=unfunded.unfunded_prerequisites,
        barred=unfunded.excluded_prerequisites,
        rivals=unfunded.rivals,
        shortages=unfunded.shortages,
    )


def _own(made: PosedSelection, position: int) -> tuple[UnfundedReason, ...]:
    standing = made.standing
    return tuple(
        UnfundedReason(bar.value)
        for bar in standing.bars_of(position)
        if bar is Bar.EXCLUDED or not standing.forced[position]
    )


def packed(found: Sequence[Unfunded]) -> list[list[Any]]:
    """What the engine says, as JSON knows it."""
    return [
        [
            each.item,
            each.reason.value,
            each.unfunded_prerequisites,
            each.excluded_prerequisites,
            each.rivals,
            [[short.category, short.resource, short.needed, short.left] for short in each.shortages],
        ]
        for each in found
    ]


def unpacked(given: Sequence[Sequence[Any]]) -> dict[int, Unfunded]:
    """What ``packed`` was given, by position."""
    return {
        item: Unfunded(
            item=item,
            reason=selection_unfunded.UnfundedReason(reason),
            unfunded_prerequisites=tuple(prerequisites),
            excluded_prerequisites=tuple(excluded),
            rivals=tuple(rivals),
            shortages=tuple(Shortage(*short) for short in shortages),
        )
        for item, reason, prerequisites, excluded, rivals, shortages in given
    }
