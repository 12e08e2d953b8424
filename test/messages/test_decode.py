"""Raw images in: every encoding, padding, byte order, and every way in which they can be bad."""

from __future__ import annotations

import array
from types import SimpleNamespace

from hypothesis import given, strategies as st
import numpy as np
import pytest

from colorize_ros.errors import (
    ColorizeError,
    ConfigurationError,
    DepthError,
    EncodingError,
    ShapeError,
)
from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_luminance,
    decode_rgb,
    stamp_ns,
)
from messages.samples import colors, image, sloped_depth

DECODERS = (decode_depth, decode_rgb, decode_gray, decode_luminance)


def in_millimetres(depth_m: np.ndarray) -> np.ndarray:
    return np.nan_to_num(depth_m * 1000.0).round().astype(np.uint16)


@pytest.mark.parametrize('encoding', ['16UC1', 'mono16', '32FC1'])
@pytest.mark.parametrize('big', [False, True])
@pytest.mark.parametrize('padding', [0, 2, 3, 64])
def test_depth_of_any_layout(encoding: str, big: bool, padding: int) -> None:
    expected = sloped_depth()
    values = expected if encoding == '32FC1' else in_millimetres(expected)
    depth_m = decode_depth(image(values, encoding, padding=padding, big=big))
    assert depth_m.dtype == np.float32
    assert depth_m.dtype.isnative
    np.testing.assert_array_equal(depth_m, expected)


@pytest.mark.parametrize('kind', [
    bytes, bytearray, memoryview, lambda data: array.array('B', data),
    lambda data: np.frombuffer(data, np.uint8)])
def test_data_in_any_buffer(kind: type) -> None:
    message = image(sloped_depth(), '32FC1')
    message.data = kind(message.data)
    np.testing.assert_array_equal(decode_depth(message), sloped_depth())


def test_float_depth_without_surprises_is_a_read_only_view() -> None:
    message = image(sloped_depth(), '32FC1')
    message.data = array.array('B', message.data)
    depth_m = decode_depth(message)
    assert np.shares_memory(depth_m, np.frombuffer(message.data, np.uint8))
    assert not depth_m.flags.writeable


@pytest.mark.parametrize('unknown', [0.0, -0.0, np.nan, np.inf, -np.inf])
def test_what_is_not_measured_becomes_nan(unknown: float) -> None:
    depth_m = sloped_depth()
    depth_m[10, 10] = unknown
    decoded = decode_depth(image(depth_m, '32FC1'))
    assert np.isnan(decoded[10, 10])
    assert np.count_nonzero(np.isnan(decoded)) == np.count_nonzero(np.isnan(sloped_depth())) + 1


@pytest.mark.parametrize(('encoding', 'empty'), [
    ('32FC1', np.full((4, 6), np.nan, np.float32)), ('32FC1', np.zeros((4, 6), np.float32)),
    ('32FC1', np.full((4, 6), np.inf, np.float32)), ('16UC1', np.zeros((4, 6), np.uint16))])
def test_a_covered_camera_is_legal(encoding: str, empty: np.ndarray) -> None:
    assert np.isnan(decode_depth(image(empty, encoding))).all()


def test_a_stray_negative_pixel_is_dropped() -> None:
    depth_m = sloped_depth()
    depth_m[0, 0] = -1.0
    assert np.isnan(decode_depth(image(depth_m, '32FC1'))[0, 0])


def test_negative_depth_is_refused() -> None:
    with pytest.raises(DepthError, match=r'negative depth; at most 1%.*optical'):
        decode_depth(image(-sloped_depth(), '32FC1'))


def test_float_millimetres_are_refused_with_the_remedy() -> None:
    message = image(sloped_depth() * 1000.0, '32FC1')
    with pytest.raises(DepthError, match=r"at most 100 m.*input_depth_unit to 'mm'"):
        decode_depth(message)
    np.testing.assert_allclose(decode_depth(message, unit='mm'), sloped_depth(), rtol=1e-6)


