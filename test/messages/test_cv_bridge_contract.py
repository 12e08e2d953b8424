"""Where cv_bridge is installed, ours gives the same pixels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_rgb,
    encode_depth,
    encode_gray,
    encode_rgb,
    fill_image,
)
from messages.samples import colors, image, sloped_depth

cv_bridge = pytest.importorskip('cv_bridge', reason='cv_bridge is not installed')
sensor_msgs = pytest.importorskip('sensor_msgs.msg', reason='sensor_msgs is not installed')
pytestmark = pytest.mark.ros

COLOR_CHANNELS = {'rgb8': (0, 1, 2), 'bgr8': (2, 1, 0), 'rgba8': (0, 1, 2, 0),
                  'bgra8': (2, 1, 0, 0)}


def real_image(fields: SimpleNamespace) -> Any:
    return sensor_msgs.Image(**vars(fields))


@pytest.mark.parametrize('encoding', COLOR_CHANNELS)
def test_color(encoding: str) -> None:
    message = real_image(image(colors()[..., COLOR_CHANNELS[encoding]], encoding))
    theirs = cv_bridge.CvBridge().imgmsg_to_cv2(message, 'rgb8')
    np.testing.assert_array_equal(decode_rgb(message), theirs)


@pytest.mark.parametrize('encoding', [
    'bayer_rggb8', 'bayer_bggr8', 'bayer_gbrg8', 'bayer_grbg8'])
def test_bayer(encoding: str) -> None:
    mosaic = np.random.default_rng(5).integers(0, 256, (24, 32)).astype(np.uint8)
    message = real_image(image(mosaic, encoding))
    theirs = cv_bridge.CvBridge().imgmsg_to_cv2(message, 'rgb8')
    np.testing.assert_array_equal(decode_rgb(message), theirs)


@pytest.mark.parametrize(('encoding', 'dtype'), [('mono8', np.uint8), ('mono16', np.uint16)])
def test_gray(encoding: str, dtype: type) -> None:
    message = real_image(image(np.arange(768).reshape(24, 32).astype(dtype), encoding))
    theirs = cv_bridge.CvBridge().imgmsg_to_cv2(message, 'passthrough')
    np.testing.assert_array_equal(decode_gray(message), theirs)


def test_gray_of_color() -> None:
    message = real_image(image(colors(), 'rgb8'))
    theirs = cv_bridge.CvBridge().imgmsg_to_cv2(message, 'mono8')
    assert np.abs(decode_gray(message).astype(int) - theirs).max() <= 1


def test_depth() -> None:
    message = real_image(image(sloped_depth(), '32FC1'))
    theirs = cv_bridge.CvBridge().imgmsg_to_cv2(message, 'passthrough')
    np.testing.assert_array_equal(decode_depth(message), theirs)


@pytest.mark.parametrize(('raw', 'pixels', 'encoding'), [
    (encode_rgb(colors()), colors(), 'rgb8'),
    (encode_gray(colors()[..., 1]), colors()[..., 1], 'mono8'),
    (encode_depth(sloped_depth()), sloped_depth(), '32FC1')], ids=['rgb8', 'mono8', '32FC1'])
def test_messages_out(raw: Any, pixels: np.ndarray, encoding: str) -> None:
    ours = sensor_msgs.Image()
    fill_image(ours, raw)
    theirs = cv_bridge.CvBridge().cv2_to_imgmsg(np.ascontiguousarray(pixels), encoding)
    assert ours == theirs
