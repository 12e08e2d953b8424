"""Maps of one number a pixel as public data sets store them: PFM, and PNG, PGM or TIFF of levels.

PFM is read here because OpenCV's reader divides by the scale of the header, which Middlebury's
files do not mean (they say 1/255 and store pixels), and refuses the header of Scene Flow's.
"""

from __future__ import annotations

from pathlib import Path
import re

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray

from colorize_ros.errors import DataError

PFM_HEADER = re.compile(rb'(P[fF])\s+(\d+)\s+(\d+)\s+([-+]?[0-9.]+(?:[eE][-+]?\d+)?)[ \t]*\r?\n')


def read_pfm(path: Path) -> NDArray[np.float32]:
    """Read a portable float map of one channel (P. Debevec, https://www.pauldebevec.com).

    Rows are stored from the bottom up. A negative scale says little-endian; its magnitude is not
    applied, as in the readers of Middlebury and Scene Flow.

    Returns:
        (H, W) as stored, the top row first; unknown values are whatever the data set writes.

    Raises:
        DataError: missing, no PFM of one channel, or shorter or longer than its header says.
    """
    content = read_bytes(path, 'a PFM file')
    header = PFM_HEADER.match(content)
    if header is None or header[1] != b'Pf':
        raise DataError(
            f'{path} starts with {content[:16]!r}; a PFM file of one channel starts with the '
            f'lines Pf, width and height, scale')
    width, height, scale = int(header[2]), int(header[3]), float(header[4])
    size = len(content) - header.end()
    if size != 4 * width * height:
        raise DataError(
            f'{path} says {width} x {height} but has {size} bytes of pixels instead of '
            f'{4 * width * height}; is the download complete?')
    byte_order = '<f4' if scale < 0 else '>f4'
    rows = np.frombuffer(content, byte_order, offset=header.end()).reshape(height, width)
    return np.ascontiguousarray(rows[::-1], dtype=np.float32)


def read_levels(path: Path, dtype: DTypeLike) -> NDArray:
    """Read a single-channel image file as it is stored.

    Args:
        path: PNG, PGM or TIFF.
        dtype: np.uint8 or np.uint16: what the file must have.

    Returns:
        (H, W) of that dtype.

    Raises:
        DataError: missing, not an image, of another dtype, or of several channels.
    """
    levels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    bits = 8 * np.dtype(dtype).itemsize
    if levels is None:
        raise DataError(
            f'{path} is missing or not an image; expected a {bits}-bit single-channel file')
    if levels.dtype != np.dtype(dtype) or levels.ndim != 2:
        raise DataError(
            f'{path} has dtype {levels.dtype} and shape {levels.shape}; expected {bits}-bit and '
            f'a single channel')
    return levels


def unknown_at_zero(levels: NDArray, scale: float) -> NDArray[np.float32]:
    """Divide stored levels by their scale; 0 becomes NaN.

    Args:
        levels: (H, W) of any integer dtype.
        scale: levels per unit, such as 256 for KITTI.
    """
    values = levels.astype(np.float32) / np.float32(scale)
    values[levels == 0] = np.nan
    return values


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Read a mask: True where the file is not 0, be its True 1 or 255.

    Raises:
        DataError: missing or not an image.
    """
    mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise DataError(f'{path} is missing or not an image; expected a mask, 0 for False')
    return mask > 0


def read_bytes(path: Path, expected: str) -> bytes:
    """Read a whole file.

    Raises:
        DataError: it cannot be read; `expected` says what it should have been.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f'{path} cannot be read ({error.strerror}); expected {expected}') from error
