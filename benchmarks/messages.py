"""Median time of each conversion of a 640x480 message.

    python benchmarks/messages.py [DEPTH.png]

DEPTH.png is a 16-bit depth image in millimetres to use instead of a made-up one. Where sensor_msgs
is installed, filling a real message is timed too; run it with ROS_PYTHON_CHECK_FIELDS=1 as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
import os
from pathlib import Path
import statistics
import sys
import time
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_rgb,
    depth_picture,
    encode_compressed,
    encode_compressed_depth,
    encode_depth,
    encode_gray,
    encode_rgb,
    fill_image,
    Intrinsics,
    points_from_depth,
)

REPEATS = 101
SHAPE = (480, 640)


def median_us(operation: Callable[[], object]) -> float:
    """Return the median time of an operation in microseconds, after one call to warm up."""
    operation()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        operation()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def made_up_depth() -> np.ndarray:
    """Return a sloped room with noise, a large hole and scattered small ones."""
    rng = np.random.default_rng(0)
    depth_m = np.linspace(1.0, 6.0, SHAPE[1]) + rng.normal(0.0, 0.005, SHAPE)
    depth_m[100:150, 200:320] = np.nan
    depth_m[rng.random(SHAPE) < 0.02] = np.nan
    return depth_m.astype(np.float32)


def depth_of_file(path: Path) -> np.ndarray:
    """Read a 16-bit depth image in millimetres, resized to 640x480 without interpolation."""
    depth_mm = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if depth_mm is None or depth_mm.dtype != np.uint16 or depth_mm.ndim != 2:
        raise SystemExit(f'{path} is not a 16-bit depth image')
    depth_mm = cv2.resize(depth_mm, SHAPE[::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(depth_mm == 0, np.nan, depth_mm / 1000.0).astype(np.float32)


def operations(depth_m: np.ndarray) -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (*SHAPE, 3)).astype(np.uint8)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3.0), np.uint8)
    gray = np.ascontiguousarray(smooth[..., 0])
    zeros_m = np.nan_to_num(depth_m)
    camera = Intrinsics(SHAPE[1], SHAPE[0], 525.0, 525.0, 319.5, 239.5)
    confidence = np.ones(SHAPE, np.float32)
    named: dict[str, Callable[[], object]] = {}

    def add(name: str, encode: Callable[[], Any], decode: Callable[[Any], object]) -> None:
        message = SimpleNamespace(**encode()._asdict())
        named[f'encode {name}'] = encode
        named[f'decode {name}'] = lambda: decode(message)

    add('32FC1', lambda: encode_depth(depth_m), decode_depth)
    add('32FC1 with zeros', lambda: encode_depth(zeros_m), decode_depth)
    add('16UC1', lambda: encode_depth(depth_m, '16UC1'), decode_depth)
    add('rgb8', lambda: encode_rgb(smooth), decode_rgb)
    add('bgr8', lambda: encode_rgb(smooth, 'bgr8'), decode_rgb)
    add('mono8', lambda: encode_gray(gray), decode_gray)
    add('jpeg', lambda: encode_compressed(smooth, 'jpeg'), decode_rgb)
    add('png', lambda: encode_compressed(smooth, 'png'), decode_rgb)
    for encoding in ('16UC1', '32FC1'):
        for method in ('png', 'rvl'):
            add(f'{encoding} compressedDepth {method}',
                partial(encode_compressed_depth, depth_m, encoding, method), decode_depth)
    named['points_from_depth'] = lambda: points_from_depth(depth_m, camera)
    named['points_from_depth with colors'] = lambda: points_from_depth(
        depth_m, camera, confidence=confidence, min_confidence=0.5, rgb=smooth)
    named['depth_picture'] = lambda: depth_picture(depth_m)
    try:
        from sensor_msgs.msg import Image
    except ImportError:
        return named
    message, raw_depth, raw_rgb = Image(), encode_depth(depth_m), encode_rgb(smooth)
    checks = os.environ.get('ROS_PYTHON_CHECK_FIELDS') or 'off'
    named[f'fill_image 32FC1, field checks {checks}'] = lambda: fill_image(message, raw_depth)
    named[f'fill_image rgb8, field checks {checks}'] = lambda: fill_image(message, raw_rgb)
    return named


def main() -> None:
    """Print a table of medians."""
    depth_m = depth_of_file(Path(sys.argv[1])) if len(sys.argv) > 1 else made_up_depth()
    print(f'median of {REPEATS}, {SHAPE[1]}x{SHAPE[0]}, NumPy {np.__version__}, '
          f'OpenCV {cv2.__version__}')
    for name, operation in operations(depth_m).items():
        print(f'{name:42s} {median_us(operation):10.1f} us')


if __name__ == '__main__':
    main()
