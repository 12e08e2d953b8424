"""What depth_enhancer publishes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')
point_cloud2 = pytest.importorskip('sensor_msgs_py.point_cloud2')


from colorize_ros.messages import (  # noqa: E402
    decode_depth,
    decode_rgb,
)
from colorize_ros.nodes import depth_enhancer  # noqa: E402
from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.enhancer import (  # noqa: E402
    answer,
    CONFIDENCE,
    DEPTH,
    enhancer_graph,
    GUESSED_M,
    INFO,
    INPUT_PICTURE,
    PICTURE,
    POINTS,
    start,
)
from nodes.live_graph import LiveGraph  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()


@pytest.fixture
def graph() -> Any:
    with enhancer_graph(DOMAIN_ID) as graph:
        yield graph


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


def test_models_are_named_in_the_diagnostics_and_freed_on_cleanup(graph: LiveGraph) -> None:
    node = graph.add(DepthEnhancerNode, scale=4)
    graph.until(lambda: graph.status('model dummy-completion')
                and graph.status('model dummy-upsampling'), 'models')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert node.completer is None
    assert node.upsampler is None
