import numpy as np

from prioritisation.adjacency import csr
from prioritisation.blocks import order_within, rank_blocks


def test_blocks_of_equal_density_that_need_each_other_are_one_block() -> None:
    # 0 → 1 and 2 → 3 carry flow; 0 → 3 and 2 → 1 lead both ways between the two blocks.
    ranked = rank_blocks(
        label=np.array([0, 0, 1, 1, 2]),
        count=3,
        duration=np.ones(5),
        weight=np.array([1.0, 3.0, 1.0, 3.0, 9.0]),
        src=np.array([0, 2, 0, 2]),
        dst=np.array([1, 3, 3, 1]),
    )
    assert ranked.block.tolist() == [1, 1, 1, 1, 0]
    assert ranked.density.tolist() == [9.0, 2.0]


def test_blocks_that_a_dependency_would_put_in_rising_order_are_one_block() -> None:
    ranked = rank_blocks(
        label=np.array([0, 1, 2]),
        count=3,
        duration=np.ones(3),
        weight=np.array([1.0, 1.0 + 1e-9, 1.0 + 5e-10]),
        src=np.array([0]),
        dst=np.array([1]),
    )
    assert ranked.block.tolist() == [0, 0, 1]


def test_ties_between_blocks_go_to_the_first_item() -> None:
    nothing = np.array([], dtype=np.int64)
    ranked = rank_blocks(
        label=np.array([2, 0, 1]),
        count=3,
        duration=np.ones(3),
        weight=np.array([1.0, 1.0, 1.0]),
        src=nothing,
        dst=nothing,
    )
    assert ranked.block.tolist() == [0, 1, 2]


def test_inside_a_block_the_free_item_of_most_weight_per_duration_comes_first() -> None:
    before, after = np.array([0, 1]), np.array([2, 3])
    duration, weight = np.array([1.0, 1.0, 2.0, 1.0]), np.array([1.0, 2.0, 9.0, 0.0])
    ranked = rank_blocks(
        label=np.zeros(4, dtype=np.int64), count=1, duration=duration, weight=weight, src=before, dst=after
    )
    order = order_within(ranked=ranked, duration=duration, weight=weight, successors=csr(4, before, after))
    assert order.tolist() == [1, 0, 2, 3]
