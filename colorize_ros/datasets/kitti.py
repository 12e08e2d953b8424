"""KITTI stereo 2012 and 2015: street scenes from a car, with disparities from a laser scanner.

A. Geiger, P. Lenz and R. Urtasun, "Are we ready for Autonomous Driving? The KITTI Vision Benchmark
Suite", CVPR 2012; M. Menze and A. Geiger, "Object Scene Flow for Autonomous Vehicles", CVPR 2015.
https://www.cvlibs.net/datasets/kitti/eval_stereo.php (the readme of each development kit gives
the formats).

`training/` holds, by `<scene>_10.png`, for 2015 `image_2`, `image_3`, `disp_occ_0` and
`disp_noc_0`, for 2012 `colored_0`, `colored_1` (or the gray `image_0`, `image_1`), `disp_occ` and
`disp_noc`. A disparity level of 16 bits is 256 x pixels, 0 is unknown. `occ` has all pixels,
`noc` those whose counterpart is in the right image: the others are the occluded ones.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from colorize_ros.datasets.map_files import read_levels, unknown_at_zero
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import require_files, StereoItem, StereoTruth
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'KITTI stereo', 'https://www.cvlibs.net/datasets/kitti/eval_stereo.php',
    'training/ with image_2, image_3, disp_occ_0 and disp_noc_0 (2015) or colored_0, colored_1, '
    'disp_occ and disp_noc (2012)')

LEVELS_PER_PIXEL = 256


class _Layout(NamedTuple):
    name: str
    left: str
    right: str
    all_pixels: str
    seen_by_both: str


LAYOUTS = (
    _Layout('kitti2015', 'image_2', 'image_3', 'disp_occ_0', 'disp_noc_0'),
    _Layout('kitti2012', 'colored_0', 'colored_1', 'disp_occ', 'disp_noc'),
    _Layout('kitti2012', 'image_0', 'image_1', 'disp_occ', 'disp_noc'),
)


def is_here(folder: Path) -> bool:
    """Whether a folder, or its `training`, holds one of these data sets."""
    return _layout(_root(folder)) is not None


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs with disparities.

    Args:
        folder: `training` or the folder that holds it.
        split: 'train', the only one with disparities, or None.

    Raises:
        DataError: no such data set or split, or an image of a disparity map is missing.
    """
    root = _root(folder)
    layout = _layout(root)
    if layout is None:
        raise PUBLICATION.not_found(folder, 'disp_occ_0 or disp_occ with their images')
    disparities = sorted((root / layout.all_pixels).glob('*.png'))
    if not disparities:
        raise PUBLICATION.not_found(folder, f'{layout.all_pixels}/*.png')
    chosen = of_split(disparities, lambda path: 'train', split, folder)
    return [_item(root, layout, path) for path in chosen]


def _root(folder: Path) -> Path:
    unpacked = folder / 'training'
    return unpacked if unpacked.is_dir() else folder


def _layout(root: Path) -> _Layout | None:
    return next((layout for layout in LAYOUTS if (root / layout.all_pixels).is_dir()
                 and (root / layout.left).is_dir()), None)


def _item(root: Path, layout: _Layout, disparity_path: Path) -> StereoItem:
    name = f'{layout.name}/{disparity_path.stem}'
    left, right = require_files(
        name, *(root / side / disparity_path.name for side in (layout.left, layout.right)))
    seen_path = root / layout.seen_by_both / disparity_path.name
    return StereoItem(name, 'train', left, right, partial(_read_truth, disparity_path, seen_path))


def _read_truth(disparity_path: Path, seen_path: Path) -> StereoTruth:
    levels = read_levels(disparity_path, np.uint16)
    disparity_px = unknown_at_zero(levels, LEVELS_PER_PIXEL)
    if not seen_path.is_file():
        return StereoTruth(disparity_px, None)
    seen = read_levels(seen_path, np.uint16) > 0
    if seen.shape != levels.shape:
        raise DataError(
            f'{seen_path} is {seen.shape} but {disparity_path} {levels.shape} (rows, columns); '
            f'both have one size')
    return StereoTruth(disparity_px, (levels > 0) & ~seen)
