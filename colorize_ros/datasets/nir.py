"""Registered pairs of a color and a near-infrared image.

This project's own layout is `<source>/<scene>/<index>_rgb.jpg` and `_nir.jpg` with a
`manifest.csv`, whose column `aligned` says how well a pair is registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.manifest import read_rows
from colorize_ros.errors import DataError

POORLY_ALIGNED = ('suspect', 'approximate')
MOST_COLORFUL = 4
"""How far, of 255, the channels of a gray image may lie apart: what JPEG's chroma loses."""


class NirFrame(NamedTuple):
    """A loaded pair of one size: rgb uint8 (H, W, 3), nir uint8 (H, W)."""

    name: str
    rgb: NDArray[np.uint8]
    nir: NDArray[np.uint8]


@dataclass(frozen=True)
class NirItem:
    """A pair on disk. `name` starts with the source: `<source>/<scene>/<index>`.

    Attributes:
        suspect: the two images may lie two pixels or more apart, so no difference between them
            means anything pixel by pixel.
    """

    name: str
    split: str
    rgb_path: Path
    nir_path: Path
    suspect: bool = False

    @property
    def source(self) -> str:
        """The first part of the name."""
        return self.name.split('/')[0]

    def load(self) -> NirFrame:
        """Read the pair.

        Raises:
            DataError: a file is missing, damaged or of another format, or the sizes differ.
        """
        rgb, nir = read_color(self.rgb_path), read_nir(self.nir_path)
        if rgb.shape[:2] != nir.shape:
            raise DataError(
                f'{self.rgb_path} is {rgb.shape[1]}x{rgb.shape[0]} but {self.nir_path.name} is '
                f'{nir.shape[1]}x{nir.shape[0]}; a registered pair has one size')
        return NirFrame(self.name, rgb, nir)


def read_items(folder: Path, split: str | None) -> list[NirItem]:
    """List the pairs of a split.

    Args:
        folder: the `nir` folder or the one that holds it.
        split: 'train', 'test' or 'look' (to look at, not to measure on); None for all.

    Raises:
        DataError: no manifest, no such split, or an item's files are missing.
    """
    root, rows = read_rows(folder, 'nir', split)
    return [_item(root, row) for row in rows]


def _item(root: Path, row: dict[str, str]) -> NirItem:
    name = row['item']
    rgb_path, nir_path = root / f'{name}_rgb.jpg', root / f'{name}_nir.jpg'
    for path in (rgb_path, nir_path):
        if not path.is_file():
            raise DataError(
                f'item {name!r} of the manifest lacks {path}; is the data set complete?')
    return NirItem(
        name, row['split'], rgb_path, nir_path, row.get('aligned', '') in POORLY_ALIGNED)


def read_color(path: Path) -> NDArray[np.uint8]:
    """Read a color image of 8 or 16 bits as uint8 RGB (H, W, 3).

    Raises:
        DataError: missing, not an image, or not of three channels.
    """
    bgr = _rounded(_read(path))
    if bgr.ndim != 3 or bgr.shape[2] != 3:
        raise DataError(
            f'{path} has shape {bgr.shape}; a color image has three channels')
    return np.ascontiguousarray(bgr[..., ::-1])


def read_nir(path: Path) -> NDArray[np.uint8]:
    """Read a near-infrared image as uint8 (H, W); see `read_nir_as_stored`."""
    return _rounded(read_nir_as_stored(path))


def read_nir_as_stored(path: Path) -> NDArray[Any]:
    """Read a near-infrared image of 8 or 16 bits, of one channel or three equal ones.

    Returns:
        uint8 or uint16 (H, W).

    Raises:
        DataError: missing, not an image, or in color.
    """
    gray = _read(path)
    if gray.ndim == 2:
        return gray
    spread = gray.max(axis=2).astype(np.int32) - gray.min(axis=2)
    differing = 255 * float(np.median(spread)) / np.iinfo(gray.dtype).max
    if gray.shape[2] != 3 or differing > MOST_COLORFUL:
        raise DataError(
            f'{path} has {gray.shape[2]} channels that differ by {differing:.0f} of 255; '
            f'a near-infrared or monochrome image has one channel, or three equal ones. Is it '
            f'the color image?')
    return np.ascontiguousarray(gray[..., 1])


def _read(path: Path) -> NDArray[Any]:
    """Read an image of 8 or 16 bits as stored, OpenCV's order of channels."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise DataError(f'{path} is missing or not an image; expected a JPEG, PNG or TIFF file')
    if image.dtype not in (np.uint8, np.uint16):
        raise DataError(f'{path} has dtype {image.dtype}; expected 8 or 16 bits a channel')
    return np.asarray(image)


def _rounded(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Round 16 bits to 8 over their whole range."""
    if image.dtype == np.uint16:
        # 65535 / 255 is 257 exactly.
        return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return image.astype(np.uint8, copy=False)
