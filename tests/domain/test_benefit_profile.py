"""What is planned of a benefit against what has come, up to a day and over time."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.benefit_profile import BenefitPeriod, BenefitStanding, benefit_profile, benefit_standing
from domain.errors import InvalidInput
from domain.periods import PeriodLength
from domain.queries.benefit import BenefitAmounts

AMOUNTS = BenefitAmounts(
    planned=((date(2026, 1, 15), 100.0), (date(2026, 2, 1), 50.0), (date(2026, 4, 1), 50.0)),
    realised=((date(2026, 2, 1), 60.0), (date(2026, 2, 28), 30.0), (date(2026, 4, 10), -10.0)),
)


@pytest.mark.parametrize(
    ("day", "planned", "realised", "ratio"),
    [
        (date(2026, 1, 14), 0, 0, None),
        (date(2026, 1, 15), 100, 0, 0),
        (date(2026, 2, 1), 150, 60, 0.4),
        (date(2026, 4, 1), 200, 90, 0.45),
        (date(2026, 12, 31), 200, 80, 0.4),
    ],
)
def test_sums_include_the_day(day: date, planned: float, realised: float, ratio: float | None) -> None:
    assert benefit_standing(AMOUNTS, day=day) == BenefitStanding(200, planned, realised, ratio)


def test_a_profile_goes_from_the_first_amount_to_the_last() -> None:
    assert benefit_profile(AMOUNTS, PeriodLength.MONTH) == (
        BenefitPeriod(date(2026, 1, 15), date(2026, 1, 31), 100, 0, 100, 0),
        BenefitPeriod(date(2026, 2, 1), date(2026, 2, 28), 50, 90, 150, 90),
        BenefitPeriod(date(2026, 3, 1), date(2026, 3, 31), 0, 0, 150, 90),
        BenefitPeriod(date(2026, 4, 1), date(2026, 4, 10), 50, -10, 200, 80),
    )
    assert benefit_profile(BenefitAmounts((), ()), PeriodLength.MONTH) == ()
    far = BenefitAmounts(((date(2026, 1, 1), 1.0), (date(2046, 1, 1), 1.0)), ())
    assert len(benefit_profile(far, PeriodLength.MONTH)) == 241
    with pytest.raises(InvalidInput, match="at most 520"):
        benefit_profile(far, PeriodLength.WEEK)


_SERIES = st.dictionaries(
    st.integers(0, 400).map(lambda number: date(2026, 1, 1) + timedelta(number)), st.integers(-1_000, 1_000)
).map(lambda amounts: tuple(sorted((day, float(amount)) for day, amount in amounts.items())))


@given(_SERIES, _SERIES, st.sampled_from(PeriodLength))
def test_a_profile_loses_nothing(
    planned: tuple[tuple[date, float], ...], realised: tuple[tuple[date, float], ...], length: PeriodLength
) -> None:
    amounts = BenefitAmounts(planned, realised)
    profile = benefit_profile(amounts, length)
    total = benefit_standing(amounts, day=date.max)
    assert math.fsum(period.planned for period in profile) == total.planned_total
    assert math.fsum(period.realised for period in profile) == total.realised_to_date
    for period in profile:
        standing = benefit_standing(amounts, day=period.ends_on)
        assert (period.planned_so_far, period.realised_so_far) == (
            standing.planned_to_date,
            standing.realised_to_date,
        )
