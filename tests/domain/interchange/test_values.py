"""What a cell says."""

import contextlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commands.base import Figure, MinorUnits, Weeks
from domain.interchange.values import (
    Cell,
    CellError,
    Estimate,
    MoneyUnit,
    Notation,
    day,
    estimate,
    exact,
    flag,
    minor_units,
    money_unit,
    text,
)

POINT, COMMA, UNSAID = Notation(), Notation(decimal=","), Notation(decimal=None)


@pytest.mark.parametrize(
    ("cell", "notation", "figure"),
    [
        ("177", POINT, "177"),
        (" -3.50 ", POINT, "-3.50"),
        ("1,234,567.89", POINT, "1234567.89"),
        ("12\u202f345", POINT, "12345"),
        ("\u22124", POINT, "-4"),
        ("1e3", POINT, "1000"),
        (".5", POINT, "0.5"),
        ("1.234.567,89", COMMA, "1234567.89"),
        ("0,5", COMMA, "0.5"),
        ("42", UNSAID, "42"),
        (7, POINT, "7"),
        (Decimal("0.1"), POINT, "0.1"),
    ],
)
def test_figures_are_read_exactly(cell: Cell, notation: Notation, figure: str) -> None:
    assert exact(cell, notation) == Decimal(figure)


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_nothing_is_unknown_and_not_0(cell: Cell) -> None:
    assert exact(cell, POINT) is None
    assert estimate(cell, POINT, Figure) is None
    assert (text(cell), flag(cell), day(cell, POINT), money_unit(cell)) == (None, None, None, None)


@pytest.mark.parametrize(
    ("cell", "notation", "message"),
    [
        ("n/a", POINT, "“n/a” is not a figure"),
        ("£177", POINT, "“£177” is not a figure"),
        ("1,5", POINT, "“1,5” is not a figure; if , is its decimal sign, say --decimal ,"),
        ("1,2345", POINT, "“1,2345” is not a figure; if , is its decimal sign, say --decimal ,"),
        ("1.5", COMMA, "“1.5” is not a figure; if . is its decimal sign, say --decimal ."),
        ("1.5", UNSAID, "“1.5” can be read in two ways: say --decimal , or --decimal . for the whole file"),
        ("Exempt, see 43", POINT, "“Exempt, see 43” is not a figure"),
        ("-", POINT, "“-” is not a figure"),
        ("NaN", POINT, "“NaN” is not a figure"),
        ("1e999", POINT, "“1e999” is out of all bounds"),
        (True, POINT, "“True” is not a figure"),
        ([1], POINT, "“[1]” is not a figure"),
        ("x" * 70, POINT, f"“{'x' * 59}…” is not a figure"),
    ],
)
def test_what_is_no_figure_is_quoted(cell: Cell, notation: Notation, message: str) -> None:
    with pytest.raises(CellError) as raised:
        exact(cell, notation)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("4", (None, 4, None)),
        ("2-4-8", (2, 4, 8)),
        ("2 - 4 - 8", (2, 4, 8)),
        ("0.5..1..1.5", (0.5, 1, 1.5)),
        ("-3..-2..-1", (-3, -2, -1)),
        ("1e-2", (None, 0.01, None)),
        ({"low": 2, "likely": 4, "high": 8}, (2, 4, 8)),
        ({"likely": "4"}, (None, 4, None)),
    ],
)
def test_estimates_have_one_or_three_points(cell: Cell, expected: tuple[Any, ...]) -> None:
    assert estimate(cell, POINT, Figure) == Estimate(*expected)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("2-8", "“2-8” is not an estimate: give one figure, or low..likely..high"),
        ("5..4..8", "low (5) must not be greater than Likely (4)"),
        ({"low": 1}, "likely is missing: give it beside the low or high estimate, or leave out all three"),
        ({"mid": 1}, "an estimate has low, likely and high, not mid"),
        ("0", "Input should be greater than 0, not “0.0”"),
        ("9999", "Input should be less than or equal to 5200, not “9999.0”"),
    ],
)
def test_impossible_estimates_are_refused(cell: Cell, message: str) -> None:
    with pytest.raises(CellError) as raised:
        estimate(cell, POINT, Weeks)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("cell", "formats", "expected"),
    [
        ("2026-11-21", (), date(2026, 11, 21)),
        ("2026-11-21 00:00:00", (), date(2026, 11, 21)),
        ("2026-11-21T00:00:00Z", (), date(2026, 11, 21)),
        ("05/04/2025", ("%d/%m/%Y",), date(2025, 4, 5)),
        ("2025-04-05", ("%d/%m/%Y",), date(2025, 4, 5)),
    ],
)
def test_days_are_iso_or_as_the_file_writes_them(cell: str, formats: tuple[str, ...], expected: date) -> None:
    assert day(cell, Notation(date_formats=formats)) == expected


