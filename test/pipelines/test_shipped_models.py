"""The shipped weights on a made-up room: they beat simple fills and know when they guess."""

import cv2
import numpy as np
import pytest

from colorize_ros.pipelines import DepthCompleter, DepthUpsampler, NirColorizer
from colorize_ros.pipelines.nearest import nearest_measurement


def room(height=240, width=320):
    """A floor, two walls and three boxes: float32 (H, W) metres."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    floor_m = 1.5 * height / np.maximum(rows - 0.35 * height, 1)
    wall_m = 4 / (0.8 + 0.6 * np.abs(columns / width - 0.6))
    depth_m = np.minimum(floor_m, wall_m)
    for left, top, right, bottom, box_m in ((30, 90, 90, 200, 2.2), (120, 60, 150, 230, 1.6),
                                            (220, 120, 300, 180, 2.8)):
        depth_m[top:bottom, left:right] = np.minimum(depth_m[top:bottom, left:right], box_m)
    return depth_m.astype(np.float32)


def hide(depth_m, kind):
    rng = np.random.default_rng(0)
    if kind == 'samples':
        hidden = rng.random(depth_m.shape) > 0.01
    else:
        hidden = np.zeros(depth_m.shape, bool)
        # The infrared shadow that each box casts beside it on what is behind, a dark patch of
        # wall, the rim of registration.
        hidden[90:200, 14:30] = hidden[60:230, 104:120] = hidden[120:180, 206:220] = True
        hidden[10:70, 190:270] = hidden[:, 310:] = True
    return np.where(hidden, np.float32(np.nan), depth_m)


@pytest.fixture(scope='module')
def completer():
    return DepthCompleter.load('robot', device='cpu')


def rmse_m(first_m, second_m, where):
    return float(np.sqrt(np.mean((first_m - second_m)[where] ** 2)))


@pytest.mark.parametrize('kind', ['samples', 'holes'])
def test_completion_beats_a_nearest_fill(completer, kind):
    truth_m = room()
    depth_m = hide(truth_m, kind)
    hidden = np.isnan(depth_m)
    nearest_m, _ = nearest_measurement(depth_m, ~hidden)
    completed_m = completer(depth_m).depth_m
    assert rmse_m(completed_m, truth_m, hidden) < 0.9 * rmse_m(nearest_m, truth_m, hidden)


@pytest.mark.parametrize('kind', ['samples', 'holes'])
def test_guessed_depth_is_worse_than_interpolated(completer, kind):
    truth_m = room()
    depth_m = hide(truth_m, kind)
    enhanced = completer(depth_m)
    relative = np.abs(enhanced.depth_m - truth_m) / truth_m
    guessed = enhanced.confidence < 0.5
    interpolated = (enhanced.confidence >= 0.5) & (enhanced.confidence < 1)
    assert guessed.any()
    assert interpolated.any()
    assert relative[guessed].mean() > 3 * relative[interpolated].mean()
    assert relative[interpolated].mean() < 0.03


def test_a_guide_does_no_harm(completer):
    truth_m = room()
    depth_m = hide(truth_m, 'samples')
    hidden = np.isnan(depth_m)
    guide = np.clip(truth_m * 50, 0, 255).astype(np.uint8)
    alone = rmse_m(completer(depth_m).depth_m, truth_m, hidden)
    assert rmse_m(completer(depth_m, guide).depth_m, truth_m, hidden) < 1.05 * alone


@pytest.mark.parametrize('scale', [2, 4, 8])
def test_super_resolution_beats_bicubic(scale):
    upsampler = DepthUpsampler.load('robot', device='cpu')
    truth_m = room(320, 384)
    low_m = cv2.resize(truth_m, (384 // scale, 320 // scale), interpolation=cv2.INTER_AREA)
    bicubic_m = cv2.resize(low_m, (384, 320), interpolation=cv2.INTER_CUBIC)
    everywhere = np.ones(truth_m.shape, bool)
    finer_m = upsampler(low_m, scale)
    assert rmse_m(finer_m, truth_m, everywhere) < 0.8 * rmse_m(bicubic_m, truth_m, everywhere)


def test_colors_keep_the_light_and_shade_of_the_infrared():
    depth_m = room()
    nir = np.clip(255 * (1.2 / depth_m) ** 2, 0, 255).astype(np.uint8)
    color = NirColorizer.load('robot', device='cpu')(nir)
    luma = color @ np.array([0.299, 0.587, 0.114])
    assert color.shape == (*nir.shape, 3)
    assert np.corrcoef(luma.ravel(), nir.ravel())[0, 1] > 0.7
    # A guess, but not a gray one.
    assert np.ptp(color.astype(int), axis=2).mean() > 4
