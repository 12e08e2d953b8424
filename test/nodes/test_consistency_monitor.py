"""What consistency_monitor says of colorized images, by light and in the dark."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import CameraInfo, CompressedImage, Image  # noqa: E402
from std_msgs.msg import Float32  # noqa: E402

from colorize_ros.messages import decode_rgb, encode_compressed, stamp_ns  # noqa: E402
from colorize_ros.nodes import consistency_monitor, detection_messages  # noqa: E402
from colorize_ros.nodes.consistency_monitor import ConsistencyMonitorNode  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.blob_detector import BlobDetector, GRAY, scene  # noqa: E402
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
    stamp,
)

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
FIRST_NS = 1_700_000_000_000_000_000
REFERENCE = 'reference/image_raw'
OK, WARN, ERROR = b'\x00', b'\x01', b'\x02'
THINGS = ('cup', 'chair', 'cup', 'chair')
NIGHT = np.full((96, 160, 3), 4, np.uint8)
QUICK = {'rate_hz': 20.0, 'window_s': 1.5, 'least_objects': 3}


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(consistency_monitor, 'Detector', BlobDetector)
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def start(graph: LiveGraph, *candidates: str, overlay: bool = False,
          **parameters: Any) -> ConsistencyMonitorNode:
    """A monitor whose images come from the peer; nobody but the peer's diagnostics listens."""
    node = graph.add(ConsistencyMonitorNode, candidates=list(candidates), classes=[
        'cup', 'chair'], **{**QUICK, **parameters})
    graph.advertise(REFERENCE, Image)
    for name in candidates:
        graph.advertise(f'{name}/image_color', Image)
    if overlay:
        graph.listen('consistency_monitor/overlay', Image)
        for name in candidates:
            graph.listen(f'consistency_monitor/consistency/{name}', Float32)
            graph.listen(f'consistency_monitor/agreement/{name}', Float32)
    graph.until(graph.connected, 'discovery')
    return node


class Cameras:
    """Send all images of a moment, each as a function of nothing; None sends nothing."""

    def __init__(self, graph: LiveGraph) -> None:
        self.graph = graph
        self.number = 0

    def until(self, condition: Any, reference: np.ndarray | None,
              **candidates: np.ndarray | None) -> Any:
        def send(number: int) -> None:
            self.number = number
            at_ns = FIRST_NS + number * PERIOD_NS
            if reference is not None:
                self.graph.send(REFERENCE, image_message(reference, 'rgb8', at_ns, 'eye'))
            for late, (name, rgb) in enumerate(candidates.items(), start=1):
                if rgb is not None:
                    self.graph.send(f'{name}/image_color', image_message(
                        rgb, 'rgb8', at_ns + late * 1_000_000, name))

        return self.graph.until_sending(send, condition, first=self.number + 1)


@pytest.fixture
def cameras(graph: LiveGraph) -> Cameras:
    return Cameras(graph)


def says(graph: LiveGraph, candidate: str, level: bytes, *words: str) -> Any:
    def said() -> Any:
        status = graph.status(candidate)
        return status if status is not None and status.level == level and all(
            word in status.message for word in words) else None
    return said


def test_the_verdict_follows_what_a_candidate_shows_and_nobody_need_listen(
        graph: LiveGraph, cameras: Cameras) -> None:
    start(graph, 'good', 'bad')
    seen = scene(THINGS)
    cameras.until(says(graph, 'good', OK, 'F1 1.00'), seen, good=seen, bad=scene(THINGS[:1]))
    cameras.until(says(graph, 'bad', WARN, 'F1 0.40', 'below 0.5'), seen, good=seen,
                  bad=scene(THINGS[:1]))
    assert graph.value('good', 'ap') == '1'
    assert graph.value('bad', 'recall') == '0.25'
    assert float(graph.value('bad', 'light_level') or 0) > 0.3
    cameras.until(says(graph, 'bad', ERROR, 'F1 0.00', 'below 0.25'), seen, good=seen,
                  bad=scene(()))
    cameras.until(says(graph, 'bad', OK, 'F1 1.00'), seen, good=seen, bad=seen)
    assert graph.value('model blobs', 'sha256') == 'abc'


