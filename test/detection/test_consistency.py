"""What is found in one image is the truth for another: by hand, and as it has to be."""

from __future__ import annotations

import math

from hypothesis import given, strategies as st
import numpy as np
import pytest

from colorize_ros.detection import CLASS_LISTS, compare, Detections, match, summarize
from colorize_ros.detection.class_names import choose_classes, COCO_CLASSES
from colorize_ros.detection.detections import overlaps
from colorize_ros.errors import ConfigurationError, ShapeError

NAMES = ('chair', 'person', 'tv')
CHAIR, PERSON, TV = range(3)


def found(*rows: tuple[float, ...]) -> Detections:
    """Make squares of 10 pixels, of (left, top, score, label)."""
    table = np.array(rows, np.float32).reshape(-1, 4)
    return Detections(np.concatenate([table[:, :2], table[:, :2] + 10], axis=1), table[:, 2],
                      table[:, 3].astype(np.int64))


TRUTH = found((0, 0, 0.9, CHAIR), (20, 0, 0.8, CHAIR), (40, 0, 0.7, PERSON), (60, 0, 0.6, TV))
# The first chair a pixel beside, the person taken for a chair, the television missed, and
# a person where there is none.
SEEN = found((1, 0, 0.7, CHAIR), (20, 0, 0.8, CHAIR), (40, 0, 0.5, CHAIR), (80, 0, 0.4, PERSON))


def test_one_image_by_hand() -> None:
    result = compare([(TRUTH, SEEN)], NAMES, NAMES)
    # The best two chairs are right: all recalls are reached with precision 1.
    assert result.ap == {'chair': 1.0, 'person': 0.0, 'tv': 0.0}
    assert result.mean_ap == pytest.approx(1 / 3)
    assert result.truths == {'chair': 2, 'person': 1, 'tv': 1}
    assert result.found == {'chair': 3, 'person': 1, 'tv': 0}
    assert (result.precision, result.recall, result.f1) == (0.5, 0.5, 0.5)
    assert result.count_agreement == (2 + 1 + 0) / (3 + 1 + 1)
    assert result.mean_iou == pytest.approx((90 / 110 + 1) / 2)
    assert result.score_difference == pytest.approx((-0.2 + 0) / 2)
    assert result.images == 1


def test_a_wrong_box_before_a_right_one_costs_precision() -> None:
    seen = found((50, 50, 0.9, CHAIR), (0, 0, 0.8, CHAIR))
    # Half of the truths with half of the boxes right: 51 of the 101 recalls reach 0.5.
    assert compare([(TRUTH, seen)], NAMES, ['chair']).ap['chair'] == pytest.approx(51 * 0.5 / 101)


def test_which_is_matched_with_which() -> None:
    matches = match(TRUTH, SEEN)
    np.testing.assert_array_equal(matches.partner, [0, 1, -1, -1])
    np.testing.assert_array_equal(matches.matched, [True, True, False, False])
    np.testing.assert_array_equal(matches.missed, [False, False, True, True])
    np.testing.assert_allclose(matches.iou, [90 / 110, 1, 0, 0])


def test_the_better_score_chooses_first_and_each_truth_once() -> None:
    matches = match(found((0, 0, 1, CHAIR)), found((0, 0, 0.6, CHAIR), (1, 0, 0.7, CHAIR)))
    np.testing.assert_array_equal(matches.partner, [-1, 0])


def test_half_is_enough_and_less_is_not() -> None:
    truth = Detections(np.array([[0, 0, 10, 10]], np.float32), np.ones(1, np.float32),
                       np.zeros(1, np.int64))
    for right, matched in ((20, True), (21, False)):
        boxes = np.array([[0, 0, right, 10]], np.float32)
        seen = Detections(boxes, truth.scores, truth.labels)
        assert match(truth, seen).matched[0] == matched
        assert match(truth, seen, iou=0.4).matched[0]


def test_only_the_classes_that_count_count() -> None:
    result = compare([(TRUTH, SEEN)], NAMES, ['person', 'tv'])
    assert list(result.ap) == ['person', 'tv']
    assert (result.precision, result.recall) == (0, 0)
    assert math.isnan(result.mean_iou)
    assert compare([(TRUTH, SEEN)], NAMES, ['chair']).precision == pytest.approx(2 / 3)


def test_a_mean_over_classes_with_enough_truths() -> None:
    result = compare([(TRUTH, SEEN)], NAMES, NAMES)
    assert result.mean_ap_over(2) == 1.0
    assert math.isnan(result.mean_ap_over(3))


