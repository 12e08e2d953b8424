"""YOLOX-nano on photos: as a plain reference reads it, box by box."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.detection import Detector
from shared_data import requires_shared, SHARED

onnxruntime = pytest.importorskip('onnxruntime')

NANO = SHARED / 'weights' / 'yolox_nano_416_coco.onnx'
IOU = 0.45
Box = tuple[float, ...]


def plain_boxes(session: Any, bgr: NDArray[np.uint8], threshold: float) -> list[Box]:
    """Give (left, top, right, bottom, score, label) of each cell that scores enough."""
    scale = min(416 / bgr.shape[0], 416 / bgr.shape[1])
    small = cv2.resize(bgr, (int(bgr.shape[1] * scale), int(bgr.shape[0] * scale)))
    canvas = np.full((416, 416, 3), 114, np.uint8)
    canvas[:small.shape[0], :small.shape[1]] = small
    feed = canvas.transpose(2, 0, 1)[None].astype(np.float32)
    rows = iter(session.run(None, {'images': feed})[0][0].tolist())
    boxes = []
    for stride in (8, 16, 32):
        for y in range(416 // stride):
            for x in range(416 // stride):
                row = next(rows)
                best = max(row[5:])
                if row[4] * best < threshold:
                    continue
                middle = (row[0] + x) * stride / scale, (row[1] + y) * stride / scale
                width, height = (math.exp(side) * stride / scale for side in row[2:4])
                boxes.append((middle[0] - width / 2, middle[1] - height / 2,
                              middle[0] + width / 2, middle[1] + height / 2, row[4] * best,
                              row[5:].index(best)))
    return boxes


def plain_iou(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def best_of_each_thing(boxes: list[Box]) -> NDArray[np.float64]:
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box[4]):
        if all(other[5] != box[5] or plain_iou(box, other) <= IOU for other in kept):
            kept.append(box)
    return np.array(kept).reshape(-1, 6)


@requires_shared
def test_photos_are_read_as_a_plain_reference_reads_them() -> None:
    thresholds = 0.25, 0.05
    detectors = [Detector.load(NANO, device='cpu', score_threshold=threshold, iou_threshold=IOU)
                 for threshold in thresholds]
    assert detectors[0].info.kind == 'yolox'
    session = onnxruntime.InferenceSession(str(NANO), providers=['CPUExecutionProvider'])
    photos, boxes = sorted((SHARED / 'data' / 'detection').glob('*.jpg')), 0
    assert len(photos) == 30
    for photo in photos:
        bgr = cv2.imread(str(photo))
        plain = plain_boxes(session, bgr, min(thresholds))
        for detector, threshold in zip(detectors, thresholds):
            found = detector(np.ascontiguousarray(bgr[..., ::-1]))
            expected = best_of_each_thing([box for box in plain if box[4] >= threshold])
            np.testing.assert_array_equal(found.labels, expected[:, 5], photo.name)
            np.testing.assert_allclose(found.boxes, expected[:, :4], rtol=0, atol=1)
            np.testing.assert_allclose(found.scores, expected[:, 4], rtol=0, atol=1e-3)
            boxes += len(found)
    assert boxes > 300
