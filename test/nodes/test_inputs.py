"""What comes in: publishers that do not fit, silence, stamps, jumps of time."""

from __future__ import annotations

from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy  # noqa: E402
from rclpy.time import Time  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CompressedImage, Image  # noqa: E402

from domains import own_domain_id  # noqa: E402
from nodes.doubler import (  # noqa: E402
    DoublerNode,
    FIRST_NS,
    gray,
    send_until_answered,
    start,
)
from nodes.live_graph import live_graph, LiveGraph, PERIOD_NS  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()


@pytest.fixture
def graph() -> Any:
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def test_a_silent_input_is_said_once_with_topic_and_qos(graph: LiveGraph) -> None:
    graph.add(DoublerNode, silent_after_s=0.1)

    def complaints() -> list[str]:
        return [line for line in graph.logged
                if '/left/image' in line and 'no message for' in line]

    graph.until(complaints, 'the complaint')
    assert 'no publisher' in complaints()[0]
    assert 'best effort' in complaints()[0]
    reports = len(graph.received['/diagnostics'])
    graph.until(lambda: len(graph.received['/diagnostics']) > reports + 2, 'two more reports')
    assert len(complaints()) == 1
    assert graph.status('input /left/image').level == b'\x01'


def test_a_publisher_that_falls_silent_is_named_until_messages_come_again(
        graph: LiveGraph) -> None:
    start(graph, silent_after_s=0.5)
    number = send_until_answered(graph)

    def said(text: str) -> int:
        return sum('/left/image' in line and text in line for line in graph.logged)

    graph.until(lambda: said('though published by peer (best effort, volatile)'), 'complaint')
    status = graph.until(lambda: (found := graph.status('input /left/image')) and
                         found.level == b'\x01' and found)
    assert 'though published by peer' in status.message
    assert float(graph.value('input /left/image', 'silent_s')) > 0.5
    graph.until_sending(lambda number: graph.send('left/image', gray(10, number)),
                        lambda: said('messages come in'), first=number)
    assert said('though published by peer') == 1


def test_a_bad_qos_override_refuses_activation_and_leaves_nothing_subscribed(
        graph: LiveGraph) -> None:
    node = graph.add(
        DoublerNode, '-p',
        f'qos_overrides.{graph.namespace}/right/image.subscription.reliability:=sometimes')
    graph.until(lambda: any('activate failed' in line and 'sometimes' in line
                            for line in graph.logged), 'the reason')
    graph.until(lambda: graph.value('state', 'state') == 'inactive', 'state')
    assert graph.status('state').level == b'\x02'
    assert not [each for each in node.subscriptions if each.topic_name.endswith('/image')]


def test_an_incompatible_publisher_is_said_once_with_topic_and_qos(graph: LiveGraph) -> None:
    graph.add(DoublerNode, '-p',
                   f'qos_overrides.{graph.namespace}/left/image.subscription.reliability:=reliable')
    graph.advertise('left/image', Image, QoSProfile(
        depth=5, reliability=ReliabilityPolicy.BEST_EFFORT))

    def complaints() -> list[str]:
        return [line for line in graph.logged if '/left/image' in line and 'incompatible' in line]

    graph.until(complaints, 'the complaint')
    assert 'peer offers best effort' in complaints()[0]
    assert 'reliable' in complaints()[0]
    status = graph.until(lambda: (found := graph.status('input /left/image')) and
                         found.level == b'\x01' and found)
    assert 'incompatible' in status.message
    reports = len(graph.received['/diagnostics'])
    graph.until(lambda: len(graph.received['/diagnostics']) > reports + 2, 'two more reports')
    assert len(complaints()) == 1


def test_a_publisher_of_another_type_is_named(graph: LiveGraph) -> None:
    graph.add(DoublerNode)
    # Of another participant: within one, DDS refuses a second type at once.
    with live_graph(DOMAIN_ID) as other:
        other.peer.create_publisher(CompressedImage, f'{graph.namespace}/left/image', 5)
        graph.until(lambda: any('publishes sensor_msgs/msg/CompressedImage' in line
                                for line in graph.logged), 'the complaint')


