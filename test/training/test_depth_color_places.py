"""Training of color from depth with a memory of the place: its references, and its losses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

pytest.importorskip('lightning_fabric')

from colorize_ros.networks.depth_color import RobotDepthColorizer
from colorize_ros.training.depth_color_places import (
    ITSELF,
    PlaceSamples,
    RobotLosses,
    style_error,
    WARM_UP,
)
from small_data import write_manifest, write_pair

# The green of each clip's source, and the red of the clip; blue counts frames.
CLIPS = {'one/a': (0, 40), 'one/b': (0, 160), 'two/c': (200, 40)}
FRAMES = 3


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give two clips of one source and one of another, in the layout of RGB-D frames."""
    root = tmp_path_factory.mktemp('places') / 'rgbd'
    names = []
    for number, (clip, (green, red)) in enumerate(CLIPS.items()):
        for index in range(FRAMES):
            names.append(f'{clip}/{index:04d}')
            write_pair(root, names[-1], np.full((48, 64), 1 + number, np.float32),
                       np.full((48, 64, 3), (red, green, 60 * index), np.uint8))
    write_manifest(root, dict.fromkeys(names, 'train'))
    return root


def test_references_are_of_the_source_mostly_of_the_clip_and_at_times_the_frame(folder: Path
                                                                                ) -> None:
    batch = PlaceSamples([folder], 400, 32)(np.random.default_rng(0))
    color = (255 * batch['color'].mean((2, 3))).round()
    references = (255 * batch['reference_color'].mean((3, 4))).round()
    assert batch['reference_depth'].shape == (400, 2, 1, 32, 32)
    # JPEG moves a level or two.
    same = (references - color[:, None]).abs() < 10
    red, green, blue = same.unbind(2)
    assert green.all()
    assert ITSELF - 0.05 < (red & blue).float().mean() < ITSELF + 0.05
    assert 0.6 < red[color[:, 1] < 100].float().mean() < 0.95
    assert (batch['other_depth'].mean((1, 2, 3)) - batch['depth'].mean((1, 2, 3))).abs().min() > 0


def test_what_depends_on_a_truth_comes_first_and_what_does_not_later() -> None:
    torch.manual_seed(0)
    batch = {'depth': torch.rand(2, 1, 64, 64), 'color': torch.rand(2, 3, 64, 64),
             'reference_depth': torch.rand(2, 2, 1, 64, 64),
             'reference_color': torch.rand(2, 2, 3, 64, 64),
             'other_depth': torch.rand(2, 1, 64, 64)}
    network, losses = RobotDepthColorizer(), RobotLosses(torch.device('cpu'), None)
    critic = losses.helpers['critic'].network
    before = [value.clone() for value in critic.parameters()]
    early = losses(network, {**batch, 'over': torch.tensor(WARM_UP / 2)})
    assert early['style'] == early['adversarial'] == 0
    assert early['reconstruction'] > 0 < early['brought']
    assert all(torch.equal(*pair) for pair in zip(before, critic.parameters()))
    late = losses(network, {**batch, 'over': torch.tensor(1.0)})
    assert list(late) == list(early)
    assert late['style'] > 0 < late['adversarial']
    assert not all(torch.equal(*pair) for pair in zip(before, critic.parameters()))


def test_perfect_pictures_have_no_error_of_reconstruction() -> None:
    class Knowing(nn.Module):
        def remember(self, color: torch.Tensor, depth: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return (color[:, 0],)

        def paint_over(self, depth: torch.Tensor, color: torch.Tensor
                       ) -> tuple[torch.Tensor, torch.Tensor]:
            return color, nn.functional.avg_pool2d(color, 2)

    color = torch.rand(1, 3, 32, 32)
    batch = {'depth': torch.rand(1, 1, 32, 32), 'color': color, 'over': torch.tensor(0.0),
             'reference_color': color[:, None], 'reference_depth': torch.rand(1, 1, 1, 32, 32)}
    losses = RobotLosses(torch.device('cpu'), None)(Knowing(), batch)
    assert sum(losses.values()) == 0


def test_style_compares_means_and_contrasts_and_not_places() -> None:
    torch.manual_seed(0)
    picture = torch.rand(2, 3, 16, 16)
    shuffled = picture.flatten(2)[:, :, torch.randperm(256)].view_as(picture)
    assert style_error([shuffled], [picture], [1.0]) < 1e-10
    assert style_error([picture + 0.3], [picture], [1.0]) == pytest.approx(0.045, rel=1e-3)
    assert style_error([0.5 * picture], [picture], [1.0]) > 0.01
