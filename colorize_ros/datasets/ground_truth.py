"""The `ground_truth` folder of a simulated bag: what each sensor's frame should have been.

Files are named by the stamp, in nanoseconds, of the frame that they belong to. There are `depth`
(16-bit millimetres, 0 unknown), `<sensor>_lit` (what a camera in good light sees from where the
sensor was), `disparity` (16-bit, pixels x 64, 0 unknown) and `occluded` (not 0 where the right
lens does not see what the left one does).
"""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.rgbd import read_depth_m, read_rgb
from colorize_ros.errors import DataError

FOLDER = 'ground_truth'
DISPARITY_SCALE = 64


class GroundTruth:
    """The truth beside a bag, by stamp; empty where a bag has none."""

    def __init__(self, bag: Path) -> None:
        """Look what there is.

        Args:
            bag: folder of a rosbag2.
        """
        self._files: dict[str, dict[int, Path]] = {}
        for path in sorted((bag / FOLDER).glob('*/*')):
            if path.stem.isdigit():
                self._files.setdefault(path.parent.name, {})[int(path.stem)] = path

    def stamps(self, kind: str) -> list[int]:
        """Return the stamps, nanoseconds, that have truth of a kind ('depth', 'nir_lit', ...)."""
        return sorted(self._files.get(kind, ()))

    def depth_m(self, stamp_ns: int) -> NDArray[np.float32]:
        """Read (H, W) dense depth in metres, NaN unknown.

        Raises:
            DataError: there is none of that stamp, or it cannot be read.
        """
        return read_depth_m(self._path('depth', stamp_ns))

    def lit_rgb(self, sensor: str, stamp_ns: int) -> NDArray[np.uint8]:
        """Read (H, W, 3) uint8 RGB: the view of 'color', 'nir' or 'mono' in good light.

        Raises:
            DataError: there is none of that stamp, or it cannot be read.
        """
        return read_rgb(self._path(f'{sensor}_lit', stamp_ns))

    def disparity_px(self, stamp_ns: int) -> NDArray[np.float32]:
        """Read (H, W) disparity of the left lens in pixels, NaN unknown.

        Raises:
            DataError: there is none of that stamp, or it cannot be read.
        """
        stored = self._gray('disparity', stamp_ns).astype(np.float32)
        return np.where(stored > 0, stored / np.float32(DISPARITY_SCALE), np.float32(np.nan))

    def occluded(self, stamp_ns: int) -> NDArray[np.bool_]:
        """Read (H, W) which pixels of the left lens the right one does not see.

        Raises:
            DataError: there is none of that stamp, or it cannot be read.
        """
        return np.asarray(self._gray('occluded', stamp_ns) > 0)

    def _gray(self, kind: str, stamp_ns: int) -> NDArray:
        path = self._path(kind, stamp_ns)
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is None or image.ndim != 2:
            raise DataError(f'{path} is not a gray image; expected a PNG as `colorize-ros '
                            'simulate` writes it. Is the file damaged?')
        return np.asarray(image)

    def _path(self, kind: str, stamp_ns: int) -> Path:
        held = self._files.get(kind, {})
        if stamp_ns not in held:
            raise DataError(f'there is no {kind} of stamp {stamp_ns}; there are {len(held)} of '
                            f'other stamps, and of the kinds {sorted(self._files)}')
        return held[stamp_ns]
