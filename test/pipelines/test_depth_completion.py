"""DepthCompleter: what is measured stays, what is not gets depth and an honest confidence."""

from pathlib import Path
import sys

import numpy as np
import pytest

from colorize_ros.errors import DepthError, DeviceError, ModelError, ShapeError
from colorize_ros.pipelines import DepthCompleter

sys.path.insert(0, str(Path(__file__).parent))
from model_files import write_completion


def holed_room(height=90, width=123):
    columns = np.arange(width, dtype=np.float32)
    depth_m = np.broadcast_to(1 + columns / width, (height, width)).copy()
    depth_m[20:50, 30:60] = np.nan
    depth_m[:, -40:] = np.nan
    return depth_m


@pytest.fixture(scope='module', params=['robot', 'paper'])
def completer(request, tmp_path_factory):
    weights = write_completion(tmp_path_factory.mktemp('models'), request.param)
    return DepthCompleter.load(str(weights), device='cpu')


def test_fills_every_pixel_and_keeps_the_measured(completer):
    depth_m = holed_room()
    enhanced = completer(depth_m)
    measured = np.isfinite(depth_m)
    assert enhanced.depth_m.dtype == np.float32
    assert np.isfinite(enhanced.depth_m).all()
    assert np.array_equal(enhanced.depth_m[measured], depth_m[measured])


def test_confidence_is_one_exactly_where_measured(completer):
    depth_m = holed_room()
    confidence = completer(depth_m).confidence
    assert confidence.dtype == np.float32
    assert np.array_equal(confidence == 1, np.isfinite(depth_m))
    assert confidence.min() > 0


def test_far_from_any_measurement_is_guessed(completer):
    assert (completer(holed_room()).confidence[:, -20:] < 0.5).all()


def test_input_is_not_changed(completer):
    depth_m = holed_room()
    depth_m.flags.writeable = False
    completer(depth_m)


@pytest.mark.parametrize('guide', [
    np.zeros((90, 123), np.uint8), np.full((90, 123), 40000, np.uint16),
    np.full((90, 123, 3), 128, np.uint8), np.full((180, 246, 3), 128, np.uint8)])
def test_takes_gray_and_color_guides(completer, guide):
    assert np.isfinite(completer(holed_room(), guide).depth_m).all()


@pytest.mark.parametrize('guide', [
    np.zeros((90, 140), np.uint8), np.zeros((90, 123), np.float32),
    np.zeros((90, 123, 4), np.uint8)])
def test_refuses_other_guides(completer, guide):
    with pytest.raises(ShapeError, match='registered'):
        completer(holed_room(), guide)


def test_zero_infinite_and_negative_depth_is_unknown(completer):
    depth_m = holed_room()
    depth_m[0, :3] = 0, np.inf, -1
    enhanced = completer(depth_m)
    assert np.isfinite(enhanced.depth_m).all()
    assert (enhanced.confidence[0, :3] < 1).all()


def test_refuses_a_frame_without_depth(completer):
    with pytest.raises(DepthError, match='covered'):
        completer(np.full((64, 64), np.nan, np.float32))


@pytest.mark.parametrize('depth', [
    np.ones((31, 64), np.float32), np.ones((64, 64), np.uint16),
    np.ones((64, 64, 1), np.float32)])
def test_refuses_what_is_no_depth_map(completer, depth):
    with pytest.raises(ShapeError, match='float32 metres'):
        completer(depth)


def test_same_frame_same_answer(completer):
    first, second = completer(holed_room()), completer(holed_room())
    assert np.array_equal(first.depth_m, second.depth_m)


def test_says_what_runs(completer):
    completer.warm_up(64, 64)
    assert completer.info.device == 'cpu'
    assert completer.info.precision in ('bf16', 'fp32')
    assert len(completer.info.sha256) == 64


def test_a_missing_cuda_device_is_an_error(tmp_path):
    weights = write_completion(tmp_path)
    with pytest.raises(DeviceError, match='cuda:9'):
        DepthCompleter.load(str(weights), device='cuda:9')


def test_damaged_weights_are_refused(tmp_path):
    weights = write_completion(tmp_path)
    weights.write_bytes(weights.read_bytes()[:-1] + b'x')
    with pytest.raises(ModelError, match='damaged'):
        DepthCompleter.load(str(weights), device='cpu')
