"""A folder of recorded color and depth images, as a bag."""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import encode_depth, Intrinsics
from colorize_ros.simulation.bag_writer import BagWriter, encode_jpeg, Stamps
from colorize_ros.simulation.sensors.clocks import START_NS

DEPTH_TOPIC, CAMERA_INFO_TOPIC = '/depth/image_raw', '/camera_info'
GUIDE_TOPIC = '/guide/image_raw/compressed'
FRAME_ID = 'camera_color_optical_frame'
# Of a Kinect's color camera at 640 columns, to which public data sets register depth.
KINECT_FOCAL = 525.0 / 640
SUFFIXES = ('jpg', 'png')


def make_bag(folder: Path, out: Path, *, rate_hz: float = 10.0, fx: float | None = None,
             fy: float | None = None, cx: float | None = None, cy: float | None = None) -> int:
    """Turn color and depth images into a bag with the topics that `depth_enhancer` reads.

    Args:
        folder: with `<name>_depth.png` (16-bit millimetres, 0 unknown) and, beside each,
            `<name>_rgb.jpg` or `.png` where there is one; subfolders follow one another.
        out: folder of the new bag.
        rate_hz: images a second.
        fx: focal length in pixels; by default a Kinect's, 525 at 640 columns.
        fy: by default as fx.
        cx: principal point in pixels; by default the middle of the image.
        cy: likewise.

    Returns:
        The number of depth images written.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: no depth images, images of different sizes or unreadable, or `out` exists.
        ConfigurationError: a rate or focal length that is not above 0.
    """
    if rate_hz <= 0 or min(fx or 1.0, fy or 1.0) <= 0:
        raise ConfigurationError(f'rate_hz {rate_hz:g}, fx {fx}, fy {fy}: expected values above '
                                 '0. Leave fx and fy out for those of a Kinect')
    files = sorted(folder.rglob('*_depth.png'))
    if not files:
        raise DataError(f'{folder} has no files named *_depth.png, nor have its subfolders; '
                        'expected pairs <name>_rgb.jpg and <name>_depth.png. Is the path right?')
    height, width = _read_depth(files[0]).shape
    focal = KINECT_FOCAL * width if fx is None else fx
    camera = Intrinsics(
        width=width, height=height, fx=focal, fy=focal if fy is None else fy,
        cx=(width - 1) / 2 if cx is None else cx, cy=(height - 1) / 2 if cy is None else cy)
    with BagWriter(out) as bag:
        for index, file in enumerate(track(files, description='Writing')):
            at_ns = START_NS + int(index / rate_hz * 1e9)
            stamps = Stamps(at_ns, at_ns)
            depth = _read_depth(file)
            _check_size(file, depth.shape, camera)
            bag.write_image(DEPTH_TOPIC, stamps, FRAME_ID, encode_depth(depth, '16UC1'))
            bag.write_camera_info(CAMERA_INFO_TOPIC, stamps, FRAME_ID, camera)
            rgb = _read_rgb(file)
            if rgb is not None:
                _check_size(file, rgb.shape[:2], camera)
                bag.write_image(GUIDE_TOPIC, stamps, FRAME_ID, encode_jpeg(rgb))
    return len(files)


def _read_depth(file: Path) -> NDArray[np.float32]:
    stored = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if stored is None or stored.dtype != np.uint16 or stored.ndim != 2:
        found = 'unreadable' if stored is None else f'{stored.dtype} of shape {stored.shape}'
        raise DataError(f'{file} is {found}; expected a 16-bit PNG of one channel, millimetres. '
                        'Remove it, or convert it')
    return np.where(stored > 0, stored / np.float32(1000), np.float32(np.nan)).astype(np.float32)


def _read_rgb(depth_file: Path) -> NDArray[np.uint8] | None:
    stem = str(depth_file)[:-len('_depth.png')]
    for suffix in SUFFIXES:
        if Path(f'{stem}_rgb.{suffix}').is_file():
            image = cv2.imread(f'{stem}_rgb.{suffix}', cv2.IMREAD_COLOR)
            if image is None:
                raise DataError(f'{stem}_rgb.{suffix} cannot be read as an image; expected JPEG '
                                'or PNG. Remove it, or convert it')
            return np.ascontiguousarray(image[..., ::-1]).astype(np.uint8, copy=False)
    return None


def _check_size(file: Path, shape: tuple[int, ...], camera: Intrinsics) -> None:
    if shape != (camera.height, camera.width):
        raise DataError(f'{file} or its color image is {shape[1]} x {shape[0]}; expected '
                        f'{camera.width} x {camera.height}, as the first image of the bag. Make a '
                        'bag of each size')