def test_numbers_and_the_overlay_come_out(graph: LiveGraph, cameras: Cameras) -> None:
    start(graph, 'good', 'bad', overlay=True)
    overlays = graph.received['consistency_monitor/overlay']
    figures = [graph.received[f'consistency_monitor/consistency/{name}']
               for name in ('good', 'bad')]
    cameras.until(lambda: all(figures) and overlays and overlays[-1].height == 480, scene(THINGS),
                  good=scene(THINGS), bad=scene(THINGS[:2]))
    picture = decode_rgb(overlays[-1])
    assert picture.shape == (2 * 240, 2 * 400, 3)
    assert overlays[-1].header.frame_id == 'eye'
    assert (stamp_ns(overlays[-1]) - FIRST_NS) % PERIOD_NS == 0
    assert [values[-1].data for values in figures] == pytest.approx([1.0, 2 / 3])
    assert not graph.received['consistency_monitor/agreement/good']


def test_in_the_dark_it_says_so_and_compares_the_candidates(
        graph: LiveGraph, cameras: Cameras) -> None:
    node = start(graph, 'near', 'far', overlay=True)
    seen = scene(THINGS)
    cameras.until(says(graph, 'near', OK, 'F1 1.00'), seen, near=seen, far=seen)
    dark = says(graph, 'near', OK, 'no reference light (level 0.00)', 'by day F1 1.00',
                'agrees with far: F1 1.00')
    status = cameras.until(dark, NIGHT, near=seen, far=seen)
    values = {entry.key: entry.value for entry in status.values}
    assert 'f1' not in values
    assert (values['by_day_f1'], values['f1_with_far']) == ('1', '1')
    assert float(values['by_day_age_s']) > 0
    assert graph.received['consistency_monitor/agreement/far'][-1].data == 1.0
    assert 'no reference light' in graph.status('reference').message  # type: ignore[union-attr]
    cameras.until(says(graph, 'near', WARN, 'does not agree with far'), NIGHT, near=seen,
                  far=scene(()))
    cameras.until(says(graph, 'far', OK, 'F1 1.00 over'), seen, near=seen, far=seen)
    # With light again, candidates need not be compared with each other.
    compared = len(graph.received['consistency_monitor/agreement/far'])
    looks = node.detector.looks  # type: ignore[union-attr]
    cameras.until(lambda: node.detector.looks > looks + 5, seen, near=seen, far=seen)
    assert len(graph.received['consistency_monitor/agreement/far']) <= compared + 1


def test_without_a_reference_camera_the_candidates_are_compared(
        graph: LiveGraph, cameras: Cameras) -> None:
    start(graph, 'near', 'far')
    seen = scene(THINGS)
    cameras.until(says(graph, 'near', OK, 'no reference: nothing comes on', REFERENCE,
                       'agrees with far'), None, near=seen, far=seen)


def test_a_candidate_that_stops_is_a_warning_within_two_seconds_and_recovers(
        graph: LiveGraph, cameras: Cameras) -> None:
    start(graph, 'good', silent_after_s=0.8)
    seen = scene(THINGS)
    cameras.until(says(graph, 'good', OK, 'F1 1.00'), seen, good=seen)
    pulled_s = time.monotonic()
    status = cameras.until(says(graph, 'good', WARN, 'nothing comes on'), seen, good=None)
    assert time.monotonic() - pulled_s < 2.5  # a busy machine's half second
    assert 'good/image_color' in status.message
    cameras.until(says(graph, 'good', OK, 'F1 1.00'), seen, good=seen)


def test_it_looks_no_more_often_than_it_is_told(graph: LiveGraph, cameras: Cameras) -> None:
    node = start(graph, 'good', rate_hz=0.5)
    seen, begun_s = scene(THINGS), time.monotonic()
    cameras.until(lambda: graph.value('inference', 'dropped: looked at a moment ago')
                  and time.monotonic() - begun_s > 3, seen, good=seen)
    assert 1 <= node.detector.looks <= 2 * (0.5 * (time.monotonic() - begun_s) + 1)  # type: ignore[union-attr]


def test_an_image_of_another_lens_and_size_is_compared_by_its_camera_info(
        graph: LiveGraph, cameras: Cameras) -> None:
    start(graph, 'wide')
    for topic in ('reference/camera_info', 'wide/camera_info'):
        graph.advertise(topic, CameraInfo)
    graph.until(graph.connected, 'discovery')
    lens = camera_info_message(160, 96, 0)
    wide = camera_info_message(320, 192, 0)
    wide.p[2] += 120.0  # what it sees is that much further right
    shown = np.zeros((192, 320, 3), np.uint8)
    small = scene(THINGS, size=(96, 160))
    shown[:] = GRAY
    shown[:, 120:] = np.repeat(np.repeat(small, 2, axis=0), 2, axis=1)[:, :200]

    def send_infos() -> Any:
        for topic, info in (('reference/camera_info', lens), ('wide/camera_info', wide)):
            info.header.stamp = stamp(FIRST_NS + cameras.number * PERIOD_NS)
            graph.send(topic, info)
        return says(graph, 'wide', OK, 'F1 1.00')()

    cameras.until(send_infos, small, wide=shown)


