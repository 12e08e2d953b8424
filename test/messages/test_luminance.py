"""Near infrared at the door: gray in color clothes, color, depth that is none of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.messages import (
    decode_gray,
    decode_luminance,
    encode_compressed,
    looks_like_millimetres,
)
from messages.samples import colors, compressed, image, message_of, sloped_depth
from shared_data import requires_shared, SHARED

RAMP = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (32, 1))
IN_CLOTHES = np.repeat(RAMP[..., None], 3, axis=-1)


@pytest.mark.parametrize('encoding', ['mono8', '8UC1', 'mono16', '16UC1'])
def test_gray_is_as_decode_gray_gives_it(encoding: str) -> None:
    message = image(RAMP.astype(np.uint16 if '16' in encoding else np.uint8), encoding)
    gray, was_color = decode_luminance(message)
    np.testing.assert_array_equal(gray, decode_gray(message))
    assert not was_color


@pytest.mark.parametrize('encoding', ['rgb8', 'bgr8', '8UC3', 'rgba8', 'bgra8'])
def test_equal_channels_are_gray(encoding: str) -> None:
    pixels = IN_CLOTHES
    if 'a' in encoding:
        pixels = np.dstack([pixels, np.zeros_like(RAMP)])  # alpha is no color
    gray, was_color = decode_luminance(image(pixels, encoding, padding=3))
    np.testing.assert_array_equal(gray, RAMP)
    assert not was_color


def test_the_marks_of_compression_are_no_color() -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (64, 64, 1)).astype(np.uint8)
    tinted = np.clip(noisy + np.array([0, 2, 4]), 0, 255).astype(np.uint8)
    assert not decode_luminance(image(tinted, 'rgb8')).was_color
    for format in ('jpeg', 'png'):
        message = message_of(encode_compressed(tinted, format))
        assert not decode_luminance(message).was_color, format


@pytest.mark.parametrize('encoding', ['rgb8', 'bgr8', 'rgba8', 'bayer_rggb8'])
def test_color_is_color(encoding: str) -> None:
    pixels = np.full((32, 32, 4), (200, 30, 90, 255), np.uint8)
    if encoding == 'bayer_rggb8':
        pixels = np.tile(np.array([[200, 30], [30, 90]], np.uint8), (16, 16))
    elif encoding != 'rgba8':
        pixels = pixels[..., :3]
    gray, was_color = decode_luminance(image(pixels, encoding))
    assert gray.shape == (32, 32)
    assert was_color


def test_compressed_color_is_color_and_16_bits_keep_theirs() -> None:
    assert decode_luminance(message_of(encode_compressed(colors(), 'png'))).was_color
    deep = IN_CLOTHES.astype(np.uint16) * 257
    for pixels, expected in ((deep, False), (deep * np.array([1, 0, 1], np.uint16), True)):
        _, data = cv2.imencode('.png', pixels)
        gray, was_color = decode_luminance(compressed('rgb16; png compressed', data.tobytes()))
        assert gray.dtype == np.uint16
        assert was_color is expected


def test_a_mosaic_that_nobody_knows_is_taken_as_gray() -> None:
    _, data = cv2.imencode('.png', RAMP)
    message = compressed('bayer_unknown8; png compressed', data.tobytes())
    np.testing.assert_array_equal(decode_luminance(message).gray, RAMP)


def test_depth_with_holes_is_recognised() -> None:
    depth_mm = np.nan_to_num(sloped_depth(96, 128) * 1000).astype(np.uint16)
    depth_mm[40:60, 50:80] = 0
    assert looks_like_millimetres(depth_mm)


GRAY_16 = {
    'all black': np.zeros((32, 48), np.uint16),
    'full range': RAMP.astype(np.uint16) * 257,
    'upper bits': RAMP.astype(np.uint16) << 8,
    'ten bits': np.tile(np.arange(0, 960, 20, dtype=np.uint16), (32, 1)),
    'black and white': np.where(RAMP > 100, np.uint16(40000), np.uint16(0)),
    'black border': np.pad(RAMP.astype(np.uint16) + 30000, 12),
    'one dead pixel': np.where(np.arange(32 * 48).reshape(32, 48) == 32 * 24, 0,
                               RAMP.astype(np.uint16) + 4000),
    'one pixel': np.array([[7]], np.uint16),
}


@pytest.mark.parametrize('name', GRAY_16)
def test_gray_levels_are_not_taken_for_depth(name: str) -> None:
    assert not looks_like_millimetres(GRAY_16[name])


@requires_shared
def test_most_depth_of_real_cameras_is_recognised() -> None:
    files = sorted((SHARED / 'data' / 'rgbd').rglob('*_depth.png'))[::15]
    recognised = [looks_like_millimetres(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
                  for path in files]
    assert sum(recognised) > 0.7 * len(files)
