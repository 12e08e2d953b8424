"""The whole evaluation on a tiny data set, with networks of its own."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest
import torch
from torch import nn, Tensor

from colorize_ros.errors import DataError, MissingModelError, ModelError
import colorize_ros.evaluation.depth_color
from colorize_ros.evaluation.depth_color import evaluate, PRESETS
import colorize_ros.pipelines
from colorize_ros.pipelines import DepthColorizer
from small_data import write_manifest, write_pair

BASELINES = {'colormap', 'normals', 'hha', 'ill-lit'}
RECONSTRUCTION = {'psnr_db', 'ssim', 'ciede2000', 'edge_sharpness'}
OF_SETS = {'change_by_reference', 'change_by_depth', 'structure_kept', 'palette_error'}
COLORS = ((220, 90, 60), (60, 200, 90), (90, 110, 230))


class Painter(nn.Module):
    """Shades depth in the mean color of the reference; `shown` is how it weakens with depth."""

    multiple = 16
    working_rows = 128

    def __init__(self, shown: float) -> None:
        super().__init__()
        self.shown = shown

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        shade = 1 - self.shown * depth[:, 0]
        return ((color[:, 0] / shade).mean(dim=(2, 3), keepdim=True),)

    def colorize(self, depth: Tensor, color: Tensor) -> Tensor:
        return (1 - self.shown * depth) * color


class Forgetful(Painter):
    """Gives one color of its own to everything."""

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        return ()

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        return depth.expand(-1, 3, -1, -1) * 0 + 0.5


class Networks:
    """Presets without weights: `robot` knows how `frame` is made, `paper` half of it."""

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DepthColorizer:
        assert device == 'cpu'
        networks = {'robot': lambda: Painter(1.5), 'paper': lambda: Painter(0),
                    'pix2pix': lambda: Forgetful(0)}
        if model not in networks:
            raise MissingModelError(f'{model} is in none of /some/folder')
        return DepthColorizer(networks[model]().eval(), torch.device('cpu'),
                              None)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorize_ros.pipelines, 'DepthColorizer', Networks)


def frame(color: tuple[int, int, int], shift: int, seed: int
          ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """A wall of blocks 1 m to 5 m away that passes by, in one color that fades with depth."""
    depths = np.random.default_rng(seed).uniform(1, 5, (12, 20)).astype(np.float32)
    wall = cv2.resize(depths, (200, 96), interpolation=cv2.INTER_NEAREST)
    depth_m = np.array(wall[:, shift:shift + 120], np.float32)
    rgb = (1 - 0.15 * depth_m[..., None]) * color
    depth_m[40:50, 60:70] = np.nan
    return depth_m, np.asarray(rgb.round(), np.uint8)


def write(folder: Path, *, frames: int = 3, scenes: int = 3) -> Path:
    root = folder / 'rgbd'
    rows = {}
    for scene, color in zip(range(scenes), COLORS):
        for index in range(frames):
            name = f'{"ab"[scene % 2]}/{scene}/{index:04}'
            depth_m, rgb = frame(color, 2 * index, seed=scene)
            write_pair(root, name, depth_m, rgb)
            rows[name] = 'test'
    write_manifest(root, rows)
    return folder


def run(folder: Path, **options: object) -> dict:
    return evaluate(folder, 'test', folder / 'out', device='cpu',
                    **options)  # type: ignore[arg-type]


def blocks(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    assert rgb.shape == (128, 128, 3)
    return cv2.resize(rgb, (8, 8), interpolation=cv2.INTER_AREA).reshape(64, 3).astype(np.float32)


@pytest.fixture(scope='module')
def results(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp('data')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(colorize_ros.pipelines, 'DepthColorizer', Networks)
        # VGG's features take a minute here.
        patch.setattr(colorize_ros.evaluation.depth_color, 'vgg_features',
                      lambda vgg, device, skipped: {'frechet_vgg19': blocks})
        found = run(write(folder))
    assert found == json.loads((folder / 'out' / 'results.json').read_text())
    found['pictures'] = {path.name: cv2.imread(str(path)) for path in folder.glob('out/*.png')}
    return found


def test_all_methods_on_all_pairs(results: dict) -> None:
    assert (results['task'], results['split'], results['items']) == ('depth-color', 'test', 9)
    assert set(results['methods']) == BASELINES | {'robot', 'paper', 'pix2pix', 'truth'}
    assert {name: group['items'] for name, group in results['groups'].items()} == {'a': 6, 'b': 3}
    for name, scores in results['methods'].items():
        if name != 'truth':
            assert set(scores) == RECONSTRUCTION | OF_SETS | {
                'frechet_vgg19', 'flicker_ciede2000', 'ms_median'}
            assert scores['ms_median'] > 0
    assert set(results['groups']['a']['methods']['robot']) == RECONSTRUCTION | {'ms_median'}


def test_what_is_not_there_is_said(results: dict) -> None:
    missing = set(PRESETS) - {'robot', 'paper', 'pix2pix'}
    assert results['skipped'] == {
        **dict.fromkeys(missing, 'its weights are not installed'),
        'fid': 'no Inception was given; it is wanted as inception'}


def test_the_own_frame_is_the_reference_of_a_reconstruction(results: dict) -> None:
    methods = results['methods']
    # All but what is in the hole, whose depth is guessed.
    assert methods['robot']['psnr_db'] > 30
    assert methods['robot']['psnr_db'] > methods['paper']['psnr_db'] + 5
    assert methods['paper']['psnr_db'] > methods['pix2pix']['psnr_db']


def test_sets_are_compared_over_all_references(results: dict) -> None:
    distances = {name: scores['frechet_vgg19'] for name, scores in results['methods'].items()
                 if name != 'truth'}
    assert min(distances, key=lambda name: distances[name]) == 'robot'


def test_what_follows_the_reference_is_told_from_what_does_not(results: dict) -> None:
    methods = results['methods']
    assert methods['pix2pix']['change_by_reference'] == methods['hha']['change_by_reference'] == 0
    assert methods['robot']['change_by_reference'] > 20
    assert methods['robot']['palette_error'] < methods['pix2pix']['palette_error'] / 3
    assert methods['robot']['structure_kept'] > 0.95


def test_clips_are_followed_by_the_true_colors(results: dict) -> None:
    methods = results['methods']
    assert set(methods['truth']) == {'flicker_ciede2000', 'ms_median'}
    assert methods['truth']['ms_median'] is None
    assert methods['pix2pix']['flicker_ciede2000'] == 0
    assert methods['robot']['flicker_ciede2000'] == pytest.approx(
        methods['truth']['flicker_ciede2000'], abs=1)


def test_pictures_are_of_what_looks_at_references(results: dict) -> None:
    pictures = results['pictures']
    assert set(pictures) == {'reconstruction.png', 'matrix_robot.png', 'matrix_paper.png'}
    # The name, three networks and four baselines, the truth.
    assert pictures['reconstruction.png'].shape[1] == 172 + 8 * 302
    # The name, depth, a column a scene (of three, references are of all pairs).
    assert pictures['matrix_robot.png'].shape[1] == 172 + 6 * 302
    assert pictures['matrix_robot.png'].shape[0] == 22 + 6 * 302


def test_some_of_the_pairs(tmp_path: Path) -> None:
    results = run(write(tmp_path), limit=2, presets=('robot',))
    assert results['items'] == 2
    assert 'frechet_vgg19' not in results['methods']['robot']
    assert results['methods']['robot']['flicker_ciede2000'] >= 0
    assert results['methods']['robot']['palette_error'] < 10


def test_a_single_pair_is_reconstructed_and_no_more(tmp_path: Path) -> None:
    results = run(write(tmp_path, frames=1, scenes=1), presets=('robot',))
    assert results['items'] == 1
    assert set(results['methods']['robot']) == RECONSTRUCTION | {'ms_median'}
    assert {'disentanglement', 'flicker_ciede2000'} < set(results['skipped'])


def test_a_frame_without_depth_is_left_out(tmp_path: Path) -> None:
    root = write(tmp_path, frames=3, scenes=1) / 'rgbd'
    write_pair(root, 'a/0/0001', np.full((96, 120), np.nan, np.float32))
    results = run(tmp_path, presets=())
    assert results['items'] == 2
    assert 'no pixel' in results['skipped']['a/0/0001']
    # What remains is no two successive frames.
    assert 'flicker_ciede2000' in results['skipped']
    for index in (0, 2):
        write_pair(root, f'a/0/{index:04}', np.full((96, 120), np.nan, np.float32))
    with pytest.raises(DataError, match='none of 3 frames can be colored'):
        run(tmp_path, presets=())


def test_files_that_are_no_features_are_refused_before_anything_runs(tmp_path: Path) -> None:
    write(tmp_path, frames=1, scenes=1)
    with pytest.raises(ModelError, match='does not hold VGG-19'):
        run(tmp_path, vgg=tmp_path / 'none')
    with pytest.raises(ModelError, match='not a file'):
        run(tmp_path, inception=tmp_path / 'none.onnx')
    with pytest.raises(DataError, match="no items of split 'train'"):
        evaluate(tmp_path, 'train', tmp_path / 'out', device='cpu')
