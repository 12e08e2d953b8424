"""Devices and precisions."""

import pytest
import torch

from colorize_ros.compute import choose_device, fast_dtype, mixed_precision
from colorize_ros.errors import DeviceError


def test_cpu_and_auto_are_always_there():
    assert choose_device('cpu').type == 'cpu'
    assert choose_device('auto').type == ('cuda' if torch.cuda.is_available() else 'cpu')


@pytest.mark.parametrize('device', ['gpu', 'cuda:', 'cuda:x', 'CPU', '', 'cuda:99'])
def test_others_are_refused_by_name(device):
    with pytest.raises(DeviceError, match='cuda'):
        choose_device(device)


def test_mixed_precision_casts_only_when_asked():
    layer, image = torch.nn.Conv2d(1, 1, 1), torch.zeros(1, 1, 4, 4)
    for dtype in (torch.float32, torch.bfloat16):
        with mixed_precision(torch.device('cpu'), dtype):
            assert layer(image).dtype == dtype


def test_the_cpu_computes_in_a_type_it_has():
    assert fast_dtype(torch.device('cpu')) in (torch.float32, torch.bfloat16)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='no CUDA device here')
def test_cuda_computes_in_half_precision():
    assert fast_dtype(choose_device('cuda')) == torch.float16
