"""What is counted as work of a node, without a graph."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from colorize_ros.nodes.consistency_monitor import ConsistencyMonitorNode
from colorize_ros.nodes.consistency_parameters import ConsistencyMonitorParameters
from colorize_ros.nodes.line import FrameLine, Job
from colorize_ros.nodes.topics import FrameSet, Input
from colorize_ros.nodes.worklog import WorkLog
from nodes.blob_detector import BlobDetector
from nodes.live_graph import camera_info_message

pytestmark = pytest.mark.ros


@pytest.mark.parametrize(('results', 'frames', 'drops'), [
    ({'~/image': 1}, 1, {}), ({}, 0, {'nothing came of it': 1})])
def test_a_set_that_gave_nothing_is_no_frame(
        results: dict[str, Any], frames: int, drops: dict[str, int]) -> None:
    published: list[Any] = []
    node = SimpleNamespace(
        node_name='any', parameters=SimpleNamespace(pair_by='arrival', max_age_s=0.0),
        forget=lambda: None, reason_to_skip=lambda streams, wanted: '',
        process=lambda frames: results)
    outlet = SimpleNamespace(
        wanted=frozenset, publish=lambda header, results, wanted: published.append(results))
    work = WorkLog()
    image = Input('image', 'image', lambda message: message)
    line = FrameLine(node, [[image]], outlet, work)  # type: ignore[arg-type]
    line._handle(Job([image], (Image(),), 0.0))
    assert (work.report().frames, work.report().drops) == (frames, drops)
    assert work.report().p50_ms is None or frames


def test_a_lens_is_looked_at_no_more_often_than_an_image() -> None:
    node = ConsistencyMonitorNode.__new__(ConsistencyMonitorNode)
    node.parameters = ConsistencyMonitorParameters(candidates=('wide',), rate_hz=0.01)
    node.detector = BlobDetector()
    node.silent_s = lambda stream: 0.0  # type: ignore[method-assign]
    node.forget()
    streams = ('wide/camera_info',)
    assert node.reason_to_skip(streams, frozenset()) == ''
    info = camera_info_message(160, 96, 0)
    assert isinstance(info, CameraInfo)
    assert node.process(FrameSet(Header(), {streams[0]: info}, frozenset())) == {}
    assert node._lenses['wide'].width == 160
    assert node.reason_to_skip(streams, frozenset()) == 'looked at a moment ago'
