"""The node `stereo_colorizer`: the images of a mono camera in the colors of the one beside it."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import time
from typing import Any

from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image

from colorize_ros.errors import ColorizeError
from colorize_ros.messages import (
    decode_luminance,
    decode_rgb,
    encode_rgb,
    looks_raw,
    PairGeometry,
    stamp_ns,
)
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.diagnostics import Finding, ModelInfo
from colorize_ros.nodes.images import (
    CameraInfoOfImage,
    fitting_camera_info,
    image_message,
    refuse_depth,
    WARM_UP_SIZE,
)
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.running import run
from colorize_ros.nodes.stereo_findings import (
    ColorSide,
    reach_finding,
    rows_finding,
    sides_finding,
)
from colorize_ros.nodes.topics import FrameSet, IMAGE_TRANSPORTS, Input, Output
from colorize_ros.pipelines import gray_picture, HeldChroma, PairWatch, StereoColorizer

MONO_TOPIC, COLOR_TOPIC = 'mono/image_rect', 'color/image_rect'
COLOR_CAME = (f'{MONO_TOPIC} brings color images, of which only the luminance is used; expected '
              'a monochrome camera. Are mono and color remapped the wrong way round?')
GRAY_CAME = (f'{COLOR_TOPIC} brings gray images, so there is no color to be had; expected a color '
             'camera. Are mono and color remapped the wrong way round?')
GRAY_ENCODINGS = ('mono8', '8UC1')


@dataclass(frozen=True)
class StereoColorizerParameters(NodeParameters):
    """What `stereo_colorizer` can be told."""

    model: str = parameter('robot', 'Preset or file of the network')
    transport: str = parameter(
        'raw', 'How the mono images come: mono/image_rect, or below it compressed',
        choices=IMAGE_TRANSPORTS)
    color_transport: str = parameter(
        'raw', 'How the color images come: color/image_rect, or below it compressed',
        choices=IMAGE_TRANSPORTS)
    color_offset_s: float = parameter(
        0.0, "Added to color's stamps before they are compared to those of mono", unit='s',
        low=-10.0, high=10.0)
    mono_is: str = parameter(
        'auto', 'On which side of the color camera the mono camera is, seen from behind; auto: as '
        'P[3] of the camera_infos says, else left', choices=('auto', 'left', 'right'))
    when_color_is_missing: str = parameter(
        'hold', 'What becomes of a mono image without a color image: gray: goes out gray; hold: '
        'gets the colors of the last pair, while it shows the same and hold_for_s lasts, then '
        'gray; nothing: does not go out', choices=('gray', 'hold', 'nothing'), runtime=True)
    hold_for_s: float = parameter(
        0.5, 'How long colors of the last pair are held', unit='s', low=0.0, high=60.0,
        runtime=True)


class StereoColorizerNode(PerceptionNode):
    """Colors the sharp and bright image of a mono camera by that of the color camera beside it."""

    node_name = 'stereo_colorizer'
    Parameters = StereoColorizerParameters
    parameters: StereoColorizerParameters

    colorizer: StereoColorizer | None = None

    def __init__(self, **options: Any) -> None:
        """Create the node; see `PerceptionNode`."""
        self.forget()
        super().__init__(**options)

    def inputs(self, parameters: StereoColorizerParameters) -> Sequence[Input]:
        """The two images, and their camera_infos where there are some."""
        return [
            Input('mono', MONO_TOPIC, self.decode_mono, transport=parameters.transport),
            Input('color', COLOR_TOPIC, self.decode_color, optional=True,
                  transport=parameters.color_transport, offset_s=parameters.color_offset_s),
            Input('mono_info', 'mono/camera_info', lambda message: message,
                  message_type=CameraInfo, optional=True, expected=False),
            Input('color_info', 'color/camera_info', lambda message: message,
                  message_type=CameraInfo, optional=True, expected=False,
                  offset_s=parameters.color_offset_s),
        ]

    def outputs(self, parameters: StereoColorizerParameters) -> Sequence[Output]:
        """What a color camera in the place of the mono camera would publish."""
        return [
            Output('~/image_color', Image, lambda rgb: image_message(encode_rgb(rgb))),
            Output('~/camera_info', CameraInfo, fitting_camera_info),
        ]

    def configure(self, parameters: StereoColorizerParameters) -> None:
        """Load the network."""
        self.colorizer = StereoColorizer.load(parameters.model, device=parameters.device)
        self.colorizer.warm_up(*WARM_UP_SIZE)

    def release(self) -> None:
        """Free the network."""
        self.colorizer = None
        self.forget()

    def models(self) -> Sequence[ModelInfo]:
        """Return what is loaded."""
        return [self.colorizer.info] if self.colorizer else []

    def forget(self) -> None:
        """Forget the cameras and the last pair: they may be of another place or time."""
        self.geometry, self.watch, self.held = PairGeometry(), PairWatch(), HeldChroma()
        self.color_side = ColorSide()

    def decode_mono(self, message: Any) -> NDArray[Any]:
        """Decode a mono image; color is taken as gray, with a warning."""
        mono, was_color = decode_luminance(message)
        if was_color:
            self.warn(COLOR_CAME)
        refuse_depth(mono, MONO_TOPIC, 'a monochrome camera')
        return mono

    def decode_color(self, message: Any) -> NDArray[Any]:
        """Decode a color image; gray is taken, with a warning."""
        try:
            color = decode_rgb(message)
        except ColorizeError:
            self.color_side.unusable = True
            raise
        if getattr(message, 'encoding', '') in GRAY_ENCODINGS:
            self.warn(GRAY_CAME)
        return color

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Color one mono image, if somebody listens to that."""
        results: dict[str, Any] = {}
        mono, camera_info = frames['mono'], frames.get('mono_info')
        if camera_info is not None:
            results['~/camera_info'] = CameraInfoOfImage(camera_info, mono, 'the mono image')
        if '~/image_color' in frames.wanted:
            color = self.color_for(frames)
            rgb = (self.without_color(mono, self._taken_s(frames)) if color is None
                   else self.with_color(mono, color, self._taken_s(frames)))
            if rgb is not None:
                results['~/image_color'] = rgb
        return results

    def color_for(self, frames: FrameSet) -> NDArray[Any] | None:
        """Return the color image as the mono camera would have it; None where there is none."""
        color = frames.get('color')
        self.geometry = self.geometry.updated(frames.get('mono_info'), frames.get('color_info'))
        if color is None:
            return None
        try:
            misfit = self.geometry.misfit(frames['mono'].shape, color.shape)
            if misfit:
                self.warn(misfit)
            return self.geometry.matched(color, frames['mono'].shape)
        except ColorizeError as error:
            self.color_side.unusable = True
            self.report(error)
            return None

    def with_color(self, mono: NDArray[Any], color: NDArray[Any], taken_s: float) -> NDArray[Any]:
        """Colorize a pair."""
        assert self.colorizer is not None
        rgb = self.colorizer(mono, color, mono_is=self.mono_is)
        self.watch.look(mono, color, time.monotonic())
        self.held.remember(mono, rgb, taken_s)
        self.color_side.came()
        return rgb

    def without_color(self, mono: NDArray[Any], taken_s: float) -> NDArray[Any] | None:
        """Make of a mono image alone what the parameters say; None: nothing."""
        what, rgb = self.parameters.when_color_is_missing, None
        if self.color_side.may_still_begin:
            what = 'nothing'
        if what == 'hold':
            rgb = self.held.recall(mono, taken_s, self.parameters.hold_for_s)
        self.color_side.missed('held' if rgb is not None else 'gray' if what != 'nothing'
                               else 'left out')
        return gray_picture(mono) if rgb is None and what != 'nothing' else rgb

    @property
    def mono_is(self) -> str:
        """The side of the mono camera, 'left' or 'right'."""
        told = self.parameters.mono_is
        return (self.geometry.mono_is or 'left') if told == 'auto' else told

    def findings(self) -> Sequence[Finding]:
        """Say how the color side is, whether rows match, where the mono camera is, the reach."""
        assert self.colorizer is not None
        color_topic, mono_topic = (self.resolve_topic_name(topic)
                                   for topic in (COLOR_TOPIC, MONO_TOPIC))
        doubt = self.geometry.doubt
        for topic, info in ((mono_topic, self.geometry.mono), (color_topic, self.geometry.color)):
            if info is not None and looks_raw(topic, info):
                doubt = (f'{topic} looks like images with the distortion of their lens, by its '
                         'name and the D of its camera_info')
        source = ('as mono_is says' if self.parameters.mono_is != 'auto' else
                  'as the camera_infos say' if self.geometry.mono_is else
                  'for nothing says otherwise')
        return [self.color_side.finding(color_topic, self.silent_s('color'), self.parameters),
                rows_finding(self.watch, doubt),
                sides_finding(self.watch, self.mono_is, source),
                reach_finding(self.watch, self.colorizer.disparities)]

    def _taken_s(self, frames: FrameSet) -> float:
        """When the mono image was taken, as far as clocks can be trusted."""
        return (stamp_ns(frames) / 1e9 if self.parameters.pair_by == 'stamp'
                else time.monotonic())


def main(args: Sequence[str] | None = None) -> None:
    """Run the node as its own process."""
    run(StereoColorizerNode, args)


if __name__ == '__main__':
    main()
