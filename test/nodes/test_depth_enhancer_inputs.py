"""What depth_enhancer takes: guides, transports, and frames that are no good."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')
point_cloud2 = pytest.importorskip('sensor_msgs_py.point_cloud2')

from sensor_msgs.msg import CameraInfo, CompressedImage  # noqa: E402

from colorize_ros.messages import (  # noqa: E402
    decode_depth,
    encode_compressed_depth,
)
from colorize_ros.nodes import base  # noqa: E402
from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.enhancer import (  # noqa: E402
    answer,
    CONFIDENCE,
    DEPTH,
    enhancer_graph,
    FIRST_NS,
    POINTS,
    send,
    sparse_depth,
    start,
)
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    LiveGraph,
    PERIOD_NS,
    stamp,
)

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()


@pytest.fixture
def graph() -> Any:
    with enhancer_graph(DOMAIN_ID) as graph:
        yield graph


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


def test_a_range_of_pictures_from_far_to_near_refuses_configure(graph: LiveGraph) -> None:
    graph.add(DepthEnhancerNode, picture_near_m=6.0, picture_far_m=0.4)
    graph.until(lambda: any('expected near below far' in line for line in graph.logged), 'reason')
    graph.until(lambda: (status := graph.status('state')) and status.level == b'\x02')


def test_missing_weights_refuse_configure(graph: LiveGraph) -> None:
    graph.add(DepthEnhancerNode, model='missing')
    graph.until(lambda: any("no weights 'missing'" in line for line in graph.logged), 'reason')
    graph.until(lambda: (status := graph.status('state')) and status.level == b'\x02')
