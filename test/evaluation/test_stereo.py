"""The whole evaluation on a tiny data set, with presets of its own."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.datasets.stereo import StereoFrame
from colorize_ros.errors import ConfigurationError, DataError, MissingModelError
from colorize_ros.evaluation import stereo
from colorize_ros.evaluation.baselines_stereo import gray, STEREO_BASELINES
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.stereo import evaluate
from colorize_ros.evaluation.stereo_protocol import make_cases, measure, told_the_truth
import colorize_ros.pipelines
from shared_data import requires_shared, SHARED
from small_data import write_manifest
from stereo_scene import stereo_scene, write_scene

ORACLES = {'ceiling', 'true-disparity', 'true-disparity-clean'}
METRICS = {'psnr_db', 'ssim', 'ciede2000', 'occluded_psnr_db', 'occluded_ssim',
           'occluded_ciede2000', 'share_mono_noise', 'share_out_of_frame', 'share_hidden',
           'share_elsewhere', 'ms_median'}
FRAMES = {name: stereo_scene(name, seed) for seed, name in enumerate(
    ('made/first', 'made/second'))}


class Colorizer:
    """Presets without weights: `robot` knows all truths, `paper` half of their chroma."""

    def __init__(self, preset: str) -> None:
        self.share = 1.0 if preset == 'robot' else 0.5
        self.info = SimpleNamespace(device='cpu')
        self.warmed: list[tuple[int, int]] = []
        created.append(self)

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> Colorizer:
        assert device == 'cpu'
        if model not in ('robot', 'paper'):
            raise MissingModelError(f'no weights of {model}')
        return cls(model)

    def warm_up(self, height: int, width: int) -> None:
        self.warmed.append((height, width))

    def __call__(self, mono: NDArray[np.uint8], color: NDArray[np.uint8]) -> NDArray[np.uint8]:
        truth = truths[mono.tobytes()]
        return compose(mono, np.float32(self.share) * chroma_of(truth))


created: list[Colorizer] = []
truths = {case.mono.tobytes(): case.truth
          for frame in FRAMES.values() for case in make_cases(frame, (1, 2))}


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorize_ros.pipelines, 'StereoColorizer', Colorizer, raising=False)
    created.clear()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / 'stereo'
    for frame in FRAMES.values():
        write_scene(root, frame)
    write_manifest(root, dict.fromkeys(FRAMES, 'test'))
    return tmp_path


def test_all_methods_in_both_setups(data: Path) -> None:
    out = data / 'out'
    results = evaluate(data, 'test', out, device='cpu')
    assert results == json.loads((out / 'results.json').read_text())
    assert (results['task'], results['split'], results['items']) == ('stereo', 'test', 2)
    assert set(results['methods']) == {*STEREO_BASELINES, *ORACLES, 'robot', 'paper'}
    assert {name: group['items'] for name, group in results['groups'].items()} == {
        'setup 1': 2, 'setup 2': 2, 'setup 1 made/first': 1, 'setup 2 made/first': 1,
        'setup 1 made/second': 1, 'setup 2 made/second': 1}
    assert all(set(scores) == METRICS for scores in results['methods'].values())
    assert {name for name, scores in results['methods'].items()
            if scores['ms_median'] is None} == ORACLES
    assert results['skipped'] == {
        **dict.fromkeys(('paper-soft-argmax', 'paper-no-attention', 'paper-no-residue'),
                        'its weights are not installed'),
        'zhang': 'no weights shipped; an ONNX file can be given as --onnx zhang=FILE',
        'iizuka': 'no weights shipped; an ONNX file can be given as --onnx iizuka=FILE',
        'he': 'no weights shipped', 'furusawa': 'no weights shipped'}
    for name in ('setup_1', 'setup_2'):
        # The name, both images, 2 presets and 7 others, the truth; two rows below the labels.
        assert cv2.imread(str(out / f'{name}.png')).shape[1] == 172 + 12 * 302


def test_a_perfect_method_reaches_the_ceiling(data: Path) -> None:
    for group in evaluate(data, 'test', data / 'out', device='cpu')['groups'].values():
        perfect, ceiling = group['methods']['robot'], group['methods']['ceiling']
        assert {**perfect, 'ms_median': None} == ceiling
        others = [scores['psnr_db'] for name, scores in group['methods'].items()
                  if name not in ORACLES]
        assert perfect['psnr_db'] == max(others)
        assert min(others) == group['methods']['gray']['psnr_db']


def test_who_is_told_the_truth_is_not_the_best_of_a_table(data: Path) -> None:
    evaluate(data, 'test', data / 'out', device='cpu', presets=['paper'])
    lines = (data / 'out/results.md').read_text().splitlines()
    assert any(line.startswith('| paper |') and '**' in line for line in lines)
    assert not any(line.startswith('| ceiling |') and '**' in line for line in lines)


def test_one_setup_is_what_both_give_of_it(data: Path) -> None:
    def scored(setups: tuple[int, ...]) -> dict[str, dict[str, float]]:
        groups = evaluate(data, 'test', data / 'out', setups=setups, presets=())['groups']
        assert len(groups) == 3 * len(setups)
        return {name: {metric: value for metric, value in scores.items() if metric != 'ms_median'}
                for name, scores in groups['setup 2 made/second']['methods'].items()}

    assert scored((2,)) == scored((1, 2))


def test_networks_are_warm_before_they_are_timed(
        data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(data, 'test', data / 'out', device='cpu', presets=['robot'])
    assert [colorizer.warmed for colorizer in created] == [[(80, 128)]]


def test_onnx_networks_take_part(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stereo, 'OnnxColorizer', lambda path: gray)
    results = evaluate(data, 'test', data / 'out', presets=(), setups=(1,),
                       onnx={'zhang': Path('z.onnx'), 'mine': Path('m.onnx')})
    assert {'zhang', 'mine'} <= set(results['methods'])
    assert 'zhang' not in results['skipped']
    assert 'iizuka' in results['skipped']


@pytest.mark.parametrize('name', ['robot', 'jeon', 'ceiling'])
def test_a_name_that_is_taken_is_refused(data: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f'{name!r}, as that is the name of a method'):
        evaluate(data, 'test', data / 'out', presets=(), onnx={name: Path('x.onnx')})


def test_refuses_a_setup_that_is_none(data: Path) -> None:
    with pytest.raises(ConfigurationError, match='setup 3 is not in Table 2'):
        evaluate(data, 'test', data / 'out', presets=(), setups=(3,))


def test_refuses_a_split_that_is_not_there(data: Path) -> None:
    with pytest.raises(DataError, match='train'):
        evaluate(data, 'train', data / 'out', presets=())


def test_a_pair_without_occlusions_takes_no_part_in_their_mean(data: Path) -> None:
    frame = FRAMES['made/first']
    write_scene(data / 'stereo', frame._replace(disparity_px=np.zeros_like(frame.disparity_px)))
    groups = evaluate(data, 'test', data / 'out', presets=(), setups=(1,))['groups']
    only = groups['setup 1 made/second']['methods']['jeon']
    assert groups['setup 1']['methods']['jeon']['occluded_psnr_db'] == only['occluded_psnr_db']
    assert 'occluded_psnr_db' not in groups['setup 1 made/first']['methods']['jeon']


@requires_shared
def test_cones_and_its_ceiling_are_as_far_off_as_ever() -> None:
    def scores(frame: StereoFrame) -> tuple[float, float]:
        case = next(make_cases(frame, [1]))
        ceiling = told_the_truth(case)['ceiling']
        return tuple(measure(rgb, ceiling, case)['psnr_db']
                     for rgb in (ceiling, gray(case.mono, case.color)))

    items = {item.name: item for item in stereo.read_stereo(SHARED / 'data' / 'stereo', 'test')}
    assert len(items) == 7
    assert scores(items['middlebury/cones'].load()) == pytest.approx((42.97, 16.13), abs=0.01)
