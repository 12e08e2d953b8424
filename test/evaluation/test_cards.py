"""Scores go on the cards of the models that took part."""

import pytest
from torch import nn
import yaml

from colorize_ros.errors import ModelError
from colorize_ros.evaluation.cards import record_on_cards
from colorize_ros.pipelines.models import write_model

RESULTS = {
    'task': 'tests', 'split': 'test', 'items': 3, 'skipped': {'paper': 'no weights'},
    'methods': {'robot': {'rmse_m': 0.1}, 'linear': {'rmse_m': 0.2}},
    'groups': {'grid': {'items': 3, 'methods': {'robot': {'rmse_m': 0.1},
                                                'linear': {'rmse_m': 0.2}}}}}


def test_the_card_keeps_the_rest_and_gets_the_scores(tmp_path, monkeypatch):
    share = tmp_path / 'share' / 'colorize_ros' / 'models'
    weights = write_model(share, nn.Linear(1, 1).state_dict(), {
        'pipeline': 'tests', 'preset': 'robot', 'architecture': 'Linear', 'arguments': {}})
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    before = yaml.safe_load(weights.with_suffix('.yaml').read_text())
    assert record_on_cards(RESULTS) == ['tests-robot.yaml']
    after = yaml.safe_load(weights.with_suffix('.yaml').read_text())
    assert after.pop('scores') == {'split': 'test', 'items': 3, 'all': {'rmse_m': 0.1},
                                   'grid': {'rmse_m': 0.1}}
    assert after == before


def setup(number, rmse_m, **changes):
    """What an evaluation of one setup gives."""
    methods = {'robot': {'rmse_m': rmse_m}}
    return {**RESULTS, 'methods': methods, **changes,
            'groups': {f'setup {number}': {'items': 3, 'methods': methods}}}


def test_one_setup_leaves_the_scores_of_the_other(tmp_path, monkeypatch):
    share = tmp_path / 'share' / 'colorize_ros' / 'models'
    weights = write_model(share, nn.Linear(1, 1).state_dict(), {
        'pipeline': 'tests', 'preset': 'robot', 'architecture': 'Linear', 'arguments': {}})
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))

    def scores_after(results):
        record_on_cards(results, some_groups=len(results['groups']) == 1)
        return yaml.safe_load(weights.with_suffix('.yaml').read_text())['scores']
    one = {'rmse_m': 0.1}
    assert scores_after(setup(1, 0.1)) == {'split': 'test', 'items': 3, 'all': one, 'setup 1': one}
    # A mean over the second setup alone would not be one over all.
    assert scores_after(setup(2, 0.2)) == {
        'split': 'test', 'items': 3, 'setup 1': one, 'setup 2': {'rmse_m': 0.2}}
    assert scores_after(setup(1, 0.3))['setup 1'] == {'rmse_m': 0.3}
    both = setup(1, 0.4)
    both['groups'].update(setup(2, 0.4)['groups'])
    assert set(scores_after(both)) == {'split', 'items', 'all', 'setup 1', 'setup 2'}
    # What was measured on other items says nothing beside these.
    assert set(scores_after(setup(2, 0.5, items=1))) == {'split', 'items', 'all', 'setup 2'}
    assert 'setup 2' not in scores_after(setup(1, 0.5, items=1, split='train'))


def test_an_ablation_gets_its_scores(tmp_path, monkeypatch):
    folder = tmp_path / 'share' / 'colorize_ros' / 'models' / 'baselines'
    weights = write_model(folder, nn.Linear(1, 1).state_dict(), {
        'pipeline': 'tests', 'preset': 'paper-no-extra', 'architecture': 'Linear',
        'arguments': {}})
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    methods = {'paper-no-extra': {'rmse_m': 0.3}, 'linear': {'rmse_m': 0.2}}
    assert record_on_cards({**RESULTS, 'methods': methods, 'groups': {}}) == [
        'tests-paper-no-extra.yaml']
    assert yaml.safe_load(weights.with_suffix('.yaml').read_text())['scores']['all'] == {
        'rmse_m': 0.3}


def test_without_a_preset_there_is_nothing_to_record():
    with pytest.raises(ModelError, match='no weights'):
        record_on_cards({**RESULTS, 'methods': {'linear': {}}})
