"""Full-size clean disparity maps for super-resolution: `<name>/disp.png`, 8-bit, and `rgb.jpg`.

`downsample` defines the low-resolution map, for training and for evaluation alike: a pixel of a
depth camera of lower resolution gathers the light of its whole area, so each pixel is the mean of
the known values of a `scale` x `scale` block. It is also free of aliasing, unlike picking every
n-th pixel, and puts no ringing into the input, unlike bicubic decimation.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.manifest import read_manifest
from colorize_ros.datasets.rgbd import read_rgb
from colorize_ros.errors import DataError, ShapeError


class SrFrame(NamedTuple):
    """A loaded map: disparity float32 (H, W) pixels, NaN unknown; rgb uint8 (H, W, 3) or None."""

    name: str
    disparity: NDArray[np.float32]
    rgb: NDArray[np.uint8] | None


@dataclass(frozen=True)
class SrItem:
    """A map on disk; `rgb_path` is None where there is no color image."""

    name: str
    split: str
    disparity_path: Path
    rgb_path: Path | None

    def load(self) -> SrFrame:
        """Read the map and its color image.

        Raises:
            DataError: a file is missing, unreadable or not 8-bit, or the sizes differ.
        """
        values = cv2.imread(str(self.disparity_path), cv2.IMREAD_UNCHANGED)
        if values is None or values.dtype != np.uint8 or values.ndim != 2:
            found = 'unreadable' if values is None else f'{values.dtype} of shape {values.shape}'
            raise DataError(
                f'{self.disparity_path} is {found}; a disparity map is an 8-bit gray PNG')
        rgb = None if self.rgb_path is None else read_rgb(self.rgb_path)
        if rgb is not None and rgb.shape[:2] != values.shape:
            raise DataError(
                f'{self.rgb_path} is {rgb.shape[:2]} but its disparity map {values.shape} (rows, '
                f'columns); both have one size')
        disparity = values.astype(np.float32)
        disparity[values == 0] = np.nan
        return SrFrame(self.name, disparity, rgb)


def read_items(folder: Path, split: str | None) -> list[SrItem]:
    """List the maps of a split.

    Args:
        folder: the `depth_sr` folder or the one that holds it.
        split: 'train' or 'test'; None for all.

    Raises:
        DataError: no manifest, no such split, or a map is missing.
    """
    root, rows = read_manifest(folder, 'depth_sr', split)
    items = []
    for name, item_split in rows:
        disparity_path, rgb_path = root / name / 'disp.png', root / name / 'rgb.jpg'
        if not disparity_path.is_file():
            raise DataError(f'item {name!r} of the manifest lacks {disparity_path}')
        items.append(SrItem(
            name, item_split, disparity_path, rgb_path if rgb_path.is_file() else None))
    return items


def crop_to_multiple(image: NDArray, multiple: int) -> NDArray:
    """Cut rows and columns off at the bottom and right until both are multiples.

    Args:
        image: (H, W) or (H, W, C) of any dtype.
        multiple: at least 1.
    """
    height, width = image.shape[:2]
    return image[:height - height % multiple, :width - width % multiple]


def downsample(disparity: NDArray[np.float32], scale: int) -> NDArray[np.float32]:
    """Average the known values of each `scale` x `scale` block.

    Args:
        disparity: (H, W) disparity or depth, NaN unknown; H and W multiples of `scale`.
        scale: 2, 4 or 8.

    Returns:
        (H / scale, W / scale); NaN where a block has nothing known.

    Raises:
        ShapeError: a side is not a multiple of `scale`.
    """
    height, width = disparity.shape
    if height % scale or width % scale:
        raise ShapeError(
            f'a {height} x {width} map does not divide into blocks of {scale}; crop it with '
            f'crop_to_multiple first')
    size = (width // scale, height // scale)
    known = np.isfinite(disparity)
    if known.all():
        return cv2.resize(disparity, size, interpolation=cv2.INTER_AREA).astype(
            np.float32, copy=False)
    sums = cv2.resize(np.where(known, disparity, np.float32(0)), size,
                      interpolation=cv2.INTER_AREA)
    shares = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.where(shares > 0, sums / np.maximum(shares, 1e-6), np.nan).astype(np.float32)
