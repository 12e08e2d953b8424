"""Near-infrared images made color."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from colorize_ros.compute import mixed_precision
from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.networks.nir_color import RobotNirColorizer
from colorize_ros.networks.s_shape import PaperNirColorizer
from colorize_ros.pipelines.images import MIN_SIDE
from colorize_ros.pipelines.nir_exposure import expose, Exposure, meter
from colorize_ros.pipelines.pipeline import Pipeline


class NirColorizer(Pipeline):
    """Colorizes near-infrared images; of a video, it can hold the exposure steady."""

    name = 'nir'
    architectures = (RobotNirColorizer, PaperNirColorizer)

    _exposure: Exposure | None = None

    def warm_up(self, height: int, width: int) -> None:
        """Run once on an image of this size: the first frame of a size is slow."""
        before = self._exposure
        self(np.tile(np.arange(width) % 256, (height, 1)).astype(np.uint8))
        self._exposure = before

    def reset(self) -> None:
        """Forget the exposure of the frames before."""
        self._exposure = None

    def __call__(self, nir: NDArray[Any], *, smoothing: float = 0.0) -> NDArray[np.uint8]:
        """Colorize one image.

        The image is exposed first: gray levels that are few, or all dark, are spread.

        Args:
            nir: (H, W) uint8 or uint16, at least 32 x 32.
            smoothing: share of the exposure that is kept from the frames before, below 1; 0
                exposes each image for itself.

        Returns:
            (H, W, 3) uint8 RGB.

        Raises:
            ShapeError: another shape or dtype.
            ConfigurationError: a smoothing outside [0, 1).
        """
        if nir.ndim != 2 or nir.dtype not in (np.uint8, np.uint16) or min(nir.shape) < MIN_SIDE:
            raise ShapeError(
                f'the near-infrared image has shape {nir.shape} and dtype {nir.dtype}; expected '
                f'uint8 or uint16 (H, W) with at least {MIN_SIDE} rows and columns')
        if not 0 <= smoothing < 1:
            raise ConfigurationError(f'smoothing is {smoothing:g}; expected at least 0 and below '
                                     '1. 0 exposes each image for itself')
        metered = meter(nir)
        self._exposure = (metered if self._exposure is None
                          else self._exposure.followed_by(metered, smoothing))
        return self._run(expose(nir, self._exposure))

    @torch.inference_mode()
    def _run(self, exposed: NDArray[np.float32]) -> NDArray[np.uint8]:
        height, width = exposed.shape
        multiple = int(self.network.multiple)  # type: ignore[arg-type]
        padded = np.pad(exposed, [(0, -side % multiple) for side in exposed.shape], mode='edge')
        frame = torch.from_numpy(padded)[None, None].to(self.device)
        with mixed_precision(self.device, self.dtype):
            color = self.network(frame)
        color = color[0, :, :height, :width].float().clamp(0, 1)
        return np.ascontiguousarray(
            (color * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())
