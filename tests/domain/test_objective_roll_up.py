"""Progress along the cascade, with every number explained."""

import math
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.enums import Ambition, KeyResultDirection, KeyResultKind
from domain.objective_roll_up import RollUpPart, roll_up, rolled_up_progress
from domain.rows import KeyResultRow, ObjectiveRow
from domain.snapshot import Directory
from domain.snapshot.directory import cascade

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NOBODY = UUID(int=0)


def _objective(number: int, parent: int | None = None, **values: Any) -> ObjectiveRow:
    row = ObjectiveRow(
        id=UUID(int=number),
        cycle_id=NOBODY,
        team_id=NOBODY,
        parent_id=None if parent is None else UUID(int=parent),
        title=str(number),
        description="",
        ambition=Ambition.COMMITTED,
        weight=1.0,
        version=1,
        created_at=NOW,
        updated_at=NOW,
        archived_at=None,
    )
    return row._replace(**values)


def _key_result(number: int, objective: int, percent: float | None, **values: Any) -> KeyResultRow:
    row = KeyResultRow(
        id=UUID(int=10_000 + number),
        objective_id=UUID(int=objective),
        owner_id=None,
        title=str(number),
        unit="%",
        direction=KeyResultDirection.INCREASE,
        kind=KeyResultKind.OUTCOME,
        start_value=0.0,
        target_value=100.0,
        current_value=percent,
        commit_value=None,
        stretch_value=None,
        due_on=date(2026, 9, 30),
        weight=1.0,
        version=1,
        created_at=NOW,
        updated_at=NOW,
        archived_at=None,
    )
    return row._replace(**values)


EMPTY = Directory(
    members={},
    teams={},
    cycles={},
    categories={},
    portfolios={},
    objectives={},
    key_results={},
    key_results_of={},
    children_of={},
    successors={},
    criteria={},
    models={},
    model_versions={},
    current_versions={},
)


def _directory(objectives: list[ObjectiveRow], key_results: list[KeyResultRow]) -> Directory:
    parts = {row.id: row for row in objectives}, {row.id: row for row in key_results}
    return replace(EMPTY, objectives=parts[0], key_results=parts[1], **cascade(*parts), derived={})


def test_key_results_and_objectives_below_count_by_their_weights_and_the_terms_add_up() -> None:
    directory = _directory(
        [
            _objective(1),
            _objective(2, 1, weight=2.0),
            _objective(3, 2),
            _objective(4, 1, weight=7.0),
            _objective(5, 1, archived_at=NOW),
            _objective(6, 1),
            _objective(7, 1, weight=4.0, carried_over_from_id=UUID(int=6)),
        ],
        [
            _key_result(1, 1, 150.0),
            _key_result(2, 1, 20.0, weight=3.0),
            _key_result(3, 1, None, weight=9.0),
            _key_result(4, 1, 0.0, weight=9.0, archived_at=NOW),
            _key_result(5, 3, 60.0),
            _key_result(6, 2, 0.0),
            _key_result(7, 5, 100.0),
            _key_result(8, 6, 100.0),
            _key_result(9, 7, 25.0),
        ],
    )
    # below: objective 3 is at 0.6, so objective 2 is at (0 + 0.6) / 2
    assert rolled_up_progress(directory, UUID(int=2)) == 0.3
    found = roll_up(directory, UUID(int=1))
    assert found.total_weight == 1 + 3 + 2 + 4
    terms = [
        (term.part, term.row.title, term.weight, term.progress, term.contribution) for term in found.terms
    ]
    assert terms == [
        (RollUpPart.KEY_RESULT, "1", 1, 1, 0.1),
        (RollUpPart.KEY_RESULT, "2", 3, 0.2, 3 * 0.2 / 10),
        (RollUpPart.KEY_RESULT, "3", 9, None, None),
        (RollUpPart.OBJECTIVE, "2", 2, 0.3, 0.06),
        (RollUpPart.OBJECTIVE, "4", 7, None, None),
        (RollUpPart.OBJECTIVE, "7", 4, 0.25, 0.1),
    ]
    assert found.progress is not None
    assert math.isclose(found.progress, 0.32)
    assert math.isclose(found.progress, math.fsum(term.contribution or 0 for term in found.terms))


def test_nothing_known_and_nothing_that_weighs_is_not_0() -> None:
    directory = _directory(
        [_objective(1), _objective(2, 1)], [_key_result(1, 2, None), _key_result(2, 1, 80.0, weight=0.0)]
    )
    assert rolled_up_progress(directory, UUID(int=2)) is None
    found = roll_up(directory, UUID(int=1))
    assert (found.progress, found.total_weight) == (None, 0)
    assert [term.contribution for term in found.terms] == [None, None]


def test_all_that_is_met_is_exactly_1() -> None:
    key_results = [_key_result(number, 1, 100.0, weight=number / 10) for number in range(1, 8)]
    assert rolled_up_progress(_directory([_objective(1)], key_results), UUID(int=1)) == 1


@given(st.data())
def test_the_terms_add_up_in_every_cascade(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 8))
    parents = [None, *(data.draw(st.integers(0, number - 1)) for number in range(1, size))]
    weights = st.floats(0.001, 1_000)
    objectives = [
        _objective(number + 1, None if parent is None else parent + 1, weight=data.draw(weights))
        for number, parent in enumerate(parents)
    ]
    key_results = [
        _key_result(number, data.draw(st.integers(1, size)), value, weight=data.draw(st.just(0.0) | weights))
        for number, value in enumerate(data.draw(st.lists(st.none() | st.floats(-50, 150), max_size=8)))
    ]
    directory = _directory(objectives, key_results)
    for row in objectives:
        found = roll_up(directory, row.id)
        contributions = [term.contribution for term in found.terms if term.contribution is not None]
        assert (found.progress is None) == (found.total_weight == 0)
        if found.progress is not None:
            assert math.isclose(math.fsum(contributions), found.progress, abs_tol=1e-12)
            assert -1e-12 <= found.progress <= 1 + 1e-12


def test_a_deep_cascade_takes_time_in_proportion_to_its_size() -> None:
    def seconds(depth: int) -> float:
        objectives = [_objective(1), *(_objective(number, number - 1) for number in range(2, depth + 1))]
        directory = _directory(objectives, [_key_result(1, depth, 50.0)])
        begun = time.perf_counter()
        assert rolled_up_progress(directory, UUID(int=1)) == 0.5
        return time.perf_counter() - begun

    seconds(100)
    # 16 times as deep: quadratic would be 256 times as long
    assert min(seconds(8_000) for _ in range(3)) < 60 * min(seconds(500) for _ in range(3))
