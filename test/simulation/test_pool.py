"""Work in processes: in order, with one thread each, and with errors that come through."""

from __future__ import annotations

import os

import pytest

from colorize_ros.simulation.pool import processors, run_in_processes

# A worker finds `eval` wherever it starts, unlike functions of this file.
SLOW_FIRST = ['__import__("time").sleep(0.2) or 0', '1', '2']


def test_results_come_in_the_order_of_the_tasks() -> None:
    assert list(run_in_processes(eval, SLOW_FIRST, workers=2)) == [0, 1, 2]


def test_work_is_done_elsewhere_with_one_thread() -> None:
    process, threads = run_in_processes(
        eval, ['__import__("os").getpid()', '__import__("cv2").getNumThreads()'], workers=1)
    assert process != os.getpid()
    assert threads == 1


def test_an_error_comes_through_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        list(run_in_processes(eval, ['1 / 0'], workers=1))


def test_no_tasks_are_no_work() -> None:
    assert not list(run_in_processes(eval, []))


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)
