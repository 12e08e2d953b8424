"""Blocks that several networks share."""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a skip; (B, C, H, W) -> (B, C, H, W).

    There is no normalisation: a depth network must keep the absolute level of its input. The
    second convolution starts at zero, so that a fresh block passes its input through.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        start_at_zero(self.second)

    def forward(self, features: Tensor) -> Tensor:
        """Refine features (B, C, H, W)."""
        hidden = functional.leaky_relu(features, 0.1)
        hidden = functional.leaky_relu(self.first(hidden), 0.1, inplace=True)
        return features + self.second(hidden)


def start_at_zero(layer: nn.Conv2d) -> None:
    """Let a layer give 0 until it is trained, so that what is around it starts as it is."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


def double(features: Tensor) -> Tensor:
    """Give features (B, C, H, W) twice the size, linearly."""
    return functional.interpolate(features, scale_factor=2.0, mode='bilinear',
                                  align_corners=False)


def autocast_dtype(like: Tensor) -> torch.dtype:
    """Give the type in which autocast computes on the device of `like`; float32 where it is off.

    Asked of a product, since the functions that tell it differ between versions of torch.
    """
    one = torch.ones(1, 1, device=like.device)
    return (one @ one).dtype


def standardise(guide: Tensor) -> Tensor:
    """Give each image of a batch (B, 1, H, W) mean 0 and deviation 1; a flat one stays flat."""
    deviation, mean = torch.std_mean(guide, (2, 3), keepdim=True)
    return (guide - mean) / (deviation + 0.02)


def masked_pyramid(values: Tensor, mask: Tensor, levels: int) -> list[tuple[Tensor, Tensor]]:
    """Average what is known over ever larger cells (the pull of Gortler's push-pull).

    Args:
        values: (B, 1, H, W), anything finite where unknown.
        mask: (B, 1, H, W), 1 where known, 0 where not.
        levels: how many times to halve; odd sizes are rounded up.

    Returns:
        levels + 1 pairs from fine to coarse: the mean of the known values of a cell (0 where it
        has none) and the fraction of its pixels that is known, both (B, 1, H / 2^k, W / 2^k).
    """
    total = values * mask
    weight = mask
    pyramid = [(total, weight)]
    for _ in range(levels):
        total = functional.avg_pool2d(total, 2, ceil_mode=True)
        weight = functional.avg_pool2d(weight, 2, ceil_mode=True)
        pyramid.append((total / weight.clamp_min(1e-8), weight))
    return pyramid


def push_pull_fill(pyramid: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Fill the unknown from coarse to fine (the push of Gortler et al. 1996, section 3.4).

    Args:
        pyramid: what `masked_pyramid` gives; its coarsest level may have unknown cells, which
            take the mean of the known ones.

    Returns:
        (B, 1, H, W), every pixel filled; known pixels as they were.
    """
    values, weight = pyramid[-1]
    mean = (values * weight).sum((2, 3), keepdim=True) / weight.sum(
        (2, 3), keepdim=True).clamp_min(1e-8)
    filled = torch.where(weight > 0, values, mean)
    for values, weight in reversed(pyramid[:-1]):
        coarse = functional.interpolate(filled, size=values.shape[2:], mode='bilinear',
                                        align_corners=False)
        filled = torch.where(weight > 0, values, coarse)
    return filled
