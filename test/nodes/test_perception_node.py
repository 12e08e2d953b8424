"""The life of a node, on real DDS, with a node that only doubles its image."""

from __future__ import annotations

from dataclasses import dataclass
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy  # noqa: E402
from rclpy.time import Time  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CompressedImage, Image  # noqa: E402

from colorize_ros.errors import ModelError  # noqa: E402
from colorize_ros.messages import decode_gray, encode_gray, fill_image  # noqa: E402
from colorize_ros.nodes.base import PerceptionNode  # noqa: E402
from colorize_ros.nodes.parameters import NodeParameters, parameter  # noqa: E402
from colorize_ros.nodes.topics import Input, Output  # noqa: E402
from nodes.live_graph import image_message, live_graph, LiveGraph, PERIOD_NS  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = 62
FIRST_NS = 1_700_000_000_000_000_000


class Info(NamedTuple):
    name: str = 'doubler'
    path: str = 'models/doubler.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


@dataclass(frozen=True)
class DoublerParameters(NodeParameters):
    weights: str = parameter('there', 'Where the weights are')
    factor: int = parameter(2, 'What to multiply by', low=1, high=9, runtime=True)
    transport: str = parameter('raw', 'Transport', choices=('raw', 'compressed'))


class DoublerNode(PerceptionNode):
    node_name = 'doubler'
    Parameters = DoublerParameters

    loaded = False
    processed = 0
    threads: set[str]

    def __init__(self, **options: Any) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.threads = set()
        super().__init__(**options)

    def inputs(self, parameters: DoublerParameters) -> list[Input]:
        def decode(message: Any) -> Any:
            self.threads.add(threading.current_thread().name)
            return decode_gray(message)

        return [Input('left', 'left/image', decode, transport=parameters.transport),
                Input('right', 'right/image', decode, optional=True)]

    def outputs(self, parameters: DoublerParameters) -> list[Output]:
        def encode(pixels: np.ndarray) -> Image:
            message = Image()
            fill_image(message, encode_gray(pixels))
            return message

        return [Output('~/image', Image, encode)]

    def configure(self, parameters: DoublerParameters) -> None:
        if parameters.weights == 'missing':
            raise ModelError('weights missing.safetensors are not there; expected them in models/')
        self.loaded = True

    def release(self) -> None:
        self.loaded = False

    def models(self) -> list[Info]:
        return [Info()] if self.loaded else []

    def process(self, frames: Any) -> dict[str, Any]:
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10.0)
        self.processed += 1
        return {'~/image': frames['left'] * self.parameters.factor}


@pytest.fixture
def graph() -> Any:
    with live_graph(DOMAIN_ID) as graph:
        yield graph


def gray(value: int, number: int) -> Image:
    return image_message(np.full((4, 6), value, np.uint8), 'mono8', FIRST_NS + number * PERIOD_NS)


def start(graph: LiveGraph, **parameters: Any) -> DoublerNode:
    """A doubler with a publisher of its left image and a listener, all connected."""
    node = graph.add(DoublerNode, **parameters)
    graph.advertise('left/image', Image)
    graph.listen('doubler/image', Image)
    graph.until(graph.connected, 'discovery')
    return node


def send_until_answered(graph: LiveGraph, first: int = 0, count: int = 1) -> int:
    """Send frames, each after an answer to the one before; returns the next number.

    A set is certain only when the optional right image can no longer come: so a frame's answer
    may take one more frame.
    """
    answers, number = graph.received['doubler/image'], first
    target = len(answers) + count
    while len(answers) < target:
        before = len(answers)
        graph.send('left/image', gray(10, number))
        number += 1
        deadline = graph.peer.get_clock().now().nanoseconds + 300_000_000
        graph.until(lambda: len(answers) > before  # noqa: B023
                    or graph.peer.get_clock().now().nanoseconds > deadline)  # noqa: B023
        assert number - first < 20 + 2 * count, 'no answers'
    return number


def change_state(graph: LiveGraph, transition: int) -> bool:
    request = ChangeState.Request(transition=Transition(id=transition))
    return bool(graph.call(ChangeState, 'doubler/change_state', request).success)


def state(graph: LiveGraph) -> str:
    return str(graph.call(
        GetState, 'doubler/get_state', GetState.Request()).current_state.label)


def test_frames_come_out_with_the_header_they_came_in_with(graph: LiveGraph) -> None:
    node = start(graph)
    send_until_answered(graph)
    answer = graph.received['doubler/image'][0]
    sent = gray(10, 0)
    assert answer.header == sent.header
    assert set(decode_gray(answer).ravel()) == {20}
    assert node.threads == {'doubler worker'}


def test_autostart_false_waits_for_a_manager_and_every_transition_works(graph: LiveGraph) -> None:
    node = graph.add(DoublerNode, autostart=False)
    assert state(graph) == 'unconfigured'
    assert change_state(graph, Transition.TRANSITION_CONFIGURE)
    assert node.loaded
    assert change_state(graph, Transition.TRANSITION_ACTIVATE)
    assert graph.peer.count_subscribers('left/image') == 1
    assert change_state(graph, Transition.TRANSITION_DEACTIVATE)
    graph.until(lambda: graph.peer.count_subscribers('left/image') == 0, 'unsubscribed')
    assert change_state(graph, Transition.TRANSITION_ACTIVATE)
    assert change_state(graph, Transition.TRANSITION_DEACTIVATE)
    assert change_state(graph, Transition.TRANSITION_CLEANUP)
    assert not node.loaded
    graph.until(lambda: graph.peer.count_publishers('doubler/image') == 0, 'withdrawn')
    assert change_state(graph, Transition.TRANSITION_UNCONFIGURED_SHUTDOWN)
    assert state(graph) == 'finalized'


