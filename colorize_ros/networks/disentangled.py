"""Color from depth and a reference (Lai, You, Huang, Tsai & Chiu 2020).

"Colorization of Depth Map via Disentanglement", ECCV 2020, section 3: a picture is structure,
which its depth has, and appearance, which any picture of the place with its depth can lend.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

STAGE_BLOCKS = 4


class PaperDepthColorizer(nn.Module):
    """Structure network S, appearance network E and mixing network M (Fig. 2).

    Both encoders have one shape and shrink 16 times; M gets both codes, and on its way up what S
    saw at each size. E has no such path, so that the place of things can come from S alone.

    Args:
        width: channels of the encoders' first layer; their stages have 2, 4, 8 and 16 times as
            many. 16 makes the paper's 15 million parameters.
    """

    multiple = 16
    working_rows = 128

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.structure = _Encoder(1, width)
        self.appearance = _Encoder(4, width)
        self.mixer = _Mixer(width)

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        """Give what the first of some references tells of appearance: v_E = E(I, D).

        Args:
            color: (B, R, 3, H, W) in [0, 1]; H and W multiples of 16.
            depth: (B, R, 1, H, W) in [0, 1].

        Returns:
            The code (B, 16 width, H / 16, W / 16).
        """
        return (self.encode_appearance(color[:, 0], depth[:, 0]),)

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Color a depth map: M(v_E, S(D)).

        Args:
            depth: (B, 1, H, W) in [0, 1]; H and W multiples of 16.
            remembered: what `remember` gave, of references of any size.

        Returns:
            (B, 3, H, W) in [0, 1].
        """
        return self.mix(remembered[0], self.encode_structure(depth))

    def forward(self, depth: Tensor, color: Tensor, reference_depth: Tensor) -> Tensor:
        """Color a depth map (B, 1, H, W) as one reference (B, 3, H, W), (B, 1, H, W) looks."""
        return self.colorize(depth, *self.remember(color[:, None], reference_depth[:, None]))

    def encode_structure(self, depth: Tensor) -> tuple[Tensor, ...]:
        """Give S's code, and what it saw at half, a quarter and an eighth of the size.

        Returns:
            From large to small, the code (B, 16 width, H / 16, W / 16) last.
        """
        return self.structure(depth * 2 - 1)

    def encode_appearance(self, color: Tensor, depth: Tensor) -> Tensor:
        """Give E's code (B, 16 width, H / 16, W / 16) of a picture with its depth."""
        return self.appearance(torch.cat([color, depth], 1) * 2 - 1)[-1]

    def mix(self, appearance: Tensor, structure: tuple[Tensor, ...]) -> Tensor:
        """Give colors (B, 3, H, W) in [0, 1] of an appearance and a structure."""
        return self.mixer(appearance, structure)


class _Encoder(nn.Module):
    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(channels, width, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        widths = [width, *(width * 2 ** level for level in range(1, 5))]
        self.stages = nn.ModuleList(
            _stage(before, after, stride)
            for before, after, stride in zip(widths, widths[1:], (1, 2, 2, 2)))

    def forward(self, features: Tensor) -> tuple[Tensor, ...]:
        features = self.stem(features)
        seen = []
        for stage in self.stages:
            features = stage(features)
            seen.append(features)
        return tuple(seen)


class _Mixer(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        widths = [width * factor for factor in (8, 4, 2, 1)]
        # The appearance's or, higher up, what was mixed; and as much again from the structure.
        inputs = [2 * width * 16, *(2 * before for before in widths[:3])]
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(after), nn.ReLU(inplace=True), _stage(after, after, 1))
            for before, after in zip(inputs, widths))
        self.head = nn.Conv2d(width, 3, 1)

    def forward(self, appearance: Tensor, structure: tuple[Tensor, ...]) -> Tensor:
        size = structure[-1].shape[2:]
        if appearance.shape[2:] != size:
            appearance = functional.interpolate(
                appearance, size=size, mode='bilinear', align_corners=False)
        features = appearance
        for stage, seen in zip(self.stages, reversed(structure)):
            features = stage(torch.cat([features, seen], 1))
        return torch.sigmoid(self.head(features))


class _ResidualBlock(nn.Module):
    """Two normalised 3x3 convolutions beside a shortcut (He et al. 2016)."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(after), nn.ReLU(inplace=True),
            nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after))
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, after, 1, stride=stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, features: Tensor) -> Tensor:
        return functional.relu(self.layers(features) + self.shortcut(features), inplace=True)


def _stage(before: int, after: int, stride: int) -> nn.Sequential:
    return nn.Sequential(_ResidualBlock(before, after, stride),
                         *(_ResidualBlock(after, after, 1) for _ in range(STAGE_BLOCKS - 1)))
