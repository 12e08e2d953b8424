"""Sets of pictures are like each other as far as their features are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.errors import DataError
from colorize_ros.evaluation.likeness import Likeness, vgg_features


def levels(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    return rgb.reshape(-1, 3).astype(np.float32)


def noise(seed: int, brighter: int = 0) -> NDArray[np.uint8]:
    return (np.random.default_rng(seed).integers(0, 100, (20, 20, 3)) + brighter).astype(np.uint8)


def test_the_nearer_set_has_the_lower_distance_in_each_metric() -> None:
    likeness = Likeness({'frechet': levels, 'of_gray': lambda rgb: levels(rgb)[:, :1]})
    for seed in range(3):
        likeness.add_truth(noise(seed))
        likeness.add('same', noise(seed))
        likeness.add('near', noise(seed + 10, 10))
        likeness.add('far', noise(seed + 20, 50))
    distances = likeness.distances()
    assert distances['same']['frechet'] == pytest.approx(0, abs=1e-3)
    assert distances['near']['frechet'] == pytest.approx(3 * 10 ** 2, rel=0.2)
    assert distances['near']['of_gray'] == pytest.approx(10 ** 2, rel=0.4)
    assert distances['far']['frechet'] > 10 * distances['near']['frechet']


def test_without_features_there_is_nothing_to_compare() -> None:
    likeness = Likeness({})
    likeness.add_truth(noise(0))
    likeness.add('one', noise(1))
    assert likeness.distances() == {'one': {}}


def test_a_set_without_a_truth_is_refused() -> None:
    likeness = Likeness({'frechet': levels})
    likeness.add('one', noise(1))
    with pytest.raises(DataError, match='0 samples'):
        likeness.distances()


def test_without_vgg_it_is_said() -> None:
    skipped: dict[str, str] = {}
    assert vgg_features(None, 'cpu', skipped) == {}
    assert 'no VGG-19' in skipped['frechet_vgg19']
