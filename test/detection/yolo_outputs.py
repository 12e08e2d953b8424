"""What the kinds of YOLO would give for one image: files of networks that give just that."""

from __future__ import annotations

from collections.abc import Callable
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection import Detector
from detection.onnx_files import write_network

HEIGHT, WIDTH = 96, 160
CELLS = sum((HEIGHT // stride) * (WIDTH // stride) for stride in (8, 16, 32))
# An image half as wide again and twice as high: it fills the height, half of the width.
IMAGE = np.zeros((192, 160, 3), np.uint8)
# What the networks below see in it: a chair and a dog, whose best scores are 0.72 and 0.45.
BOXES = np.array([[18, 34, 80, 128], [90, 100, 150, 190]], np.float32)
SCORES = np.array([0.72, 0.45], np.float32)
LABELS = np.array([56, 16])
Outputs = list[NDArray[np.float32]]


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def in_input(corner: bool) -> NDArray[np.float32]:
    """Give the boxes as centre and sides in pixels of the input."""
    scaled = BOXES / 2 + (0 if corner else np.array([40, 0, 40, 0]))
    return np.concatenate([(scaled[:, :2] + scaled[:, 2:]) / 2, scaled[:, 2:] - scaled[:, :2]], 1)


def of_yolox(decoded: bool = False) -> Outputs:
    out = np.full((1, CELLS, 85), 50 if decoded else 0, np.float32)
    out[..., 4:] = 0
    # A cell of stride 8, where 12 x 20 are, and of stride 16, where 6 x 10 are.
    cells = (0 + 20 * 2 + 3, 8, 3, 2), (12 * 20 + 10 * 4 + 5, 16, 5, 4)
    for (place, stride, column, row), (x, y, w, h), score, label in zip(
            cells, in_input(True), SCORES, LABELS):
        out[0, place, :4] = (x, y, w, h) if decoded else (
            x / stride - column, y / stride - row, math.log(w / stride), math.log(h / stride))
        out[0, place, 4], out[0, place, 5 + label] = 0.9, score / 0.9
    return [out]


def of_yolov5() -> Outputs:
    out = np.zeros((1, 3 * CELLS, 85), np.float32)
    for place, box, score, label in zip((7, 900), in_input(False), SCORES, LABELS):
        out[0, place, :4], out[0, place, 4], out[0, place, 5 + label] = box, 0.9, score / 0.9
    return [out]


def of_yolov8() -> Outputs:
    out = np.zeros((1, 84, CELLS), np.float32)
    for place, box, score, label in zip((7, 300), in_input(False), SCORES, LABELS):
        out[0, :4, place], out[0, 4 + label, place] = box, score
    return [out]


def of_yolov10() -> Outputs:
    out = np.zeros((1, 300, 6), np.float32)
    shifted = BOXES / 2 + np.array([40, 0, 40, 0])
    out[0, :2] = np.column_stack([shifted, SCORES, LABELS])
    return [out]


def heads(yolov5: bool = False) -> Outputs:
    """Write each box into the head of stride 16, its second anchor of 62 x 45 pixels."""
    out = [np.full((1, 255, HEIGHT // stride, WIDTH // stride), -12, np.float32)
           for stride in (32, 16, 8)]
    for (x, y, w, h), score, label in zip(in_input(False), SCORES, LABELS):
        column, row = int(x // 16), int(y // 16)
        cell = out[1][0, :, row, column].reshape(3, 85)[1]
        for axis, (at, side, anchor) in enumerate((
                (x / 16 - column, w, 62), (y / 16 - row, h, 45))):
            cell[axis] = logit((at + 0.5) / 2 if yolov5 else at)
            cell[2 + axis] = logit(math.sqrt(side / anchor) / 2) if yolov5 else math.log(
                side / anchor)
        cell[4], cell[5 + label] = logit(0.9), logit(score / 0.9)
        out[1][0, 85:170, row, column] = cell
    return out


def with_anchors_apart() -> Outputs:
    return [head.reshape(1, 3, 85, *head.shape[2:]).transpose(0, 1, 3, 4, 2) for head in heads()]


KINDS: dict[str, tuple[str, Callable[[], Outputs]]] = {
    'YOLOX': ('yolox', of_yolox),
    'YOLOX, decoded in the network': ('yolox', lambda: of_yolox(decoded=True)),
    'YOLOv5': ('yolov5', of_yolov5),
    'YOLOv5 of old, its heads beside it': ('yolov5', lambda: of_yolov5() + with_anchors_apart()),
    'YOLOv8': ('yolov8', of_yolov8),
    'YOLOv8, a row a box': ('yolov8', lambda: [of_yolov8()[0].transpose(0, 2, 1)]),
    'YOLOv10': ('end-to-end', of_yolov10),
    'YOLOv3': ('yolov3', heads),
    'YOLOv3, fine to coarse': ('yolov3', lambda: heads()[::-1]),
    'YOLOv3, channels last': ('yolov3', lambda: [h.transpose(0, 2, 3, 1) for h in heads()]),
    'YOLOv3, anchors apart': ('yolov3', with_anchors_apart),
    'YOLOv3, both': ('yolov3', lambda: [h.transpose(0, 2, 3, 1, 4) for h in with_anchors_apart()]),
}


def load(path: Path, outputs: Outputs, *, kind: str = 'auto',
         sides: tuple[int | str, ...] = (1, 3, HEIGHT, WIDTH), inputs: int = 1,
         metadata: dict[str, str] | None = None, type: type = np.float32,
         **options: Any) -> Detector:
    path.write_bytes(write_network(
        [np.ascontiguousarray(output, output.dtype) for output in outputs], sides, inputs=inputs,
        type=type, metadata=metadata))
    return Detector.load(path, kind=kind, device='cpu', **options)
