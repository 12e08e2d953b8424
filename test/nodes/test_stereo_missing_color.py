"""What becomes of mono images without color images, and what stereo_colorizer says of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import Image  # noqa: E402

from colorize_ros.messages import decode_rgb, stamp_ns  # noqa: E402
from domains import own_domain_id  # noqa: E402
from nodes.live_graph import image_message, LiveGraph  # noqa: E402
from nodes.stereo import (  # noqa: E402
    answer,
    colored,
    gray,
    pictures,
    rgb,
    send,
    start,
    stereo_graph,
)
from pairs import mono_and_color  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
MONO, COLOR = mono_and_color(96, 128)
GRAY_PICTURE = np.repeat(MONO[..., None], 3, axis=2)
WARN = b'\x01'


@pytest.fixture
def graph() -> Any:
    with stereo_graph(DOMAIN_ID) as graph:
        yield graph


def mono_alone(graph: LiveGraph, condition: Any, first: int = 1000, mono: Any = MONO) -> Any:
    """Send mono images without color until a condition holds."""
    return graph.until_sending(lambda number: send(graph, number, gray(mono)), condition,
                               first=first)


def gray_ones(graph: LiveGraph, first: int) -> list[Image]:
    return [picture for picture in pictures(graph, first)
            if np.array_equal(decode_rgb(picture), GRAY_PICTURE)]


def color_side(graph: LiveGraph) -> Any:
    """The finding, while it is a warning."""
    status = graph.status('color side')
    return status if status is not None and status.level == WARN else None


def test_the_node_says_once_that_color_has_stopped_and_that_it_is_back(graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='gray')
    answer(graph, gray(MONO), rgb(COLOR))
    status = mono_alone(graph, lambda: color_side(graph))
    assert 'mono images go out gray' in status.message
    assert 'nothing comes on' in status.message
    assert 'color/image_rect' in status.message
    assert gray_ones(graph, 1000)
    reports = len(graph.received['/diagnostics'])
    mono_alone(graph, lambda: len(graph.received['/diagnostics']) > reports + 2, first=2000)
    assert sum('no color image for' in line for line in graph.logged) == 1
    answer(graph, gray(MONO), rgb(COLOR), first=4000)
    graph.until(lambda: any('had a color image' in line for line in graph.logged), 'the log')
    assert not color_side(graph)


def test_held_colors_last_while_they_may_and_then_it_is_gray(graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='hold', hold_for_s=3.0)
    last = answer(graph, gray(MONO), rgb(COLOR))
    first = 50  # 1.65 s by stamps
    mono_alone(graph, lambda: gray_ones(graph, first), first=first)
    held = colored(graph, first)
    assert len(held) >= 10
    after_s = [(stamp_ns(picture) - stamp_ns(last)) / 1e9 for picture in pictures(graph, first)]
    assert max(after_s[:len(held)]) < 3.5 < 4 < after_s[0] + 3
    assert np.array_equal(decode_rgb(pictures(graph, first)[-1]), GRAY_PICTURE)


def test_colors_are_not_held_for_another_view(graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='hold', hold_for_s=60.0)
    answer(graph, gray(MONO), rgb(COLOR))
    elsewhere = np.ascontiguousarray(MONO[::-1])
    mono_alone(graph, lambda: pictures(graph, 1000), mono=elsewhere)
    assert not colored(graph, 1000)
    mono_alone(graph, lambda: colored(graph, 1500), first=1500)


def test_nothing_goes_out_where_nothing_is_asked_for_and_it_changes_at_run_time(
        graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='nothing')
    answer(graph, gray(MONO), rgb(COLOR))
    status = mono_alone(graph, lambda: color_side(graph))
    assert 'nothing goes out' in status.message
    assert not pictures(graph, 1000)
    assert int(graph.value('color side', 'left out')) > 10
    assert graph.set_parameter('stereo_colorizer', 'when_color_is_missing', 'gray').successful
    mono_alone(graph, lambda: gray_ones(graph, 2000), first=2000)


def test_color_that_was_never_there_is_missed(graph: LiveGraph) -> None:
    start(graph)
    status = mono_alone(graph, lambda: color_side(graph))
    assert 'does the color camera run' in status.message
    assert gray_ones(graph, 1000)


def test_nothing_goes_out_gray_before_color_had_time_to_begin(graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='gray')
    graph.until_sending(lambda number: send(
        graph, number, gray(MONO), rgb(COLOR) if number >= 3 else None),
        lambda: len(pictures(graph)) > 5)
    assert len(colored(graph)) == len(pictures(graph))


def test_stamps_that_do_not_fit_are_the_reason_and_an_offset_the_remedy(graph: LiveGraph) -> None:
    start(graph, slop_s=0.005, queue_size=30)

    def other_stamps(number: int) -> None:
        send(graph, 2 * number, gray(MONO))
        send(graph, 2 * number + 1, color=rgb(COLOR))

    status = graph.until_sending(
        other_stamps, lambda: (found := color_side(graph)) and 'none within' in found.message
        and found)
    assert 'none within 0.005 s' in status.message
    assert 'color_offset_s' in status.message


def test_an_offset_of_stamps_is_made_up_for(graph: LiveGraph) -> None:
    start(graph, color_offset_s=-0.033, slop_s=0.005, queue_size=30)

    def shifted(number: int) -> None:
        send(graph, 3 * number, gray(MONO))
        send(graph, 3 * number + 1, color=rgb(COLOR))

    graph.until_sending(shifted, lambda: colored(graph))


def test_images_that_cannot_be_used_are_the_reason(graph: LiveGraph) -> None:
    start(graph)
    wrong = image_message(MONO, 'yuv422', 0)
    status = graph.until_sending(
        lambda number: send(graph, number, gray(MONO), wrong),
        lambda: (found := color_side(graph)) and 'cannot be used' in found.message and found)
    assert 'last error' in status.message
    assert 'yuv422' in graph.value('inference', 'last_error')
    assert gray_ones(graph, 0)


def test_a_jump_back_of_time_forgets_what_was_held(graph: LiveGraph) -> None:
    start(graph, when_color_is_missing='hold', hold_for_s=60.0)
    answer(graph, gray(MONO), rgb(COLOR), first=1000)
    mono_alone(graph, lambda: gray_ones(graph, 0), first=0)
