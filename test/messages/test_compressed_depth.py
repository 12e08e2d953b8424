"""compressedDepth as image_transport defines it, and what publishers make of it."""

from __future__ import annotations

import struct

import cv2
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from colorize_ros.errors import ColorizeError, DepthError, EncodingError, ShapeError
from colorize_ros.messages import decode_depth, encode_compressed, encode_compressed_depth
from colorize_ros.messages.rvl import encode_rvl
from messages.samples import colors, compressed, message_of, sloped_depth

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)
METHODS = ['png', 'rvl']
STORED = np.array([[0, 500, 501], [65535, 1, 1000]], np.uint16)
DEPTH_M = np.array([[np.nan, 0.5, 0.501], [65.535, 0.001, 1.0]], np.float32)


def header(scale: float = 0.0, offset: float = 0.0, number: int = 0) -> bytes:
    return struct.pack('<iff', number, scale, offset)


def png(values: np.ndarray = STORED) -> bytes:
    return cv2.imencode('.png', values)[1].tobytes()


def rvl(values: np.ndarray = STORED) -> bytes:
    return struct.pack('<II', values.shape[1], values.shape[0]) + encode_rvl(values)


@given(hnp.arrays(np.uint16, SIDES), st.sampled_from(METHODS))
def test_millimetres_come_back_exactly(depth_mm: np.ndarray, method: str) -> None:
    depth_m = np.where(depth_mm == 0, np.nan, depth_mm / 1000.0).astype(np.float32)
    fields = encode_compressed_depth(depth_m, '16UC1', method)
    np.testing.assert_array_equal(decode_depth(message_of(fields)), depth_m)


@pytest.mark.filterwarnings('error')
@given(hnp.arrays(np.float32, SIDES, elements=st.one_of(
    st.sampled_from([np.nan, 0.0, np.inf, -1.0]), st.floats(0.125, 90.0, width=32))),
    st.sampled_from(METHODS))
def test_metres_come_back_within_the_quantisation(depth_m: np.ndarray, method: str) -> None:
    decoded = decode_depth(message_of(encode_compressed_depth(depth_m, '32FC1', method)))
    known = (depth_m > 0) & np.isfinite(depth_m)
    np.testing.assert_array_equal(np.isfinite(decoded), known)
    if known.any():
        depths = depth_m[known].astype(float)
        nearest = min(depths.min(), depths.max() / 2)
        allowed = depths ** 2 * (1 / nearest - 1 / depths.max()) / 65534 * 0.51 + 2e-6 * depths
        assert (np.abs(decoded[known] - depths) <= allowed).all()


@pytest.mark.parametrize('format', [
    '16UC1; compressedDepth png', '16UC1; compressedDepth', '16UC1;compressedDepth png', '16UC1',
    'mono16; compressedDepth png', 'mono16; compressedDepth '])
@pytest.mark.parametrize('number', [0, -1, 1, 12345])
def test_the_format_string_counts_and_not_the_header(format: str, number: int) -> None:
    depth_m = decode_depth(compressed(format, header(number=number) + png()))
    np.testing.assert_array_equal(depth_m, DEPTH_M)


def test_rvl_message_by_hand() -> None:
    depth_m = decode_depth(compressed('16UC1; compressedDepth rvl', header() + rvl()))
    np.testing.assert_array_equal(depth_m, DEPTH_M)


@pytest.mark.parametrize('format', [
    '32FC1; compressedDepth png', '32FC1; compressedDepth', '32FC1', '32FC1; compressedDepth rvl'])
def test_inverse_depth_with_the_parameters_of_image_transport(format: str) -> None:
    # Its defaults: the accuracy is 1 m at 100 m, nothing is beyond 10 m.
    scale = 100.0 * 101.0
    offset = 1.0 - scale / 10.0
    depth_m = np.array([[0.5, 1.0, 9.5], [4.0, 2.5, np.nan]], np.float32)
    stored = np.nan_to_num(scale / depth_m + offset).astype(np.uint16)
    body = rvl(stored) if 'rvl' in format else png(stored)
    decoded = decode_depth(compressed(format, header(scale, offset) + body))
    np.testing.assert_allclose(decoded, depth_m, rtol=0, atol=0.01)
    np.testing.assert_allclose(decoded[0, 1], scale / (stored[0, 1] - offset), rtol=1e-6)


@pytest.mark.parametrize('format', [
    'png', '16UC1; png compressed ', 'mono16; png compressed ', '16UC1; compressedDepth png'])
def test_plain_16_bit_png(format: str) -> None:
    np.testing.assert_array_equal(decode_depth(compressed(format, png())), DEPTH_M)


@pytest.mark.parametrize('format', ['16UC1; jpeg compressed mono8', 'jpeg', '32FC1'])
def test_jpeg_is_no_depth(format: str) -> None:
    data = encode_compressed(np.ones((24, 32), np.uint8), 'jpeg').data
    with pytest.raises(EncodingError, match='is JPEG.*Subscribe to the compressedDepth topic'):
        decode_depth(compressed(format, data))