def test_nothing_says_nothing() -> None:
    for pairs in ([], [(Detections.none(), Detections.none())]):
        result = compare(pairs, NAMES, NAMES)
        for value in (result.mean_ap, result.precision, result.recall, result.f1,
                      result.count_agreement, result.mean_iou, result.score_difference):
            assert math.isnan(value)
    dark = compare([(TRUTH, Detections.none())], NAMES, NAMES)
    assert (dark.recall, dark.f1, dark.count_agreement, dark.mean_ap) == (0, 0, 0, 0)
    assert math.isnan(dark.precision)
    invented = compare([(Detections.none(), SEEN)], NAMES, NAMES)
    assert (invented.precision, invented.f1, invented.count_agreement) == (0, 0, 0)
    assert math.isnan(invented.mean_ap)


def test_matches_can_be_kept_and_summed_up_later() -> None:
    pairs = [(TRUTH, SEEN), (SEEN, TRUTH), (TRUTH, Detections.none())]
    assert summarize([match(*pair) for pair in pairs], NAMES, NAMES) == compare(
        pairs, NAMES, NAMES)


@st.composite
def lots(draw: st.DrawFn) -> Detections:
    return found(*draw(st.lists(st.tuples(
        st.integers(0, 30), st.integers(0, 30), st.floats(0, 1, width=32), st.integers(0, 2)),
        max_size=8)))


@given(lots())
def test_an_image_is_consistent_with_itself(lot: Detections) -> None:
    # Where two of a class are in one place, the other may take its truth.
    result = compare([(lot, lot)], NAMES, NAMES)
    if len(lot):
        assert result.count_agreement == 1
        assert result.f1 == result.precision == result.recall
    if len(np.unique(lot.boxes, axis=0)) == len(lot) > 0:
        assert (result.mean_ap, result.f1, result.mean_iou, result.score_difference) == (
            1, 1, 1, 0)


@given(lots(), lots())
def test_figures_are_shares(truth: Detections, seen: Detections) -> None:
    result = compare([(truth, seen)], NAMES, NAMES)
    for value in (*result.ap.values(), result.precision, result.recall, result.f1,
                  result.count_agreement, result.mean_iou):
        assert math.isnan(value) or 0 <= value <= 1
    matches = match(truth, seen)
    taken = matches.partner[matches.matched]
    assert len(set(taken.tolist())) == len(taken)
    assert (seen.labels[matches.matched] == truth.labels[taken]).all()


def test_overlaps_of_boxes_with_and_without_an_inside() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 5, 5], [3, 3, 1, 1]], np.float32)
    np.testing.assert_allclose(overlaps(boxes, boxes), [
        [1, 1 / 7, 0, 0], [1 / 7, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    assert overlaps(boxes[:0], boxes).shape == (0, 4)


def test_the_lists_are_classes_of_coco() -> None:
    assert {name: len(classes) for name, classes in CLASS_LISTS.items()} == {
        'nyu': 10, 'scenenet': 5, 'coco': 80}
    for classes in CLASS_LISTS.values():
        assert set(classes) <= set(COCO_CLASSES)
    assert len(set(COCO_CLASSES)) == 80


def test_classes_by_list_by_name_and_as_the_paper_spells_them() -> None:
    assert [COCO_CLASSES[label] for label in choose_classes('scenenet', COCO_CLASSES)] == [
        'chair', 'toilet', 'bench', 'bowl', 'potted plant']
    paper = ['chair', 'sofa', 'bed', 'tv', 'table', 'person', 'sink', 'fridge', 'toilet', 'oven']
    assert choose_classes(paper, COCO_CLASSES) == choose_classes('nyu', COCO_CLASSES)
    assert choose_classes(['tv', 'nyu', 'couch'], COCO_CLASSES)[:2] == (62, 56)
    assert choose_classes('sofa', ('sofa', 'robot')) == (0,)
    with pytest.raises(ConfigurationError, match=r"does not know \['unicorn'\]; expected one of"):
        choose_classes(['chair', 'unicorn'], COCO_CLASSES)
    with pytest.raises(ConfigurationError, match='does not know any'):
        choose_classes([], COCO_CLASSES)


def test_boxes_scores_and_labels_fit() -> None:
    with pytest.raises(ShapeError, match=r'expected \(N, 4\), \(N,\) and \(N,\)'):
        Detections(TRUTH.boxes, TRUTH.scores[:2], TRUTH.labels)
    assert len(TRUTH.above(0.65)) == 3
    np.testing.assert_array_equal(TRUTH.where(np.array([2, 0])).labels, [PERSON, CHAIR])
