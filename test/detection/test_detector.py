"""Detectors of every kind: told apart, read, or refused with what was expected."""

from __future__ import annotations

from pathlib import Path
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.detection import Detections, Detector
from colorize_ros.detection.class_names import COCO_CLASSES
from colorize_ros.errors import (
    ConfigurationError,
    DeviceError,
    MissingExtraError,
    MissingModelError,
    ModelError,
    ShapeError,
)
from detection.yolo_outputs import (
    BOXES,
    CELLS,
    heads,
    HEIGHT,
    IMAGE,
    KINDS,
    LABELS,
    load,
    of_yolov8,
    of_yolov10,
    of_yolox,
    SCORES,
    WIDTH,
)

pytest.importorskip('onnxruntime')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / 'detector.onnx'


def assert_seen(found: Detections) -> None:
    np.testing.assert_allclose(found.boxes, BOXES, atol=0.01)
    np.testing.assert_allclose(found.scores, SCORES, atol=1e-5)
    np.testing.assert_array_equal(found.labels, LABELS)


@pytest.mark.parametrize('name', KINDS)
def test_each_kind_is_told_by_its_outputs(name: str, file: Path) -> None:
    kind, make = KINDS[name]
    detector = load(file, make())
    assert detector.info.kind == kind
    assert detector.class_names == COCO_CLASSES
    assert_seen(detector(IMAGE))
    assert_seen(load(file, make(), kind=kind)(IMAGE))


def test_heads_of_yolov5_have_to_be_said(file: Path) -> None:
    assert_seen(load(file, heads(yolov5=True), kind='yolov5-heads')(IMAGE))


def test_info_says_what_runs(file: Path) -> None:
    info = load(file, of_yolov8()).info
    assert (info.name, info.path, info.device) == ('detector', file, 'cpu')
    assert (info.height, info.width) == (HEIGHT, WIDTH)
    assert len(info.sha256) == 64


def test_half_precision_and_channels_last(file: Path) -> None:
    outputs = [output.astype(np.float16) for output in of_yolov8()]
    assert len(load(file, outputs, sides=(1, HEIGHT, WIDTH, 3), type=np.float16)(IMAGE)) == 2


def test_a_size_that_is_free_is_the_one_that_the_file_names(file: Path) -> None:
    free = 'batch', 3, 'height', 'width'
    detector = load(file, of_yolov8(), sides=free, metadata={'imgsz': f'[{HEIGHT}, {WIDTH}]'})
    assert_seen(detector(IMAGE))
    with pytest.raises(ModelError, match='640x640'):
        load(file, of_yolov8(), sides=free)


def test_names_come_from_the_file_or_the_user(file: Path) -> None:
    two = [of_yolov8()[0][:, :6]]
    named = load(file, two, metadata={'names': "{0: 'sofa', 1: 'robot'}"})
    assert named.class_names == ('couch', 'robot')
    assert load(file, two, class_names=['a', 'b']).class_names == ('a', 'b')
    assert load(file, two).class_names == ('class 0', 'class 1')
    with pytest.raises(ModelError, match='scores 2 classes, and 1 have a name'):
        load(file, two, class_names=['a'])


def test_a_label_without_a_name(file: Path) -> None:
    detector = load(file, of_yolov10(), class_names=['a', 'b'])
    with pytest.raises(ModelError, match='found something of class 56'):
        detector(IMAGE)


def test_one_box_a_thing_and_class(file: Path) -> None:
    outputs = of_yolov8()
    outputs[0][0, :, 8] = outputs[0][0, :, 7]
    outputs[0][0, 4 + 56, 8] = 0.6
    outputs[0][0, :4, 9] = outputs[0][0, :4, 7]
    outputs[0][0, 4 + 57, 9] = 0.5
    found = load(file, outputs)(IMAGE)
    np.testing.assert_array_equal(found.labels, [56, 57, 16])
    np.testing.assert_allclose(found.scores, [0.72, 0.5, 0.45])
    assert len(load(file, outputs, iou_threshold=1.0)(IMAGE)) == 4
    assert len(load(file, outputs, score_threshold=0.48)(IMAGE)) == 2
    assert len(load(file, outputs, score_threshold=0.9)(IMAGE)) == 0


def test_boxes_that_are_none_are_dropped(file: Path) -> None:
    outputs = of_yolox()
    outputs[0][0, 43, 2] = 1000
    np.testing.assert_array_equal(load(file, outputs)(IMAGE).labels, [16])


@pytest.mark.parametrize('shapes', [
    [(1, 1000)], [(1, 3, HEIGHT, WIDTH)], [(1, CELLS + 1, 85)], [(2, CELLS, 85)],
    [(1, 84, CELLS), (1, 32, 24, 40)], [(1, 255, 3, 5), (1, 255, 6, 10)], [(1, CELLS, 4)]])
def test_what_is_no_detector_is_refused(file: Path, shapes: list[tuple[int, ...]]) -> None:
    with pytest.raises(ModelError, match=r'gives the outputs \(.*expected one of yolox: \(1, cel'):
        load(file, [np.zeros(shape, np.float32) for shape in shapes])


@pytest.mark.parametrize('kind', ['yolox', 'yolov5', 'yolov8', 'end-to-end', 'yolov3'])
def test_another_kind_than_said_is_refused(file: Path, kind: str) -> None:
    with pytest.raises(ModelError, match=f'gives the outputs .*expected .* of a {kind} detector'):
        load(file, [np.zeros((1, 5, 5, 4), np.float32)], kind=kind)


def test_scores_without_their_sigmoid_are_refused(file: Path) -> None:
    outputs = of_yolov8()
    outputs[0][0, 4:] = -7
    with pytest.raises(ModelError, match='scores from -7.0 to -7.0; expected 0 to 1'):
        load(file, outputs)


@pytest.mark.parametrize(('sides', 'inputs'), [
    ((1, 1, HEIGHT, WIDTH), 1), ((8, 3, HEIGHT, WIDTH), 1), ((1, 3, HEIGHT), 1),
    ((1, 3, HEIGHT, WIDTH), 2)])
def test_other_inputs_are_refused(file: Path, sides: tuple[int, ...], inputs: int) -> None:
    with pytest.raises(ModelError, match='has the inputs image0: .*expected one of float'):
        load(file, of_yolov8(), sides=sides, inputs=inputs)


def test_bad_options_and_files(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingModelError, match='is not a file.*get-detector'):
        Detector.load(file)
    file.write_bytes(b'no network')
    with pytest.raises(ModelError, match='cannot be read as an ONNX network'):
        Detector.load(file, device='cpu')
    with pytest.raises(ConfigurationError, match="kind of the detector is 'ssd'"):
        Detector.load(file, kind='ssd')
    with pytest.raises(ConfigurationError, match='iou_threshold is 45'):
        Detector.load(file, iou_threshold=45)
    with pytest.raises(DeviceError, match="device 'gpu' is not known"):
        Detector.load(file, device='gpu')
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(MissingExtraError, match=r"pip install 'colorize_ros\[detect\]'"):
        Detector.load(file)


@pytest.mark.parametrize('image', [
    np.zeros((48, 64), np.uint8), np.zeros((48, 64, 4), np.uint8),
    np.zeros((48, 64, 3), np.float32), np.zeros((0, 64, 3), np.uint8)])
def test_other_images_are_refused(file: Path, image: NDArray[Any]) -> None:
    detector = load(file, of_yolov8())
    with pytest.raises(ShapeError, match=r'expected \(H, W, 3\) uint8'):
        detector(image)
