"""Which instrument, when: four questions lead to OKRs, KPIs or both, with the points of each answer.

The points are a rule of thumb that is laid open, not a measurement: each answer gives 0 to 3 points to either
instrument, and the difference of the sums decides. Nothing is stored.
"""

from enum import StrEnum
from typing import NamedTuple

from domain.errors import InvalidInput

MANY_PEOPLE = 200
"""From so many people on, alignment needs more than shared outcomes."""

MOST_PEOPLE = 10_000_000

_CLEAR = 4
_LEANING = 2


class Challenge(StrEnum):
    """What the organisation finds hardest."""

    ALIGNMENT = "alignment"
    CONSISTENCY = "consistency"


class SharedOutcomes(StrEnum):
    """How many outcomes need several teams: cross-functional complexity."""

    FEW = "few"
    SOME = "some"
    MANY = "many"


class ProcessStability(StrEnum):
    """How reliably the core processes deliver."""

    UNSTABLE = "unstable"
    MIXED = "mixed"
    STABLE = "stable"


class GoalMaturity(StrEnum):
    """How used people are to setting goals and looking at them."""

    NEW = "new"
    SOME = "some"
    PRACTISED = "practised"


class Instrument(StrEnum):
    """What is recommended."""

    OKR = "okr"
    START_WITH_OKR = "start_with_okr"
    BOTH = "both"
    START_WITH_KPI = "start_with_kpi"
    KPI = "kpi"


class Question(StrEnum):
    """What is asked."""

    CHALLENGE = "challenge"
    COMPLEXITY = "complexity"
    STABILITY = "stability"
    MATURITY = "maturity"


class Answers(NamedTuple):
    """The four answers; ``headcount`` and ``shared_outcomes`` together are one."""

    challenge: Challenge
    headcount: int
    shared_outcomes: SharedOutcomes
    stability: ProcessStability
    maturity: GoalMaturity


class AdviceReason(NamedTuple):
    """What one answer speaks for: points from 0 to 3 for either instrument, and why."""

    question: Question
    okr_points: int
    kpi_points: int
    text: str


class InstrumentAdvice(NamedTuple):
    """What is recommended, what to do first, and the answers behind it in the order of the questions."""

    instrument: Instrument
    first_step: str
    reasons: tuple[AdviceReason, ...]

    @property
    def okr_points(self) -> int:
        """Sum of the points for OKRs, at most 10."""
        return sum(reason.okr_points for reason in self.reasons)

    @property
    def kpi_points(self) -> int:
        """Sum of the points for KPIs, at most 10."""
        return sum(reason.kpi_points for reason in self.reasons)


_FIRST_STEPS = {
    Instrument.OKR: "Set objectives for the next cycle with the teams that share outcomes; keep the few KPIs that you"
    " have as guard rails.",
    Instrument.START_WITH_OKR: "Set objectives for one cycle first; add KPIs for the processes that these objectives"
    " rest on as soon as one of them slips.",
    Instrument.BOTH: "Use both, each in its own rhythm: KPIs for what must hold, OKRs for what must change, with"
    " separate reviews.",
    Instrument.START_WITH_KPI: "Choose three to five KPIs per process and hold them for a cycle; then set objectives"
    " where the KPIs are healthy.",
    Instrument.KPI: "Choose three to five KPIs per process with thresholds and a response to a breach; leave OKRs until"
    " the processes hold.",
}


def advise(answers: Answers) -> InstrumentAdvice:
    """Recommend an instrument.

    With d = points for OKRs less points for KPIs: d ≥ 4 OKRs, 2 or 3 start with OKRs, −1 to 1 both,
    −2 or −3 start with KPIs, d ≤ −4 KPIs.

    Raises
    ------
    InvalidInput
        When the headcount is not from 1 to 10,000,000.
    """
    if not 1 <= answers.headcount <= MOST_PEOPLE:
        raise InvalidInput(f"headcount must be from 1 to {MOST_PEOPLE:,}.", path=("headcount",))
    reasons = (
        _challenge(answers.challenge),
        _complexity(answers.headcount, answers.shared_outcomes),
        _stability(answers.stability),
        _maturity(answers.maturity),
    )
    lead = sum(reason.okr_points - reason.kpi_points for reason in reasons)
    if lead >= _CLEAR:
        instrument = Instrument.OKR
    elif lead >= _LEANING:
        instrument = Instrument.START_WITH_OKR
    elif lead <= -_CLEAR:
        instrument = Instrument.KPI
    elif lead <= -_LEANING:
        instrument = Instrument.START_WITH_KPI
    else:
        instrument = Instrument.BOTH
    return InstrumentAdvice(instrument, _FIRST_STEPS[instrument], reasons)


def _challenge(challenge: Challenge) -> AdviceReason:
    if challenge is Challenge.ALIGNMENT:
        return AdviceReason(
            Question.CHALLENGE,
            3,
            0,
            "OKRs connect teams to the same outcomes, which is what alignment lacks.",
        )
    return AdviceReason(
        Question.CHALLENGE, 0, 3, "KPIs hold a process to a standard, which is what consistency lacks."
    )


def _complexity(headcount: int, shared: SharedOutcomes) -> AdviceReason:
    small = headcount < MANY_PEOPLE
    size = f"{'Fewer than' if small else 'At least'} {MANY_PEOPLE} people"
    if shared is SharedOutcomes.FEW:
        return AdviceReason(
            Question.COMPLEXITY,
            0,
            1 if small else 2,
            f"{size} who share few outcomes: most work can be steered where it is done.",
        )
    if shared is SharedOutcomes.SOME:
        return AdviceReason(
            Question.COMPLEXITY,
            1,
            0 if small else 1,
            f"{size} who share some outcomes: these need an owner across teams.",
        )
    return AdviceReason(
        Question.COMPLEXITY,
        3 if small else 2,
        0 if small else 1,
        f"{size} who share many outcomes: only common objectives keep them together"
        f"{'.' if small else ', and so many people also need steady figures to steer by.'}",
    )


def _stability(stability: ProcessStability) -> AdviceReason:
    if stability is ProcessStability.UNSTABLE:
        return AdviceReason(
            Question.STABILITY,
            0,
            3,
            "Core processes that do not hold eat the capacity for change: stabilise them first.",
        )
    if stability is ProcessStability.MIXED:
        return AdviceReason(
            Question.STABILITY, 1, 1, "Some processes hold and can carry change; the others need a standard."
        )
    return AdviceReason(
        Question.STABILITY, 2, 0, "Processes that hold leave capacity and attention for change."
    )


def _maturity(maturity: GoalMaturity) -> AdviceReason:
    if maturity is GoalMaturity.NEW:
        return AdviceReason(
            Question.MATURITY,
            0,
            2,
            "Who is new to goals learns to measure with KPIs before setting ambitious targets.",
        )
    if maturity is GoalMaturity.SOME:
        return AdviceReason(Question.MATURITY, 1, 1, "Some practice with goals carries either instrument.")
    return AdviceReason(
        Question.MATURITY,
        2,
        0,
        "Who is used to goals can bear ambitious ones that are often missed by a part.",
    )
