"""Clips are cut where the camera cannot be followed, and where there is no depth."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.datasets.rgbd import RgbdFrame, RgbdItem
from colorize_ros.evaluation.depth_color_clips import flicker_of_clips
from colorize_ros.evaluation.depth_color_protocol import Case
from colorize_ros.pipelines import Appearance


class Item(NamedTuple):
    frame: RgbdFrame

    def load(self) -> RgbdFrame:
        return self.frame


def item(view: int, shift: int, *, depth: bool = True) -> RgbdItem:
    """A view with texture of several scales that passes by."""
    rng = np.random.default_rng(view)
    texture = np.zeros((144, 240), np.float32)
    for cell in (4, 12, 36):
        coarse = rng.normal(size=(144 // cell, 240 // cell)).astype(np.float32)
        texture += cv2.resize(coarse, (240, 144), interpolation=cv2.INTER_CUBIC)
    levels = np.interp(texture, (texture.min(), texture.max()), (20, 230)).astype(np.uint8)
    rgb = np.repeat(levels[:, shift:shift + 160, None], 3, axis=2)
    depth_m = np.full((144, 160), 2 if depth else np.nan, np.float32)
    return Item(RgbdFrame(f's/{view}/{shift}', np.ascontiguousarray(rgb),
                          depth_m))  # type: ignore[return-value]


class Blinker:
    """Gives the level of its reference's first pixel, and every other time 20 more."""

    side = 128

    def __init__(self) -> None:
        self.references: list[str] = []
        self.colored: list[str] = []

    def remember(self, reference: Case) -> Appearance:
        self.references.append(reference.name)
        return Appearance(np.zeros(1, np.float32), ())

    def __call__(self, case: Case, appearance: Appearance) -> NDArray[np.uint8]:
        self.colored.append(case.name)
        return np.full((128, 128, 3), 100 + 20 * (len(self.colored) % 2), np.uint8)


def test_what_comes_and_goes_is_measured_and_the_truth_beside_it() -> None:
    blinker = Blinker()
    found = flicker_of_clips([[item(0, shift) for shift in (0, 3, 6)]], {'blinker': blinker})
    # From level 100 to 120 L* goes from 42.4 to 50.4: CIEDE2000 is that over 1.02.
    assert found['blinker'] == pytest.approx(7.7, abs=0.3)
    assert found['truth'] < 3
    assert blinker.references == ['s/0/0']


def test_a_cut_ends_a_clip() -> None:
    blinker = Blinker()
    clip = [item(0, 0), item(0, 3), item(1, 0), item(2, 0), item(2, 3)]
    assert set(flicker_of_clips([clip], {'blinker': blinker})) == {'blinker', 'truth'}
    assert blinker.colored == ['s/0/0', 's/0/3', 's/2/0', 's/2/3']
    assert blinker.references == ['s/0/0', 's/2/0']


def test_a_frame_without_depth_ends_a_clip() -> None:
    blinker = Blinker()
    clip = [item(0, 0, depth=False), item(0, 2), item(0, 4), item(0, 6, depth=False), item(0, 8)]
    flicker_of_clips([clip], {'blinker': blinker})
    assert blinker.colored == ['s/0/2', 's/0/4']


def test_views_that_are_no_clip_give_nothing() -> None:
    assert flicker_of_clips([[item(view, 0) for view in range(3)]], {'blinker': Blinker()}) == {}
    assert flicker_of_clips([], {}) == {}
