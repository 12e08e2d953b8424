"""The same functions on real sensor_msgs messages, with rclpy's field checks off and on."""

from __future__ import annotations

import os
from pathlib import Path
import subprocess
import sys

import pytest

pytest.importorskip('rclpy', reason='rclpy is not installed')
pytestmark = pytest.mark.ros

REPOSITORY = Path(__file__).resolve().parents[2]

# The checks are chosen once, when the message module is imported, so each mode needs a process.
SCRIPT = """
import numpy as np
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from colorize_ros.messages import (
    decode_depth, decode_rgb, encode_compressed_depth, encode_depth, encode_rgb, fill_image,
    intrinsics_of, scale_camera_info, stamp_ns)


def received(message):
    return deserialize_message(serialize_message(message), type(message))


depth_m = np.linspace(0.5, 6.0, 480 * 640, dtype=np.float32).reshape(480, 640)
depth_m[100:120, 50:90] = np.nan
image = Image()
image.header.stamp.sec, image.header.stamp.nanosec = 3, 5
fill_image(image, encode_depth(depth_m))
np.testing.assert_array_equal(decode_depth(received(image)), depth_m)
assert stamp_ns(received(image)) == 3_000_000_005

rgb = np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3)
fill_image(image, encode_rgb(rgb))
np.testing.assert_array_equal(decode_rgb(received(image)), rgb)

fields = encode_compressed_depth(depth_m, '32FC1', 'rvl')
packed = CompressedImage(format=fields.format, data=fields.data)
np.testing.assert_allclose(decode_depth(received(packed)), depth_m, rtol=1e-3)

info = CameraInfo(width=640, height=480)
info.k = [525.0, 0.0, 319.5, 0.0, 525.0, 239.5, 0.0, 0.0, 1.0]
scaled = received(scale_camera_info(info, 1280, 960))
assert (scaled.width, scaled.height, intrinsics_of(scaled).fx) == (1280, 960, 1050.0)
assert info.k[0] == 525.0
"""


@pytest.mark.parametrize('checks', ['', '1'], ids=['checks off', 'checks on'])
def test_real_messages(checks: str) -> None:
    environment = {**os.environ, 'ROS_PYTHON_CHECK_FIELDS': checks,
                   'PYTHONPATH': f'{REPOSITORY}{os.pathsep}{os.environ.get("PYTHONPATH", "")}'}
    done = subprocess.run([sys.executable, '-c', SCRIPT], env=environment, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
