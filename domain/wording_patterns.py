"""What is read out of a key result's title once: its words, numbers, comparisons and changes."""

import re
from dataclasses import dataclass

from domain.wording_lexicon import (
    ACTIVITY_VERBS,
    CHANGE_VERBS,
    COMPOUNDING,
    COUNTED_OUTPUT,
    KEEPING_VERBS,
    MEASURES,
    NUMBER_WORDS,
    REACHING_VERBS,
)

_NUMBER = (
    r"(?:[<>≥≤]?\s?[€$£]?\s?\d[\d.,]{0,20}(?:\s?(?:%|percent|pp|k|m|bn|x))?"
    rf"|\b(?:{'|'.join(sorted(NUMBER_WORDS))})\b)"
)
_PERIOD = r"(?:day|night|shift|week|month|quarter|year|sprint)"
_KNOWN_VERBS = ACTIVITY_VERBS | CHANGE_VERBS | REACHING_VERBS | KEEPING_VERBS


def _any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


_WORD = re.compile(r"\d[\d.,]*|[^\W\d_]+(?:[-'’][^\W\d_]+)*|%")
_LEAD = re.compile(
    r"^(?:(?:by|until|in|during|through|within|before|with|at)\b[^,]*,\s*"
    r"|we\s+(?:will|want to|shall|aim to)?\s*|our team\s+(?:will)?\s*|to\s+|successfully\s+|finally\s+|please\s+"
    r"|(?:kr|key result)?\s*\d*\s*[:.)]\s*)+",
    re.IGNORECASE,
)
_COMPARED = _any_of(
    r"(?:less than|fewer than|more than|under|below|above|over|at least|at most|up to|exceed(?:s|ing)?|within"
    rf"|reach(?:es|ed)?|average of|minimum of|maximum of|to)\s+(?:an?\s+)?{_NUMBER}",
    rf"{_NUMBER}[^,;]{{0,20}}\bor (?:better|more|less|lower|higher|fewer)\b",
    rf"{_NUMBER}\s+out of\s+{_NUMBER}",
    r"[<>≥≤]\s?\d",
)
_FROM_TO = _any_of(
    rf"\bfrom\b[^;]{{0,30}}?{_NUMBER}[^;]{{0,40}}?\bto\b[^;]{{0,20}}?{_NUMBER}",
    rf":\s*{_NUMBER}\s*(?:->|→|to)\s*{_NUMBER}",
    rf"{_NUMBER}\s*(?:->|→)\s*{_NUMBER}",
)
_CHANGE = _any_of(
    r"\b(?:up|down) from\b",
    r"\bdown to\b",
    r"\binstead of\b",
    r"\bcompared (?:with|to)\b",
    r"\bthan (?:last|the previous|a) year\b",
    r"\b(?:twice|two times) as\b",
    rf"\bby (?:an? )?(?:another )?{_NUMBER}(?:\s*(?:percent|percentage points?|points?|per cent))?",
    rf"\b{_NUMBER}\s+(?:percentage\s+)?points\b",
    rf"{_NUMBER}\s+(?:\w+\s+)?(?:more|less|fewer)\b(?! than)",
)
_DATE_AFTER_BY = re.compile(
    r"\bby (?:(?:the )?(?:end|start|middle) |q[1-4]|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|spring|summer|autumn|winter|\d{4}\b|\d{1,2}[./])"
)
_SHARE = re.compile(
    rf"(?:at least |more than |over |up to |about )?(?:an? )?(?:{_NUMBER}\s*){{1,2}}(?:percent |per cent )?"
    r"(?:of|in)\s"
)
_IN_TIME = re.compile(r"\b(?:within|in (?:under|less than)|on time|same day|by the next day|without)\b")
_SO_THAT = re.compile(r"\b(?:so that|such that|so as to|in order to|resulting in|which|leading to)\b")

# words without one of which the pattern can't match: looking for them first is several times as fast
_PURPOSE = frozenset(["so", "such", "order", "resulting", "which", "leading"])
_CHANGING = frozenset(["up", "down", "instead", "compared", "than", "twice", "times", "by", "points"])
_TIMELY = frozenset(["within", "in", "on", "same", "by", "without"])
DONE_WORDS = frozenset(["live", "ready", "place", "production", "running", "available", "operational"])
KEEPING_WORDS = frozenset(
    [
        *(
            "continue",
            "continues",
            "keep",
            "keeps",
            "not",
            "never",
            "all",
            "throughout",
            "year-round",
            "current",
        ),
        *("as", "at", "stay", "stays", "remain", "remains"),
    ]
)
LIMIT_WORDS = frozenset(["no", "not", "at", "zero", "never"])

