"""Enums of the adviser."""

from api.enums import described
from domain.adviser import Challenge, GoalMaturity, Instrument, ProcessStability, Question, SharedOutcomes

__all__ = ["Challenge", "GoalMaturity", "Instrument", "ProcessStability", "Question", "SharedOutcomes"]

described(
    Challenge,
    "What an organisation finds hardest.",
    {
        "ALIGNMENT": "To move in one direction: teams pull different ways.",
        "CONSISTENCY": "To hold a level: results vary and standards slip.",
    },
)
described(
    SharedOutcomes,
    "How many outcomes need several teams: cross-functional complexity.",
    {
        "FEW": "Most teams reach their outcomes alone.",
        "SOME": "Some outcomes need several teams.",
        "MANY": "Most outcomes that matter need several teams.",
    },
)
described(
    ProcessStability,
    "How reliably core processes deliver.",
    {
        "UNSTABLE": "They fail often enough to eat the time for anything else.",
        "MIXED": "Some hold, others don't.",
        "STABLE": "They hold without much attention.",
    },
)
described(
    GoalMaturity,
    "How used people are to setting goals and looking at them.",
    {
        "NEW": "Goals are new to most.",
        "SOME": "Goals are set and now and then looked at.",
        "PRACTISED": "Goals are set, looked at, and learned from.",
    },
)
described(
    Instrument,
    "What is recommended.",
    {
        "OKR": "Objectives and key results.",
        "START_WITH_OKR": "OKRs first, KPIs as they are needed.",
        "BOTH": "Both side by side, each in its own rhythm.",
        "START_WITH_KPI": "KPIs first, OKRs where these are healthy.",
        "KPI": "KPIs.",
    },
)
described(
    Question,
    "What the adviser asks.",
    {
        "CHALLENGE": "What is the primary challenge?",
        "COMPLEXITY": "How many people are there, and how many outcomes do they share?",
        "STABILITY": "How stable are the core processes?",
        "MATURITY": "How mature is goal setting?",
    },
)
