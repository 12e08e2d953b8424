"""Flicker is what changes though the scene does not; what moves along does not count."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.errors import DataError, ShapeError
from colorize_ros.evaluation.color_flicker import flicker, follow

STEP_PX = 3


def scene(seed: int = 0) -> NDArray[np.uint8]:
    """A wide view with texture of several scales."""
    rng = np.random.default_rng(seed)
    view = np.zeros((96, 200), np.float32)
    for cell in (3, 9, 27):
        coarse = rng.normal(size=(96 // cell + 2, 200 // cell + 2)).astype(np.float32)
        view += cv2.resize(coarse, (200, 96), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.normalize(view, None, 20, 230, cv2.NORM_MINMAX), np.uint8)


def drive(view: NDArray[np.uint8], frames: int = 4) -> list[NDArray[np.uint8]]:
    """The camera turns: the scene passes by 3 px a frame."""
    return [np.ascontiguousarray(view[:, STEP_PX * i:STEP_PX * i + 128]) for i in range(frames)]


def colored(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.stack([gray, 255 - gray, gray // 2], axis=2)


def test_follows_what_moves() -> None:
    first, second = drive(scene(), 2)
    there, followed = follow(first, second)
    assert followed.mean() > 0.8
    columns = np.tile(np.arange(128, dtype=np.float32), (96, 1))
    # The scene passes to the left, out of the frame.
    np.testing.assert_allclose(np.median((there[..., 0] - columns)[followed]), -STEP_PX, atol=0.2)
    assert not followed[:, :STEP_PX - 1].any()


def test_a_still_picture_does_not_flicker() -> None:
    still = [scene()] * 3
    assert flicker(still, [colored(frame) for frame in still]) == 0


def test_colors_that_move_with_the_scene_hardly_flicker() -> None:
    moving = drive(scene())
    steady = flicker(moving, [colored(frame) for frame in moving])
    unfollowed = flicker([moving[0]] * 4, [colored(frame) for frame in moving])
    assert steady < 3 < unfollowed / 2


def test_brightness_that_comes_and_goes_flickers_by_its_amount() -> None:
    moving = drive(scene())
    plain = [np.full((96, 128, 3), 100 + 20 * (i % 2), np.uint8) for i in range(4)]
    # From level 100 to 120 L* goes from 42.4 to 50.4: CIEDE2000 is that over 1.02.
    assert flicker(moving, plain) == pytest.approx(7.7, abs=0.3)


def test_colors_that_stay_behind_flicker() -> None:
    moving = drive(scene())
    stuck = [colored(scene(7)[:, :128])] * 4
    assert flicker(moving, stuck) > 2 * flicker(moving, [colored(frame) for frame in moving])


@pytest.mark.parametrize('frames', [
    [frame // 12 for frame in drive(scene())],
    [frame.astype(np.uint16) * 3 for frame in drive(scene())]], ids=['dark', '16 bits'])
def test_few_levels_are_enough_to_follow(frames: list[NDArray]) -> None:
    outputs = [colored(frame) for frame in drive(scene())]
    bright = flicker(drive(scene()), outputs)
    assert flicker(frames, outputs) == pytest.approx(bright, abs=0.7)


def test_refuses_what_is_no_video() -> None:
    frames = drive(scene())
    outputs = [colored(frame) for frame in frames]
    with pytest.raises(DataError, match='1 input and 1 output'):
        flicker(frames[:1], outputs[:1])
    with pytest.raises(DataError, match='4 input and 3 output'):
        flicker(frames, outputs[:3])
    with pytest.raises(ShapeError, match='sizes'):
        flicker(frames, [outputs[0][:50], *outputs[1:]])
