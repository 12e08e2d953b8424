"""A small rectified pair of which all is known: a colored board before a colored wall."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.stereo import StereoFrame
from stereo_data import write_levels, write_rgb

WALL_PX, BOARD_PX = 4, 12
# Rows and columns of the board in the left image.
BOARD = np.s_[20:60, 50:90]


def stereo_scene(name: str = 'made/scene', seed: int = 0) -> StereoFrame:
    """Make an 80 x 128 pair whose wall is 4 px nearer than infinity, its board 12 px.

    The 8 columns left of the board, and the first 4 ones, are what the right camera does not see.
    """
    rng = np.random.default_rng(seed)
    wall, board = _colorful(80, 140, rng), _colorful(80, 140, rng)
    left, right = wall[:, :128].copy(), wall[:, WALL_PX:128 + WALL_PX].copy()
    left[BOARD] = board[BOARD]
    rows, columns = BOARD
    right[rows, columns.start - BOARD_PX:columns.stop - BOARD_PX] = board[BOARD]
    disparity_px = np.full(left.shape[:2], WALL_PX, np.float32)
    disparity_px[BOARD] = BOARD_PX
    return StereoFrame(name, left, right, disparity_px, None)


def hidden_in_scene() -> NDArray[np.bool_]:
    """Give what the right camera does not see of the left image of `stereo_scene`, (80, 128)."""
    hidden = np.zeros((80, 128), bool)
    rows, columns = BOARD
    hidden[rows, columns.start - (BOARD_PX - WALL_PX):columns.start] = True
    hidden[:, :WALL_PX] = True
    return hidden


def write_scene(root: Path, frame: StereoFrame) -> None:
    """Write a pair in the stereo layout; the manifest is the test's to write."""
    write_rgb(root / frame.name / 'left.png', frame.left)
    write_rgb(root / frame.name / 'right.png', frame.right)
    write_levels(root / frame.name / 'disp_left.png', (frame.disparity_px * 64).astype(np.uint16))


def _colorful(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Patches of any color, and in each a fine texture of its light."""
    patches = rng.integers(60, 196, (height // 16 + 1, width // 16 + 1, 3)).astype(np.uint8)
    whole = cv2.resize(patches, (patches.shape[1] * 16, patches.shape[0] * 16),
                       interpolation=cv2.INTER_NEAREST)[:height, :width]
    texture = cv2.GaussianBlur(rng.normal(0, 60, (height, width)), (0, 0), 1.0)
    return np.clip(whole + texture[..., None], 0, 255).astype(np.uint8)
