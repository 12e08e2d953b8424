"""Color for the mono camera in real time: attention along the scan line, then among neighbors.

Where the paper regulates a volume of concatenated features at half the resolution, this network
correlates features at an eighth and at a quarter of it, and attends to the color camera's scan
line there. Chroma is smooth, and the mono image knows the edges: so what was gathered is passed
on between neighbors, by weights that the network gives for each pixel, into what the color camera
does not see and out of the noise; and to the full resolution by such weights and a slope of chroma
over luma. Whatever the colors are, the result is mixed of those that are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import double, ResidualBlock, standardise, start_at_zero
from colorize_ros.networks.line_attention import gather_along_line, LineAttention

NEIGHBORS = 9
# Of the steps that pass chroma on, in pixels of their level: far ones first.
QUARTER_STEPS = (16, 8, 4, 2, 1, 4, 2, 1)
HALF_STEPS = (2, 1)
# Candidates beside those of the quarter, in pixels of the half.
FINE_OFFSETS = (-1, 0, 1)
CENTRE_LOGIT = 2.0
LEAST_RELIABLE = 0.01
# Chroma is small beside luma and features: what layers see of it is so many times as large.
CHROMA_SHOWN = 4.0


class Colored(NamedTuple):
    """What the network makes on its way.

    Attributes:
        chroma: (B, 2, H, W) Cb and Cr, in [-0.5, 0.5].
        half: (B, 2, H / 2, W / 2), before it is brought to the full resolution.
        gathered: (B, 2, H / 4, W / 4), the weighted average of what the color camera sees.
        weights: (B, D / 4 + 1, H / 4, W / 4), which sum to 1: of the candidates 0, 4, ... D pixels
            to the left.
        reliability: (B, 1, H / 4, W / 4) in (0, 1), low where the color camera is thought to see
            something else.
    """

    chroma: Tensor
    half: Tensor
    gathered: Tensor
    weights: Tensor
    reliability: Tensor


class RobotDualLens(nn.Module):
    """Colorize the left, monochrome, image of a rectified pair.

    Args:
        disparities: the largest disparity, pixels; a multiple of 8. Weights do not depend on it.
    """

    multiple = 32

    def __init__(self, disparities: int = 128) -> None:
        super().__init__()
        self.disparities = disparities
        self.encoder = _Encoder((16, 32, 48))
        self.volume = LineAttention((16, 32, 48))
        self.context = _Context((32, 48, 64, 64), 2 + 3)
        self.reliability = nn.Conv2d(32, 1, 1)
        self.steps = _kernels(32, len(QUARTER_STEPS))
        self.fine = _FineAttention(16)
        self.join = nn.Conv2d(16 + 16 + 4 + 4 + 6, 24, 3, padding=1)
        self.narrow = nn.Conv2d(32, 16, 1)
        self.refine = ResidualBlock(24)
        self.half_steps = _kernels(24, len(HALF_STEPS))
        self.enlarge = _kernels(24, 4)
        # Of chroma at the half: how far the fine candidates are trusted, what is added, and how
        # chroma goes with luma.
        self.adjust = nn.Conv2d(24, 1 + 2 + 2, 3, padding=1)
        start_at_zero(self.adjust)

    def forward(self, mono: Tensor, reference: Tensor) -> Tensor:
        """Give the chroma of the mono image.

        Args:
            mono: (B, 1, H, W) luma in [0, 1] of the left image; H and W multiples of 32.
            reference: (B, 3, H, W) of the right image: luma in [0, 1], Cb and Cr in [-0.5, 0.5].

        Returns:
            (B, 2, H, W) Cb and Cr.
        """
        return self.color(mono, reference).chroma

    def color(self, mono: Tensor, reference: Tensor) -> Colored:
        """Colorize, and tell how; takes what `forward` takes."""
        luma, there = standardise(mono), standardise(reference[:, :1])
        levels = self.encoder(torch.cat([luma, there]))
        left, right = ([level.chunk(2)[side] for level in levels] for side in (0, 1))
        weights = self.volume(left, right, self.disparities // 4 + 1)

        seen_half = functional.avg_pool2d(torch.cat([there, reference[:, 1:]], 1), 2)
        seen = functional.avg_pool2d(seen_half, 2)
        gathered = gather_along_line(weights, seen)
        mismatch = (functional.avg_pool2d(luma, 4) - gathered[:, :1]).abs()
        most, best = weights.max(1, keepdim=True)
        spread = (weights * weights).sum(1, keepdim=True)
        context = self.context(left[1:], torch.cat(
            [CHROMA_SHOWN * gathered[:, 1:], mismatch, most, spread], 1))
        reliability = LEAST_RELIABLE + (1 - LEAST_RELIABLE) * torch.sigmoid(
            self.reliability(context).float())
        spreading = _normalised(self.steps(context), len(QUARTER_STEPS))
        # What is unreliable has little part in its neighbors' averages, and soon in its own.
        shares = torch.cat([reliability * gathered[:, 1:], reliability], 1)
        passed_on, total = _pass_on(shares, spreading, QUARTER_STEPS).split([2, 1], 1)
        half, kernels, slope = self._refine(
            left[0], context, functional.pixel_unshuffle(luma, 2), seen_half, best,
            double(torch.cat([passed_on / total, gathered[:, 1:], mismatch, most], 1)))

        own_detail = mono - double(functional.avg_pool2d(mono, 2))
        chroma = _enlarge(half, kernels) + double(slope) * own_detail
        return Colored(chroma, half, gathered[:, 1:], weights, reliability)

    def _refine(self, features: Tensor, context: Tensor, luma: Tensor, seen: Tensor, best: Tensor,
                quarter: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give chroma at the half, and what brings it to the full resolution."""
        fine = self.fine(features, luma.mean(1, keepdim=True), seen, best)
        hidden = torch.cat([
            features, double(self.narrow(context)), luma, CHROMA_SHOWN * fine[:, :2],
            fine[:, 2:], CHROMA_SHOWN * quarter[:, :4], quarter[:, 4:]], 1)
        hidden = functional.leaky_relu(self.refine(self.join(hidden)), 0.1)
        trust, added, slope = self.adjust(hidden).float().split([1, 2, 2], 1)
        chroma = torch.lerp(quarter[:, :2], fine[:, :2], torch.sigmoid(trust))
        kernels = _normalised(self.half_steps(hidden), len(HALF_STEPS))
        chroma = _pass_on(chroma, kernels, HALF_STEPS) + added
        return chroma, _normalised(self.enlarge(hidden), 4), slope