def test_sparse_millimetres_are_refused_too() -> None:
    depth = np.zeros((480, 640), np.float32)
    depth[1::97, 1::101] = 2000.0
    with pytest.raises(DepthError, match='input_depth_unit'):
        decode_depth(image(depth, '32FC1'))


def test_metres_called_millimetres_are_refused() -> None:
    with pytest.raises(DepthError, match="input_depth_unit to 'auto'"):
        decode_depth(image(sloped_depth(), '32FC1'), unit='mm')


def test_integers_called_metres_are_refused() -> None:
    message = image(in_millimetres(sloped_depth()), '16UC1')
    with pytest.raises(DepthError, match='median'):
        decode_depth(message, unit='m')
    np.testing.assert_array_equal(decode_depth(message, unit='mm'), sloped_depth())


def test_unknown_unit() -> None:
    with pytest.raises(ConfigurationError, match="'cm'.*auto, m, mm"):
        decode_depth(image(sloped_depth(), '32FC1'), unit='cm')


@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize(('encoding', 'channels'), [
    ('rgb8', (0, 1, 2)), ('bgr8', (2, 1, 0)), ('8UC3', (2, 1, 0)), ('rgba8', (0, 1, 2, 0)),
    ('bgra8', (2, 1, 0, 0))])
def test_color_of_any_order(encoding: str, channels: tuple[int, ...], padding: int) -> None:
    rgb = decode_rgb(image(colors()[..., channels], encoding, padding=padding))
    assert rgb.dtype == np.uint8
    np.testing.assert_array_equal(rgb, colors())


def test_rgb8_is_a_view() -> None:
    message = image(colors(), 'rgb8', padding=7)
    assert np.shares_memory(decode_rgb(message), np.frombuffer(message.data, np.uint8))


@pytest.mark.parametrize(('encoding', 'pattern'), [
    ('bayer_rggb8', 'rggb'), ('bayer_bggr8', 'bggr'), ('bayer_gbrg8', 'gbrg'),
    ('bayer_grbg8', 'grbg')])
def test_bayer_mosaics(encoding: str, pattern: str) -> None:
    color = {'r': 200, 'g': 120, 'b': 40}
    mosaic = np.tile(np.reshape([color[name] for name in pattern], (2, 2)), (8, 8))
    message = image(mosaic.astype(np.uint8), encoding, padding=3)
    assert np.array_equal(np.unique(decode_rgb(message).reshape(-1, 3), axis=0), [[200, 120, 40]])
    luminance = 0.299 * 200 + 0.587 * 120 + 0.114 * 40
    assert np.abs(decode_gray(message)[2:-2, 2:-2] - luminance).max() <= 1.0


def test_a_mosaic_needs_three_pixels() -> None:
    with pytest.raises(ShapeError, match='at least 3 x 3'):
        decode_rgb(image(np.ones((2, 8), np.uint8), 'bayer_rggb8'))


@pytest.mark.parametrize(('encoding', 'dtype'), [
    ('mono8', np.uint8), ('8UC1', np.uint8), ('mono16', np.uint16), ('16UC1', np.uint16)])
@pytest.mark.parametrize('big', [False, True])
def test_gray_keeps_its_depth(encoding: str, dtype: type, big: bool) -> None:
    gray = np.arange(20 * 31).reshape(20, 31).astype(dtype)
    decoded = decode_gray(image(gray, encoding, padding=1, big=big))
    assert decoded.dtype == dtype
    assert decoded.dtype.isnative
    np.testing.assert_array_equal(decoded, gray)


def test_color_to_gray_and_gray_to_color() -> None:
    flat = np.full((5, 6, 3), (10, 200, 30), np.uint8)
    assert np.array_equal(np.unique(decode_gray(image(flat, 'rgb8'))), [124])
    assert np.array_equal(np.unique(decode_gray(image(flat[..., ::-1], 'bgr8'))), [124])
    gray = np.full((5, 6), 77, np.uint8)
    np.testing.assert_array_equal(decode_rgb(image(gray, 'mono8')), np.full((5, 6, 3), 77))


