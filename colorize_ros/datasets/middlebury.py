"""Middlebury stereo data sets of 2001 to 2021, in the folders that their archives unpack to.

All at https://vision.middlebury.edu/stereo/data/. Unknown disparity is 0 in gray maps and
infinity in PFM maps. The gray level of a known disparity is a multiple of it:

- 2001 (D. Scharstein and R. Szeliski, "A Taxonomy and Evaluation of Dense Two-Frame Stereo
  Correspondence Algorithms", IJCV 2002): `im2`, `im6`, `disp2`, `disp6`, level = 8 x disparity;
  Tsukuba: `scene1.row3.col3`, `scene1.row3.col4`, `truedisp.row3.col3`, 16 x disparity.
- 2003 (the same, "High-Accuracy Stereo Depth Maps Using Structured Light", CVPR 2003): named
  alike; 4 x disparity in quarter size (450 x 375), 2 x in half size, 1 x in full size.
- 2005 and 2006 (D. Scharstein and C. Pal, "Learning Conditional Random Fields for Stereo";
  H. Hirschmueller and D. Scharstein, "Evaluation of Cost Functions for Stereo Matching"; both
  CVPR 2007): `view1`, `view5`, `disp1`, `disp5`, the views beside the maps or in
  `Illum<i>/Exp<j>/`; 3 x disparity in third size (370 rows), 2 x in half size (555 rows), 1 x
  in full size (1110 rows).
- 2014 (D. Scharstein et al., "High-Resolution Stereo Datasets with Subpixel-Accurate Ground
  Truth", GCPR 2014), 2021, and the third evaluation's training sets: `im0.png`, `im1.png`,
  `calib.txt`, `disp0.pfm` or `disp0GT.pfm`, and `mask0nocc.png` (255 seen by both, 128 hidden,
  0 unknown) where there is one.

The archives name their sizes only by the images' rows, so the scale is looked up by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.map_files import read_bytes, read_levels, read_pfm, unknown_at_zero
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.splits import of_split, UNSPLIT
from colorize_ros.datasets.stereo import (
    occluded_by_right,
    require_files,
    StereoCamera,
    StereoItem,
    StereoTruth,
)
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'the Middlebury stereo data sets', 'https://vision.middlebury.edu/stereo/data/',
    'a folder a scene, with im2, im6 and disp2 (2001, 2003), view1, view5 and disp1 (2005, 2006) '
    'or im0.png, im1.png and disp0.pfm (2014, 2021)')

IMAGE_ENDINGS = ('.png', '.ppm', '.pgm')
HIDDEN = 128


class _Layout(NamedTuple):
    """File stems of a year's scenes, and levels per pixel by the rows of the map."""

    left: str
    right: str
    disparity: str
    right_disparity: str | None
    scale_of_rows: dict[int, int]


GRAY_LAYOUTS = (
    _Layout('im2', 'im6', 'disp2', 'disp6',
            {380: 8, 381: 8, 383: 8, 375: 4, 750: 2, 1500: 1}),
    _Layout('scene1.row3.col3', 'scene1.row3.col4', 'truedisp.row3.col3', None, {288: 16}),
    _Layout('view1', 'view5', 'disp1', 'disp5', {370: 3, 555: 2, 1110: 1}),
)
GRAY_MAPS = {layout.disparity + ending: layout
             for layout in GRAY_LAYOUTS for ending in ('.png', '.pgm')}
FLOAT_MAPS = {'disp0.pfm': 'disp1.pfm', 'disp0GT.pfm': 'disp1GT.pfm'}
"""Map of the left image: map of the right image."""


