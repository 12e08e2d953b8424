"""Average precision is that of COCO's evaluation, whatever the boxes."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import example, given, settings, strategies as st
import numpy as np
import pytest

from colorize_ros.detection import compare, Detections
from colorize_ros.detection.average_precision import average_precision

CLASSES = ('chair', 'person', 'tv')
Pair = tuple[Detections, Detections]


def detections(rows: Sequence[tuple[int, ...]]) -> Detections:
    """Make boxes of (left, top, width, height, score in tenths, label)."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    boxes = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1)
    return Detections(boxes, table[:, 4] / np.float32(10), table[:, 5].astype(np.int64))


def images(most: int) -> st.SearchStrategy[list[Pair]]:
    # On a coarse grid boxes often overlap by 0.5 exactly, and scores are often equal.
    box = st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 6)] * 2, st.integers(1, 10),
                    st.integers(0, len(CLASSES) - 1))
    lot = st.lists(box, max_size=most).map(detections)
    return st.lists(st.tuples(lot, lot), min_size=1, max_size=4)


def of_coco(pairs: Sequence[Pair], iou: float) -> dict[str, float]:
    """Give what faster-coco-eval says of the same boxes; NaN of a class without truths."""
    coco = pytest.importorskip('faster_coco_eval')
    lots: tuple[list[dict], list[dict]] = [], []
    for image, pair in enumerate(pairs, 1):
        for lot, given_boxes in zip(lots, pair):
            for box, score, label in zip(
                    given_boxes.boxes.astype(float), given_boxes.scores, given_boxes.labels):
                width, height = box[2:] - box[:2]
                lot.append({
                    'id': len(lot) + 1, 'image_id': image, 'category_id': int(label) + 1,
                    'bbox': [*box[:2], width, height], 'area': width * height,
                    'iscrowd': 0, 'score': float(score)})
    if not lots[1]:  # It refuses an empty list.
        return {name: 0.0 if any(one['category_id'] == label for one in lots[0]) else np.nan
                for label, name in enumerate(CLASSES, 1)}
    truth = coco.COCO({
        'images': [{'id': image, 'width': 20, 'height': 20} for image in range(1, len(pairs) + 1)],
        'annotations': lots[0],
        'categories': [{'id': label, 'name': name} for label, name in enumerate(CLASSES, 1)]})
    evaluation = coco.COCOeval_faster(truth, truth.loadRes(lots[1]), 'bbox')
    evaluation.params.iouThrs = np.array([iou])
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval['precision'][0, :, :, 0, -1].mean(axis=0)
    return dict(zip(CLASSES, np.where(precision < 0, np.nan, precision)))


# The better box overlaps both truths by a half, and the other one the last of them only.
EQUALS = (detections([(0, 0, 6, 6, 10, 0), (4, 0, 6, 6, 10, 0)]),
          detections([(2, 0, 6, 6, 9, 0), (6, 0, 6, 6, 8, 0)]))


@settings(max_examples=150)
@example([EQUALS], 0.5)
@given(images(most=8), st.sampled_from([0.5, 0.75]))
def test_it_is_that_of_coco(pairs: list[Pair], iou: float) -> None:
    ours = compare(pairs, CLASSES, CLASSES, iou=iou)
    theirs = of_coco(pairs, iou)
    np.testing.assert_allclose(
        [ours.ap[name] for name in CLASSES], [theirs[name] for name in CLASSES], atol=1e-6)


def test_it_is_that_of_coco_for_many_boxes() -> None:
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(20):
        corners = rng.uniform(0, 300, (12, 2))
        truth = np.concatenate([corners, corners + rng.uniform(20, 90, (12, 2))], axis=1)
        found = truth + rng.normal(0, 8, truth.shape)
        labels = rng.integers(0, 3, 12)
        pairs.append(tuple(
            Detections(boxes.astype(np.float32), rng.uniform(size=12).astype(np.float32), labels)
            for boxes in (truth, found)))
    ours, theirs = compare(pairs, CLASSES, CLASSES), of_coco(pairs, 0.5)
    assert 0.1 < ours.mean_ap < 0.95
    assert ours.ap == pytest.approx(theirs, abs=1e-6)


def test_of_nothing() -> None:
    none = np.zeros(0, np.float32), np.zeros(0, bool)
    assert np.isnan(average_precision(*none, truths=0))
    assert average_precision(*none, truths=3) == 0
    assert np.isnan(average_precision(np.ones(2, np.float32), np.zeros(2, bool), truths=0))
