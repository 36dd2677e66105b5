"""A breach opens once at each crossing after a recovery, whatever the measurements do."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.enums import BreachEventKind, KpiLevel
from domain.kpi.crossing import Crossing, Reading, Watch, followed, healthy_run, judged, stretches
from tests.domain.kpi.moments import NOW

H, A, R = KpiLevel.HEALTHY, KpiLevel.AMBER, KpiLevel.RED
KIND = BreachEventKind


def _readings(levels: list[KpiLevel]) -> list[Reading]:
    return [Reading(NOW + timedelta(days=day), float(day), level) for day, level in enumerate(levels)]


def _kinds(levels: list[KpiLevel], *, recovery: int, watch: Watch | None = None) -> list[BreachEventKind]:
    _, crossings = followed(watch or Watch(), _readings(levels), recovery=recovery)
    return [crossing.kind for crossing in crossings]


def test_one_breach_rises_and_eases_and_ends_with_enough_healthy_ones_in_a_row() -> None:
    kinds = _kinds([H, A, A, R, A, H, R, H, H, H, A], recovery=2)
    assert kinds == [
        KIND.OPENED,
        KIND.ROSE,
        KIND.EASED,
        KIND.EASED,
        KIND.ROSE,
        KIND.EASED,
        KIND.RESTORED,
        KIND.OPENED,
    ]


def test_with_one_measurement_to_recover_every_crossing_is_a_breach() -> None:
    assert _kinds([R, H, R, H], recovery=1) == [KIND.OPENED, KIND.RESTORED, KIND.OPENED, KIND.RESTORED]


def test_after_an_end_by_hand_only_a_recovery_arms_again() -> None:
    disarmed = Watch(open_level=None, armed=False)
    assert _kinds([R, H, R, H, A], recovery=2, watch=disarmed) == []
    assert _kinds([R, H, H, R], recovery=2, watch=disarmed) == [KIND.OPENED]


def test_stretches_belong_to_one_breach_each() -> None:
    _, crossings = followed(Watch(), _readings([R, A, H, R, H]), recovery=1)
    assert [[crossing.kind for crossing in stretch] for stretch in stretches(crossings)] == [
        [KIND.OPENED, KIND.EASED, KIND.RESTORED],
        [KIND.OPENED, KIND.RESTORED],
    ]


class BreachMachine(RuleBasedStateMachine):
    """Measurements in any order of levels, late ones, and ends by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.levels: list[KpiLevel] = []
        self.opened = self.ended = 0
        self.recovered_since = True
        self.recovery = 1

    @initialize(recovery=st.integers(1, 3))
    def begin(self, recovery: int) -> None:
        self.recovery = recovery

    @rule(levels=st.lists(st.sampled_from([H, A, R]), min_size=1, max_size=4))
    def measure(self, levels: list[KpiLevel]) -> None:
        for level in levels:
            self.levels.append(level)
            before = self.watch
            self.watch, happened = followed(self.watch, _readings([level]), recovery=self.recovery)
            self._count(before, happened)

    @rule(level=st.sampled_from([H, A, R]))
    def correct_the_newest(self, level: KpiLevel) -> None:
        if self.levels:
            self.levels[-1] = level
            before = self.watch
            self.watch, happened = judged(
                Watch(
                    open_level=before.open_level,
                    armed=before.armed,
                    healthy_run=healthy_run(reversed(self.levels)),
                ),
                _readings([level])[0],
                recovery=self.recovery,
            )
            self._count(before, happened)

    @rule()
    def end_by_hand(self) -> None:
        if self.watch.open_level is not None:
            self.watch = Watch(open_level=None, armed=False, healthy_run=self.watch.healthy_run)
            self.ended += 1
            self.recovered_since = False

    def _count(self, before: Watch, happened: list[Crossing]) -> None:
        if healthy_run(reversed(self.levels)) >= self.recovery:
            self.recovered_since = True
        kinds = [crossing.kind for crossing in happened]
        crossed = self.levels[-1] is not H and before.open_level is None and self.recovered_since
        assert kinds.count(KIND.OPENED) == int(crossed), "every crossing after a recovery opens exactly one"
        if KIND.OPENED in kinds:
            self.opened += 1
            self.recovered_since = False
        self.ended += kinds.count(KIND.RESTORED)

    @invariant()
    def at_most_one_is_open(self) -> None:
        assert self.opened - self.ended == int(self.watch.open_level is not None)

    @invariant()
    def the_open_one_is_where_the_newest_measurement_is(self) -> None:
        if self.watch.open_level is not None and self.levels:
            assert self.watch.open_level is self.levels[-1]


BreachMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestBreachMachine = BreachMachine.TestCase
