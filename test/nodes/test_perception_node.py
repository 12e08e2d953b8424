"""The way of a frame through a node, on real DDS."""

from __future__ import annotations

from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import Image  # noqa: E402

from colorize_ros.messages import decode_gray  # noqa: E402
from colorize_ros.nodes.diagnostics import Finding  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.doubler import DoublerNode, gray, send_until_answered, start  # noqa: E402
from nodes.live_graph import live_graph, LiveGraph  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()


@pytest.fixture
def graph() -> Any:
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def test_frames_come_out_with_the_header_they_came_in_with(graph: LiveGraph) -> None:
    node = start(graph)
    send_until_answered(graph)
    answer = graph.received['doubler/image'][0]
    sent = gray(10, 0)
    assert answer.header == sent.header
    assert set(decode_gray(answer).ravel()) == {20}
    assert node.threads == {'doubler worker'}


def test_nobody_listens_no_inference(graph: LiveGraph) -> None:
    node = graph.add(DoublerNode)
    graph.advertise('left/image', Image)
    graph.until(graph.connected, 'discovery')
    for number in range(3):
        graph.send('left/image', gray(10, number))
    graph.until(lambda: int(graph.value('inference', 'dropped: nobody listens') or 0) >= 1)
    assert node.processed == 0
    assert not node.threads
    graph.listen('doubler/image', Image)
    graph.until(graph.connected, 'a listener')
    send_until_answered(graph, first=10)
    assert node.processed >= 1


def test_findings_are_in_the_diagnostics_and_in_the_log_when_they_change(
        graph: LiveGraph) -> None:
    node = start(graph)
    finding = Finding('rows', False, 'rows match', {'offset_px': 0.12345})
    node.findings = lambda: [finding]
    graph.until(lambda: graph.status('rows'), 'the finding')
    assert graph.status('rows').level == b'\x00'
    assert graph.value('rows', 'offset_px') == '0.1235'
    finding = Finding('rows', True, 'rows are off', {})
    graph.until(lambda: 'rows are off' in graph.logged, 'the warning')
    assert graph.status('rows').level == b'\x01'
    finding = finding._replace(message='rows are still off')
    graph.until(lambda: graph.status('rows').message == 'rows are still off', 'diagnostics')
    finding = Finding('rows', False, 'rows match again', {})
    graph.until(lambda: 'rows match again' in graph.logged, 'the good news')
    assert 'rows are still off' not in graph.logged
    assert 'rows match' not in graph.logged


def test_a_slow_model_drops_old_frames_and_counts_them(graph: LiveGraph) -> None:
    node = start(graph)
    number = send_until_answered(graph)
    node.gate.clear()
    for later in range(number, number + 8):
        graph.send('left/image', gray(later, later))
        graph.executor.spin_once(timeout_sec=0.02)
    newest = number + 7
    sent = newest + 1
    graph.until(lambda: graph.value('input /left/image', 'received') == str(sent), 'all are in')
    node.gate.set()
    answers = graph.received['doubler/image']
    # The last frame may still wait for its optional partner, the one before it may not.
    graph.until(lambda: decode_gray(answers[-1])[0, 0] >= 2 * (newest - 1), 'the newest frame')
    graph.until(lambda: int(graph.value('inference', 'dropped: a newer set came') or 0) >= 4)
    assert len(answers) < sent


def test_a_bad_frame_is_an_error_in_the_diagnostics_and_the_node_goes_on(
        graph: LiveGraph) -> None:
    start(graph)
    number = send_until_answered(graph)

    def send_bad(later: int) -> None:
        bad = gray(10, later)
        bad.encoding = 'yuv422'
        graph.send('left/image', bad)

    graph.until_sending(
        send_bad, lambda: (status := graph.status('inference')) and status.level == b'\x02',
        first=number)
    assert 'yuv422' in graph.status('inference').message
    send_until_answered(graph, first=number + 10_000, count=2)


def test_diagnostics_say_rates_pairs_latency_and_model(graph: LiveGraph) -> None:
    start(graph)
    send_until_answered(graph, count=3)
    graph.until(lambda: int(graph.value('inference', 'frames') or 0) >= 3, 'report')
    assert float(graph.value('inference', 'latency_p50_ms') or 'nan') > 0.0
    assert float(graph.value('inference', 'latency_p95_ms') or 'nan') > 0.0
    assert graph.value('model doubler', 'sha256') == 'abc123'
    assert graph.value('model doubler', 'device') == 'cpu'
    assert int(graph.value('pairing', 'sets') or 0) >= 3
    assert float(graph.value('input /left/image', 'rate_hz') or 'nan') > 0.0
    assert graph.status('state').name == f'{graph.namespace[1:]}/doubler: state'
    assert graph.status('state').message == 'active'
