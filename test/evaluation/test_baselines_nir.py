"""What each baseline is by definition, on pairs whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.datasets import nir
from colorize_ros.errors import DataError
from colorize_ros.evaluation.baselines_nir import (
    fit_baselines,
    gray_copy,
    HistogramMatching,
    Regression,
)
from small_data import write_nir


def levels(seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (64, 80)).astype(np.uint8)


def frame(gray: NDArray[np.uint8], rgb: NDArray[np.uint8]) -> nir.NirFrame:
    return nir.NirFrame('a/b/0000', rgb, gray)


def test_gray_copy_has_three_equal_channels() -> None:
    copied = gray_copy(levels())
    assert copied.shape == (64, 80, 3)
    assert all((copied[..., channel] == levels()).all() for channel in range(3))


def test_regression_finds_a_function_of_the_level() -> None:
    def recolored(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.stack([255 - gray, gray // 2, np.full_like(gray, 40)], axis=2)

    regression = Regression()
    for seed in range(4):
        regression.learn(frame(levels(seed), recolored(levels(seed))))
    np.testing.assert_array_equal(regression(levels(9)), recolored(levels(9)))


def test_regression_takes_the_mean_color_and_goes_between_levels_it_saw() -> None:
    gray = np.full((4, 4), 100, np.uint8)
    gray[:2] = 200
    rgb = np.zeros((4, 4, 3), np.uint8)
    rgb[2:, :2], rgb[:2] = (90, 0, 0), (200, 40, 0)
    regression = Regression()
    regression.learn(frame(gray, rgb))
    colors = regression(np.array([[0, 100, 150, 200, 255]], np.uint8))[0]
    assert colors[1].tolist() == [45, 0, 0]
    assert colors[3].tolist() == [200, 40, 0]
    assert colors[0].tolist() == colors[1].tolist()
    assert 45 < colors[2, 0] < 200
    assert colors[4].tolist() == colors[3].tolist()


def test_matched_histograms_are_those_learned_from() -> None:
    rgb = np.stack([levels(1) // 2, levels(2) // 2 + 100, levels(3) // 4], axis=2)
    matching = HistogramMatching()
    matching.learn(frame(levels(), rgb))
    matched = matching(levels(7))
    for channel in range(3):
        wanted, given = (np.percentile(image[..., channel], (5, 25, 50, 75, 95))
                         for image in (rgb, matched))
        np.testing.assert_allclose(given, wanted, atol=3)
    # Brighter stays brighter.
    order = np.argsort(levels(7).ravel(), kind='stable')
    assert (np.diff(matched.reshape(-1, 3)[order].astype(int), axis=0) >= 0).all()


def test_all_pairs_count_alike_in_the_mean_histogram() -> None:
    dark, bright = np.zeros((4, 4, 3), np.uint8), np.full((40, 40, 3), 255, np.uint8)
    matching = HistogramMatching()
    matching.learn(frame(dark[..., 0], dark))
    matching.learn(frame(bright[..., 0], bright))
    matched = matching(np.tile(np.arange(256, dtype=np.uint8), (4, 1)))
    assert (matched == 0).mean() == pytest.approx(0.5, abs=0.01)


def test_fits_both_to_items_on_disk(tmp_path: Path) -> None:
    items = nir.read_items(write_nir(tmp_path), 'train')
    methods = fit_baselines(items)
    assert list(methods) == ['regression', 'histogram']
    for colorize in methods.values():
        rgb = colorize(levels())
        assert rgb.dtype == np.uint8
        assert rgb.shape == (64, 80, 3)


def test_refuses_to_fit_to_nothing() -> None:
    with pytest.raises(DataError, match='no pairs'):
        fit_baselines([])
