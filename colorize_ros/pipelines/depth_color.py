"""Depth made color, with the looks that references of the place lend."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import math

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from colorize_ros.compute import mixed_precision
from colorize_ros.errors import ConfigurationError
from colorize_ros.networks.depth_color import RobotDepthColorizer
from colorize_ros.networks.disentangled import PaperDepthColorizer
from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix
from colorize_ros.pipelines.depth_filling import prepare_depth
from colorize_ros.pipelines.images import check_depth, resized
from colorize_ros.pipelines.pipeline import Pipeline
from colorize_ros.pipelines.references import color_histogram, Reference

Size = tuple[int, int]

# Width by height, at which a frame gets all the rows that its network is meant for.
USUAL_ASPECT = 4 / 3


@dataclasses.dataclass(frozen=True, eq=False)
class Appearance:
    """How references look, as the network remembers it.

    Attributes:
        code: (N,) float32, by which appearances can be compared; N is the network's own.
        remembered: for the colorizer that made it.
    """

    code: NDArray[np.float32]
    remembered: tuple[Tensor, ...]


class DepthColorizer(Pipeline):
    """Colorizes depth maps as references look."""

    name = 'depth-color'
    architectures = (RobotDepthColorizer, PaperDepthColorizer, Pix2Pix, CycleGan, BicycleGan)

    def warm_up(self, height: int, width: int) -> None:
        """Run once on a frame and a reference of this size: the first of a size is slow."""
        depth_m = np.tile(np.linspace(1, 5, width, dtype=np.float32), (height, 1))
        rgb = np.full((height, width, 3), 128, np.uint8)
        self(depth_m, self.remember([Reference(rgb, depth_m)]))

    @torch.inference_mode()
    def remember(self, references: Sequence[Reference]) -> Appearance:
        """Take in how references look.

        Args:
            references: at least one, the most fitting first; `paper` takes the first alone. All
                are brought to the first one's size.

        Raises:
            ConfigurationError: there are none.
        """
        if not references:
            raise ConfigurationError('no reference was given; expected at least one color image '
                                     'with the depth registered to it')
        size = self._size(references[0].depth_m.shape)
        color = torch.stack([self._color(reference.rgb, size) for reference in references])
        depth = torch.stack([self._depth(reference.depth_m, size) for reference in references])
        with mixed_precision(self.device, self.dtype):
            remembered = self.network.remember(color[None], depth[None])  # type: ignore[operator]
        code = _code(remembered[0]) if remembered else color_histogram(references)
        return Appearance(code, remembered)

    def __call__(self, depth_m: NDArray[np.float32], appearance: Appearance) -> NDArray[np.uint8]:
        """Colorize one depth map.

        Args:
            depth_m: (H, W) float32 metres along the optical axis, NaN where unknown. At least
                32 x 32.
            appearance: what `remember` of this colorizer gave.

        Returns:
            (H, W, 3) uint8 RGB.

        Raises:
            ShapeError: not two-dimensional float32, or a side below 32.
            DepthError: no pixel is known.
        """
        check_depth(depth_m)
        return resized(self._run(depth_m, appearance), depth_m.shape)

    @torch.inference_mode()
    def _run(self, depth_m: NDArray[np.float32], appearance: Appearance) -> NDArray[np.uint8]:
        frame = self._depth(depth_m, self._size(depth_m.shape))[None]
        with mixed_precision(self.device, self.dtype):
            color = self.network.colorize(  # type: ignore[operator]
                frame, *appearance.remembered)
        color = color[0].float().clamp(0, 1)
        return np.ascontiguousarray(
            (color * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())

    @property
    def working_rows(self) -> int:
        """The rows, about, at which the network sees a frame that is not wide."""
        return int(self.network.working_rows)  # type: ignore[arg-type]

    def _size(self, shape: Sequence[int]) -> Size:
        """Give the height and width at which the network sees a frame.

        A wide frame gets fewer rows, so that it takes about as long as one of the usual aspect.
        """
        multiple = int(self.network.multiple)  # type: ignore[arg-type]
        area = self.working_rows ** 2 * USUAL_ASPECT
        scale = min(self.working_rows / shape[0], math.sqrt(area / (shape[0] * shape[1])))
        height, width = (
            max(round(min(side * scale, area / multiple) / multiple), 1) * multiple
            for side in shape)
        return height, width

    def _depth(self, depth_m: NDArray[np.float32], size: Size) -> Tensor:
        """Bring depth to how the network sees it, (1, H', W') in [0, 1]."""
        return torch.from_numpy(prepare_depth(depth_m, size)[None]).to(self.device)

    def _color(self, rgb: NDArray[np.uint8], size: Size) -> Tensor:
        """Bring color to how the network sees it, (3, H', W') in [0, 1]."""
        planes = np.ascontiguousarray(resized(rgb, size).transpose(2, 0, 1), np.float32)
        return torch.from_numpy(planes / np.float32(255)).to(self.device)


def _code(first: Tensor) -> NDArray[np.float32]:
    """Describe what is remembered: the first tensor, (1, C, H, W), averaged over space."""
    return first[0].float().mean(dim=(-2, -1)).cpu().numpy()
