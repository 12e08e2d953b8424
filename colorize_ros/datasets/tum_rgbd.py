"""The TUM RGB-D benchmark in its original layout: hand-held clips with motion-captured poses.

Sturm et al. 2012, "A Benchmark for the Evaluation of RGB-D SLAM Systems",
https://cvg.cit.tum.de/data/datasets/rgbd-dataset. After its page "File Formats": depth is
registered to color, 16-bit, 5000 a metre, 0 unknown; poses are `stamp tx ty tz qx qy qz qw` of the
color camera in the world. After its page "Intrinsic Camera Calibration": the factory calibration
has undistorted the images, and one camera (525, 319.5, 239.5) holds for all sequences. Frames are
associated as `associate.py` of its tools does: nearest stamps first, each frame once, less than
0.02 s apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.published import find_folders, PinholeCamera, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair, same_size
from colorize_ros.datasets.rgbd import read_rgb, read_uint16, RgbdFrame, SourceFacts
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'the TUM RGB-D benchmark', 'https://cvg.cit.tum.de/data/datasets/rgbd-dataset',
    '<sequence>/ with rgb.txt and depth.txt (a stamp and a file a line), rgb/*.png, depth/*.png '
    'and groundtruth.txt')
CAMERA = PinholeCamera(640, 480, 525.0, 525.0, 319.5, 239.5)
UNITS_PER_METRE = 5000
MAX_APART_S = 0.02


@dataclass(frozen=True)
class TumRgbdItem(RegisteredPair):
    """A pair with its stamps, and where the camera was.

    `world_from_camera` is (4, 4) float64, optical frame, or None where no pose was captured.
    """

    color_path: Path
    depth_path: Path
    color_stamp_s: float
    depth_stamp_s: float
    world_from_camera: NDArray[np.float64] | None = field(compare=False)

    @property
    def facts(self) -> SourceFacts:
        """Kinect v1 (freiburg1, freiburg2) or Xtion (freiburg3): both structured light."""
        return SourceFacts(kinect_holes=True)

    @property
    def camera(self) -> PinholeCamera:
        """The one camera that the benchmark names for all sequences."""
        return CAMERA

    def load(self) -> RgbdFrame:
        """Read the pair.

        Raises:
            DataError: a file is missing or damaged, or the sizes differ.
        """
        rgb, units = read_rgb(self.color_path), read_uint16(self.depth_path)
        depth_m = units.astype(np.float32) / np.float32(UNITS_PER_METRE)
        depth_m[units == 0] = np.nan
        same_size(rgb, depth_m, self.depth_path)
        return RgbdFrame(self.name, rgb, depth_m)


def is_sequence(names: set[str]) -> bool:
    """Tell by its names whether a folder is a sequence."""
    return {'rgb.txt', 'depth.txt'} <= names


def read_items(folder: Path) -> list[TumRgbdItem]:
    """List the pairs of a sequence, or of all sequences in a folder, in order of time.

    Raises:
        DataError: no sequence, a list that cannot be read, or a file it names is missing.
    """
    sequences = list(find_folders(folder, is_sequence))
    if not sequences:
        raise PUBLICATION.not_found(folder, 'rgb.txt beside depth.txt')
    return [item for sequence in sequences for item in _pairs(sequence)]


def _pairs(sequence: Path) -> list[TumRgbdItem]:
    colors, depths = (_read_list(sequence / name, columns=1) for name in ('rgb.txt', 'depth.txt'))
    poses: dict[float, list[str]] = {}
    if (sequence / 'groundtruth.txt').is_file():
        poses = _read_list(sequence / 'groundtruth.txt', columns=7)
    pairs = associate(sorted(colors), sorted(depths))
    if not pairs:
        raise DataError(f'{sequence}: none of the {len(colors)} color images is less than '
                        f'{MAX_APART_S} s from one of the {len(depths)} depth images; are '
                        f'rgb.txt and depth.txt of one sequence?')
    pose_stamps = sorted(poses)
    items = []
    for color_s, depth_s in pairs:
        color_path, depth_path = sequence / colors[color_s][0], sequence / depths[depth_s][0]
        for path in (color_path, depth_path):
            if not path.is_file():
                raise DataError(f'{path} is named in {sequence} but missing; was the sequence '
                                f'unpacked whole?')
        pose_s = _nearest(pose_stamps, color_s)
        pose = None if pose_s is None else _matrix(poses[pose_s], sequence / 'groundtruth.txt')
        items.append(TumRgbdItem(f'tum_rgbd/{sequence.resolve().name}/{color_path.stem}', '',
                                 color_path, depth_path, color_s, depth_s, pose))
    return items


def associate(first_s: Sequence[float], second_s: Sequence[float]) -> list[tuple[float, float]]:
    """Pair stamps, the nearest first, each once, less than `MAX_APART_S` apart.

    Args:
        first_s: ascending stamps.
        second_s: ascending stamps.

    Returns:
        Pairs in order of time.
    """
    near = []
    for first in first_s:
        begin = bisect_right(second_s, first - MAX_APART_S)
        for second in second_s[begin:bisect_left(second_s, first + MAX_APART_S)]:
            near.append((abs(first - second), first, second))
    paired: dict[float, float] = {}
    taken: set[float] = set()
    for _, first, second in sorted(near):
        if first not in paired and second not in taken:
            paired[first] = second
            taken.add(second)
    return sorted(paired.items())


def _nearest(stamps: Sequence[float], to: float) -> float | None:
    place = bisect_left(stamps, to)
    near = [stamp for stamp in stamps[max(place - 1, 0):place + 1]
            if abs(stamp - to) < MAX_APART_S]
    return min(near, key=lambda stamp: abs(stamp - to), default=None)


def _read_list(path: Path, columns: int) -> dict[float, list[str]]:
    """Read lines of a stamp and what belongs to it; `#` begins a comment."""
    entries = {}
    try:
        for line in path.read_text(encoding='utf-8').splitlines():
            words = line.split()
            if not words or words[0].startswith('#'):
                continue
            if len(words) < 1 + columns:
                raise DataError(f'{path} has the line {line!r}; expected a stamp and {columns} '
                                f'more')
            entries[float(words[0])] = words[1:1 + columns]
    except (OSError, ValueError) as error:
        raise DataError(f'{path} cannot be read ({error}); expected lines that begin with a '
                        f'stamp in seconds') from error
    return entries


def _matrix(words: Sequence[str], path: Path) -> NDArray[np.float64]:
    """Turn tx ty tz qx qy qz qw into (4, 4)."""
    try:
        position, quaternion = np.array(words[:3], float), np.array(words[3:], float)
    except ValueError as error:
        raise DataError(f'{path} has the pose {" ".join(words)!r}; expected 7 numbers') from error
    x, y, z, w = quaternion / np.linalg.norm(quaternion)
    pose = np.eye(4)
    pose[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
    pose[:3, 3] = position
    return pose
