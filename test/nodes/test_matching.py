"""The matcher as a message_filters filter."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

message_filters = pytest.importorskip('message_filters')

from colorize_ros.nodes.matching import MatchingFilter  # noqa: E402
from colorize_ros.pairing import ApproximateTimeMatcher  # noqa: E402


def message(stamp: int) -> Any:
    return SimpleNamespace(stamp=stamp)


def test_it_signals_sets_in_the_order_of_the_streams_and_can_be_chained() -> None:
    left, right = message_filters.SimpleFilter(), message_filters.SimpleFilter()
    matching = MatchingFilter(
        ['left', 'right'], ApproximateTimeMatcher(['left', 'right'], slop_s=1e-6),
        lambda item: int(item.stamp))
    matching.connect_input('left', left)
    matching.connect_input('right', right)
    sets: list[Any] = []
    matching.registerCallback(lambda *items: sets.append(items), 'argument')
    first, second = message(1000), message(1000)
    right.signalMessage(second)
    left.signalMessage(first)
    assert sets == [(first, second, 'argument')]


def test_a_missing_optional_stream_is_none() -> None:
    matching = MatchingFilter(
        ['left', 'right'],
        ApproximateTimeMatcher(['left', 'right'], slop_s=1e-6, optional=['right']),
        lambda item: int(item.stamp))
    sets: list[Any] = []
    matching.registerCallback(lambda *items: sets.append(items))
    frames = [message(stamp) for stamp in (1000, 5000, 9000)]
    for frame in frames:
        matching.add(frame, 'left')
    assert sets[0] == (frames[0], None)


def test_a_set_is_complete_since_its_last_message_came_however_long_it_waits() -> None:
    matching = MatchingFilter(
        ['left', 'right'], ApproximateTimeMatcher(['left', 'right'], slop_s=1e-6),
        lambda item: int(item.stamp))
    since: list[float] = []
    matching.registerCallback(lambda *_: since.append(matching.complete_since_s))
    matching.add(message(1000), 'left')
    before = time.monotonic()
    matching.add(message(1001), 'right')
    after = time.monotonic()
    assert not since  # a left message at 1001 would be closer
    matching.add(message(9000), 'left')
    matching.add(message(9000), 'right')
    assert before <= since[0] <= after <= since[1]
