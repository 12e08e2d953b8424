"""Tiny files in the formats of public stereo data sets, written by the tests that read them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def picture(height: int = 6, width: int = 16, seed: int = 0) -> NDArray[np.uint8]:
    """Colors that no two pixels or channels share: uint8 RGB (H, W, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def write_rgb(path: Path, rgb: NDArray) -> None:
    """Write RGB as the ending of the path says, PNG, PPM, TIFF or WebP without loss."""
    write_levels(path, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def write_levels(path: Path, levels: NDArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    quality = [cv2.IMWRITE_WEBP_QUALITY, 101] if path.suffix == '.webp' else []
    assert cv2.imwrite(str(path), levels, quality)


def write_pfm(path: Path, values: NDArray, header: str = 'Pf\n{} {}\n-1.0\n') -> None:
    """Write a little-endian PFM file, its bottom row first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = values.shape
    path.write_bytes(
        header.format(width, height).encode() + values[::-1].astype('<f4').tobytes())
