"""When frames begin afresh, without a graph."""

from __future__ import annotations

from colorize_ros.nodes.timeline import Timeline


def test_the_first_frame_begins_and_those_after_it_go_on() -> None:
    timeline = Timeline()
    assert [timeline.begins_afresh(stamp_ns) for stamp_ns in (5, 6, 6, 1000)] == [
        True, False, False, False]


def test_time_that_goes_back_begins_afresh_once() -> None:
    timeline = Timeline()
    assert [timeline.begins_afresh(stamp_ns) for stamp_ns in (50, 10, 11)] == [True, True, False]


def test_a_restart_counts_for_the_next_frame() -> None:
    timeline = Timeline()
    timeline.begins_afresh(5)
    timeline.restart()
    assert timeline.begins_afresh(6)
    assert not timeline.begins_afresh(7)


def test_frames_without_stamps_go_on() -> None:
    timeline = Timeline()
    assert [timeline.begins_afresh(0) for _ in range(3)] == [True, False, False]


def test_kinds_lag_behind_each_other_and_go_back_together() -> None:
    timeline = Timeline()
    frames = [(50, 'a'), (40, 'b'), (51, 'a'), (41, 'b'), (10, 'a'), (9, 'b'), (11, 'a')]
    assert [timeline.begins_afresh(*frame) for frame in frames] == [
        True, False, False, False, True, False, False]
