"""Effects turn one input of a plan into another, exactly, or say which of them can't be applied and why."""

from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.enums import UrgencyProfile
from domain.planning.encoding import encode, fingerprint
from domain.planning.input import MODES, PlanningInput
from domain.scenario.commands import (
    CostOfDelayEffect,
    DatesEffect,
    DemandEffect,
    DurationEffect,
    Effect,
    ForceEffect,
    HireEffect,
    KeyResultWeightEffect,
    LeaverEffect,
    ScoringEffect,
    ShareEffect,
    TeamCapacityEffect,
    stored_effect,
    thawed_effect,
)
from domain.scenario.effects import apply_effects
from domain.scenario.errors import EffectRefused, Refusal
from domain.snapshot.columns import day_number
from prioritisation.allocation_limits import AllocationMode
from tests.planning_inputs import FIRST, Work, a_plan

A, B = UUID(bytes=b"A" * 16), UUID(bytes=b"B" * 16)
WEB, CORE = UUID(bytes=b"w" * 16), UUID(bytes=b"c" * 16)
RUN, BET = UUID(bytes=b"r" * 16), UUID(bytes=b"b" * 16)


def _base(**changes: Any) -> PlanningInput:
    return a_plan(
        {
            "A": Work(value=100, weeks=4, demand={"web": 6}, category="run", mandatory=True),
            "B": Work(value=50, weeks=2, demand={"web/js": 3, "core": 2}, category="bet"),
        },
        capacity={"web": 24, "web/js": 12, "core": None},
        shares={"run": (0.6, AllocationMode.RING_FENCED), "bet": (0.3, AllocationMode.FLOOR)},
        **changes,
    )


def _refusal(*effects: Effect, base: PlanningInput | None = None) -> EffectRefused:
    with pytest.raises(EffectRefused) as caught:
        apply_effects(base or _base(), list(effects))
    return caught.value


def test_no_effects_leave_the_same_input_and_effects_leave_the_base_alone() -> None:
    base = _base()
    before = encode(base)
    assert fingerprint(apply_effects(base, [])) == fingerprint(base)
    changed = apply_effects(base, [ShareEffect(category_id=BET, share=0.4)])
    assert fingerprint(changed) != fingerprint(base)
    assert encode(base) == before


def test_a_share_is_set_everywhere_or_in_one_team_and_keeps_its_mode() -> None:
    base = _base()
    bet, run = base.category_ids.index(BET), base.category_ids.index(RUN)
    web, core = base.team_ids.index(WEB), base.team_ids.index(CORE)
    found = apply_effects(
        base,
        [
            ShareEffect(category_id=BET, share=0.4),
            ShareEffect(category_id=RUN, team_id=WEB, share=0.5, mode=AllocationMode.CAP),
        ],
    )
    assert found.share[bet].tolist() == [0.4, 0.4]
    assert found.mode[bet].tolist() == [MODES.index(AllocationMode.FLOOR)] * 2
    assert (found.share[run, web], found.share[run, core]) == (0.5, 0.6)
    assert found.mode[run, web] == MODES.index(AllocationMode.CAP)


def test_shares_over_the_whole_are_refused_with_their_sum_once_all_effects_are_applied() -> None:
    error = _refusal(
        ForceEffect(initiative_id=B, funded=True), ShareEffect(category_id=BET, team_id=WEB, share=0.5)
    )
    assert (error.reason, error.index, error.path) == (Refusal.SHARES_OVER_WHOLE, 1, ("effects", 1))
    assert "110 %" in error.message
    # the other share is lowered after it: nothing is wrong
    apply_effects(_base(), [ShareEffect(category_id=BET, share=0.5), ShareEffect(category_id=RUN, share=0.5)])


def test_a_stated_capacity_holds_on_its_working_days_and_a_relative_one_adds_to_it() -> None:
    base = _base()  # 2 person-weeks of web a week
    web = int(base.team_resource[base.team_ids.index(WEB)])
    # from Wednesday of the first week to the end of the second
    found = apply_effects(
        base,
        [
            TeamCapacityEffect(
                team_id=WEB,
                person_weeks_per_week=4,
                starts_on=date(2026, 1, 7),
                ends_on=date(2026, 1, 18),
            ),
            TeamCapacityEffect(
                team_id=WEB, person_weeks_per_week=-1, relative=True, starts_on=date(2026, 3, 23)
            ),
        ],
    )
    expected = [2 * 2 / 5 + 4 * 3 / 5, 4.0, *[2.0] * 9, 1.0]
    assert found.capacity[:, web] == pytest.approx(expected)
    js = base.skills.index("js")
    assert (found.capacity[:, js] == base.capacity[:, js]).all()


