"""Enums of rankings."""

from api.enums import described
from domain.ranking import OrderKind
from prioritisation.problem import Role as TermRole
from prioritisation.result import TermState

__all__ = ["OrderKind", "TermRole", "TermState"]

described(
    OrderKind,
    "How initiatives are put in order.",
    {
        "DEPENDENCY_AWARE": "No initiative before what it needs; an enabler inherits the worth of what it"
        " unlocks (Sidney's decomposition of 1|prec|Σ wC).",
        "SCORE": "By score alone; an initiative may rank before what it needs.",
    },
    name="RankingOrder",
)
described(
    TermRole,
    "What a term is in its score = (Σ addends) · (Π factors) / (Π denominators).",
    {
        "ADDEND": "It is added.",
        "FACTOR": "The sum is multiplied by it.",
        "DENOMINATOR": "The product is divided by it.",
    },
    name="TermRole",
)
described(
    TermState,
    "Where the value of a term comes from, or why there is none.",
    {
        "GIVEN": "Rated or measured.",
        "ASSUMED_WORST": "Missing; the worst end of the scale stands for it.",
        "LEFT_OUT": "Missing; the other terms carry its weight.",
        "MISSING": "Missing; therefore there is no score.",
        "UNDEFINED": "Zero, and the score would be divided by it; therefore there is no score.",
        "UNUSED": "The model gives the criterion no weight.",
        "DERIVED": "Follows from the model: the total weight of a mean, or what makes good for missing terms.",
    },
)
