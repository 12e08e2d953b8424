"""Scene Flow data sets: rendered pairs of FlyingThings3D, Monkaa and Driving.

N. Mayer et al., "A Large Dataset to Train Convolutional Networks for Disparity, Optical Flow, and
Scene Flow Estimation", CVPR 2016.
https://lmb.informatik.uni-freiburg.de/resources/datasets/SceneFlowDatasets.en.html

Each set holds `frames_cleanpass` or `frames_finalpass` (or the same with `_webp`) and
`disparity`, all of them `<scene...>/left/<number>` and `right/`: PNG or WebP images, PFM
disparities in pixels. The scene of FlyingThings3D starts with TRAIN or TEST.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from colorize_ros.datasets.map_files import read_pfm
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import (
    occluded_by_right,
    require_files,
    StereoItem,
    StereoTruth,
)
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'the Scene Flow data sets (FlyingThings3D, Monkaa, Driving)',
    'https://lmb.informatik.uni-freiburg.de/resources/datasets/SceneFlowDatasets.en.html',
    'frames_cleanpass or frames_finalpass beside disparity, each <scene>/left/<number> and right/')

FRAMES = ('frames_cleanpass', 'frames_finalpass', 'frames_cleanpass_webp', 'frames_finalpass_webp')


def is_here(folder: Path) -> bool:
    """Whether a folder, or one in it, is one of these data sets."""
    return bool(_sets(folder))


def read_items(folder: Path, split: str | None) -> list[StereoItem]:
    """List the pairs of every set and every pass that is there.

    Args:
        folder: the one with `disparity`, or one that holds several such (`Monkaa`, ...).
        split: 'train', or 'test' of FlyingThings3D; None for both.

    Raises:
        DataError: no such data set or split, or an image of a disparity map is missing.
    """
    sets = _sets(folder)
    if not sets:
        raise PUBLICATION.not_found(folder, f'disparity beside {" or ".join(FRAMES[:2])}')
    disparities = [path for root in sets
                   for path in sorted((root / 'disparity').glob('**/left/*.pfm'))]
    if not disparities:
        raise PUBLICATION.not_found(folder, 'disparity/<scene>/left/*.pfm')
    return [_item(folder, frames, path)
            for path in of_split(disparities, _split_of, split, folder)
            for frames in _passes(_set_of(path))]


def _sets(folder: Path) -> list[Path]:
    candidates = [folder, *sorted(path for path in folder.glob('*') if path.is_dir())]
    return [root for root in candidates if (root / 'disparity').is_dir() and _passes(root)]


def _passes(root: Path) -> list[Path]:
    return [root / frames for frames in FRAMES if (root / frames).is_dir()]


def _set_of(disparity_path: Path) -> Path:
    return next(path.parent for path in disparity_path.parents if path.name == 'disparity')


def _split_of(disparity_path: Path) -> str:
    scene = disparity_path.relative_to(_set_of(disparity_path) / 'disparity')
    return 'test' if scene.parts[0] == 'TEST' else 'train'


def _item(folder: Path, frames: Path, disparity_path: Path) -> StereoItem:
    frame = disparity_path.relative_to(frames.parent / 'disparity')
    scene, number = frame.parent.parent, frame.stem
    name = '/'.join(['scene_flow', *frames.relative_to(folder).parts, *scene.parts, number])
    ending = '.webp' if frames.name.endswith('_webp') else '.png'
    left, right = require_files(
        name, *(frames / scene / side / f'{number}{ending}' for side in ('left', 'right')))
    right_map = disparity_path.parent.parent / 'right' / disparity_path.name
    return StereoItem(
        name, _split_of(disparity_path), left, right,
        partial(_read_truth, disparity_path, right_map))


def _read_truth(left_path: Path, right_path: Path) -> StereoTruth:
    """Read both maps; the sets do not agree about the sign, so only the magnitude counts."""
    left_px = np.abs(read_pfm(left_path))
    if not right_path.is_file():
        return StereoTruth(left_px, None)
    right_px = np.abs(read_pfm(right_path))
    if right_px.shape != left_px.shape:
        raise DataError(
            f'{left_path} is {left_px.shape} but {right_path} {right_px.shape} (rows, columns); '
            f'both have one size')
    return StereoTruth(left_px, occluded_by_right(left_px, right_px))
