"""A training of moments, with all that a real one has; also a script, to be started and killed."""

from pathlib import Path
import sys
import time

import numpy as np
import torch
from torch import nn

from colorize_ros.training.devices import start
from colorize_ros.training.helpers import Helper
from colorize_ros.training.loop import Recipe, Trainer
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.records import Validation
from colorize_ros.training.run import run

SIDE = 6


class SmallNetwork(nn.Module):
    """A convolution of each kind of state: weights, statistics, dropout, and one that may rest."""

    def __init__(self, normalise: bool = True) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1)
        self.normalise = nn.BatchNorm2d(4) if normalise else nn.Identity()
        self.rest = nn.Dropout(0.2 if normalise else 0.0)
        self.last = nn.Conv2d(4, 1, 1)
        self.seldom = nn.Parameter(torch.zeros(()))

    def paint(self, image, brighter):
        painted = self.last(self.rest(self.normalise(self.first(image)).relu()))
        return painted + self.seldom if brighter else painted


class SmallLosses:
    """An error, and what a critic of its own says."""

    def __init__(self, device, pause_s: float = 0.0) -> None:
        critic = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Conv2d(2, 1, 1))
        critic.to(device)
        self.critic = Helper(critic, torch.optim.Adam(critic.parameters(), 1e-3))
        self.helpers = {'critic': self.critic}
        self.pause_s = pause_s

    def __call__(self, network, batch):
        time.sleep(self.pause_s)
        painted = network.paint(batch['image'], bool(batch['brighter'])).float()
        target = batch['target'] + 0.1 * torch.randn(())
        self.critic.step(nn.functional.softplus(self.critic(painted.detach())).mean()
                         + nn.functional.softplus(-self.critic(target)).mean())
        return {'squared': (painted - target).square().mean(),
                'critic': 0.01 * nn.functional.softplus(-self.critic(painted)).mean()}


def squared(network, batch):
    return {'squared': (network.paint(batch['image'], bool(batch['brighter'])).float()
                        - batch['target']).square().mean()}


def samples(rng, count=4):
    image = torch.from_numpy(rng.random((count, 1, SIDE, SIDE), np.float32))
    return {'image': image, 'target': 1 - image, 'brighter': torch.tensor(rng.random() < 0.3)}


def validate(network):
    image = torch.full((1, 1, SIDE, SIDE), 0.25)
    shade = network.paint(image, False).mean().clip(0, 1)
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    picture[..., 0] = round(float(shade) * 255)
    return Validation({'shade': float(shade)}, picture)


def make_recipe(device='cpu', *, critic=True, pause_s=0.0, **options):
    options = {'learning_rate': 0.02, 'ema_decay': 0.9, 'log_every': 5, 'checkpoint_every_s': 0.0,
               **options}
    if critic:
        return Recipe(SmallNetwork(), SmallLosses(device, pause_s), TrainingOptions(**options))
    return Recipe(SmallNetwork(normalise=False), squared, TrainingOptions(**options))


LAUNCH = Launch(device='cpu', steps=20)


def make_trainer(folder, launch=LAUNCH, **options):
    fabric = start(launch)
    recipe = make_recipe(fabric.device, **options)
    return Trainer(fabric, recipe, launch.fill_in(recipe.options), folder, launch.seed)


def train(out: Path, launch: Launch, **options):
    fabric = start(launch)
    return run(fabric, make_recipe(fabric.device, **options), samples,
               {'pipeline': 'small', 'preset': 'robot'}, out, launch)


if __name__ == '__main__':
    torch.set_num_threads(1)
    folder, steps, devices, precision, critic, pause_s = sys.argv[1:7]
    train(Path(folder), Launch(
        device='cpu', steps=int(steps), devices=int(devices), precision=precision,
        resume='resume' in sys.argv), critic=critic == 'critic', pause_s=float(pause_s))
