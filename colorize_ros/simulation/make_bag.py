"""A folder of recorded images, as a bag: depth, color, near infrared, stereo pairs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.nir import read_nir_as_stored
from colorize_ros.datasets.stereo import StereoItem
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import encode_depth, encode_gray
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps
from colorize_ros.simulation.given_camera import GivenCamera
from colorize_ros.simulation.sensors.clocks import START_NS
from colorize_ros.simulation.stereo_bag import write_pairs

DEPTH_TOPIC, CAMERA_INFO_TOPIC = '/depth/image_raw', '/camera_info'
GUIDE_TOPIC = '/guide/image_raw/compressed'
NIR_TOPIC = '/nir/image_raw'
FRAME_ID, NIR_FRAME_ID = 'camera_color_optical_frame', 'nir_optical_frame'
# By how a file's name ends; of several files of one kind the first is taken.
ENDINGS = {'depth': ('_depth.png',), 'rgb': ('_rgb.jpg', '_rgb.png'),
           'nir': ('_nir.jpg', '_nir.png')}


def make_bag(folder: Path, out: Path, *, rate_hz: float = 10.0, repeat: int = 1,
             fx: float | None = None, fy: float | None = None, cx: float | None = None,
             cy: float | None = None, baseline_m: float | None = None, split: str | None = None,
             setup: int | None = None) -> int:
    """Turn images into a bag with the topics that the nodes read.

    Args:
        folder: with `<name>_depth.png` (16-bit millimetres, 0 unknown) and, registered to it,
            `<name>_rgb.jpg` or `.png`, or with `<name>_nir.jpg` or `.png` (near infrared of 8 or
            16 bits), or both; what has one name has one stamp. Subfolders follow one another.
            Where there is none of these, rectified stereo pairs in any layout that
            `datasets.stereo_formats` reads.
        out: folder of the new bag.
        rate_hz: images a second.
        repeat: how often each image comes.
        fx: focal length in pixels; by default, of depth, a Kinect's, 525 at 640 columns. Stereo
            pairs get camera_infos only where fx and baseline_m are given.
        fy: by default as fx.
        cx: principal point in pixels; by default the middle of the image.
        cy: likewise.
        baseline_m: between the cameras of stereo pairs.
        split: of stereo pairs; None for all.
        setup: of Table 2 in `datasets.lens_noise`, whose noise stereo pairs get; None adds none.

    Returns:
        The number of stamps written.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: nothing to make a bag of, depth of different sizes, an image that is unreadable
            or of another kind, or `out` exists.
        ConfigurationError: a value that is not above 0, what is said of stereo pairs though there
            are others, or half of what a camera_info of theirs needs.
    """
    if min(rate_hz, repeat, 1.0 if baseline_m is None else baseline_m) <= 0:
        raise ConfigurationError(f'rate_hz {rate_hz:g}, repeat {repeat}, baseline_m {baseline_m}: '
                                 'expected values above 0')
    camera = GivenCamera(fx, fy, cx, cy)
    sets = _find_sets(folder)
    if sets:
        if (baseline_m, split, setup) != (None, None, None):
            raise ConfigurationError(
                f'baseline_m {baseline_m}, split {split!r}, setup {setup}: these are for stereo '
                f'pairs, and {folder} has depth or near infrared. Leave them out')
        return _write_sets([files for files in sets for _ in range(repeat)], out, rate_hz, camera)
    of_lens = (fx, fy, cx, cy)
    if (fx is None) != (baseline_m is None) or (fx is None and any(of_lens)):
        raise ConfigurationError(
            f'fx, fy, cx and cy {of_lens}, baseline_m {baseline_m}: expected both of fx and '
            'baseline_m for camera_infos of stereo pairs. Leave all out where one is not known')
    return write_pairs(_read_pairs(folder, split), out, rate_hz=rate_hz, repeat=repeat,
                       setup=setup, camera=None if fx is None else camera,
                       baseline_m=baseline_m or 0.0)


def _write_sets(sets: Sequence[Mapping[str, Path]], out: Path, rate_hz: float,
                camera: GivenCamera) -> int:
    """Write depth, its color, and near infrared; returns how many stamps."""
    with BagWriter(out) as bag:
        for index, files in enumerate(track(sets, description='Writing')):
            at_ns = START_NS + int(index / rate_hz * 1e9)
            stamps = Stamps(at_ns, at_ns)
            if 'nir' in files:
                bag.write_image(NIR_TOPIC, stamps, NIR_FRAME_ID,
                                encode_gray(read_nir_as_stored(files['nir'])))
            if 'depth' not in files:
                continue
            depth = _read_depth(files['depth'])
            bag.write_image(DEPTH_TOPIC, stamps, FRAME_ID, encode_depth(depth, '16UC1'))
            bag.write_camera_info(CAMERA_INFO_TOPIC, stamps, FRAME_ID,
                                  camera.of(files['depth'], depth.shape))
            if 'rgb' in files:
                rgb = _read_rgb(files['rgb'])
                camera.of(files['rgb'], rgb.shape)  # refuses another size
                bag.write_image(GUIDE_TOPIC, stamps, FRAME_ID, encode_jpeg(rgb))
    return len(sets)


def _find_sets(folder: Path) -> list[dict[str, Path]]:
    """Find the files of each name, by kind, in the order of the names."""
    sets: dict[str, dict[str, Path]] = {}
    for kind, endings in ENDINGS.items():
        for ending in endings:
            for path in folder.rglob(f'*{ending}'):
                sets.setdefault(str(path)[:-len(ending)], {}).setdefault(kind, path)
    # A color image alone is no input of a node.
    return [sets[name] for name in sorted(sets) if sets[name].keys() & {'depth', 'nir'}]


def _read_pairs(folder: Path, split: str | None) -> list[StereoItem]:
    try:
        return read_stereo(folder, split)
    except DataError as error:
        raise DataError(f'{folder} has no files named *_depth.png, *_nir.jpg or *_nir.png, nor '
                        'have its subfolders; expected <name>_depth.png, with <name>_rgb.jpg, or '
                        f'<name>_nir.jpg, or stereo pairs ({error}). Is the path right?'
                        ) from error


def _read_depth(file: Path) -> NDArray[np.float32]:
    stored = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16 or stored.ndim != 2:
        found = 'unreadable' if stored is None else f'{stored.dtype} of shape {stored.shape}'
        raise DataError(f'{file} is {found}; expected a 16-bit PNG of one channel, millimetres. '
                        'Remove it, or convert it')
    return np.where(stored > 0, stored / np.float32(1000), np.float32(np.nan)).astype(np.float32)


def _read_rgb(file: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if image is None:
        raise DataError(f'{file} cannot be read as an image; expected JPEG or PNG. Remove it, or '
                        'convert it')
    return np.ascontiguousarray(image[..., ::-1]).astype(np.uint8, copy=False)

