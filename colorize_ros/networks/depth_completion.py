"""Dense depth from depth with holes, or from a few samples.

The preset `paper` follows A. Korinevskaya and I. Makarov, "Depth Map Reconstruction using Deep
Convolutional Neural Networks" (2018), the part "Fast Depth Interpolation". The preset `robot` is
ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import (
    autocast_dtype,
    masked_pyramid,
    push_pull_fill,
    ResidualBlock,
    standardise,
    start_at_zero,
)

# Push-pull starts at cells of 256 pixels: even 200 samples a frame leave few of them empty.
FILL_LEVELS = 8
# The expected relative error: from a tenth of a percent to everything.
LOG_ERROR_RANGE = (-7.0, 0.0)


class Measurements(NamedTuple):
    """What is known of a batch of frames; H and W are multiples of the network's `multiple`.

    Attributes:
        depth_m: (B, 1, H, W) float32 metres, anything finite where unknown.
        known: (B, 1, H, W), 1 where depth is known, else 0; at least one a frame.
        nearest_m: (B, 1, H, W) float32 metres, the nearest known depth.
        distance_px: (B, 1, H, W) float32, how far away that is.
        guide: (B, 1, H, W), an image of any exposure in about [0, 1], or 0.
        guided: (B, 1, 1, 1), 1 for a frame with a guide, else 0.
    """

    depth_m: Tensor
    known: Tensor
    nearest_m: Tensor
    distance_px: Tensor
    guide: Tensor
    guided: Tensor


class RobotDepthCompletion(nn.Module):
    """A U-Net that blends and corrects two quick fills, at half resolution and below.

    The fills are the nearest measurement, which keeps edges, and push-pull, which keeps slopes.
    The network says for each pixel how much of which, adds a correction in units of the depth
    range around, and says how far off it expects to be. It sees each frame relative to its own
    mean depth, so a table top and a hall are alike to it. Known depth enters every encoder level
    as the mean of its cell, so that 200 samples reach the coarse levels as directly as a dense
    frame does.

    Args:
        channels: features at 1/2, 1/4, 1/8, ... of the input resolution.
        blocks: residual blocks at each encoder level.
    """

    def __init__(self, channels: Sequence[int] = (32, 64, 96, 128, 160),
                 blocks: Sequence[int] = (2, 2, 2, 2, 2)) -> None:
        super().__init__()
        self.multiple = 2 ** len(channels)
        self.stem = nn.Conv2d(4 * 8, channels[0], 3, padding=1)
        self.encoder = nn.ModuleList(
            nn.Sequential(*(ResidualBlock(width) for _ in range(count)))
            for width, count in zip(channels, blocks))
        self.down = nn.ModuleList(
            nn.Conv2d(fine + 2, coarse, 3, stride=2, padding=1)
            for fine, coarse in zip(channels, channels[1:]))
        self.up = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1) for fine, coarse in zip(channels, channels[1:]))
        self.decoder = nn.ModuleList(ResidualBlock(width) for width in channels[:-1])
        self.head = nn.Conv2d(channels[0], 3 * 4, 3, padding=1)
        start_at_zero(self.head)

    def forward(self, frame: Measurements) -> tuple[Tensor, Tensor]:
        """Complete depth.

        Returns:
            The completed depth, (B, 1, H, W) metres, known pixels corrected as well; and the
            logarithm of its expected relative error, (B, 1, H, W).
        """
        known = frame.known
        scale_m = (frame.depth_m * known).sum((2, 3), keepdim=True) / known.sum(
            (2, 3), keepdim=True)
        pyramid = masked_pyramid(frame.depth_m / scale_m, known, FILL_LEVELS)
        smooth, nearest = push_pull_fill(pyramid), frame.nearest_m / scale_m
        contrast = _local_contrast(nearest)
        with torch.autocast(known.device.type, enabled=False):
            # The fine structure of depth is lost in 8 bits of mantissa; the stem keeps it.
            features = self.stem(_inputs(frame, smooth, nearest, contrast))
        features = features.to(autocast_dtype(features))
        answers = functional.pixel_shuffle(self._unet(features, pyramid).float(), 2)
        blend, residual, log_error = answers.split(1, 1)
        completed = torch.lerp(smooth, nearest, blend.sigmoid())
        completed = completed * (1 + 0.3 * contrast * residual).clamp_min(0.05)
        return completed * scale_m, (log_error - 4.0).clamp(*LOG_ERROR_RANGE)

    def _unet(self, features: Tensor, pyramid: list[tuple[Tensor, Tensor]]) -> Tensor:
        skips = []
        for level, stage in enumerate(self.encoder):
            features = stage(features)
            if level < len(self.down):
                skips.append(features)
                values, weight = pyramid[level + 1]
                known = torch.cat([values - (weight > 0).to(values), weight.sqrt()], 1)
                features = self.down[level](torch.cat([features, known.to(features.dtype)], 1))
        for skip, up, stage in zip(reversed(skips), reversed(self.up), reversed(self.decoder)):
            coarse = functional.interpolate(up(features), scale_factor=2, mode='bilinear',
                                            align_corners=False)
            features = stage(skip + coarse)
        return self.head(features)


def _inputs(frame: Measurements, smooth: Tensor, nearest: Tensor, contrast: Tensor) -> Tensor:
    """Give the eight input planes at half resolution, (B, 32, H / 2, W / 2), all of order 1."""
    around = functional.interpolate(
        functional.avg_pool2d(smooth, 8), scale_factor=8, mode='bilinear', align_corners=False)
    planes = torch.cat([
        smooth.log(), (smooth - around) / (around * contrast),
        (nearest - smooth) / (smooth * contrast), contrast.log() + 2,
        (1 + frame.distance_px).log(), frame.known, standardise(frame.guide),
        frame.guided.expand_as(frame.known)], 1)
    return functional.pixel_unshuffle(planes, 2)


def _local_contrast(filled: Tensor) -> Tensor:
    """Give the range of depth around each pixel, relative to its depth; 0.01 at least.

    It is the unit of the network's corrections: millimetres on a wall, a step's height at a step.

    Args:
        filled: (B, 1, H, W), 0 at least; H and W multiples of 8.

    Returns:
        (B, 1, H, W), from the range over about 24 x 24 pixels.
    """
    highest = functional.max_pool2d(functional.max_pool2d(filled, 8), 3, 1, 1)
    lowest = -functional.max_pool2d(functional.max_pool2d(-filled, 8), 3, 1, 1)
    contrast = 2 * (highest - lowest) / (highest + lowest) + 0.01
    return functional.interpolate(contrast, scale_factor=8, mode='bilinear', align_corners=False)


class PaperDepthCompletion(nn.Module):
    """Fast depth interpolation: downscale, interpolate, upscale by sub-pixel convolution.

    The slides name the parts (residual, projection and downsampling blocks, then the
    super-resolution network) and the loss, but give neither widths nor depths; those here are a
    practitioner's: downscaling by 4, two downsampling blocks, and a super-resolution network that
    goes back up by 16 in four sub-pixel steps. The paper's network knows no mask: unknown depth
    is the lowest value, -1. Batch normalisation, which the slides name for super-resolution only,
    is left out: statistics over sparse and dense maps together fit neither.

    Args:
        channels: features at 1/4, 1/8 and 1/16 of the input resolution.
    """

    multiple = 16

    def __init__(self, channels: tuple[int, int, int] = (64, 128, 256)) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.interpolation = nn.Sequential(
            nn.Conv2d(1, fine, 3, padding=1), nn.ELU(),
            ShortcutBlock(fine, fine), ShortcutBlock(fine, middle, stride=2),
            ShortcutBlock(middle, middle), ShortcutBlock(middle, coarse, stride=2),
            ShortcutBlock(coarse, coarse), ShortcutBlock(coarse, coarse))
        self.upscale = nn.Sequential(
            SubPixelStep(coarse, middle), SubPixelStep(middle, fine),
            SubPixelStep(fine, fine // 2), SubPixelStep(fine // 2, fine // 4),
            nn.Conv2d(fine // 4, 1, 3, padding=1), nn.Tanh())

    def forward(self, frame: Measurements) -> tuple[Tensor, None]:
        """Complete depth as `RobotDepthCompletion` does, without an expected error.

        The guide is not used: the paper's approach is depth only.
        """
        _, span_m = self.normalise(frame.depth_m, frame.depth_m, frame.known)
        return (self.interpolate(frame.depth_m, frame.known).float() + 1) / 2 * span_m, None

    @staticmethod
    def normalise(values_m: Tensor, depth_m: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """Scale values from [0, span] to [-1, 1], span being 1.25 times the largest known depth.

        Returns:
            The scaled values, (B, 1, H, W), and the span in metres, (B, 1, 1, 1).
        """
        span_m = 1.25 * (depth_m * known).amax((2, 3), keepdim=True).clamp_min(1e-3)
        return (values_m / span_m * 2 - 1).clamp(-1, 1), span_m

    def interpolate(self, depth_m: Tensor, known: Tensor) -> Tensor:
        """Give the dense map in [-1, 1], (B, 1, H, W); H and W multiples of `multiple`."""
        scaled, _ = self.normalise(depth_m * known, depth_m, known)
        # Downscaling keeps the nearest surface of a cell: a mean with the unknown is no depth.
        sparse = functional.max_pool2d(torch.where(known > 0, -scaled, -2.0), 4)
        sparse = torch.where(sparse > -1.5, -sparse, -1.0)
        return self.upscale(self.interpolation(sparse))


class ShortcutBlock(nn.Module):
    """A residual block; with another width a projection, with stride 2 a downsampling block."""

    def __init__(self, width_in: int, width_out: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width_in, width_out, 3, stride, padding=1), nn.ELU(),
            nn.Conv2d(width_out, width_out, 3, padding=1))
        plain = width_in == width_out and stride == 1
        self.shortcut = nn.Identity() if plain else nn.Conv2d(width_in, width_out, 1, stride)

    def forward(self, features: Tensor) -> Tensor:
        """(B, width_in, H, W) -> (B, width_out, H / stride, W / stride)."""
        return functional.elu(self.shortcut(features) + self.body(features))


class SubPixelStep(nn.Sequential):
    """Convolution and pixel shuffle (Shi et al. 2016): (B, C, H, W) -> (B, C', 2 H, 2 W)."""

    def __init__(self, width_in: int, width_out: int) -> None:
        super().__init__(
            nn.Conv2d(width_in, 4 * width_out, 3, padding=1), nn.PixelShuffle(2), nn.ELU())
