"""The same functions on the messages of the rosbags library, whose arrays are read-only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from colorize_ros.messages import (
    decode_depth,
    decode_rgb,
    encode_compressed_depth,
    encode_depth,
    encode_rgb,
    fill_image,
    intrinsics_of,
    scale_camera_info,
    stamp_ns,
)
from messages.samples import colors, sloped_depth

typesys = pytest.importorskip('rosbags.typesys', reason="rosbags (the extra 'bags') is missing")
STORE = typesys.get_typestore(typesys.Stores.ROS2_HUMBLE)
TYPES = STORE.types


def header() -> Any:
    stamp = TYPES['builtin_interfaces/msg/Time'](sec=12, nanosec=34)
    return TYPES['std_msgs/msg/Header'](stamp=stamp, frame_id='camera_optical_frame')


def through_the_wire(message: Any) -> Any:
    return STORE.deserialize_cdr(STORE.serialize_cdr(message, message.__msgtype__),
                                 message.__msgtype__)


def empty_image() -> Any:
    return TYPES['sensor_msgs/msg/Image'](
        header=header(), height=0, width=0, encoding='', is_bigendian=0, step=0,
        data=np.empty(0, np.uint8))


def test_images() -> None:
    message = empty_image()
    fill_image(message, encode_depth(sloped_depth(), '16UC1'))
    received = through_the_wire(message)
    np.testing.assert_array_equal(decode_depth(received), sloped_depth())
    assert stamp_ns(received) == 12_000_000_034
    fill_image(message, encode_rgb(colors()))
    np.testing.assert_array_equal(decode_rgb(through_the_wire(message)), colors())


@pytest.mark.parametrize('method', ['png', 'rvl'])
def test_compressed_depth(method: str) -> None:
    fields = encode_compressed_depth(sloped_depth(), '16UC1', method)
    message = TYPES['sensor_msgs/msg/CompressedImage'](
        header=header(), format=fields.format, data=np.frombuffer(fields.data, np.uint8))
    np.testing.assert_array_equal(decode_depth(through_the_wire(message)), sloped_depth())


def test_camera_info() -> None:
    roi = TYPES['sensor_msgs/msg/RegionOfInterest'](
        x_offset=0, y_offset=0, height=0, width=0, do_rectify=False)
    k = np.array([525.0, 0.0, 319.5, 0.0, 525.0, 239.5, 0.0, 0.0, 1.0])
    p = np.array([525.0, 0.0, 319.5, 0.0, 0.0, 525.0, 239.5, 0.0, 0.0, 0.0, 1.0, 0.0])
    message = through_the_wire(TYPES['sensor_msgs/msg/CameraInfo'](
        header=header(), height=480, width=640, distortion_model='plumb_bob', d=np.zeros(5), k=k,
        r=np.eye(3).ravel(), p=p, binning_x=0, binning_y=0, roi=roi))
    scaled = through_the_wire(scale_camera_info(message, 320, 240))
    assert intrinsics_of(scaled).fx == 262.5
    assert intrinsics_of(message).fx == 525.0
