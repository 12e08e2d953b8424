"""depth_enhancer on real DDS, with a completer and an upsampler of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')
point_cloud2 = pytest.importorskip('sensor_msgs_py.point_cloud2')

from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2  # noqa: E402

from colorize_ros.errors import DepthError, ModelError  # noqa: E402
from colorize_ros.messages import (  # noqa: E402
    decode_depth,
    decode_rgb,
    encode_compressed_depth,
)
from colorize_ros.nodes import base, depth_enhancer  # noqa: E402
from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode  # noqa: E402
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
    stamp,
)

pytestmark = pytest.mark.ros

DOMAIN_ID = 63
FIRST_NS = 1_700_000_000_000_000_000
GUESSED_M = 4.0


class Info(NamedTuple):
    name: str
    path: str = 'models/dummy.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


@dataclass
class Enhanced:
    depth_m: np.ndarray
    confidence: np.ndarray


class DummyCompleter:
    """Guesses 4 m wherever nothing was measured."""

    info = Info('dummy-completion')
    guides: list[Any]

    def __init__(self) -> None:
        self.guides = []

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DummyCompleter:
        if model == 'missing':
            raise ModelError("no weights 'missing'; expected a preset or a file")
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        self.size = (height, width)

    def __call__(self, depth_m: np.ndarray, guide: Any = None) -> Enhanced:
        self.guides.append(guide)
        unknown = np.isnan(depth_m)
        if unknown.all():
            raise DepthError('nothing at all is known')
        return Enhanced(np.where(unknown, np.float32(GUESSED_M), depth_m),
                        np.where(unknown, np.float32(0.25), np.float32(1.0)))


class DummyUpsampler(DummyCompleter):
    info = Info('dummy-upsampling')

    def __call__(self, depth_m: np.ndarray, scale: int, guide: Any = None) -> Any:
        return depth_m.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(depth_enhancer, 'DepthCompleter', DummyCompleter)
    monkeypatch.setattr(depth_enhancer, 'DepthUpsampler', DummyUpsampler)
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def sparse_depth() -> np.ndarray:
    """32 x 48 metres; the left half unknown."""
    depth_m = np.full((32, 48), 2.0, np.float32)
    depth_m[:, :24] = np.nan
    return depth_m


def start(graph: LiveGraph, *outputs: tuple[str, type], **parameters: Any) -> DepthEnhancerNode:
    node = graph.add(DepthEnhancerNode, **parameters)
    graph.advertise('depth/image_raw', Image)
    graph.advertise('camera_info', CameraInfo)
    if parameters.get('guide', 'none') != 'none':
        graph.advertise('guide/image_raw', Image)
    for topic, kind in outputs:
        graph.listen(topic, kind)
    graph.until(graph.connected, 'discovery')
    return node


def send(graph: LiveGraph, number: int, guide: Image | None = None,
         depth: Image | None = None, info: CameraInfo | None = None) -> None:
    """Send one set of frames, the usual ones unless others are given."""
    frames = {'depth/image_raw': depth or image_message(sparse_depth(), '32FC1', 0),
              'camera_info': info or camera_info_message(48, 32, 0)}
    if guide is not None:
        frames['guide/image_raw'] = guide
    for topic, message in frames.items():
        message.header.stamp = stamp(FIRST_NS + number * PERIOD_NS)
        graph.send(topic, message)


def answer(graph: LiveGraph, *topics: str, guide: Image | None = None,
           first: int = 0) -> list[Any]:
    """Send frames until each topic has brought a message; the first of each."""
    graph.until_sending(lambda number: send(graph, number, guide),
                        lambda: all(graph.received[topic] for topic in topics), first=first)
    return [graph.received[topic][0] for topic in topics]


DEPTH = ('depth_enhancer/depth', Image)
CONFIDENCE = ('depth_enhancer/confidence', Image)
INFO = ('depth_enhancer/camera_info', CameraInfo)
POINTS = ('depth_enhancer/points', PointCloud2)
PICTURE = ('depth_enhancer/depth_picture', Image)
INPUT_PICTURE = ('depth_enhancer/input_picture', Image)


def test_depth_confidence_camera_info_and_picture_come_out(graph: LiveGraph) -> None:
    start(graph, DEPTH, CONFIDENCE, INFO, PICTURE)
    depth, confidence, info, picture = answer(
        graph, DEPTH[0], CONFIDENCE[0], INFO[0], PICTURE[0])
    assert depth.encoding == '32FC1'
    assert depth.header.frame_id == 'camera_optical'
    depth_m = decode_depth(depth)
    assert set(depth_m[:, 24:].ravel()) == {2.0}
    assert set(depth_m[:, :24].ravel()) == {GUESSED_M}
    assert confidence.encoding == '32FC1'
    assert (info.width, info.height) == (48, 32)
    assert info.k[0] == pytest.approx(0.8 * 48)
    assert decode_rgb(picture).shape == (32, 48, 3)


def test_pictures_of_before_and_after_have_the_same_colors(graph: LiveGraph) -> None:
    start(graph, PICTURE, INPUT_PICTURE)
    after, before = map(decode_rgb, answer(graph, PICTURE[0], INPUT_PICTURE[0]))
    assert np.array_equal(after[:, 24:], before[:, 24:])
    assert not before[:, :24].any()
    assert after[:, :24].any()


def test_all_outputs_of_a_set_share_one_header(graph: LiveGraph) -> None:
    start(graph, DEPTH, INFO)
    answer(graph, DEPTH[0], INFO[0])
    depths = {(m.header.stamp.sec, m.header.stamp.nanosec) for m in graph.received[DEPTH[0]]}
    infos = {(m.header.stamp.sec, m.header.stamp.nanosec) for m in graph.received[INFO[0]]}
    assert depths & infos


def test_16uc1_by_parameter(graph: LiveGraph) -> None:
    start(graph, DEPTH, output_encoding='16UC1')
    depth, = answer(graph, DEPTH[0])
    assert depth.encoding == '16UC1'
    assert decode_depth(depth)[0, 47] == pytest.approx(2.0)


def test_points_below_min_confidence_are_left_out(graph: LiveGraph) -> None:
    start(graph, POINTS)
    cloud, = answer(graph, POINTS[0])
    assert [field.name for field in cloud.fields] == ['x', 'y', 'z']
    assert cloud.width * cloud.height == 32 * 24
    points = point_cloud2.read_points(cloud, field_names=['z'])
    assert set(points['z']) == {2.0}


def test_min_confidence_changes_at_run_time(graph: LiveGraph) -> None:
    start(graph, POINTS)
    assert graph.set_parameter('depth_enhancer', 'min_confidence', 0.0).successful
    cloud, = answer(graph, POINTS[0])
    assert cloud.width * cloud.height == 32 * 48


def test_scale_enlarges_every_output_and_camera_info_follows(graph: LiveGraph) -> None:
    start(graph, DEPTH, CONFIDENCE, INFO, POINTS, scale=2)
    depth, confidence, info, cloud = answer(
        graph, DEPTH[0], CONFIDENCE[0], INFO[0], POINTS[0])
    for message in (depth, confidence, info):
        assert (message.width, message.height) == (96, 64)
    assert info.k[0] == pytest.approx(2 * 0.8 * 48)
    assert info.p[0] == pytest.approx(2 * 0.8 * 48)
    assert cloud.width * cloud.height == 64 * 48


def test_a_guide_of_another_size_colors_the_enlarged_points(graph: LiveGraph) -> None:
    start(graph, POINTS, guide='gray', scale=2)
    message = image_message(np.full((96, 144), 7, np.uint8), 'mono8', 0)
    graph.until_sending(
        lambda number: send(graph, number, message),
        lambda: graph.received[POINTS[0]] and len(graph.received[POINTS[0]][-1].fields) == 4)
    cloud = graph.received[POINTS[0]][-1]
    assert cloud.width * cloud.height == 64 * 48


@pytest.mark.parametrize(('guide', 'pixels', 'encoding', 'color'), [
    ('color', np.full((32, 48, 3), (10, 20, 30), np.uint8), 'rgb8', 0x0A141E),
    ('gray', np.full((32, 48), 7, np.uint8), 'mono8', 0x070707),
    ('gray', np.full((32, 48), 7 << 8, np.uint16), 'mono16', 0x070707),
])
def test_a_guide_is_used_and_colors_the_points(
        graph: LiveGraph, guide: str, pixels: np.ndarray, encoding: str, color: int) -> None:
    node = start(graph, POINTS, guide=guide)
    message = image_message(pixels, encoding, 0)
    # A guide is not waited for before it has been heard once.
    graph.until_sending(
        lambda number: send(graph, number, message),
        lambda: graph.received[POINTS[0]] and len(graph.received[POINTS[0]][-1].fields) == 4)
    cloud = graph.received[POINTS[0]][-1]
    assert node.completer.guides[-1].shape == pixels.shape
    assert [field.name for field in cloud.fields] == ['x', 'y', 'z', 'rgb']
    rgb = point_cloud2.read_points(cloud, field_names=['rgb'])['rgb']
    assert set(np.ascontiguousarray(rgb).view(np.uint32)) == {color}


def test_a_guide_that_falls_silent_does_not_stop_depth(graph: LiveGraph) -> None:
    node = start(graph, DEPTH, guide='gray')
    answer(graph, DEPTH[0], guide=image_message(np.zeros((32, 48), np.uint8), 'mono8', 0))
    already = len(graph.received[DEPTH[0]])
    graph.until_sending(lambda number: send(graph, number),
                        lambda: len(graph.received[DEPTH[0]]) > already + 5, first=1000)
    assert node.completer.guides[-1] is None


def test_a_bad_guide_is_reported_and_depth_goes_on(graph: LiveGraph) -> None:
    node = start(graph, DEPTH, guide='gray')
    guide = image_message(np.zeros((32, 48), np.uint8), 'mono8', 0)
    guide.encoding = 'yuv422'
    graph.until_sending(
        lambda number: send(graph, number, guide),
        lambda: (status := graph.status('inference')) and status.level == b'\x02')
    assert 'yuv422' in graph.status('inference').message
    assert graph.received[DEPTH[0]]
    assert set(map(type, node.completer.guides)) == {type(None)}


@pytest.mark.parametrize('method', ['png', 'rvl'])
def test_compressed_depth_transport(graph: LiveGraph, method: str) -> None:
    graph.add(DepthEnhancerNode, transport='compressedDepth')
    graph.advertise('depth/image_raw/compressedDepth', CompressedImage)
    graph.advertise('camera_info', CameraInfo)
    graph.listen(*DEPTH)
    graph.until(graph.connected, 'discovery')
    fields = encode_compressed_depth(sparse_depth(), method=method)

    def send_compressed(number: int) -> None:
        stamp_ns = FIRST_NS + number * PERIOD_NS
        message = CompressedImage(format=fields.format, data=fields.data)
        message.header.stamp = stamp(stamp_ns)
        graph.send('depth/image_raw/compressedDepth', message)
        graph.send('camera_info', camera_info_message(48, 32, stamp_ns))

    depth = graph.until_sending(send_compressed, lambda: graph.received[DEPTH[0]])[0]
    assert decode_depth(depth)[0, 47] == pytest.approx(2.0)


def test_jpeg_depth_is_an_error_that_names_the_remedy(graph: LiveGraph) -> None:
    graph.add(DepthEnhancerNode, transport='compressed')
    graph.advertise('depth/image_raw/compressed', CompressedImage)
    graph.advertise('camera_info', CameraInfo)
    graph.listen(*DEPTH)
    graph.until(graph.connected, 'discovery')
    message = CompressedImage(format='16UC1; jpeg compressed mono8', data=b'\xff\xd8\xff\xe0junk')
    message.header.stamp = stamp(FIRST_NS)
    graph.send('depth/image_raw/compressed', message)
    graph.send('camera_info', camera_info_message(48, 32, FIRST_NS))
    status = graph.until(lambda: (found := graph.status('inference')) and
                         found.level == b'\x02' and found)
    assert 'compressedDepth' in status.message


def test_a_covered_camera_is_diagnosed_and_logged_once_and_depth_goes_on_after_it(
        graph: LiveGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, 'ERROR_LOG_PERIOD_S', 0.0)
    start(graph, DEPTH)
    covered = image_message(np.full((32, 48), np.nan, np.float32), '32FC1', 0)

    def said() -> int:
        return sum('nothing at all is known' in line for line in graph.logged)

    graph.until_sending(lambda number: send(graph, number, depth=covered),
                        lambda: int(graph.value('inference', 'failures') or 0) >= 10)
    assert graph.status('inference').level == b'\x02'
    assert 'nothing at all is known' in graph.status('inference').message
    assert said() == 1
    answer(graph, DEPTH[0], first=1000)
    graph.until_sending(lambda number: send(graph, number, depth=covered),
                        lambda: said() == 2, first=2000)


def test_a_camera_info_of_another_image_is_an_error_that_names_the_remedy(
        graph: LiveGraph) -> None:
    start(graph, DEPTH)
    graph.until_sending(
        lambda number: send(graph, number, info=camera_info_message(96, 64, 0)),
        lambda: (status := graph.status('inference')) and status.level == b'\x02')
    assert 'camera_info is that of a 96 x 64 image, but depth is 48 x 32' in (
        graph.status('inference').message)
    assert not graph.received[DEPTH[0]]


def test_an_uncalibrated_camera_costs_the_points_only(graph: LiveGraph) -> None:
    start(graph, POINTS, DEPTH, CONFIDENCE)
    info = camera_info_message(48, 32, 0)
    info.k, info.p = [0.0] * 9, [0.0] * 12
    graph.until_sending(
        lambda number: send(graph, number, info=info),
        lambda: len(graph.received[DEPTH[0]]) > 2 and graph.received[CONFIDENCE[0]])
    graph.until(lambda: 'focal length' in (graph.value('inference', 'last_error') or ''))
    assert not graph.received[POINTS[0]]


def test_what_needs_no_network_runs_none(graph: LiveGraph) -> None:
    node = start(graph, INPUT_PICTURE, INFO, scale=2)
    _, info = answer(graph, INPUT_PICTURE[0], INFO[0])
    assert (info.width, info.height) == (96, 64)
    assert node.completer.guides == []


def test_only_what_is_listened_to_is_encoded(
        graph: LiveGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('encode_depth', 'encode_confidence', 'encode_rgb', 'depth_picture'):
        monkeypatch.setattr(depth_enhancer, name, None)
    start(graph, POINTS)
    answer(graph, POINTS[0])
    assert graph.value('inference', 'failures') in (None, '0')


def test_missing_weights_refuse_configure(graph: LiveGraph) -> None:
    graph.add(DepthEnhancerNode, model='missing')
    graph.until(lambda: any("no weights 'missing'" in line for line in graph.logged), 'reason')
    graph.until(lambda: (status := graph.status('state')) and status.level == b'\x02')


def test_models_are_named_in_the_diagnostics_and_freed_on_cleanup(graph: LiveGraph) -> None:
    node = graph.add(DepthEnhancerNode, scale=4)
    graph.until(lambda: graph.status('model dummy-completion')
                and graph.status('model dummy-upsampling'), 'models')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node.completer is None
    assert node.upsampler is None
