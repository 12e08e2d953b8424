"""Cityscapes: street scenes from a car, with disparities computed by stereo matching.

M. Cordts et al., "The Cityscapes Dataset for Semantic Urban Scene Understanding", CVPR 2016.
https://www.cityscapes-dataset.com; formats: https://github.com/mcordts/cityscapesScripts

`leftImg8bit`, `rightImg8bit`, `disparity` and `camera` each hold
`<split>/<city>/<city>_<sequence>_<frame>_<folder's name>.png` (`.json` for cameras). A disparity
level p > 0 of 16 bits is (p - 1) / 256 pixels, 0 is unknown. They come from semi-global matching,
not from a sensor: good to learn from, no truth to measure against, and the data set says nothing
about occlusion.
"""

from __future__ import annotations

from functools import partial
import json
from pathlib import Path

import numpy as np

from colorize_ros.datasets.map_files import read_bytes, read_levels
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import require_files, StereoCamera, StereoItem, StereoTruth
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'Cityscapes', 'https://www.cityscapes-dataset.com',
    'leftImg8bit, rightImg8bit, disparity and camera, each <split>/<city>/')

ENDING = '_disparity.png'
LEVELS_PER_PIXEL = 256


def is_here(folder: Path) -> bool:
    """Whether a folder holds the disparities of this data set."""
    return any(folder.glob(f'disparity/*/*/*{ENDING}'))


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs that have a disparity map.

    Args:
        folder: the one with `leftImg8bit`.
        split: 'train', 'val', 'test' or 'train_extra'; None for all.

    Raises:
        DataError: no such data set or split, or an image of a disparity map is missing.
    """
    disparities = sorted(folder.glob(f'disparity/*/*/*{ENDING}'))
    if not disparities:
        raise PUBLICATION.not_found(folder, f'disparity/<split>/<city>/*{ENDING}')
    return [_item(folder, path) for path in of_split(disparities, _split_of, split, folder)]


def _split_of(disparity_path: Path) -> str:
    return disparity_path.parents[1].name


def _item(folder: Path, disparity_path: Path) -> StereoItem:
    where = disparity_path.parent.relative_to(folder / 'disparity')
    stem = disparity_path.name[:-len(ENDING)]
    name = f'cityscapes/{where.as_posix()}/{stem}'
    left, right = require_files(
        name, *(folder / kind / where / f'{stem}_{kind}.png'
                for kind in ('leftImg8bit', 'rightImg8bit')))
    camera_path = folder / 'camera' / where / f'{stem}_camera.json'
    return StereoItem(
        name, _split_of(disparity_path), left, right, partial(_read_truth, disparity_path),
        partial(read_camera, camera_path) if camera_path.is_file() else None)


def _read_truth(path: Path) -> StereoTruth:
    levels = read_levels(path, np.uint16)
    disparity_px = (levels.astype(np.float32) - 1) / LEVELS_PER_PIXEL
    disparity_px[levels == 0] = np.nan
    return StereoTruth(disparity_px.astype(np.float32, copy=False), None)


def read_camera(path: Path) -> StereoCamera:
    """Read a `_camera.json`: `intrinsic.fx` in pixels, `extrinsic.baseline` in metres.

    Raises:
        DataError: missing, no JSON, or without one of them.
    """
    content = read_bytes(path, 'a calibration')
    try:
        calibration = json.loads(content)
        return StereoCamera(
            float(calibration['intrinsic']['fx']), float(calibration['extrinsic']['baseline']))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f'{path} is no camera of Cityscapes ({error!r}); expected JSON with intrinsic.fx and '
            f'extrinsic.baseline') from error
