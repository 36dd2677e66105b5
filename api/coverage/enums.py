"""Enums of coverage."""

from api.enums import described
from domain.objective_coverage import ContributionStanding, CoverageReason, CoverageVerdict

__all__ = ["ContributionStanding", "CoverageReason", "CoverageVerdict"]

described(
    CoverageVerdict,
    "Whether what initiatives are expected to bring is enough.",
    {
        "YES": "It is, as far as anybody expects.",
        "NO": "It is not.",
        "UNKNOWN": "Nobody can say: a value is missing, or there is nothing to measure.",
    },
)
described(
    CoverageReason,
    "Why it is enough, or not.",
    {
        "MET": "Yes: the target is reached, and nothing is to go.",
        "COVERED": "Yes: what is approved, active or paused covers the gap, each delta times its confidence.",
        "RELIES_ON_UNDECIDED": "Yes, but only with initiatives that are not approved yet.",
        "ONLY_AT_FULL_CONFIDENCE": "No: it would be if everything came as expected, but not by confidence.",
        "FALLS_SHORT": "No: even if everything came as expected, something of the gap remained.",
        "NO_INITIATIVE": "No: nothing contributes that counts.",
        "VALUES_MISSING": "Unknown: start, target or current value is missing.",
        "NO_KEY_RESULT": "Unknown: the objective has no key result in use.",
    },
)
described(
    ContributionStanding,
    "Whether a contribution counts in the coverage, and if not, why.",
    {
        "COUNTS": "It counts.",
        "COMPLETED": "It does not: the initiative is completed, and what it brought is in the current value.",
        "STOPPED": "It does not: the initiative is stopped.",
        "ARCHIVED": "It does not: the initiative is archived.",
        "TOO_LATE": "It does not: the initiative begins after the key result is due.",
    },
)
