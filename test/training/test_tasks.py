"""Training of the depth tasks on a tiny data set: samples, losses, weights and card."""

import csv

import cv2
import numpy as np
import pytest
import torch

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.depth_completion import RobotDepthCompletion
from colorize_ros.networks.depth_super_resolution import RobotDepthSuperResolution
from colorize_ros.pipelines import DepthCompleter, DepthUpsampler
from colorize_ros.pipelines.models import read_card
from colorize_ros.training import depth_completion, depth_super_resolution
from colorize_ros.training.options import Launch


@pytest.fixture(scope='module')
def rooms(tmp_path_factory):
    """Two frames of a slope with a box before it; one with a hole."""
    folder = tmp_path_factory.mktemp('data')
    with (folder / 'manifest.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['item', 'split', 'repository', 'licence'])
        for index in range(2):
            writer.writerow([f'simulated/room/{index}', 'train', 'somebody/rooms', 'MIT'])
    (folder / 'simulated' / 'room').mkdir(parents=True)
    for index in range(2):
        depth = np.linspace(1500, 4000, 400).astype(np.uint16)[None].repeat(300, 0)
        depth[100:200, 100 + 40 * index:220] = 1000
        depth[20:60, 300:350] = 0 if index else 2000
        image = (depth // 16).astype(np.uint8)[..., None].repeat(3, 2)
        cv2.imwrite(str(folder / f'simulated/room/{index}_depth.png'), depth)
        cv2.imwrite(str(folder / f'simulated/room/{index}_rgb.jpg'), image)
    return folder


def completion_batch(rooms, seed):
    return depth_completion.CompletionSamples([rooms], 2)(np.random.default_rng(seed))


def test_completion_samples_are_consistent(rooms):
    batch = completion_batch(rooms, 0)
    assert all(plane.shape[:2] == (2, 1) for plane in batch.values())
    known, hidden = batch['known'] > 0, batch['hidden'] > 0
    assert not (known & hidden).any()
    assert torch.equal(batch['depth_m'][known], batch['truth_m'][known])
    assert (batch['depth_m'][hidden] == 0).all()
    assert (batch['truth_m'][hidden] > 0.9).all()
    assert torch.equal(batch['nearest_m'][known], batch['depth_m'][known])
    assert torch.equal(batch['distance_px'] == 0, known)


def test_completion_samples_repeat_with_their_seed(rooms):
    first, second = completion_batch(rooms, 5), completion_batch(rooms, 5)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first['depth_m'], completion_batch(rooms, 6)['depth_m'])


def test_super_resolution_samples_average_down(rooms):
    samples = depth_super_resolution.SuperResolutionSamples([rooms], 2)
    batch = samples(np.random.default_rng(0))
    scale = int(batch['scale'])
    blocks = torch.nn.functional.avg_pool2d(batch['high'], scale)
    assert torch.allclose(blocks, batch['low'], rtol=1e-4)


@pytest.mark.parametrize('task', ['completion', 'super-resolution'])
def test_a_few_steps_lower_the_loss(rooms, task):
    torch.manual_seed(0)
    if task == 'completion':
        network, batch = RobotDepthCompletion((8, 8, 8), (1, 1, 1)), completion_batch(rooms, 1)
        losses = depth_completion.robot_losses
    else:
        network, losses = RobotDepthSuperResolution(8, 1), depth_super_resolution.robot_losses
        batch = depth_super_resolution.SuperResolutionSamples(
            [rooms], 2)(np.random.default_rng(0))
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    totals = []
    for _ in range(12):
        total = sum(losses(network, batch).values())
        totals.append(float(total.detach()))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
    assert min(totals[-4:]) < totals[0] - 0.02


@pytest.mark.parametrize('preset', ['robot', 'paper'])
def test_train_writes_a_model_that_loads(rooms, tmp_path, preset):
    launch = Launch(device='cpu', steps=1)
    weights = depth_completion.train([rooms], tmp_path, launch, preset=preset)
    completer = DepthCompleter.load(str(weights), device='cpu')
    assert completer.info.name == f'depth-completion-{preset}'
    card = read_card(weights)
    assert list(card['training']['sources'].values()) == [
        {'items': 2, 'repository': 'somebody/rooms', 'licence': 'MIT'}]
    assert card['training']['steps'] > 0
    weights = depth_super_resolution.train(
        [rooms], tmp_path, launch, preset=preset)
    assert DepthUpsampler.load(str(weights), device='cpu').info.path == weights


@pytest.mark.parametrize('module', [depth_completion, depth_super_resolution])
def test_refuses_an_unknown_preset_and_missing_vgg(rooms, tmp_path, module):
    with pytest.raises(ConfigurationError, match='fast'):
        module.train([rooms], tmp_path, Launch(), preset='fast')
    with pytest.raises(DataError, match=r'vgg\.safetensors'):
        module.train([rooms], tmp_path, Launch(), preset='paper', vgg=tmp_path / 'vgg.safetensors')
