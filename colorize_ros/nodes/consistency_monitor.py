"""The node `consistency_monitor`: does a detector find in colorized images what is there?"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
import math
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Float32

from colorize_ros.detection import Detections, Detector, Matches
from colorize_ros.detection.class_names import choose_classes
from colorize_ros.detection.light import Light
from colorize_ros.detection.overlay import EXTRA, Half, MISSED, side_by_side, stack
from colorize_ros.detection.verdict import Level
from colorize_ros.detection.viewpoint import between, match_in_common, Size
from colorize_ros.detection.watch import Circumstances, Watch
from colorize_ros.errors import ColorizeError
from colorize_ros.illumination import how_well_lit
from colorize_ros.messages import decode_rgb, encode_rgb, Intrinsics, intrinsics_of, stamp_ns
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.consistency_parameters import ConsistencyMonitorParameters, REFERENCE
from colorize_ros.nodes.detection_messages import detection_array, Found, message_type
from colorize_ros.nodes.diagnostics import Finding, ModelInfo
from colorize_ros.nodes.images import image_message
from colorize_ros.nodes.running import run
from colorize_ros.nodes.topics import FrameSet, Input, Output

REFERENCE_TOPIC = f'{REFERENCE}/image_raw'
OVERLAY = '~/overlay'
OVERLAY_ROWS = 240
INFO = '/camera_info'


class LoadedDetector(NamedTuple):
    """The detector as the diagnostics want it."""

    name: str
    path: Any
    sha256: str
    device: str
    precision: str = 'as exported'


class Seen(NamedTuple):
    """An image, and what is found in it."""

    stamp_ns: int
    rgb: NDArray[np.uint8]
    detections: Detections | None = None

    @property
    def size(self) -> Size:
        """Of the image."""
        return Size(self.rgb.shape[0], self.rgb.shape[1])


class ConsistencyMonitorNode(PerceptionNode):
    """Watches colorizing nodes: by light against a camera, in the dark against each other."""

    node_name = 'consistency_monitor'
    Parameters = ConsistencyMonitorParameters
    parameters: ConsistencyMonitorParameters

    detector: Detector | None = None

    def inputs(self, parameters: ConsistencyMonitorParameters) -> Sequence[Input]:
        """The reference, the candidates, and the lenses of all of them."""
        images = [Input(REFERENCE, REFERENCE_TOPIC, _as_it_is, transport=parameters.transport)]
        images += [Input(name, f'{name}/image_color', _as_it_is,
                         transport=parameters.candidate_transport)
                   for name in parameters.candidates]
        return images + [
            Input(image.stream + INFO, image.topic.rsplit('/', 1)[0] + INFO, _as_it_is,
                  message_type=CameraInfo, expected=False) for image in images]

    def groups(self, inputs: Sequence[Input]) -> Sequence[Sequence[Input]]:
        """Pair each candidate with the reference and each other; lenses stand for themselves."""
        images = [entry for entry in inputs if entry.message_type is Image]
        return [*combinations(images, 2),
                *((entry,) for entry in inputs if entry.message_type is CameraInfo)]

    def outputs(self, parameters: ConsistencyMonitorParameters) -> Sequence[Output]:
        """Numbers to plot, what is found, and a picture of it."""
        kind = message_type()
        outputs = [Output(OVERLAY, Image, lambda rgb: image_message(encode_rgb(rgb)))]
        for name in map(_in_topics, parameters.candidates):
            outputs += [Output(f'~/{figure}/{name}', Float32, lambda value: Float32(data=value),
                               takes_header=False) for figure in ('consistency', 'agreement')]
            if kind is not None:
                outputs.append(Output(f'~/detections/{name}', kind, detection_array,
                                      takes_header=False))
        return outputs

    def configure(self, parameters: ConsistencyMonitorParameters) -> None:
        """Load the detector."""
        self.detector = Detector.load(
            parameters.detector, kind=parameters.detector_kind, device=parameters.device,
            score_threshold=parameters.score_threshold)
        choose_classes(parameters.classes, self.detector.class_names)
        self.forget()

    def release(self) -> None:
        """Free the detector."""
        self.detector = None

    def forget(self) -> None:
        """Forget what was seen: it may be of another place or time."""
        assert self.detector is not None
        self.light = Light(how_well_lit)
        self.watches = {name: Watch(self.detector.class_names, self.parameters.classes)
                        for name in self.parameters.candidates}
        self._lenses: dict[str, Intrinsics] = {}
        self._seen: dict[str, Seen] = {}
        self._looked_s: dict[tuple[str, ...], float] = {}
        self._panels: dict[tuple[str, ...], NDArray[np.uint8]] = {}

    def models(self) -> Sequence[ModelInfo]:
        """Return what is loaded."""
        if self.detector is None:
            return []
        info = self.detector.info
        return [LoadedDetector(info.name, info.path, info.sha256, info.device)]

    def reason_to_skip(self, streams: tuple[str, ...], wanted: frozenset[str]) -> str:
        """Look when it is time, whoever listens: diagnostics are listened to by none and all."""
        if len(streams) == 2 and REFERENCE not in streams and not self._no_reference():
            return 'there is a reference'
        looked_s = self._looked_s.get(streams, -math.inf)
        return ('looked at a moment ago'
                if time.monotonic() - looked_s < 1 / self.parameters.rate_hz else '')

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Look at two images, or take what a camera_info says."""
        streams = tuple(frames.frames)
        self._looked_s[streams] = time.monotonic()
        if len(streams) == 1:
            self._learn_lens(streams[0][:-len(INFO)], frames[streams[0]])
            return {}
        first, second = streams
        if first == REFERENCE:
            self.light.see(self._decoded(first, frames[first]).rgb, self._looked_s[streams])
            if not self.light.lit:
                return {}
        matches = self._match(first, second, frames)
        at_s, rules = time.monotonic(), self.parameters.rules
        if first == REFERENCE:
            figures = {f'~/consistency/{_in_topics(second)}':
                       self.watches[second].look(matches, at_s, rules).f1}
        else:
            f1 = self.watches[first].compare(second, matches, at_s, rules).f1
            self.watches[second].compare(first, matches, at_s, rules)
            figures = {f'~/agreement/{_in_topics(name)}': f1 for name in streams}
        results: dict[str, Any] = {
            topic: figure for topic, figure in figures.items() if not math.isnan(figure)}
        results.update(self._found(frames))
        if OVERLAY in frames.wanted:
            results[OVERLAY] = self._overlay(first, second, matches)
        return results

    def findings(self) -> Sequence[Finding]:
        """Say whether there is a reference, and how each candidate is."""
        missing = self._no_reference()
        level = self.light.level
        found = [Finding('reference', False, missing or 'not seen yet' if level is None
                         else missing or f'light level {level:.2f}', {'light_level': level})]
        now = Circumstances(time.monotonic(), missing, level, '')
        for name, watch in self.watches.items():
            trouble = self._silence(name)
            said = watch.state(Circumstances(now.now_s, missing, level, trouble),
                               self.parameters.rules)
            found.append(Finding(name, said.level is not Level.OK, said.message, said.values,
                                 severe=said.level is Level.ERROR))
        return found

    def _no_reference(self) -> str:
        """Say why there is nothing to compare with; '' if there is, or may still come."""
        if self.silent_s(REFERENCE) > self.parameters.silent_after_s:
            return f'no reference: nothing comes on {self.resolve_topic_name(REFERENCE_TOPIC)}'
        light = self.light  # the worker may begin with another one
        if light.lit is False:
            return f'no reference light (level {light.level:.2f})'
        return ''

    def _silence(self, name: str) -> str:
        silent_s = self.silent_s(name)
        if silent_s <= self.parameters.silent_after_s:
            return ''
        return (f'nothing comes on {self.resolve_topic_name(f"{name}/image_color")} for '
                f'{silent_s:.1f} s; does the node run, and does its camera? Else take it out of '
                'candidates')

    def _learn_lens(self, name: str, camera_info: CameraInfo) -> None:
        try:
            self._lenses[name] = intrinsics_of(camera_info)
        except ColorizeError as error:
            self.warn(f'{name} is taken to have the field of view of what it is compared with: '
                      f'{error}')

    def _decoded(self, stream: str, message: Any) -> Seen:
        """Decode an image, unless it was the last one of its stream."""
        seen = self._seen.get(stream)
        if seen is None or seen.stamp_ns != stamp_ns(message) or not seen.stamp_ns:
            seen = self._seen[stream] = Seen(stamp_ns(message), decode_rgb(message))
        return seen

    def _detected(self, stream: str, message: Any) -> tuple[Seen, Detections]:
        """Find what is in an image, unless it was the last one of its stream."""
        assert self.detector is not None
        seen = self._decoded(stream, message)
        detections = seen.detections
        if detections is None:
            detections = self.detector(seen.rgb)
            self._seen[stream] = seen._replace(detections=detections)
        return seen, detections

    def _match(self, first: str, second: str, frames: FrameSet) -> Matches:
        """Match what is found in the second image with what is found in the first."""
        one, truth = self._detected(first, frames[first])
        other, found = self._detected(second, frames[second])
        scaling = between(other.size, one.size, self._lenses.get(second), self._lenses.get(first))
        return match_in_common(truth, found, one.size, other.size, scaling)

    def _found(self, frames: FrameSet) -> dict[str, Found]:
        """What is found in each candidate, for those who listen."""
        assert self.detector is not None
        return {topic: Found(detections, self.detector.class_names, message.header)
                for name, message in frames.frames.items()
                if (topic := f'~/detections/{_in_topics(name)}') in frames.wanted
                and (detections := self._seen[name].detections) is not None}

    def _overlay(self, first: str, second: str, matches: Matches) -> NDArray[np.uint8]:
        """Draw the two images; those of others stay as they were, by light or in the dark."""
        assert self.detector is not None
        one, other = self._seen[first], self._seen[second]
        back = between(other.size, one.size, self._lenses.get(second), self._lenses.get(first))
        found = Detections(back.back(matches.found.boxes), matches.found.scores,
                           matches.found.labels)
        self._panels = {streams: panel for streams, panel in self._panels.items()
                        if (REFERENCE in streams) == (first == REFERENCE)}
        self._panels[first, second] = side_by_side(
            Half(one.rgb, matches.truth, ~matches.missed, MISSED, first),
            Half(other.rgb, found, matches.matched, EXTRA, second),
            self.detector.class_names, OVERLAY_ROWS)
        return stack(list(self._panels.values()))


def _as_it_is(message: Any) -> Any:
    """Leave it to `process`, which decodes an image once for all that it is compared with."""
    return message


def _in_topics(candidate: str) -> str:
    return candidate.strip('/')


def main(args: Sequence[str] | None = None) -> None:
    """Run the node as its own process."""
    run(ConsistencyMonitorNode, args)


if __name__ == '__main__':
    main()
