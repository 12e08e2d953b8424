"""The processes of a training, one a device, as Lightning Fabric starts them."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from colorize_ros.compute import choose_device, mixed_precision
from colorize_ros.errors import ConfigurationError, DeviceError, MissingExtraError
from colorize_ros.training.options import Launch

try:
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.precision import Precision
    from lightning_fabric.strategies import DDPStrategy
except ModuleNotFoundError as missing:
    raise MissingExtraError('train', 'training') from missing


class MixedPrecision(Precision):
    """Autocast to bf16, which takes its inputs as they are.

    Fabric's own would round them to bf16 as well: depth to 1 part in 256.

    Args:
        device_type: `cpu` or `cuda`.
    """

    precision = 'bf16-mixed'

    def __init__(self, device_type: str) -> None:
        self.device = torch.device(device_type)

    def forward_context(self) -> AbstractContextManager[None]:
        """Give the context in which losses are computed."""
        return mixed_precision(self.device, torch.bfloat16)


def start(launch: Launch) -> Fabric:
    """Start the processes that share a training, and seed each of them alike.

    On return there are `devices` processes on this host; each goes on from here, having run what
    came before by itself. Networks must be built afterwards, from the seeds that are set here.

    Raises:
        ConfigurationError: one device is named, and several are asked for.
        DeviceError: a device that is not there.
    """
    chosen = choose_device(launch.device)
    if chosen.type == 'cuda':
        _check_count(launch)
    processes = launch.devices * launch.nodes
    fabric = Fabric(
        accelerator=chosen.type,
        devices=([chosen.index] if chosen.type == 'cuda' and launch.devices == 1
                 else launch.devices),
        num_nodes=launch.nodes,
        # Parameters may rest in a step: those of a scale that was not drawn. To look for them
        # also keeps gradients in the buckets of the first step, so that sums are rounded alike
        # before and after a resumption.
        strategy=DDPStrategy(find_unused_parameters=True) if processes > 1 else 'auto',
        plugins=[MixedPrecision(chosen.type) if launch.precision == 'bf16' else Precision()])
    fabric.launch()
    # Else cuDNN may choose other sums each time, and a resumed training other weights.
    torch.backends.cudnn.deterministic = True
    fabric.seed_everything(launch.seed, verbose=False)
    return fabric


def _check_count(launch: Launch) -> None:
    if launch.devices > 1 and ':' in launch.device:
        raise ConfigurationError(f'device {launch.device!r} names one device, but devices is '
                                 f'{launch.devices}; set device to cuda')
    if launch.devices > torch.cuda.device_count():
        raise DeviceError(f'devices is {launch.devices}, but torch {torch.__version__} sees '
                          f'{torch.cuda.device_count()} CUDA devices; ask for fewer')
