"""What every pipeline shares: a network from a model file, on a device, in its fast precision."""

from __future__ import annotations

from typing import ClassVar, TypeVar

import torch
from torch import nn

from colorize_ros.compute import channels_last, choose_device, fast_dtype, PRECISIONS
from colorize_ros.pipelines.models import find_model, load_network, ModelInfo

Self = TypeVar('Self', bound='Pipeline')


class Pipeline:
    """A trained network made usable: NumPy in, NumPy out.

    Args:
        network: one of the pipeline's architectures, or what takes and gives the same.
        device: where it runs.
        info: which weights run, and how.
    """

    name: ClassVar[str]
    architectures: ClassVar[tuple[type[nn.Module], ...]]

    def __init__(self, network: nn.Module, device: torch.device, info: ModelInfo) -> None:
        self.device = device
        self.dtype = fast_dtype(device)
        self.network = channels_last(network.to(device))
        self.info = info

    @classmethod
    def load(cls: type[Self], model: str = 'robot', *, device: str = 'auto') -> Self:
        """Load a preset or a model file.

        Args:
            model: `robot`, `paper`, or the path of a .safetensors file.
            device: `auto`, `cpu`, `cuda` or `cuda:n`.

        Raises:
            ModelError: the model is missing, damaged or of another pipeline.
            DeviceError: the device is not there.
        """
        chosen = choose_device(device)
        weights = find_model(model, cls.name)
        network, card = load_network(weights, cls.architectures, cls.name)
        return cls(network, chosen, ModelInfo(
            weights.stem, weights, str(card['sha256']), str(chosen),
            PRECISIONS[fast_dtype(chosen)]))
