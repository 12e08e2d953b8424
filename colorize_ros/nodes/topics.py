"""What a node reads and writes: its topics, their types, their quality of service."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

DEPTH_TRANSPORTS = ('raw', 'compressedDepth', 'compressed')
IMAGE_TRANSPORTS = ('raw', 'compressed')


@dataclass(frozen=True)
class Input:
    """A topic to subscribe, as one stream of the pairing.

    Attributes:
        stream: the name under which `process` finds the frame.
        topic: relative, so that remapping and namespaces work.
        decode: message to what `process` gets; runs in the worker thread.
        message_type: of the raw topic.
        transport: raw, compressed or compressedDepth; the latter two subscribe
            `<topic>/<transport>`, after remapping of `<topic>`, as image_transport does.
        optional: sets are made without this stream when it has nothing to give.
        expected: whether it is worth a warning that nobody publishes it.
        offset_s: added to this stream's stamps before they are compared.
    """

    stream: str
    topic: str
    decode: Callable[[Any], Any]
    message_type: type = Image
    transport: str = 'raw'
    optional: bool = False
    expected: bool = True
    offset_s: float = 0.0

    @property
    def wire_type(self) -> type:
        """The type of the messages on the wire."""
        return self.message_type if self.transport == 'raw' else CompressedImage

    def resolve(self, node: Node) -> str:
        """Return the full name of the topic to subscribe, as remapped on this node."""
        base = node.resolve_topic_name(self.topic)
        return base if self.transport == 'raw' else f'{base}/{self.transport}'


@dataclass(frozen=True)
class Output:
    """A topic to publish.

    Attributes:
        topic: relative or private (`~/depth`).
        message_type: of the topic.
        encode: a result of `process` to a message; called only while somebody listens. The
            header is set by the node.
        takes_header: whether that is so; else `encode` sets one, or the type has none.
    """

    topic: str
    message_type: type
    encode: Callable[[Any], Any]
    takes_header: bool = True


@dataclass(frozen=True)
class FrameSet:
    """Frames that belong together, decoded, by stream; an optional one may be missing.

    Attributes:
        header: of the first input, to go out as it came in.
        wanted: topics of the outputs that somebody listens to.
    """

    header: Header
    frames: Mapping[str, Any]
    wanted: frozenset[str]

    def __getitem__(self, stream: str) -> Any:
        """Return the frame of a stream that is not optional."""
        return self.frames[stream]

    def get(self, stream: str) -> Any | None:
        """Return the frame of a stream, None where it is missing."""
        return self.frames.get(stream)


def input_qos() -> QoSProfile:
    """Best effort, so that every publisher is compatible; few, so that nothing is stale."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=5,
        reliability=ReliabilityPolicy.BEST_EFFORT, durability=DurabilityPolicy.VOLATILE)


def output_qos() -> QoSProfile:
    """Reliable, so that every subscriber that is volatile is compatible."""
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=5,
        reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.VOLATILE)


def describe_qos(qos: QoSProfile) -> str:
    """Say a QoS profile in a few words, for the log and the diagnostics."""
    return (f'{qos.reliability.name.lower().replace("_", " ")}, '
            f'{qos.durability.name.lower().replace("_", " ")}')


def type_name(message_type: type) -> str:
    """Return the ROS name of a message type, such as 'sensor_msgs/msg/Image'."""
    package, kind = message_type.__module__.split('.')[:2]
    return f'{package}/{kind}/{message_type.__name__}'
