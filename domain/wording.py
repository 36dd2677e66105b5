"""Is a key result an outcome, an activity, or a level that is to be kept? Advice from its wording, with reasons.

Rules on English wording collect evidence in points: above 0 for an outcome, below 0 for an activity, and on a
scale of their own for keeping a level, which is a KPI's work. The points were set by hand on the development
part of the labelled sentences in ``benchmarks/data``; ``benchmarks/bench_wording.py`` measures the other parts.
Nothing is refused by this: a rule reads words and does not understand them.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from domain.enums import KeyResultDirection
from domain.rows import KeyResultRow
from domain.wording_lexicon import (
    ACTIVITY_VERBS,
    CHANGE_VERBS,
    DELIVERABLES,
    KEEPING_VERBS,
    NOMINALISATIONS,
    REACHING_VERBS,
    SERVICE_VERBS,
    WEAK_ACTIVITY_VERBS,
    forms,
    participles,
)
from domain.wording_patterns import (
    DONE_STATE,
    DONE_WORDS,
    KEEPING_PHRASE,
    KEEPING_WORDS,
    LIMIT_WORDS,
    STANDING_LIMIT,
    Reading,
    change_in,
    read_title,
)


class Wording(StrEnum):
    """What a key result looks like by its words."""

    OUTCOME = "outcome"
    ACTIVITY = "activity"
    MAINTENANCE = "maintenance"
    UNCLEAR = "unclear"


class WordingRule(StrEnum):
    """A rule that found something in the wording."""

    LEVEL_KEPT = "level_kept"
    STANDING_LIMIT = "standing_limit"
    FROM_TO = "from_to"
    CHANGE_STATED = "change_stated"
    CHANGE_VERB = "change_verb"
    MEASURE_COMPARED = "measure_compared"
    SHARE_OF_THINGS = "share_of_things"
    MEASURE_NAMED = "measure_named"
    IN_TIME = "in_time"
    ACTIVITY_VERB = "activity_verb"
    ACTIVITY_AS_NOUN = "activity_as_noun"
    DONE = "done"
    OUTPUT_COUNTED = "output_counted"
    DELIVERABLE = "deliverable"
    NO_MEASURE = "no_measure"
    MILESTONE = "milestone"


class WordingSignal(NamedTuple):
    """What a rule found: the words, in lower case, and points for (above 0) or against an outcome.

    Of ``LEVEL_KEPT`` and ``STANDING_LIMIT`` the points are those for keeping a level.
    """

    rule: WordingRule
    words: str
    points: float


class WordingAdvice(NamedTuple):
    """The verdict and all that speaks for or against it, in the order of the rules."""

    verdict: Wording
    signals: tuple[WordingSignal, ...]

    @property
    def points(self) -> float:
        """Points for (above 0) or against (below 0) an outcome."""
        return sum(signal.points for signal in self.signals if signal.rule not in KEEPING_RULES)

    @property
    def points_for_keeping(self) -> float:
        """Points for keeping a level, 0 or more."""
        return sum(signal.points for signal in self.signals if signal.rule in KEEPING_RULES)


KEEPING_RULES = frozenset({WordingRule.LEVEL_KEPT, WordingRule.STANDING_LIMIT})

_KEPT_FROM = 2.0
_MORE_OUTPUT = 6.0
_CHANGE_FORMS = forms(CHANGE_VERBS).keys()
_CHANGE_OR_REACHING = _CHANGE_FORMS | forms(REACHING_VERBS).keys()
_CHANGE_OR_KEEPING = _CHANGE_FORMS | forms(KEEPING_VERBS).keys()
_SOMETIMES = WEAK_ACTIVITY_VERBS | CHANGE_VERBS | REACHING_VERBS
_ALWAYS_ACTIVITY = ACTIVITY_VERBS - WEAK_ACTIVITY_VERBS
_ACTIVITY_PARTICIPLES = participles(_ALWAYS_ACTIVITY | {"resolve", "hold", "pay", "do"}).keys()
_SERVICE_PARTICIPLES = participles(SERVICE_VERBS).keys()
_MORE_OF_IT = forms(
    ["increase", "raise", "grow", "rise", "double", "triple", "boost", "lift", "expand"]
).keys()
_LINKING = frozenset(["is", "are", "been", "be", "have", "has", "were", "was"])
_JOINING = frozenset(["in", "to", "by", "at", "on", "with", "and", "for", "before", "until", "across"])


def assess_key_result(key_result: KeyResultRow) -> WordingAdvice:
    """What a key result looks like by its title, with what is stated beside it."""
    milestone = key_result.direction is KeyResultDirection.MILESTONE
    stated = key_result.start_value is not None and key_result.target_value is not None
    return assess_wording(key_result.title, milestone=milestone, measured=stated and not milestone)


@lru_cache(maxsize=100_000)
def assess_wording(title: str, *, milestone: bool = False, measured: bool = False) -> WordingAdvice:
    """What a key result looks like by its wording.

    Parameters
    ----------
    title
        The key result's title, in English.
    milestone
        Whether it is reached or not, without a measure: half a point for an activity.
    measured
        Whether start and target values are stated beside the title. That the title states none, names something
        that work produces or begins with output then says nothing: it may be the name of a measure.

    Returns
    -------
    WordingAdvice
        ``UNCLEAR`` when nothing was found, or as much on either side.
    """
    reading = read_title(title)
    signals = tuple(signal for rule in _RULES for signal in rule(reading))
    if milestone or measured:
        signals = tuple(signal for signal in signals if signal.rule is not WordingRule.NO_MEASURE)
    if measured:
        signals = tuple(signal for signal in signals if not _of_measure_name(signal))
    if milestone:
        signals += (WordingSignal(WordingRule.MILESTONE, "", -0.5),)
    advice = WordingAdvice(Wording.UNCLEAR, signals)
    moves = reading.from_to is not None or reading.change in ("up from", "down from")
    if advice.points_for_keeping >= _KEPT_FROM and not moves:
        return advice._replace(verdict=Wording.MAINTENANCE)
    if advice.points == 0:
        return advice
    return advice._replace(verdict=Wording.OUTCOME if advice.points > 0 else Wording.ACTIVITY)


def _of_measure_name(signal: WordingSignal) -> bool:
    weak_output = signal.rule is WordingRule.OUTPUT_COUNTED and signal.points > -_MORE_OUTPUT
    return weak_output or signal.rule is WordingRule.DELIVERABLE


def _level_kept(reading: Reading) -> Iterator[WordingSignal]:
    if reading.is_verb(KEEPING_VERBS) and reading.output is None:
        yield WordingSignal(WordingRule.LEVEL_KEPT, reading.first, 2.0)
    elif reading.so_that is None:
        match = None if KEEPING_WORDS.isdisjoint(reading.words) else KEEPING_PHRASE.search(reading.text)
        if match is not None:
            yield WordingSignal(WordingRule.LEVEL_KEPT, match.group().strip(), 2.0)
            return
        staying = [word for word in reading.words[1:] if word in ("stay", "stays", "remain", "remains")]
        if staying:
            yield WordingSignal(WordingRule.LEVEL_KEPT, staying[0], 1.0)


def _standing_limit(reading: Reading) -> Iterator[WordingSignal]:
    match = STANDING_LIMIT.search(reading.text) if reading.first in LIMIT_WORDS else None
    if match is not None:
        yield WordingSignal(WordingRule.STANDING_LIMIT, match.group(), 2.0)


def _figures(reading: Reading) -> Iterator[WordingSignal]:
    if reading.from_to is not None:
        yield WordingSignal(WordingRule.FROM_TO, reading.from_to, 2.5)
    if reading.change is not None:
        yield WordingSignal(WordingRule.CHANGE_STATED, reading.change, 1.5)
    if reading.share is not None:
        yield WordingSignal(WordingRule.SHARE_OF_THINGS, reading.share, 1.5)
    # "roll out to 14 branches" compares nothing
    if reading.compared is not None and not (
        reading.compared.startswith("to ") and reading.is_verb(ACTIVITY_VERBS)
    ):
        yield WordingSignal(WordingRule.MEASURE_COMPARED, reading.compared, 1.0)


def _measures(reading: Reading) -> Iterator[WordingSignal]:
    if reading.is_verb(_ALWAYS_ACTIVITY):
        return
    if reading.measure is not None:
        yield WordingSignal(WordingRule.MEASURE_NAMED, reading.measure, 0.5)
    if reading.in_time is not None:
        yield WordingSignal(WordingRule.IN_TIME, reading.in_time, 1.0)


def _change_verb(reading: Reading) -> Iterator[WordingSignal]:
    if reading.is_verb(CHANGE_VERBS | REACHING_VERBS):
        if reading.first not in WEAK_ACTIVITY_VERBS or reading.is_measured:
            counted = reading.has_number or reading.is_measured
            yield WordingSignal(WordingRule.CHANGE_VERB, reading.first, 2.0 if counted else 1.0)
        elif reading.first in ("bring", "turn", "get") and reading.has_number:
            yield WordingSignal(WordingRule.CHANGE_VERB, reading.first, 1.0)
    else:
        changing = next((word for word in reading.words[1:] if word in _CHANGE_OR_REACHING), None)
        if changing is not None:
            yield WordingSignal(WordingRule.CHANGE_VERB, changing, 1.0)


def _activity_verb(reading: Reading) -> Iterator[WordingSignal]:
    if not reading.is_verb(ACTIVITY_VERBS):
        return
    if reading.first in _SOMETIMES:
        if reading.output is not None or not (reading.has_number or reading.is_measured):
            yield WordingSignal(WordingRule.ACTIVITY_VERB, reading.first, -2.0)
        return
    purpose = "" if reading.so_that is None else reading.text[reading.so_that :]
    measured = purpose and (reading.from_to is not None or change_in(purpose) is not None)
    yield WordingSignal(WordingRule.ACTIVITY_VERB, reading.first, -1.5 if measured else -3.0)


def _activity_as_noun(reading: Reading) -> Iterator[WordingSignal]:
    if reading.first in NOMINALISATIONS and reading.words[1:2] in (("of",), ("for",)):
        yield WordingSignal(WordingRule.ACTIVITY_AS_NOUN, " ".join(reading.words[:2]), -3.0)
    elif len(reading.words) > 1 and _CHANGE_FORMS.isdisjoint(reading.words):
        noun = next((word for word in reading.words if word in NOMINALISATIONS), None)
        if noun is not None:
            yield WordingSignal(WordingRule.ACTIVITY_AS_NOUN, noun, -0.5)


def _done(reading: Reading) -> Iterator[WordingSignal]:
    words = reading.words
    service = reading.in_time is not None or reading.share is not None
    for at, word in enumerate(words[1:], start=1):
        if word not in _ACTIVITY_PARTICIPLES or (service and word in _SERVICE_PARTICIPLES):
            continue
        linked = words[at - 1] in _LINKING
        if linked or at == len(words) - 1 or words[at + 1] in _JOINING:
            found = f"{words[at - 1]} {word}" if linked else word
            yield WordingSignal(WordingRule.DONE, found, -3.0)
            return
    match = None if DONE_WORDS.isdisjoint(words) else DONE_STATE.search(reading.text)
    if match is not None and not reading.is_verb(CHANGE_VERBS):
        yield WordingSignal(WordingRule.DONE, match.group().strip(), -2.0)


def _output_counted(reading: Reading) -> Iterator[WordingSignal]:
    output = reading.output
    if output is None or reading.in_time is not None or reading.share is not None:
        return
    if not _MORE_OF_IT.isdisjoint(reading.words):
        yield WordingSignal(WordingRule.OUTPUT_COUNTED, output, -_MORE_OUTPUT)
    elif _CHANGE_FORMS.isdisjoint(reading.words):
        yield WordingSignal(WordingRule.OUTPUT_COUNTED, output, -1.5)


def _deliverable(reading: Reading) -> Iterator[WordingSignal]:
    if reading.is_compared or reading.share is not None or reading.in_time is not None:
        return
    named = next((word for word in reading.words if word in DELIVERABLES), None)
    if named is not None:
        yield WordingSignal(WordingRule.DELIVERABLE, named, -1.5)


def _no_measure(reading: Reading) -> Iterator[WordingSignal]:
    if not reading.words or reading.has_number or reading.is_measured:
        return
    if _CHANGE_OR_KEEPING.isdisjoint(reading.words):
        yield WordingSignal(WordingRule.NO_MEASURE, "", -1.0)


_RULES: tuple[Callable[[Reading], Iterator[WordingSignal]], ...] = (
    _level_kept,
    _standing_limit,
    _figures,
    _measures,
    _change_verb,
    _activity_verb,
    _activity_as_noun,
    _done,
    _output_counted,
    _deliverable,
    _no_measure,
)
