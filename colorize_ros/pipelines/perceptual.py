"""VGG-19's features of images: what texture and structure lie where, for comparing pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
import torch
from torch import nn

from colorize_ros.compute import choose_device
from colorize_ros.errors import ModelError, ShapeError
from colorize_ros.networks.vgg import LAYERS, Vgg19Features

MIN_SIDE = 4


class PerceptualFeatures:
    """relu3_1 of VGG-19 (Simonyan & Zisserman 2015), in float32.

    Args:
        network: gives conv3_1.
        device: where it runs.
    """

    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self.device = device
        self.network = network.to(device).eval()

    @classmethod
    def load(cls, path: Path, *, device: str = 'auto') -> PerceptualFeatures:
        """Load VGG-19's weights.

        Args:
            path: safetensors with `conv1_1.weight` (OIHW), `conv1_1.bias`, ... to conv3_1 at
                least, for RGB from 0 to 255 less its mean.
            device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

        Raises:
            ModelError: the file is missing or lacks a layer.
            DeviceError: the device is not there.
        """
        chosen = choose_device(device)
        network = Vgg19Features()
        try:
            tensors = load_file(path)
            network.load_state_dict({f'{layer}.{part}': tensors[f'{layer}.{part}'].float()
                                     for layer in LAYERS for part in ('weight', 'bias')})
        except (OSError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelError(f'{path} does not hold VGG-19 ({error}); expected safetensors with '
                             f'{list(LAYERS)} as <layer>.weight and <layer>.bias') from error
        return cls(network, chosen)

    @torch.inference_mode()
    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compute the features of an image.

        Args:
            rgb: uint8 (H, W, 3), at least 4 x 4.

        Returns:
            (H // 4 * (W // 4), 256): each place's features, row by row.

        Raises:
            ShapeError: another shape or dtype.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or min(
                rgb.shape[:2]) < MIN_SIDE:
            raise ShapeError(f'the image has shape {rgb.shape} and dtype {rgb.dtype}; expected '
                             f'uint8 (H, W, 3) with at least {MIN_SIDE} rows and columns')
        image = torch.from_numpy(np.ascontiguousarray(rgb)).to(self.device).float()
        features = self.network(image.permute(2, 0, 1)[None] / 127.5 - 1).relu()[0]
        return features.flatten(1).T.cpu().numpy()
