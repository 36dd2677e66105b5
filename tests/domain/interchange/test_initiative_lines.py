"""What a line says about an initiative."""

from datetime import date
from typing import Any

import pytest

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.interchange.initiative_lines import read_initiative
from domain.interchange.records import Demand, ExpectedChange, InitiativeRecord, Rating, Refused, Wait
from domain.interchange.values import Cell, Estimate, MoneyUnit, Notation


def _read(
    special: dict[str, Any] | None = None, /, *, money: MoneyUnit | None = None, **cells: Any
) -> InitiativeRecord:
    given = {"external_id": "X-1", **(special or {}), **cells}
    record = read_initiative(3, given, notation=Notation(), money=money)
    assert isinstance(record, InitiativeRecord)
    return record


def _reasons(cells: dict[str, Cell], *, money: MoneyUnit | None = None) -> tuple[str, ...]:
    record = read_initiative(3, {"external_id": "X-1", **cells}, notation=Notation(), money=money)
    assert isinstance(record, Refused)
    assert (record.line, record.name) == (3, "X-1")
    return record.reasons


def test_a_full_line() -> None:
    record = _read(
        title=" One customer record ",
        description="Merge them.",
        state="Active",
        team="Data Platform",
        owner="ana@example.org",
        category=None,
        duration_weeks="8",
        duration_weeks_low="6",
        duration_weeks_high="13",
        cost="1.2",
        cost_unit="EUR m",
        earliest_start="2026-12-01",
        deadline=None,
        mandatory="Yes",
    )
    assert record.plain == {
        "title": "One customer record",
        "description": "Merge them.",
        "duration_weeks_low": 6,
        "duration_weeks_likely": 8,
        "duration_weeks_high": 13,
        "cost_minor": 120_000_000,
        "cost_currency": "EUR",
        "earliest_start": date(2026, 12, 1),
        "deadline": None,
        "mandatory": True,
    }
    assert record.references == {"team": "Data Platform", "category": None, "owner": "ana@example.org"}
    assert record.state is InitiativeState.ACTIVE
    assert (record.demands, record.contributions, record.waits, record.cost_of_delay) == (None,) * 4


def test_an_external_id_may_be_a_number_and_a_missing_one_is_refused() -> None:
    record = read_initiative(3, {"external_id": 9007199254740993}, notation=Notation(), money=None)
    assert isinstance(record, InitiativeRecord)
    assert record.external_id == "9007199254740993"
    empty = read_initiative(3, {"external_id": " "}, notation=Notation(), money=None)
    assert empty == Refused(line=3, name=None, reasons=("external_id: is empty; every line needs one",))


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    assert _reasons(
        {
            "title": " ",
            "state": "Done",
            "duration_weeks": "soon",
            "cost": "7",
            "deadline": "tomorrow",
            "mandatory": "maybe",
            "score:reach": "high",
        }
    ) == (
        "title: is empty",
        "duration_weeks: “soon” is not a figure",
        (
            "cost: counts no known money: say which with --money-unit, such as --money-unit “GBP m”, or by a"
            " column cost_unit"
        ),
        (
            "deadline: “tomorrow” is not a date: write 2026-11-21, or say how the file writes dates with"
            " --date-format, such as %d/%m/%Y"
        ),
        "mandatory: “maybe” is neither yes nor no",
        (
            "state: “Done” is no state; they are proposed, evaluated, approved, active, paused, completed,"
            " stopped. Translate it, as in --value “state:Done=approved”"
        ),
        "score:reach: “high” is not a figure",
    )


def test_an_unknown_cost_needs_no_unit_and_is_not_0() -> None:
    assert _read(cost=None).plain == {"cost_minor": None, "cost_currency": None}
    assert _read(cost=0, money=MoneyUnit("GBP", 1_000_000)).plain == {"cost_minor": 0, "cost_currency": "GBP"}


@pytest.mark.parametrize(
    "cell",
    [
        "Data=4; Mobile App [design]=1..2..4 ;",
        {"Data": 4, "Mobile App [design]": {"low": 1, "likely": 2, "high": 4}},
        [
            {"team": "Data", "person_weeks": 4},
            {"team": "Mobile App", "skill": "design", "low": 1, "likely": 2, "high": 4},
        ],
    ],
)
def test_demands_in_text_and_json(cell: Cell) -> None:
    record = _read(demand=cell)
    assert record.demands == (
        Demand("Data", "", Estimate(None, 4, None)),
        Demand("Mobile App", "design", Estimate(1, 2, 4)),
    )
    assert record.demands_are_all is True


