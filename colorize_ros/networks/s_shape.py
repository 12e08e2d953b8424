"""Near infrared to color with an S-shape network (Dong, Kamata & Breckon 2018).

"Infrared Image Colorization Using a S-Shape Network", ICIP 2018, section 3. ColorNet makes the
picture; EdgeNet, which is there while training only, is a learned loss that sharpens it.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional


class PaperNirColorizer(nn.Module):
    """ColorNet (section 3.1): a U-Net from one channel to three.

    Convolutions are padded, so that the output is as large as the input; the paper's lose their
    borders and crop.

    Args:
        width: channels of the first block; each next has twice as many.
    """

    multiple = 16

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = [width * 2 ** level for level in range(5)]
        self.encoder = nn.ModuleList(
            _double_convolution(before, after) for before, after in zip([1, *widths], widths))
        self.decoder = nn.ModuleList(
            _double_convolution(below + beside, beside)
            for below, beside in zip(widths[:0:-1], widths[-2::-1]))
        self.head = nn.Conv2d(width, 3, 1)

    def forward(self, nir: Tensor) -> Tensor:
        """Colorize.

        Args:
            nir: (B, 1, H, W), about [0, 1]; H and W multiples of 16.

        Returns:
            (B, 3, H, W) RGB in [0, 1].
        """
        features = nir * 2 - 1
        beside: list[Tensor] = []
        for block in self.encoder:
            features = block(functional.max_pool2d(features, 2) if beside else features)
            beside.append(features)
        beside.pop()
        for block in self.decoder:
            features = functional.interpolate(features, scale_factor=2.0, mode='nearest')
            features = block(torch.cat([features, beside.pop()], 1))
        return (torch.tanh(self.head(features)) + 1) / 2


class EdgeNet(nn.Module):
    """The assistant of section 3.2: from what ColorNet got wrong to the true picture's edges."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1),
            nn.BatchNorm2d(32), nn.Tanh(),
            nn.ConvTranspose2d(32, 3, 3, stride=2, padding=1, output_padding=1),
            nn.BatchNorm2d(3), nn.Tanh())

    def forward(self, difference: Tensor) -> Tensor:
        """Give edges.

        Args:
            difference: (B, 3, H, W), ColorNet's output less the truth (eq. 4), of images in
                [-1, 1]; H and W multiples of 4.

        Returns:
            (B, 3, H, W) in [-1, 1].
        """
        return self.layers(difference)


def _double_convolution(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU())
