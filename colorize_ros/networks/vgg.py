"""The first layers of VGG-19 (Simonyan & Zisserman 2015), for perceptual losses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

import torch
from torch import nn, Tensor
from torch.nn import functional

# Convolutions a block, with their widths.
LAYERS = {'conv1_1': (3, 64), 'conv1_2': (64, 64), 'conv2_1': (64, 128), 'conv2_2': (128, 128),
          'conv3_1': (128, 256)}
DEEPER_LAYERS = {**LAYERS, 'conv3_2': (256, 256), 'conv3_3': (256, 256), 'conv3_4': (256, 256),
                 'conv4_1': (256, 512)}
# The last of their blocks.
POOLED = ('conv1_2', 'conv2_2', 'conv3_4')


class _Vgg19(nn.Module):
    layers: ClassVar[Mapping[str, tuple[int, int]]]
    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, (width_in, width_out) in self.layers.items():
            self.add_module(name, nn.Conv2d(width_in, width_out, 3, padding=1))
        self.register_buffer(
            'mean', torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False)

    def _convolve(self, image: Tensor, wanted: Collection[str]) -> list[Tensor]:
        """Give what some convolutions make of an image (B, 1 or 3, H, W) from 0 to 255."""
        features = image - self.mean
        found = []
        for name in self.layers:
            features = self.get_submodule(name)(features)
            if name in wanted:
                found.append(features)
            features = functional.relu(features)
            if name in POOLED:
                features = functional.max_pool2d(features, 2)
        return found


class Vgg19Features(_Vgg19):
    """conv3_1 of VGG-19, the layer of Korinevskaya & Makarov 2018's L_VGG.

    State names are `conv{block}_{number}.weight` and `.bias`. The weights are frozen.
    """

    layers = LAYERS

    def forward(self, gray: Tensor) -> Tensor:
        """Give the features of a gray image.

        Args:
            gray: (B, 1, H, W) in [-1, 1], H and W at least 4.

        Returns:
            (B, 256, H / 4, W / 4), divided by 255, so that they are of the order of the image.
        """
        return self._convolve((gray + 1) * 127.5, ('conv3_1',))[0] / 255


class Vgg19Pyramid(_Vgg19):
    """relu1_1, relu2_1, relu3_1 and relu4_1 of VGG-19, the layers of Lai et al. 2020's eq. 1.

    State names are `conv{block}_{number}.weight` and `.bias`. The weights are frozen.
    """

    layers = DEEPER_LAYERS

    def forward(self, color: Tensor) -> list[Tensor]:
        """Give the features of a color image.

        Args:
            color: (B, 3, H, W) in [0, 1], H and W at least 8.

        Returns:
            (B, 64, H, W), (B, 128, H / 2, W / 2), (B, 256, H / 4, W / 4) and
            (B, 512, H / 8, W / 8), as large as VGG-19 makes them: up to thousands.
        """
        found = self._convolve(color * 255, ('conv1_1', 'conv2_1', 'conv3_1', 'conv4_1'))
        return [functional.relu(features) for features in found]
