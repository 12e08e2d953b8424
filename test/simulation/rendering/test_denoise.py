"""Path-traced light is smoothed, edges and shadows stay."""
from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.simulation.rendering.denoise import denoise

SHAPE = (64, 64)
FACING = np.tile(np.array([0, 0, -1], np.float32), (*SHAPE, 1))
DEPTH = np.full(SHAPE, 2.0, np.float32)
TRUST = np.ones(SHAPE, np.float32)


@pytest.mark.parametrize('channels', [1, 3])
@pytest.mark.parametrize('level', [1e-5, 1.0])
def test_noise_is_smoothed_and_the_mean_stays_by_day_and_by_night(level: float,
                                                                  channels: int) -> None:
    rng = np.random.default_rng(0)
    noisy = (level * rng.exponential(1.0, (*SHAPE, channels))).astype(np.float32)
    smooth = denoise(noisy, FACING, DEPTH, TRUST) / np.float32(level)
    assert smooth.shape == noisy.shape
    assert smooth.std() < 0.25
    assert smooth.mean() == pytest.approx(1.0, abs=0.2)


def test_light_does_not_leak_over_an_edge_of_depth_or_a_fold() -> None:
    light = np.where(np.arange(64)[None, :, None] < 32, 0.1, 1.0) * np.ones((*SHAPE, 1))
    nearer = np.where(np.arange(64) < 32, np.float32(1), DEPTH)
    folded = FACING.copy()
    folded[:, 32:] = (1, 0, 0)
    for normals, depth in ((FACING, nearer), (folded, DEPTH)):
        result = denoise(light.astype(np.float32), normals, depth, TRUST)
        np.testing.assert_allclose(result[:, 29], 0.1, rtol=0.3)
        np.testing.assert_allclose(result[:, 34], 1.0, rtol=0.3)


def test_what_is_not_trusted_takes_the_light_around() -> None:
    light = np.ones((*SHAPE, 3), np.float32)
    trust = TRUST.copy()
    light[30, 30], trust[30, 30] = 50.0, 1e-6
    result = denoise(light, FACING, DEPTH, trust)
    assert result[30, 30] == pytest.approx(1.0, abs=0.3)


def test_darkness_stays_dark() -> None:
    dark = np.zeros((*SHAPE, 3), np.float32)
    assert (denoise(dark, FACING, DEPTH, TRUST) == 0).all()


@pytest.mark.parametrize('shape', [(1, 1), (1, 40), (3, 14), (17, 16)])
def test_a_picture_of_a_few_pixels_is_smoothed_too(shape: tuple[int, int]) -> None:
    flat = np.ones(shape, np.float32)
    facing = np.stack([0 * flat, 0 * flat, flat], axis=2)
    light = np.random.default_rng(0).uniform(0.5, 1.5, (*shape, 3)).astype(np.float32)
    smooth = denoise(light, facing, flat, flat)
    assert smooth.shape == (*shape, 3)
    assert smooth.std() <= light.std()
