"""What a node notes of its work, without a graph."""

from __future__ import annotations

import pytest

from colorize_ros.nodes import worklog
from colorize_ros.nodes.worklog import WorkLog


def test_a_warning_is_news_once_even_between_others() -> None:
    work = WorkLog()
    assert [work.warn(text) for text in ('a', 'a', 'b', 'a', 'b')] == [
        True, False, True, False, False]
    assert work.report().last_warning == 'b'


def test_a_warning_is_shown_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(worklog.time, 'monotonic', lambda: now)
    work = WorkLog()
    assert not work.report().warning_is_recent
    work.warn('a')
    assert work.report().warning_is_recent
    now += worklog.SHOWN_S + 1
    assert not work.report().warning_is_recent
    work.warn('a')
    assert work.report().warning_is_recent


def test_a_warning_is_no_failure() -> None:
    work = WorkLog()
    work.warn('a')
    work.done(0.01)
    report = work.report()
    assert (report.frames, report.failures, report.last_error) == (1, 0, '')
