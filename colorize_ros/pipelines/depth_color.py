"""Depth made color, with the looks that references of the place lend."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
from typing import Any

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
        height, width = depth_m.shape
        colors = self._run(depth_m, appearance)
        if self.working_rows is None:
            return np.ascontiguousarray(colors[:height, :width])
        return resized(colors, (height, width))

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
    def working_rows(self) -> int | None:
        """The rows at which the network sees a frame; None for those that it has."""
        return self.network.working_rows  # type: ignore[return-value]

    def _size(self, shape: Sequence[int]) -> Size:
        """Give the height and width at which the network sees a frame."""
        multiple = int(self.network.multiple)  # type: ignore[arg-type]
        height, width = shape
        if self.working_rows is None:
            return height + -height % multiple, width + -width % multiple
        return tuple(  # type: ignore[return-value]
            max(round(side * self.working_rows / height / multiple), 1) * multiple
            for side in shape)

    def _depth(self, depth_m: NDArray[np.float32], size: Size) -> Tensor:
        """Bring depth to how the network sees it, (1, H', W') in [0, 1]."""
        whole = (_padded(prepare_depth(depth_m), size) if self._pads(depth_m.shape, size)
                 else prepare_depth(depth_m, size))
        return torch.from_numpy(whole[None]).to(self.device)

    def _color(self, rgb: NDArray[np.uint8], size: Size) -> Tensor:
        """Bring color to how the network sees it, (3, H', W') in [0, 1]."""
        fitted = _padded(rgb, size) if self._pads(rgb.shape, size) else resized(rgb, size)
        planes = np.ascontiguousarray(fitted.transpose(2, 0, 1), np.float32)
        return torch.from_numpy(planes / np.float32(255)).to(self.device)

    def _pads(self, shape: Sequence[int], size: Size) -> bool:
        """Say whether a frame keeps its size but for what it lacks to a multiple."""
        return self.working_rows is None and shape[0] <= size[0] and shape[1] <= size[1]


def _padded(values: NDArray[Any], size: Size) -> NDArray[Any]:
    missing = [(0, wanted - side) for wanted, side in zip(size, values.shape)]
    return np.pad(values, missing + [(0, 0)] * (values.ndim - 2), mode='edge')


def _code(first: Tensor) -> NDArray[np.float32]:
    """Describe what is remembered: the first tensor, (1, ..., C, H, W) averaged over space."""
    values = first[0].float()
    means = values.mean(dim=(-2, -1)) if values.ndim > 2 else values
    return means.flatten().cpu().numpy()
