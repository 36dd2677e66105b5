"""Enums of published rankings."""

from api.enums import described
from domain.enums import RankCauseKind

__all__ = ["RankCauseKind"]

described(
    RankCauseKind,
    "Why an initiative has another rank than in an earlier ranking. The later ranking is reached from the earlier one"
    " in steps, in the order of these values from LEFT to OVERRIDE, with all ranks computed anew after each; a step is"
    " an initiative's own cause only if something of its own has changed.",
    {
        "ENTERED": "It is new in the ranking.",
        "LEFT": "It is no longer in the ranking: closed, archived or in another state.",
        "OTHERS_LEFT": "Others have left the ranking.",
        "MODEL": "Another method, model, order or policy for missing values; or soft dependencies count that did not.",
        "WEIGHTS": "The model's weights.",
        "SCORE": "Its scores on criteria, which are named.",
        "COST_OF_DELAY": "Its cost of delay, or the day that it is counted from.",
        "DURATION": "Its duration.",
        "EFFORT": "The effort that it demands of teams.",
        "OUTCOME": "What it contributes to key results, or where these stand.",
        "DEPENDENCY": "Its dependencies: one of them was added, removed, or joins something that now counts.",
        "OTHERS_ENTERED": "Others have entered the ranking.",
        "OVERRIDE": "Its rank was set by hand, or is so no longer.",
        "OTHERS_CHANGED": "Nothing of its own: others have changed.",
    },
)