def is_here(folder: Path) -> bool:
    """Whether a folder, or one below it, is a scene of these data sets."""
    return bool(_maps(folder))


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs of all scenes in and below a folder; those without disparity are left out.

    Args:
        folder: a scene, or any folder that holds scenes.
        split: any gives all pairs, as no splits are published.

    Raises:
        DataError: no scene, or an image of a scene is missing.
    """
    maps = _maps(folder)
    if not maps:
        raise PUBLICATION.not_found(folder, ', '.join([*GRAY_MAPS, *FLOAT_MAPS]))
    return [item for path in of_split(maps, lambda path: UNSPLIT, split, folder)
            for item in _items(folder, path)]


def _maps(folder: Path) -> list[Path]:
    return sorted(path for name in (*GRAY_MAPS, *FLOAT_MAPS) for path in folder.rglob(name))


def _items(folder: Path, disparity_path: Path) -> Iterator[StereoItem]:
    if disparity_path.name in FLOAT_MAPS:
        yield _float_item(
            folder, disparity_path, disparity_path.with_name(FLOAT_MAPS[disparity_path.name]))
    else:
        yield from _gray_items(folder, GRAY_MAPS[disparity_path.name], disparity_path)


def _gray_items(folder: Path, layout: _Layout, disparity_path: Path) -> Iterator[StereoItem]:
    scene = disparity_path.parent
    right_path = None
    if layout.right_disparity is not None:
        right_path = disparity_path.with_name(layout.right_disparity + disparity_path.suffix)
    truth = partial(_read_gray_truth, disparity_path, right_path, layout.scale_of_rows)
    # The sets of all views keep them by illumination and exposure, over one map.
    for views in sorted(scene.glob('Illum*/Exp*')) or [scene]:
        yield StereoItem(
            _name(folder, views), UNSPLIT, _image(views, layout.left),
            _image(views, layout.right), truth)


def _float_item(folder: Path, disparity_path: Path, right_path: Path) -> StereoItem:
    scene = disparity_path.parent
    name, calibration = _name(folder, scene), scene / 'calib.txt'
    left, right = require_files(name, scene / 'im0.png', scene / 'im1.png')
    return StereoItem(
        name, UNSPLIT, left, right, partial(_read_float_truth, disparity_path, right_path),
        partial(read_calibration, calibration) if calibration.is_file() else None)


def _name(folder: Path, scene: Path) -> str:
    within = scene.relative_to(folder)
    return f'middlebury/{within.as_posix() if within.parts else folder.resolve().name}'


def _image(folder: Path, stem: str) -> Path:
    for ending in IMAGE_ENDINGS:
        path = folder / f'{stem}{ending}'
        if path.is_file():
            return path
    raise DataError(
        f'there is a disparity map for {folder} but no {stem} as {", ".join(IMAGE_ENDINGS)}; is '
        f'the download complete?')


def _read_gray_truth(
        disparity_path: Path, right_path: Path | None,
        scale_of_rows: dict[int, int]) -> StereoTruth:
    disparity_px = _read_gray(disparity_path, scale_of_rows)
    if right_path is None or not right_path.is_file():
        return StereoTruth(disparity_px, None)
    right_px = _read_gray(right_path, scale_of_rows)
    return StereoTruth(disparity_px, _crosscheck(disparity_path, disparity_px, right_px))


def _read_gray(path: Path, scale_of_rows: dict[int, int]) -> NDArray[np.float32]:
    levels = read_levels(path, np.uint8)
    scale = scale_of_rows.get(len(levels))
    if scale is None:
        raise DataError(
            f'{path} has {len(levels)} rows; the scale of its disparities is known for '
            f'{sorted(scale_of_rows)} rows. Was it resized or cropped?')
    return unknown_at_zero(levels, scale)


def _read_float_truth(disparity_path: Path, right_path: Path) -> StereoTruth:
    disparity_px = _read_float(disparity_path)
    mask_path = disparity_path.with_name('mask0nocc.png')
    if mask_path.is_file():
        return StereoTruth(disparity_px, read_levels(mask_path, np.uint8) == HIDDEN)
    if right_path.is_file():
        right_px = _read_float(right_path)
        return StereoTruth(disparity_px, _crosscheck(disparity_path, disparity_px, right_px))
    return StereoTruth(disparity_px, None)


def _read_float(path: Path) -> NDArray[np.float32]:
    disparity_px = read_pfm(path)
    disparity_px[~np.isfinite(disparity_px)] = np.nan
    return disparity_px


def _crosscheck(
        path: Path, left_px: NDArray[np.float32],
        right_px: NDArray[np.float32]) -> NDArray[np.bool_]:
    if left_px.shape != right_px.shape:
        raise DataError(
            f'{path} is {left_px.shape} but the map of the right image {right_px.shape} (rows, '
            f'columns); both have one size')
    return occluded_by_right(left_px, right_px)


def read_calibration(path: Path) -> StereoCamera:
    """Read a `calib.txt` of 2014 or later: `cam0=[f 0 cx; 0 f cy; 0 0 1]`, `doffs`, `baseline`.

    Its baseline is in millimetres, and depth is baseline x f / (disparity + doffs).

    Raises:
        DataError: missing, or one of the three is not there.
    """
    text = read_bytes(path, 'a calibration').decode('utf-8', 'replace')
    wanted = {'cam0': r'\[\s*([\d.]+)', 'doffs': r'(-?[\d.]+)', 'baseline': r'([\d.]+)'}
    found = {key: re.search(rf'^{key}\s*=\s*{value}', text, re.MULTILINE)
             for key, value in wanted.items()}
    lacking = [key for key, match in found.items() if match is None]
    if lacking:
        raise DataError(f'{path} lacks {", ".join(lacking)}; expected the lines {list(wanted)}')
    focal_px, offset_px, baseline_mm = (float(match[1]) for match in found.values() if match)
    return StereoCamera(focal_px, baseline_mm / 1000, offset_px)
