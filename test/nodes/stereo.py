"""stereo_colorizer on a graph, with a colorizer that needs no weights."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from colorize_ros.messages import decode_rgb, encode_compressed, stamp_ns
from colorize_ros.nodes import stereo_colorizer
from colorize_ros.nodes.stereo_colorizer import StereoColorizerNode
from nodes.live_graph import (
    camera_info_message,
    image_message,
    live_graph,
    LiveGraph,
    PERIOD_NS,
    stamp,
)

FIRST_NS = 1_700_000_000_000_000_000
# Stamps of the color camera differ by less than slop_s.
COLOR_LATE_NS = 3_000_000
PICTURE, INFO = 'stereo_colorizer/image_color', 'stereo_colorizer/camera_info'
MONO_IN, COLOR_IN = 'mono/image_rect', 'color/image_rect'


class Info(NamedTuple):
    name: str = 'dummy-stereo'
    path: str = 'models/dummy.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


class DummyColorizer:
    """Puts the color image's green and blue beside the mono image as red."""

    info = Info()
    disparities = 128

    def __init__(self) -> None:
        self.colors: list[np.ndarray] = []
        self.sides: list[str] = []

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DummyColorizer:
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        pass

    def __call__(self, mono: np.ndarray, color: np.ndarray, *,
                 mono_is: str = 'left') -> np.ndarray:
        assert color.shape == (*mono.shape, 3)
        assert color.dtype == np.uint8
        self.colors.append(color.copy())
        self.sides.append(mono_is)
        red = mono if mono.dtype == np.uint8 else (mono >> 8).astype(np.uint8)
        return np.stack([red, color[..., 1], color[..., 2]], axis=-1)


@contextlib.contextmanager
def stereo_graph(domain_id: int) -> Iterator[LiveGraph]:
    """A graph on which stereo_colorizer loads the dummy."""
    with mock.patch.object(stereo_colorizer, 'StereoColorizer', DummyColorizer), \
            live_graph(domain_id) as graph:
        yield graph


def start(graph: LiveGraph, *, infos: bool = False, listen: str | None = PICTURE,
          **parameters: Any) -> StereoColorizerNode:
    """A colorizer that each image reaches, with one listener."""
    node = graph.add(StereoColorizerNode, **parameters)
    for topic, transport in ((MONO_IN, parameters.get('transport', 'raw')),
                             (COLOR_IN, parameters.get('color_transport', 'raw'))):
        graph.advertise(topic if transport == 'raw' else f'{topic}/{transport}',
                        Image if transport == 'raw' else CompressedImage)
    if infos:
        graph.advertise('mono/camera_info', CameraInfo)
        graph.advertise('color/camera_info', CameraInfo)
    if listen:
        graph.listen(listen, Image if listen == PICTURE else CameraInfo)
    graph.until(graph.connected, 'discovery')
    return node


def send(graph: LiveGraph, number: int, mono: Any = None, color: Any = None,
         infos: tuple[CameraInfo, CameraInfo] | None = None) -> None:
    """Send what there is, stamped as one set."""
    at_ns = FIRST_NS + number * PERIOD_NS
    frames = [(MONO_IN, mono, at_ns), (COLOR_IN, color, at_ns + COLOR_LATE_NS)]
    if infos is not None:
        frames += [('mono/camera_info', infos[0], at_ns),
                   ('color/camera_info', infos[1], at_ns + COLOR_LATE_NS)]
    for topic, message, message_ns in frames:
        if message is not None:
            message.header.stamp = stamp(message_ns)
            suffix = '/compressed' if isinstance(message, CompressedImage) else ''
            graph.send(topic + suffix, message)


def pictures(graph: LiveGraph, first: int = 0) -> list[Image]:
    """The pictures of the frames numbered from `first`; tests step by 1000."""
    return [picture for picture in graph.received[PICTURE]
            if first <= (stamp_ns(picture) - FIRST_NS) / PERIOD_NS < first + 1000]


def colored(graph: LiveGraph, first: int = 0) -> list[Image]:
    """The pictures that are not gray."""
    return [picture for picture in pictures(graph, first) if np.ptp(decode_rgb(picture), 2).any()]


def answer(graph: LiveGraph, mono: Any, color: Any = None, first: int = 0,
           found: Any = colored, **more: Any) -> Image:
    """Send a set until the first picture of it; a first one may come before color is heard."""
    graph.until_sending(lambda number: send(graph, number, mono, color, **more),
                        lambda: found(graph, first), first=first)
    return found(graph, first)[0]


def camera_info(width: int, height: int, focal: float, baseline_m: float = 0.0) -> CameraInfo:
    message = camera_info_message(width, height, 0)
    message.p[0] = message.p[5] = message.k[0] = message.k[4] = focal
    message.p[3] = -focal * baseline_m
    return message


def gray(pixels: np.ndarray) -> Image:
    return image_message(pixels, 'mono8' if pixels.dtype == np.uint8 else 'mono16', 0, 'mono_eye')


def rgb(pixels: np.ndarray) -> Image:
    return image_message(pixels, 'rgb8', 0, 'color_eye')


def compressed(pixels: np.ndarray, format: str) -> CompressedImage:
    fields = encode_compressed(pixels, format)
    message = CompressedImage(format=fields.format, data=fields.data)
    message.header.frame_id = 'mono_eye' if pixels.ndim == 2 else 'color_eye'
    return message
