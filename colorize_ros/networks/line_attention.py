"""Attention along the scan line: correlation volumes, and averages over a pixel's candidates."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import double

# Keeps features that are all zero from dividing by it, in half precision too.
SMALLEST_NORM = 1e-4


class LineAttention(nn.Module):
    """Weights of the candidates at 1/4, from correlations at 1/8 and at 1/4.

    Args:
        widths: of the features at 1/2, 1/4 and 1/8.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        _, quarter, eighth = widths
        self.describe = nn.Conv2d(eighth, 32, 1)
        self.describe_quarter = nn.Conv2d(quarter, 16, 1)
        self.begin = _volume_layer(8, 16)
        self.excite = nn.Conv2d(eighth, 16, 1)
        self.flat = _volume_layer(16, 16)
        self.down = nn.Sequential(_volume_layer(16, 32, 2), _volume_layer(32, 32))
        self.deepest = nn.Sequential(
            _volume_layer(32, 32, 2), _volume_layer(32, 32), _volume_layer(32, 32))
        self.narrow = nn.Conv3d(32, 16, 1)
        self.end = _volume_layer(16, 16)
        self.hand_on = nn.Conv3d(16, 8, 1)
        self.join = _volume_layer(12, 8)
        self.logits = nn.Conv3d(8, 1, 3, padding=1)

    def forward(self, left: Sequence[Tensor], right: Sequence[Tensor], count: int) -> Tensor:
        """Give weights (B, count, H / 4, W / 4), which sum to 1, of the candidates 0, 4, ... left.

        Args:
            left, right: features at 1/2, 1/4 and 1/8 of the two images.
            count: of candidates, odd.
        """
        coarse = correlate(self.describe(left[2]), self.describe(right[2]), count // 2 + 1, 8)
        volume = self.begin(coarse) * torch.sigmoid(self.excite(left[2])).unsqueeze(2)
        volume = self.flat(volume)
        below = self.down(volume)
        below = below + _to_size(self.deepest(below), below)
        volume = self.end(volume + _to_size(self.narrow(below), volume))
        fine = correlate(
            self.describe_quarter(left[1]), self.describe_quarter(right[1]), count, 4)
        volume = torch.cat([_refine_volume(self.hand_on(volume)).to(fine.dtype), fine], 1)
        logits = self.logits(self.join(volume)).squeeze(1).float()
        candidates = torch.arange(count, device=logits.device).view(1, -1, 1, 1)
        columns = torch.arange(logits.shape[3], device=logits.device)
        return logits.masked_fill(candidates > columns, -1e4).softmax(1)


def correlate(left: Tensor, right: Tensor, count: int, groups: int) -> Tensor:
    """Give cosines (B, groups, count, H, W) of features with those 0, 1, ... columns left."""
    left, right = (functional.normalize(
        side.unflatten(1, (groups, -1)), dim=2, eps=SMALLEST_NORM).permute(0, 1, 3, 4, 2)
        for side in (left, right))
    padded = functional.pad(right, (0, 0, count - 1, 0))
    # Of all products of a row with the padded one, those of candidates lie in a diagonal band.
    products = (left @ padded.transpose(3, 4)).contiguous()
    batch, _, height, width, padded_width = products.shape
    row = width * padded_width
    band = products.as_strided(
        (batch, groups, height, width, count),
        (groups * height * row, height * row, row, padded_width + 1, 1))
    return band.flip(4).permute(0, 1, 4, 2, 3)


def gather_along_line(weights: Tensor, seen: Tensor) -> Tensor:
    """Average `seen` (B, C, H, W) over the candidates of each pixel, 0, 1, ... columns left."""
    count, width = weights.shape[1], seen.shape[3]
    padded = functional.pad(seen, (count - 1, 0))
    gathered = torch.zeros_like(seen)
    for index, weight in enumerate(weights.split(1, 1)):
        start = count - 1 - index
        gathered = torch.addcmul(gathered, weight, padded[..., start:start + width])
    return gathered


def _volume_layer(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(before, after, 3, stride=stride, padding=1),
                         nn.LeakyReLU(0.1, inplace=True))


def _to_size(volume: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(volume, size=like.shape[2:], mode='nearest')


def _refine_volume(volume: Tensor) -> Tensor:
    """Bring a volume (B, C, D + 1, H, W) to (B, C, 2 D + 1, 2 H, 2 W), linearly."""
    between = (volume[:, :, :-1] + volume[:, :, 1:]) / 2
    finer = torch.cat([torch.stack([volume[:, :, :-1], between], 3).flatten(2, 3),
                       volume[:, :, -1:]], 2)
    wide = double(finer.flatten(1, 2))
    return wide.unflatten(1, (volume.shape[1], -1))
