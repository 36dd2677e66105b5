"""The adviser: its corners, its boundaries, and that no answer works against itself."""

from itertools import product

import pytest

from domain.adviser import (
    Answers,
    Challenge,
    GoalMaturity,
    Instrument,
    ProcessStability,
    Question,
    SharedOutcomes,
    advise,
)
from domain.errors import InvalidInput

_ORDER = [
    Instrument.KPI,
    Instrument.START_WITH_KPI,
    Instrument.BOTH,
    Instrument.START_WITH_OKR,
    Instrument.OKR,
]


def _advise(
    challenge: str = "alignment",
    headcount: int = 50,
    shared: str = "some",
    stability: str = "mixed",
    maturity: str = "some",
) -> Instrument:
    answers = Answers(
        Challenge(challenge),
        headcount,
        SharedOutcomes(shared),
        ProcessStability(stability),
        GoalMaturity(maturity),
    )
    return advise(answers).instrument


@pytest.mark.parametrize(
    ("answers", "instrument"),
    [
        (("alignment", 80, "many", "stable", "practised"), Instrument.OKR),
        (("consistency", 900, "few", "unstable", "new"), Instrument.KPI),
        (("alignment", 80, "some", "mixed", "some"), Instrument.OKR),
        (("alignment", 500, "some", "mixed", "some"), Instrument.START_WITH_OKR),
        (("alignment", 500, "some", "mixed", "new"), Instrument.BOTH),
        (("alignment", 80, "many", "unstable", "new"), Instrument.BOTH),
        (("consistency", 80, "some", "mixed", "some"), Instrument.START_WITH_KPI),
        (("consistency", 500, "many", "stable", "practised"), Instrument.START_WITH_OKR),
        (("consistency", 500, "few", "mixed", "some"), Instrument.KPI),
    ],
)
def test_recommendation(answers: tuple[str, int, str, str, str], instrument: Instrument) -> None:
    assert _advise(*answers) is instrument


def test_two_hundred_people_are_many() -> None:
    few, many = (
        advise(
            Answers(
                Challenge.ALIGNMENT, people, SharedOutcomes.MANY, ProcessStability.MIXED, GoalMaturity.SOME
            )
        )
        for people in (199, 200)
    )
    assert (few.okr_points, few.kpi_points, many.okr_points, many.kpi_points) == (8, 2, 7, 3)


def test_each_answer_gives_its_points_and_a_reason() -> None:
    advice = advise(
        Answers(Challenge.ALIGNMENT, 80, SharedOutcomes.MANY, ProcessStability.STABLE, GoalMaturity.PRACTISED)
    )
    assert [reason.question for reason in advice.reasons] == list(Question)
    assert [(reason.okr_points, reason.kpi_points) for reason in advice.reasons] == [
        (3, 0),
        (3, 0),
        (2, 0),
        (2, 0),
    ]
    assert all(reason.text.endswith(".") for reason in advice.reasons)
    assert advice.first_step


def test_no_answer_works_against_itself() -> None:
    for shared, headcount in product(SharedOutcomes, (1, 199, 200, 10_000)):
        for stability, maturity in product(ProcessStability, GoalMaturity):
            leans = [
                _ORDER.index(advise(Answers(challenge, headcount, shared, stability, maturity)).instrument)
                for challenge in (Challenge.CONSISTENCY, Challenge.ALIGNMENT)
            ]
            assert leans == sorted(leans)
    for challenge in Challenge:
        for axis in (
            [_advise(challenge, shared=each) for each in SharedOutcomes],
            [_advise(challenge, stability=each) for each in ProcessStability],
            [_advise(challenge, maturity=each) for each in GoalMaturity],
        ):
            leans = [_ORDER.index(instrument) for instrument in axis]
            assert leans == sorted(leans)


@pytest.mark.parametrize("headcount", [0, -1, 10_000_001])
def test_a_headcount_has_limits(headcount: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        _advise(headcount=headcount)
    assert refused.value.path == ("headcount",)