def test_an_invalid_transition_is_refused_and_the_node_lives(graph: LiveGraph) -> None:
    start(graph)
    assert not change_state(graph, Transition.TRANSITION_CONFIGURE)
    assert state(graph) == 'active'
    send_until_answered(graph)


def test_missing_weights_refuse_configure_and_it_can_be_tried_again(graph: LiveGraph) -> None:
    graph.add(DoublerNode, weights='missing')
    graph.until(lambda: any('missing.safetensors' in line for line in graph.logged), 'reason')
    assert state(graph) == 'unconfigured'
    status = graph.until(lambda: (found := graph.status('state')) and found.message and found)
    assert status.level == b'\x02'
    assert 'missing.safetensors' in status.message
    assert graph.set_parameter('doubler', 'weights', 'there').successful
    assert change_state(graph, Transition.TRANSITION_CONFIGURE)
    assert change_state(graph, Transition.TRANSITION_ACTIVATE)
    graph.until(lambda: graph.status('state').level == b'\x00', 'state is OK again')


@pytest.mark.parametrize(('name', 'value', 'reason'), [
    ('factor', 17, 'factor is 17; expected 1 to 9'),
    ('factor', 'many', "factor is 'many' (str); expected int"),
    ('slop_s', float('nan'), 'slop_s is nan; expected 0.0 to 10.0 s'),
    ('pair_by', 'luck', "pair_by is 'luck'; expected one of stamp, arrival"),
])
def test_a_bad_parameter_refuses_configure_with_the_reason(
        graph: LiveGraph, name: str, value: Any, reason: str) -> None:
    node = graph.add(DoublerNode, **{name: value})
    graph.until(lambda: any(reason in line for line in graph.logged), reason)
    assert state(graph) == 'unconfigured'
    default = DoublerParameters.__dataclass_fields__[name].default
    assert graph.set_parameter('doubler', name, default).successful
    assert change_state(graph, Transition.TRANSITION_CONFIGURE)
    assert getattr(node.parameters, name) == default


def test_an_integer_will_do_for_a_float(graph: LiveGraph) -> None:
    node = graph.add(DoublerNode, slop_s=1)
    graph.until(lambda: node.loaded, 'configured')
    assert node.parameters.slop_s == 1.0


def test_only_runtime_parameters_change_while_configured(graph: LiveGraph) -> None:
    node = start(graph)
    refused = graph.set_parameter('doubler', 'weights', 'elsewhere')
    assert not refused.successful
    assert 'clean the node up' in refused.reason
    assert not graph.set_parameter('doubler', 'factor', 10).successful
    assert graph.set_parameter('doubler', 'factor', 3).successful
    send_until_answered(graph)
    assert node.parameters.factor == 3
    assert set(decode_gray(graph.received['doubler/image'][-1]).ravel()) == {30}


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
    start(graph)
    send_until_answered(graph, first=1000, count=2)
    send_until_answered(graph, first=0, count=3)
    assert graph.received['doubler/image'][-1].header.stamp.sec == FIRST_NS // 10**9


def test_simulated_time_that_jumps_back_starts_the_pairing_afresh(graph: LiveGraph) -> None:
    start(graph, use_sim_time=True)
    clock = graph.advertise('/clock', Clock)
    graph.until(graph.connected, 'clock')
    clock.publish(Clock(clock=Time(seconds=100).to_msg()))
    number = send_until_answered(graph)
    clock.publish(Clock(clock=Time(seconds=50).to_msg()))
    graph.until(lambda: any('time jumped by -50.000 s' in line for line in graph.logged), 'jump')
    send_until_answered(graph, first=number)


def test_a_zero_stamp_is_said_once_and_pairing_by_arrival_takes_it(graph: LiveGraph) -> None:
    start(graph, pair_by='arrival')
    answers = graph.received['doubler/image']
    for _ in range(10):
        message = gray(10, 0)
        message.header.stamp.sec = message.header.stamp.nanosec = 0
        graph.send('left/image', message)
        before = graph.peer.get_clock().now().nanoseconds
        graph.until(lambda: graph.peer.get_clock().now().nanoseconds
                    > before + 30_000_000)  # noqa: B023
    graph.until(lambda: answers, 'an answer')
    assert sum('header.stamp is 0' in line for line in graph.logged) == 1


def test_sets_older_than_max_age_are_dropped(graph: LiveGraph) -> None:
    node = start(graph, max_age_s=1.0)
    for number in range(4):
        graph.send('left/image', gray(10, number))
    graph.until(lambda: int(graph.value('inference', 'dropped: older than max_age_s') or 0) >= 1)
    assert node.processed == 0


def test_compressed_transport_follows_the_remapped_topic(graph: LiveGraph) -> None:
    graph.add(DoublerNode, '-r', 'left/image:=/robot/nir', '-p', 'transport:=compressed')
    graph.until(lambda: graph.peer.count_subscribers('/robot/nir/compressed') == 1,
                'subscription of the remapped topic')
    assert graph.peer.get_publishers_info_by_topic('/robot/nir') == []


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