@pytest.mark.parametrize(('parameters', 'reason'), [
    ({'candidates': ['one', 'one']}, 'none of them twice'),
    ({'candidates': ['one'], 'classes': ['unicorn']}, 'unicorn'),
    ({'candidates': ['one'], 'warn_below': 0.2}, 'error_below is 0.25'),
])
def test_what_it_cannot_do_refuses_the_configuration(
        graph: LiveGraph, parameters: dict[str, Any], reason: str) -> None:
    graph.add(ConsistencyMonitorNode, **parameters)
    status = graph.until(lambda: (found := graph.status('state')) and found.level == ERROR
                         and found, 'a refusal')
    assert reason in status.message


def test_bounds_that_contradict_each_other_are_refused_while_it_runs(graph: LiveGraph) -> None:
    node = start(graph, 'good')
    refused = graph.set_parameter('consistency_monitor', 'error_below', 0.6)
    assert not refused.successful
    assert 'at most warn_below, which is 0.5' in refused.reason
    assert node.parameters.error_below == node.get_parameter('error_below').value == 0.25
    assert graph.set_parameter('consistency_monitor', 'warn_below', 0.7).successful
    assert graph.set_parameter('consistency_monitor', 'error_below', 0.6).successful
    assert node.parameters.error_below == 0.6


def test_without_a_detector_it_says_how_to_get_one(
        graph: LiveGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip('onnxruntime')
    monkeypatch.undo()
    monkeypatch.setenv('XDG_DATA_HOME', '/nowhere')
    graph.add(ConsistencyMonitorNode)
    status = graph.until(lambda: (found := graph.status('state')) and found.level == ERROR
                         and found, 'a refusal')
    assert 'colorize-ros get-detector' in status.message


def test_compressed_images_will_do(graph: LiveGraph) -> None:
    graph.add(ConsistencyMonitorNode, candidates=['good'], classes=['cup', 'chair'],
              transport='compressed', candidate_transport='compressed', **QUICK)
    topics = [f'{REFERENCE}/compressed', 'good/image_color/compressed']
    for topic in topics:
        graph.advertise(topic, CompressedImage)
    graph.until(graph.connected, 'discovery')
    fields = encode_compressed(scene(THINGS), 'png')

    def send(number: int) -> None:
        for topic in topics:
            message = CompressedImage(format=fields.format, data=fields.data)
            message.header.stamp = stamp(FIRST_NS + number * PERIOD_NS)
            graph.send(topic, message)

    graph.until_sending(send, says(graph, 'good', OK, 'F1 1.00'))


def made(**fields: Any) -> Any:
    """A message type of which an instance has these fields, each made anew."""
    return lambda: SimpleNamespace(**{name: make() for name, make in fields.items()})


def fake_vision() -> SimpleNamespace:
    center = made(position=made(x=float, y=float), theta=float)
    return SimpleNamespace(
        Detection2DArray=made(header=str, detections=list),
        Detection2D=made(header=str, results=list,
                         bbox=made(center=center, size_x=float, size_y=float)),
        ObjectHypothesisWithPose=made(hypothesis=made(class_id=str, score=float)))


def test_detections_become_vision_msgs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection_messages, 'vision', fake_vision())
    detections = BlobDetector()(scene(('cup', 'chair')))
    array = detection_messages.detection_array(
        detection_messages.Found(detections, BlobDetector.class_names, 'header'))  # type: ignore[arg-type]
    assert array.header == 'header'
    cup, chair = array.detections
    assert (cup.results[0].hypothesis.class_id, chair.results[0].hypothesis.class_id) == (
        'cup', 'chair')
    assert cup.results[0].hypothesis.score == pytest.approx(0.8)
    assert (cup.bbox.center.position.x, cup.bbox.center.position.y) == (14.0, 40.0)
    assert (cup.bbox.size_x, cup.bbox.size_y, cup.header) == (20.0, 20.0, 'header')


def test_real_vision_msgs_take_them() -> None:
    pytest.importorskip('vision_msgs.msg')
    from std_msgs.msg import Header

    array = detection_messages.detection_array(detection_messages.Found(
        BlobDetector()(scene(('cup',))), BlobDetector.class_names, Header(frame_id='eye')))
    assert array.detections[0].bbox.size_x == 20.0
