"""Activity, outcome or a kept level, by the wording: each rule, its boundary, and odd input."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.bench_wording import HELD_OUT, labelled, quality
from domain.wording import Wording, WordingRule, assess_wording


def _rules(title: str) -> set[WordingRule]:
    return {signal.rule for signal in assess_wording(title).signals}


@pytest.mark.parametrize(
    ("title", "verdict", "rule"),
    [
        ("Keep uptime at 99.9 %", Wording.MAINTENANCE, WordingRule.LEVEL_KEPT),
        ("Reliability remains above 97 %", Wording.MAINTENANCE, WordingRule.LEVEL_KEPT),
        ("No more than two outages per quarter", Wording.MAINTENANCE, WordingRule.STANDING_LIMIT),
        ("Keep churn down from 5 % to 3 %", Wording.OUTCOME, WordingRule.FROM_TO),
        ("Defects down to 4 a month", Wording.OUTCOME, WordingRule.CHANGE_STATED),
        ("Cut costs", Wording.OUTCOME, WordingRule.CHANGE_VERB),
        ("Queue shorter, under 5 minutes", Wording.OUTCOME, WordingRule.MEASURE_COMPARED),
        ("80 % of tenants find a sitter", Wording.OUTCOME, WordingRule.SHARE_OF_THINGS),
        ("95 % of tickets resolved within 4 hours", Wording.OUTCOME, WordingRule.IN_TIME),
        ("Customer satisfaction", Wording.OUTCOME, WordingRule.MEASURE_NAMED),
        ("Launch the portal", Wording.ACTIVITY, WordingRule.ACTIVITY_VERB),
        ("Rollout of the tills", Wording.ACTIVITY, WordingRule.ACTIVITY_AS_NOUN),
        ("Portal launched", Wording.ACTIVITY, WordingRule.DONE),
        ("Increase the number of workshops from 2 to 9", Wording.ACTIVITY, WordingRule.OUTPUT_COUNTED),
        ("Improve the documentation", Wording.ACTIVITY, WordingRule.DELIVERABLE),
        ("A common understanding", Wording.ACTIVITY, WordingRule.NO_MEASURE),
    ],
)
def test_a_rule_decides_and_names_itself(title: str, verdict: Wording, rule: WordingRule) -> None:
    advice = assess_wording(title)
    assert advice.verdict is verdict
    assert rule in {signal.rule for signal in advice.signals}


def test_the_words_that_a_rule_goes_by_are_shown() -> None:
    advice = assess_wording("By automating invoices, cut the days until payment from 41 to 25")
    assert [(signal.rule, signal.words) for signal in advice.signals] == [
        (WordingRule.FROM_TO, "from 41 to 25"),
        (WordingRule.MEASURE_COMPARED, "to 25"),
        (WordingRule.CHANGE_VERB, "cut"),
    ]
    assert (advice.points, advice.points_for_keeping) == (5.5, 0)


def test_a_measured_purpose_outweighs_the_activity_and_an_unmeasured_one_does_not() -> None:
    measured = "Launch the card so that repeat visits rise from 18 % to 27 %"
    assert assess_wording(measured).verdict is Wording.OUTCOME
    assert assess_wording("Launch the card so that customers are happy").verdict is Wording.ACTIVITY


def test_a_date_after_by_is_no_change() -> None:
    assert WordingRule.CHANGE_STATED not in _rules("Portal ready by 2027")
    assert WordingRule.CHANGE_STATED in _rules("Waiting time by 20 % shorter")


def test_a_milestone_counts_against_an_outcome_where_the_words_say_nothing() -> None:
    assert assess_wording("Item 3").verdict is Wording.UNCLEAR
    assert assess_wording("Item 3", milestone=True).verdict is Wording.ACTIVITY
    assert assess_wording("All channels show one history", milestone=True).points == -0.5
    assert assess_wording("Churn from 5 % to 3 %", milestone=True).verdict is Wording.OUTCOME


@pytest.mark.parametrize(
    "title",
    ["Bills corrected after issue", "Rating of the app", "Visits that need a second one", "Days to bill"],
)
def test_beside_stated_values_a_title_may_be_the_name_of_a_measure(title: str) -> None:
    assert assess_wording(title, measured=True).verdict is not Wording.ACTIVITY
    assert assess_wording("Launch the app", measured=True).verdict is Wording.ACTIVITY
    assert assess_wording("Increase the number of visits", measured=True).verdict is Wording.ACTIVITY


@pytest.mark.parametrize("title", ["", "   ", "???", "%", "→", "\u0000", "顧客満足度", "Key result 3"])
def test_nothing_readable_is_unclear(title: str) -> None:
    assert assess_wording(title).verdict in (Wording.UNCLEAR, Wording.ACTIVITY)


@settings(max_examples=60)
@given(st.text(max_size=500))
def test_any_text_gets_a_verdict_that_follows_from_its_points(title: str) -> None:
    advice = assess_wording(title)
    if advice.verdict is Wording.OUTCOME:
        assert advice.points > 0
    if advice.verdict is Wording.ACTIVITY:
        assert advice.points < 0
    if advice.verdict is Wording.MAINTENANCE:
        assert advice.points_for_keeping >= 2
    assert len(advice.signals) <= 20


@pytest.mark.parametrize(
    "part", ["to ", "1", "from 1 ", "by ", "we ", "no a ", "half of ", "in, ", "kr 1: ", "9 out "]
)
def test_hostile_titles_take_no_time(part: str) -> None:
    title = (part * 500)[:500]
    began = time.process_time()
    assess_wording(title)
    assert time.process_time() - began < 0.25


def test_the_held_out_part_is_large_enough_and_well_recognised() -> None:
    rows = labelled()
    assert len({row.text for row in rows}) == len(rows) >= 300
    held_out = [row for row in rows if row.part in HELD_OUT]
    assert len(held_out) >= 100
    activity = quality(held_out, Wording.ACTIVITY)
    assert activity.precision >= 0.9
    assert activity.recall >= 0.9
    assert quality(held_out, Wording.MAINTENANCE).recall >= 0.9
