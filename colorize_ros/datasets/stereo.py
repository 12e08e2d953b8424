"""Rectified stereo pairs with disparity: the shape that every stereo data set is read into.

This project's own layout is `<source>/<scene>/left.png`, `right.png`, `disp_left.png` (16-bit,
disparity x 64, 0 unknown) and, where it is known, `occluded_left.png` (not 0 where the right
camera does not see what the left one does), with a `manifest.csv`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.manifest import read_manifest
from colorize_ros.datasets.map_files import read_levels, read_mask, unknown_at_zero
from colorize_ros.datasets.rgbd import read_rgb
from colorize_ros.errors import DataError

DISPARITY_SCALE = 64.0


class StereoFrame(NamedTuple):
    """A loaded pair; all images have one size.

    Attributes:
        left, right: uint8 RGB (H, W, 3), rectified.
        disparity_px: float32 (H, W) of the left image, NaN unknown: the right image shows at
            column x - disparity_px what the left one shows at x.
        occluded: bool (H, W), True where the right image is known not to show what the left one
            does, hidden or out of frame; None where the data set does not say.
    """

    name: str
    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    disparity_px: NDArray[np.float32]
    occluded: NDArray[np.bool_] | None


class StereoTruth(NamedTuple):
    """What is known of a pair: `disparity_px` and `occluded` of `StereoFrame`."""

    disparity_px: NDArray[np.float32]
    occluded: NDArray[np.bool_] | None


class StereoCamera(NamedTuple):
    """What turns disparity into depth.

    Attributes:
        focal_px: focal length along the rows.
        baseline_m: distance of the two cameras.
        disparity_offset_px: column of the right principal point minus that of the left one.
    """

    focal_px: float
    baseline_m: float
    disparity_offset_px: float = 0.0

    def depth_m(self, disparity_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (H, W) metres along the optical axis; NaN where unknown or infinitely far."""
        shift_px = disparity_px + np.float32(self.disparity_offset_px)
        near = shift_px > 0
        depth_m = np.full(disparity_px.shape, np.nan, np.float32)
        depth_m[near] = np.float32(self.focal_px * self.baseline_m) / shift_px[near]
        return depth_m


@dataclass(frozen=True)
class StereoItem:
    """A pair on disk. `name` starts with the source: `<source>/<scene>`.

    Attributes:
        read_truth: reads disparity and occlusion, called by `load`.
        read_camera: reads the calibration; None where the data set gives none.
    """

    name: str
    split: str
    left_path: Path
    right_path: Path
    read_truth: Callable[[], StereoTruth] = field(compare=False, repr=False)
    read_camera: Callable[[], StereoCamera] | None = field(
        default=None, compare=False, repr=False)

    @property
    def source(self) -> str:
        """The first part of the name."""
        return self.name.split('/')[0]

    def load(self) -> StereoFrame:
        """Read the pair and its truth.

        Raises:
            DataError: a file is missing, damaged or of another format, or the sizes differ.
        """
        left, right = read_rgb(self.left_path), read_rgb(self.right_path)
        truth = self.read_truth()
        sizes = {
            self.left_path.name: left.shape[:2], self.right_path.name: right.shape[:2],
            'its disparity': truth.disparity_px.shape}
        if truth.occluded is not None:
            sizes['its occlusion mask'] = truth.occluded.shape
        if len(set(sizes.values())) > 1:
            found = ', '.join(f'{what} {rows} x {columns}'
                              for what, (rows, columns) in sizes.items())
            raise DataError(
                f'the parts of the pair {self.left_path} differ in rows x columns: {found}; a '
                f'rectified pair and its truth have one size')
        return StereoFrame(self.name, left, right, *truth)


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs of a split.

    Args:
        folder: the `stereo` folder or the one that holds it.
        split: 'train' or 'test'; None for all.

    Raises:
        DataError: no manifest, no such split, or an item's files are missing.
    """
    root, rows = read_manifest(folder, 'stereo', split)
    return [_item(root / name, name, item_split) for name, item_split in rows]


def _item(scene: Path, name: str, split: str) -> StereoItem:
    left, right, disparity = require_files(
        name, scene / 'left.png', scene / 'right.png', scene / 'disp_left.png')
    occluded = scene / 'occluded_left.png'
    return StereoItem(name, split, left, right, partial(
        _read_truth, disparity, occluded if occluded.is_file() else None))


def _read_truth(disparity_path: Path, occluded_path: Path | None) -> StereoTruth:
    levels = read_levels(disparity_path, np.uint16)
    occluded = None if occluded_path is None else read_mask(occluded_path)
    return StereoTruth(unknown_at_zero(levels, DISPARITY_SCALE), occluded)


def require_files(name: str, *paths: Path) -> tuple[Path, ...]:
    """Return the paths of an item's parts.

    Raises:
        DataError: one of them is not there.
    """
    for path in paths:
        if not path.is_file():
            raise DataError(f'item {name!r} lacks {path}; is the data set complete?')
    return paths


def occluded_by_right(
        left_px: NDArray[np.float32], right_px: NDArray[np.float32],
        tolerance_px: float = 1.0) -> NDArray[np.bool_]:
    """Find what the right camera does not see by comparing the disparities of both images.

    A point of the left image is hidden where the right image shows something nearer in its
    place: the cross-check of Scharstein & Szeliski ("A Taxonomy and Evaluation of Dense Two-Frame
    Stereo Correspondence Algorithms", IJCV 2002), one-sided: what is farther hides nothing.

    Args:
        left_px: (H, W) disparity of the left image, NaN unknown.
        right_px: (H, W) disparity of the right image, NaN unknown.
        tolerance_px: how much nearer counts as another surface.

    Returns:
        (H, W); True where hidden or out of frame, False where seen or where either is unknown.
    """
    height, width = left_px.shape
    known = np.isfinite(left_px)
    columns = np.arange(width) - np.where(known, left_px, 0)
    seen_at = np.rint(columns).astype(np.intp)
    out_of_frame = (seen_at < 0) | (seen_at >= width)
    there_px = right_px[np.arange(height)[:, None], np.clip(seen_at, 0, width - 1)]
    return known & (out_of_frame | (there_px > left_px + np.float32(tolerance_px)))
