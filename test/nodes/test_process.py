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

from nodes.live_graph import (  # noqa: E402
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
)
from shared_data import REPOSITORY  # noqa: E402

pytestmark = pytest.mark.ros

DOMAIN_ID = 65
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
        assert process.returncode == 0
        assert 'Traceback' not in output_of(process)


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
