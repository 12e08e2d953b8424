"""Which crops, references and clips color from depth is measured on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.rgbd import RgbdFrame, RgbdItem
from colorize_ros.errors import DepthError
from colorize_ros.evaluation.depth_color_protocol import (
    choose_references,
    find_clips,
    make_case,
    timed_case,
)


def frame(height: int, width: int, *, hole: bool = False) -> RgbdFrame:
    """A ramp to the right, 1 m to 5 m, as bright as it is far."""
    ramp = np.tile(np.linspace(0, 1, width, dtype=np.float32), (height, 1))
    depth_m = 1 + 4 * ramp
    if hole:
        depth_m[height // 2:height // 2 + 9, width // 2:width // 2 + 9] = np.nan
    levels = np.rint(255 * ramp).astype(np.uint8)
    return RgbdFrame('a/b/0', np.repeat(levels[..., None], 3, axis=2), depth_m)


def items(*names: str) -> list[RgbdItem]:
    return [RgbdItem(name, 'test', Path(), Path()) for name in names]


@pytest.mark.parametrize('size', [(480, 640), (240, 320), (100, 90), (390, 550)])
@pytest.mark.parametrize('side', [256, 128, 240])
def test_color_and_depth_are_cropped_alike(size: tuple[int, int], side: int) -> None:
    case = make_case(frame(*size, hole=True)).at(side)
    assert case.rgb.shape == (side, side, 3)
    assert case.depth_m.shape == (side, side)
    assert case.depth_m.dtype == np.float32
    difference = np.abs(case.rgb[..., 0] / 255 - (case.depth_m - 1) / 4)
    # At most half of the hole's width, and that only there.
    assert difference.max() < 0.05
    assert np.median(difference) < 0.003
    # Eight ninths of the shorter side are seen, of the middle.
    seen = np.ptp(case.depth_m) / 4
    assert seen == pytest.approx(8 / 9 * min(size) / size[1], abs=0.02)
    assert case.depth_m.mean() == pytest.approx(3, abs=0.02)


def test_the_focal_length_is_scaled_with_the_image() -> None:
    case = make_case(frame(480, 640))
    assert case.focal_px == pytest.approx(525 * 288 / 480)
    assert case.at(128).focal_px == pytest.approx(525 * 144 / 480)
    assert timed_case(frame(480, 640)).focal_px == pytest.approx(525)


def test_a_frame_is_timed_whole_and_with_its_holes() -> None:
    case = timed_case(frame(240, 320, hole=True))
    assert case.rgb.shape == (480, 640, 3)
    assert np.isnan(case.depth_m).sum() == 18 * 18
    assert np.nanmin(case.depth_m) == 1


def test_a_frame_without_depth_is_refused() -> None:
    empty = frame(60, 80)
    empty.depth_m[:] = np.nan
    with pytest.raises(DepthError, match='no pixel'):
        make_case(empty)


def test_references_are_of_different_scenes() -> None:
    names = [f's/{scene}/{index:04}' for scene in 'abcdefg' for index in range(9)]
    assert [item.name for item in choose_references(items(*names))] == [
        's/a/0004', 's/c/0004', 's/d/0004', 's/e/0004', 's/g/0004']


def test_of_few_scenes_references_are_spread() -> None:
    names = [f's/a/{index:04}' for index in range(9)]
    assert [item.name[-1] for item in choose_references(items(*names))] == list('02468')
    assert len(choose_references(items(*names[:3]))) == 3


def test_clips_are_runs_of_successive_frames() -> None:
    clips = find_clips(items(
        's/a/0003', 's/a/0001', 's/a/0002', 's/b/0001', 's/b/0003', 's/c/1', 's/a/0007',
        's/a/0008', 's/d/img_1', 's/d/img_2'))
    assert [[item.name for item in clip] for clip in clips] == [
        ['s/a/0001', 's/a/0002', 's/a/0003'], ['s/a/0007', 's/a/0008']]


def test_crops_do_not_alias_and_edges_stay_sharp() -> None:
    stripes = frame(480, 640)
    stripes.rgb[:] = 0
    stripes.rgb[:, 320:] = 255
    case = make_case(stripes).at(128)
    assert case.rgb[:, :62].max() == 0
    assert case.rgb[:, 66:].min() == 255
    assert cv2.mean(case.rgb)[0] == pytest.approx(127.5, abs=1)
