"""MPI Sintel stereo training data: pairs of a rendered film with exact disparity and occlusion.

D. J. Butler, J. Wulff, G. B. Stanley and M. J. Black, "A Naturalistic Open Source Movie for
Optical Flow Evaluation", ECCV 2012. http://sintel.is.tue.mpg.de/stereo (its README gives the
formats).

`training/` holds, by scene and frame, `clean_left`, `clean_right`, `final_left`, `final_right`,
`disparities` (8-bit RGB: disparity = 4 R + G / 2^6 + B / 2^14 pixels), `occlusions` (not 0 where
hidden in the right view) and `outofframe` (not 0 where beyond its edge).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.map_files import read_mask
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.sintel_depth import read_cam
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import require_files, StereoCamera, StereoItem, StereoTruth
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'MPI Sintel stereo', 'http://sintel.is.tue.mpg.de/stereo',
    'training/ with clean_left, clean_right, final_left, final_right, disparities, occlusions '
    'and outofframe, each <scene>/frame_<number>.png')

PASSES = ('clean', 'final')
BASELINE_M = 0.1


def is_here(folder: Path) -> bool:
    """Whether a folder, or its `training`, holds this data set."""
    return any(_root(folder).glob('disparities/*/*.png'))


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs: each frame of the clean and of the final pass, whichever are there.

    Args:
        folder: `training` or the folder that holds it.
        split: 'train', the only one with disparities, or None.

    Raises:
        DataError: no such data set or split, or a partner of a frame is missing.
    """
    root = _root(folder)
    passes = [name for name in PASSES if (root / f'{name}_left').is_dir()]
    disparities = sorted(root.glob('disparities/*/*.png'))
    if not disparities or not passes:
        lacking = 'clean_left or final_left' if disparities else 'disparities/<scene>/*.png'
        raise PUBLICATION.not_found(folder, lacking)
    chosen = of_split(disparities, lambda path: 'train', split, folder)
    return [_item(root, name, path) for name in passes for path in chosen]


def _root(folder: Path) -> Path:
    unpacked = folder / 'training'
    return unpacked if unpacked.is_dir() else folder


def _item(root: Path, rendering: str, disparity_path: Path) -> StereoItem:
    frame = disparity_path.relative_to(root / 'disparities')
    name = f'sintel/{rendering}/{frame.with_suffix("").as_posix()}'
    left, right, occlusions, out_of_frame = require_files(
        name, root / f'{rendering}_left' / frame, root / f'{rendering}_right' / frame,
        root / 'occlusions' / frame, root / 'outofframe' / frame)
    cam_path = root / 'camdata_left' / frame.with_suffix('.cam')
    return StereoItem(
        name, 'train', left, right, partial(_read_truth, disparity_path, occlusions, out_of_frame),
        partial(_read_camera, cam_path) if cam_path.is_file() else None)


def _read_truth(disparity_path: Path, occlusions: Path, out_of_frame: Path) -> StereoTruth:
    disparity_px = read_packed_disparity(disparity_path)
    hidden, beyond = read_mask(occlusions), read_mask(out_of_frame)
    for path, mask in ((occlusions, hidden), (out_of_frame, beyond)):
        if mask.shape != disparity_px.shape:
            raise DataError(
                f'{path} is {mask.shape} but {disparity_path} {disparity_px.shape} (rows, '
                f'columns); both have one size')
    return StereoTruth(disparity_px, hidden | beyond)


def read_packed_disparity(path: Path) -> NDArray[np.float32]:
    """Read (H, W) disparity in pixels, all known, from the channels of an 8-bit PNG.

    Raises:
        DataError: missing, not an image, or not of three 8-bit channels.
    """
    bgr = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if bgr is None or bgr.dtype != np.uint8 or bgr.ndim != 3 or bgr.shape[2] != 3:
        found = 'missing or not an image' if bgr is None else f'{bgr.dtype} of shape {bgr.shape}'
        raise DataError(f'{path} is {found}; Sintel packs disparity into an 8-bit RGB PNG')
    blue, green, red = np.moveaxis(bgr.astype(np.float32), 2, 0)
    return (red * 4 + green / 2**6 + blue / 2**14).astype(np.float32, copy=False)


def _read_camera(cam_path: Path) -> StereoCamera:
    intrinsics, _ = read_cam(cam_path)
    return StereoCamera(float(intrinsics[0, 0]), BASELINE_M)
