"""Depth maps at 2, 4 or 8 times their resolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import torch

from colorize_ros.compute import mixed_precision
from colorize_ros.errors import ConfigurationError
from colorize_ros.networks.blocks import masked_pyramid, push_pull_fill
from colorize_ros.networks.depth_super_resolution import (
    PaperDepthSuperResolution,
    RobotDepthSuperResolution,
    SCALES,
)
from colorize_ros.pipelines.images import check_depth, guide_to_gray
from colorize_ros.pipelines.pipeline import Pipeline

FILL_LEVELS = 8


class DepthUpsampler(Pipeline):
    """Raises the resolution of depth or disparity maps."""

    name = 'depth-super-resolution'
    architectures = (RobotDepthSuperResolution, PaperDepthSuperResolution)

    def warm_up(self, height: int, width: int, scale: int = 2) -> None:
        """Run once on an empty wall of this (low) size: the first frame of a size is slow."""
        self(np.full((height, width), 2.0, np.float32), scale)

    def __call__(self, depth_m: NDArray[np.float32], scale: int,
                 guide: NDArray[np.generic] | None = None) -> NDArray[np.float32]:
        """Raise the resolution of one map.

        Args:
            depth_m: (H, W) float32 metres, or disparity in pixels; NaN where unknown. At least
                32 x 32.
            scale: 2, 4 or 8.
            guide: an image registered to it: uint8 or uint16 (scale * H, scale * W), or uint8 RGB
                (scale * H, scale * W, 3); one of another size is resized.

        Returns:
            (scale * H, scale * W) float32 in the unit of the input, NaN where its pixel was.

        Raises:
            ConfigurationError: the scale is not 2, 4 or 8.
            ShapeError: depth or guide have another shape or dtype.
            DepthError: nothing at all is known.
        """
        if scale not in SCALES:
            raise ConfigurationError(f'scale is {scale}; expected one of {SCALES}')
        known = check_depth(depth_m)
        shape = (scale * depth_m.shape[0], scale * depth_m.shape[1])
        gray = np.zeros(shape, np.float32) if guide is None else guide_to_gray(guide, shape)
        finer = self._run(np.where(known, depth_m, 0), known, gray, guide is not None, scale)
        if known.all():
            return finer
        return np.where(known.repeat(scale, 0).repeat(scale, 1), finer, np.float32(np.nan))

    @torch.inference_mode()
    def _run(self, depth_m: NDArray[np.float32], known: NDArray[np.bool_],
             gray: NDArray[np.float32], guided: bool, scale: int) -> NDArray[np.float32]:
        low = torch.from_numpy(depth_m)[None, None].to(self.device)
        if not known.all():
            mask = torch.from_numpy(known)[None, None].to(self.device, torch.float32)
            low = push_pull_fill(masked_pyramid(low, mask, FILL_LEVELS))
        guide = torch.from_numpy(gray)[None, None].to(self.device)
        flag = torch.full((1, 1, 1, 1), float(guided), device=self.device)
        with mixed_precision(self.device, self.dtype):
            finer = self.network(low, guide, flag, scale)
        return finer[0, 0].float().cpu().numpy()
