"""RVL, a run-length code for 16-bit depth.

Source: Wilson 2017, 'Fast Lossless Depth Image Compression'.

The pixels, in reading order, become numbers: the length of a run of zeros, the length of the run
of non-zeros after it, then for each of these the difference to the non-zero pixel before (0 before
the first), zigzag coded: 0, -1, 1, -2 become 0, 1, 2, 3. A number is written in groups of 3 bits,
lowest first, one a nibble, the nibble's high bit saying that more follow. Eight nibbles, first in
the highest bits, make a little-endian 32-bit word, the last word filled up with zeros.

All of it is done on whole arrays but for the walk from run to run.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import EncodingError

MAX_NIBBLES = 10
"""Nibbles of the longest number that is read: 30 bits, beyond the runs of any image."""


def encode_rvl(values: NDArray[np.uint16]) -> bytes:
    """Compress 16-bit values, of any shape, in C order; lossless.

    Returns:
        A whole number of 32-bit words: at most about 3 bytes a value.
    """
    numbers = _numbers_of(np.ascontiguousarray(values, np.uint16).ravel())
    lengths = np.ones(numbers.size, np.int8)
    for bits in range(3, int(numbers.max(initial=0)).bit_length(), 3):
        lengths += numbers >= (1 << bits)
    ends = np.cumsum(lengths, dtype=np.int64)
    starts = ends - lengths
    total = int(ends[-1]) if ends.size else 0
    nibbles = np.zeros(-(-total // 8) * 8, np.uint8)
    for place in range(int(lengths.max(initial=0))):
        present = lengths > place
        more = (lengths[present] > place + 1) << 3
        nibbles[starts[present] + place] = ((numbers[present] >> (3 * place)) & 7) | more
    packed = (nibbles[0::2] << 4) | nibbles[1::2]
    return packed.view('>u4').astype('<u4').tobytes()


def decode_rvl(data: NDArray[np.uint8], count: int) -> NDArray[np.uint16]:
    """Decompress `count` 16-bit values.

    Args:
        data: the words as bytes; what follows the last value is ignored.
        count: how many values are wanted; the caller has made sure that so many fit into memory.

    Returns:
        (count,) uint16.

    Raises:
        EncodingError: the data ends too early, or its runs do not add up to `count`.
    """
    numbers = _read_numbers(data)
    zeros, nonzeros, heads = _walk_runs(numbers, count)
    is_difference = np.zeros(numbers.size, bool)
    if heads.size:
        is_difference[:heads[-1] + 2 + nonzeros[-1]] = True
        is_difference[heads] = False
        is_difference[heads + 1] = False
    zigzag = numbers[is_difference]
    # 16-bit arithmetic, differences and sum alike: it wraps round.
    differences = ((zigzag >> 1) ^ -(zigzag & 1)).astype(np.uint16)
    runs = np.stack((zeros, nonzeros), axis=1).ravel()
    is_known = np.repeat(np.tile(np.array((False, True)), heads.size), runs)
    values = np.zeros(count, np.uint16)
    values[is_known] = np.cumsum(differences, dtype=np.uint16)
    return values


def _numbers_of(values: NDArray[np.uint16]) -> NDArray[np.int32]:
    """Run lengths and zigzag differences, in the order in which they are written."""
    known = values != 0
    edges = np.flatnonzero(known[1:] != known[:-1]) + 1
    bounds = np.concatenate(([0], edges, [values.size]))
    if known.size and known[0]:
        bounds = np.concatenate(([0], bounds))
    runs = np.diff(bounds)
    if runs.size % 2:
        runs = np.append(runs, 0)
    if not values.size:
        return np.empty(0, np.int32)
    zeros, nonzeros = runs[0::2], runs[1::2]
    heads = 2 * np.arange(zeros.size) + np.cumsum(nonzeros) - nonzeros
    numbers = np.empty(runs.size + int(nonzeros.sum()), np.int32)
    is_difference = np.ones(numbers.size, bool)
    is_difference[heads] = False
    is_difference[heads + 1] = False
    numbers[heads] = zeros
    numbers[heads + 1] = nonzeros
    differences = np.diff(values[known].astype(np.int32), prepend=np.int32(0))
    numbers[is_difference] = (differences << 1) ^ (differences >> 31)
    return numbers


def _read_numbers(data: NDArray[np.uint8]) -> NDArray[np.int32]:
    words = data[:data.size // 4 * 4].view('<u4')
    in_order = words.astype('>u4').view(np.uint8)
    nibbles = np.empty(in_order.size * 2, np.uint8)
    nibbles[0::2] = in_order >> 4
    nibbles[1::2] = in_order & 15
    ends = np.flatnonzero(nibbles < 8)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    lengths = ends - starts + 1
    longest = int(lengths.max(initial=0))
    if longest > MAX_NIBBLES:
        raise EncodingError(f'the RVL data holds a number of {longest} nibbles; at most '
                            f'{MAX_NIBBLES} are allowed. Is it RVL, and undamaged?')
    digits = nibbles & 7
    numbers = digits[starts].astype(np.int32)
    longer = np.flatnonzero(lengths > 1)
    for place in range(1, longest):
        numbers[longer] |= digits[starts[longer] + place].astype(np.int32) << (3 * place)
        longer = longer[lengths[longer] > place + 1]
    return numbers


def _walk_runs(numbers: NDArray[np.int32], count: int) -> tuple[
        NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Zeros, non-zeros and place of the head of each pair of runs up to `count` values."""
    sequence = numbers.data
    heads = []
    head, done = 0, 0
    last = numbers.size - 2
    while done < count and head <= last:
        heads.append(head)
        nonzeros = sequence[head + 1]
        done += sequence[head] + nonzeros
        head += 2 + nonzeros
    if done != count or head > numbers.size:
        raise EncodingError(f'the RVL data holds {min(done, count)} of {count} pixels, or runs '
                            'beyond them; it is truncated, damaged, or of another image size')
    places = np.array(heads, np.int64)
    return numbers[places], numbers[places + 1], places
