"""Depth with holes, or a few samples of it, made dense; with the confidence of each pixel."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from colorize_ros.compute import mixed_precision
from colorize_ros.networks.depth_completion import (
    Measurements,
    PaperDepthCompletion,
    RobotDepthCompletion,
)
from colorize_ros.pipelines.images import check_depth, guide_to_gray
from colorize_ros.pipelines.nearest import nearest_measurement
from colorize_ros.pipelines.pipeline import Pipeline

# A pixel is guessed, not interpolated, where the network expects to be off by more than this, or
# where the next measurement is further away than this share of the image's width.
GUESSED_RELATIVE_ERROR = 0.03
GUESSED_DISTANCE = 0.1


@dataclasses.dataclass(frozen=True)
class EnhancedDepth:
    """Dense depth, and how far each pixel can be trusted.

    Attributes:
        depth_m: (H, W) float32 metres, no NaN.
        confidence: (H, W) float32: 1 where measured, [0.5, 1) where interpolated between
            measurements, (0, 0.5) where guessed.
    """

    depth_m: NDArray[np.float32]
    confidence: NDArray[np.float32]


class DepthCompleter(Pipeline):
    """Fills depth maps; measured pixels stay as measured."""

    name = 'depth-completion'
    architectures = (RobotDepthCompletion, PaperDepthCompletion)

    def warm_up(self, height: int, width: int) -> None:
        """Run once on an empty wall of this size: the first frame of a size is slow."""
        wall_m = np.full((height, width), 2.0, np.float32)
        wall_m[::2] = np.nan
        self(wall_m)

    def __call__(self, depth_m: NDArray[np.float32],
                 guide: NDArray[np.generic] | None = None) -> EnhancedDepth:
        """Complete one depth map.

        Args:
            depth_m: (H, W) float32 metres along the optical axis, NaN where unknown. At least
                32 x 32.
            guide: an image registered to it: uint8 or uint16 (H, W), or uint8 RGB (H, W, 3);
                one of another size is resized.

        Raises:
            ShapeError: depth or guide have another shape or dtype.
            DepthError: nothing at all is known.
        """
        known = check_depth(depth_m)
        height, width = depth_m.shape
        gray = None if guide is None else guide_to_gray(guide, (height, width))
        nearest_m, distance_px = nearest_measurement(depth_m, known)
        planes = {'depth_m': np.where(known, depth_m, 0), 'known': known, 'nearest_m': nearest_m,
                  'distance_px': distance_px, 'guide': gray if gray is not None else 0 * nearest_m}
        completed_m, log_error = self._run(planes, gray is not None)
        completed_m = completed_m[:height, :width]
        confidence = _confidence(
            distance_px / width, None if log_error is None else log_error[:height, :width])
        return EnhancedDepth(np.where(known, depth_m, completed_m), confidence)

    @torch.inference_mode()
    def _run(self, planes: Mapping[str, NDArray[np.generic]], guided: bool
             ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        multiple = int(self.network.multiple)  # type: ignore[arg-type]

        def plane(name: str) -> Tensor:
            padding = [(0, -side % multiple) for side in planes[name].shape]
            # Only measurements end at the frame's edge; all else goes on as it was.
            mode: Any = 'constant' if name in ('depth_m', 'known') else 'edge'
            padded = np.pad(np.asarray(planes[name], np.float32), padding, mode=mode)
            return torch.from_numpy(padded)[None, None].to(self.device)

        frame = Measurements(**{name: plane(name) for name in planes}, guided=torch.full(
            (1, 1, 1, 1), float(guided), device=self.device))
        with mixed_precision(self.device, self.dtype):
            completed_m, log_error = self.network(frame)
        return (completed_m[0, 0].cpu().numpy(),
                None if log_error is None else log_error[0, 0].cpu().numpy())


def _confidence(distance: NDArray[np.float32],
                log_error: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Turn the expected relative error and the distance to the next measurement into trust.

    Where the network gives no error, it is taken to grow with the distance alone.

    Args:
        distance: (H, W) to the next measurement, 0 where measured, as a share of the width.
        log_error: (H, W) logarithm of the expected relative error.
    """
    error = GUESSED_RELATIVE_ERROR * distance / GUESSED_DISTANCE if log_error is None else np.exp(
        log_error)
    confidence = 1 / (1 + error / GUESSED_RELATIVE_ERROR)
    far = distance > GUESSED_DISTANCE
    confidence = np.where(far, np.minimum(confidence, 0.5) * 0.98, confidence)
    return np.where(distance == 0, 1.0, np.clip(confidence, 0.001, 0.99)).astype(np.float32)
