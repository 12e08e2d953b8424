"""Color from depth in real time: what the place looked like where it had this shape.

The paper condenses a reference to a code. This network lets each place of the depth image look for
places of like shape in several references at once (attention, after Vaswani et al. 2017, between
pictures as Yang et al. 2020, "Learning Texture Transformer Network for Image Super-Resolution"),
brings their colors over, and makes a picture of them in which the depth image has the last word on
where things end.
"""

from __future__ import annotations

import math

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import double, ResidualBlock, start_at_zero

QUARTER, EIGHTH, SIXTEENTH = 32, 64, 96
KEY, APPEARANCE = 32, 64
# Colors are brought over at half of the resolution: 4x4 of them for each place of an eighth.
PATCH = 4
# Of a vertical field of view of 53 degrees: the focal length, in image heights. Slopes need it.
FOCAL_LENGTH = 1.0
FREQUENCIES = (0.5, 1.0, 2.0)


class RobotDepthColorizer(nn.Module):
    """Colorize depth by what references of the place show."""

    multiple = 16
    working_rows = 160

    def __init__(self) -> None:
        super().__init__()
        self.structure = _Structure()
        self.appearance = _Appearance()
        # The length of a query tells how sure it is: keys are of length 1.
        self.query, self.key = (nn.Conv2d(EIGHTH + 4 * len(FREQUENCIES), KEY, 1) for _ in range(2))
        self.begin = nn.Conv2d(EIGHTH + APPEARANCE + 1, EIGHTH, 3, padding=1)
        self.whole = nn.Linear(APPEARANCE, EIGHTH)
        self.deep = nn.Sequential(ResidualBlock(EIGHTH), ResidualBlock(EIGHTH))
        # How far what was brought over is trusted in its detail, and what is added to its mean.
        self.settle = nn.Conv2d(EIGHTH, 1 + 3, 1)
        self.narrow = nn.Conv2d(EIGHTH, QUARTER, 1)
        self.join = nn.Conv2d(2 * QUARTER + 3 * (PATCH // 2) ** 2, QUARTER, 3, padding=1)
        self.refine = nn.Sequential(ResidualBlock(QUARTER), ResidualBlock(QUARTER))
        # What is added to the colors that were brought over.
        self.added = nn.Conv2d(QUARTER, 3 * 16, 3, padding=1)
        start_at_zero(self.settle)
        start_at_zero(self.added)
        # So that from the start places of like shape find each other, more than others.
        with torch.no_grad():
            self.key.weight.copy_(self.query.weight)
            self.query.weight.mul_(8)

    def forward(self, depth: Tensor, color: Tensor, reference_depth: Tensor) -> Tensor:
        """Colorize with one reference: (B, 1, H, W), (B, 3, H, W), (B, 1, H, W)."""
        return self.colorize(depth, *self.remember(color[:, None], reference_depth[:, None]))

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        """Keep what references tell.

        Args:
            color: (B, R, 3, H, W) in [0, 1]; H and W multiples of 16.
            depth: (B, R, 1, H, W), tenths of 10 m in [0, 1], without holes.

        Returns:
            What the references look like as a whole (B, C, 1, 1), and of each of their N places
            the key (B, R N, K) and what is there (B, R N, V).
        """
        count = color.shape[1]
        quarter, eighth = self.structure(depth.flatten(0, 1))
        features = self.appearance(color.flatten(0, 1), quarter, eighth)
        small = functional.avg_pool2d(color.flatten(0, 1), 2)
        values = torch.cat([features, functional.pixel_unshuffle(small, PATCH).to(features)], 1)
        keys, values = (_places(tensor).unflatten(0, (-1, count)).flatten(1, 2)
                        for tensor in (self._keys(eighth), values))
        whole = features.unflatten(0, (-1, count)).mean((1, 3, 4))
        return whole[:, :, None, None], keys, values

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Colorize (B, 1, H, W) by what `remember` kept; gives (B, 3, H, W), about [0, 1]."""
        return self.paint_over(depth, *remembered)[0]

    def paint_over(self, depth: Tensor, whole: Tensor, keys: Tensor, values: Tensor
                   ) -> tuple[Tensor, Tensor]:
        """Give the picture, and the colors brought over from which it was made.

        Returns:
            (B, 3, H, W) and (B, 3, H / 2, W / 2), both about [0, 1].
        """
        quarter, eighth = self.structure(depth)
        queries = _places(self.query(_with_position(eighth)))
        weights = (queries @ keys.transpose(1, 2)).float().softmax(2)
        size = eighth.shape[2:]
        gathered = (weights.to(values.dtype) @ values).transpose(1, 2).unflatten(2, size)
        found = weights.amax(2, keepdim=True).transpose(1, 2).unflatten(2, size).to(eighth.dtype)
        features, patches = gathered.split([APPEARANCE, 3 * PATCH ** 2], 1)
        hidden = self.begin(torch.cat([eighth, features, found], 1))
        hidden = self.deep(hidden + self.whole(whole.flatten(1))[:, :, None, None])
        brought = _settled(patches, *self.settle(hidden).split([1, 3], 1))
        hidden = torch.cat([double(self.narrow(hidden)), quarter,
                            functional.pixel_unshuffle(brought, PATCH // 2)], 1)
        hidden = functional.leaky_relu(self.refine(self.join(hidden)), 0.1)
        return double(brought) + functional.pixel_shuffle(self.added(hidden), 4), brought

    def _keys(self, eighth: Tensor) -> Tensor:
        return functional.normalize(self.key(_with_position(eighth)), dim=1, eps=1e-4)


class _Structure(nn.Module):
    """Features at 1/4 and 1/8 of depth (B, 1, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.at_quarter = nn.Sequential(
            nn.Conv2d(4 * 5, QUARTER, 3, stride=2, padding=1), ResidualBlock(QUARTER))
        self.at_eighth = nn.Sequential(
            nn.Conv2d(QUARTER, EIGHTH, 3, stride=2, padding=1), ResidualBlock(EIGHTH))
        self.at_sixteenth = nn.Sequential(
            nn.Conv2d(EIGHTH, SIXTEENTH, 3, stride=2, padding=1), ResidualBlock(SIXTEENTH),
            ResidualBlock(SIXTEENTH))
        self.whole = nn.Linear(SIXTEENTH, SIXTEENTH)
        self.up = nn.Conv2d(SIXTEENTH, EIGHTH, 1)
        self.refine = ResidualBlock(EIGHTH)

    def forward(self, depth: Tensor) -> tuple[Tensor, Tensor]:
        quarter = self.at_quarter(functional.pixel_unshuffle(_shape(depth), 2))
        eighth = self.at_eighth(quarter)
        sixteenth = self.at_sixteenth(eighth)
        whole = self.whole(functional.leaky_relu(sixteenth.mean((2, 3)), 0.1))
        sixteenth = sixteenth + whole[:, :, None, None]
        return quarter, self.refine(eighth + double(self.up(sixteenth)))


class _Appearance(nn.Module):
    """Features at 1/8 of color (B, 3, H, W) and of the structure of its depth."""

    def __init__(self) -> None:
        super().__init__()
        self.at_quarter = nn.Sequential(
            nn.Conv2d(48 + QUARTER, 48, 3, padding=1), ResidualBlock(48))
        self.at_eighth = nn.Sequential(
            nn.Conv2d(48, APPEARANCE, 3, stride=2, padding=1), ResidualBlock(APPEARANCE))
        self.structure = nn.Conv2d(EIGHTH, APPEARANCE, 1)
        self.refine = ResidualBlock(APPEARANCE)

    def forward(self, color: Tensor, quarter: Tensor, eighth: Tensor) -> Tensor:
        features = self.at_quarter(
            torch.cat([functional.pixel_unshuffle(2 * color - 1, 4), quarter], 1))
        return self.refine(self.at_eighth(features) + self.structure(eighth))


def _settled(patches: Tensor, trust: Tensor, added: Tensor) -> Tensor:
    """Put patches (B, 3 P P, H, W) side by side, their details as far as they are trusted.

    Their means pass over into each other, so that patches of different places have no seams.
    """
    split = patches.unflatten(1, (3, -1))
    means = split.mean(2)
    details = (torch.sigmoid(trust).unsqueeze(2) * (split - means.unsqueeze(2))).flatten(1, 2)
    smooth = functional.interpolate(
        means + added, scale_factor=float(PATCH), mode='bilinear', align_corners=False)
    return smooth + functional.pixel_shuffle(details, PATCH)


def _shape(depth: Tensor) -> Tensor:
    """Give depth and its surface's normal: (B, 5, H, W), all about [-1, 1]."""
    near = depth.clamp_min(0.02)
    padded = functional.pad(near, (1, 1, 1, 1), mode='replicate')
    focal_px = FOCAL_LENGTH * depth.shape[2]
    right = (padded[:, :, 1:-1, 2:] - padded[:, :, 1:-1, :-2]) * (focal_px / 2) / near
    down = (padded[:, :, 2:, 1:-1] - padded[:, :, :-2, 1:-1]) * (focal_px / 2) / near
    length = (right.square() + down.square() + 1).sqrt()
    return torch.cat([2 * depth - 1, near.log() / 2 + 1, right / length, down / length,
                      1 / length], 1)


def _with_position(features: Tensor) -> Tensor:
    """Append waves over the image, (B, C + 4 F, H, W): they tell where a place is, coarsely."""
    axes = [torch.linspace(-1, 1, side, device=features.device) for side in features.shape[2:]]
    grid = torch.stack(torch.meshgrid(*axes, indexing='ij'))
    angles = torch.cat([math.pi * frequency * grid for frequency in FREQUENCIES])
    waves = torch.cat([angles.sin(), angles.cos()])
    waves = waves.to(features.dtype).expand(features.shape[0], -1, -1, -1)
    return torch.cat([features, waves], 1)


def _places(tensor: Tensor) -> Tensor:
    """Turn (B, C, H, W) into (B, H W, C)."""
    return tensor.flatten(2).transpose(1, 2)
