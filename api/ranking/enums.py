"""Enums of rankings."""

from api.enums import described
from domain.ranking import OrderKind
from domain.ranking.comparison import RankReason
from domain.ranking.levers import ChangeKind, ChangeObstacle
from domain.ranking.robustness import WeightUncertainty
from prioritisation.problem import Role as TermRole
from prioritisation.result import TermState

__all__ = [
    "ChangeKind",
    "ChangeObstacle",
    "OrderKind",
    "RankReason",
    "TermRole",
    "TermState",
    "WeightUncertainty",
]

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
described(
    RankReason,
    "What puts one initiative above another.",
    {
        "SCORE": "Its greater score.",
        "TIE_BREAK": "Nothing but its id: what they are ordered by is equal.",
        "UNRANKED": "The one below can't be ranked: it has no score, and nothing that has one needs it.",
        "DEPENDENCY": "The one below has to wait for it.",
        "BLOCK": "Its block is worth more per unit of size: an enabler shares in what it unlocks, and what waits for"
        " enablers has to carry them.",
        "WITHIN_BLOCK": "Both are in one block, inside which the order delays least.",
        "SOFT_DEPENDENCY": "A soft dependency that is cheaper to honour than to break.",
        "OVERRIDE": "A rank that is set by hand.",
    },
)
described(
    ChangeKind,
    "What would have to change.",
    {
        "SCORE": "What people rate an initiative on a criterion, as the aggregate of all raters.",
        "ESTIMATE": "A figure of an initiative: duration, effort, cost of delay, a contribution.",
        "WEIGHT": "The weight of a criterion in the model.",
    },
    name="RankChangeKind",
)
described(
    ChangeObstacle,
    "Why no change of something would do it.",
    {
        "NO_EFFECT": "It moves both alike, or not at all.",
        "NO_WEIGHT": "The criterion has no weight.",
        "OUT_OF_RANGE": "Only a value beyond its scale would do it.",
        "MISSING": "Nobody has rated it; a rating would take back the weight that others carry for it.",
    },
    name="RankChangeObstacle",
)
described(
    WeightUncertainty,
    "What is drawn for the weights of a model.",
    {
        "FIXED": "The model's own weights in every sample.",
        "AROUND": "Weights around the model's, as near as `concentration` says (Dirichlet).",
        "UNIFORM": "All weights of sum 1 alike: as if nothing were known of them.",
    },
)