class _Encoder(nn.Module):
    """Features at 1/2, 1/4 and 1/8 of an image (B, 1, H, W)."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        half, quarter, eighth = widths
        self.at_half = nn.Sequential(nn.Conv2d(4, half, 3, padding=1), ResidualBlock(half))
        self.at_quarter = nn.Sequential(
            nn.Conv2d(half, quarter, 3, stride=2, padding=1), ResidualBlock(quarter))
        self.at_eighth = nn.Sequential(
            nn.Conv2d(quarter, eighth, 3, stride=2, padding=1), ResidualBlock(eighth),
            ResidualBlock(eighth))
        self.up = nn.Conv2d(eighth, quarter, 1)

    def forward(self, image: Tensor) -> list[Tensor]:
        half = self.at_half(functional.pixel_unshuffle(image, 2))
        quarter = self.at_quarter(half)
        eighth = self.at_eighth(quarter)
        return [half, quarter + double(self.up(eighth)), eighth]


class _Context(nn.Module):
    """A U-Net over what the mono image shows and what was gathered: from 1/4 to 1/32 and back."""

    def __init__(self, widths: Sequence[int], gathered: int) -> None:
        super().__init__()
        quarter, eighth, *_ = widths
        self.begin = nn.Conv2d(quarter + gathered, quarter, 3, padding=1)
        self.beside = nn.Conv2d(eighth, eighth, 1)
        self.downs = nn.ModuleList(
            nn.Conv2d(above, below, 3, stride=2, padding=1)
            for above, below in zip(widths, widths[1:]))
        self.blocks = nn.ModuleList(
            nn.Sequential(*(ResidualBlock(width) for _ in range(2 if level else 1)))
            for level, width in enumerate(widths))
        self.narrow = nn.ModuleList(
            nn.Conv2d(below, above, 1) for above, below in zip(widths, widths[1:]))
        self.refine = nn.ModuleList(ResidualBlock(width) for width in widths[:-1])

    def forward(self, left: Sequence[Tensor], gathered: Tensor) -> Tensor:
        features = self.begin(torch.cat([left[0], gathered], 1))
        beside = [self.blocks[0](features)]
        for level, (down, block) in enumerate(zip(self.downs, list(self.blocks)[1:])):
            features = down(functional.leaky_relu(beside[-1], 0.1))
            if level == 0:
                features = features + self.beside(left[1])
            beside.append(block(features))
        features = beside.pop()
        for narrow, refine in zip(list(self.narrow)[::-1], list(self.refine)[::-1]):
            features = refine(double(narrow(features)) + beside.pop())
        return features


class _FineAttention(nn.Module):
    """Candidates at 1/2, weighted by how well they match.

    They lie about the best candidate of the pixel's cell at 1/4, and about the nearest and the
    farthest of the cells around: a cell at the edge of a thing has pixels of what is behind.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        count = 3 * len(FINE_OFFSETS)
        self.mix = nn.Conv2d(width + count, 16, 3, padding=1)
        self.logits = nn.Conv2d(16, count, 1)
        start_at_zero(self.logits)
        self.sharpness = nn.Parameter(torch.tensor(4.0))

    def forward(self, features: Tensor, luma: Tensor, seen: Tensor, best: Tensor) -> Tensor:
        """Give (B, 4, H / 2, W / 2): Cb, Cr, their mismatch of luma, and the largest weight."""
        width = seen.shape[3]
        own = best.float()
        around = torch.cat([own, functional.max_pool2d(own, 3, stride=1, padding=1),
                            -functional.max_pool2d(-own, 3, stride=1, padding=1)], 1)
        disparity = 2 * functional.interpolate(around, scale_factor=2.0, mode='nearest').long()
        offsets = torch.tensor(FINE_OFFSETS, device=seen.device).view(1, 1, -1, 1, 1)
        columns = torch.arange(width, device=seen.device)
        index = (columns - disparity.unsqueeze(2) + offsets).flatten(1, 2).clamp(0, width - 1)
        there, blue, red = (plane.unsqueeze(1).expand(-1, index.shape[1], -1, -1).gather(3, index)
                            for plane in seen.unbind(1))
        mismatch = (there - luma).abs()
        hidden = functional.leaky_relu(self.mix(torch.cat([features, mismatch], 1)), 0.1)
        near = functional.avg_pool2d(mismatch, 3, stride=1, padding=1)
        weights = (self.logits(hidden).float() - self.sharpness * near).softmax(1)
        return torch.stack([(weights * blue).sum(1), (weights * red).sum(1),
                            (weights * mismatch).sum(1), weights.amax(1)], 1)


