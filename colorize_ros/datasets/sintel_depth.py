"""MPI Sintel depth training data: color images of a rendered film with dense, exact depth.

D. J. Butler, J. Wulff, G. B. Stanley and M. J. Black, "A Naturalistic Open Source Movie for
Optical Flow Evaluation", ECCV 2012. http://sintel.is.tue.mpg.de/depth (its `sdk/python/
sintel_io.py` gives the formats).

`training/` holds `depth/<scene>/frame_<number>.dpt` and `camdata_left/<scene>/frame_<number>.cam`;
the images are those of the stereo data (`clean_left`, `final_left`) or of the flow data (`clean`,
`final`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
import struct

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.map_files import read_bytes
from colorize_ros.datasets.published import PinholeCamera, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair, same_size
from colorize_ros.datasets.rgbd import read_rgb, RgbdFrame, SourceFacts
from colorize_ros.datasets.splits import of_split
from colorize_ros.datasets.stereo import require_files
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'MPI Sintel depth', 'http://sintel.is.tue.mpg.de/depth',
    'training/ with depth/<scene>/frame_<number>.dpt beside clean_left, final_left, clean or '
    'final of the stereo or the flow data')

TAG = 202021.25
"""First number of a file, as in the flow files of Middlebury: a check of its byte order."""

PASSES = ('clean_left', 'final_left', 'clean', 'final')
SKY_M = 1e10
"""The sky is 1e11 m away in these files: no depth that anything could measure."""


WIDTH, HEIGHT = 1024, 436


@dataclass(frozen=True)
class SintelDepthItem(RegisteredPair):
    """A frame on disk. `name` is `sintel/<pass>/<scene>/<frame>`."""

    rgb_path: Path
    depth_path: Path
    cam_path: Path

    @property
    def facts(self) -> SourceFacts:
        """Rendered: no sensor's holes."""
        return SourceFacts(filled=True)

    @property
    def camera(self) -> PinholeCamera:
        """The camera of this frame, read from its file; see `read_cam` for what is raised."""
        intrinsics, _ = read_cam(self.cam_path)
        return PinholeCamera(
            WIDTH, HEIGHT, *(float(intrinsics[at]) for at in ((0, 0), (1, 1), (0, 2), (1, 2))))

    def load(self) -> RgbdFrame:
        """Read the image and its depth; the sky is NaN.

        Raises:
            DataError: a file is missing, damaged or of another format, or the sizes differ.
        """
        rgb, depth_m = read_rgb(self.rgb_path), read_dpt(self.depth_path)
        same_size(rgb, depth_m, self.depth_path)
        depth_m[depth_m >= SKY_M] = np.nan
        return RgbdFrame(self.name, rgb, depth_m)


def is_here(folder: Path) -> bool:
    """Whether a folder, or its `training`, holds this data set."""
    return any(_root(folder).glob('depth/*/*.dpt'))


def read_items(folder: Path, split: str | None) -> list[SintelDepthItem]:
    """List the frames of every pass that is there.

    Args:
        folder: `training` or the folder that holds it.
        split: 'train', the only one with depth, or None.

    Raises:
        DataError: no such data set or split, or the image of a frame is missing.
    """
    root = _root(folder)
    passes = [name for name in PASSES if (root / name).is_dir()]
    depths = sorted(root.glob('depth/*/*.dpt'))
    if not depths or not passes:
        raise PUBLICATION.not_found(
            folder, ' or '.join(PASSES) if depths else 'depth/<scene>/*.dpt')
    chosen = of_split(depths, lambda path: 'train', split, folder)
    return [_item(root, name, path) for name in passes for path in chosen]


def _root(folder: Path) -> Path:
    unpacked = folder / 'training'
    return unpacked if unpacked.is_dir() else folder


def _item(root: Path, rendering: str, depth_path: Path) -> SintelDepthItem:
    frame = depth_path.relative_to(root / 'depth')
    name = f'sintel/{rendering}/{frame.with_suffix("").as_posix()}'
    rgb_path, = require_files(name, root / rendering / frame.with_suffix('.png'))
    return SintelDepthItem(
        name, 'train', rgb_path, depth_path, root / 'camdata_left' / frame.with_suffix('.cam'))


def read_dpt(path: Path) -> NDArray[np.float32]:
    """Read a `.dpt` file: tag, width and height as little-endian 32-bit, then float32 rows.

    Returns:
        (H, W) metres along the optical axis, as stored.

    Raises:
        DataError: missing, without the tag, or of another length than it says.
    """
    content = read_bytes(path, 'a Sintel depth file')
    _check_tag(path, content)
    width, height = struct.unpack_from('<ii', content, 4) if len(content) >= 12 else (0, 0)
    if width <= 0 or height <= 0 or len(content) != 12 + 4 * width * height:
        raise DataError(
            f'{path} says {width} x {height} and has {len(content)} bytes instead of '
            f'{12 + 4 * width * height}; is the download complete?')
    rows = np.frombuffer(content, '<f4', offset=12).reshape(height, width)
    return rows.astype(np.float32)


def read_cam(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read a `.cam` file: the tag, then two matrices of little-endian float64.

    Returns:
        The (3, 3) intrinsic matrix, pixels, and the (3, 4) extrinsic one, from world to camera.

    Raises:
        DataError: missing, without the tag, or of another length.
    """
    content = read_bytes(path, 'a Sintel camera file')
    _check_tag(path, content)
    if len(content) != 4 + 8 * (9 + 12):
        raise DataError(f'{path} has {len(content)} bytes; a Sintel camera file has 172')
    numbers = np.frombuffer(content, '<f8', offset=4).astype(np.float64)
    return numbers[:9].reshape(3, 3), numbers[9:].reshape(3, 4)


def _check_tag(path: Path, content: bytes) -> None:
    if content[:4] != struct.pack('<f', TAG):
        raise DataError(
            f'{path} starts with {content[:4]!r} instead of the tag {TAG} as little-endian '
            f'float32; is it a file of MPI Sintel?')
