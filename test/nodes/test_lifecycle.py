"""The life of a node: transitions, and the parameters that they read."""

from __future__ import annotations

from pathlib import Path
import threading
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from lifecycle_msgs.msg import Transition  # noqa: E402

from colorize_ros.messages import decode_gray  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.doubler import (  # noqa: E402
    change_state,
    DoublerNode,
    DoublerParameters,
    send_until_answered,
    start,
    state,
)
from nodes.live_graph import live_graph, LiveGraph  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()


@pytest.fixture
def graph() -> Any:
    with live_graph(DOMAIN_ID) as graph:
        yield graph


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


def test_a_value_of_another_type_in_a_file_refuses_configure_with_the_reason(
        graph: LiveGraph, tmp_path: Path) -> None:
    given = tmp_path / 'given.yaml'
    given.write_text('/**:\n  ros__parameters:\n    factor: many\n    slop_s: [1.0, 2.0]\n')
    graph.add(DoublerNode, '--params-file', str(given))
    status = graph.until(lambda: (found := graph.status('state')) and found.level == b'\x02'
                         and found)
    assert "factor is 'many' (str); expected int" in status.message
    assert 'slop_s is' in status.message
    assert 'expected float' in status.message
    for name, value in {'factor': 3, 'slop_s': 0.5}.items():
        assert graph.set_parameter('doubler', name, value).successful
    assert change_state(graph, Transition.TRANSITION_CONFIGURE)


def test_frames_flow_again_after_each_activation_and_each_configuration(
        graph: LiveGraph) -> None:
    node = start(graph)
    number = send_until_answered(graph)
    again = (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE)
    for cycle in range(4):
        assert change_state(graph, Transition.TRANSITION_DEACTIVATE)
        if cycle % 2:
            assert change_state(graph, Transition.TRANSITION_CLEANUP)
        for transition in again[cycle % 2 == 0:]:
            assert change_state(graph, transition)
        graph.until(graph.connected, 'discovery')
        number = send_until_answered(graph, first=number)
        assert node.forgotten == cycle + 2
    workers = [each for each in threading.enumerate() if each.name == 'doubler worker']
    assert len(workers) == 1
    assert graph.peer.count_subscribers('left/image') == 1
    assert graph.peer.count_publishers('doubler/image') == 1


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