def test_demands_by_column_leave_the_others_and_empty_takes_back() -> None:
    record = _read({"demand:Data": "4", "demand:Mobile [design]": None})
    assert record.demands == (
        Demand("Data", "", Estimate(None, 4, None)),
        Demand("Mobile", "design", None),
    )
    assert record.demands_are_all is False


def test_demands_from_the_parts_of_a_list_warn_of_unknown_ones() -> None:
    record = _read({"demand.team": ["A", "B"], "demand.person_weeks": ["1..2..4", None]})
    assert record.demands == (Demand("A", "", Estimate(1, 2, 4)), Demand("B", "", None))
    assert record.warnings == ("demand: what B has to give is unknown, and not stored",)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"demand": "Data 4"}, "demand: “Data 4” is not “team=person-weeks”"),
        ({"demand": "Data=x"}, "demand: Data: “x” is not a figure"),
        ({"demand": "Data=1; data=2"}, "demand: data is named twice"),
        (
            {"demand": "Data=-1"},
            "demand: Data: Input should be greater than or equal to 0, not “-1.0”",
        ),
        ({"demand": [{"person_weeks": 1}]}, "demand: an entry names no team"),
        (
            {"demand": [{"team": "A", "colour": 1}]},
            "demand: an entry has colour, and can have high, likely, low, person_weeks, skill, team",
        ),
        ({"demand": ["A"]}, "demand: “A” is not an object such as {…}"),
        ({"demand": 4}, "demand: “4” is not a list"),
        ({"demand": "A=1", "demand:B": "2"}, "demand: is given twice, also by demand:B"),
        ({"demand": "A=1", "demand.team": ["B"]}, "demand: is given twice, also by demand.team"),
        (
            {"demand.team": ["A", "B"], "demand.person_weeks": [1]},
            "demand: team and person_weeks are lists of different lengths",
        ),
    ],
)
def test_senseless_demands_are_refused(cells: dict[str, Cell], reason: str) -> None:
    assert _reasons(cells) == (reason,)


def test_ratings_from_an_object_and_from_columns() -> None:
    record = _read(
        {
            "scores": {"reach": 7, "ease": {"value": 5, "low": 4, "high": 8, "note": " sure "}, "fit": None},
            "score:value": "2..3..5",
            "score:risk": None,
        }
    )
    assert record.ratings == {
        "reach": Rating(Estimate(None, 7, None), None),
        "ease": Rating(Estimate(4, 5, 8), "sure"),
        "fit": None,
        "value": Rating(Estimate(2, 3, 5), None),
        "risk": None,
    }
    assert _reasons({"scores": {"reach": 7}, "score:reach": "7"}) == (
        "score:reach: is given twice, also in scores",
    )
    assert _reasons({"scores": [1]}) == (
        "scores: “[1]” is not an object such as {…} with a rating by criterion",
    )


@pytest.mark.parametrize(
    "cell",
    [
        "Churn = -1.5 @ 60%; Users=+1,000@0.5",
        [
            {"key_result": "Churn", "delta": "-1.5", "confidence": "60 %"},
            {"key_result": "Users", "delta": 1000, "confidence": 0.5},
        ],
    ],
)
def test_contributions_in_text_and_json(cell: Any) -> None:
    if isinstance(cell, list):
        cell = [{**one, "confidence": str(one["confidence"])} for one in cell]
    record = _read(contributions=cell)
    assert record.contributions == {
        "Churn": ExpectedChange("Churn", -1.5, 0.6),
        "Users": ExpectedChange("Users", 1000, 0.5),
    }
    assert record.contributions_are_all is True


def test_contributions_by_column() -> None:
    record = _read({"contribution:Churn": "-1.5 @ 60%", "contribution:Users": None})
    assert record.contributions == {"Churn": ExpectedChange("Churn", -1.5, 0.6), "Users": None}
    assert record.contributions_are_all is False


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Churn=5", "contributions: “5” is not “change @ confidence”, such as 5 @ 80%"),
        ("5 @ 80%", "contributions: “5 @ 80%” is not “key result=change @ confidence”"),
        ("Churn=5 @ 0", "contributions: Input should be greater than 0, not “0.0”"),
        ("Churn=5 @ 120%", "contributions: Input should be less than or equal to 1, not “1.2”"),
        ("Churn=5@1; churn=6@1", "contributions: churn is named twice"),
        ([{"key_result": "Churn"}], "contributions: an entry lacks key_result, delta or confidence"),
    ],
)
def test_senseless_contributions_are_refused(cell: Cell, reason: str) -> None:
    assert _reasons({"contributions": cell}) == (reason,)


