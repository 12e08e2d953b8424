"""Training of depth super-resolution: clean maps, averaged down, and back up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.datasets import depth_sr, rgbd
from colorize_ros.errors import DataError
from colorize_ros.networks.depth_super_resolution import (
    PaperDepthSuperResolution,
    PaperDiscriminator,
    RobotDepthSuperResolution,
    SCALES,
)
from colorize_ros.training.devices import start
from colorize_ros.training.helpers import Helper
from colorize_ros.training.images import random_window, to_gray, vary_gray
from colorize_ros.training.loop import Batch, Losses, Recipe
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.run import provenance, read_features, refuse_preset, run

CROP = 192
GUIDED_FRACTION = 0.4
BATCH_SIZE = 8
PERCEPTUAL_SIDE = 96
# The test map of this scene's other view must stay unseen.
EXCLUDED = ('msgnet_B_art',)

Map = tuple[NDArray[np.float32], 'NDArray[np.uint8] | None']


class SuperResolutionSamples:
    """Training batches: crops of clean maps in memory, all samples of one scale.

    Args:
        folders: data sets in the `depth_sr` or the RGB-D layout. Of the latter only sources
            whose depth is filled and synthetic are used, as depth and as disparity alike.
        batch_size: samples a batch.

    Raises:
        DataError: no clean map in any of the folders.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int) -> None:
        self.batch_size = batch_size
        self.disparity_maps: list[Map] = []
        self.depth_maps: list[Map] = []
        self.sources: Counter[str] = Counter()
        for folder in folders:
            if (folder / 'manifest.csv').is_file() and folder.name == 'depth_sr':
                self._read_disparity(folder)
            else:
                self._read_depth(folder)
        if not self.disparity_maps and not self.depth_maps:
            raise DataError(f'no clean maps in {[str(folder) for folder in folders]}; give a '
                            'folder in the depth_sr layout, or one of simulated rooms')

    def _read_disparity(self, folder: Path) -> None:
        for item in depth_sr.read_items(folder, 'train'):
            if item.name in EXCLUDED:
                continue
            frame = item.load()
            self.sources[f'{folder.name}/{item.name}'] += 1
            gray = None if frame.rgb is None else to_gray(frame.rgb)
            self.disparity_maps.append((frame.disparity, gray))

    def _read_depth(self, folder: Path) -> None:
        for item in rgbd.read_items(folder, 'train'):
            if item.source not in ('icl_livingroom1', 'simulated'):
                continue
            frame = item.load()
            if np.isfinite(frame.depth_m).mean() > 0.95:
                self.sources[f'{folder.name}/{item.source}'] += 1
                self.depth_maps.append((frame.depth_m, to_gray(frame.rgb)))

    def __call__(self, rng: np.random.Generator) -> Batch:
        """Give the batch that the generator leads to."""
        scale = int(rng.choice(SCALES))
        samples = [self._sample(scale, rng) for _ in range(self.batch_size)]
        batch = {name: torch.stack([sample[name] for sample in samples])
                 for name in samples[0]}
        return {**batch, 'scale': torch.tensor(scale)}

    def _sample(self, scale: int, rng: np.random.Generator) -> Batch:
        while True:
            high, gray = self._crop(*self._choose(rng), rng)
            if np.isfinite(high).all() and high.std() > 1e-4 * high.mean():
                break
        low = depth_sr.downsample(high, scale)
        guided = gray is not None and rng.random() < GUIDED_FRACTION
        guide = vary_gray(gray, rng) if guided and gray is not None else np.zeros_like(high)
        return {'high': torch.from_numpy(high)[None], 'low': torch.from_numpy(low)[None],
                'guide': torch.from_numpy(guide)[None],
                'guided': torch.full((1, 1, 1), float(guided))}

    def _choose(self, rng: np.random.Generator) -> Map:
        pools = [pool for pool in (self.disparity_maps, self.depth_maps) if pool]
        pool = pools[int(rng.integers(len(pools)))]
        values, gray = pool[int(rng.integers(len(pool)))]
        if pool is self.depth_maps and rng.random() < 0.5:
            values = np.float32(100) / values
        return values, gray

    def _crop(self, values: NDArray[np.float32], gray: NDArray[np.uint8] | None,
              rng: np.random.Generator) -> Map:
        height, width = values.shape
        side = int(CROP * rng.uniform(1.0, min(2.5, min(height, width) / CROP)))
        top = rng.integers(0, height - side + 1)
        left = rng.integers(0, width - side + 1)
        window = np.s_[top:top + side, left:left + side]
        flip = 1 if rng.random() < 0.5 else -1
        # Nearest, not averaged: a smaller map must have edges as hard as a large one.
        high = cv2.resize(values[window], (CROP, CROP), interpolation=cv2.INTER_NEAREST)
        map_crop: NDArray[np.float32] = np.ascontiguousarray(high[:, ::flip], np.float32)
        if gray is None:
            return map_crop, None
        image = cv2.resize(gray[window], (CROP, CROP), interpolation=cv2.INTER_AREA)
        image_crop: NDArray[np.uint8] = np.ascontiguousarray(image[:, ::flip], np.uint8)
        return map_crop, image_crop