@pytest.mark.parametrize('decode', DECODERS)
@pytest.mark.parametrize('encoding', ['yuv422', '', 'RGB8', '64FC1'])
def test_unknown_encoding(decode: object, encoding: str) -> None:
    with pytest.raises(EncodingError, match=rf"'{encoding}' is not a .* expected .*remapped"):
        decode(image(sloped_depth(), encoding))


def test_color_on_a_depth_topic_and_the_reverse() -> None:
    with pytest.raises(EncodingError, match="'rgb8' is not a depth encoding; expected 16UC1"):
        decode_depth(image(colors(), 'rgb8'))
    with pytest.raises(EncodingError, match="'16UC1' is not a color encoding"):
        decode_rgb(image(in_millimetres(sloped_depth()), '16UC1'))
    with pytest.raises(EncodingError, match="'32FC1' is not a gray encoding"):
        decode_gray(image(sloped_depth(), '32FC1'))


@pytest.mark.parametrize(('changes', 'match'), [
    ({'data': b''}, 'data holds 0 bytes'),
    ({'data': bytes(32 * 24 * 4 - 1)}, 'data holds 3071 bytes.*3072.*truncated'),
    ({'data': bytes(32 * 24 * 4 + 1)}, 'data holds 3073 bytes'),
    ({'step': 0}, 'step is 0 bytes.*at least 128'),
    ({'step': 127}, 'step is 127 bytes'),
    ({'height': 0}, '32 x 0; both must be at least 1'),
    ({'width': 0}, '0 x 24'),
    ({'height': 2 ** 32 - 1, 'width': 2 ** 32 - 1, 'step': 2 ** 32 - 1}, 'step is'),
    ({'height': 2 ** 32 - 1}, 'data holds'),
])
def test_sizes_that_do_not_fit(changes: dict, match: str) -> None:
    with pytest.raises(ShapeError, match=match):
        decode_depth(image(sloped_depth(), '32FC1', **changes))


@pytest.mark.parametrize('data', [None, 'text', [1, 2, 3], 7])
def test_data_that_is_no_buffer(data: object) -> None:
    with pytest.raises(EncodingError, match='expected bytes'):
        decode_gray(image(np.ones((3, 4), np.uint8), 'mono8', data=data))


@pytest.mark.parametrize('decode', DECODERS)
def test_what_is_no_image(decode: object) -> None:
    with pytest.raises(EncodingError, match='neither encoding nor format'):
        decode(SimpleNamespace(ranges=[1.0]))


def test_stamp() -> None:
    header = SimpleNamespace(stamp=SimpleNamespace(sec=1_700_000_000, nanosec=999_999_999))
    assert stamp_ns(SimpleNamespace(header=header)) == 1_700_000_000_999_999_999


@pytest.mark.filterwarnings('error')
@given(encoding=st.sampled_from(['32FC1', '16UC1', 'mono8', 'rgb8', 'bgra8', 'bayer_gbrg8', 'x']),
       height=st.integers(0, 6), width=st.integers(0, 6), step=st.integers(0, 30),
       big=st.integers(0, 255), data=st.binary(max_size=180),
       fitting=st.booleans(), unit=st.sampled_from(['auto', 'm', 'mm']))
def test_no_bytes_raise_anything_else(encoding: str, height: int, width: int, step: int, big: int,
                                      data: bytes, fitting: bool, unit: str) -> None:
    if fitting:
        data = (data * 181)[:height * step] if data else bytes(height * step)
    message = SimpleNamespace(encoding=encoding, height=height, width=width, step=step,
                              is_bigendian=big, data=data)
    for decode in (lambda found: decode_depth(found, unit=unit), decode_rgb, decode_gray,
                   lambda found: decode_luminance(found).gray):
        try:
            decoded = decode(message)
        except ColorizeError:
            continue
        assert decoded.shape[:2] == (height, width)
        if decoded.dtype == np.float32:
            assert not (decoded <= 0).any()
            assert not np.isinf(decoded).any()
