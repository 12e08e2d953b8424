"""depth_colorizer on a graph, with a colorizer that needs no weights."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_srvs.srv import Trigger

from colorize_ros.messages import decode_rgb, stamp_ns
from colorize_ros.nodes import depth_colorizer
from colorize_ros.nodes.depth_colorizer import DepthColorizerNode
from nodes.live_graph import image_message, live_graph, LiveGraph, PERIOD_NS, stamp
from places import DummyDepthColorizer, HEIGHT, WIDTH

FIRST_NS = 1_700_000_000_000_000_000
COLOR_LATE_NS = 3_000_000
PICTURE, INFO, LIGHT = (f'depth_colorizer/{name}' for name in ('image_color', 'camera_info',
                                                               'light'))
DEPTH_IN, COLOR_IN, INFO_IN = 'depth/image_raw', 'color/image_raw', 'camera_info'


@contextlib.contextmanager
def place_graph(domain_id: int) -> Iterator[LiveGraph]:
    """A graph on which depth_colorizer loads the dummy, and looks at every color image."""
    with mock.patch.object(depth_colorizer, 'DepthColorizer', DummyDepthColorizer), \
            mock.patch.object(depth_colorizer, 'LOOK_PERIOD_S', 0.0), \
            live_graph(domain_id) as graph:
        yield graph


def start(graph: LiveGraph, folder: Path, *, listen: str | None = PICTURE, kind: type = Image,
          color: bool = True, **parameters: Any) -> DepthColorizerNode:
    """A node that each image reaches, with one listener and a memory of the test's own."""
    node = graph.add(DepthColorizerNode, **{
        'memory_folder': str(folder), 'learn_every_s': 0.0, **parameters})
    topics = [(DEPTH_IN, parameters.get('transport', 'raw'))]
    topics += [(COLOR_IN, parameters.get('color_transport', 'raw'))] if color else []
    for topic, transport in topics:
        graph.advertise(topic if transport == 'raw' else f'{topic}/{transport}',
                        Image if transport == 'raw' else CompressedImage)
    graph.advertise(INFO_IN, CameraInfo)
    if listen:
        graph.listen(listen, kind)
    graph.until(graph.connected, 'discovery')
    return node


def send(graph: LiveGraph, number: int, depth: Any, color: Any = None, info: Any = None) -> None:
    """Send what there is, stamped as one set."""
    at_ns = FIRST_NS + number * PERIOD_NS
    for topic, message, late_ns in ((DEPTH_IN, depth, 0), (INFO_IN, info, 0),
                                    (COLOR_IN, color, COLOR_LATE_NS)):
        if message is not None:
            message.header.stamp = stamp(at_ns + late_ns)
            if not isinstance(message, CompressedImage):
                graph.send(topic, message)
            else:
                graph.send(f'{topic}/compressed{"Depth" * (topic == DEPTH_IN)}', message)


def depth(metres: float, frame_id: str = 'eye') -> Image:
    """A wall, as 32FC1."""
    pixels = np.full((HEIGHT, WIDTH), metres, np.float32)
    return image_message(pixels, '32FC1', 0, frame_id)


def color(rgb: tuple[int, int, int], frame_id: str = 'eye') -> Image:
    return image_message(np.full((HEIGHT, WIDTH, 3), rgb, np.uint8), 'rgb8', 0, frame_id)


def pictures(graph: LiveGraph, first: int = 0) -> list[Image]:
    """The pictures of the frames numbered from `first`; tests step by 1000."""
    return [picture for picture in graph.received[PICTURE]
            if first <= (stamp_ns(picture) - FIRST_NS) / PERIOD_NS < first + 1000]


def shown(graph: LiveGraph, first: int) -> tuple[int, ...] | None:
    """The color of the newest of these pictures."""
    found = pictures(graph, first)
    return tuple(int(level) for level in decode_rgb(found[-1])[0, 0]) if found else None


def call(graph: LiveGraph, verb: str) -> Trigger.Response:
    name = f'{verb}_reference{"s" * (verb != "capture")}'
    return graph.call(Trigger, f'depth_colorizer/{name}', Trigger.Request())
