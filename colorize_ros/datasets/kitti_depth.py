"""KITTI depth completion: color, sparse depth of a laser scanner, and a denser target.

J. Uhrig et al., "Sparsity Invariant CNNs", 3DV 2017.
https://www.cvlibs.net/datasets/kitti/eval_depth.php?benchmark=depth_completion (the readme of its
development kit gives the format).

Depth is a 16-bit PNG of 256 x metres, 0 unknown. `val_selection_cropped` holds `image`,
`velodyne_raw` and `groundtruth_depth` of 1000 chosen frames. `train` and `val` hold, by drive,
`proj_depth/velodyne_raw/image_0<2|3>` and `proj_depth/groundtruth/image_0<2|3>`; their color
images belong to the raw data and are looked for where that archive unpacks to
(`<date>/<drive>/image_0<2|3>/data`, beside `train`) and in the drive's own folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.map_files import read_levels, unknown_at_zero
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.rgbd import read_rgb, SourceFacts
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import require_files
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'KITTI depth completion',
    'https://www.cvlibs.net/datasets/kitti/eval_depth.php?benchmark=depth_completion',
    'train/ and val/ of <drive>/proj_depth/velodyne_raw and groundtruth, and '
    'depth_selection/val_selection_cropped of image, velodyne_raw and groundtruth_depth')

LEVELS_PER_METRE = 256
SELECTION = 'val_selection_cropped'


class SparseDepthFrame(NamedTuple):
    """A loaded frame: what `RgbdFrame` has, and what its depth is to be completed to.

    Attributes:
        rgb: uint8 (H, W, 3).
        depth_m: float32 (H, W) metres, NaN unknown: the laser scan, about one pixel in twenty.
        target_m: float32 (H, W) metres, NaN unknown: eleven scans, checked, about one in six.
    """

    name: str
    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    target_m: NDArray[np.float32]


@dataclass(frozen=True)
class KittiDepthItem:
    """A frame on disk. `name` starts with `kitti_depth/`."""

    name: str
    split: str
    rgb_path: Path
    depth_path: Path
    target_path: Path

    @property
    def source(self) -> str:
        """The first part of the name."""
        return self.name.split('/')[0]

    @property
    def facts(self) -> SourceFacts:
        """Sparse points of a laser scanner, neither filled nor with a depth camera's holes."""
        return SourceFacts()

    def load(self) -> SparseDepthFrame:
        """Read the frame.

        Raises:
            DataError: a file is missing, damaged or of another format, or the sizes differ.
        """
        rgb = read_rgb(self.rgb_path)
        depth_m, target_m = (read_depth_m(path) for path in (self.depth_path, self.target_path))
        if not rgb.shape[:2] == depth_m.shape == target_m.shape:
            raise DataError(
                f'{self.rgb_path} is {rgb.shape[:2]}, {self.depth_path} {depth_m.shape} and '
                f'{self.target_path} {target_m.shape} (rows, columns); all have one size')
        return SparseDepthFrame(self.name, rgb, depth_m, target_m)


def read_depth_m(path: Path) -> NDArray[np.float32]:
    """Read (H, W) metres, NaN unknown.

    Raises:
        DataError: missing, not an image, or not 16-bit single-channel.
    """
    return unknown_at_zero(read_levels(path, np.uint16), LEVELS_PER_METRE)


def is_here(folder: Path) -> bool:
    """Whether a folder holds a part of this data set."""
    return bool(_targets(folder))


def read_items(folder: Path, split: str | None) -> list[KittiDepthItem]:
    """List the frames that have a target.

    Args:
        folder: the one with `train`, `val` or `depth_selection`, or `depth_selection` itself.
        split: 'train', 'val' or 'val_selection_cropped'; None for all.

    Raises:
        DataError: no such data set or split, or a partner of a target is missing.
    """
    targets = _targets(folder)
    if not targets:
        raise PUBLICATION.not_found(
            folder, f'{SELECTION}/groundtruth_depth or train/<drive>/proj_depth/groundtruth')
    chosen = of_split(targets, lambda target: target[0], split, folder)
    return [_selected(path) if where == SELECTION else _driven(folder, where, path)
            for where, path in chosen]


def _targets(folder: Path) -> list[tuple[str, Path]]:
    selected = [path for place in (folder, folder / 'depth_selection')
                for path in sorted(place.glob(f'{SELECTION}/groundtruth_depth/*.png'))]
    driven = [(split, path) for split in ('train', 'val') for path in sorted(
        folder.glob(f'{split}/*/proj_depth/groundtruth/image_0?/*.png'))]
    return [*driven, *((SELECTION, path) for path in selected)]


def _selected(target_path: Path) -> KittiDepthItem:
    """`<drive>_groundtruth_depth_<frame>_<camera>.png` has partners named by their own kind."""
    selection = target_path.parents[1]
    stem = target_path.stem.replace('_groundtruth_depth_', '_')
    name = f'kitti_depth/{SELECTION}/{stem}'
    rgb_path, depth_path = require_files(name, *(
        selection / kind / target_path.name.replace('_groundtruth_depth_', f'_{kind}_')
        for kind in ('image', 'velodyne_raw')))
    return KittiDepthItem(name, SELECTION, rgb_path, depth_path, target_path)


def _driven(folder: Path, split: str, target_path: Path) -> KittiDepthItem:
    camera = target_path.parent.name
    drive = target_path.parents[3]
    name = f'kitti_depth/{split}/{drive.name}/{camera}/{target_path.stem}'
    depth_path, = require_files(
        name, drive / 'proj_depth' / 'velodyne_raw' / camera / target_path.name)
    # A drive is named <year>_<month>_<day>_drive_<number>_sync.
    raw_drive = folder / drive.name.split('_drive_')[0] / drive.name
    images = [place / camera / 'data' / target_path.name for place in (raw_drive, drive)]
    rgb_path = next((path for path in images if path.is_file()), None)
    if rgb_path is None:
        raise DataError(
            f'item {name!r} lacks its color image, {" or ".join(map(str, images))}; it is part '
            f'of the raw data, https://www.cvlibs.net/datasets/kitti/raw_data.php')
    return KittiDepthItem(name, split, rgb_path, depth_path, target_path)
