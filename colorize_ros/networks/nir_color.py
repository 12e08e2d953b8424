"""Near infrared to color in real time: a curve from infrared to color for each place.

What a thing is shows at a quarter of the resolution; how it is shaded shows at the full one. So
the network looks at a quarter of the resolution and gives, for each place, curves from infrared to
red, green and blue; the full-size image goes through those curves. After Gharbi et al. 2017, "Deep
Bilateral Learning for Real-Time Image Enhancement": edges stay in place, nearly for free. The
encoder has layers of VGG-19 (Simonyan & Zisserman 2015), so that it can start from what that
network knows of the world.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.blocks import double, ResidualBlock

REDUCTION = 4
# Convolutions of VGG-19, a block each; those that take most time for their use are left out.
BLOCKS = (('conv1_1', 'conv1_2'), ('conv2_1', 'conv2_2'), ('conv3_1', 'conv3_2'), ('conv4_1',))
BLOCK_WIDTHS = (64, 128, 256, 512)
# Of the infrared's own brightness in what comes out, when not training: how bright things are by
# day is guessed from few examples, and what lies between the guess and the infrared is nearer.
OWN_BRIGHTNESS = 0.25
LUMA = (0.299, 0.587, 0.114)
# About the deviation of VGG's features in each block for images in [0, 255].
BLOCK_SCALES = (100.0, 200.0, 400.0, 400.0)


class GrayVgg(nn.Module):
    """Layers of VGG-19 for one channel; state names as `conv{block}_{number}.weight`."""

    def __init__(self) -> None:
        super().__init__()
        before = 1
        for names, width in zip(BLOCKS, BLOCK_WIDTHS):
            for name in names:
                self.add_module(name, nn.Conv2d(before, width, 3, padding=1))
                before = width

    def forward(self, gray: Tensor) -> list[Tensor]:
        """Give the features of each block.

        Args:
            gray: (B, 1, H, W), about [0, 1]; H and W multiples of 8.

        Returns:
            Four tensors (B, C, H / 2^k, W / 2^k), of a deviation of about 1.
        """
        features = gray
        result: list[Tensor] = []
        for names, scale in zip(BLOCKS, BLOCK_SCALES):
            if result:
                features = functional.max_pool2d(features, 2)
            for name in names:
                features = functional.relu(self.get_submodule(name)(features))
            result.append(features / scale)
        return result

    def start_from(self, weights: dict[str, Tensor]) -> None:
        """Take the weights of the network for RGB in [0, 255], less its mean color.

        Args:
            weights: `conv1_1.weight` (OIHW), `conv1_1.bias`, ... to conv4_1.
        """
        mean = torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1)
        state = {name: value.float() for name, value in weights.items() if name in
                 self.state_dict()}
        first = state['conv1_1.weight']
        state['conv1_1.bias'] = state['conv1_1.bias'] - (first * mean).sum((1, 2, 3))
        state['conv1_1.weight'] = 255 * first.sum(1, keepdim=True)
        self.load_state_dict(state)


class RobotNirColorizer(nn.Module):
    """Curves from infrared to color, for each place.

    Args:
        knots: of a curve, evenly spread over [0, 1]; between them it is straight.
        dropout: share of the features that training hides, a channel at a time.
    """

    multiple = 32

    def __init__(self, knots: int = 6, dropout: float = 0.2) -> None:
        super().__init__()
        self.knots = knots
        widths = (32, 64, 96, 160)
        deep = widths[-1]
        self.vgg = GrayVgg()
        self.dropout = nn.Dropout2d(dropout)
        self.details = nn.Conv2d(REDUCTION ** 2, widths[0], 3, padding=1)
        self.beside = nn.ModuleList(
            nn.Conv2d(before, after, 1) for before, after in zip(BLOCK_WIDTHS, widths))
        self.context = nn.Sequential(nn.Conv2d(deep, deep, 3, stride=2, padding=1),
                                     ResidualBlock(deep), ResidualBlock(deep))
        self.whole = nn.Sequential(nn.Linear(2 * deep, deep), nn.LeakyReLU(0.1),
                                   nn.Linear(deep, deep))
        self.deepest = nn.Sequential(ResidualBlock(deep), ResidualBlock(deep))
        self.narrow = nn.ModuleList(
            nn.Conv2d(below, above, 3, padding=1) for above, below in zip(widths, widths[1:]))
        self.refine = nn.ModuleList(ResidualBlock(width) for width in widths[:-1])
        self.curves = nn.Conv2d(widths[0], 3 * knots, 3, padding=1)
        # Starts as a copy of the infrared.
        nn.init.normal_(self.curves.weight, std=1e-3)
        self.curves.bias = nn.Parameter(torch.linspace(0, 1, knots).repeat_interleave(3))

    def forward(self, nir: Tensor) -> Tensor:
        """Colorize.

        Args:
            nir: (B, 1, H, W), about [0, 1]; H and W multiples of 32.

        Returns:
            (B, 3, H, W) RGB, about [0, 1].
        """
        seen = nir.clamp(0, 1)
        features = self._features(functional.avg_pool2d(seen, REDUCTION), nir)
        curves = self.curves(functional.leaky_relu(features, 0.1)).to(nir.dtype)
        if not self.training:
            curves = self._nearer(curves)
        # Contiguous, in which chunks of channels are several times faster to multiply.
        curves = functional.interpolate(
            curves.contiguous(memory_format=torch.contiguous_format),
            scale_factor=float(REDUCTION), mode='bilinear', align_corners=False)
        return self._look_up(curves, seen)

    def _features(self, small: Tensor, nir: Tensor) -> Tensor:
        beside = [layer(self.dropout(block)) for layer, block in zip(self.beside, self.vgg(small))]
        beside[0] = beside[0] + self.details(functional.pixel_unshuffle(nir, REDUCTION))
        features = beside[-1]
        context = self.context(features)
        whole = self.whole(torch.cat([context.mean((2, 3)), context.amax((2, 3))], 1))
        context = functional.interpolate(
            context, size=features.shape[2:], mode='bilinear', align_corners=False)
        features = self.deepest(features + context + whole[:, :, None, None])
        for narrow, refine, skipped in zip(self.narrow[::-1], self.refine[::-1], beside[-2::-1]):
            features = refine(double(narrow(features)) + skipped)
        return features

    def _nearer(self, curves: Tensor) -> Tensor:
        """Move the brightness of curves towards the infrared's own; their chroma stays."""
        by_knot = curves.unflatten(1, (self.knots, 3))
        luma = (by_knot * by_knot.new_tensor(LUMA).view(3, 1, 1)).sum(2, keepdim=True)
        own = torch.linspace(0, 1, self.knots).to(by_knot).view(-1, 1, 1, 1)
        return (by_knot + OWN_BRIGHTNESS * (own - luma)).flatten(1, 2)

    def _look_up(self, curves: Tensor, seen: Tensor) -> Tensor:
        """Give the value of each pixel's curves at its brightness: tents over the knots."""
        position = seen * (self.knots - 1)
        color = seen.new_zeros(seen.shape[0], 3, *seen.shape[2:])
        for index, values in enumerate(curves.chunk(self.knots, 1)):
            color = torch.addcmul(color, (1 - (position - index).abs()).clamp_min(0), values)
        return color
