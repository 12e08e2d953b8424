"""Interleaved runs, their summary, and the tables made of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from colorize_ros.errors import DeviceError, ModelError
from colorize_ros.evaluation.runner import (
    evenly_chosen,
    load_presets,
    run_interleaved,
    Score,
    Scores,
    write_all,
)
from colorize_ros.evaluation.tables import markdown, table_of_groups, table_of_methods
from colorize_ros.pipelines.models import find_model


def two_groups() -> Scores:
    scores = Scores('depth-completion', 'test', 2, timing='Timed.')
    for i, (rmse_m, ms) in enumerate([(0.1, 10.0), (0.3, None), (0.5, 30.0)]):
        group = 'uniform' if i < 2 else 'grid'
        scores.scores.append(Score('robot', (group,), {'rmse_m': rmse_m, 'ssim': 0.9}, ms))
        scores.scores.append(Score('linear', (group,), {'rmse_m': 2 * rmse_m, 'ssim': 0.8}, ms))
    return scores


def test_every_method_runs_once_and_each_comes_first_in_turn() -> None:
    order: list[str] = []
    methods = {name: lambda name=name: order.append(name) or np.zeros(1) for name in 'abc'}
    outputs = [run_interleaved(methods, turn) for turn in range(3)]
    assert ''.join(order) == 'abcbcacab'
    assert all(list(output) == ['a', 'b', 'c'] for output in outputs)
    assert all(ms >= 0 for output in outputs for _, ms in output.values())


def test_results_are_means_over_items_and_the_median_of_counted_times() -> None:
    results = two_groups().results()
    assert results['methods']['robot'] == {'rmse_m': 0.3, 'ssim': 0.9, 'ms_median': 20.0}
    assert results['groups']['uniform'] == {
        'items': 2,
        'methods': {'robot': {'rmse_m': 0.2, 'ssim': 0.9, 'ms_median': 10.0},
                    'linear': {'rmse_m': 0.4, 'ssim': 0.8, 'ms_median': 10.0}}}
    assert results['groups']['grid']['items'] == 1


def test_what_is_measured_on_all_items_together_is_of_no_group() -> None:
    scores = two_groups()
    scores.of_sets['robot'] = {'frechet_vgg19': 12.5}
    results = scores.results()
    assert results['methods']['robot']['frechet_vgg19'] == 12.5
    assert list(results['methods']['robot'])[-1] == 'ms_median'
    assert 'frechet_vgg19' not in results['methods']['linear']
    assert 'frechet_vgg19' not in results['groups']['uniform']['methods']['robot']


def test_an_item_that_lacks_a_metric_takes_no_part_in_its_mean() -> None:
    scores = Scores('stereo', 'test', 3)
    for metrics in ({'ssim': 0.5}, {'ssim': 0.7, 'occluded_ssim': 0.2},
                    {'ssim': 0.9, 'occluded_ssim': 0.4}):
        scores.scores.append(Score('robot', (), metrics, 1.0))
    means = scores.results()['methods']['robot']
    assert means == {'ssim': 0.7, 'occluded_ssim': 0.3, 'ms_median': 1.0}


def test_groups_of_one_kind_stand_together() -> None:
    scores = Scores('depth-super-resolution', 'test', 1)
    for scale in (2, 4):
        scores.scores.append(Score('robot', (f'x{scale}', f'art x{scale}'), {'rmse_px': 1}, 1.0))
    assert list(scores.results()['groups']) == ['x2', 'x4', 'art x2', 'art x4']


def test_writes_json_and_markdown(tmp_path: Path) -> None:
    results = write_all(two_groups(), {}, tmp_path / 'made')
    assert json.loads((tmp_path / 'made' / 'results.json').read_text()) == results
    text = (tmp_path / 'made' / 'results.md').read_text()
    assert text == markdown(results)
    assert '## uniform (2)' in text


def test_the_best_of_a_column_is_bold() -> None:
    table = table_of_methods({'a': {'ssim': 0.9, 'rmse_m': 0.2, 'ms_median': None},
                              'b': {'ssim': 0.8, 'rmse_m': 0.1, 'ms_median': 3.0}})
    assert table.splitlines() == [
        '| method | ssim | rmse_m | ms_median |', '| --- | ---: | ---: | ---: |',
        '| a | **0.9000** | 0.2000 | - |', '| b | 0.8000 | **0.1000** | **3.0** |']


def test_who_is_told_the_truth_takes_no_part_and_no_share_is_best() -> None:
    methods = {'a': {'psnr_db': 30.0, 'share_hidden': 0.5},
               'ceiling': {'psnr_db': 40.0, 'share_hidden': 0.0}}
    assert table_of_methods(methods).splitlines()[2:] == [
        '| a | **30.00** | 0.5000 |', '| ceiling | 40.00 | 0.0000 |']


def test_a_table_of_groups_has_a_row_a_group() -> None:
    lines = table_of_groups(two_groups().results(), 'rmse_m').splitlines()
    assert lines[0] == '| rmse_m | items | robot | linear |'
    assert lines[2] == '| uniform | 2 | **0.2000** | 0.4000 |'


def test_presets_without_weights_are_skipped_and_named() -> None:
    def load(preset: str) -> str:
        if preset == 'paper':
            raise ModelError('no weights of paper')
        return preset.upper()

    skipped: dict[str, str] = {}
    assert load_presets(('robot', 'paper'), load, skipped) == {'robot': 'ROBOT'}
    assert skipped == {'paper': 'no weights of paper'}


def test_what_is_not_installed_is_said_without_the_folders_of_the_machine() -> None:
    skipped: dict[str, str] = {}
    load_presets(['no-such'], lambda preset: find_model(preset, 'nir'), skipped)
    assert skipped == {'no-such': 'its weights are not installed'}


def test_a_missing_device_is_an_error() -> None:
    def load(preset: str) -> str:
        raise DeviceError('no cuda')

    with pytest.raises(DeviceError):
        load_presets(('robot',), load, {})


def test_items_are_chosen_evenly() -> None:
    assert evenly_chosen(range(10), 4) == [0, 3, 6, 9]
    assert evenly_chosen(range(3), 4) == [0, 1, 2]
    assert evenly_chosen(range(3), None) == [0, 1, 2]
