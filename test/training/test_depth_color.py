"""Training of color from depth: samples from clips, the paper's losses, a few steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
import torch
from torch import nn

pytest.importorskip('lightning_fabric')

from colorize_ros.datasets.rgbd import RgbdItem
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.disentangled import PaperDepthColorizer
from colorize_ros.networks.patch_gan import PatchGan
from colorize_ros.networks.vgg import DEEPER_LAYERS, LAYERS, Vgg19Features, Vgg19Pyramid
from colorize_ros.pipelines.models import read_card
from colorize_ros.training import depth_color
from colorize_ros.training.depth_color import PRESETS, train
from colorize_ros.training.depth_color_losses import (
    ADVERSARIAL,
    PaperLosses,
    play,
    ReconstructionError,
    WARM_UP,
)
from colorize_ros.training.depth_color_samples import (
    cut,
    DepthColorSamples,
    find_neighbours,
    Frame,
    group_clips,
)
from colorize_ros.training.helpers import Helper
from colorize_ros.training.options import Launch
from small_data import room, write_manifest, write_pair

# Depth of each clip of the data set below; the color tells the clip and the frame.
CLIPS = {'kinect/kitchen': (2.0, 4), 'kinect/office': (4.0, 1)}


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clip of four frames, every fifth of a recording, and one of a single frame."""
    root = tmp_path_factory.mktemp('data') / 'rgbd'
    rows = {}
    for clip, (depth_m, count) in CLIPS.items():
        for index in range(count):
            name = f'{clip}/{5 * index:04d}'
            color = (200 if 'kitchen' in clip else 20, 50 * index, 100)
            write_pair(root, name, np.full((48, 64), depth_m, np.float32),
                       np.full((48, 64, 3), color, np.uint8))
            rows[name] = 'train'
    write_pair(root, 'kinect/dark/0000', np.full((48, 64), np.nan, np.float32))
    write_pair(root, 'kinect/elsewhere/0000', room(48, 64))
    write_manifest(root, {**rows, 'kinect/dark/0000': 'train', 'kinect/elsewhere/0000': 'test'})
    return root


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let presets learn from small samples."""
    monkeypatch.setattr(depth_color, 'PRESETS', {
        name: preset._replace(batch_size=2, side=64) for name, preset in PRESETS.items()})


def make_batch(over: float = 1.0, side: int = 64) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    channels = {'depth': 1, 'color': 3, 'neighbour_depth': 1, 'neighbour_color': 3,
                'other_depth': 1}
    return {'over': torch.tensor(over),
            **{name: torch.rand(2, count, side, side) for name, count in channels.items()}}


def test_samples_follow_from_the_generator_alone(folder: Path) -> None:
    samples = DepthColorSamples([folder], 3, 32)
    first, again, other = (samples(np.random.default_rng(seed)) for seed in (1, 1, 2))
    for name, channels in (('depth', 1), ('color', 3), ('neighbour_depth', 1),
                           ('neighbour_color', 3), ('other_depth', 1)):
        assert first[name].shape == (3, channels, 32, 32)
        assert first[name].dtype == torch.float32
        assert torch.equal(first[name], again[name])
        assert 0 <= first[name].min() <= first[name].max() <= 1
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_neighbours_are_of_the_clip_and_the_other_depth_is_of_another(folder: Path) -> None:
    samples = DepthColorSamples([folder], 40, 32)
    # The dark frame and that of the split test are left out.
    assert len(samples.frames) == 5
    assert samples.sources == {'rgbd/kinect': 5}
    batch = samples(np.random.default_rng(0))
    depth, near, other = (batch[name][:, 0, 16, 16]
                          for name in ('depth', 'neighbour_depth', 'other_depth'))
    torch.testing.assert_close(near, depth)
    torch.testing.assert_close(other, 0.6 - depth, atol=1e-3, rtol=0)
    frame, neighbour = ((batch[name][:, 1, 16, 16] * 5.1).round()
                        for name in ('color', 'neighbour_color'))
    in_clip = depth < 0.3
    apart = (frame - neighbour).abs()
    # Fifteen frames apart is too far; a clip of one frame has but that one.
    assert set(apart[in_clip].tolist()) == {1.0, 2.0}
    assert set(apart[~in_clip].tolist()) == {0.0}


@pytest.mark.parametrize(('names', 'expected'), [
    (['a/0000', 'a/0010', 'a/0021'], [[1], [0], [1]]),
    (['a/0', 'a/25', 'a/50'], [[1], [0, 2], [1]]),
    (['a/1305031.10', 'a/1305031.13'], [[1], [0]]),
    (['a/d-1.2-7'], [[]]), ([], [])])
def test_neighbours_by_name(names: list[str], expected: list[list[int]]) -> None:
    assert find_neighbours(names) == expected


def test_clips_are_scenes_in_order_and_views_of_rendered_rooms_are_none() -> None:
    names = ['k/a/10', 'k/a/9', 'k/b/1', 'simulated/a/0', 'simulated/a/1']
    clips = group_clips([RgbdItem(name, 'train', Path(), Path()) for name in names])
    assert [[item.name for item in clip] for clip in clips] == [
        ['k/a/9', 'k/a/10'], ['k/b/1'], ['simulated/a/0'], ['simulated/a/1']]


@pytest.mark.parametrize('mirrored', [False, True])
def test_a_window_lies_inside_and_color_stays_on_depth(mirrored: bool) -> None:
    ramp = np.tile(np.linspace(0.2, 1.0, 60), (40, 1))
    frame = Frame((255 * ramp[..., None].repeat(3, 2)).astype(np.uint8), ramp.astype(np.float16))
    for seed in range(20):
        color, depth = cut(frame, 32, mirrored, np.random.default_rng(seed))
        # Nothing of what would be beyond the border, which is 0.
        assert depth.min() > 0.19
        assert np.abs(color - depth).max() < 0.01
        rises = np.diff(depth[0], axis=1).mean() > 0
        assert rises != mirrored


def test_folders_without_known_depth_are_an_error(tmp_path: Path) -> None:
    write_pair(tmp_path, 'k/a/0', np.full((48, 64), np.nan, np.float32))
    write_manifest(tmp_path, {'k/a/0': 'train'})
    with pytest.raises(DataError, match='30% of the depth'):
        DepthColorSamples([tmp_path], 2)


def test_the_right_colors_have_no_error() -> None:
    torch.manual_seed(0)
    truth, features = torch.rand(2, 3, 32, 32), nn.Conv2d(3, 4, 3)
    error = ReconstructionError(truth, lambda image: [features(image)])  # type: ignore[arg-type]
    plain = ReconstructionError(truth, None)
    assert float(error(truth).detach()) == 0
    assert float(plain(truth + 0.1)) == pytest.approx(0.1 + 0.01)
    assert error(1 - truth) > plain(1 - truth)


def test_the_second_stage_adds_the_cycle_and_the_critic() -> None:
    torch.manual_seed(0)
    network, losses = PaperDepthColorizer(2), PaperLosses(torch.device('cpu'), None)
    before = [value.clone() for value in losses.helpers['critic'].network.parameters()]
    warm = losses(network, make_batch(WARM_UP - 0.01))
    assert warm['reconstruction'] > 0
    assert warm['cycle'] == warm['adversarial'] == 0
    after = list(losses.helpers['critic'].network.parameters())
    assert all(torch.equal(old, new) for old, new in zip(before, after))
    full = losses(network, make_batch(WARM_UP))
    assert list(full) == list(warm)
    assert full['cycle'] > 0
    assert 0 < full['adversarial'] < 10 * ADVERSARIAL
    assert any(not torch.equal(old, new) for old, new in zip(before, after))
    sum(full.values()).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_each_ablation_switches_its_part_off() -> None:
    def terms(**without: bool) -> dict[str, torch.Tensor]:
        torch.manual_seed(0)
        network = PaperDepthColorizer(2).eval()
        batch = make_batch()
        torch.manual_seed(3)
        return PaperLosses(torch.device('cpu'), None, **without)(network, batch)

    full, bare = terms(), terms(cycle=False, adversarial=False)
    assert terms(cycle=False)['cycle'] == 0
    assert terms(adversarial=False)['adversarial'] == 0
    torch.testing.assert_close(bare['reconstruction'], full['reconstruction'])


def test_references_are_neighbours_some_of_them_mirrored() -> None:
    batch = {**make_batch(), 'neighbour_color': torch.rand(64, 3, 4, 4)}
    batch['neighbour_depth'] = batch['neighbour_color'][:, :1]
    device = torch.device('cpu')
    color, depth = PaperLosses(device, None)._reference(batch)
    assert torch.equal(depth, color[:, :1])
    kept = (color == batch['neighbour_color']).flatten(1).all(1)
    flipped = (color == batch['neighbour_color'].flip(3)).flatten(1).all(1)
    assert bool((kept ^ flipped).all())
    assert 10 < int(flipped.sum()) < 54
    plain = PaperLosses(device, None, flipping=False)._reference(batch)
    assert torch.equal(plain[0], batch['neighbour_color'])
    own = PaperLosses(device, None, flipping=False, time_invariance=False)._reference(batch)
    assert torch.equal(own[0], batch['color'])
    assert torch.equal(own[1], batch['depth'])


def test_a_critic_learns_to_tell_and_its_gradients_reach_what_was_made_alone() -> None:
    torch.manual_seed(0)
    network = PatchGan(3, 4, scales=1)
    critic = Helper(network, torch.optim.Adam(network.parameters(), 1e-2))
    real, made = torch.rand(4, 3, 32, 32), torch.full((4, 3, 32, 32), 0.5, requires_grad=True)
    errors = [play(critic, real, made) for _ in range(20)]
    # At first it cannot say; then it says 0 of what was made, which is 1 off.
    assert abs(float(errors[-1].detach()) - 1) < 0.3
    assert float(network(real)[0].mean().detach()) > 0.6
    critic.optimizer.zero_grad()
    errors[-1].backward()
    assert made.grad is not None
    assert all(value.grad is None and value.requires_grad for value in network.parameters())


def test_vgg_gives_four_layers_of_color_and_one_of_gray() -> None:
    pyramid, features = Vgg19Pyramid(), Vgg19Features()
    for layer in LAYERS:
        features.get_submodule(layer).load_state_dict(pyramid.get_submodule(layer).state_dict())
    gray = torch.rand(1, 1, 16, 24)
    found = pyramid(gray.expand(-1, 3, -1, -1))
    assert [tuple(layer.shape[1:]) for layer in found] == [
        (64, 16, 24), (128, 8, 12), (256, 4, 6), (512, 2, 3)]
    torch.testing.assert_close(found[2], features(2 * gray - 1).relu() * 255)


def test_every_preset_of_the_paper_writes_weights_and_card(folder: Path, tmp_path: Path) -> None:
    vgg = tmp_path / 'vgg.safetensors'
    save_file(Vgg19Pyramid().state_dict(), vgg)
    weights = train([folder], tmp_path / 'out', Launch(device='cpu', steps=2),
                    preset='paper-no-cycle-no-adversarial', vgg=vgg)
    assert weights is not None
    # Of an ablation, so that it fits beside the others.
    assert weights.stat().st_size < 15e6
    card = read_card(weights)
    assert (card['pipeline'], card['preset']) == ('depth-color', 'paper-no-cycle-no-adversarial')
    assert card['arguments'] == {'width': 11}
    assert card['training']['sources'] == {'rgbd/kinect': {'items': 5}}
    assert card['training']['perceptual'] == 'VGG-19'


def test_a_step_of_each_stage_is_logged(folder: Path, tmp_path: Path) -> None:
    train([folder], tmp_path, Launch(device='cpu', steps=2, precision='fp32'),
          preset='paper-narrow')
    header, line = (tmp_path / 'log.csv').read_text().splitlines()
    values = dict(zip(header.split(','), map(float, line.split(','))))
    assert values['step'] == 2
    assert values['cycle'] > 0
    assert values['adversarial'] > 0


def test_what_cannot_be_trained_is_refused(folder: Path, tmp_path: Path) -> None:
    launch = Launch(device='cpu', steps=1)
    with pytest.raises(ConfigurationError, match='paper-no-flipping'):
        train([folder], tmp_path, launch, preset='large')
    shallow = tmp_path / 'vgg.safetensors'
    save_file({f'{layer}.weight': torch.zeros(1) for layer in DEEPER_LAYERS}, shallow)
    with pytest.raises(DataError, match='conv4_1'):
        train([folder], tmp_path, launch, preset='paper', vgg=shallow)
