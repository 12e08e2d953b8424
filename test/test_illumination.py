"""How well lit a picture is said to be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.darkness import ill_lit, night
from colorize_ros.datasets.rgbd import read_rgb
from colorize_ros.errors import ShapeError
from colorize_ros.illumination import how_well_lit, noise_levels
from shared_data import requires_shared, SHARED


def scene() -> np.ndarray:
    """A picture of soft patches of color, as bright as photos are."""
    rng = np.random.default_rng(3)
    patches = rng.integers(50, 230, (9, 12, 3)).astype(np.uint8)
    return cv2.resize(patches, (160, 120), interpolation=cv2.INTER_CUBIC)


def test_a_picture_by_day_is_lit_and_darker_ones_are_less() -> None:
    rng = np.random.default_rng(0)
    lights = [1.0, 0.03, 0.003, 1e-4]
    lit = [how_well_lit(night(scene(), rng, light=light)) for light in lights]
    assert lit == sorted(lit, reverse=True)
    assert lit[0] > 0.9
    assert lit[-1] == 0
    assert how_well_lit(ill_lit(scene())) < 0.3


def test_an_amplified_night_is_not_lit() -> None:
    dark = night(scene(), np.random.default_rng(0), light=1e-3)
    amplified = np.clip(dark.astype(float) * 12, 0, 255).astype(np.uint8)
    assert amplified.mean() > 80
    assert how_well_lit(amplified) < 0.1


def test_a_washed_out_picture_is_not_lit() -> None:
    assert how_well_lit(np.full((48, 64, 3), 255, np.uint8)) == 0
    assert how_well_lit(np.full((48, 64, 3), 128, np.uint8)) == 1


def test_noise_is_measured_and_edges_are_none() -> None:
    luma = cv2.cvtColor(scene(), cv2.COLOR_RGB2GRAY)
    luma[:, 80:] //= 2
    noise = np.random.default_rng(0).normal(0, 10, luma.shape)
    noisy = np.clip(luma / 2 + 60 + noise, 0, 255).astype(np.uint8)
    assert noise_levels(luma) < 2
    assert noise_levels(noisy) == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize('bad', [
    np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float32), np.zeros((4, 64, 3), np.uint8)
], ids=['gray', 'float', 'small'])
def test_what_is_no_color_image_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ShapeError, match='expected uint8 RGB'):
        how_well_lit(bad)


@requires_shared
def test_photos_are_told_from_their_nights() -> None:
    rng = np.random.default_rng(0)
    photos = [read_rgb(path) for path in sorted(SHARED.glob('data/rgbd/*/*_0[01]/*_rgb.*'))[::12]]
    assert len(photos) > 5
    assert min(how_well_lit(photo) for photo in photos) > 0.5
    assert max(how_well_lit(night(photo, rng)) for photo in photos) < 0.1
