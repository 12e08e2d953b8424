"""A folder of recorded depth, color and near-infrared images, as a bag."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.nir import read_nir_as_stored
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import encode_depth, encode_gray, Intrinsics
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps
from colorize_ros.simulation.sensors.clocks import START_NS

DEPTH_TOPIC, CAMERA_INFO_TOPIC = '/depth/image_raw', '/camera_info'
GUIDE_TOPIC = '/guide/image_raw/compressed'
NIR_TOPIC = '/nir/image_raw'
FRAME_ID, NIR_FRAME_ID = 'camera_color_optical_frame', 'nir_optical_frame'
# Of a Kinect's color camera at 640 columns, to which public data sets register depth.
KINECT_FOCAL = 525.0 / 640
# By how a file's name ends; of several files of one kind the first is taken.
ENDINGS = {'depth': ('_depth.png',), 'rgb': ('_rgb.jpg', '_rgb.png'),
           'nir': ('_nir.jpg', '_nir.png')}


def make_bag(folder: Path, out: Path, *, rate_hz: float = 10.0, fx: float | None = None,
             fy: float | None = None, cx: float | None = None, cy: float | None = None) -> int:
    """Turn images into a bag with the topics that `depth_enhancer` and `nir_colorizer` read.

    Args:
        folder: with `<name>_depth.png` (16-bit millimetres, 0 unknown) and, registered to it,
            `<name>_rgb.jpg` or `.png`, or with `<name>_nir.jpg` or `.png` (near infrared of 8 or
            16 bits), or both; what has one name has one stamp. Subfolders follow one another.
        out: folder of the new bag.
        rate_hz: images a second.
        fx: focal length in pixels; by default a Kinect's, 525 at 640 columns.
        fy: by default as fx.
        cx: principal point in pixels; by default the middle of the image.
        cy: likewise.

    Returns:
        The number of stamps written.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: neither depth nor near infrared, depth of different sizes, an image that is
            unreadable or of another kind, or `out` exists.
        ConfigurationError: a rate or focal length that is not above 0.
    """
    if rate_hz <= 0 or min(fx or 1.0, fy or 1.0) <= 0:
        raise ConfigurationError(f'rate_hz {rate_hz:g}, fx {fx}, fy {fy}: expected values above '
                                 '0. Leave fx and fy out for those of a Kinect')
    sets = _find_sets(folder)
    with BagWriter(out) as bag:
        camera: Intrinsics | None = None
        for index, files in enumerate(track(sets, description='Writing')):
            at_ns = START_NS + int(index / rate_hz * 1e9)
            stamps = Stamps(at_ns, at_ns)
            if 'nir' in files:
                bag.write_image(NIR_TOPIC, stamps, NIR_FRAME_ID,
                                encode_gray(read_nir_as_stored(files['nir'])))
            if 'depth' not in files:
                continue
            depth = _read_depth(files['depth'])
            if camera is None:
                camera = _make_camera(depth.shape, fx, fy, cx, cy)
            _check_size(files['depth'], depth.shape, camera)
            bag.write_image(DEPTH_TOPIC, stamps, FRAME_ID, encode_depth(depth, '16UC1'))
            bag.write_camera_info(CAMERA_INFO_TOPIC, stamps, FRAME_ID, camera)
            if 'rgb' in files:
                rgb = _read_rgb(files['rgb'])
                _check_size(files['rgb'], rgb.shape[:2], camera)
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
    wanted = [sets[name] for name in sorted(sets) if sets[name].keys() & {'depth', 'nir'}]
    if not wanted:
        raise DataError(f'{folder} has no files named *_depth.png, *_nir.jpg or *_nir.png, nor '
                        'have its subfolders; expected <name>_depth.png, with <name>_rgb.jpg, or '
                        '<name>_nir.jpg. Is the path right?')
    return wanted


def _make_camera(shape: tuple[int, ...], fx: float | None, fy: float | None, cx: float | None,
                 cy: float | None) -> Intrinsics:
    height, width = shape
    focal = KINECT_FOCAL * width if fx is None else fx
    return Intrinsics(
        width=width, height=height, fx=focal, fy=focal if fy is None else fy,
        cx=(width - 1) / 2 if cx is None else cx, cy=(height - 1) / 2 if cy is None else cy)


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


def _check_size(file: Path, shape: tuple[int, ...], camera: Intrinsics) -> None:
    if shape != (camera.height, camera.width):
        raise DataError(f'{file} is {shape[1]} x {shape[0]}; expected '
                        f'{camera.width} x {camera.height}, as the first image of the bag. Make a '
                        'bag of each size')