@pytest.mark.parametrize('picture', [colors(), colors()[..., 0]], ids=['color', '8 bit'])
def test_pictures_are_no_depth(picture: np.ndarray) -> None:
    with pytest.raises(EncodingError, match='16-bit PNG of one channel'):
        decode_depth(message_of(encode_compressed(picture, 'png')))


@pytest.mark.parametrize(('format', 'data', 'match'), [
    ('32FC1; png compressed ', png(), '12-byte header before its PNG file, which is missing'),
    ('16UC1; compressedDepth zstd', header() + png(), 'compressed by png or rvl'),
    ('8UC1; compressedDepth png', header() + png(), 'expected one of 16UC1, mono16, 32FC1'),
    ('tiff', bytes(50), 'not a depth format'),
    ('16UC1; tiff compressed ', bytes(50), 'not a depth format'),
    ('16UC1; compressedDepth png', b'', '0 bytes; its header alone has 12'),
    ('16UC1; compressedDepth png', header(), '12 bytes; its header'),
    ('16UC1; compressedDepth png', header() + png()[:-30], 'truncated'),
    ('16UC1; compressedDepth png', header() + rvl(), 'neither a JPEG nor a PNG'),
    ('16UC1; compressedDepth rvl', header() + rvl()[:5], 'within its size fields'),
    ('16UC1; compressedDepth rvl', header() + rvl()[:-4], 'truncated'),
    ('32FC1; compressedDepth png', header(0.0, 0.0) + png(), 'must be positive'),
    ('32FC1; compressedDepth png', header(-1.0, 0.0) + png(), 'must be positive'),
    ('32FC1; compressedDepth png', header(np.nan, 0.0) + png(), 'must be positive'),
    ('32FC1; compressedDepth png', header(10.0, np.inf) + png(), 'both finite'),
])
def test_bad_messages(format: str, data: bytes, match: str) -> None:
    with pytest.raises(EncodingError, match=match):
        decode_depth(compressed(format, data))


@pytest.mark.parametrize(('width', 'height'), [(0, 4), (4, 0), (65535, 65535), (2 ** 32 - 1,) * 2])
def test_absurd_sizes(width: int, height: int) -> None:
    data = header() + struct.pack('<II', width, height) + encode_rvl(STORED)
    with pytest.raises(ShapeError, match=f'claims {width} x {height}'):
        decode_depth(compressed('16UC1; compressedDepth rvl', data))


def test_parameters_that_make_negative_depth() -> None:
    data = header(1000.0, 65536.0) + png(np.full((4, 5), 700, np.uint16))
    with pytest.raises(DepthError, match='negative'):
        decode_depth(compressed('32FC1; compressedDepth png', data))


@pytest.mark.parametrize('encoding', ['16UC1', '32FC1'])
@pytest.mark.parametrize('method', METHODS)
def test_a_covered_camera(encoding: str, method: str) -> None:
    unknown = np.full((30, 40), np.nan, np.float32)
    fields = encode_compressed_depth(unknown, encoding, method)
    np.testing.assert_array_equal(decode_depth(message_of(fields)), unknown)


def test_what_is_not_written() -> None:
    with pytest.raises(EncodingError, match="'mono16' by 'png'.*16UC1 or 32FC1, by png or rvl"):
        encode_compressed_depth(sloped_depth(), 'mono16')
    with pytest.raises(EncodingError, match="by 'zip'"):
        encode_compressed_depth(sloped_depth(), '16UC1', 'zip')
    with pytest.raises(ShapeError, match='uint16'):
        encode_compressed_depth(STORED)


@pytest.mark.filterwarnings('error')
@given(format=st.one_of(st.text(max_size=40), st.builds(
    '{}; compressedDepth {}'.format, st.sampled_from(['16UC1', '32FC1', 'mono16']),
    st.sampled_from(METHODS))),
    start=st.sampled_from([b'', header(), header(1000.0, 3.0)]),
    size=st.sampled_from([b'', struct.pack('<II', 3, 2), png(), rvl()]),
    tail=st.binary(max_size=60), place=st.floats(0.0, 1.0), unit=st.sampled_from(['auto', 'mm']))
def test_no_bytes_raise_anything_else(format: str, start: bytes, size: bytes, tail: bytes,
                                      place: float, unit: str) -> None:
    whole = start + size
    cut = int(place * len(whole))
    for data in (whole + tail, whole[:cut] + tail + whole[cut + len(tail):]):
        try:
            depth_m = decode_depth(compressed(format, data), unit=unit)
        except ColorizeError:
            continue
        assert depth_m.dtype == np.float32
        assert not (depth_m <= 0).any()
        assert not np.isinf(depth_m).any()
