"""Registered color and depth pairs.

An item is `<item>_rgb.jpg` or `.png` and `<item>_depth.png`, 16-bit millimetres, 0 unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.manifest import read_manifest
from colorize_ros.errors import DataError

MILLIMETRES_PER_METRE = 1000.0


class SourceFacts(NamedTuple):
    """What has to be known of a source before its frames are learned from or measured on.

    Attributes:
        border_px: margin without depth (or color) on each side, cropped by `load`.
        kinect_holes: its holes are those of a structured-light sensor (Kinect, Xtion).
        filled: already filled, smooth or synthetic: its depth has no sensor's holes.
        striped: thin stripes of holes from reprojection, median-filled by `load`.
    """

    border_px: int = 0
    kinect_holes: bool = False
    filled: bool = False
    striped: bool = False


SOURCES: dict[str, SourceFacts] = {
    'nyuv2_cafe': SourceFacts(border_px=45, kinect_holes=True),
    '7scenes_redkitchen': SourceFacts(kinect_holes=True),
    'ycb_posecnn': SourceFacts(kinect_holes=True),
    'ist_hobbes': SourceFacts(kinect_holes=True),
    'lmo_sam6d': SourceFacts(kinect_holes=True),
    'hololens_dvmvs': SourceFacts(striped=True),
    'gqcnn': SourceFacts(filled=True),
    'sunrgbd_toy': SourceFacts(filled=True),
    'icl_livingroom1': SourceFacts(filled=True),
    'slambook2_ch12': SourceFacts(filled=True),
    'simulated': SourceFacts(filled=True),
}


class RgbdFrame(NamedTuple):
    """A loaded pair: rgb uint8 (H, W, 3); depth_m float32 (H, W) metres, NaN unknown."""

    name: str
    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]


@dataclass(frozen=True)
class RgbdItem:
    """A pair on disk. `name` is the manifest's: `<source>/<scene>/<index>`."""

    name: str
    split: str
    rgb_path: Path
    depth_path: Path

    @property
    def source(self) -> str:
        """The first part of the name."""
        return self.name.split('/')[0]

    @property
    def facts(self) -> SourceFacts:
        """What is known of the item's source; nothing special for a source not in the table."""
        return SOURCES.get(self.source, SourceFacts())

    def load(self) -> RgbdFrame:
        """Read the pair, cropped and stripe-filled as the source's facts say.

        Raises:
            DataError: a file is missing, unreadable, of another dtype, or the sizes differ.
        """
        rgb, depth_m = read_rgb(self.rgb_path), read_depth_m(self.depth_path)
        if rgb.shape[:2] != depth_m.shape:
            raise DataError(
                f'{self.rgb_path.name} is {rgb.shape[1]}x{rgb.shape[0]} but '
                f'{self.depth_path.name} is {depth_m.shape[1]}x{depth_m.shape[0]}; '
                f'a registered pair has one size')
        if self.facts.border_px:
            inner = slice(self.facts.border_px, -self.facts.border_px)
            rgb, depth_m = rgb[inner, inner], depth_m[inner, inner]
        if self.facts.striped:
            depth_m = fill_stripes(depth_m)
        return RgbdFrame(self.name, np.ascontiguousarray(rgb), np.ascontiguousarray(depth_m))


def read_items(folder: Path, split: str | None) -> list[RgbdItem]:
    """List the pairs of a split.

    Args:
        folder: the `rgbd` folder or the one that holds it.
        split: 'train', 'test', 'test-known-place', ...; None for all.

    Raises:
        DataError: no manifest, no such split, or an item's files are missing.
    """
    root, rows = read_manifest(folder, 'rgbd', split)
    return [_item(root, name, item_split) for name, item_split in rows]


def _item(root: Path, name: str, split: str) -> RgbdItem:
    depth_path = root / f'{name}_depth.png'
    colors = [root / f'{name}_rgb.{ending}' for ending in ('jpg', 'png')]
    rgb_path = next((path for path in colors if path.is_file()), None)
    if rgb_path is None or not depth_path.is_file():
        lost = depth_path if rgb_path else ' or '.join(str(path) for path in colors)
        raise DataError(f'item {name!r} of the manifest lacks {lost}; is the data set complete?')
    return RgbdItem(name, split, rgb_path, depth_path)


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Read an image file as uint8 RGB (H, W, 3).

    Raises:
        DataError: missing or not an image.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise DataError(f'{path} is missing or not an image; expected a JPEG or PNG file')
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


def read_depth_m(path: Path) -> NDArray[np.float32]:
    """Read a 16-bit PNG of millimetres as float32 (H, W) metres, NaN where it is 0.

    Raises:
        DataError: missing, not an image, or not 16-bit single-channel.
    """
    millimetres = read_uint16(path)
    depth_m = millimetres.astype(np.float32) / np.float32(MILLIMETRES_PER_METRE)
    depth_m[millimetres == 0] = np.nan
    return depth_m


def read_uint16(path: Path) -> NDArray[np.uint16]:
    """Read a 16-bit PNG as uint16 (H, W).

    Raises:
        DataError: missing, not an image, or not 16-bit single-channel.
    """
    values = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise DataError(f'{path} is missing or not an image; expected a 16-bit PNG')
    if values.dtype != np.uint16 or values.ndim != 2:
        raise DataError(
            f'{path} has dtype {values.dtype} and shape {values.shape}; depth is a '
            f'16-bit single-channel PNG with 0 for unknown')
    return np.asarray(values, np.uint16)


def fill_stripes(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill holes at most two pixels thin with the median of the known of their 3 x 3 neighbors.

    Args:
        depth_m: (H, W) metres, NaN unknown.

    Returns:
        A copy; larger holes stay NaN. A pixel needs three known neighbors.
    """
    padded = np.pad(depth_m, 1, constant_values=np.nan)
    rows, columns = np.nonzero(np.isnan(depth_m))
    neighbors = np.stack([padded[rows + dy, columns + dx] for dy in range(3) for dx in range(3)])
    known = np.isfinite(neighbors).sum(axis=0)
    # NaN sorts last, so the known values' median is at their count's middle.
    neighbors.sort(axis=0)
    medians = neighbors[known // 2, np.arange(len(rows))]
    filled = depth_m.copy()
    filled[rows, columns] = np.where(known >= 3, medians, np.nan)
    return filled
