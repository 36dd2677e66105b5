"""Enums of scenarios."""

from api.enums import described
from domain.scenario.commands import Approving
from domain.scenario.errors import MovedKind, Refusal
from domain.scenario.outcomes import Fate, WhyKind
from domain.scenario.vocabulary import (
    EffectKind,
    Proof,
    RunPhase,
    RunState,
    ScenarioState,
    ScenarioVisibility,
)
from prioritisation.allocation_limits import AllocationMode

__all__ = [
    "AllocationMode",
    "Approving",
    "EffectKind",
    "Fate",
    "MovedKind",
    "Proof",
    "Refusal",
    "RunPhase",
    "RunState",
    "ScenarioState",
    "ScenarioVisibility",
    "WhyKind",
]

described(
    ScenarioVisibility,
    "Who sees a scenario.",
    {"PRIVATE": "Its owner alone.", "SHARED": "Everybody in the organisation."},
)
described(
    ScenarioState,
    "Whether a scenario can still be changed.",
    {
        "DRAFT": "Its owner and administrators can change it.",
        "APPROVED": "A board goes by it: its effects are written. Final.",
        "REJECTED": "A board does not go by it. Final.",
    },
)
described(
    RunState,
    "Where a solve is.",
    {
        "QUEUED": "It waits for a worker.",
        "RUNNING": "A worker is at it.",
        "SUCCEEDED": "Its result is there. Final.",
        "FAILED": "It ended without a result; `failure` says why. Final.",
        "CANCELLED": "Somebody has ended it. Final.",
    },
    name="ScenarioRunState",
)
described(
    RunPhase,
    "What a solve is at, in this order. The base comes first, unless its result is known already.",
    {
        "WAITING": "Nothing yet.",
        "BASE_SELECTION": "What to fund, in the base.",
        "BASE_SCHEDULE": "When it runs, in the base.",
        "BASE_ROBUSTNESS": "How likely the plan of the base holds.",
        "SELECTION": "What to fund, in the scenario.",
        "SCHEDULE": "When it runs, in the scenario.",
        "ROBUSTNESS": "How likely the plan of the scenario holds.",
        "DONE": "All of it.",
    },
    name="ScenarioRunPhase",
)
described(
    EffectKind,
    "What an effect changes.",
    {
        "SHARE": "The share or the mode of an allocation category.",
        "TEAM_CAPACITY": "The capacity of a team, in figures.",
        "HIRE": "People who join a team.",
        "LEAVER": "People who leave a team.",
        "SCORING": "What initiatives are valued by.",
        "FORCE": "Whether an initiative is funded, whatever it is worth.",
        "DATES": "The earliest start or the deadline of an initiative.",
        "DURATION": "The duration of an initiative.",
        "DEMAND": "What an initiative needs of a team.",
        "COST_OF_DELAY": "What delaying an initiative costs.",
        "KEY_RESULT_WEIGHT": "How much a key result counts.",
    },
    name="ScenarioEffectKind",
)
described(
    Refusal,
    "Why an effect can't be applied to the base.",
    {
        "INITIATIVE_GONE": "The base does not plan the initiative.",
        "TEAM_NOT_PLANNED": "Nothing in the base demands work of the team, or of its skill.",
        "CATEGORY_GONE": "The base has no such category.",
        "KEY_RESULT_NOT_PLANNED": "Nothing in the base contributes to the key result.",
        "SHARES_OVER_WHOLE": "The shares of a team add up to more than 100 %.",
        "SHARE_UNKNOWN": "A mode is given for a category without a share.",
        "CAPACITY_UNKNOWN": "Nobody has stated the capacity that is to be added to.",
        "CAPACITY_NEGATIVE": "More capacity is taken away than there is.",
        "OUTSIDE_CYCLE": "The days lie outside what is left of the cycle.",
        "DATES_IN_DISORDER": "The later day comes before the earlier one.",
        "ESTIMATES_IN_DISORDER": "Low, likely and high are not in order.",
        "MANDATORY_AND_FORCED_OUT": "The initiative has to be done.",
        "FORCED_IN_AND_OUT": "Two effects contradict each other.",
        "CURRENCY_DIFFERS": "The amount is in another currency than the plan.",
        "PROFILE_INCOMPLETE": "The urgency profile lacks a parameter, or is given one that means nothing to it.",
        "WEIGHTS_WITHOUT_MEANING": "What the scenario values by has no such weights.",
        "CRITERION_NOT_IN_MODEL": "The model has no such criterion.",
        "NO_WEIGHT_LEFT": "All weights are 0.",
        "MODEL_NOT_APPLICABLE": "The portfolio can't be scored by it.",
    },
    name="ScenarioEffectRefusal",
)
described(
    MovedKind,
    "What of a base is no longer how things are.",
    {
        "INITIATIVE_ENTERED": "An initiative is new, or open again.",
        "INITIATIVE_LEFT": "An initiative is completed, stopped or archived.",
        "INITIATIVE_CHANGED": "Figures of an initiative.",
        "CAPACITY": "The capacity of a team.",
        "ALLOCATION": "The share or mode of a category.",
        "DEPENDENCIES": "A dependency.",
        "KEY_RESULT": "A key result's figures.",
        "SCORING": "The scoring model.",
        "SETTINGS": "The cycle or the currency.",
    },
    name="ScenarioBaseMoveKind",
)
described(
    Approving,
    "Which of the funded initiatives an approval moves to APPROVED.",
    {
        "ALL_FUNDED": "All that are funded and EVALUATED.",
        "NAMED": "Those that are named.",
        "NONE": "None; they keep their states.",
    },
    name="ScenarioApproving",
)
described(
    AllocationMode,
    "How strictly an allocation category keeps to its share of a team's capacity.",
    {
        "RING_FENCED": "Nobody else may use it, and the category may use no more.",
        "FLOOR": "Nobody else may use it; the category may use more where there is more.",
        "CAP": "The category may use no more; others may use what it leaves.",
    },
)
described(
    Proof,
    "What is proven about a plan.",
    {
        "OPTIMAL": "No plan is better.",
        "FEASIBLE": "It keeps all limits, and the gap says how much better another could be at most.",
        "HEURISTIC": "It keeps all limits; how good it is, is not proven.",
    },
    name="ScenarioProof",
)
described(
    Fate,
    "What becomes of an initiative in a scenario, against its base.",
    {
        "FUNDED": "It is funded, and was not.",
        "UNFUNDED": "It is not funded, and was.",
        "EARLIER": "It finishes earlier, or within the cycle.",
        "LATER": "It finishes later, or after the cycle.",
        "ENTERED": "The base does not have it.",
        "LEFT": "Only the base has it.",
    },
    name="ScenarioFate",
)
described(
    WhyKind,
    "Why something becomes of an initiative in a scenario.",
    {
        "OWN_EFFECT": "An effect on the initiative itself.",
        "CAPACITY_EFFECT": "An effect on the capacity of a team that it needs.",
        "SHARE_EFFECT": "An effect on how the capacity of a team that it needs is split.",
        "SCORING_EFFECT": "An effect on what it is worth.",
        "CAPACITY_FREED": "Others that are not funded any more leave it capacity.",
        "CAPACITY_TAKEN": "Others that are funded now take the capacity.",
        "PREREQUISITE": "What it needs is funded now, or is so no longer.",
        "RIVAL": "An alternative of it is funded now.",
        "ORDER": "Nothing of its own: others come before it, or behind it.",
    },
    name="ScenarioWhyKind",
)
