"""A node that only doubles its image, and what tests do with it."""

from __future__ import annotations

from dataclasses import dataclass
import threading
from typing import Any, NamedTuple

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
import numpy as np
from sensor_msgs.msg import Image

from colorize_ros.errors import ModelError
from colorize_ros.messages import decode_gray, encode_gray, fill_image
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.topics import Input, Output
from nodes.live_graph import image_message, LiveGraph, PERIOD_NS

FIRST_NS = 1_700_000_000_000_000_000


class Info(NamedTuple):
    name: str = 'doubler'
    path: str = 'models/doubler.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


@dataclass(frozen=True)
class DoublerParameters(NodeParameters):
    weights: str = parameter('there', 'Where the weights are')
    factor: int = parameter(2, 'What to multiply by', low=1, high=9, runtime=True)
    transport: str = parameter('raw', 'Transport', choices=('raw', 'compressed'))


class DoublerNode(PerceptionNode):
    node_name = 'doubler'
    Parameters = DoublerParameters

    loaded = False
    processed = 0
    forgotten = 0
    threads: set[str]

    def __init__(self, **options: Any) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.threads = set()
        super().__init__(**options)

    def inputs(self, parameters: DoublerParameters) -> list[Input]:
        def decode(message: Any) -> Any:
            self.threads.add(threading.current_thread().name)
            return decode_gray(message)

        return [Input('left', 'left/image', decode, transport=parameters.transport),
                Input('right', 'right/image', decode, optional=True)]

    def outputs(self, parameters: DoublerParameters) -> list[Output]:
        def encode(pixels: np.ndarray) -> Image:
            message = Image()
            fill_image(message, encode_gray(pixels))
            return message

        return [Output('~/image', Image, encode)]

    def configure(self, parameters: DoublerParameters) -> None:
        if parameters.weights == 'missing':
            raise ModelError('weights missing.safetensors are not there; expected them in models/')
        self.loaded = True

    def release(self) -> None:
        self.loaded = False

    def forget(self) -> None:
        self.forgotten += 1

    def models(self) -> list[Info]:
        return [Info()] if self.loaded else []

    def process(self, frames: Any) -> dict[str, Any]:
        self.threads.add(threading.current_thread().name)
        self.gate.wait(10.0)
        self.processed += 1
        return {'~/image': frames['left'] * self.parameters.factor}


def gray(value: int, number: int) -> Image:
    return image_message(np.full((4, 6), value, np.uint8), 'mono8', FIRST_NS + number * PERIOD_NS)


def start(graph: LiveGraph, **parameters: Any) -> DoublerNode:
    """A doubler with a publisher of its left image and a listener, all connected."""
    node = graph.add(DoublerNode, **parameters)
    graph.advertise('left/image', Image)
    graph.listen('doubler/image', Image)
    graph.until(graph.connected, 'discovery')
    return node


def send_until_answered(graph: LiveGraph, first: int = 0, count: int = 1) -> int:
    """Send frames, each after an answer to the one before; returns the next number.

    A set is certain only when the optional right image can no longer come: so a frame's answer
    may take one more frame.
    """
    answers, number = graph.received['doubler/image'], first
    target = len(answers) + count
    while len(answers) < target:
        before = len(answers)
        graph.send('left/image', gray(10, number))
        number += 1
        deadline = graph.peer.get_clock().now().nanoseconds + 300_000_000
        graph.until(lambda: len(answers) > before  # noqa: B023
                    or graph.peer.get_clock().now().nanoseconds > deadline)  # noqa: B023
        assert number - first < 20 + 2 * count, 'no answers'
    return number


def change_state(graph: LiveGraph, transition: int) -> bool:
    request = ChangeState.Request(transition=Transition(id=transition))
    return bool(graph.call(ChangeState, 'doubler/change_state', request).success)


def state(graph: LiveGraph) -> str:
    return str(graph.call(
        GetState, 'doubler/get_state', GetState.Request()).current_state.label)