def test_an_incompatible_listener_is_said_once(graph: LiveGraph) -> None:
    graph.add(DoublerNode)
    graph.listen('doubler/image', Image, QoSProfile(
        depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    graph.until(lambda: any('/doubler/image' in line and 'DURABILITY' in line
                            for line in graph.logged), 'the complaint')


def test_stamps_that_go_back_start_the_pairing_afresh(graph: LiveGraph) -> None:
    node = start(graph)
    send_until_answered(graph, first=1000, count=2)
    assert node.forgotten == 1
    send_until_answered(graph, first=0, count=3)
    assert node.forgotten == 2
    graph.until(lambda: graph.value('pairing', 'time_jumps') == '1', 'the diagnostics')
    assert graph.received['doubler/image'][-1].header.stamp.sec == FIRST_NS // 10**9


def test_simulated_time_that_jumps_back_starts_the_pairing_afresh(graph: LiveGraph) -> None:
    node = start(graph, use_sim_time=True)
    clock = graph.advertise('/clock', Clock)
    graph.until(graph.connected, 'clock')
    clock.publish(Clock(clock=Time(seconds=100).to_msg()))
    number = send_until_answered(graph)
    assert node.forgotten == 1
    clock.publish(Clock(clock=Time(seconds=50).to_msg()))
    graph.until(lambda: any('time jumped by -50.000 s' in line for line in graph.logged), 'jump')
    send_until_answered(graph, first=number)
    assert node.forgotten == 2


def send_unstamped(graph: LiveGraph, _number: int) -> None:
    message = gray(10, 0)
    message.header.stamp = Time().to_msg()
    graph.send('left/image', message)


def zero_stamps_said(graph: LiveGraph) -> int:
    return sum('header.stamp is 0' in line for line in graph.logged)


def test_zero_stamps_are_said_once_and_in_the_diagnostics(graph: LiveGraph) -> None:
    node = start(graph)
    reports = graph.received['/diagnostics']
    graph.until_sending(lambda number: send_unstamped(graph, number),
                        lambda: zero_stamps_said(graph))
    already = len(reports)
    graph.until_sending(lambda number: send_unstamped(graph, number),
                        lambda: len(reports) > already + 2)
    status = graph.status('input /left/image')
    assert status.level == b'\x01'
    assert 'pair_by' in status.message
    assert int(graph.value('pairing', 'dropped left: no_stamp')) > 0
    assert zero_stamps_said(graph) == 1
    assert node.processed == 0


def test_pairing_by_arrival_takes_zero_stamps_and_does_not_call_them_old(
        graph: LiveGraph) -> None:
    start(graph, pair_by='arrival', max_age_s=60.0)
    answers = graph.received['doubler/image']
    graph.until_sending(lambda number: send_unstamped(graph, number), lambda: len(answers) > 2)
    assert answers[-1].header.stamp == Time().to_msg()
    assert zero_stamps_said(graph) == 0


def test_sets_older_than_max_age_are_dropped(graph: LiveGraph) -> None:
    node = start(graph, max_age_s=1.0)
    for number in range(4):
        graph.send('left/image', gray(10, number))
    graph.until(lambda: int(graph.value('inference', 'dropped: older than max_age_s') or 0) >= 1)
    assert node.processed == 0


def test_the_age_is_measured_in_simulated_time(graph: LiveGraph) -> None:
    node = start(graph, use_sim_time=True, max_age_s=1.0)
    clock = graph.advertise('/clock', Clock)
    graph.until(graph.connected, 'clock')
    clock.publish(Clock(clock=Time(nanoseconds=FIRST_NS + 10 * PERIOD_NS).to_msg()))
    number = send_until_answered(graph, count=2)
    clock.publish(Clock(clock=Time(nanoseconds=FIRST_NS + 10**10).to_msg()))
    graph.until(lambda: node.get_clock().now().nanoseconds >= FIRST_NS + 10**10, 'clock')
    graph.until_sending(
        lambda number: graph.send('left/image', gray(10, number)),
        lambda: int(graph.value('inference', 'dropped: older than max_age_s') or 0) >= 1,
        first=number)


def test_compressed_transport_follows_the_remapped_topic(graph: LiveGraph) -> None:
    graph.add(DoublerNode, '-r', 'left/image:=/robot/nir', '-p', 'transport:=compressed')
    graph.until(lambda: graph.peer.count_subscribers('/robot/nir/compressed') == 1,
                'subscription of the remapped topic')
    assert graph.peer.get_publishers_info_by_topic('/robot/nir') == []
