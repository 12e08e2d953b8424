"""DepthUpsampler: the same surfaces at a finer resolution."""

from pathlib import Path
import sys

import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError, ShapeError
from colorize_ros.pipelines import DepthUpsampler

sys.path.insert(0, str(Path(__file__).parent))
from model_files import write_super_resolution


@pytest.fixture(scope='module')
def upsampler(tmp_path_factory):
    weights = write_super_resolution(tmp_path_factory.mktemp('models'))
    return DepthUpsampler.load(str(weights), device='cpu')


def slope(height=40, width=50):
    return np.broadcast_to(np.linspace(1, 3, width, dtype=np.float32), (height, width)).copy()


@pytest.mark.parametrize('scale', [2, 4, 8])
def test_raises_the_resolution(upsampler, scale):
    finer = upsampler(slope(), scale)
    assert finer.shape == (scale * 40, scale * 50)
    assert finer.dtype == np.float32
    blocks = finer.reshape(40, scale, 50, scale).mean((1, 3))
    assert np.allclose(blocks, slope(), atol=0.01)


def test_unknown_stays_unknown(upsampler):
    depth_m = slope()
    depth_m[10:20, 10:20] = np.nan
    finer = upsampler(depth_m, 2)
    assert np.array_equal(np.isnan(finer), np.isnan(depth_m).repeat(2, 0).repeat(2, 1))


@pytest.mark.parametrize('shape', [(80, 100), (40, 50), (160, 200, 3)])
def test_takes_a_guide_of_any_size(upsampler, shape):
    assert upsampler(slope(), 2, np.zeros(shape, np.uint8)).shape == (80, 100)


def test_refuses_a_guide_of_another_aspect_ratio(upsampler):
    with pytest.raises(ShapeError, match='aspect'):
        upsampler(slope(), 2, np.zeros((100, 100), np.uint8))


@pytest.mark.parametrize('scale', [0, 1, 3, 16])
def test_refuses_other_scales(upsampler, scale):
    with pytest.raises(ConfigurationError, match=str(scale)):
        upsampler(slope(), scale)


def test_warm_up_runs_a_frame(upsampler):
    upsampler.warm_up(40, 50, 2)
