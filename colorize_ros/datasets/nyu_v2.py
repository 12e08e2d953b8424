"""NYU Depth v2 in its original layouts: the labelled .mat file, and raw clips of a Kinect.

Silberman et al. 2012, "Indoor Segmentation and Support Inference from RGBD Images",
https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html. The .mat file is MATLAB 7.3, which is HDF5
with all axes reversed: `images` (N, 3, W, H) uint8, `rawDepths` and the in-painted `depths`
(N, W, H) float32 metres, `scenes` and `sceneTypes` (1, N) references to UTF-16 text. `splits.mat`,
an older format, holds `trainNdxs` and `testNdxs`, counted from 1. A raw clip is what libfreenect's
recorder wrote: `r-<time>-<ticks>.ppm` and `d-<time>-<ticks>.pgm`, the latter with the low byte
first though PGM says otherwise (hence the toolbox's `swapbytes`); INDEX.txt only lists the files.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.nyu_v2_kinect import (
    CAMERA,
    COVERED,
    FARTHEST_M,
    HEIGHT,
    register,
    WIDTH,
)
from colorize_ros.datasets.published import find_folders, PinholeCamera, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair
from colorize_ros.datasets.rgbd import RgbdFrame, SourceFacts
from colorize_ros.errors import DataError, MissingExtraError

URL = 'https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html'
LABELLED = Publication('NYU Depth v2 (labelled)', URL,
                       'nyu_depth_v2_labeled.mat, with splits.mat beside it for the splits')
RAW = Publication('NYU Depth v2 (raw)', URL,
                  '<scene>/ with d-<time>-<ticks>.pgm, r-<time>-<ticks>.ppm and INDEX.txt')
LABELLED_FILE = 'nyu_depth_v2_labeled.mat'
# The cameras run freely at 20 to 30 Hz: a color image that is farther off shows another view.
MAX_APART_S = 0.05
# What h5py raises on a file that is damaged or of other content, by version.
UNREADABLE = (IndexError, KeyError, OSError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class NyuLabelledItem(RegisteredPair):
    """A pair of the labelled file; `scene_type` is such as 'bedroom'."""

    path: Path
    index: int
    scene_type: str
    filled: bool

    @property
    def facts(self) -> SourceFacts:
        """A Kinect's holes, unless in-painted."""
        return SourceFacts(kinect_holes=not self.filled, filled=self.filled)

    @property
    def camera(self) -> PinholeCamera:
        """The toolbox's color camera, of the cropped image."""
        return CAMERA

    def load(self) -> RgbdFrame:
        """Read the pair, cropped to what depth covers (the toolbox's `crop_image.m`).

        Raises:
            DataError: the file is gone or damaged.
            MissingExtraError: h5py is not installed.
        """
        with _open(self.path) as file:
            try:
                rgb = file['images'][self.index].transpose(2, 1, 0)
                depth_m = file['depths' if self.filled else 'rawDepths'][self.index].T
            except UNREADABLE as error:
                raise _damaged(self.path, error) from error
        if rgb.shape != (HEIGHT, WIDTH, 3) or depth_m.shape != (HEIGHT, WIDTH):
            raise _damaged(self.path, f'image {self.index + 1} is {rgb.shape} and its depth '
                                      f'{depth_m.shape}, not 480 x 640')
        depth_m = depth_m[COVERED].astype(np.float32)
        # The toolbox's in-painting takes both values for unknown.
        depth_m[(depth_m <= 0) | (depth_m >= FARTHEST_M)] = np.nan
        return RgbdFrame(self.name, np.ascontiguousarray(rgb[COVERED], np.uint8), depth_m)


@dataclass(frozen=True)
class NyuRawItem(RegisteredPair):
    """A depth image of a clip with the color image nearest in time."""

    color_path: Path
    depth_path: Path
    color_stamp_s: float
    depth_stamp_s: float

    @property
    def facts(self) -> SourceFacts:
        """As the Kinect saw it."""
        return SourceFacts(kinect_holes=True)

    @property
    def camera(self) -> PinholeCamera:
        """The toolbox's color camera, of the cropped image."""
        return CAMERA

    def load(self) -> RgbdFrame:
        """Read the pair, registered and cropped as the labelled pairs are.

        Raises:
            DataError: a file is missing or damaged.
        """
        rgb = _read_netpbm(self.color_path, b'P6', np.dtype('u1'), (HEIGHT, WIDTH, 3))
        disparity = _read_netpbm(self.depth_path, b'P5', np.dtype('<u2'), (HEIGHT, WIDTH))
        rgb, depth_m = register(disparity.astype(np.uint16), rgb)
        return RgbdFrame(self.name, np.ascontiguousarray(rgb[COVERED]),
                         np.ascontiguousarray(depth_m[COVERED]))


