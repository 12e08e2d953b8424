"""Training of near infrared to color: samples, losses, and a few steps of each preset."""

from __future__ import annotations

import hashlib
from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest
from safetensors.torch import load_file, save_file
import torch

pytest.importorskip('lightning_fabric')

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.s_shape import PaperNirColorizer
from colorize_ros.pipelines.models import read_card
from colorize_ros.training.nir import (
    find_edges,
    NirSamples,
    PaperLosses,
    robot_losses,
    scene_chances,
    train,
)
from colorize_ros.training.options import Launch
from small_data import write_nir


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_nir(tmp_path)
    return tmp_path / 'nir'


def test_samples_follow_from_the_generator_alone(folder: Path) -> None:
    samples = NirSamples([folder], 3, 64)
    first, again, other = (samples(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first['nir'].shape == (3, 1, 64, 64)
    assert first['color'].shape == (3, 3, 64, 64)
    assert torch.equal(first['nir'], again['nir'])
    assert not torch.equal(first['nir'], other['nir'])
    assert first['color'].min() >= 0
    assert first['color'].max() <= 1


def test_a_pair_stays_registered(folder: Path) -> None:
    samples = NirSamples([folder], 16, 64)
    ramp = np.tile(np.arange(96, dtype=np.uint8) * 2, (80, 1))
    samples.recorded = [(np.repeat(ramp[..., None], 3, axis=2), ramp.astype(np.float32) / 190)]
    samples.chances = scene_chances(['hills/field'])
    batch = samples(np.random.default_rng(0))
    for color, gray in zip(batch['color'][:, 0], batch['nir'][:, 0]):
        # Whatever the window and the flip, both rise the same way.
        assert np.corrcoef(color.mean(0), gray.mean(0))[0, 1] > 0.95


def test_no_scene_is_shown_more_often_than_the_median_scene() -> None:
    chances = scene_chances(['meadow'] * 30 + ['street'] * 3 + ['lake'])
    meadow, street, lake = chances[:30].sum(), chances[30:33].sum(), chances[33]
    assert chances.sum() == pytest.approx(1)
    assert meadow == pytest.approx(street) == pytest.approx(3 * lake)


def test_a_folder_without_aligned_pairs_is_an_error(folder: Path) -> None:
    manifest = folder / 'manifest.csv'
    manifest.write_text(manifest.read_text().replace('train,yes', 'train,suspect'))
    with pytest.raises(DataError, match='no pairs to learn from'):
        NirSamples([folder], 2, 64)


def test_edges_lie_where_a_channel_changes() -> None:
    color = torch.zeros(1, 3, 16, 16)
    color[:, 1, :, 8:] = 1
    edges = find_edges(color)
    assert edges[0, 0].sum() == 0
    columns = edges[0, 1].nonzero()[:, 1]
    assert len(columns) > 8
    assert ((columns - 8).abs() <= 1).all()
    assert set(edges.unique().tolist()) == {0.0, 1.0}


def test_edge_net_learns_beside_color_net() -> None:
    torch.manual_seed(0)
    losses, network = PaperLosses(torch.device('cpu')), PaperNirColorizer(width=4)
    before = [value.clone() for value in losses.helpers['edge_net'].network.parameters()]
    batch = {'nir': torch.rand(2, 1, 32, 32), 'color': torch.rand(2, 3, 32, 32)}
    terms = losses(network, batch)
    assert set(terms) == {'color', 'edge'}
    after = list(losses.helpers['edge_net'].network.parameters())
    assert any(not torch.equal(old, new) for old, new in zip(before, after))
    terms['edge'].backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_a_tenth_less_error_is_worth_the_same_in_every_image() -> None:
    color = torch.full((1, 3, 32, 32), 0.5)

    def loss(error: float) -> float:
        return float(robot_losses(lambda nir: color + error,  # type: ignore[arg-type]
                                  {'nir': color[:, :1], 'color': color})['log_mse'])
    easy, hard = loss(0.2) - loss(0.2 * 0.9), loss(0.5) - loss(0.5 * 0.9)
    assert easy == pytest.approx(hard, rel=0.05)


@pytest.mark.parametrize('preset', ['robot', 'paper', 'paper-no-edgenet'])
def test_every_preset_writes_weights_and_card(folder: Path, tmp_path: Path,
                                              preset: str) -> None:
    weights = train([folder], tmp_path / 'out', Launch(device='cpu', steps=1), preset=preset)
    card = read_card(weights)
    assert (card['pipeline'], card['preset']) == ('nir', preset)
    assert card['training']['steps'] == 1
    assert 'nir/' in next(iter(card['training']['sources']))


def test_an_unknown_preset_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='paper-no-edgenet'):
        train([folder], tmp_path, Launch(device='cpu', steps=1), preset='large')


def write_scene(folder: Path, pairs: int) -> Path:
    """Write one scene of pairs, all to learn from."""
    write_nir(folder)
    root = folder / 'nir'
    for index in range(pairs):
        for kind in ('rgb', 'nir'):
            (root / f'hills/road/{index:04d}_{kind}.jpg').parent.mkdir(exist_ok=True)
            shutil.copy(root / f'hills/field/0000_{kind}.jpg',
                        root / f'hills/road/{index:04d}_{kind}.jpg')
    with (root / 'manifest.csv').open('a') as manifest:
        manifest.writelines(f'hills/road/{index:04d},train,yes\n' for index in range(pairs))
    return root


def test_what_is_held_out_is_validated_on_and_not_learned_from(tmp_path: Path) -> None:
    root, out = write_scene(tmp_path, 4), tmp_path / 'run'
    samples = NirSamples([root], 2, 64, hold_out=0.5)
    assert (len(samples.recorded), len(samples.held_out)) == (3, 2)
    path = train([root], out, Launch(steps=1, device='cpu', hold_out=0.5), preset='robot')
    assert path is not None
    training = read_card(path.with_suffix('.yaml'))['training']
    assert training['held_out'] == 0.5
    # After a step it still copies the infrared.
    assert training['validation']['above_gray_db'] == pytest.approx(0, abs=1)
    picture = cv2.imread(str(next((out / 'validation').glob('*.png'))))
    assert picture.shape[1] == 3 * 320


def test_scenes_too_small_to_hold_out_of_are_an_error(folder: Path) -> None:
    with pytest.raises(DataError, match='hold_out is 0.1'):
        NirSamples([folder], 2, 64, hold_out=0.1)


def test_a_training_can_start_from_weights(folder: Path, tmp_path: Path) -> None:
    first = train([folder], tmp_path / 'first', Launch(steps=1, device='cpu'),
                  preset='robot')
    assert first is not None
    still = Launch(steps=1, device='cpu', learning_rate=1e-12, start_from=first)
    second = train([folder], tmp_path / 'second', still, preset='robot')
    assert second is not None
    before, after = load_file(first), load_file(second)
    torch.testing.assert_close(after, before, rtol=0, atol=1e-3)
    training = read_card(second.with_suffix('.yaml'))['training']
    assert training['learning_rate'] == 1e-12
    assert training['started_from'] == hashlib.sha256(first.read_bytes()).hexdigest()


def test_weights_of_another_network_cannot_be_started_from(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / 'other.safetensors'
    save_file({'curves.weight': torch.zeros(1)}, other)
    for path in (other, tmp_path / 'none.safetensors'):
        with pytest.raises(DataError, match='cannot be started from'):
            train([folder], tmp_path / 'out', Launch(
                steps=1, device='cpu', start_from=path), preset='robot')
