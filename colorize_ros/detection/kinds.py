"""The kinds of YOLO: how each wants its input, and what its outputs mean.

They are told apart by the shapes of what they give (`tell_apart`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.letterbox import at_the_corner, in_the_middle, Letterbox
from colorize_ros.errors import ModelError

Outputs = Sequence[NDArray[np.float32]]
Size = tuple[int, int]
Box = tuple[NDArray[np.float32], NDArray[np.float32]]

STRIDES = (8, 16, 32)
ANCHORS = {
    8: ((10, 13), (16, 30), (33, 23)),
    16: ((30, 61), (62, 45), (59, 119)),
    32: ((116, 90), (156, 198), (373, 326)),
}
"""Width and height in pixels of the anchors of YOLOv3 and v5, of the head of each stride."""
CENTRES_IN_PIXELS = 4.0
"""Offsets of a centre from its cell are smaller than this, positions in pixels larger."""


class Candidates(NamedTuple):
    """What a network says before anything is dropped.

    Attributes:
        boxes: (N, 4) float32 left, top, right, bottom in pixels of the input.
        scores: (N, C) float32 of each class.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]


class Kind(NamedTuple):
    """A kind of detector.

    Attributes:
        decode: from outputs, batch of one, and the input's (height, width).
        place: where in the input an image goes.
        rgb: whether the input's channels are red, green, blue; else the other way round.
        scale: what 8-bit levels are multiplied by.
        gives: what its outputs look like, in words.
    """

    decode: Callable[[Outputs, Size], Candidates]
    place: Callable[[Size, Size], Letterbox]
    rgb: bool
    scale: float
    gives: str


@lru_cache(maxsize=16)
def _grid(size: Size, strides: tuple[int, ...]) -> NDArray[np.float32]:
    """Give column, row and stride of each cell, (cells, 3), stride after stride, row after row."""
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[:size[0] // stride, :size[1] // stride]
        parts.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], 1))
    return np.concatenate(parts).astype(np.float32)


