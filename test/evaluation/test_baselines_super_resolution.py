"""Enlarging without learning: sizes, alignment, and edges from a guide."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.depth_sr import downsample
from colorize_ros.evaluation.baselines_super_resolution import (
    bicubic,
    joint_bilateral,
    nearest,
    SUPER_RESOLUTION_BASELINES,
)
from small_data import room


@pytest.mark.parametrize('scale', [2, 4, 8])
@pytest.mark.parametrize('name', SUPER_RESOLUTION_BASELINES)
@pytest.mark.parametrize('guided', [False, True])
def test_enlarges_without_a_shift(name: str, scale: int, guided: bool) -> None:
    disparity = 100 / room()
    guide = np.repeat(disparity.astype(np.uint8)[:, :, None], 3, axis=2) if guided else None
    enlarged = SUPER_RESOLUTION_BASELINES[name](downsample(disparity, scale), scale, guide)
    assert enlarged.shape == (96, 128)
    assert enlarged.dtype == np.float32
    wall = np.s_[4:20, 8:-8]
    np.testing.assert_allclose(enlarged[wall], disparity[wall], rtol=0.03)


@pytest.mark.parametrize('name', SUPER_RESOLUTION_BASELINES)
def test_a_constant_map_stays_constant(name: str) -> None:
    enlarged = SUPER_RESOLUTION_BASELINES[name](np.full((8, 9), 42, np.float32), 4, None)
    np.testing.assert_allclose(enlarged, 42, rtol=1e-5)


def test_a_color_edge_sharpens_the_depth_edge() -> None:
    disparity = np.full((64, 64), 50, np.float32)
    disparity[:, 30:] = 150
    guide = np.repeat(disparity.astype(np.uint8)[:, :, None], 3, axis=2)
    small = downsample(disparity, 8)
    errors = [np.abs(enlarged - disparity).mean() for enlarged in (
        joint_bilateral(small, 8, guide), bicubic(small, 8, None), nearest(small, 8, None))]
    assert errors[0] == min(errors)


def test_a_guide_unlike_its_surroundings_leaves_no_hole() -> None:
    guide = np.zeros((64, 64, 3), np.uint8)
    guide[31, 31] = 255
    enlarged = joint_bilateral(np.full((8, 8), 10, np.float32), 8, guide)
    np.testing.assert_allclose(enlarged, 10, rtol=1e-4)
