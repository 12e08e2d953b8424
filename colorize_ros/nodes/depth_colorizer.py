"""The node `depth_colorizer`: depth in, color out, as the place looked in good light."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
import functools
import os
from pathlib import Path
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Float32

from colorize_ros.errors import DepthError
from colorize_ros.illumination import how_well_lit
from colorize_ros.messages import decode_depth, decode_rgb, encode_rgb, stamp_ns
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.depth_colorizer_parameters import DepthColorizerParameters, NO_COMPLETER
from colorize_ros.nodes.diagnostics import Finding, ModelInfo
from colorize_ros.nodes.images import (
    CameraInfoOfImage,
    fitting_camera_info,
    image_message,
    WARM_UP_SIZE,
)
from colorize_ros.nodes.memory_services import MemoryServices, Seen
from colorize_ros.nodes.place_findings import light_finding, memory_finding
from colorize_ros.nodes.running import run
from colorize_ros.nodes.topics import FrameSet, Input, Output
from colorize_ros.pipelines import (
    Appearance,
    DepthColorizer,
    DepthCompleter,
    fit_guide,
    PlaceMemory,
    read_reference,
    Reference,
    ReferenceMemory,
    ReferenceStore,
)
from colorize_ros.pipelines.place_memory import MEGABYTE

COLOR = 'color'
DEPTH_TOPIC, COLOR_TOPIC, LIGHT_TOPIC = 'depth/image_raw', 'color/image_raw', '~/light'
# Light does not change faster than this; decoding color for nothing costs.
LOOK_PERIOD_S = 0.2
# Of depth; a reference of holes says little.
KNOWN_TO_LEARN_FROM = 0.25
HOLES = ('depth has too many holes to learn from; expected a quarter of it to be known. Is the '
         'camera too near to a wall, or outdoors?')
ANOTHER_FRAME = ('color has the frame {color!r}, depth {depth!r}; expected depth that is '
                 "registered to color, in color's frame. Let the driver register it")


class DepthColorizerNode(PerceptionNode):
    """Learns by day how a place looks, and gives depth its colors at night."""

    node_name = 'depth_colorizer'
    Parameters = DepthColorizerParameters
    parameters: DepthColorizerParameters

    colorizer: DepthColorizer | None = None
    completer: DepthCompleter | None = None
    place: PlaceMemory | None = None
    fixed: Appearance | None = None
    memory_services: MemoryServices | None = None
    light: float | None = None
    seen: Seen | None = None
    left_out = 0
    _next_look_s = _next_learning_s = 0.0

    def inputs(self, parameters: DepthColorizerParameters) -> Sequence[Input]:
        """Depth and its camera_info; color to learn from, unless the reference is fixed."""
        streams = [
            Input('depth', DEPTH_TOPIC, transport=parameters.transport,
                  decode=functools.partial(decode_depth, unit=parameters.input_depth_unit)),
            Input('camera_info', 'camera_info', _as_it_is, message_type=CameraInfo,
                  optional=True, expected=False),
        ]
        if not parameters.reference_color:
            streams.append(Input(
                COLOR, COLOR_TOPIC, _as_it_is, transport=parameters.color_transport,
                expected=False, offset_s=parameters.color_offset_s))
        return streams

    def groups(self, inputs: Sequence[Input]) -> Sequence[Sequence[Input]]:
        """Pair depth with color apart, so that it need not wait for it to get its colors."""
        depth, camera_info, *color = inputs
        return [(depth, camera_info), *((depth, entry) for entry in color)]

    def outputs(self, parameters: DepthColorizerParameters) -> Sequence[Output]:
        """What a color camera in the place of the depth camera would publish; how lit it is."""
        return [
            Output('~/image_color', Image, lambda rgb: image_message(encode_rgb(rgb))),
            Output('~/camera_info', CameraInfo, fitting_camera_info),
            Output(LIGHT_TOPIC, Float32, lambda light: Float32(data=light), takes_header=False),
        ]

    def configure(self, parameters: DepthColorizerParameters) -> None:
        """Load the networks, and what is known of the place."""
        self.colorizer = DepthColorizer.load(parameters.model, device=parameters.device)
        self.colorizer.warm_up(*WARM_UP_SIZE)
        if parameters.completer != NO_COMPLETER:
            self.completer = DepthCompleter.load(parameters.completer, device=parameters.device)
            self.completer.warm_up(*WARM_UP_SIZE)
        if parameters.reference_color:
            self.fixed = self.colorizer.remember([read_reference(
                Path(parameters.reference_color), Path(parameters.reference_depth))])
        else:
            self.place = self.known_place(self.colorizer, parameters)
            self.memory_services = MemoryServices(
                self, self.place, lambda: self.seen, lambda: self.parameters.memory_name)

    def release(self) -> None:
        """Free the networks; what was learned is on disk if it is to be kept."""
        if self.memory_services is not None:
            self.memory_services.close()
        if self.place is not None:
            self.place.keep(now=True)
            if self.place.trouble:
                self.get_logger().error(self.place.trouble)
        self.memory_services = self.place = self.fixed = self.colorizer = self.completer = None
        self.look_afresh()

    def models(self) -> Sequence[ModelInfo]:
        """Return what is loaded."""
        return [pipeline.info for pipeline in (self.colorizer, self.completer) if pipeline]

    def forget(self) -> None:
        """Look afresh; what is known of the place stays."""
        self.look_afresh()
        if self.place is not None:
            self.place.forget_choice()

    def reason_to_skip(self, streams: tuple[str, ...], wanted: frozenset[str]) -> str:
        """Learn now and then though nobody listens; color only where somebody does."""
        if COLOR in streams:
            return '' if time.monotonic() >= self._next_look_s else 'looked at a moment ago'
        return super().reason_to_skip(streams, wanted - {LIGHT_TOPIC})

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Learn from depth and color, or color depth if somebody listens to that."""
        if COLOR in frames.frames:
            return {LIGHT_TOPIC: self.look(frames)}
        results: dict[str, Any] = {}
        depth_m, camera_info = frames['depth'], frames.get('camera_info')
        if camera_info is not None:
            results['~/camera_info'] = CameraInfoOfImage(camera_info, depth_m, 'depth')
        if '~/image_color' in frames.wanted:
            rgb = self.colorize(depth_m)
            if rgb is not None:
                results['~/image_color'] = rgb
        return results

    def look(self, frames: FrameSet) -> float:
        """Measure the light, and learn from what is seen."""
        assert self.place is not None
        now_s = time.monotonic()
        self._next_look_s = now_s + LOOK_PERIOD_S
        color, depth_m = frames[COLOR], frames['depth']
        if color.header.frame_id != frames.header.frame_id:
            self.warn(ANOTHER_FRAME.format(
                color=color.header.frame_id, depth=frames.header.frame_id))
        rgb = decode_rgb(color)
        guide, light = fit_guide(rgb, depth_m.shape), how_well_lit(rgb)
        self.light = light
        try:
            self.seen = Seen(Reference(guide, depth_m), light, stamp_ns(frames), now_s)
        except DepthError as error:  # which says nothing of the light
            self.warn(str(error))
        else:
            self.learn(self.place, self.seen)
        self.place.keep()
        return light

    def learn(self, place: PlaceMemory, seen: Seen) -> None:
        """Hold what is seen if it is well lit, due, and new."""
        parameters = self.parameters
        if parameters.learn and seen.at_s >= self._next_learning_s and (
                seen.light >= parameters.min_light):
            self._next_learning_s = seen.at_s + parameters.learn_every_s
            if np.isfinite(seen.reference.depth_m).mean() < KNOWN_TO_LEARN_FROM:
                self.warn(HOLES)
            else:
                place.learn(*seen[:3])

    def colorize(self, depth_m: NDArray[Any]) -> NDArray[Any] | None:
        """Color one depth map; None where nothing is known of the place."""
        assert self.colorizer is not None
        appearance = self.fixed
        if self.place is not None:
            appearance = self.place.appearance_for(depth_m)
        if appearance is None:
            self.left_out += 1
            return None
        if self.completer is not None:
            depth_m = self.completer(depth_m).depth_m
        return self.colorizer(depth_m, appearance)

    def findings(self) -> Sequence[Finding]:
        """Say how well lit the place is, and what is known of it."""
        if self.place is None:
            return [Finding('memory', False, 'the reference is fixed, as reference_color says',
                            {})]
        color_topic = self.resolve_topic_name(COLOR_TOPIC)
        return [light_finding(color_topic, self.light, self.parameters),
                memory_finding(self.place, color_topic, self.left_out)]

    def look_afresh(self) -> None:
        """Forget what was seen last."""
        self.light, self.seen, self.left_out = None, None, 0
        self._next_look_s = self._next_learning_s = 0.0

    def known_place(self, colorizer: DepthColorizer,
                    parameters: DepthColorizerParameters) -> PlaceMemory:
        """Return the memory, with what was kept of it."""
        folder = (Path(parameters.memory_folder).expanduser() if parameters.memory_folder
                  else default_folder(self.get_fully_qualified_name()))
        memory = ReferenceMemory(
            parameters.most_references, round(parameters.most_megabytes * MEGABYTE))
        place = PlaceMemory(
            colorizer, memory, ReferenceStore(folder), at_once=parameters.references_at_once,
            kept_as=parameters.memory_name if parameters.keep_memory else '')
        for warning in place.load_kept():
            self.get_logger().warning(warning)
        self.get_logger().info(
            f'{place.references} references are known; memories lie in {folder}')
        return place


def default_folder(node: str) -> Path:
    """Return where the memories of a node lie.

    Args:
        node: its full name, so that robots on one machine do not share a memory.
    """
    home = os.environ.get('ROS_HOME')
    base = Path(home) if home else Path.home() / '.ros'
    return base / 'colorize_ros' / 'memory' / node.strip('/').replace('/', '.')


def _as_it_is(message: Any) -> Any:
    return message


def main(args: Sequence[str] | None = None) -> None:
    """Run the node as its own process."""
    run(DepthColorizerNode, args)


if __name__ == '__main__':
    main()