def read_labelled(path: Path, *, filled: bool = False) -> list[NyuLabelledItem]:
    """List the 1449 pairs of the labelled file, with their splits if `splits.mat` is beside it.

    Args:
        path: the .mat file or the folder that holds it.
        filled: read `depths`, in-painted, instead of `rawDepths`.

    Raises:
        DataError: no such file, or one that is damaged.
        MissingExtraError: h5py, or SciPy for the splits, is not installed.
    """
    path = Path(path) / LABELLED_FILE if Path(path).is_dir() else Path(path)
    if not path.is_file():
        raise LABELLED.not_found(path.parent, path.name)
    with _open(path) as file:
        try:
            scenes, types = _texts(file, 'scenes'), _texts(file, 'sceneTypes')
            counts = {len(scenes), len(types), len(file['images']), len(file['rawDepths'])}
        except UNREADABLE as error:
            raise _damaged(path, error) from error
    if len(counts) != 1:
        raise _damaged(path, f'it has {sorted(counts)} images, depths and scenes')
    splits = _read_splits(path.with_name('splits.mat'))
    source = 'nyu_v2_labelled'
    return [NyuLabelledItem(f'{source}/{scene}/{index + 1:04d}', splits.get(index + 1, ''), path,
                            index, types[index], filled) for index, scene in enumerate(scenes)]


def is_clip(names: set[str]) -> bool:
    """Tell by its names whether a folder is a raw clip."""
    return any(re.match(r'd-[\d.]+-\d+\.pgm$', name) for name in names)


def read_raw(folder: Path) -> list[NyuRawItem]:
    """List the pairs of a raw clip, or of all clips in a folder, in order of time.

    As in the toolbox's `get_synched_frames.m`, depth leads and takes the color image nearest in
    time; depth with none within `MAX_APART_S` is left out.

    Raises:
        DataError: no clip, or one without color images near its depth.
    """
    items: list[NyuRawItem] = []
    for clip in find_folders(folder, is_clip):
        pairs = _pairs(clip)
        if not pairs:
            raise DataError(f'{clip} has no r-*.ppm within {MAX_APART_S} s of a d-*.pgm, so its '
                            f'depth has no color; was the clip unpacked whole?')
        # kitchen_0028a and kitchen_0028b are parts of one scene.
        scene = re.sub(r'(?<=\d)[a-z]$', '', clip.resolve().name)
        items.extend(NyuRawItem(f'nyu_v2_raw/{scene}/{depth.stem}', '', color, depth,
                                _stamp_s(color), _stamp_s(depth)) for color, depth in pairs)
    if not items:
        raise RAW.not_found(Path(folder), 'd-*.pgm')
    return items


def _pairs(clip: Path) -> list[tuple[Path, Path]]:
    depths, colors = (sorted(clip.glob(pattern), key=_stamp_s)
                      for pattern in ('d-*-*.pgm', 'r-*-*.ppm'))
    stamps = [_stamp_s(color) for color in colors]
    pairs = []
    for depth in depths:
        at_s = _stamp_s(depth)
        place = bisect_left(stamps, at_s)
        near = min(range(max(place - 1, 0), min(place + 1, len(stamps))),
                   key=lambda index: abs(stamps[index] - at_s), default=None)
        if near is not None and abs(stamps[near] - at_s) <= MAX_APART_S:
            pairs.append((colors[near], depth))
    return pairs


def _stamp_s(path: Path) -> float:
    try:
        return float(path.name.split('-')[1])
    except ValueError as error:
        raise DataError(f'{path} has no time in its name; expected {RAW.layout}') from error


def _read_netpbm(path: Path, magic: bytes, dtype: np.dtype[Any], shape: tuple[int, ...]
                 ) -> NDArray[Any]:
    """Read a PGM or PPM of one size. OpenCV would give a cut-off file as if it were whole."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f'{path} cannot be read: {error}') from error
    header = re.match(rb'(P\d)\s+(\d+)\s+(\d+)\s+(\d+)\s', content)
    expected = f'{magic.decode()} of {shape[1]}x{shape[0]}'
    if header is None or (header[1], int(header[2]), int(header[3])) != (magic, *shape[1::-1]):
        raise DataError(f'{path} begins with {content[:15]!r}; expected {expected}')
    pixels, size = content[header.end():], int(np.prod(shape)) * dtype.itemsize
    if len(pixels) != size:
        raise DataError(f'{path} holds {len(pixels)} bytes of pixels, but {expected} has {size}; '
                        f'the file is damaged')
    return np.frombuffer(pixels, dtype).reshape(shape)


def _open(path: Path) -> Any:
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise MissingExtraError('datasets', f'reading {LABELLED_FILE}') from error
    try:
        return h5py.File(path, 'r')
    except OSError as error:
        raise _damaged(path, error) from error


def _texts(file: Any, name: str) -> list[str]:
    """Read a MATLAB cell array of text."""
    return [''.join(map(chr, np.ravel(file[reference][()])))
            for reference in np.ravel(file[name][()])]


def _read_splits(path: Path) -> dict[int, str]:
    """Give the split of each image by its number, from 1; empty where there is no file."""
    if not path.is_file():
        return {}
    try:
        from scipy.io import loadmat
    except ModuleNotFoundError as error:
        raise MissingExtraError('datasets', f'reading {path.name}') from error
    try:
        content = loadmat(str(path))
        return {int(number): split for split in ('train', 'test')
                for number in np.ravel(content[f'{split}Ndxs'])}
    except Exception as error:  # SciPy raises many kinds on a file that is no MATLAB file.
        raise DataError(f'{path} cannot be read ({error}); expected trainNdxs and testNdxs of '
                        f'{LABELLED.name}, {URL}') from error


def _damaged(path: Path, found: object) -> DataError:
    return DataError(f'{path} cannot be read as {LABELLED.name}: {found}. It is damaged or '
                     f'another file; it is published at {URL}')
