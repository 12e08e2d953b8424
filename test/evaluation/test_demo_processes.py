"""Processes of the demo: what is said of them, and that they end."""

from __future__ import annotations

from pathlib import Path
import signal
import sys
import time

import pytest

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.evaluation.demo_processes import graph_environment, Processes, Together
from domains import own_domain_id

DOMAIN_ID = own_domain_id()
LIMIT_S = 30.0


def wait_for(processes: Processes, name: str, text: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while text not in processes.log(name) and time.monotonic() < deadline:
        time.sleep(0.02)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, '-c', code)


def test_processes_end_whatever_happens(tmp_path: Path) -> None:
    deaf = 'import signal, time\n' \
           f'signal.signal({int(signal.SIGINT)}, signal.SIG_IGN)\nprint("deaf", flush=True)\n' \
           'time.sleep(600)'
    with pytest.raises(KeyboardInterrupt), Processes(  # noqa: PT012
            tmp_path, graph_environment(DOMAIN_ID)) as processes:
        processes.start('deaf', python(deaf))
        wait_for(processes, 'deaf', 'deaf')
        running = processes._running['deaf']
        raise KeyboardInterrupt
    assert running.poll() is not None


def test_a_node_is_up_or_in_trouble_as_its_log_says(tmp_path: Path) -> None:
    with Processes(tmp_path, graph_environment(DOMAIN_ID)) as processes:
        for name, said in (('up', 'active'), ('refused', 'configure failed: no model')):
            processes.start(name, python(
                f'import time; print("[INFO] [{name}]: {said}", flush=True); time.sleep(600)'))
            wait_for(processes, name, said)
        assert (processes.active('up'), processes.trouble('up')) == (True, '')
        assert not processes.active('refused')
        assert processes.trouble('refused') == 'configure failed: no model'


def test_a_node_that_ends_is_in_trouble(tmp_path: Path) -> None:
    with Processes(tmp_path, graph_environment(DOMAIN_ID)) as processes:
        processes.start('gone', python('raise SystemExit("no such file")'))
        while not processes.ended('gone'):
            time.sleep(0.02)
        assert processes.trouble('gone') == 'it ended with exit code 1: no such file'
        with pytest.raises(DataError, match=r'(?s)exit code 1.*no such file'):
            processes.check('gone')


def test_domain_ids_are_checked() -> None:
    with pytest.raises(ConfigurationError, match='102'):
        graph_environment(102)


def test_processors_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('os.cpu_count', lambda: 8)
    assert Together.on_this_machine(['a', 'b', 'c']) == Together(('a', 'b', 'c'), 8, 2)
    assert Together.on_this_machine(['a', 'b']).environment() == {'OMP_NUM_THREADS': '4'}
    assert Together.on_this_machine(['a']).environment() == {}
    monkeypatch.setattr('os.cpu_count', lambda: 1)
    assert Together.on_this_machine(['a', 'b']).threads_each == 1
