"""Noise of the two lenses of a stereo head (Dong et al. 2019, Table 2)."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.lens_noise import add_lens_noise, decolor, SETUPS
from colorize_ros.errors import ShapeError

# Bright enough that rounding to whole numbers adds little, and dark enough that nothing clips.
COLOR_LEVELS = (30, 64, 128, 170)
MONO_LEVELS = (80, 128, 200, 230)


def measured_std(level: int, factor: float) -> float:
    """Measure the noise on a gray patch, in intensities of [0, 1]."""
    noisy = add_lens_noise(np.full((300, 400), level, np.uint8), factor,
                           np.random.default_rng(level))
    return float(noisy.std()) / 255


@pytest.mark.parametrize(('factor', 'level'), [
    *((0.03, level) for level in COLOR_LEVELS),
    *((0.07, level) for level in COLOR_LEVELS),
    *((0.01, level) for level in MONO_LEVELS)])
def test_the_noise_is_that_of_table_2(factor: float, level: int) -> None:
    assert measured_std(level, factor) == pytest.approx(factor * np.sqrt(level / 255), rel=0.03)


def test_the_setups_are_those_of_table_2() -> None:
    assert {key: (setup.color, setup.mono) for key, setup in SETUPS.items()} == {
        1: (0.03, 0.01), 2: (0.07, 0.01)}


def test_the_mean_stays_and_black_stays_black() -> None:
    noisy = add_lens_noise(np.full((300, 400, 3), 100, np.uint8), 0.07, np.random.default_rng(0))
    assert noisy.mean() == pytest.approx(100, abs=0.1)
    black = np.zeros((8, 8), np.uint8)
    np.testing.assert_array_equal(add_lens_noise(black, 0.07, np.random.default_rng(0)), black)


def test_channels_get_noise_of_their_own() -> None:
    noisy = add_lens_noise(np.full((100, 100, 3), 128, np.uint8), 0.07, np.random.default_rng(0))
    channels = noisy.reshape(-1, 3).astype(float)
    assert np.abs(np.corrcoef(channels.T) - np.eye(3)).max() < 0.05


def test_the_same_state_gives_the_same_noise_and_the_picture_is_left_alone() -> None:
    image = np.full((20, 30, 3), 128, np.uint8)
    first = add_lens_noise(image, 0.03, np.random.default_rng(5))
    np.testing.assert_array_equal(first, add_lens_noise(image, 0.03, np.random.default_rng(5)))
    assert (first != add_lens_noise(image, 0.03, np.random.default_rng(6))).any()
    assert (image == 128).all()


def test_decoloring_is_the_luma_of_ycbcr() -> None:
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90]]], np.uint8)
    np.testing.assert_array_equal(decolor(rgb), [[76, 150, 29, 90]])


@pytest.mark.parametrize('image', [
    np.zeros((4, 4), np.float32), np.zeros(4, np.uint8), np.zeros((2, 4, 4, 3), np.uint8)])
def test_what_is_no_8_bit_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected uint8'):
        add_lens_noise(image, 0.03, np.random.default_rng(0))


@pytest.mark.parametrize('image', [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_has_no_color_is_not_decolored(image: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r'expected uint8 \(H, W, 3\)'):
        decolor(image)