def test_a_time_of_day_is_not_cut_off() -> None:
    with pytest.raises(CellError, match="“2026-11-21 09:30” has a time of day; a date is wanted"):
        day("2026-11-21 09:30", POINT)


@pytest.mark.parametrize("cell", ["05/04/2025", "2025-02-30", "soon", "2025"])
def test_other_days_are_refused(cell: str) -> None:
    with pytest.raises(CellError, match="is not a date: write 2026-11-21"):
        day(cell, POINT)


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("GBP", MoneyUnit("GBP", 1)),
        ("gbp m", MoneyUnit("GBP", 1_000_000)),
        ("EUR k", MoneyUnit("EUR", 1_000)),
        ("USD billion", MoneyUnit("USD", 1_000_000_000)),
    ],
)
def test_units_of_money(cell: str, unit: MoneyUnit) -> None:
    assert money_unit(cell) == unit


@pytest.mark.parametrize("cell", ["£m", "GBP x", "pounds", "m"])
def test_other_units_are_refused(cell: str) -> None:
    with pytest.raises(CellError, match="is not a unit of money; write a currency such as GBP"):
        money_unit(cell)


@pytest.mark.parametrize(
    ("amount", "unit", "minor"),
    [
        ("177", MoneyUnit("GBP", 1_000_000), 17_700_000_000),
        ("0.015", MoneyUnit("EUR", 1), 2),
        ("0.025", MoneyUnit("EUR", 1), 2),
        ("1500", MoneyUnit("JPY", 1), 1500),
        ("1.2345", MoneyUnit("KWD", 1), 1234),
    ],
)
def test_money_becomes_minor_units_rounded_half_to_even(amount: str, unit: MoneyUnit, minor: int) -> None:
    assert minor_units(Decimal(amount), unit, MinorUnits) == minor


def test_money_beyond_bounds_is_refused() -> None:
    with pytest.raises(CellError, match="less than or equal to 1000000000000000"):
        minor_units(Decimal("1e14"), MoneyUnit("EUR", 1), MinorUnits)
    with pytest.raises(CellError, match="“1E\\+300” is out of all bounds"):
        minor_units(Decimal("1e300"), MoneyUnit("EUR", 1), MinorUnits)


@pytest.mark.parametrize("cell", ["a\x00b", "\ud800"])
def test_texts_that_no_database_stores_are_refused(cell: str) -> None:
    with pytest.raises(CellError, match="can't be stored"):
        text(cell)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4))
def test_a_figure_reads_back_in_either_notation(figure: Decimal) -> None:
    grouped = f"{figure:,f}"
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    assert exact(grouped, POINT) == figure
    assert exact(swapped, COMMA) == figure


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=3))))
def test_any_cell_is_read_or_refused(cell: Any) -> None:
    for read in (
        lambda: exact(cell, POINT),
        lambda: estimate(cell, COMMA, Figure),
        lambda: day(cell, POINT),
        lambda: flag(cell),
        lambda: money_unit(cell),
        lambda: text(cell),
    ):
        with contextlib.suppress(CellError):
            read()
