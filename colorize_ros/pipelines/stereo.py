"""Mono and color through two lenses: color at the mono camera's sharpness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from colorize_ros.compute import mixed_precision
from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.networks.dual_lens import PaperDualLens
from colorize_ros.networks.stereo_color import RobotDualLens
from colorize_ros.pipelines.images import MIN_SIDE, to_levels
from colorize_ros.pipelines.pipeline import Pipeline
from colorize_ros.ycbcr import COLORS, LUMA, to_ycbcr

SIDES = ('left', 'right')


class StereoColorizer(Pipeline):
    """Gives a mono image the colors that a second lens sees from beside it."""

    name = 'stereo'
    architectures = (RobotDualLens, PaperDualLens)

    def warm_up(self, height: int, width: int) -> None:
        """Run once on a pair of this size: the first frame of a size is slow."""
        mono = np.tile(np.arange(width) % 256, (height, 1)).astype(np.uint8)
        self(mono, np.repeat(mono[..., None], 3, axis=2))

    def __call__(self, mono: NDArray[Any], color: NDArray[np.uint8], *,
                 mono_is: str = 'left') -> NDArray[np.uint8]:
        """Colorize one mono image.

        The result's luma (BT.601) is the mono image, to the last of its 8 bits; only chroma comes
        from the color camera. A chroma that RGB cannot show at that luma is made paler.

        Args:
            mono: (H, W) uint8 or uint16, at least 32 x 32.
            color: (H, W, 3) uint8 RGB, rectified with the mono image: what both see lies in the
                same row, and not more columns apart than the network's `disparities`.
            mono_is: `left` or `right`, which of the two cameras the mono one is.

        Returns:
            (H, W, 3) uint8 RGB.

        Raises:
            ShapeError: another shape or dtype, or two sizes.
            ConfigurationError: `mono_is` is another word.
        """
        _check(mono, color, mono_is)
        luma = to_levels(mono)
        if mono_is == 'right':
            # In a mirror the right camera is the left one.
            return np.ascontiguousarray(self._run(luma[:, ::-1], color[:, ::-1])[:, ::-1])
        return self._run(luma, color)

    @property
    def disparities(self) -> int:
        """The largest disparity that the network searches, pixels."""
        return int(self.network.disparities)  # type: ignore[arg-type]

    @torch.inference_mode()
    def _run(self, luma: NDArray[np.uint8], color: NDArray[np.uint8]) -> NDArray[np.uint8]:
        mono = self._padded(luma.astype(np.float32)[None] / np.float32(255))
        reference = self._padded(to_ycbcr(color))
        with mixed_precision(self.device, self.dtype):
            chroma = self.network(mono, reference)
        height, width = luma.shape
        levels = torch.from_numpy(np.ascontiguousarray(luma, np.float32)).to(self.device)
        rgb = paint(levels, chroma[0, :, :height, :width].float())
        return np.ascontiguousarray(rgb.permute(1, 2, 0).cpu().numpy())

    def _padded(self, planes: NDArray[np.float32]) -> Tensor:
        """Give planes (C, H, W) as (1, C, H', W') of sides that the network takes."""
        multiple = int(self.network.multiple)  # type: ignore[arg-type]
        sides = [(0, -side % multiple) for side in planes.shape[1:]]
        padded = np.pad(planes, [(0, 0), *sides], mode='edge')
        return torch.from_numpy(padded)[None].to(self.device)


def paint(luma: Tensor, chroma: Tensor) -> Tensor:
    """Give the 8-bit RGB of a luma, exactly, and of a chroma, as far as RGB can show it.

    Args:
        luma: (H, W) whole numbers in [0, 255].
        chroma: (2, H, W) Cb and Cr in [-0.5, 0.5].

    Returns:
        (3, H, W) uint8, whose rounded luma is the given one.
    """
    colors = torch.as_tensor(COLORS, device=chroma.device)
    shifts = 255 * torch.einsum('chw,cr->rhw', chroma, colors)
    # How far each channel may go before it clips, as a part of how far it would go.
    room = torch.where(shifts > 0, 255 - luma, luma) / shifts.abs().clamp_min(1e-3)
    rgb = luma + shifts * room.amin(0).clamp_max(1)
    red, blue = rgb[0].round().clamp(0, 255), rgb[2].round().clamp(0, 255)
    # Green, in which a step changes luma by little more than a half, takes up the rounding.
    green = (luma - float(LUMA[0]) * red - float(LUMA[2]) * blue) / float(LUMA[1])
    return torch.stack([red, green.round().clamp(0, 255), blue]).to(torch.uint8)


def _check(mono: NDArray[Any], color: NDArray[Any], mono_is: str) -> None:
    if mono.ndim != 2 or mono.dtype not in (np.uint8, np.uint16) or min(mono.shape) < MIN_SIDE:
        raise ShapeError(
            f'the mono image has shape {mono.shape} and dtype {mono.dtype}; expected uint8 or '
            f'uint16 (H, W) with at least {MIN_SIDE} rows and columns')
    if color.shape != (*mono.shape, 3) or color.dtype != np.uint8:
        raise ShapeError(
            f'the color image has shape {color.shape} and dtype {color.dtype}; expected uint8 RGB '
            f'{(*mono.shape, 3)}, as large as the mono image and rectified with it. Resample it')
    if mono_is not in SIDES:
        raise ConfigurationError(
            f'mono_is is {mono_is!r}; expected one of {SIDES}: where the mono camera stands, seen '
            'from behind the cameras')
