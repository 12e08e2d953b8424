"""The whole evaluation on a tiny data set, with a preset of its own."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colorize_ros.datasets.degradations import DEGRADATIONS
from colorize_ros.errors import DataError, ModelError
from colorize_ros.evaluation.baselines_completion import nearest
from colorize_ros.evaluation.depth_completion import evaluate
import colorize_ros.pipelines
from small_data import room, write_manifest, write_pair, write_rgbd

BASELINES = {'nearest', 'linear', 'telea', 'morphological'}


class NearestCompleter:
    """A preset without weights: fills like `nearest`, 1 cm nearer when there is a guide."""

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> NearestCompleter:
        if model != 'robot':
            raise ModelError(f'no weights of {model}')
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        assert (height, width) == (480, 640)

    def __call__(self, depth_m: np.ndarray, guide: Any = None) -> SimpleNamespace:
        offset = 0 if guide is None else np.float32(0.01)
        return SimpleNamespace(depth_m=nearest(depth_m) - offset)


def test_all_methods_on_all_degradations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorize_ros.pipelines, 'DepthCompleter', NearestCompleter)
    results = evaluate(write_rgbd(tmp_path), 'test', tmp_path / 'out')
    assert results == json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert set(results['methods']) == BASELINES | {'robot', 'robot-guided'}
    assert results['skipped'] == {'paper': 'no weights of paper'}
    assert (results['task'], results['split'], results['items']) == (
        'depth-completion', 'test', 2)
    assert list(results['groups']) == list(DEGRADATIONS)
    for name, group in results['groups'].items():
        assert group['items'] == 2
        assert set(group['methods']['robot']) == {
            'rmse_m', 'rel', 'mae_m', 'delta1', 'ssim', 'psnr_db', 'ms_median'}
        assert group['methods']['robot']['rmse_m'] == group['methods']['nearest']['rmse_m']
        assert (tmp_path / 'out' / f'{name}.png').is_file()
    # No frame is 640 x 480.
    assert results['methods']['robot']['ms_median'] is None
    assert '## uniform (2)' in (tmp_path / 'out' / 'results.md').read_text()


def test_two_runs_score_the_same(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    first, again = (evaluate(tmp_path, 'test', tmp_path / 'out', presets=()) for _ in range(2))
    assert first == again
    other = evaluate(tmp_path, 'test', tmp_path / 'out', presets=(), seed=1)
    assert other['methods'] != first['methods']


def test_frames_of_640x480_are_timed(tmp_path: Path) -> None:
    write_pair(tmp_path, 'ycb_posecnn/a/0000', room(480, 640))
    write_manifest(tmp_path, {'ycb_posecnn/a/0000': 'test'})
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    assert results['methods']['nearest']['ms_median'] > 0
    # Its only frame has no holes to lend.
    assert 'kinect-holes' in results['skipped']
    assert 'kinect-holes' not in results['groups']


def test_holes_come_from_other_scenes_where_there_is_no_train_split(tmp_path: Path) -> None:
    for i in range(2):
        holed = room()
        holed[20:60, 30:60] = np.nan
        write_pair(tmp_path, f'new_camera/scene{i}/0000', holed)
    write_manifest(tmp_path, {f'new_camera/scene{i}/0000': 'test' for i in range(2)})
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    assert results['groups']['kinect-holes']['items'] == 2
    assert results['groups']['uniform']['items'] == 2


def test_frames_without_enough_depth_are_skipped_and_named(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    unknown = np.full((96, 128), np.nan, np.float32)
    write_pair(tmp_path / 'rgbd', 'camera/scene/0001', unknown)
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    assert results['groups']['uniform']['items'] == 1
    assert '0 known pixels' in results['skipped']['camera/scene/0001 uniform']


def test_limit_takes_that_many(tmp_path: Path) -> None:
    results = evaluate(write_rgbd(tmp_path, tests=3), 'test', tmp_path / 'out', presets=(),
                       limit=1)
    assert results['items'] == 1


def test_refuses_a_folder_without_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='manifest'):
        evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
