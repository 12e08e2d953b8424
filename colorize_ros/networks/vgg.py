"""The first layers of VGG-19 (Simonyan & Zisserman 2015), for perceptual losses."""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

# Convolutions a block, with their widths; block 4 ends after its first.
LAYERS = {'conv1_1': (3, 64), 'conv1_2': (64, 64), 'conv2_1': (64, 128), 'conv2_2': (128, 128),
          'conv3_1': (128, 256)}


class Vgg19Features(nn.Module):
    """conv3_1 of VGG-19, the layer of Korinevskaya & Makarov 2018's L_VGG.

    State names are `conv{block}_{number}.weight` and `.bias`. The weights are frozen.
    """

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, (width_in, width_out) in LAYERS.items():
            self.add_module(name, nn.Conv2d(width_in, width_out, 3, padding=1))
        self.register_buffer(
            'mean', torch.tensor([123.68, 116.779, 103.939]).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False)

    def forward(self, gray: Tensor) -> Tensor:
        """Give the features of a gray image.

        Args:
            gray: (B, 1, H, W) in [-1, 1], H and W at least 4.

        Returns:
            (B, 256, H / 4, W / 4), divided by 255, so that they are of the order of the image.
        """
        features = (gray + 1) * 127.5 - self.mean
        for name in LAYERS:
            features = self.get_submodule(name)(features)
            if name != 'conv3_1':
                features = functional.relu(features)
            if name in ('conv1_2', 'conv2_2'):
                features = functional.max_pool2d(features, 2)
        return features / 255
