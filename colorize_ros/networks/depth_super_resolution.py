"""Depth maps of 2, 4 and 8 times the resolution.

The preset `paper` follows A. Korinevskaya and I. Makarov, "Depth Map Reconstruction using Deep
Convolutional Neural Networks" (2018), "Experiment 2: Depth Map Super-resolution". The preset
`robot` is ours.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import ResidualBlock, standardise, start_at_zero

SCALES = (2, 4, 8)


class RobotDepthSuperResolution(nn.Module):
    """One small network doubles the resolution, as often as the scale asks for.

    Each doubling corrects a bilinear one. A pixel of low resolution is the mean of its block, so
    after each doubling the block means are put back (back-projection, Irani & Peleg 1991); what
    is left to the network is where in the block the edge runs.

    Args:
        channels: width of the features.
        blocks: residual blocks of a doubling.
    """

    def __init__(self, channels: int = 48, blocks: int = 5) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3 + 4 + 1, channels, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock(channels) for _ in range(blocks)))
        self.head = nn.Conv2d(channels, 4, 3, padding=1)
        start_at_zero(self.head)

    def forward(self, low: Tensor, guide: Tensor, guided: Tensor, scale: int) -> Tensor:
        """Raise the resolution.

        Args:
            low: (B, 1, H, W) float32 depth or disparity, no unknowns; the unit is free.
            guide: (B, 1, scale * H, scale * W), an image of any exposure in about [0, 1],
                or 0.
            guided: (B, 1, 1, 1), 1 for a frame with a guide, else 0.
            scale: 2, 4 or 8.

        Returns:
            (B, 1, scale * H, scale * W) in the unit of `low`.
        """
        mean = low.mean((2, 3), keepdim=True)
        deviation = low.std((2, 3), keepdim=True) + 1e-6 * mean.abs() + 1e-9
        guide = standardise(guide)
        values = start = (low - mean) / deviation
        while values.shape[2] < scale * low.shape[2]:
            doubled = (2 * values.shape[2], 2 * values.shape[3])
            finer_guide = functional.adaptive_avg_pool2d(guide, doubled)
            values = self._double(values, finer_guide, guided)
            factor = values.shape[2] // low.shape[2]
            missing = start - functional.avg_pool2d(values, factor)
            values = values + functional.interpolate(missing, scale_factor=factor)
        return values * deviation + mean

    def _double(self, values: Tensor, guide: Tensor, guided: Tensor) -> Tensor:
        framed = functional.pad(values, (1, 1, 1, 1), mode='replicate')
        lowest = -functional.max_pool2d(-framed, 3, stride=1)
        # The unit of the corrections: the range of depth around a pixel.
        contrast = functional.max_pool2d(framed, 3, stride=1) - lowest + 0.01
        inputs = torch.cat([values, (values - lowest) / contrast, contrast.log() + 2,
                            functional.pixel_unshuffle(guide, 2), guided.expand_as(values)], 1)
        with torch.autocast(values.device.type, enabled=False):
            features = self.stem(inputs)
        residual = self.head(self.body(features))
        smooth = functional.interpolate(values, scale_factor=2, mode='bilinear',
                                        align_corners=False)
        return smooth + functional.pixel_shuffle(0.3 * contrast * residual.float(), 2)


class PaperDepthSuperResolution(nn.Module):
    """The generator: features at low resolution, one sub-pixel convolution, tanh.

    ELU, batch normalisation and tanh as the slides say; the number of layers is not given, here
    a 5x5 convolution and four residual blocks. The body serves all scales; each has its own
    sub-pixel convolution.

    Args:
        channels: width of the features.
        blocks: residual blocks.
    """

    def __init__(self, channels: int = 64, blocks: int = 4) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, channels, 5, padding=2), nn.ELU())
        self.body = nn.Sequential(*(_elu_block(channels) for _ in range(blocks)))
        self.heads = nn.ModuleDict({
            str(scale): nn.Conv2d(channels, scale ** 2, 3, padding=1) for scale in SCALES})

    def forward(self, low: Tensor, guide: Tensor, guided: Tensor, scale: int) -> Tensor:
        """Raise the resolution; takes and gives what `RobotDepthSuperResolution` does.

        The guide is not used: the paper's approach is depth only.
        """
        lowest = low.amin((2, 3), keepdim=True)
        span = (low.amax((2, 3), keepdim=True) - lowest).clamp_min(1e-9)
        generated = self.generate((low - lowest) / span * 1.6 - 0.8, scale)
        return (generated.float() + 0.8) / 1.6 * span + lowest

    def generate(self, low: Tensor, scale: int) -> Tensor:
        """(B, 1, H, W) in [-0.8, 0.8] -> (B, 1, scale * H, scale * W) in (-1, 1).

        tanh reaches its ends only at infinity, so the range of a frame is kept inside them.
        """
        features = self.stem(low)
        features = features + self.body(features)
        return torch.tanh(functional.pixel_shuffle(self.heads[str(scale)](features), scale))


def _elu_block(channels: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels),
        nn.ELU())


class PaperDiscriminator(nn.Module):
    """Tells generated maps from true ones: strided convolutions, batch normalisation, LeakyReLU.

    (B, 1, H, W) in [-1, 1] -> (B, 1) logits.
    """

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        widths = (channels, 2 * channels, 4 * channels)
        layers: list[nn.Module] = [nn.Conv2d(1, channels, 3, 2, 1), nn.LeakyReLU(0.2)]
        for width_in, width_out in zip(widths, widths[1:]):
            layers += [nn.Conv2d(width_in, width_out, 3, 2, 1, bias=False),
                       nn.BatchNorm2d(width_out), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                  nn.Linear(widths[-1], 1))

    def forward(self, image: Tensor) -> Tensor:
        """Give the logits that the maps are true."""
        return self.body(image)
