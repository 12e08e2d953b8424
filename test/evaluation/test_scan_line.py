"""The search along the scan line."""

import numpy as np

from colorize_ros.evaluation.scan_line import (
    agreeing,
    best_match,
    DISPARITIES,
    Match,
    take,
    take_between,
)


def test_the_match_of_least_cost_is_found_from_both_sides() -> None:
    rng = np.random.default_rng(0)
    world = rng.permutation(4 * 48).reshape(4, 48).astype(np.float32)
    left, right = world[:, :40], world[:, 6:46]
    match = best_match(lambda d: np.abs(left[:, d:] - right[:, :40 - d]), 4, 40)
    assert np.all(match.left[:, 6:] == 6)
    assert np.all(match.right[:, :34] == 6)
    assert agreeing(match)[:, 6:].all()
    np.testing.assert_array_equal(take(right[..., None], match.left)[:, 6:, 0], left[:, 6:])


def test_the_smaller_of_equal_disparities_is_taken() -> None:
    match = best_match(lambda d: np.zeros((2, 30 - d), np.float32), 2, 30)
    assert not match.left.any()
    assert not match.right.any()


def test_no_further_than_the_range_of_disparity() -> None:
    width = DISPARITIES + 40
    seen = []
    best_match(lambda d: seen.append(d) or np.zeros((1, width - d), np.float32), 1, width)
    assert seen == list(range(DISPARITIES))


def test_a_match_that_is_not_returned_does_not_agree() -> None:
    left, right = np.full((1, 10), 2, np.int16), np.full((1, 10), 2, np.int16)
    right[0, 3] = 5
    assert np.flatnonzero(~agreeing(Match(left, right))[0]).tolist() == [5]


def test_between_two_columns_is_their_mean() -> None:
    ramp = np.tile(np.arange(10, dtype=np.float32), (1, 1))[..., None]
    taken = take_between(ramp, np.full((1, 10), 2.25, np.float32))
    np.testing.assert_allclose(taken[0, 3:, 0], np.arange(3, 10) - 2.25)
