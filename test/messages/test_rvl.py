"""The RVL codec: golden bytes, round trips, damage."""

from __future__ import annotations

from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from colorize_ros.errors import EncodingError
from colorize_ros.messages.rvl import decode_rvl, encode_rvl


def as_array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def test_golden_bytes() -> None:
    # Worked out by hand. Runs 2 0s, 2 values, 1 0, 1 value; differences +1000, +2, then
    # 65535 - 1002 = 64533, zigzag coded 2000, 4, 129066, three bits a nibble, lowest first:
    # 2 2 | 2000 = 0o3720 -> 8 a f 3 | 4 | 1 1 | 129066 = 0o374052 -> a d 8 c f 3. Eight nibbles a
    # word, written lowest byte first.
    values = np.array([0, 0, 1000, 1002, 0, 65535], np.uint16)
    nibbles = '228af34' + '1' + '1ad8cf3' + '0'
    words = bytes.fromhex(nibbles[:8])[::-1] + bytes.fromhex(nibbles[8:])[::-1]
    assert encode_rvl(values) == words
    np.testing.assert_array_equal(decode_rvl(as_array(words), 6), values)


@given(hnp.arrays(np.uint16, st.integers(1, 300), elements=st.one_of(
    st.just(0), st.integers(0, 65535), st.integers(1000, 1010))))
def test_round_trip(values: np.ndarray) -> None:
    data = encode_rvl(values)
    assert len(data) % 4 == 0
    np.testing.assert_array_equal(decode_rvl(as_array(data), values.size), values)
    np.testing.assert_array_equal(decode_rvl(as_array(data + bytes(12)), values.size), values)


@pytest.mark.parametrize('values', [
    np.zeros(1000, np.uint16), np.full(1000, 65535, np.uint16),
    np.tile(np.array([0, 65535], np.uint16), 500), np.tile(np.array([1, 0], np.uint16), 500),
    np.tile(np.array([1, 65535], np.uint16), 500), np.ones(1, np.uint16)])
def test_extremes(values: np.ndarray) -> None:
    np.testing.assert_array_equal(decode_rvl(as_array(encode_rvl(values)), values.size), values)


def test_images_are_read_row_by_row() -> None:
    image = np.arange(1, 13, dtype=np.uint16).reshape(3, 4)
    assert encode_rvl(image) == encode_rvl(image.ravel())
    assert encode_rvl(np.asfortranarray(image)) == encode_rvl(image.ravel())


@pytest.mark.parametrize(('count', 'keep'), [(99, None), (101, None), (100, -4), (100, 4), (1, 0)])
def test_data_of_another_size(count: int, keep: int | None) -> None:
    data = encode_rvl(np.arange(500, 600, dtype=np.uint16))[:keep]
    with pytest.raises(EncodingError, match=r'of \d+ pixels'):
        decode_rvl(as_array(data), count)


def test_endless_number() -> None:
    with pytest.raises(EncodingError, match='12 nibbles; at most 10'):
        decode_rvl(as_array(bytes.fromhex('ffffffff 0000f7ff')), 4)


@given(st.binary(max_size=200), st.integers(1, 64))
def test_no_bytes_raise_anything_else(data: bytes, count: int) -> None:
    try:
        values = decode_rvl(as_array(data), count)
    except EncodingError:
        return
    assert values.shape == (count,)
    assert values.dtype == np.uint16
