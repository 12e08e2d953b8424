"""Generators of images from images: a U-Net, residual blocks, and an encoder of codes.

As Pix2Pix, CycleGAN and BicycleGAN have them; see `image_translation`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn, Tensor
from torch.nn import functional

# Of the widths of a U-Net's seven levels to the first one's.
LEVELS = (1, 2, 4, 8, 8, 8, 8)


class UNet(nn.Module):
    """Seven halvings by 4x4 convolutions and as many doublings, with skips between them.

    Args:
        width: channels of the first layer; `LEVELS` says what the others have of it.
        normalise: makes the normalisation of that many channels.
        code: channels that are told to each halving besides.
        dropped: levels where training drops half of the features.
    """

    def __init__(self, width: int, normalise: Callable[[int], nn.Module], *,
                 code: int = 0, dropped: tuple[int, ...] = ()) -> None:
        super().__init__()
        widths = [width * factor for factor in LEVELS]
        deepest = len(widths) - 1
        self.downs = nn.ModuleList()
        self.ups = nn.ModuleList()
        for level, (before, after) in enumerate(zip([1, *widths], widths)):
            plain = level in (0, deepest)
            self.downs.append(nn.Sequential(
                nn.LeakyReLU(0.2) if level else nn.Identity(),
                nn.Conv2d(before + code, after, 4, stride=2, padding=1, bias=plain),
                nn.Identity() if plain else normalise(after)))
            self.ups.append(nn.Sequential(
                nn.ReLU(),
                nn.ConvTranspose2d(after if level == deepest else 2 * after,
                                   before if level else 3, 4, stride=2, padding=1,
                                   bias=level == 0),
                normalise(before) if level else nn.Tanh(),
                nn.Dropout(0.5) if level in dropped else nn.Identity()))
        self.apply(_start)

    def forward(self, image: Tensor, code: Tensor | None = None) -> Tensor:
        """Translate.

        Args:
            image: (B, 1, H, W) in [-1, 1], of any size.
            code: (B, code, 1, 1).

        Returns:
            (B, 3, H, W) in [-1, 1].
        """
        features, beside = image, [image]
        for down in self.downs:
            if code is not None:
                told = code.to(features.dtype).expand(-1, -1, *features.shape[2:])
                features = torch.cat([features, told], 1)
            features = down(_make_even(features))
            beside.append(features)
        beside.pop()
        for level in range(len(self.ups) - 1, -1, -1):
            skipped = beside.pop()
            features = self.ups[level](features)[..., :skipped.shape[2], :skipped.shape[3]]
            if level:
                features = torch.cat([features, skipped], 1)
        return features


class ResidualGenerator(nn.Module):
    """Residual blocks at a quarter of the size, between convolutions that lead there and back.

    Args:
        channels: of what is made.
        width: channels of the first layer.
        blocks: how many residual blocks.
    """

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7, bias=False), InstanceNorm(width),
            nn.ReLU()]
        for before in (width, 2 * width):
            layers += [nn.Conv2d(before, 2 * before, 3, stride=2, padding=1, bias=False),
                       InstanceNorm(2 * before), nn.ReLU()]
        layers += [_ResidualBlock(4 * width) for _ in range(blocks)]
        for before in (4 * width, 2 * width):
            layers += [nn.ConvTranspose2d(before, before // 2, 3, stride=2, padding=1,
                                          output_padding=1, bias=False),
                       InstanceNorm(before // 2), nn.ReLU()]
        self.layers = nn.Sequential(
            *layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())
        self.apply(_start)

    def forward(self, image: Tensor) -> Tensor:
        """Translate (B, 3, H, W) in [-1, 1] to (B, channels, H, W) in [-1, 1]."""
        return self.layers(image)


class _ResidualBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False),
            InstanceNorm(channels), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False),
            InstanceNorm(channels))

    def forward(self, features: Tensor) -> Tensor:
        return features + self.layers(features)


class CodeEncoder(nn.Module):
    """From color to the distribution of its code, whatever the color's size.

    Args:
        width: channels of the first layer.
        code: numbers of a code.
    """

    def __init__(self, width: int, code: int) -> None:
        super().__init__()
        widths = (width, 2 * width, 3 * width, 4 * width)
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 4, stride=2, padding=1),
            *(_HalvingBlock(before, after) for before, after in zip(widths, widths[1:])),
            nn.LeakyReLU(0.2), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.mean = nn.Linear(widths[-1], code)
        self.log_variance = nn.Linear(widths[-1], code)
        self.apply(_start)

    def forward(self, color: Tensor) -> tuple[Tensor, Tensor]:
        """Give mean and logarithm of variance, (B, code) each, of color in [-1, 1]."""
        features = self.layers(color)
        return self.mean(features), self.log_variance(features)


class _HalvingBlock(nn.Module):
    """A residual block whose ways both end in a mean over 2x2."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            InstanceNorm(before), nn.LeakyReLU(0.2),
            nn.Conv2d(before, before, 3, padding=1, bias=False),
            InstanceNorm(before), nn.LeakyReLU(0.2),
            nn.Conv2d(before, after, 3, padding=1), nn.AvgPool2d(2))
        self.beside = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1))

    def forward(self, features: Tensor) -> Tensor:
        return self.beside(features) + self.layers(features)


class InstanceNorm(nn.Module):
    """Give each channel of each image mean 0 and deviation 1.

    As groups of one channel: torch's own is slow where channels lie last, several times so in its
    backward pass.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, features: Tensor) -> Tensor:
        """Normalise (B, channels, H, W)."""
        return torch.group_norm(
            features.contiguous(memory_format=torch.contiguous_format), self.channels)


def _make_even(features: Tensor) -> Tensor:
    """Repeat the last row and column where there is an odd number of them."""
    odd_rows, odd_columns = (side % 2 for side in features.shape[2:])
    if odd_rows or odd_columns:
        return functional.pad(features, (0, odd_columns, 0, odd_rows), mode='replicate')
    return features


def _start(module: nn.Module) -> None:
    """Draw weights as Pix2Pix and CycleGAN do."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
