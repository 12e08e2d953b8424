"""The node `depth_enhancer`: depth with holes in, whole depth with confidence out."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CameraInfo, Image, PointCloud2, PointField
from sensor_msgs_py import point_cloud2
from std_msgs.msg import Header

from colorize_ros.errors import ConfigurationError
from colorize_ros.messages import (
    decode_depth,
    decode_gray,
    decode_rgb,
    depth_picture,
    encode_confidence,
    encode_depth,
    encode_rgb,
    intrinsics_of,
    points_from_depth,
    scale_camera_info,
)
from colorize_ros.nodes.base import PerceptionNode
from colorize_ros.nodes.diagnostics import ModelInfo
from colorize_ros.nodes.images import check_same_size, image_message, WARM_UP_SIZE
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.running import run
from colorize_ros.nodes.topics import (
    DEPTH_TRANSPORTS,
    FrameSet,
    IMAGE_TRANSPORTS,
    Input,
    Output,
)
from colorize_ros.pipelines import DepthCompleter, DepthUpsampler, fit_guide

GUIDES: dict[str, Callable[[Any], NDArray[Any]]] = {'gray': decode_gray, 'color': decode_rgb}


@dataclass(frozen=True)
class DepthEnhancerParameters(NodeParameters):
    """What `depth_enhancer` can be told."""

    model: str = parameter('robot', 'Preset or file of the completion network')
    upsampler_model: str = parameter(
        'robot', 'Preset or file of the super-resolution network; loaded if scale is not 1')
    scale: int = parameter(
        1, 'Enlarge depth by this factor; camera_info follows', choices=(1, 2, 4, 8))
    transport: str = parameter(
        'raw', 'How depth comes: depth/image_raw, or below it compressedDepth or compressed',
        choices=DEPTH_TRANSPORTS)
    input_depth_unit: str = parameter(
        'auto', 'Unit of the input; auto: 32FC1 in metres, 16-bit in millimetres',
        choices=('auto', 'm', 'mm'))
    guide: str = parameter(
        'none', 'Image registered to depth, which colors the points and is a hint to the network: '
        'guide/image_raw, as gray (mono, NIR) or color', choices=('none', *GUIDES))
    guide_transport: str = parameter('raw', 'How the guide comes', choices=IMAGE_TRANSPORTS)
    guide_offset_s: float = parameter(
        0.0, "Added to the guide's stamps before they are compared to those of depth", unit='s',
        low=-10.0, high=10.0)
    output_encoding: str = parameter(
        '32FC1', 'Encoding of ~/depth: 32FC1 in metres, or 16UC1 in millimetres',
        choices=('32FC1', '16UC1'))
    min_confidence: float = parameter(
        0.5, 'Leave points below this confidence out of ~/points; below 0.5 depth is guessed',
        low=0.0, high=1.0, runtime=True)
    picture_near_m: float = parameter(
        0.4, 'Depth of the nearest color of the pictures', unit='m', low=0.0, high=100.0,
        runtime=True)
    picture_far_m: float = parameter(
        6.0, 'Depth of the farthest color of the pictures', unit='m', low=0.0, high=100.0,
        runtime=True)


class Cloud(NamedTuple):
    """What ~/points is made of."""

    depth_m: NDArray[np.float32]
    confidence: NDArray[np.float32]
    camera_info: CameraInfo
    rgb: NDArray[np.uint8] | None
    min_confidence: float


class DepthEnhancerNode(PerceptionNode):
    """Fills the holes of depth images, says how far each pixel can be trusted, makes clouds."""

    node_name = 'depth_enhancer'
    Parameters = DepthEnhancerParameters
    parameters: DepthEnhancerParameters

    completer: DepthCompleter | None = None
    upsampler: DepthUpsampler | None = None

    def inputs(self, parameters: DepthEnhancerParameters) -> Sequence[Input]:
        """Depth and its camera_info, with the guide where one is asked for."""
        streams = [
            Input('depth', 'depth/image_raw', transport=parameters.transport,
                  decode=functools.partial(decode_depth, unit=parameters.input_depth_unit)),
            Input('camera_info', 'camera_info', decode=lambda message: message,
                  message_type=CameraInfo),
        ]
        if parameters.guide != 'none':
            streams.append(Input(
                'guide', 'guide/image_raw', decode=GUIDES[parameters.guide],
                transport=parameters.guide_transport, optional=True,
                offset_s=parameters.guide_offset_s))
        return streams

    def outputs(self, parameters: DepthEnhancerParameters) -> Sequence[Output]:
        """Depth, confidence, camera_info, the cloud, and pictures that rviz can show."""
        def depth(depth_m: NDArray[np.float32]) -> Image:
            """Encode as the parameters say."""
            return image_message(encode_depth(depth_m, parameters.output_encoding))

        return [
            Output('~/depth', Image, depth),
            Output('~/confidence', Image, lambda values: image_message(encode_confidence(values))),
            Output('~/camera_info', CameraInfo, lambda camera_info: camera_info),
            Output('~/points', PointCloud2, points),
            Output('~/depth_picture', Image, self.picture),
            Output('~/input_picture', Image, self.picture),
        ]

    def configure(self, parameters: DepthEnhancerParameters) -> None:
        """Load the networks."""
        check_range(parameters)
        self.completer = DepthCompleter.load(parameters.model, device=parameters.device)
        self.completer.warm_up(*WARM_UP_SIZE)
        if parameters.scale > 1:
            self.upsampler = DepthUpsampler.load(
                parameters.upsampler_model, device=parameters.device)
            self.upsampler.warm_up(*WARM_UP_SIZE)

    def release(self) -> None:
        """Free the networks."""
        self.completer = self.upsampler = None

    def models(self) -> Sequence[ModelInfo]:
        """Return what is loaded."""
        return [pipeline.info for pipeline in (self.completer, self.upsampler) if pipeline]

    def process(self, frames: FrameSet) -> Mapping[str, Any]:
        """Complete one depth image and enlarge it, as far as somebody listens."""
        depth_m, camera_info = frames['depth'], frames['camera_info']
        check_same_size(camera_info, depth_m, 'depth')
        height, width = (side * self.parameters.scale for side in depth_m.shape)
        results: dict[str, Any] = {
            '~/camera_info': scale_camera_info(camera_info, width, height),
            '~/input_picture': depth_m,
        }
        if not frames.wanted <= results.keys():
            results.update(self.enhance(frames, results['~/camera_info']))
        return results

    def enhance(self, frames: FrameSet, camera_info: CameraInfo) -> dict[str, Any]:
        """Return the results that need the networks; `camera_info` is that of the result."""
        assert self.completer is not None
        guide, scale = frames.get('guide'), self.parameters.scale
        enhanced = self.completer(frames['depth'], guide)
        depth_m = enhanced.depth_m
        if self.upsampler is not None:
            # Without the guide: on test maps the upsampler is up to 3 % better alone.
            depth_m = self.upsampler(depth_m, scale)
        results: dict[str, Any] = {'~/depth': depth_m, '~/depth_picture': depth_m}
        if frames.wanted & {'~/confidence', '~/points'}:
            results['~/confidence'] = enlarge(enhanced.confidence, scale)
        if '~/points' in frames.wanted:
            rgb = None if guide is None else as_rgb(fit_guide(guide, depth_m.shape))
            results['~/points'] = Cloud(depth_m, results['~/confidence'], camera_info, rgb,
                                        self.parameters.min_confidence)
        return results

    def picture(self, depth_m: NDArray[np.float32]) -> Image:
        """Color depth, before and after alike and steadily, since a range a frame flickers."""
        check_range(self.parameters)
        near_m, far_m = self.parameters.picture_near_m, self.parameters.picture_far_m
        return image_message(encode_rgb(depth_picture(depth_m, near_m, far_m)))


def check_range(parameters: DepthEnhancerParameters) -> None:
    """Refuse a range of depth whose far end is not behind its near end.

    Raises:
        ConfigurationError: it is not.
    """
    if parameters.picture_near_m >= parameters.picture_far_m:
        raise ConfigurationError(
            f'picture_near_m is {parameters.picture_near_m} and picture_far_m '
            f'{parameters.picture_far_m}; expected near below far. Set both')


def enlarge(pixels: NDArray[Any], scale: int) -> NDArray[Any]:
    """Repeat each pixel of (H, W, ...) `scale` times both ways: this invents no confidence."""
    if scale == 1:
        return pixels
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def as_rgb(guide: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a guide image of any kind as (H, W, 3) uint8 for the colors of a cloud."""
    if guide.ndim == 3:
        return guide
    gray = (guide >> 8).astype(np.uint8) if guide.dtype == np.uint16 else guide
    return np.stack([gray] * 3, axis=-1)


def points(cloud: Cloud) -> PointCloud2:
    """Make the cloud: XYZ, and RGB where there is a guide."""
    made = points_from_depth(
        cloud.depth_m, intrinsics_of(cloud.camera_info), confidence=cloud.confidence,
        min_confidence=cloud.min_confidence, rgb=cloud.rgb)
    fields = [PointField(name=name, offset=4 * index, datatype=PointField.FLOAT32, count=1)
              for index, name in enumerate(made.dtype.names or ())]
    return point_cloud2.create_cloud(Header(), fields, made)


def main(args: Sequence[str] | None = None) -> None:
    """Run the node as its own process."""
    run(DepthEnhancerNode, args)


if __name__ == '__main__':
    main()