def _strides(size: Size, cells: int) -> tuple[int, ...]:
    """Find the strides that give so many cells: the usual three, or the four of large networks.

    Returns:
        Nothing where none do.
    """
    for strides in (STRIDES, (*STRIDES, 64)):
        if cells == sum((size[0] // stride) * (size[1] // stride) for stride in strides):
            return strides
    return ()


def _corners(centres: NDArray[np.float32], sides: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([centres - sides / 2, centres + sides / 2], axis=-1)


def _decode_yolox(outputs: Outputs, size: Size) -> Candidates:
    """Ge et al. 2021, "YOLOX": offset of the centre and logarithm of the sides, in cells."""
    raw = outputs[0][0]
    grid = _grid(size, _strides(size, len(raw)))
    centres, sides = raw[:, :2], raw[:, 2:4]
    # Some exports decode the boxes themselves.
    if np.median(centres) < CENTRES_IN_PIXELS:
        centres, sides = (centres + grid[:, :2]) * grid[:, 2:], np.exp(sides) * grid[:, 2:]
    return Candidates(_corners(centres, sides), raw[:, 4:5] * raw[:, 5:])


def _decode_yolov5(outputs: Outputs, size: Size) -> Candidates:
    """Read boxes in pixels, whether there is anything, and of which class it is."""
    raw = outputs[0][0]
    return Candidates(_corners(raw[:, :2], raw[:, 2:4]), raw[:, 4:5] * raw[:, 5:])


def _decode_yolov8(outputs: Outputs, size: Size) -> Candidates:
    """Read boxes in pixels and a score of each class: a column, or a row, for each candidate."""
    raw = outputs[0][0]
    if not _strides(size, len(raw)):
        raw = raw.T
    if not _strides(size, len(raw)):
        raise ValueError('no number of cells')
    return Candidates(_corners(raw[:, :2], raw[:, 2:4]), raw[:, 4:])


def _decode_end_to_end(outputs: Outputs, size: Size) -> Candidates:
    """Read corners in pixels, a score and a label: YOLOv10, and exports with suppression."""
    raw = outputs[0][0]
    labels = np.maximum(raw[:, 5].round().astype(np.int64), 0)
    scores = np.zeros((len(raw), int(labels.max(initial=0)) + 1), np.float32)
    scores[np.arange(len(raw)), labels] = raw[:, 4]
    return Candidates(raw[:, :4], scores)


def _yolov3_box(offsets: NDArray[np.float32], sides: NDArray[np.float32]) -> Box:
    """Redmon & Farhadi 2018, "YOLOv3", section 2.1: offsets in cells, factors of the anchors."""
    return _sigmoid(offsets), np.exp(sides)


def _yolov5_box(offsets: NDArray[np.float32], sides: NDArray[np.float32]) -> Box:
    """Reach half a cell further, and four times an anchor at most."""
    return 2 * _sigmoid(offsets) - 0.5, (2 * _sigmoid(sides)) ** 2


def _decode_heads(outputs: Outputs, size: Size, *, box: Callable[..., Box]) -> Candidates:
    """Read three heads of raw numbers, one a stride."""
    boxes, scores = [], []
    for output in outputs:
        head = _as_head(output, size)
        if head is None:
            raise ValueError('no head')
        stride = size[0] // head.shape[1]
        cells = _grid(size, (stride,)).reshape(1, *head.shape[1:3], 3)
        offsets, factors = box(head[..., :2], head[..., 2:4])
        sides = factors * np.array(ANCHORS[stride], np.float32)[:, None, None]
        boxes.append(_corners((offsets + cells[..., :2]) * stride, sides).reshape(-1, 4))
        share = _sigmoid(head[..., 4:])
        scores.append((share[..., :1] * share[..., 1:]).reshape(-1, head.shape[-1] - 5))
    return Candidates(np.concatenate(boxes), np.concatenate(scores))


def _as_head(output: NDArray[np.float32], size: Size) -> NDArray[np.float32] | None:
    """Lay a head of YOLOv3 or v5 out as (anchor, row, column, 5 + C); None where it is none.

    It comes as (1, 3 (5 + C), h, w), as (1, h, w, 3 (5 + C)), or with the anchors on an axis of
    their own, (1, 3, h, w, 5 + C) or (1, h, w, 3, 5 + C).
    """
    grids = {(size[0] // stride, size[1] // stride) for stride in STRIDES}
    shape = output.shape
    if len(shape) == 5 and shape[0] == 1 and shape[4] > 5:
        if shape[1] == 3 and shape[2:4] in grids:
            return output[0]
        if shape[3] == 3 and shape[1:3] in grids:
            return output[0].transpose(2, 0, 1, 3)
    if len(shape) == 4 and shape[0] == 1:
        if shape[2:] in grids and shape[1] % 3 == 0 and shape[1] > 15:
            return output[0].reshape(3, -1, *shape[2:]).transpose(0, 2, 3, 1)
        if shape[1:3] in grids and shape[3] % 3 == 0 and shape[3] > 15:
            return output[0].reshape(*shape[1:3], 3, -1).transpose(2, 0, 1, 3)
    return None


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)), np.float32)


KINDS: dict[str, Kind] = {
    'yolox': Kind(_decode_yolox, at_the_corner, False, 1.0, '(1, cells, 5 + classes)'),
    'yolov5': Kind(_decode_yolov5, in_the_middle, True, 1 / 255, '(1, 3 x cells, 5 + classes)'),
    'yolov8': Kind(_decode_yolov8, in_the_middle, True, 1 / 255, '(1, 4 + classes, cells)'),
    'end-to-end': Kind(_decode_end_to_end, in_the_middle, True, 1 / 255, '(1, boxes, 6)'),
    'yolov3': Kind(partial(_decode_heads, box=_yolov3_box), in_the_middle, True, 1 / 255,
                   'three heads of (1, 3 x (5 + classes), rows, columns)'),
    'yolov5-heads': Kind(partial(_decode_heads, box=_yolov5_box), in_the_middle, True, 1 / 255,
                         'the same three heads, by this name alone'),
}


def tell_apart(outputs: Outputs, size: Size) -> str:
    """Name the kind of detector that gives outputs of such shapes.

    Args:
        outputs: of one run.
        size: (height, width) of the input.

    Raises:
        ModelError: none does.
    """
    heads = [output for output in outputs if _as_head(output, size) is not None]
    if len(heads) == len(outputs) == len(STRIDES):
        return 'yolov3'
    # YOLOv5's heads may come beside their decoded boxes, nothing else may.
    if len(outputs) == 1 + len(heads) and outputs[0].ndim == 3 and len(outputs[0]) == 1:
        kind = _by_shape(outputs[0], size)
        if kind:
            return kind
    known = '; '.join(f'{kind}: {each.gives}' for kind, each in KINDS.items())
    raise ModelError(f'it gives the outputs {_shapes(outputs)}; expected one of {known}. Export '
                     'the network alone, without other outputs, or say its kind')


def _by_shape(output: NDArray[np.float32], size: Size) -> str:
    _, rows, columns = output.shape
    if _strides(size, rows):
        # 84 are YOLOv8's, a row for each candidate: 80 classes are COCO's, 79 nobody's.
        return 'yolov8' if columns == 84 else 'yolox' if columns > 5 else ''
    if rows % 3 == 0 and _strides(size, rows // 3) and columns > 5:
        return 'yolov5'
    if _strides(size, columns) and rows > 4:
        return 'yolov8'
    return 'end-to-end' if columns == 6 else ''


def decode(kind: str, outputs: Outputs, size: Size) -> Candidates:
    """Read what a detector of the kind gives.

    Raises:
        ModelError: its outputs have other shapes.
    """
    try:
        # What cannot be a box may overflow; the caller drops it.
        with np.errstate(over='ignore', invalid='ignore'):
            found = KINDS[kind].decode(outputs, size)
    except (IndexError, ValueError, KeyError) as error:
        raise _refusal(kind, outputs) from error
    if found.boxes.shape[1:] != (4,) or found.scores.ndim != 2 or not found.scores.shape[1]:
        raise _refusal(kind, outputs)
    return found


def _refusal(kind: str, outputs: Outputs) -> ModelError:
    return ModelError(f'it gives the outputs {_shapes(outputs)}; expected {KINDS[kind].gives} of '
                      f'a {kind} detector')


def _shapes(outputs: Outputs) -> str:
    return ', '.join(str(output.shape) for output in outputs) or 'none'
