"""Pictures that lose their light."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.darkness import ill_lit, night
from colorize_ros.errors import ConfigurationError, ShapeError


@pytest.fixture(scope='module')
def photo() -> np.ndarray:
    """A well-lit picture: patches of many colors, soft edges, all levels."""
    rng = np.random.default_rng(0)
    patches = rng.integers(20, 235, (6, 8, 3), np.uint8)
    return np.repeat(np.repeat(patches, 20, axis=0), 20, axis=1)


def test_gamma_ten_is_exact() -> None:
    levels = np.arange(256, dtype=np.uint8)
    rgb = np.stack([levels, levels[::-1], levels], axis=1)[None]
    expected = np.floor(255 * (rgb / 255.0) ** 10 + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(ill_lit(rgb), expected)
    assert ill_lit(rgb)[0, 255, 0] == 255
    assert ill_lit(rgb)[0, 128, 0] == 0


def test_gamma_one_changes_nothing(photo: np.ndarray) -> None:
    np.testing.assert_array_equal(ill_lit(photo, gamma=1.0), photo)


def test_a_night_is_nearly_black_and_its_noise_louder_than_its_picture(photo: np.ndarray) -> None:
    taken = night(photo, np.random.default_rng(0))
    assert taken.dtype == np.uint8
    assert taken.shape == photo.shape
    assert taken.mean() < 4
    # What two takes have in common is the picture, what they do not is noise.
    again = night(photo, np.random.default_rng(1))
    common = np.corrcoef(taken.ravel(), again.ravel())[0, 1]
    assert 0.01 < common < 0.3
    assert taken.std() > 2


def test_dusk_is_noisy_but_shows_the_room(photo: np.ndarray) -> None:
    taken = night(photo, np.random.default_rng(0), light=0.05)
    again = night(photo, np.random.default_rng(1), light=0.05)
    noise = np.std(taken.astype(float) - again) / np.sqrt(2)
    assert 2 < noise < 8
    assert np.corrcoef(taken.ravel(), photo.ravel())[0, 1] > 0.95


def test_full_light_gives_the_photo_back(photo: np.ndarray) -> None:
    taken = night(photo, np.random.default_rng(0), light=1.0)
    assert taken.mean() == pytest.approx(photo.mean(), abs=0.5)
    assert np.std(taken.astype(float) - photo) < 3


def test_the_same_state_gives_the_same_night(photo: np.ndarray) -> None:
    first = night(photo, np.random.default_rng(3))
    np.testing.assert_array_equal(first, night(photo, np.random.default_rng(3)))
    assert (first != night(photo, np.random.default_rng(4))).any()


@pytest.mark.parametrize('light', [0.0, -1.0, 1.5, np.nan])
def test_light_that_does_not_darken_is_refused(photo: np.ndarray, light: float) -> None:
    with pytest.raises(ConfigurationError, match='does not darken'):
        night(photo, np.random.default_rng(0), light=light)


@pytest.mark.parametrize('gamma', [0.0, -2.0, np.nan, np.inf])
def test_a_gamma_that_is_none_is_refused(photo: np.ndarray, gamma: float) -> None:
    with pytest.raises(ConfigurationError, match='gamma'):
        ill_lit(photo, gamma=gamma)


@pytest.mark.parametrize('image', [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_what_is_no_8_bit_color_picture_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected uint8'):
        ill_lit(image)
    with pytest.raises(ShapeError, match='expected uint8'):
        night(image, np.random.default_rng(0))
