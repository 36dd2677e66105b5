"""Enums of advice on wording."""

from api.enums import described
from domain.wording import Wording, WordingRule

__all__ = ["Wording", "WordingRule"]

described(
    Wording,
    "What a key result looks like by its wording, or by what is declared. Advice: rules read words and do not"
    " understand them.",
    {
        "OUTCOME": "A changed state of the world.",
        "ACTIVITY": "Something that is done; whether anything changes by it stays open.",
        "MAINTENANCE": "A level that is kept: that is a KPI's work.",
        "UNCLEAR": "The wording says nothing, or as much for one as for another.",
    },
)
described(
    WordingRule,
    "A rule that found something in the wording of a key result.",
    {
        "LEVEL_KEPT": "Wording that keeps a level, such as `keep` or `remains above`; for keeping.",
        "STANDING_LIMIT": "A limit for every period, such as `no more than two a month`; for keeping.",
        "FROM_TO": "A way from one figure to another; for an outcome.",
        "CHANGE_STATED": "A change without its start, such as `by 20 %` or `instead of`; for an outcome.",
        "CHANGE_VERB": "A verb of change, such as `reduce` or `rises`; for an outcome.",
        "MEASURE_COMPARED": "A figure that something is held against, such as `below 5`; for an outcome.",
        "SHARE_OF_THINGS": "A share of people or things at the beginning; for an outcome.",
        "MEASURE_NAMED": "A measure is named, such as `churn`; for an outcome.",
        "IN_TIME": "How fast or how well something is done, such as `within two days`; for an outcome.",
        "ACTIVITY_VERB": "A verb of doing at the beginning, such as `launch`; for an activity.",
        "ACTIVITY_AS_NOUN": "Doing as a noun, such as `rollout of`; for an activity.",
        "DONE": "Something is done, approved or live; for an activity.",
        "OUTPUT_COUNTED": "Output is counted, such as workshops or posts; for an activity.",
        "DELIVERABLE": "What work produces is named and nothing is measured; for an activity.",
        "NO_MEASURE": "Neither figure nor measure nor change is named; for an activity.",
        "MILESTONE": "It is reached or not, without a measure; for an activity.",
    },
)