def robot_losses(network: nn.Module, batch: Batch) -> Losses:
    """Minimise RMSE and mean absolute error of a frame, relative to the frame's deviation.

    Their logarithms make a tenth less error worth the same at all scales.
    """
    high = batch['high']
    predicted = network(batch['low'], batch['guide'], batch['guided'], int(batch['scale']))
    deviation = high.std((1, 2, 3), keepdim=True)
    error = (predicted - high) / deviation
    rmse = ((error ** 2).mean((1, 2, 3)) + 1e-8).sqrt()
    mae = error.abs().mean((1, 2, 3))
    return {'log_rmse': (rmse + 0.005).log().mean(), 'log_mae': 0.3 * (mae + 0.002).log().mean()}


class PaperLosses:
    """L_MSE + alpha L_VGG + beta L_GAN + gamma L_TV of the paper, with its discriminator.

    The discriminator is trained here, a step before each of the generator's. beta multiplies the
    non-saturating form of L_GAN, -log D(G(z)), which has the slides' fixed point. L_VGG is taken
    over a random window of each batch: VGG costs more than the generator itself.

    Args:
        features: gives VGG's conv3_1 of an image in [-1, 1], or None to leave that term out.
        device: where the discriminator lives.
    """

    def __init__(self, features: nn.Module | None, device: torch.device, alpha: float = 0.1,
                 beta: float = 1e-3, gamma: float = 1e-4) -> None:
        self.features = features
        self.alpha, self.beta, self.gamma = alpha, beta, gamma
        discriminator = PaperDiscriminator().to(device)
        self.discriminator = Helper(discriminator, torch.optim.Adam(
            discriminator.parameters(), 1e-4, betas=(0.5, 0.999)))
        self.helpers = {'discriminator': self.discriminator}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give the generator's terms by name."""
        low, high, scale = batch['low'], batch['high'], int(batch['scale'])
        lowest = low.amin((2, 3), keepdim=True)
        span = (low.amax((2, 3), keepdim=True) - lowest).clamp_min(1e-9)
        real = ((high - lowest) / span * 1.6 - 0.8).clamp(-1, 1)
        generated = network.generate(  # type: ignore[operator]
            (low - lowest) / span * 1.6 - 0.8, scale).float()
        self._train_discriminator(real, generated.detach())
        terms = {'mse': functional.mse_loss(generated, real),
                 'gan': self.beta * functional.softplus(-self.discriminator(generated)).mean(),
                 'tv': self.gamma * _total_variation(generated)}
        if self.features is not None:
            window = random_window(real, PERCEPTUAL_SIDE)
            terms['vgg'] = self.alpha * functional.mse_loss(
                self.features(generated[window]), self.features(real[window]))
        return terms

    def _train_discriminator(self, real: Tensor, generated: Tensor) -> None:
        self.discriminator.step(
            functional.softplus(-self.discriminator(real)).mean()
            + functional.softplus(self.discriminator(generated)).mean())


def _total_variation(image: Tensor) -> Tensor:
    return ((image[..., 1:, :] - image[..., :-1, :]).abs().mean()
            + (image[..., 1:] - image[..., :-1]).abs().mean())


def train(data: Sequence[Path], out: Path, launch: Launch, *, preset: str = 'robot',
          vgg: Path | None = None) -> Path | None:
    """Train depth super-resolution and write the weights with their card.

    Args:
        data: folders in the `depth_sr` or RGB-D layout; their `train` splits are used.
        out: receives weights, card, log and checkpoint.
        launch: where, from which seed, and for how long; minutes are 40 by default.
        preset: `robot` or `paper`.
        vgg: VGG-19 weights for the perceptual term of `paper`; without them it is left out.

    Returns:
        The path of the weights; None in processes other than the first.

    Raises:
        ConfigurationError: an unknown preset, or nothing to resume.
        DataError: no clean maps.
        DeviceError: the device is not there.
    """
    fabric = start(launch)
    if preset == 'robot':
        recipe = Recipe(RobotDepthSuperResolution(), robot_losses,
                        TrainingOptions(minutes=40, clip_norm=4.0))
    elif preset == 'paper':
        losses = PaperLosses(read_features(vgg, fabric.device), fabric.device)
        recipe = Recipe(PaperDepthSuperResolution(), losses,
                        TrainingOptions(minutes=40, learning_rate=5e-4))
    else:
        raise refuse_preset(preset)
    samples = SuperResolutionSamples(data, BATCH_SIZE)
    card = {'pipeline': 'depth-super-resolution', 'preset': preset,
            'input': 'float32 depth or disparity (B, 1, H, W), of any unit, without unknowns',
            'training': {'batch_size': BATCH_SIZE, 'sources': provenance(data, samples.sources)}}
    return run(fabric, recipe, samples, card, out, launch)
