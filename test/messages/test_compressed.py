"""JPEG and PNG pictures in CompressedImage messages."""

from __future__ import annotations

import struct
import zlib

import cv2
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from colorize_ros.errors import ColorizeError, EncodingError, ShapeError
from colorize_ros.messages import decode_gray, decode_rgb, encode_compressed
from messages.samples import colors, compressed, message_of

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)
JPEG = encode_compressed(colors(), 'jpeg').data.tobytes()
PNG = encode_compressed(colors(), 'png').data.tobytes()


def png_claiming(width: int, height: int) -> bytes:
    """Return a well-formed PNG whose header claims a size that its data does not hold."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack('>I', len(data)) + checked + struct.pack('>I', zlib.crc32(checked))

    header = struct.pack('>IIBBBBB', width, height, 16, 0, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header)
            + chunk(b'IDAT', zlib.compress(bytes(100))) + chunk(b'IEND', b''))


@given(hnp.arrays(np.uint8, SIDES.map(lambda shape: (*shape, 3))))
def test_png_color_comes_back_exactly(rgb: np.ndarray) -> None:
    np.testing.assert_array_equal(decode_rgb(message_of(encode_compressed(rgb, 'png'))), rgb)


@given(st.sampled_from([np.uint8, np.uint16]).flatmap(lambda dtype: hnp.arrays(dtype, SIDES)))
def test_png_gray_comes_back_exactly(gray: np.ndarray) -> None:
    decoded = decode_gray(message_of(encode_compressed(gray, 'png')))
    assert decoded.dtype == gray.dtype
    np.testing.assert_array_equal(decoded, gray)


def test_jpeg_comes_back_nearly() -> None:
    decoded = decode_rgb(message_of(encode_compressed(colors(), 'jpeg')))
    assert np.abs(decoded.astype(int) - colors()).max() <= 8
    gray = colors()[..., 1]
    decoded = decode_gray(message_of(encode_compressed(gray, 'jpeg')))
    assert np.abs(decoded.astype(int) - gray).max() <= 4


def test_formats_are_those_of_image_transport() -> None:
    gray, deep = np.ones((4, 5), np.uint8), np.ones((4, 5), np.uint16)
    assert encode_compressed(colors()).format == 'rgb8; jpeg compressed bgr8'
    assert encode_compressed(colors(), 'png').format == 'rgb8; png compressed bgr8'
    assert encode_compressed(gray, 'jpeg').format == 'mono8; jpeg compressed mono8'
    assert encode_compressed(gray, 'png').format == 'mono8; png compressed '
    assert encode_compressed(deep, 'png').format == 'mono16; png compressed '


@pytest.mark.parametrize('format', [
    'jpeg', 'png', '', 'rgb8; jpeg compressed bgr8', 'bgr8; png compressed bgr8', 'nonsense'])
def test_the_file_counts_and_not_the_format_string(format: str) -> None:
    np.testing.assert_array_equal(decode_rgb(compressed(format, PNG)), colors())
    assert np.abs(decode_rgb(compressed(format, JPEG)).astype(int) - colors()).max() <= 8


def test_gray_of_color_and_color_of_gray() -> None:
    gray = decode_gray(compressed('png', PNG))
    np.testing.assert_array_equal(gray, cv2.cvtColor(colors(), cv2.COLOR_RGB2GRAY))
    message = message_of(encode_compressed(colors()[..., 1], 'png'))
    np.testing.assert_array_equal(decode_rgb(message), np.dstack([colors()[..., 1]] * 3))


def test_alpha_is_dropped() -> None:
    with_alpha = cv2.cvtColor(colors(), cv2.COLOR_RGB2BGRA)
    data = cv2.imencode('.png', with_alpha)[1].tobytes()
    np.testing.assert_array_equal(decode_rgb(compressed('png', data)), colors())
    assert decode_gray(compressed('png', data)).shape == (24, 32)


def test_a_mosaic_stays_one_in_png() -> None:
    mosaic = np.tile(np.array([[200, 120], [120, 40]], np.uint8), (6, 6))
    data = cv2.imencode('.png', mosaic)[1].tobytes()
    rgb = decode_rgb(compressed('bayer_rggb8; png compressed ', data))
    assert np.array_equal(np.unique(rgb.reshape(-1, 3), axis=0), [[200, 120, 40]])
    gray = decode_gray(compressed('bayer_rggb8; png compressed ', data))
    assert np.abs(gray[2:-2, 2:-2] - (0.299 * 200 + 0.587 * 120 + 0.114 * 40)).max() <= 1.0
    data = cv2.imencode('.jpg', np.full((12, 12), 90, np.uint8))[1].tobytes()
    rgb = decode_rgb(compressed('bayer_rggb8; jpeg compressed mono8', data))
    assert np.abs(rgb.astype(int) - 90).max() <= 1


def test_exif_orientation_does_not_turn_the_camera() -> None:
    exif = (b'Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01'
            b'\x00\x06\x00\x00\x00\x00\x00\x00')
    turned = JPEG[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + JPEG[2:]
    assert decode_rgb(compressed('jpeg', turned)).shape == (24, 32, 3)


@pytest.mark.parametrize('decode', [decode_rgb, decode_gray])
@pytest.mark.parametrize('data', [JPEG, PNG], ids=['jpeg', 'png'])
@pytest.mark.parametrize('kept', [0.01, 0.1, 0.5, 0.9, 0.995])
def test_truncated_files(decode: object, data: bytes, kept: float) -> None:
    with pytest.raises(EncodingError, match=r'truncated|damaged|neither|header'):
        decode(compressed('jpeg', data[:int(len(data) * kept)]))


def test_damaged_png_chunks_are_found_before_they_are_read() -> None:
    # A damaged length makes OpenCV 5 read for ten seconds; a damaged pixel would go unnoticed.
    for place in (8, 20, 33, len(PNG) // 2, len(PNG) - 2):
        data = bytearray(PNG)
        data[place] ^= 0x40
        with pytest.raises(EncodingError, match=r'PNG file of \d+ bytes is truncated or damaged'):
            decode_rgb(compressed('png', bytes(data)))


@pytest.mark.parametrize('data', [b'', b'BM' + bytes(60), b'GIF89a' + bytes(60), bytes(100)])
def test_other_files(data: bytes) -> None:
    with pytest.raises(EncodingError, match='neither a JPEG nor a PNG.*set the publisher'):
        decode_rgb(compressed('bmp', data))


@pytest.mark.parametrize(('width', 'height'), [
    (0, 5), (60000, 60000), (2 ** 31 - 1, 1), (2 ** 31, 2 ** 31)])
def test_bombs_are_not_opened(width: int, height: int) -> None:
    with pytest.raises(ShapeError, match=f'claims {width} x {height} pixels; at least'):
        decode_gray(compressed('png', png_claiming(width, height)))


def test_depth_on_a_picture_topic() -> None:
    deep = message_of(encode_compressed(np.ones((4, 5), np.uint16), 'png'))
    with pytest.raises(EncodingError, match='16-bit PNG is not a color image'):
        decode_rgb(deep)
    with pytest.raises(EncodingError, match='is compressed depth; expected'):
        decode_gray(compressed('16UC1; compressedDepth png', bytes(12) + PNG))


def test_what_cannot_be_compressed() -> None:
    with pytest.raises(EncodingError, match="'tiff' is not supported; expected jpeg or png"):
        encode_compressed(colors(), 'tiff')
    with pytest.raises(EncodingError, match='16 bits do not fit into JPEG'):
        encode_compressed(np.ones((4, 5), np.uint16), 'jpeg')
    with pytest.raises(ShapeError, match='float32'):
        encode_compressed(np.ones((4, 5), np.float32), 'png')
    with pytest.raises(EncodingError, match='cannot encode'):
        encode_compressed(np.ones((70000, 1), np.uint8), 'jpeg')


@pytest.mark.filterwarnings('error')
@given(start=st.sampled_from([b'', JPEG[:2], JPEG[:30], JPEG, PNG[:8], PNG[:40], PNG]),
       tail=st.binary(max_size=60), place=st.floats(0.0, 1.0), format=st.text(max_size=30))
def test_no_bytes_raise_anything_else(start: bytes, tail: bytes, place: float,
                                      format: str) -> None:
    cut = int(place * len(start))
    for data in (start + tail, start[:cut] + tail + start[cut:],
                 start[:cut] + tail + start[cut + len(tail):]):
        for decode in (decode_rgb, decode_gray):
            try:
                decoded = decode(compressed(format, data))
            except ColorizeError:
                continue
            assert decoded.dtype in (np.uint8, np.uint16)
            assert decoded.size > 0
