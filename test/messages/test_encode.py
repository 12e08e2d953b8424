"""Arrays out: what is written can be read back, and what cannot be written is refused."""

from __future__ import annotations

import array
from types import SimpleNamespace

from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from colorize_ros.errors import EncodingError, ShapeError
from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_rgb,
    encode_confidence,
    encode_depth,
    encode_gray,
    encode_rgb,
    fill_image,
    RawImage,
)
from messages.samples import colors, message_of, sloped_depth

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)


@given(hnp.arrays(np.float32, SIDES, elements=st.one_of(
    st.just(np.nan), st.floats(0.125, 100.0, width=32))))
def test_float_depth_comes_back_exactly(depth_m: np.ndarray) -> None:
    np.testing.assert_array_equal(decode_depth(message_of(encode_depth(depth_m))), depth_m)


@given(hnp.arrays(np.uint16, SIDES))
def test_millimetres_come_back_exactly(depth_mm: np.ndarray) -> None:
    depth_m = np.where(depth_mm == 0, np.nan, depth_mm / 1000.0).astype(np.float32)
    raw = encode_depth(depth_m, '16UC1')
    np.testing.assert_array_equal(np.frombuffer(raw.data, '<u2'), depth_mm.ravel())
    np.testing.assert_array_equal(decode_depth(message_of(raw)), depth_m)


@pytest.mark.filterwarnings('error')
def test_what_has_no_millimetres_is_unknown() -> None:
    depth_m = np.array([[np.nan, 0.0, -1.0, 0.0004, 65.535, 65.6, np.inf, -np.inf, 3e38]],
                       np.float32)
    raw = encode_depth(depth_m, '16UC1')
    assert np.frombuffer(raw.data, '<u2').tolist() == [0, 0, 0, 0, 65535, 0, 0, 0, 0]


@given(hnp.arrays(np.uint8, SIDES.map(lambda shape: (*shape, 3))),
       st.sampled_from(['rgb8', 'bgr8']))
def test_color_comes_back_exactly(rgb: np.ndarray, encoding: str) -> None:
    np.testing.assert_array_equal(decode_rgb(message_of(encode_rgb(rgb, encoding))), rgb)


@given(st.sampled_from([np.uint8, np.uint16]).flatmap(lambda dtype: hnp.arrays(dtype, SIDES)))
def test_gray_comes_back_exactly(gray: np.ndarray) -> None:
    decoded = decode_gray(message_of(encode_gray(gray)))
    assert decoded.dtype == gray.dtype
    np.testing.assert_array_equal(decoded, gray)


def test_fields() -> None:
    raw = encode_rgb(colors(4, 5))
    assert raw[:5] == (4, 5, 'rgb8', 0, 15)
    assert isinstance(raw.data, array.array)
    assert raw.data.typecode == 'B'
    assert encode_gray(np.ones((4, 5), np.uint16)).encoding == 'mono16'
    assert encode_gray(np.ones((4, 5), np.uint8)).encoding == 'mono8'
    assert encode_confidence(np.ones((4, 5), np.float32))[:5] == (4, 5, '32FC1', 0, 20)


def test_arrays_that_are_not_contiguous_or_little_endian() -> None:
    depth_m = sloped_depth()
    for same in (np.asfortranarray(depth_m), depth_m.astype('>f4'), depth_m.astype(np.float64),
                 np.repeat(depth_m, 2, axis=1)[:, ::2]):
        assert encode_depth(same) == encode_depth(depth_m)


def test_fill_image_hands_over_the_very_bytes() -> None:
    raw = encode_depth(sloped_depth())
    message = SimpleNamespace(header='kept', data=array.array('B'))
    fill_image(message, raw)
    assert message.header == 'kept'
    assert message.data is raw.data
    assert RawImage(**{name: getattr(message, name) for name in RawImage._fields}) == raw


@pytest.mark.parametrize(('encode', 'bad'), [
    (encode_depth, np.ones((4, 5), np.uint16)), (encode_depth, np.ones((4, 5, 1), np.float32)),
    (encode_depth, np.ones((0, 5), np.float32)), (encode_depth, np.ones((4, 5), np.float16)),
    (encode_confidence, np.ones(4, np.float32)), (encode_gray, np.ones((4, 5), np.int32)),
    (encode_gray, np.ones((4, 5, 3), np.uint8)), (encode_rgb, np.ones((4, 5), np.uint8)),
    (encode_rgb, np.ones((4, 5, 4), np.uint8)), (encode_rgb, np.ones((4, 5, 3), np.float32)),
    (encode_rgb, np.ones((4, 0, 3), np.uint8))])
def test_arrays_that_are_no_such_image(encode: object, bad: np.ndarray) -> None:
    with pytest.raises(ShapeError, match=r'is \w+ of shape \(.*expected'):
        encode(bad)


def test_encodings_that_are_not_written() -> None:
    with pytest.raises(EncodingError, match="'mono8'.*32FC1 or 16UC1"):
        encode_depth(sloped_depth(), 'mono8')
    with pytest.raises(EncodingError, match="'rgba8'.*rgb8 or bgr8"):
        encode_rgb(colors(), 'rgba8')