def _kernels(width: int, count: int) -> nn.Conv2d:
    """Make the layer of the logits of `count` 3x3 kernels, which start near their centre."""
    layer = nn.Conv2d(width, NEIGHBORS * count, 1)
    nn.init.zeros_(layer.weight)
    with torch.no_grad():
        layer.bias.copy_(functional.one_hot(  # type: ignore[union-attr]
            torch.tensor(NEIGHBORS // 2), NEIGHBORS).repeat(count) * CENTRE_LOGIT)
    return layer


def _normalised(logits: Tensor, count: int) -> Tensor:
    """Turn logits (B, count * 9, H, W) into weights (B, count, 9, H, W)."""
    return logits.float().unflatten(1, (count, NEIGHBORS)).softmax(2)


def _neighbors(chroma: Tensor, distance: int) -> list[Tensor]:
    height, width = chroma.shape[2:]
    padded = functional.pad(chroma, (distance,) * 4, mode='replicate')
    return [padded[..., down:down + height, right:right + width]
            for down in (0, distance, 2 * distance) for right in (0, distance, 2 * distance)]


def _pass_on(chroma: Tensor, kernels: Tensor, distances: Sequence[int]) -> Tensor:
    """Average each pixel's neighbors by its kernels (B, steps, 9, H, W), step after step."""
    for distance, kernel in zip(distances, kernels.unbind(1)):
        neighbors = _neighbors(chroma, distance)
        chroma = torch.zeros_like(chroma)
        for index, neighbor in enumerate(neighbors):
            chroma = torch.addcmul(chroma, kernel[:, index:index + 1], neighbor)
    return chroma


def _enlarge(chroma: Tensor, kernels: Tensor) -> Tensor:
    """Double the size (B, 2, H, W): each of four pixels by its kernel of (B, 4, 9, H, W)."""
    enlarged = chroma.new_zeros(chroma.shape[0], 2, 4, *chroma.shape[2:])
    for index, neighbor in enumerate(_neighbors(chroma, 1)):
        enlarged = torch.addcmul(enlarged, kernels[:, None, :, index], neighbor.unsqueeze(2))
    return functional.pixel_shuffle(enlarged.flatten(1, 2), 2)
