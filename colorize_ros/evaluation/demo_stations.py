"""The nodes that the demo plays bags through, each declared once."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
import sys

from colorize_ros.detection.download import installed_detector
from colorize_ros.errors import MissingModelError
from colorize_ros.evaluation import (
    report_consistency,
    report_depth,
    report_depth_color,
    report_nir,
    report_stereo,
)
from colorize_ros.evaluation.demo_recording import Run
from colorize_ros.evaluation.demo_topics import BagTopics
from colorize_ros.evaluation.report_pictures import Section
from colorize_ros.pipelines.models import installed_model


@dataclass(frozen=True)
class Feed:
    """One stream of images that a node takes.

    Attributes:
        stream: role of the images among `BagTopics.streams`.
        topic: the node's name for them.
        camera_info: the node's name for their camera_info, '' where it takes none.
        camera_info_needed: the node does nothing without it.
        transport: the parameter that says how the images come.
        optional: the node works without this stream.
        parameters: what else is set where there is this stream, as `name:=value`.
    """

    stream: str
    topic: str
    camera_info: str = ''
    camera_info_needed: bool = False
    transport: str = 'transport'
    optional: bool = False
    parameters: tuple[str, ...] = ()

    def comes_with(self, topics: BagTopics) -> bool:
        """Say whether a bag has this stream."""
        found = topics.streams.get(self.stream)
        return found is not None and not (self.camera_info_needed and found.camera_info is None)


@dataclass(frozen=True)
class Station:
    """A node of the demo.

    Attributes:
        name: of the node, of its module, and of its template.
        feeds: what it takes, the stream whose latency counts first.
        outputs: topics below the node's name that are recorded, the one that counts first.
        section: measures and draws what came out; raises DataError where nothing did.
        command: that starts the node; by default its module.
        needs_model: pipeline without whose weights the demo does without this node; '' where the
            package is never without them.
        parameters: what is always set, as `name:=value`.
        watches: it takes what the nodes that color publish, and a detector to look at it with.
    """

    name: str
    feeds: tuple[Feed, ...]
    outputs: tuple[str, ...]
    section: Callable[[Run], Section]
    command: tuple[str, ...] = ()
    needs_model: str = ''
    parameters: tuple[str, ...] = ()
    watches: bool = False

    @property
    def results(self) -> list[str]:
        """Full names of what it publishes."""
        return [f'/{self.name}/{output}' for output in self.outputs]

    def sources(self, topics: BagTopics) -> list[str]:
        """Return the topics of a bag that it takes, the main one first."""
        found = [topics.streams[feed.stream] for feed in self._fed(topics)]
        infos = [stream.camera_info for feed, stream in zip(self._fed(topics), found)
                 if feed.camera_info and stream.camera_info]
        return [found[0].topic, *infos, *(stream.topic for stream in found[1:])]

    def can_run(self, topics: BagTopics) -> bool:
        """Say whether a bag has what it needs, and its weights are there."""
        if self.needs_model and installed_model('robot', self.needs_model) is None:
            return False
        if self.watches and not _detector_is_here():
            return False
        return all(feed.optional or feed.comes_with(topics) for feed in self.feeds)

    def start_command(self, topics: BagTopics) -> list[str]:
        """Return the command that starts it on the topics of a bag."""
        command = self.command or (sys.executable, '-m', f'colorize_ros.nodes.{self.name}')
        arguments = []
        for feed in self._fed(topics):
            stream = topics.streams[feed.stream]
            arguments += ['-r', f'{feed.topic}:={stream.base}']
            if feed.camera_info and stream.camera_info:
                arguments += ['-r', f'{feed.camera_info}:={stream.camera_info}']
            for parameter in (f'{feed.transport}:={stream.transport}', *feed.parameters):
                arguments += ['-p', parameter]
        for parameter in self.parameters:
            arguments += ['-p', parameter]
        return [*command, '--ros-args', *arguments]

    def watching(self, names: Sequence[str]) -> Station:
        """Return this node told which nodes to watch, with what it publishes of each."""
        return replace(
            self, parameters=(*self.parameters, f'candidates:=[{",".join(names)}]'),
            outputs=(*self.outputs, *(f'consistency/{name}' for name in names)))

    def _fed(self, topics: BagTopics) -> list[Feed]:
        return [feed for feed in self.feeds if feed.comes_with(topics)]


def choose_stations(stations: Sequence[Station], topics: BagTopics) -> list[Station]:
    """Choose the nodes that a bag has something for; who watches others is told which."""
    chosen = [station for station in stations if station.can_run(topics)]
    colorizing = [station.name for station in chosen if 'image_color' in station.outputs]
    return [station.watching(colorizing) if station.watches else station
            for station in chosen if colorizing or not station.watches]


def _detector_is_here() -> bool:
    try:
        installed_detector()
    except MissingModelError:
        return False
    return find_spec('onnxruntime') is not None


STATIONS = (
    Station('depth_enhancer',
            (Feed('depth', 'depth/image_raw', 'camera_info', camera_info_needed=True),
             Feed('guide', 'guide/image_raw', transport='guide_transport', optional=True,
                  parameters=('guide:=color',))),
            ('depth', 'confidence'), report_depth.section),
    Station('nir_colorizer', (Feed('nir', 'nir/image_raw', 'nir/camera_info'),),
            ('image_color', 'camera_info'), report_nir.section),
    Station('stereo_colorizer',
            (Feed('mono', 'mono/image_rect', 'mono/camera_info'),
             Feed('stereo_color', 'color/image_rect', 'color/camera_info',
                  transport='color_transport')),
            ('image_color', 'camera_info'), report_stereo.section, needs_model='stereo'),
    Station('depth_colorizer',
            (Feed('depth', 'depth/image_raw', 'camera_info'),
             Feed('guide', 'color/image_raw', transport='color_transport')),
            ('image_color', 'camera_info'), report_depth_color.section, needs_model='depth-color',
            # What one bag teaches is not for the next one; and the drive is short.
            parameters=('keep_memory:=false', 'learn_every_s:=0.5')),
    Station('consistency_monitor',
            (Feed('guide', 'reference/image_raw', 'reference/camera_info'),), ('overlay',),
            report_consistency.section, watches=True,
            # A short drive on a busy machine, and the verdict has to keep up with it.
            parameters=('rate_hz:=3.0', 'window_s:=2.5', 'silent_after_s:=2.0')),
)
