import math

import numpy as np
import pytest

from prioritisation.errors import InvalidProblem
from prioritisation.urgency import PROFILES, DelayProblem, UrgencyProfile

NAN = math.nan
P = UrgencyProfile


@pytest.mark.parametrize(
    ("columns", "code", "field"),
    [
        ({"rate": [1, -1]}, "NEGATIVE", "rate"),
        ({"rate": [1, math.inf]}, "NOT_FINITE", "rate"),
        ({"rate": [1, 1e101]}, "TOO_GREAT", "rate"),
        ({"rate": [1, 1], "step": [0, -5]}, "NEGATIVE", "step"),
        ({"rate": [1, 1], "life": [9, -9]}, "NEGATIVE", "life"),
        ({"rate": [1, 1], "deadline": [1, math.inf]}, "NOT_FINITE", "deadline"),
        ({"rate": [1, 1], "life": [9, 9], "peak": [8.9, 9]}, "PEAK_OUTSIDE_LIFE", "peak"),
    ],
)
def test_impossible_column_is_refused_by_name(columns: dict[str, list[float]], code: str, field: str) -> None:
    arrays = {name: np.array(values, dtype=float) for name, values in columns.items()}
    with pytest.raises(InvalidProblem) as caught:
        DelayProblem([P.LINEAR, P.LINEAR], **arrays)
    assert (caught.value.code, caught.value.field, caught.value.items) == (code, field, (1,))


@pytest.mark.parametrize(
    ("profile", "given", "needed"),
    [
        (P.FIXED_DATE, {}, "deadline"),
        (P.SHORT_LIFE_PEAK_AFFECTED, {"life": 9}, "peak"),
        (P.LONG_LIFE_PEAK_AFFECTED, {"peak": 3}, "life"),
        (P.LONG_LIFE_PEAK_NOT_AFFECTED, {"life": NAN, "peak": 3}, "life"),
        (P.INTANGIBLE, {}, "ramp"),
    ],
)
def test_profile_without_what_it_needs_is_refused_by_name(
    profile: UrgencyProfile, given: dict[str, float], needed: str
) -> None:
    columns = {name: np.array([NAN, value]) for name, value in given.items()}
    with pytest.raises(InvalidProblem, match=f"needed by the profile {profile}") as caught:
        DelayProblem([P.LINEAR, profile], rate=np.ones(2), **columns)
    assert (caught.value.code, caught.value.field, caught.value.items) == ("MISSING_VALUE", needed, (1,))


@pytest.mark.parametrize("profile", [["LINEAR", "SUDDEN"], np.array([0, 6]), np.array([0, -1])])
def test_unknown_profile_is_refused_by_name(profile: list[UrgencyProfile]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        DelayProblem(profile, rate=np.ones(2))
    assert (caught.value.code, caught.value.items) == ("UNKNOWN_PROFILE", (1,))


def test_column_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="'step' must have 2 entries, not 1"):
        DelayProblem([P.LINEAR] * 2, rate=np.ones(2), step=np.ones(1))


def test_codes_and_names_make_the_same_problem() -> None:
    columns = {name: np.full(6, 3.0) for name in ("rate", "deadline", "ramp", "peak")} | {
        "life": np.full(6, 9.0)
    }
    by_name = DelayProblem(list(UrgencyProfile), **columns)
    by_code = DelayProblem(np.arange(6), **columns)
    assert [PROFILES[code] for code in np.asarray(by_code.profile)] == list(UrgencyProfile)
    for one, other in zip(by_name.pieces, by_code.pieces, strict=True):
        np.testing.assert_array_equal(one, other)


def test_problem_cannot_be_written_to() -> None:
    problem = DelayProblem([P.LINEAR], rate=np.ones(1), start=np.zeros(1))
    assert not any(array.flags.writeable for array in problem.pieces)
    with pytest.raises(ValueError, match="read-only"):
        problem.rate[0] = 2.0


def test_jump_within_a_moment_stays_finite() -> None:
    for profile in P:
        columns = {"deadline": 1.0, "ramp": 1e-300, "life": 5.0, "peak": 1e-300, "rate": 1e50}
        problem = DelayProblem([profile], **{name: np.array([value]) for name, value in columns.items()})
        assert np.isfinite(problem.pieces.rate).all()
        assert np.isfinite(problem.pieces.slope).all()
