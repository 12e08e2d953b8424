"""A simulated data set: what its folders hold, and that it goes on where it was stopped."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('mitsuba')

from colorize_ros.datasets import depth_sr, nir, rgbd, stereo
from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation import dataset
from colorize_ros.simulation.dataset import LAYOUTS, simulate_dataset, split_of

OPTIONS = {'seeds': [9], 'views': 2, 'kinds': ('corridor',), 'width': 160, 'samples': 1}


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('set')
    simulate_dataset(folder, workers=1, **OPTIONS)
    return folder


def test_every_layout_is_read_by_its_reader(folder: Path) -> None:
    color = [item.load() for item in rgbd.read_items(folder / 'rgbd', 'test')]
    infrared = [item.load() for item in nir.read_items(folder / 'nir', 'test')]
    pairs = [item.load() for item in stereo.read_items(folder / 'stereo', 'test')]
    maps = [item.load() for item in depth_sr.read_items(folder / 'depth_sr', 'test')]
    assert [len(frames) for frames in (color, infrared, pairs, maps)] == [2, 2, 2, 2]
    assert np.isfinite(color[0].depth_m).mean() > 0.99
    assert color[0].rgb.shape == (120, 160, 3)
    assert infrared[0].nir.shape == (120, 160)
    np.testing.assert_array_equal(color[0].rgb, infrared[0].rgb)


def test_disparity_says_where_the_right_lens_sees_it(folder: Path) -> None:
    frame = stereo.read_items(folder / 'stereo', 'test')[0].load()
    rows, columns = np.mgrid[:120, :160].astype(np.float32)
    moved = cv2.remap(frame.right, columns - np.nan_to_num(frame.disparity_px), rows,
                      cv2.INTER_LINEAR)
    seen = np.isfinite(frame.disparity_px) & ~frame.occluded & (columns > frame.disparity_px)
    error = np.abs(moved.astype(float) - frame.left)[seen].mean()
    unmoved = np.abs(frame.right.astype(float) - frame.left)[seen].mean()
    assert error < 0.7 * unmoved


def test_the_depth_camera_sees_less_than_there_is(folder: Path) -> None:
    truth = rgbd.read_depth_m(folder / 'rgbd/simulated/0009/000000_depth.png')
    measured = rgbd.read_depth_m(folder / 'rgbd/simulated/0009/000000_kinect.png')
    assert np.isnan(measured).mean() > np.isnan(truth).mean() + 0.01
    both = np.isfinite(measured) & np.isfinite(truth)
    assert np.median(np.abs(measured - truth)[both]) < 0.05


def test_it_goes_on_where_it_was_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = folder / 'rgbd/simulated/0009/000001_depth.png'
    before = {path: hashlib.sha256(path.read_bytes()).hexdigest()
              for path in folder.rglob('*') if path.is_file()}
    lost.unlink()
    rendered: list[int] = []
    render = dataset._render
    monkeypatch.setattr(dataset, '_render',
                        lambda task, view: rendered.append(view) or render(task, view))
    monkeypatch.setattr(dataset, 'run_in_processes', lambda work, tasks, workers: map(work, tasks))
    simulate_dataset(folder, **OPTIONS)
    assert rendered == [1]
    # The same bytes as before, too.
    assert before == {path: hashlib.sha256(path.read_bytes()).hexdigest()
                      for path in folder.rglob('*') if path.is_file()}


def test_a_tenth_of_the_scenes_is_for_testing() -> None:
    splits = [split_of(LAYOUTS['stereo'].item.format(scene=f'{seed:04d}', view='000000'))
              for seed in range(20)]
    assert splits.count('test') == 2
    assert split_of('simulated/0019/000003') == split_of('simulated_0019_000003') == 'test'


def test_a_width_that_no_sensor_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='100 wide'):
        simulate_dataset(tmp_path, **{**OPTIONS, 'width': 100})
    assert not any(tmp_path.iterdir())
