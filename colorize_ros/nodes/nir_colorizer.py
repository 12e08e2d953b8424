"""The node `nir_colorizer`: near-infrared images in, color images out."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image

from colorize_ros.messages import decode_luminance, encode_rgb
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.diagnostics import ModelInfo
from colorize_ros.nodes.images import (
    CameraInfoOfImage,
    fitting_camera_info,
    image_message,
    refuse_depth,
    WARM_UP_SIZE,
)
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.running import run
from colorize_ros.nodes.topics import FrameSet, IMAGE_TRANSPORTS, Input, Output
from colorize_ros.pipelines import NirColorizer

COLOR_CAME = ('nir/image_raw brings color images, of which only the luminance is used; expected '
              'near infrared. Is it remapped to a color camera?')


@dataclass(frozen=True)
class NirColorizerParameters(NodeParameters):
    """What `nir_colorizer` can be told."""

    model: str = parameter('robot', 'Preset or file of the network')
    transport: str = parameter(
        'raw', 'How near infrared comes: nir/image_raw, or below it compressed',
        choices=IMAGE_TRANSPORTS)
    exposure_smoothing: float = parameter(
        0.8, 'Share of the exposure that is kept from the frames before, so that the picture does '
        'not pump; 0: each frame by itself', low=0.0, high=0.99, runtime=True)


class NirColorizerNode(PerceptionNode):
    """Colors near-infrared images, so that whatever takes a color camera can take them."""

    node_name = 'nir_colorizer'
    Parameters = NirColorizerParameters
    parameters: NirColorizerParameters

    colorizer: NirColorizer | None = None

    def inputs(self, parameters: NirColorizerParameters) -> Sequence[Input]:
        """Near infrared, and its camera_info where there is one."""
        return [
            Input('nir', 'nir/image_raw', self.decode, transport=parameters.transport),
            Input('camera_info', 'nir/camera_info', lambda message: message,
                  message_type=CameraInfo, optional=True, expected=False),
        ]

    def outputs(self, parameters: NirColorizerParameters) -> Sequence[Output]:
        """What a color camera publishes."""
        return [
            Output('~/image_color', Image, lambda rgb: image_message(encode_rgb(rgb))),
            Output('~/camera_info', CameraInfo, fitting_camera_info),
        ]

    def configure(self, parameters: NirColorizerParameters) -> None:
        """Load the network."""
        self.colorizer = NirColorizer.load(parameters.model, device=parameters.device)
        self.colorizer.warm_up(*WARM_UP_SIZE)

    def release(self) -> None:
        """Free the network."""
        self.colorizer = None

    def models(self) -> Sequence[ModelInfo]:
        """Return what is loaded."""
        return [self.colorizer.info] if self.colorizer else []

    def forget(self) -> None:
        """Forget the exposure: it was that of other light."""
        assert self.colorizer is not None
        self.colorizer.reset()

    def decode(self, message: Any) -> NDArray[Any]:
        """Decode near infrared; color is taken as gray, with a warning."""
        nir, was_color = decode_luminance(message)
        if was_color:
            self.warn(COLOR_CAME)
        refuse_depth(nir, 'nir/image_raw', 'a near-infrared camera')
        return nir

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Color one image, if somebody listens to that."""
        assert self.colorizer is not None
        results: dict[str, Any] = {}
        camera_info = frames.get('camera_info')
        if camera_info is not None:
            results['~/camera_info'] = CameraInfoOfImage(
                camera_info, frames['nir'], 'near infrared')
        if '~/image_color' in frames.wanted:
            results['~/image_color'] = self.colorizer(
                frames['nir'], smoothing=self.parameters.exposure_smoothing)
        return results


def main(args: Sequence[str] | None = None) -> None:
    """Run the node as its own process."""
    run(NirColorizerNode, args)


if __name__ == '__main__':
    main()
