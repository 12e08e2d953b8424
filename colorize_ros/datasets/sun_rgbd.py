"""SUN RGB-D in its original layout: four sensors, single frames of many rooms.

Song, Lichtenberg & Xiao 2015, "SUN RGB-D: A RGB-D Scene Understanding Benchmark Suite",
https://rgbd.cs.princeton.edu. Depth is read as `readData/read3dPoints.m` of its toolbox does: the
bits of each 16-bit value are rotated by three to the right, then they are millimetres. The toolbox
cuts depth at 8 m; here what is farther is unknown, because 8 m is not where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.published import find_folders, PinholeCamera, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair, same_size
from colorize_ros.datasets.rgbd import read_rgb, read_uint16, RgbdFrame, SourceFacts
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'SUN RGB-D', 'https://rgbd.cs.princeton.edu',
    'SUNRGBD/<kv1, kv2, realsense or xtion>/<set>/<frame>/ with image/*.jpg, depth/*.png, '
    'depth_bfx/*.png, intrinsics.txt and scene.txt')
SENSORS = ('kv1', 'kv2', 'realsense', 'xtion')
# Kinect v2 measures times of flight, RealSense is a stereo camera with a projector.
STRUCTURED_LIGHT = ('kv1', 'xtion')
FARTHEST_M = 8.0


@dataclass(frozen=True)
class SunRgbdItem(RegisteredPair):
    """A frame; its `scene` ends with the type of room that `scene.txt` names.

    Frames of one room are not marked as such, so rooms of one type in one set count as one scene.
    """

    folder: Path
    image_path: Path
    depth_path: Path
    sensor: str
    filled: bool

    @property
    def facts(self) -> SourceFacts:
        """Holes of a structured-light sensor in Kinect v1's and Xtion's depth, unless filled."""
        if self.filled:
            return SourceFacts(filled=True)
        return SourceFacts(kinect_holes=self.sensor in STRUCTURED_LIGHT)

    @property
    def camera(self) -> PinholeCamera:
        """Read the frame's own camera from `intrinsics.txt`.

        Raises:
            DataError: that file or the depth image is missing or damaged.
        """
        height, width = read_uint16(self.depth_path).shape
        path = self.folder / 'intrinsics.txt'
        try:
            numbers = [float(word) for word in path.read_text(encoding='ascii').split()]
        except (OSError, ValueError) as error:
            raise DataError(f'{path} cannot be read ({error}); expected 9 numbers') from error
        if len(numbers) != 9:
            raise DataError(f'{path} holds {len(numbers)} numbers; expected the 9 of a 3 x 3 '
                            f'camera matrix')
        fx, _, cx, _, fy, cy = numbers[:6]
        return PinholeCamera(width, height, fx, fy, cx, cy)

    def load(self) -> RgbdFrame:
        """Read the pair; depth beyond 8 m is unknown.

        Raises:
            DataError: a file is missing or damaged, or the sizes differ.
        """
        rgb, depth_m = read_rgb(self.image_path), _depth_m(read_uint16(self.depth_path))
        same_size(rgb, depth_m, self.depth_path)
        return RgbdFrame(self.name, rgb, depth_m)


def is_frame(names: set[str]) -> bool:
    """Tell by its names whether a folder is a frame."""
    return {'image', 'depth', 'intrinsics.txt'} <= names


def read_items(folder: Path, *, filled: bool = False) -> list[SunRgbdItem]:
    """List the frames in a folder, in order. They have no splits: those are in the toolbox.

    Args:
        folder: the data set, a sensor, a set or a single frame of it.
        filled: read `depth_bfx`, filled with a cross-bilateral filter, instead of `depth`.

    Raises:
        DataError: no frames, or a frame lacks an image or is of no known sensor.
    """
    items = [_item(frame, filled) for frame in find_folders(folder, is_frame)]
    if not items:
        raise PUBLICATION.not_found(folder, 'intrinsics.txt beside image/ and depth/')
    return items


def _item(frame: Path, filled: bool) -> SunRgbdItem:
    image_path = _only_file(frame / 'image', '*.jpg')
    depth_path = _only_file(frame / ('depth_bfx' if filled else 'depth'), '*.png')
    parts = frame.resolve().parts
    places = [place for place, part in enumerate(parts) if part in SENSORS]
    if not places:
        raise DataError(f'{frame} is in no folder of a sensor ({", ".join(SENSORS)}), so what its '
                        f'holes are like is unknown; keep the folders of {PUBLICATION.name}: '
                        f'{PUBLICATION.layout}')
    sensor, inside, index = parts[places[-1]], parts[places[-1] + 1:-1], parts[-1]
    scene = '/'.join((*inside, _room_type(frame)))
    return SunRgbdItem(
        f'sunrgbd_{sensor}/{scene}/{index}', '', frame, image_path, depth_path, sensor, filled)


def _room_type(frame: Path) -> str:
    """Give what `scene.txt` says, such as 'bedroom'."""
    path = frame / 'scene.txt'
    if not path.is_file():
        return 'unknown'
    return path.read_text(encoding='ascii', errors='replace').strip().replace('/', '_')


def _only_file(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DataError(f'{folder} holds {len(found)} files {pattern}; a frame of '
                        f'{PUBLICATION.name} has one. Was it unpacked whole?')
    return found[0]


def _depth_m(rotated: NDArray[np.uint16]) -> NDArray[np.float32]:
    millimetres = (rotated >> np.uint16(3)) | (rotated << np.uint16(13))
    depth_m = millimetres.astype(np.float32) / np.float32(1000)
    depth_m[(millimetres == 0) | (depth_m > FARTHEST_M)] = np.nan
    return depth_m
