"""Model files: found, read, and refused where they are not what they should be."""

from pathlib import Path

import pytest
import torch
from torch import nn
import yaml

from colorize_ros.errors import ModelError
from colorize_ros.pipelines import (
    DepthColorizer,
    DepthCompleter,
    DepthUpsampler,
    NirColorizer,
    StereoColorizer,
)
from colorize_ros.pipelines.models import find_model, load_network, read_card, write_model

ARCHITECTURES = (nn.Linear,)
CARD = {'pipeline': 'tests', 'preset': 'robot', 'architecture': 'Linear',
        'arguments': {'in_features': 3, 'out_features': 2}}


def write(folder, **changes):
    torch.manual_seed(0)
    return write_model(folder, nn.Linear(3, 2).state_dict(), {**CARD, **changes})


def edit_card(weights, **changes):
    path = weights.with_suffix('.yaml')
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))


def test_round_trip_is_half_precision(tmp_path):
    network, card = load_network(write(tmp_path), ARCHITECTURES, 'tests')
    torch.manual_seed(0)
    assert torch.allclose(network.weight, nn.Linear(3, 2).weight, atol=1e-3)
    assert network.weight.dtype == torch.float32
    assert not network.training
    assert card['parameters'] == 8


def test_a_path_is_taken_as_it_is(tmp_path):
    weights = write(tmp_path)
    assert find_model(str(weights), 'tests') == weights


def test_a_preset_is_found_in_a_sourced_workspace(tmp_path, monkeypatch):
    weights = write(tmp_path / 'share' / 'colorize_ros' / 'models')
    monkeypatch.setenv('AMENT_PREFIX_PATH', f'/nowhere:{tmp_path}')
    assert find_model('robot', 'tests') == weights


def test_an_ablation_is_found_among_the_baselines_alone(tmp_path, monkeypatch):
    share = tmp_path / 'share' / 'colorize_ros' / 'models'
    write(share, preset='paper-no-edgenet')
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path))
    with pytest.raises(ModelError, match='baselines/tests-paper-no-edgenet'):
        find_model('paper-no-edgenet', 'tests')
    weights = write(share / 'baselines', preset='paper-no-edgenet')
    assert find_model('paper-no-edgenet', 'tests') == weights
    write(share / 'baselines', preset='robot')
    with pytest.raises(ModelError, match='train it'):
        find_model('robot', 'tests')


@pytest.mark.parametrize('model', ['nothing.safetensors', 'fast', 'paper'])
def test_a_missing_model_says_where_it_was_looked_for(model):
    with pytest.raises(ModelError, match=model):
        find_model(model, 'tests')


@pytest.mark.parametrize(('changes', 'words'), [
    ({'pipeline': 'colors'}, 'tests'),
    ({'architecture': 'Conv9d'}, 'newer'),
    ({'sha256': '0' * 64}, 'damaged'),
    ({'arguments': {'in_features': 4, 'out_features': 2}}, 'does not fit'),
    ({'arguments': {'colors': 4}}, 'does not fit')])
def test_a_card_that_does_not_fit_is_refused(tmp_path, changes, words):
    weights = write(tmp_path)
    edit_card(weights, **changes)
    with pytest.raises(ModelError, match=words):
        load_network(weights, ARCHITECTURES, 'tests')


@pytest.mark.parametrize('text', [None, '[1, 2', 'just words', 'pipeline: tests'])
def test_a_card_that_is_none_is_refused(tmp_path, text):
    weights = write(tmp_path)
    card = weights.with_suffix('.yaml')
    if text is None:
        card.unlink()
    else:
        card.write_text(text)
    with pytest.raises(ModelError, match='card'):
        read_card(weights)


def test_every_shipped_model_is_whole():
    architectures = {pipeline.name: pipeline.architectures
                     for pipeline in (
                         DepthColorizer, DepthCompleter, DepthUpsampler, NirColorizer,
                         StereoColorizer)}
    folder = Path(__file__).resolve().parents[2] / 'models'
    found = sorted(folder.glob('*.safetensors'))
    assert [weights.stem for weights in found] == [
        'depth-color-robot', 'depth-completion-paper', 'depth-completion-robot',
        'depth-super-resolution-paper', 'depth-super-resolution-robot', 'nir-paper', 'nir-robot',
        'stereo-robot']
    for weights in found:
        card = read_card(weights)
        load_network(weights, architectures[card['pipeline']], card['pipeline'])
        assert weights.stem == f'{card["pipeline"]}-{card["preset"]}'
        assert weights.stat().st_size < 40e6
