"""The whole evaluation on a tiny data set, with presets of its own."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest
from safetensors.torch import save_file
import torch

from colorize_ros.errors import DataError, ModelError
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.metrics import psnr_db
from colorize_ros.evaluation.nir import evaluate, read_pairs
from colorize_ros.networks.vgg import Vgg19Features
import colorize_ros.pipelines
from shared_data import requires_shared, SHARED
from small_data import nir_pair, write_manifest, write_nir
from stereo_data import write_levels, write_rgb

BASELINES = {'gray-copy', 'regression', 'histogram'}
METRICS = {'psnr_db', 'ssim', 'cosine', 'ciede2000', 'edge_sharpness', 'ms_median'}


class Colorizer:
    """Presets without weights: `robot` knows the colors of `nir_pair`, `paper` blurs them."""

    def __init__(self, preset: str) -> None:
        self.preset = preset
        self.shapes: list[tuple[int, ...]] = []
        created.append(self)

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> Colorizer:
        assert device == 'cpu'
        if model not in ('robot', 'paper'):
            raise ModelError(f'no weights of {model}')
        return cls(model)

    def warm_up(self, height: int, width: int) -> None:
        assert (height, width) == (480, 640)

    def __call__(self, nir: NDArray[np.uint8]) -> NDArray[np.uint8]:
        self.shapes.append(nir.shape)
        rgb = np.where((nir > 150)[..., None], np.uint8([60, 110, 40]), np.uint8([110, 160, 220]))
        return cv2.blur(rgb, (9, 9)) if self.preset == 'paper' else rgb


created: list[Colorizer] = []


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorize_ros.pipelines, 'NirColorizer', Colorizer)
    created.clear()


def test_all_methods_on_all_registered_pairs(tmp_path: Path) -> None:
    results = evaluate(write_nir(tmp_path), 'test', tmp_path / 'out', device='cpu')
    assert results == json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert (results['task'], results['split'], results['items']) == ('nir', 'test', 3)
    assert set(results['methods']) == BASELINES | {'robot', 'paper'}
    assert results['skipped'].pop('frechet_vgg19').startswith('no VGG-19')
    assert results['skipped'] == {
        'paper-no-edgenet': 'no weights of paper-no-edgenet',
        'hills/water/0001': 'its two images may lie two pixels or more apart'}
    assert {name: group['items'] for name, group in results['groups'].items()} == {
        'forest': 2, 'water': 1}
    methods = results['methods']
    assert all(set(scores) == METRICS for scores in methods.values())
    assert all(scores['ms_median'] > 0 for scores in methods.values())
    assert methods['robot']['psnr_db'] > methods['gray-copy']['psnr_db'] + 3
    assert methods['robot']['ciede2000'] < methods['gray-copy']['ciede2000']
    assert methods['paper']['edge_sharpness'] < methods['robot']['edge_sharpness']
    assert (tmp_path / 'out' / 'contact_sheet.png').is_file()


def test_each_image_is_seen_as_it_is_and_timed_at_one_size(tmp_path: Path) -> None:
    evaluate(write_nir(tmp_path), 'test', tmp_path / 'out', device='cpu')
    assert [colorizer.shapes for colorizer in created] == [[(72, 96), (480, 640)] * 3] * 2


def test_what_is_to_be_looked_at_is_not_measured(tmp_path: Path) -> None:
    results = evaluate(write_nir(tmp_path), 'look', tmp_path / 'out', device='cpu')
    assert results['methods'] == results['groups'] == {}
    assert results['items'] == 1
    assert 'frechet_vgg19' not in results['skipped']
    sheet = cv2.imread(str(tmp_path / 'out' / 'contact_sheet.png'))
    # The name, the input, five methods, the photo.
    assert sheet.shape[1] == 172 + 7 * 302


def test_a_split_without_a_registered_pair_is_only_looked_at(tmp_path: Path) -> None:
    root = write_nir(tmp_path) / 'nir'
    (root / 'manifest.csv').write_text('item,split,aligned\nhills/water/0001,test,suspect\n')
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    assert results['methods'] == {}
    assert 'hills/water/0001' not in results['skipped']
    assert 'no pairs to fit' in results['skipped']['regression, histogram']
    assert (tmp_path / 'out' / 'contact_sheet.png').is_file()


def test_the_set_is_compared_in_the_features_of_vgg(tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_file(Vgg19Features().state_dict(), str(tmp_path / 'vgg.safetensors'))
    results = evaluate(write_nir(tmp_path), 'test', tmp_path / 'out', device='cpu',
                       vgg=tmp_path / 'vgg.safetensors')
    distances = {name: scores['frechet_vgg19'] for name, scores in results['methods'].items()}
    assert 0 < distances['robot'] < min(distances['paper'], distances['gray-copy'])
    assert 'frechet_vgg19' not in results['skipped']
    assert 'frechet_vgg19' not in results['groups']['forest']['methods']['robot']


def test_a_file_that_is_not_vgg_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match='does not hold VGG-19'):
        evaluate(write_nir(tmp_path), 'test', tmp_path / 'out', vgg=tmp_path / 'none')
    assert created == []


def write_published(folder: Path) -> None:
    for shift in range(3):
        rgb, levels = nir_pair(2 * shift)
        write_rgb(folder / f'nirscene1/field/{shift:04}_rgb.tiff', rgb)
        write_levels(folder / f'nirscene1/field/{shift:04}_nir.tiff', levels)


def test_baselines_learn_nothing_of_what_they_are_measured_on(tmp_path: Path) -> None:
    # The data set as published has no splits.
    write_published(tmp_path)
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    assert results['items'] == 3
    assert set(results['methods']) == {'gray-copy'}
    assert 'no pairs to fit' in results['skipped']['regression, histogram']
    results = evaluate(tmp_path, 'test', tmp_path / 'out', presets=(), limit=1)
    assert results['items'] == 1
    assert set(results['methods']) == BASELINES
    assert list(results['groups']) == ['field']


def test_two_runs_score_the_same(tmp_path: Path) -> None:
    def scored() -> dict[str, dict[str, float]]:
        methods = evaluate(tmp_path, 'test', tmp_path / 'out', presets=())['methods']
        return {name: {metric: value for metric, value in scores.items() if metric != 'ms_median'}
                for name, scores in methods.items()}

    write_nir(tmp_path)
    assert scored() == scored()


def test_refuses_a_folder_without_data(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='manifest'):
        evaluate(tmp_path, 'test', tmp_path / 'out', presets=())
    write_manifest(tmp_path, {})
    with pytest.raises(DataError, match="no items of split 'test'"):
        evaluate(tmp_path, 'test', tmp_path / 'out', presets=())


@requires_shared
def test_the_gray_copy_of_the_public_pairs_is_as_far_off_as_ever() -> None:
    frames = [item.load() for item in read_pairs(SHARED / 'data' / 'nir', 'test')]
    errors = [gray_copy(frame.nir).astype(np.float64) - frame.rgb for frame in frames]
    assert len(errors) == 27
    assert np.mean([psnr_db(float(np.sqrt(np.mean(error ** 2))), 255.0) for error in errors]
                   ) == pytest.approx(15.30, abs=0.01)
