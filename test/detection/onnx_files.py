"""ONNX networks, written by hand as protobuf: an image in, and the same outputs for any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FLOATS = {np.dtype(np.float32): 1, np.dtype(np.float16): 10}
Side = int | str


def write_network(outputs: Sequence[NDArray[np.floating]], sides: Sequence[Side], *,
                  inputs: int = 1, type: type = np.float32,
                  metadata: Mapping[str, str] | None = None) -> bytes:
    """Write a network.

    Args:
        outputs: what it gives.
        sides: of its input, such as (1, 3, 416, 416); a word is a side that is not fixed.
        inputs: how many it has.
        type: of its input.
        metadata: what it says of itself.
    """
    nodes, constants, infos = [], [], []
    for index, output in enumerate(outputs):
        held, given = f'constant{index}', f'output{index}'
        nodes.append(_field(1, _text(1, held) + _text(2, given) + _text(4, 'Identity')))
        constants.append(_field(5, b''.join(_field(1, side) for side in output.shape)
                                + _field(2, FLOATS[output.dtype]) + _text(8, held)
                                + _field(9, output.tobytes())))
        infos.append(_field(12, _value(given, output.dtype, output.shape)))
    for index in range(inputs):
        infos.append(_field(11, _value(f'image{index}', np.dtype(type), sides)))
    graph = b''.join([*nodes, _text(2, 'graph'), *constants, *infos])
    said = b''.join(_field(14, _text(1, key) + _text(2, value))
                    for key, value in (metadata or {}).items())
    return _field(1, 8) + _field(7, graph) + _field(8, _text(1, '') + _field(2, 13)) + said


def _value(name: str, dtype: np.dtype, sides: Sequence[Side]) -> bytes:
    shape = b''.join(_field(1, _text(2, side) if isinstance(side, str) else _field(1, side))
                     for side in sides)
    return _text(1, name) + _field(2, _field(1, _field(1, FLOATS[dtype]) + _field(2, shape)))


def _text(number: int, text: str) -> bytes:
    return _field(number, text.encode())


def _field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
