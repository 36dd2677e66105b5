"""Loops are interpreted while small, and compiled where a caller repeats them."""

from prioritisation.compilation import INTERPRETED_UP_TO, compiled, sized

# whole numbers of machine code have 64 bits: it tells the two ways apart
GREAT = 2**40


def _square(value: int) -> int:
    return value * value


def _square_again(value: int) -> int:
    return value * value


def test_a_small_loop_is_interpreted_until_its_machine_code_is_there() -> None:
    square = sized(_square)
    assert square(INTERPRETED_UP_TO, GREAT) == 2**80
    assert square(INTERPRETED_UP_TO + 1, GREAT) == 0
    assert square(1, GREAT) == 0


def test_who_repeats_a_loop_has_it_compiled() -> None:
    square = sized(_square_again)
    assert square(1, GREAT) == 2**80
    with compiled():
        assert square(1, GREAT) == 0
