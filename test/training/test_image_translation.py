"""What the rivals minimise: which weights learn what, and that they do learn."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from safetensors.torch import load_file
import torch

pytest.importorskip('lightning_fabric')

from colorize_ros.networks.image_translation import BicycleGan, CycleGan, Pix2Pix
from colorize_ros.pipelines.models import read_card
from colorize_ros.training import depth_color
from colorize_ros.training.image_translation import (
    BicycleGanLosses,
    CycleGanLosses,
    divergence,
    Pix2PixLosses,
)
from colorize_ros.training.options import Launch
from small_data import write_rgbd

CPU = torch.device('cpu')
SMALL = {'pix2pix': (lambda: Pix2Pix(4), Pix2PixLosses),
         'cyclegan': (lambda: CycleGan(4, 1), CycleGanLosses),
         'bicyclegan': (lambda: BicycleGan(4), BicycleGanLosses)}


def make(name: str):
    torch.manual_seed(0)
    network, losses = SMALL[name]
    return network(), losses(CPU, critic_width=2)


def make_batch(side: int = 64) -> dict[str, torch.Tensor]:
    """Near things are red and far ones blue."""
    torch.manual_seed(1)
    depth, other = (torch.nn.functional.interpolate(torch.rand(2, 1, 4, 4), size=side)
                    for _ in range(2))
    color = torch.cat([1 - depth, torch.full_like(depth, 0.2), depth], 1)
    return {'depth': depth, 'color': color, 'other_depth': other}


@pytest.mark.parametrize('name', SMALL)
def test_all_weights_learn_and_so_do_the_critics(name: str) -> None:
    network, losses = make(name)
    before = {critic: [value.clone() for value in helper.network.parameters()]
              for critic, helper in losses.helpers.items()}
    terms = losses(network, make_batch())
    assert all(term.shape == () and torch.isfinite(term) for term in terms.values())
    torch.stack(list(terms.values())).sum().backward()
    assert [name for name, parameter in network.named_parameters() if parameter.grad is None] == []
    for critic, helper in losses.helpers.items():
        assert any(not torch.equal(old, new)
                   for old, new in zip(before[critic], helper.network.parameters()))


@pytest.mark.parametrize(('name', 'term'), [
    ('pix2pix', 'absolute'), ('cyclegan', 'cycle'), ('bicyclegan', 'absolute')])
def test_a_few_steps_help(name: str, term: str) -> None:
    network, losses = make(name)
    batch = make_batch()
    optimizer = torch.optim.Adam(network.parameters(), 5e-3)
    values = []
    for _ in range(12):
        terms = losses(network, batch)
        optimizer.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimizer.step()
        values.append(float(terms[term].detach()))
    assert values[-1] < 0.8 * values[0]


def test_the_cycle_sees_no_depth_of_the_colors_it_sees() -> None:
    network, losses = make('cyclegan')
    batch = make_batch()
    terms = losses(network, {'color': batch['color'], 'other_depth': batch['other_depth']})
    assert set(terms) == {'adversarial_color', 'adversarial_depth', 'cycle', 'identity'}


def test_what_is_made_already_is_left_alone() -> None:
    class Still(CycleGan):
        def to_color(self, image):
            return image

        def to_depth(self, image):
            return image[:, :1]

    torch.manual_seed(0)
    losses, batch = CycleGanLosses(CPU, critic_width=2), make_batch()
    batch['color'] = batch['color'][:, :1].expand(-1, 3, -1, -1)
    terms = losses(Still(2, 1), batch)
    assert terms['identity'] == 0
    assert terms['cycle'] == 0


def test_a_random_code_teaches_the_generator_alone() -> None:
    network, losses = make('bicyclegan')
    losses(network, make_batch())['code'].backward()
    assert not any(parameter.grad is not None and parameter.grad.any()
                   for parameter in network.encoder.parameters())
    assert any(parameter.grad is not None and parameter.grad.abs().sum() > 0
               for parameter in network.generator.parameters())
    assert all(parameter.requires_grad for parameter in network.encoder.parameters())


def test_divergence_is_that_of_normal_distributions() -> None:
    mean, log_variance = torch.tensor([[0.0, 1.0]]), torch.tensor([[0.0, math.log(4)]])
    expected = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, (log_variance / 2).exp()),
        torch.distributions.Normal(0.0, 1.0)).sum()
    assert divergence(mean, log_variance) == pytest.approx(float(expected))
    assert divergence(torch.zeros(2, 8), torch.zeros(2, 8)) == 0


def test_errors_count_as_of_colors_between_minus_1_and_1() -> None:
    class Gray(Pix2Pix):
        def colorize(self, depth, *remembered):
            return torch.full_like(depth, 0.5).expand(-1, 3, -1, -1)

    batch = make_batch() | {'color': torch.full((2, 3, 64, 64), 0.75)}
    terms = Pix2PixLosses(CPU, critic_width=2)(Gray(2), batch)
    assert terms['absolute'] == pytest.approx(100 * 0.5)


@pytest.mark.parametrize('name', SMALL)
def test_a_rival_is_trained_by_the_command_of_the_paper(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    preset = depth_color.PRESETS[name]
    assert preset.network is type(SMALL[name][0]())
    assert preset.losses is SMALL[name][1]
    monkeypatch.setitem(depth_color.PRESETS, name, preset._replace(
        arguments={'width': 4}, batch_size=2, side=64))
    write_rgbd(tmp_path)
    # Perceptual errors are the paper's alone: the file is not even opened.
    weights = depth_color.train([tmp_path / 'rgbd'], tmp_path / 'out', Launch(
        device='cpu', steps=1), preset=name, vgg=tmp_path / 'none.safetensors')
    assert weights is not None
    card = read_card(weights)
    assert card['preset'] == name
    assert card['architecture'] == preset.network.__name__
    assert card['training']['perceptual'] == 'none'
    header, line = (tmp_path / 'out/log.csv').read_text().splitlines()
    assert line.split(',')[header.split(',').index('left_out')] == '0'
    preset.network(width=4).load_state_dict(load_file(weights))
