"""Work in processes: in order, with one thread each, and with errors that come through."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from colorize_ros.errors import MissingExtraError
from colorize_ros.simulation.pool import processors, run_in_processes
from shared_data import REPOSITORY

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


def test_a_missing_extra_comes_through() -> None:
    task = ('(_ for _ in ()).throw(__import__("colorize_ros.errors").errors.MissingExtraError('
            '"sim", "rendering"))')
    with pytest.raises(MissingExtraError, match=r'rendering needs.*colorize_ros\[sim\]'):
        list(run_in_processes(eval, [task], workers=1))


def test_workers_end_with_a_process_that_is_killed() -> None:
    script = ('import os, signal\n'
              'from colorize_ros.simulation.pool import run_in_processes\n'
              'if __name__ == "__main__":\n'
              '    for pid in run_in_processes(eval, [\'__import__("os").getpid()\'] * 2 + '
              '[\'__import__("time").sleep(600)\'], workers=1):\n'
              '        print(pid, flush=True)\n')
    with subprocess.Popen([sys.executable, '-c', script], stdout=subprocess.PIPE, text=True,
                          cwd=REPOSITORY) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.kill()
        # This ends when nobody is left who could write.
        process.communicate(timeout=30)


def test_no_tasks_are_no_work() -> None:
    assert not list(run_in_processes(eval, []))


def test_there_is_a_processor() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)