def test_cost_of_delay_in_minor_units_with_what_the_profile_needs() -> None:
    record = _read(
        cost_of_delay="1..2..4",
        cost_of_delay_unit="EUR k",
        cost_of_delay_profile="Fixed date",
        cost_of_delay_deadline="2027-03-31",
        cost_of_delay_step="250",
        cost_of_delay_ramp_weeks="6",
        cost_of_delay_life_weeks=None,
    )
    assert record.cost_of_delay == {
        "rate_minor_per_week_low": 100_000,
        "rate_minor_per_week_likely": 200_000,
        "rate_minor_per_week_high": 400_000,
        "currency": "EUR",
        "step_minor": 25_000_000,
        "profile": UrgencyProfile.FIXED_DATE,
        "deadline": date(2027, 3, 31),
        "ramp_weeks": 6,
        "life_weeks": None,
    }
    assert _read(cost_of_delay=None).cost_of_delay == {"rate_minor_per_week_likely": None}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"cost_of_delay": "1"},
            (
                "cost_of_delay: counts no known money: say which with --money-unit, such as --money-unit"
                " “GBP m”, or by a column cost_of_delay_unit"
            ),
        ),
        (
            {"cost_of_delay": {"low": 1}, "cost_of_delay_unit": "EUR"},
            "cost_of_delay: the likely rate is missing beside the low or high one",
        ),
        (
            {"cost_of_delay": "-1", "cost_of_delay_unit": "EUR"},
            "cost_of_delay: Input should be greater than or equal to 0, not “-100”",
        ),
        (
            {"cost_of_delay": "1", "cost_of_delay_unit": "EUR", "cost_of_delay_profile": "steep"},
            (
                "cost_of_delay_profile: “steep” is no urgency profile; they are linear, fixed_date,"
                " short_life_peak_affected, long_life_peak_affected, long_life_peak_not_affected, intangible."
                " Translate it, as in --value “cost_of_delay_profile:steep=linear”"
            ),
        ),
    ],
)
def test_senseless_costs_of_delay_are_refused(cells: dict[str, Cell], reason: str) -> None:
    assert _reasons(cells) == (reason,)


def _wait(name: str) -> Wait:
    return Wait(name, DependencyKind.FINISH_TO_START, hard=True, lag_weeks=0)


@pytest.mark.parametrize("cell", ["X-2; X-3;X-2", ["X-2", "X-3"], [{"external_id": "X-2"}, "X-3"]])
def test_what_it_waits_for_in_text_and_json(cell: Cell) -> None:
    assert _read(depends_on=cell).waits == (_wait("X-2"), _wait("X-3"))


def test_what_it_waits_for_may_say_how() -> None:
    cell: Cell = [
        {"external_id": 7, "kind": "Start to start", "hard": False, "lag_weeks": -2},
        {"external_id": "X-2", "kind": "relates_to"},
        {"external_id": "X-3", "kind": "depends_on", "hard": "no"},
    ]
    assert _read(depends_on=cell).waits == (
        Wait("7", DependencyKind.START_TO_START, hard=False, lag_weeks=-2),
        Wait("X-2", DependencyKind.RELATES_TO, hard=False, lag_weeks=0),
        Wait("X-3", DependencyKind.FINISH_TO_START, hard=False, lag_weeks=0),
    )
    assert _read(depends_on=None).waits == ()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ([{"kind": "relates_to"}], "depends_on: an entry names no external id"),
        (
            ["X-2", {"external_id": "X-2", "hard": False}],
            "depends_on: X-2 is named twice and differently",
        ),
        (
            [{"external_id": "X-2", "kind": "relates_to", "hard": True}],
            "depends_on: relates_to only informs: it is neither hard nor has it a lag",
        ),
        (
            [{"external_id": "X-2", "kind": "mentions"}],
            (
                "depends_on: “mentions” is no kind of dependency; they are finish_to_start, start_to_start,"
                " finish_to_finish, relates_to, duplicates. Translate it, as in --value"
                " “kind:mentions=relates_to”, or select lines with --where"
            ),
        ),
        ({"a": 1}, "depends_on: “{'a': 1}” is not a list of external ids"),
    ],
)
def test_senseless_waits_are_refused(cell: Cell, reason: str) -> None:
    assert _reasons({"depends_on": cell}) == (reason,)