DONE_STATE = re.compile(
    r"\b(?:is|are|goes|go|has gone|have gone)?\s*"
    r"(?:live|ready|in place|in production|up and running|available|operational)"
    r"(?=\s*(?:$|[.,;]|at|in|on|by|for|across|before|to)\b|\s*$)"
)
KEEPING_PHRASE = _any_of(
    r"\bcontinues? to\b",
    r"\bkeeps? \w+ing\b",
    r"\b(?:do|does|must|shall|will) not (?:exceed|rise|fall|drop|increase|decrease|sink)\b",
    r"\b(?:do|must) not let\b",
    r"\bnever (?:falls?|drops?|exceeds?|rises?|sinks?|goes|go)\b",
    r"\bnever (?:is )?(?:below|above|under|over|more|less|longer)\b",
    r"\b(?:at all times|throughout the (?:year|quarter|cycle)|year-round)\b",
    r"\b(?:current level|as today|at (?:its|the) (?:present|current|same) )",
    r"\b(?:stays?|remains?) (?:at|above|below|under|over|within|between|on|in|stable|constant|flat|unchanged"
    r"|the same)\b",
    r"\bnot (?:exceeding|falling below)",
)
STANDING_LIMIT = re.compile(
    r"^(?:no more than|not more than|at most|no|zero|never more than)\b.*\b(?:per|each|every|an?)\s+"
    rf"{_PERIOD}\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A title in lower case without its lead-in, and what it states; None for what it doesn't.

    ``from_to`` is a way from one figure to another, ``change`` a change otherwise, ``compared`` a figure that
    something is held against, ``share`` a share of people or things at the beginning, ``in_time`` how fast,
    ``so_that`` the place where a purpose begins.
    """

    text: str
    words: tuple[str, ...]
    from_to: str | None
    change: str | None
    compared: str | None
    share: str | None
    in_time: str | None
    so_that: int | None
    measure: str | None
    has_number: bool

    @property
    def first(self) -> str:
        """The first word."""
        return self.words[0] if self.words else ""

    @property
    def is_compared(self) -> bool:
        """Whether a figure is stated that it can be measured by."""
        return self.from_to is not None or self.change is not None or self.compared is not None

    @property
    def is_measured(self) -> bool:
        """Whether a measure is stated, by a figure or a name."""
        return self.is_compared or self.measure is not None

    def is_verb(self, known: frozenset[str]) -> bool:
        """Whether it begins with one of these verbs, and not with a noun such as ``test coverage``."""
        following = self.words[1] if len(self.words) > 1 else ""
        noun = following == "of" or (self.first in ACTIVITY_VERBS and following in COMPOUNDING)
        return self.first in known and not noun

    @property
    def output(self) -> str | None:
        """The output that is counted, if the first noun of a measure, after its qualifiers, is one."""
        rest = self.words[1:] if self.first in _KNOWN_VERBS else self.words
        for before, word in zip(("", *rest), rest[:5], strict=False):
            if word in COUNTED_OUTPUT or (before in ("a", "an", "another") and f"{word}s" in COUNTED_OUTPUT):
                return word
            if word in MEASURES or word in ("without", "that", "who", "where"):
                return None
        return None


def read_title(title: str) -> Reading:
    """What a title states."""
    text = " ".join(title.lower().split())
    text = _LEAD.sub("", text) or text
    words = tuple(_WORD.findall(text))
    has_number = any(word[0].isdigit() or word in NUMBER_WORDS for word in words)
    said = frozenset(words)
    so_that = None if said.isdisjoint(_PURPOSE) else _SO_THAT.search(text)
    share = _SHARE.match(text) if has_number else None
    moves = has_number and ("from" in said or "→" in text or "->" in text or ":" in text)
    return Reading(
        text=text,
        words=words,
        from_to=_found(_FROM_TO, text) if moves else None,
        change=change_in(text) if has_number or not said.isdisjoint(_CHANGING) else None,
        compared=_found(_COMPARED, text) if has_number else None,
        share=None if share is None else share.group().strip(),
        in_time=None if said.isdisjoint(_TIMELY) else _found(_IN_TIME, text),
        so_that=None if so_that is None else so_that.end(),
        measure=next((word for word in words if word in MEASURES), None),
        has_number=has_number,
    )


def change_in(text: str) -> str | None:
    """The first change that a text in lower case states, other than by a date."""
    for match in _CHANGE.finditer(text):
        if _DATE_AFTER_BY.match(text, match.start()) is None:
            return match.group()
    return None


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return None if match is None else match.group().strip()
