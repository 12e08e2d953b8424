"""What depth_colorizer knows of a place: its services, and what lasts until the next night."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState  # noqa: E402

from domains import own_domain_id  # noqa: E402
from nodes.live_graph import LiveGraph  # noqa: E402
from nodes.place import call, color, depth, place_graph, send, shown, start  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
RED, BLUE, DARK = (200, 60, 40), (40, 60, 200), (3, 2, 4)


@pytest.fixture
def graph() -> Any:
    with place_graph(DOMAIN_ID) as graph:
        yield graph


def show(graph: LiveGraph, first: int, metres: float, rgb: tuple[int, int, int],
         condition: Any) -> None:
    graph.until_sending(lambda number: send(graph, number, depth(metres), color(rgb)), condition,
                        first=first)


def change(graph: LiveGraph, transition: int) -> None:
    request = ChangeState.Request(transition=Transition(id=transition))
    assert graph.call(ChangeState, 'depth_colorizer/change_state', request).success


def test_a_capture_is_held_whatever_the_light(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    answer = call(graph, 'capture')
    assert not answer.success
    assert 'no color image' in answer.message
    show(graph, 0, 1.0, DARK, lambda: node.seen)
    answer = call(graph, 'capture')
    assert answer.success
    assert answer.message == 'captured, lit 0.00; 1 references are held'
    show(graph, 1000, 1.0, DARK, lambda: shown(graph, 1000) == DARK)
    assert len(list(tmp_path.glob('default/*.safetensors'))) == 1
    assert '64 x 48' in call(graph, 'list').message


def test_a_place_is_known_again_the_next_night(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    show(graph, 0, 1.0, RED, lambda: node.place and node.place.references)
    node.close()
    again = start(graph, tmp_path)
    assert again.place is not None
    assert again.place.references == 1
    show(graph, 1000, 1.0, DARK, lambda: shown(graph, 1000) == RED)


def test_memories_are_saved_loaded_and_cleared_by_name(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path, keep_memory=False, memory_name='red_room')
    show(graph, 0, 1.0, RED, lambda: shown(graph, 0) == RED)
    assert call(graph, 'save').message == "1 references are saved as 'red_room'"
    assert call(graph, 'clear').success
    show(graph, 1000, 1.0, BLUE, lambda: shown(graph, 1000) == BLUE)
    assert graph.set_parameter('depth_colorizer', 'memory_name', 'blue_room').successful
    assert call(graph, 'save').success
    assert graph.set_parameter('depth_colorizer', 'memory_name', 'red_room').successful
    assert call(graph, 'load').message == "1 references are loaded from 'red_room'"
    assert graph.set_parameter('depth_colorizer', 'learn', False).successful
    show(graph, 2000, 1.0, BLUE, lambda: shown(graph, 2000) == RED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['blue_room', 'red_room']
    assert node.place is not None


@pytest.mark.parametrize('name', ['../outside', '/etc', 'a/b', ''])
def test_names_that_lead_out_of_the_folder_are_refused(
        graph: LiveGraph, tmp_path: Path, name: str) -> None:
    node = start(graph, tmp_path / 'memory', keep_memory=False)
    show(graph, 0, 1.0, RED, lambda: node.place and node.place.references)
    assert graph.set_parameter('depth_colorizer', 'memory_name', name).successful
    for verb in ('save', 'load'):
        answer = call(graph, verb)
        assert not answer.success
        assert 'no name of a memory' in answer.message
    assert not list(tmp_path.rglob('*.safetensors'))


def test_what_is_missing_or_damaged_is_answered_and_warned_of(
        graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path, memory_name='home')
    assert 'there is no memory' in call(graph, 'load').message
    show(graph, 0, 1.0, RED, lambda: node.place and node.place.references)
    show(graph, 1000, 4.0, BLUE, lambda: node.place and node.place.references == 2)
    assert call(graph, 'save').success
    next(tmp_path.glob('home/*_color.png')).write_bytes(b'damaged')
    answer = call(graph, 'load')
    assert answer.success
    assert answer.message.startswith('1 references are loaded')
    assert 'is left out' in answer.message
    graph.until(lambda: any('is left out' in line for line in graph.logged), 'the warning')


def test_services_answer_while_inactive_and_go_with_the_configuration(
        graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    show(graph, 0, 1.0, RED, lambda: node.place and node.place.references)
    change(graph, Transition.TRANSITION_DEACTIVATE)
    assert call(graph, 'list').message.startswith('1 of at most 32 references')
    change(graph, Transition.TRANSITION_CLEANUP)
    assert node.place is None
    change(graph, Transition.TRANSITION_CONFIGURE)
    assert call(graph, 'list').message.startswith('1 of at most 32 references')


def test_time_that_jumps_back_leaves_what_is_known(graph: LiveGraph, tmp_path: Path) -> None:
    node = start(graph, tmp_path)
    show(graph, 5000, 1.0, RED, lambda: shown(graph, 5000) == RED)
    show(graph, 0, 1.0, DARK, lambda: shown(graph, 0) == RED)
    assert node.place is not None
    assert node.place.references == 1
