"""Colors held for images that come without a color image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.pipelines.held_chroma import gray_picture, HeldChroma
from pairs import mono_and_color

RNG = np.random.default_rng(1)


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    """A mono image and its own colors."""
    color = mono_and_color()[1]
    return cv2.cvtColor(color, cv2.COLOR_RGB2GRAY), color


def held_by(pair: tuple[np.ndarray, np.ndarray]) -> HeldChroma:
    held = HeldChroma()
    held.remember(*pair, 10.0)
    return held


def luma(rgb: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(int)


def test_the_same_view_gets_the_colors_and_keeps_its_own_luminance(
        pair: tuple[np.ndarray, np.ndarray]) -> None:
    mono, color = pair
    darker = np.clip(mono * 0.7 + RNG.normal(0, 3, mono.shape), 0, 255).astype(np.uint8)
    made = held_by(pair).recall(darker, 10.1, 0.5)
    assert made is not None
    assert np.abs(luma(made) - darker).max() <= 1
    again = held_by(pair).recall(mono, 10.1, 0.5)
    assert again is not None
    assert np.abs(again.astype(int) - color).max() <= 2


@pytest.mark.parametrize('level', [0, 2, 253, 255])
def test_chroma_gives_way_where_rgb_would_clip(
        pair: tuple[np.ndarray, np.ndarray], level: int) -> None:
    spotted = pair[0].copy()
    spotted[:8, :8] = level
    made = held_by(pair).recall(spotted, 10.0, 0.5)
    assert made is not None
    assert np.abs(luma(made) - spotted).max() <= 1


def test_what_has_moved_gets_none(pair: tuple[np.ndarray, np.ndarray]) -> None:
    held = held_by(pair)
    assert held.recall(np.roll(pair[0], 1, axis=1), 10.0, 0.5) is not None
    assert held.recall(np.roll(pair[0], 13, axis=1), 10.0, 0.5) is None
    assert held.recall(np.zeros_like(pair[0]), 10.0, 0.5) is None
    assert held.recall(pair[0][:100], 10.0, 0.5) is None


def test_what_is_old_or_of_before_gets_none(pair: tuple[np.ndarray, np.ndarray]) -> None:
    held = held_by(pair)
    assert held.recall(pair[0], 10.5, 0.5) is not None
    assert held.recall(pair[0], 10.6, 0.5) is None
    assert held.recall(pair[0], 9.9, 0.5) is None
    assert HeldChroma().recall(pair[0], 10.0, 0.5) is None


def test_sixteen_bits_are_shown_by_their_upper_eight() -> None:
    wide = (np.arange(32 * 32).reshape(32, 32) * 60).astype(np.uint16)
    picture = gray_picture(wide)
    assert picture.shape == (32, 32, 3)
    assert np.abs(picture[..., 1] - wide / 257).max() <= 0.5
    assert np.array_equal(gray_picture(wide.astype(np.uint8))[..., 2], wide.astype(np.uint8))