def test_an_unknown_capacity_can_be_stated_but_not_added_to() -> None:
    stated = apply_effects(_base(), [TeamCapacityEffect(team_id=CORE, person_weeks_per_week=3)])
    core = int(stated.team_resource[stated.team_ids.index(CORE)])
    assert stated.capacity[:, core].tolist() == [3.0] * 12
    error = _refusal(HireEffect(team_id=CORE, on=FIRST))
    assert (error.reason, error.index) == (Refusal.CAPACITY_UNKNOWN, 0)
    partial = TeamCapacityEffect(team_id=CORE, person_weeks_per_week=3, starts_on=date(2026, 1, 7))
    assert _refusal(partial).reason is Refusal.CAPACITY_UNKNOWN


def test_people_join_with_a_ramp_and_their_skill_and_leave_at_once() -> None:
    base = _base()
    web, js = int(base.team_resource[base.team_ids.index(WEB)]), base.skills.index("js")
    hired = apply_effects(
        base, [HireEffect(team_id=WEB, skill="js", on=date(2026, 1, 19), count=2, fte=0.5, ramp_weeks=2)]
    )
    more = hired.capacity - base.capacity
    # two half-time people: 1 person-week a week; on day d of 14 they do d / 14 of it
    ramp = [sum(range(5)) / 14 / 5, sum(range(7, 12)) / 14 / 5]
    assert more[:, web] == pytest.approx([0, 0, *ramp, *[1.0] * 8])
    assert more[:, js] == pytest.approx(more[:, web])
    gone = apply_effects(base, [LeaverEffect(team_id=WEB, on=date(2026, 3, 18), fte=1, focus_share=0.5)])
    less = base.capacity - gone.capacity
    assert less[:, web] == pytest.approx([*[0.0] * 10, 0.5 * 3 / 5, 0.5])
    assert not less[:, js].any()


def test_nobody_is_left_to_take_away() -> None:
    error = _refusal(
        LeaverEffect(team_id=WEB, on=FIRST, count=2), LeaverEffect(team_id=WEB, on=date(2026, 2, 2))
    )
    assert (error.reason, error.index) == (Refusal.CAPACITY_NEGATIVE, 1)
    assert "web would be -1 person-weeks in the period from 2026-02-02" in error.message
    assert _refusal(HireEffect(team_id=WEB, on=date(2026, 4, 1))).reason is Refusal.OUTSIDE_CYCLE
    assert _refusal(HireEffect(team_id=UUID(int=9), on=FIRST)).reason is Refusal.TEAM_NOT_PLANNED


def test_forcing_in_and_out() -> None:
    base = _base()
    a, b = base.position_of[A], base.position_of[B]
    found = apply_effects(base, [ForceEffect(initiative_id=B, funded=True)])
    assert found.mandatory.tolist() == [True, True]
    out = apply_effects(base, [ForceEffect(initiative_id=B, funded=False)])
    assert (bool(out.excluded[b]), bool(out.excluded[a])) == (True, False)
    error = _refusal(ForceEffect(initiative_id=A, funded=False))
    assert (error.reason, error.index) == (Refusal.MANDATORY_AND_FORCED_OUT, 0)
    both = [ForceEffect(initiative_id=B, funded=False), ForceEffect(initiative_id=B, funded=True)]
    assert (_refusal(*both).reason, _refusal(*both).index) == (Refusal.FORCED_IN_AND_OUT, 1)
    assert _refusal(ForceEffect(initiative_id=UUID(int=7), funded=True)).reason is Refusal.INITIATIVE_GONE


def test_dates_change_together_and_null_takes_one_away() -> None:
    base = _base()
    b = base.position_of[B]
    late, early = date(2026, 3, 2), date(2026, 2, 2)
    found = apply_effects(
        base,
        [
            DatesEffect(initiative_id=B, earliest_start=late),
            DatesEffect(initiative_id=B, deadline=date(2026, 3, 20)),
        ],
    )
    assert (found.earliest_start[b], found.deadline[b]) == (day_number(late), day_number(date(2026, 3, 20)))
    cleared = apply_effects(found, [DatesEffect(initiative_id=B, earliest_start=None)])
    assert np.isnan(cleared.earliest_start[b])
    assert cleared.deadline[b] == found.deadline[b]
    error = _refusal(
        DatesEffect(initiative_id=B, earliest_start=late), DatesEffect(initiative_id=B, deadline=early)
    )
    assert (error.reason, error.index) == (Refusal.DATES_IN_DISORDER, 1)


