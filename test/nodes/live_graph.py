"""A DDS graph of a test's own: a node under test and a peer that publishes and listens."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
import contextlib
import itertools
import os
import time
from types import TracebackType
from typing import Any
from unittest import mock

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import SetParameters
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import (
    DurabilityPolicy,
    qos_profile_sensor_data,
    QoSProfile,
    ReliabilityPolicy,
)
from sensor_msgs.msg import CameraInfo, Image

DEADLINE_S = 60.0
# Tests wait for diagnostics much of their time.
DIAGNOSTICS_PERIOD_S = 0.2
RELIABLE = QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE)
PERIOD_NS = 33_000_000

_numbers = itertools.count()


class LiveGraph:
    """One context, one executor in the test's thread; nothing runs but in `until`.

    A namespace of its own, because rclpy keeps the /rosout publishers of a process by logger name:
    a node of the test before would take away that of its namesake. Topics are relative to it, and
    diagnostics and log are those of its nodes.
    """

    def __init__(self, domain_id: int) -> None:
        self.namespace = f'/graph_{os.getpid()}_{next(_numbers)}'
        self.context = Context()
        rclpy.init(context=self.context, domain_id=domain_id)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.peer = Node('peer', namespace=self.namespace, context=self.context)
        self.executor.add_node(self.peer)
        self.received: dict[str, list[Any]] = {}
        self._publishers: dict[str, Any] = {}
        self._nodes: list[Any] = []
        self.listen('/diagnostics', DiagnosticArray)
        self.listen('/rosout', Log, QoSProfile(
            depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL))

    def __enter__(self) -> LiveGraph:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for node in self._nodes:
            node.close()
        self.peer.destroy_node()
        self.executor.shutdown()
        rclpy.try_shutdown(context=self.context)

    def add(self, node_type: type, *arguments: str, **parameters: Any) -> Any:
        """Start a node of ours with parameters and further --ros-args."""
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        with mock.patch('colorize_ros.nodes.base.DIAGNOSTICS_PERIOD_S', DIAGNOSTICS_PERIOD_S):
            node = node_type(context=self.context, namespace=self.namespace,
                             parameter_overrides=overrides,
                             cli_args=['--ros-args', *arguments] if arguments else None)
        self._nodes.append(node)
        self.executor.add_node(node)
        return node

    @property
    def logged(self) -> list[str]:
        """What the nodes under test have said on /rosout."""
        ours = f'{self.namespace[1:]}.'
        return [log.msg for log in self.received['/rosout']
                if log.name.startswith(ours) and not log.name.endswith('peer')]

    def until(self, condition: Callable[[], Any], what: str = '') -> Any:
        """Spin until a condition holds, and return what it returned; fail at the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while not (value := condition()):
            assert time.monotonic() < deadline, f'not in {DEADLINE_S} s: {what}'
            self.executor.spin_once(timeout_sec=0.02)
        return value

    def until_sending(self, send: Callable[[int], None], condition: Callable[[], Any],
                      first: int = 0) -> Any:
        """Send numbered messages at 30 Hz, as a camera does, until a condition holds."""
        numbers, due = itertools.count(first), time.monotonic()

        def answered() -> Any:
            nonlocal due
            if time.monotonic() >= due:
                due = time.monotonic() + PERIOD_NS / 1e9
                send(next(numbers))
            return condition()

        return self.until(answered, 'answers to what is sent')

    def listen(self, topic: str, kind: type, qos: QoSProfile = RELIABLE) -> list[Any]:
        """Subscribe; what comes is kept in the list returned."""
        messages: list[Any] = self.received.setdefault(topic, [])
        self.peer.create_subscription(kind, topic, messages.append, qos)
        return messages

    def advertise(self, topic: str, kind: type,
                  qos: QoSProfile = qos_profile_sensor_data) -> Any:
        """Publish on a topic, once there is somebody who listens."""
        self._publishers[topic] = self.peer.create_publisher(kind, topic, qos)
        return self._publishers[topic]

    def connected(self) -> bool:
        """Whether each publisher of the peer has a listener, and each listener a publisher."""
        return all(publisher.get_subscription_count()
                   for publisher in self._publishers.values()) and all(
                       self.peer.count_publishers(topic) for topic in self.received)

    def send(self, topic: str, message: Any) -> None:
        self._publishers[topic].publish(message)

    def status(self, part: str) -> DiagnosticStatus | None:
        """The newest diagnostics of one subcomponent."""
        for message in reversed(self.received['/diagnostics']):
            for status in message.status:
                node, name = status.name.split(': ', 1)
                if (node.startswith(f'{self.namespace[1:]}/')
                        and name.replace(self.namespace, '') == part):
                    return status
        return None

    def value(self, part: str, key: str) -> str | None:
        """One value of the newest diagnostics of one subcomponent."""
        status = self.status(part)
        return None if status is None else {
            entry.key: entry.value for entry in status.values}.get(key)

    def call(self, kind: type, service: str, request: Any) -> Any:
        client = self.peer.create_client(kind, service)
        self.until(client.service_is_ready, service)
        future = client.call_async(request)
        self.until(future.done, f'answer of {service}')
        self.peer.destroy_client(client)
        return future.result()

    def set_parameter(self, node: str, name: str, value: Any) -> Any:
        request = SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()])
        return self.call(SetParameters, f'{node}/set_parameters', request).results[0]


@contextlib.contextmanager
def live_graph(domain_id: int) -> Iterator[LiveGraph]:
    with LiveGraph(domain_id) as graph:
        yield graph


def stamp(nanoseconds: int) -> Time:
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def image_message(pixels: np.ndarray, encoding: str, stamp_ns: int,
                  frame_id: str = 'camera_optical') -> Image:
    message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding=encoding,
                    step=pixels.strides[0], data=array('B', pixels.tobytes()))
    message.header.stamp = stamp(stamp_ns)
    message.header.frame_id = frame_id
    return message


def camera_info_message(width: int, height: int, stamp_ns: int) -> CameraInfo:
    focal, cx, cy = 0.8 * width, (width - 1) / 2, (height - 1) / 2
    message = CameraInfo(width=width, height=height, distortion_model='plumb_bob', d=[0.0] * 5)
    message.k = [focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    message.p = [focal, 0.0, cx, 0.0, 0.0, focal, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    message.header.stamp = stamp(stamp_ns)
    message.header.frame_id = 'camera_optical'
    return message
