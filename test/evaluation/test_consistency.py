"""The table of consistency on tiny data sets, with a detector that finds squares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.detection import Detections
from colorize_ros.detection.class_names import COCO_CLASSES
from colorize_ros.errors import ConfigurationError, DataError, ModelError
from colorize_ros.evaluation import consistency
from colorize_ros.evaluation.consistency import evaluate
import colorize_ros.pipelines as pipelines
from small_data import write_manifest
from stereo_data import write_rgb

LABELS = [COCO_CLASSES.index(name) for name in ('cup', 'chair')]
RED, GREEN, GRAY = (230, 40, 40), (40, 230, 40), (120, 120, 120)
PLACES = [(8, 8), (40, 8), (72, 8)]
ITEMS = 6


class Squares:
    """Finds red and green squares, the red ones surely."""

    class_names = COCO_CLASSES

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.info = type('Info', (), {'name': 'squares', 'sha256': 'abc', 'kind': 'yolox'})

    @classmethod
    def load(cls, path: Path | None, *, device: str, score_threshold: float) -> Squares:
        return cls(score_threshold)

    def __call__(self, rgb: NDArray[np.uint8]) -> Detections:
        found: list[tuple[list[int], float, int]] = []
        for channel, label in enumerate(LABELS):
            mask = (rgb[..., channel] > 180) & (rgb[..., 1 - channel] < 90)
            _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
            found += [([left, top, left + width, top + height], 0.9, label)
                      for left, top, width, height, area in stats[1:] if area > 50]
        # What no threshold lets pass as a truth, yet counts for the average precision.
        found.append(([90, 90, 95, 95], 0.1, LABELS[0]))
        return Detections(np.array([box for box, _, _ in found], np.float32).reshape(-1, 4),
                          np.array([score for _, score, _ in found], np.float32),
                          np.array([label for _, _, label in found], np.int64))


def photo() -> NDArray[np.uint8]:
    """Two red squares and a green one."""
    rgb = np.full((96, 128, 3), GRAY, np.uint8)
    for (left, top), color in zip(PLACES, (RED, RED, GREEN)):
        rgb[top:top + 20, left:left + 20] = color
    return rgb


class NirColorizer:
    """`robot` shows one of the red squares, `paper` nothing."""

    def __init__(self, preset: str) -> None:
        self.preset = preset

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> NirColorizer:
        if model not in ('robot', 'paper'):
            raise ModelError(f'no weights of {model}')
        return cls(model)

    def warm_up(self, height: int, width: int) -> None:
        pass

    def __call__(self, nir: NDArray[np.uint8]) -> NDArray[np.uint8]:
        made = np.full((*nir.shape, 3), GRAY, np.uint8)
        if self.preset == 'robot':
            made[8:28, 8:28] = RED
        return made


class DepthColorizer:
    """Shows what its reference shows where that is red; `pix2pix` has no reference."""

    def __init__(self, preset: str) -> None:
        self.preset = preset

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DepthColorizer:
        if model not in ('robot', 'pix2pix'):
            raise ModelError(f'no weights of {model}')
        return cls(model)

    def remember(self, references: Any) -> Any:
        told = () if self.preset == 'pix2pix' else (references[0].rgb,)
        return pipelines.Appearance(np.zeros(1, np.float32), told)

    def __call__(self, depth_m: NDArray[np.float32], appearance: Any) -> NDArray[np.uint8]:
        made = np.full((*depth_m.shape, 3), GRAY, np.uint8)
        if appearance.remembered:
            rgb = appearance.remembered[0]
            red = (rgb == RED).all(axis=-1)
            made[red] = RED
        return made


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consistency, 'Detector', Squares)
    monkeypatch.setattr(pipelines, 'NirColorizer', NirColorizer)
    monkeypatch.setattr(pipelines, 'DepthColorizer', DepthColorizer)


def nir_data(folder: Path) -> Path:
    rows = {}
    for number in range(ITEMS):
        name = f'place/{number}'
        write_rgb(folder / f'{name}_rgb.jpg', photo())
        write_rgb(folder / f'{name}_nir.jpg', np.full((96, 128, 3), 99, np.uint8))
        rows[name] = 'test'
    write_manifest(folder, rows)
    return folder


def depth_data(folder: Path) -> Path:
    rows = {}
    for number in range(ITEMS):
        name = f'clip/{number}'
        write_rgb(folder / f'{name}_rgb.png', photo())
        cv2.imwrite(str(folder / f'{name}_depth.png'), np.full((96, 128), 2000, np.uint16))
        rows[name] = 'test'
    write_manifest(folder, rows)
    return folder


def test_near_infrared_gets_a_row_a_method_and_a_column_a_class(tmp_path: Path) -> None:
    results = evaluate(nir_data(tmp_path / 'nir'), 'test', tmp_path / 'out', device='cpu')
    assert results == json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert (results['task'], results['items']) == ('consistency', ITEMS)
    assert {'robot', 'paper', 'gray-copy', 'ill-lit'} <= set(results['methods'])
    assert results['skipped']['paper-no-edgenet']
    assert {name: group['items'] for name, group in results['groups'].items()} == {
        'cup': 2 * ITEMS, 'chair': ITEMS}
    robot = results['methods']['robot']
    assert results['groups']['cup']['methods']['robot']['ap'] == pytest.approx(51 / 101, abs=1e-6)
    assert results['groups']['chair']['methods']['robot']['ap'] == 0
    assert robot['ap'] == pytest.approx(51 / 202, abs=1e-6)
    assert (robot['precision'], robot['recall']) == (1.0, pytest.approx(1 / 3, abs=1e-6))
    assert results['methods']['paper']['ap'] == 0
    assert results['methods']['paper']['precision'] is None
    table = (tmp_path / 'out' / 'results.md').read_text()
    assert f'| method | cup ({2 * ITEMS}) | chair ({ITEMS}) |' in table
    assert (tmp_path / 'out' / 'nir.png').is_file()


def test_depth_is_colored_as_five_references_look_and_as_its_own_photo_does(
        tmp_path: Path) -> None:
    results = evaluate(depth_data(tmp_path / 'rgbd'), 'test', tmp_path / 'out', device='cpu')
    assert results['items'] == ITEMS - 3
    methods = results['methods']
    assert {'robot', 'robot-reconstruction', 'pix2pix', 'colormap', 'normals', 'hha',
            'ill-lit'} <= set(methods)
    assert 'pix2pix-reconstruction' not in methods
    assert methods['robot']['recall'] == pytest.approx(2 / 3, abs=1e-6)
    assert results['groups']['cup']['methods']['robot']['ap'] == 1
    assert methods['pix2pix']['recall'] == 0
    # Of few truths, a class does not count for the mean.
    assert results['groups']['chair']['items'] < consistency.LEAST_TRUTHS
    assert methods['robot']['ap'] == 1
    assert methods['robot']['ap_all_classes'] == 0.5


def test_a_reference_whose_depth_camera_saw_nothing_is_left_out(tmp_path: Path) -> None:
    data = depth_data(tmp_path / 'rgbd')
    cv2.imwrite(str(data / 'clip/0_depth.png'), np.zeros((96, 128), np.uint16))
    results = evaluate(data, 'test', tmp_path / 'out', device='cpu')
    assert 'no pixel' in results['skipped']['clip/0']
    assert results['methods']['robot']['recall'] == pytest.approx(2 / 3, abs=1e-6)


def test_a_folder_of_both_gets_both(tmp_path: Path) -> None:
    nir_data(tmp_path / 'nir')
    depth_data(tmp_path / 'rgbd')
    results = evaluate(tmp_path, 'test', tmp_path / 'out', device='cpu', limit=4)
    assert {'nir-robot', 'depth-robot', 'nir-ill-lit', 'depth-ill-lit'} <= set(results['methods'])
    assert (tmp_path / 'out' / 'nir.png').is_file()
    assert (tmp_path / 'out' / 'depth.png').is_file()
    assert set(results['groups']['nir-cup']['methods']) == {
        name for name in results['methods'] if name.startswith('nir-')}


def test_only_the_classes_that_are_asked_for_count(tmp_path: Path) -> None:
    results = evaluate(nir_data(tmp_path / 'nir'), 'test', tmp_path / 'out', device='cpu',
                       classes=('chair', 'tv'))
    assert list(results['groups']) == ['chair']
    assert results['methods']['robot']['recall'] == 0


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='nothing to measure consistency on'):
        evaluate(tmp_path, 'test', tmp_path / 'out', device='cpu')
    with pytest.raises(ConfigurationError, match='unicorn'):
        evaluate(nir_data(tmp_path / 'nir'), 'test', tmp_path / 'out', device='cpu',
                 classes=('unicorn',))
