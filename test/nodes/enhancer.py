"""depth_enhancer on a graph, with a completer and an upsampler that need no weights."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
from sensor_msgs.msg import CameraInfo, Image, PointCloud2

from colorize_ros.errors import DepthError, ModelError
from colorize_ros.nodes import depth_enhancer
from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode
from nodes.live_graph import (
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
    stamp,
)

FIRST_NS = 1_700_000_000_000_000_000
GUESSED_M = 4.0


class Info(NamedTuple):
    name: str
    path: str = 'models/dummy.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


@dataclass
class Enhanced:
    depth_m: np.ndarray
    confidence: np.ndarray


class DummyCompleter:
    """Guesses 4 m wherever nothing was measured."""

    info = Info('dummy-completion')
    guides: list[Any]

    def __init__(self) -> None:
        self.guides = []

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DummyCompleter:
        if model == 'missing':
            raise ModelError("no weights 'missing'; expected a preset or a file")
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        self.size = (height, width)

    def __call__(self, depth_m: np.ndarray, guide: Any = None) -> Enhanced:
        self.guides.append(guide)
        unknown = np.isnan(depth_m)
        if unknown.all():
            raise DepthError('nothing at all is known')
        return Enhanced(np.where(unknown, np.float32(GUESSED_M), depth_m),
                        np.where(unknown, np.float32(0.25), np.float32(1.0)))


class DummyUpsampler(DummyCompleter):
    info = Info('dummy-upsampling')

    def __call__(self, depth_m: np.ndarray, scale: int, guide: Any = None) -> Any:
        return depth_m.repeat(scale, axis=0).repeat(scale, axis=1)


@contextlib.contextmanager
def enhancer_graph(domain_id: int) -> Iterator[LiveGraph]:
    """A graph on which depth_enhancer loads the dummies."""
    with mock.patch.object(depth_enhancer, 'DepthCompleter', DummyCompleter), \
            mock.patch.object(depth_enhancer, 'DepthUpsampler', DummyUpsampler), \
            live_graph(domain_id) as graph:
        yield graph


def sparse_depth() -> np.ndarray:
    """32 x 48 metres; the left half unknown."""
    depth_m = np.full((32, 48), 2.0, np.float32)
    depth_m[:, :24] = np.nan
    return depth_m


def start(graph: LiveGraph, *outputs: tuple[str, type], **parameters: Any) -> DepthEnhancerNode:
    node = graph.add(DepthEnhancerNode, **parameters)
    graph.advertise('depth/image_raw', Image)
    graph.advertise('camera_info', CameraInfo)
    if parameters.get('guide', 'none') != 'none':
        graph.advertise('guide/image_raw', Image)
    for topic, kind in outputs:
        graph.listen(topic, kind)
    graph.until(graph.connected, 'discovery')
    return node


def send(graph: LiveGraph, number: int, guide: Image | None = None,
         depth: Image | None = None, info: CameraInfo | None = None) -> None:
    """Send one set of frames, the usual ones unless others are given."""
    frames = {'depth/image_raw': depth or image_message(sparse_depth(), '32FC1', 0),
              'camera_info': info or camera_info_message(48, 32, 0)}
    if guide is not None:
        frames['guide/image_raw'] = guide
    for topic, message in frames.items():
        message.header.stamp = stamp(FIRST_NS + number * PERIOD_NS)
        graph.send(topic, message)


def answer(graph: LiveGraph, *topics: str, guide: Image | None = None,
           first: int = 0) -> list[Any]:
    """Send frames until each topic has brought a message; the first of each."""
    graph.until_sending(lambda number: send(graph, number, guide),
                        lambda: all(graph.received[topic] for topic in topics), first=first)
    return [graph.received[topic][0] for topic in topics]


DEPTH = ('depth_enhancer/depth', Image)
CONFIDENCE = ('depth_enhancer/confidence', Image)
INFO = ('depth_enhancer/camera_info', CameraInfo)
POINTS = ('depth_enhancer/points', PointCloud2)
PICTURE = ('depth_enhancer/depth_picture', Image)
INPUT_PICTURE = ('depth_enhancer/input_picture', Image)