def test_estimates_change_what_the_ranking_draws_on() -> None:
    base = _base()
    b = base.position_of[B]
    assert base.value[b] == 50
    found = apply_effects(base, [DurationEffect(initiative_id=B, likely=4, high=6)])
    assert found.duration[:, b].tolist() == [4, 4, 6]
    keys = [criterion.key for criterion in found.ranking.settings.criteria]
    assert found.ranking.values[keys.index("duration"), b] == 4
    assert found.value[b] == 50  # a linear cost of delay is the same, only later
    disorder = DurationEffect(initiative_id=B, low=5, likely=4)
    assert _refusal(disorder).reason is Refusal.ESTIMATES_IN_DISORDER

    demanded = apply_effects(
        base,
        [
            DemandEffect(initiative_id=B, team_id=WEB, skill="js", low=1, likely=5, high=9),
            DemandEffect(initiative_id=A, team_id=CORE, likely=7),
            DemandEffect(initiative_id=B, team_id=CORE, likely=0),
        ],
    )
    table = demanded.on_resources(demanded.demand[1])
    web, core = (int(demanded.team_resource[demanded.team_ids.index(team)]) for team in (WEB, CORE))
    assert table[b, [web, demanded.skills.index("js"), core]].tolist() == [5, 5, 0]
    assert table[base.position_of[A], [web, core]].tolist() == [6, 7]
    order = list(zip(demanded.demand_of.tolist(), demanded.demand_resource.tolist(), strict=True))
    assert order == sorted(order)
    unknown = DemandEffect(initiative_id=B, team_id=WEB, skill="go", likely=1)
    assert _refusal(unknown).reason is Refusal.TEAM_NOT_PLANNED


def test_a_cost_of_delay_changes_value_and_needs_the_parameters_of_its_profile() -> None:
    base = _base()
    b = base.position_of[B]

    def cost(**values: Any) -> CostOfDelayEffect:
        given: dict[str, Any] = {"profile": UrgencyProfile.LINEAR, "currency": "EUR"}
        return CostOfDelayEffect(initiative_id=B, rate_minor_per_week_likely=20_000, **{**given, **values})

    found = apply_effects(base, [cost(rate_minor_per_week_high=30_000)])
    assert found.value[b] == pytest.approx(200)
    assert found.delay[:3, b].tolist() == [20_000, 20_000, 30_000]
    assert _refusal(cost(currency="CHF")).reason is Refusal.CURRENCY_DIFFERS
    error = _refusal(cost(profile=UrgencyProfile.FIXED_DATE))
    assert (error.reason, "needs deadline" in error.message) == (Refusal.PROFILE_INCOMPLETE, True)
    dated = apply_effects(
        base, [cost(profile=UrgencyProfile.FIXED_DATE, deadline=date(2026, 2, 1), step_minor=5)]
    )
    assert dated.delay[3:5, b].tolist() == [day_number(date(2026, 2, 1)), 5]


def test_weights_without_meaning_are_refused() -> None:
    weights = ScoringEffect(weights=[{"criterion_id": UUID(int=1), "weight": 2}])
    assert _refusal(weights).reason is Refusal.WEIGHTS_WITHOUT_MEANING
    version = ScoringEffect(model_version_id=UUID(int=1), ranking_digest="0" * 64)
    assert _refusal(version).reason is Refusal.MODEL_NOT_APPLICABLE
    assert (
        _refusal(KeyResultWeightEffect(key_result_id=UUID(int=1), weight=2)).reason
        is Refusal.WEIGHTS_WITHOUT_MEANING
    )


def test_what_was_left_out_of_a_stored_effect_stays_out() -> None:
    effect = DatesEffect(initiative_id=B, deadline=None)
    stored = stored_effect(effect)
    assert stored == {"kind": "dates", "initiative_id": str(B), "deadline": None}
    assert thawed_effect(stored) == effect
    assert thawed_effect(stored).model_fields_set >= {"initiative_id", "deadline"}
    assert "earliest_start" not in thawed_effect(stored).model_fields_set


@settings(max_examples=40)
@given(
    parts=st.lists(st.floats(0, 1), min_size=2, max_size=2),
    fte=st.floats(0.1, 1),
    ramp=st.floats(0, 12),
    offset=st.integers(0, 83),
)
def test_effects_of_different_things_commute_and_hires_add_their_working_days_at_most(
    parts: list[float], fte: float, ramp: float, offset: int
) -> None:
    base = _base()
    on = date.fromordinal(FIRST.toordinal() + offset)
    hire = HireEffect(team_id=WEB, on=on, fte=fte, ramp_weeks=ramp)
    force = ForceEffect(initiative_id=B, funded=True)
    one, other = apply_effects(base, [hire, force]), apply_effects(base, [force, hire])
    assert fingerprint(one) == fingerprint(other)
    more = (one.capacity - base.capacity)[:, int(base.team_resource[base.team_ids.index(WEB)])]
    assert (more >= -1e-12).all()
    days = sum(date.fromordinal(FIRST.toordinal() + day).weekday() < 5 for day in range(offset, 84))
    assert more.sum() <= fte * days / 5 + 1e-9
    shares = [ShareEffect(category_id=key, share=part) for key, part in zip((BET, RUN), parts, strict=True)]
    if sum(parts) > 1 + 1e-6:
        assert _refusal(*shares).reason is Refusal.SHARES_OVER_WHOLE
    else:
        apply_effects(base, shares)
