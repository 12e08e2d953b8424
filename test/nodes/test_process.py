"""depth_enhancer as a process of its own: it works across processes and ends cleanly."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')
pytest.importorskip('message_filters')

from sensor_msgs.msg import CameraInfo, Image, PointCloud2  # noqa: E402

from domains import own_domain_id  # noqa: E402
from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
)
from shared_data import REPOSITORY  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
FIRST_NS = 1_700_000_000_000_000_000
DEADLINE_S = 60.0


@contextlib.contextmanager
def enhancer(namespace: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID),
                   'PYTHONPATH': os.pathsep.join(
                       [str(REPOSITORY), os.environ.get('PYTHONPATH', '')])}
    command = [sys.executable, str(REPOSITORY / 'test' / 'nodes' / 'dummy_enhancer.py'),
               '--ros-args', '-r', f'__ns:={namespace}', *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def send(graph: LiveGraph, number: int) -> None:
    depth_m = np.full((480, 640), 3.0, np.float32)
    stamp_ns = FIRST_NS + number * PERIOD_NS
    graph.send('depth/image_raw', image_message(depth_m, '32FC1', stamp_ns))
    graph.send('camera_info', camera_info_message(640, 480, stamp_ns))


def output_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.read()


@pytest.mark.parametrize('stop', [signal.SIGINT, signal.SIGTERM])
def test_it_works_and_ends_cleanly_while_frames_come(stop: int) -> None:
    with live_graph(DOMAIN_ID) as graph, enhancer(graph.namespace) as process:
        graph.advertise('depth/image_raw', Image)
        graph.advertise('camera_info', CameraInfo)
        depths = graph.listen('depth_enhancer/depth', Image)
        graph.listen('depth_enhancer/points', PointCloud2)
        graph.until(graph.connected, 'discovery')
        graph.until_sending(lambda number: send(graph, number), lambda: len(depths) >= 10)
        process.send_signal(stop)
        graph.until_sending(lambda number: send(graph, number),
                            lambda: process.poll() is not None, first=1000)
        said = output_of(process)
        assert process.returncode == 0, said
        assert 'Traceback' not in said


@pytest.mark.parametrize(('arguments', 'state'), [
    (('-p', 'autostart:=false'), 'unconfigured'),
    (('-p', 'min_confidence:=7.0'), 'unconfigured'),
    ((), 'active'),
])
def test_it_ends_cleanly_in_every_state(arguments: tuple[str, ...], state: str) -> None:
    with live_graph(DOMAIN_ID) as graph, enhancer(graph.namespace, *arguments) as process:
        def value() -> Any:
            return graph.value('state', 'state') == state

        graph.until(value, state)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0
        assert 'Traceback' not in output_of(process)


@pytest.mark.parametrize('stop', [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_the_model_is_loaded(stop: int) -> None:
    with enhancer('/loading', '-p', 'model:=slow') as process:
        assert process.stderr is not None
        assert any('loading' in line for line in process.stderr)
        process.send_signal(stop)
        said = output_of(process)
        assert process.wait(DEADLINE_S) == 0, said
        assert 'Traceback' not in said
        assert 'ERROR' not in said


def test_arguments_that_are_wrong_are_said() -> None:
    with enhancer('/wrong', '-p', 'nonsense') as process:
        assert 'nonsense' in output_of(process)
        assert process.wait(DEADLINE_S) != 0


FAILING = """
import rclpy, rclpy.node, sys
from colorize_ros.nodes.running import run

class Failing(rclpy.node.Node):
    def __init__(self):
        super().__init__('failing')
        self.create_timer(0.0, self.fail)

    def fail(self):
        if sys.argv[1] == 'ending':
            rclpy.shutdown()
        raise RuntimeError('a callback failed')

    def close(self):
        self.destroy_node()

run(Failing)
"""


TOLD_EARLY = """
import os, rclpy.node, signal, sys
from colorize_ros.nodes import running

def told():
    for _ in range(2):
        os.kill(os.getpid(), int(sys.argv[2]))

class Early(rclpy.node.Node):
    def __init__(self):
        if sys.argv[1] == 'node':
            told()
        super().__init__('early')

    def close(self):
        self.destroy_node()
        print('closed')
        if sys.argv[1] == 'end':
            told()

class EarlyExecutor(running.SingleThreadedExecutor):
    def __init__(self):
        if sys.argv[1] == 'executor':
            told()
        super().__init__()
        if sys.argv[1] == 'end':
            self.create_task(rclpy.shutdown)

running.SingleThreadedExecutor = EarlyExecutor
running.run(Early)
told()
"""


@pytest.mark.parametrize('stop', [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize('when', ['node', 'executor', 'end'])
def test_it_ends_cleanly_when_told_while_it_begins_or_ends(when: str, stop: int) -> None:
    done = subprocess.run([sys.executable, '-c', TOLD_EARLY, when, str(int(stop))], text=True,
                          env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID)}, cwd=REPOSITORY,
                          timeout=DEADLINE_S, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, 'closed\n'), done.stderr
    assert 'Traceback' not in done.stderr
    assert 'Error' not in done.stderr


@pytest.mark.parametrize(('when', 'code'), [('ending', 0), ('running', 1)])
def test_a_callback_may_fail_only_while_the_context_ends(when: str, code: int) -> None:
    done = subprocess.run([sys.executable, '-c', FAILING, when], cwd=REPOSITORY, text=True,
                          env={**os.environ, 'ROS_DOMAIN_ID': str(DOMAIN_ID)},
                          timeout=DEADLINE_S, stderr=subprocess.PIPE, check=False)
    assert done.returncode == code
    assert ('a callback failed' in done.stderr) == bool(code)
