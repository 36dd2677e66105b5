import copy
import pickle

import pytest

from prioritisation.errors import CycleError, InvalidProblem, PrioritisationError, name_positions


@pytest.mark.parametrize(
    "error",
    [
        PrioritisationError("No capacity is left.", items=[4], code="NO_CAPACITY"),
        InvalidProblem("must not be negative", field="duration", items=[7, 8]),
        InvalidProblem("outside", field="scores", items=[1], code="OUTSIDE_SCALE"),
        CycleError([2, 5, 3]),
    ],
)
def test_error_survives_pickle_and_copy_with_all_its_data(error: PrioritisationError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert vars(twin) == vars(error)
        assert str(twin) == str(error)


def test_every_class_has_its_own_default_code() -> None:
    assert PrioritisationError("x").code == "PRIORITISATION_ERROR"
    assert InvalidProblem("x", field="f").code == "INVALID_PROBLEM"
    assert CycleError([1, 2]).code == "DEPENDENCY_CYCLE"


def test_cycle_names_its_positions_in_order_and_closes_itself() -> None:
    error = CycleError([9, 4, 7])
    assert error.cycle == (9, 4, 7)
    assert error.items == (9, 4, 7)
    assert error.message == "Dependencies form a cycle: 9 -> 4 -> 7 -> 9. Remove one of them."


def test_errors_are_value_errors_so_that_callers_outside_can_catch_them() -> None:
    with pytest.raises(ValueError, match="negative"):
        raise InvalidProblem("negative", field="duration")


def test_messages_name_a_few_positions_and_count_the_others() -> None:
    assert name_positions([]) == ""
    assert name_positions([1, 2, 3, 4, 5]) == "1, 2, 3, 4, 5"
    assert name_positions([1, 2, 3, 4, 5, 6]) == "1, 2, 3, 4, 5 and 1 more"
