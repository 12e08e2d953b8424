"""Where and how precisely networks compute."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import re

import torch
from torch import nn

from colorize_ros.errors import DeviceError

PRECISIONS = {torch.bfloat16: 'bf16', torch.float16: 'fp16', torch.float32: 'fp32'}


def choose_device(device: str) -> torch.device:
    """Turn `auto`, `cpu`, `cuda` or `cuda:n` into a device that is there.

    `auto` takes the first CUDA device, or the CPU where there is none.

    Raises:
        DeviceError: another word, or a CUDA device that is missing. There is no silent fallback.
    """
    if device == 'auto':
        return torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')
    if device == 'cpu':
        return torch.device('cpu')
    match = re.fullmatch(r'cuda(?::(\d+))?', device)
    if match is None:
        raise DeviceError(
            f'device {device!r} is not known; expected auto, cpu, cuda or cuda:n, such as cuda:0')
    index, count = int(match[1] or 0), torch.cuda.device_count()
    if not torch.cuda.is_available() or index >= count:
        raise DeviceError(
            f'device {device!r} was asked for, but torch {torch.__version__} sees {count} CUDA '
            f'devices; set device to auto or cpu, or install a torch built for this GPU')
    return torch.device('cuda', index)


def fast_dtype(device: torch.device) -> torch.dtype:
    """Give the narrowest float type in which the device is fast: fp16, bf16 or fp32."""
    if device.type == 'cuda':
        return torch.float16
    supported = getattr(torch.cpu, '_is_avx512_bf16_supported', None)
    return torch.bfloat16 if supported is not None and supported() else torch.float32


def channels_last(network: nn.Module) -> nn.Module:
    """Lay the network's weights out channels last, in which its convolutions are fastest."""
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    for parameter in network.parameters():
        if parameter.dim() in formats:
            parameter.data = parameter.data.contiguous(memory_format=formats[parameter.dim()])
    return network


@contextlib.contextmanager
def mixed_precision(device: torch.device, dtype: torch.dtype) -> Iterator[None]:
    """Autocast to `dtype`; with float32 nothing is cast."""
    with torch.autocast(device.type, dtype=dtype if dtype != torch.float32 else torch.bfloat16,
                        enabled=dtype != torch.float32):
        yield
