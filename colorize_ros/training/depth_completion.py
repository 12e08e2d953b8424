"""Training of depth completion: crops of dense frames, made bad, and back again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.datasets import degradations
from colorize_ros.datasets.formats import read_rgbd
from colorize_ros.datasets.kinect import kinect_depth
from colorize_ros.errors import DataError
from colorize_ros.networks.depth_completion import (
    Measurements,
    PaperDepthCompletion,
    RobotDepthCompletion,
)
from colorize_ros.pipelines.nearest import nearest_measurement
from colorize_ros.training.devices import start
from colorize_ros.training.images import random_window, to_gray, vary_gray
from colorize_ros.training.loop import Batch, Losses, Recipe
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.run import provenance, read_features, refuse_preset, run

CROP_HEIGHT, CROP_WIDTH = 256, 320
GUIDED_FRACTION = 0.4
KINECT_FRACTION = 0.3
BATCH_SIZE = 8
VGG_WEIGHT = 0.1
PERCEPTUAL_SIDE = 96
MIN_TRUTH_FRACTION = 0.15


class CompletionSamples:
    """Training batches cut from RGB-D frames held in memory.

    Each sample is a crop of a frame, at times a larger window thinned to the crop's size, flipped
    at random, with depth hidden by a random degradation. Frames without a sensor's holes are at
    times seen as a Kinect would see them: its shadows lie where the geometry says, beside near
    things and over what is behind them, as no mask of another frame does.

    Args:
        folders: data sets that `datasets.formats.read_rgbd` understands; their `train` splits
            are used.
        batch_size: samples a batch.

    Raises:
        DataError: no frame in any of the folders.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int) -> None:
        self.batch_size = batch_size
        found = [(folder.name, item) for folder in folders for item in read_rgbd(folder, 'train')]
        items = [item for _, item in found]
        if not items:
            raise DataError(f'no training frames in {[str(folder) for folder in folders]}; give '
                            'at least one folder whose manifest.csv has a split "train"')
        self.frames: list[tuple[NDArray[np.uint16], NDArray[np.uint8]]] = []
        self.groups: dict[str, list[int]] = {}
        self.sources: Counter[str] = Counter()
        self.whole: set[int] = set()
        for folder_name, item in found:
            frame = item.load()
            millimetres = np.nan_to_num(frame.depth_m * 1000).clip(0, 65535).astype(np.uint16)
            gray = to_gray(frame.rgb)
            self.sources[f'{folder_name}/{item.source}'] += 1
            if item.facts.filled:
                self.whole.add(len(self.frames))
            self.groups.setdefault(item.source, []).append(len(self.frames))
            self.frames.append((millimetres, gray))
        self.degradations = list(degradations.DEGRADATIONS)
        self.hole_masks = None
        if any(not item.facts.filled for item in items):
            self.hole_masks = degradations.HoleMasks.from_items(items)
        else:
            self.degradations.remove('kinect-holes')
        # Between "every frame alike" and "every source alike": the square root of the count.
        weights = np.sqrt([len(indices) for indices in self.groups.values()])
        self.group_weights = weights / weights.sum()

    def __call__(self, rng: np.random.Generator) -> Batch:
        """Give the batch that the generator leads to."""
        samples = [self._sample(rng) for _ in range(self.batch_size)]
        return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}

    def _sample(self, rng: np.random.Generator) -> Batch:
        while True:
            index = self._choose_frame(rng)
            truth_m, gray = self._crop(*self.frames[index], rng)
            if np.isfinite(truth_m).mean() < MIN_TRUTH_FRACTION:
                continue
            if index in self.whole and rng.random() < KINECT_FRACTION:
                depth_m = kinect_depth(truth_m, rng, focal_px=rng.uniform(300, 600))
            else:
                depth_m = self._degrade(str(rng.choice(self.degradations)), truth_m, rng)
            known = np.isfinite(depth_m)
            hidden = np.isfinite(truth_m) & ~known
            if known.sum() >= 8 and hidden.sum() >= 50:
                return self._to_tensors(truth_m, depth_m, known, hidden, gray, rng)

    def _choose_frame(self, rng: np.random.Generator) -> int:
        group = rng.choice(list(self.groups), p=self.group_weights)
        return int(rng.choice(self.groups[group]))

    def _degrade(self, name: str, truth_m: NDArray[np.float32],
                 rng: np.random.Generator) -> NDArray[np.float32]:
        if name.startswith('samples-'):
            # As dense as that many samples in a frame of 640x480, give or take.
            frame_count = int(name.split('-')[1]) * np.exp(rng.normal(0, 0.35))
            count = max(12, round(frame_count * truth_m.size / (640 * 480)))
            return degradations.samples(count)(truth_m, rng, None)
        return degradations.DEGRADATIONS[name](truth_m, rng, self.hole_masks)

    def _crop(self, millimetres: NDArray[np.uint16], gray: NDArray[np.uint8],
              rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        height, width = millimetres.shape
        largest = min(height / CROP_HEIGHT, width / CROP_WIDTH)
        zoom = 1.0 if rng.random() < 0.5 else rng.uniform(1.0, max(1.0, largest))
        zoom = min(zoom, largest)
        window_height, window_width = round(CROP_HEIGHT * zoom), round(CROP_WIDTH * zoom)
        top = rng.integers(0, height - window_height + 1)
        left = rng.integers(0, width - window_width + 1)
        window = np.s_[top:top + window_height, left:left + window_width]
        size = (CROP_WIDTH, CROP_HEIGHT)
        depth = cv2.resize(millimetres[window], size, interpolation=cv2.INTER_NEAREST)
        image = cv2.resize(gray[window], size, interpolation=cv2.INTER_AREA)
        if rng.random() < 0.5:
            depth, image = depth[:, ::-1], image[:, ::-1]
        depth_m = np.asarray(depth, np.float32) / np.float32(1000)
        depth_m[depth_m == 0] = np.nan
        return depth_m, np.ascontiguousarray(image)

    def _to_tensors(self, truth_m: NDArray[np.float32], depth_m: NDArray[np.float32],
                    known: NDArray[np.bool_], hidden: NDArray[np.bool_],
                    gray: NDArray[np.uint8], rng: np.random.Generator) -> Batch:
        guided = rng.random() < GUIDED_FRACTION
        guide = vary_gray(gray, rng) if guided else np.zeros(gray.shape, np.float32)

        nearest_m, distance_px = nearest_measurement(depth_m, known)

        def plane(array: NDArray[np.generic]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array, np.float32))[None]

        return {'truth_m': plane(np.nan_to_num(truth_m)), 'depth_m': plane(np.nan_to_num(depth_m)),
                'known': plane(known), 'nearest_m': plane(nearest_m),
                'distance_px': plane(distance_px), 'hidden': plane(hidden), 'guide': plane(guide),
                'guided': torch.full((1, 1, 1), float(guided))}


def robot_losses(network: nn.Module, batch: Batch) -> Losses:
    """Minimise the two figures that are reported, RMSE and relative error, a frame at a time.

    The root of the squared error pulls towards the mean of what may lie in a hole, the relative
    error towards the median; together they are low in both. Their logarithms make a tenth less
    error worth the same in a frame with few holes and in one with 200 samples, whose errors are
    ten times as large. A Laplace likelihood teaches the network its own expected error, without
    touching the depth.
    """
    truth_m, hidden = batch['truth_m'], batch['hidden']
    completed_m, log_error = network(
        Measurements(**{name: batch[name] for name in Measurements._fields}))
    count = hidden.sum((1, 2, 3))
    error_m = (completed_m - truth_m) * hidden
    relative = error_m.abs() / truth_m.clamp_min(0.1)
    rel = relative.sum((1, 2, 3)) / count
    mean_m = (truth_m * hidden).sum((1, 2, 3)) / count
    rmse = ((error_m ** 2).sum((1, 2, 3)) / count + 1e-10).sqrt() / mean_m
    likelihood = hidden * (relative.detach() * torch.exp(-log_error) + log_error)
    return {'log_rel': (rel + 0.002).log().mean(),
            'log_rmse': 1.2 * (rmse + 0.005).log().mean(),
            'likelihood': 0.1 * (likelihood.sum((1, 2, 3)) / count).mean()}


def paper_losses(features: nn.Module | None, alpha: float
                 ) -> Callable[[nn.Module, Batch], Losses]:
    """L = L_MSE + alpha L_VGG of the paper, on depth in [-1, 1].

    L_VGG is taken over a random window of each batch: VGG costs more than the network itself.

    Args:
        features: gives VGG's conv3_1 of an image in [-1, 1], or None to leave that term out.
        alpha: weight of the perceptual term.
    """
    def losses(network: nn.Module, batch: Batch) -> Losses:
        """Give the terms by name."""
        target, _ = network.normalise(  # type: ignore[operator]
            batch['truth_m'], batch['depth_m'], batch['known'])
        predicted = network.interpolate(batch['depth_m'], batch['known'])  # type: ignore[operator]
        valid = ((batch['known'] + batch['hidden']) > 0).float()
        squared = ((predicted - target) ** 2 * valid).sum() / valid.sum()
        terms = {'mse': squared}
        if features is not None:
            shown = torch.where(valid > 0, target, predicted.detach())
            window = random_window(shown, PERCEPTUAL_SIDE)
            terms['vgg'] = alpha * functional.mse_loss(
                features(predicted[window]), features(shown[window]))
        return terms
    return losses


def train(data: Sequence[Path], out: Path, launch: Launch, *, preset: str = 'robot',
          vgg: Path | None = None) -> Path | None:
    """Train depth completion and write the weights with their card.

    Args:
        data: folders in the RGB-D layout; their `train` splits are used.
        out: receives weights, card, log and checkpoint.
        launch: where, from which seed, and for how long; minutes are 90 by default.
        preset: `robot` or `paper`.
        vgg: VGG-19 weights for the perceptual term of `paper`; without them it is left out.

    Returns:
        The path of the weights; None in processes other than the first.

    Raises:
        ConfigurationError: an unknown preset, or nothing to resume.
        DataError: no training frames.
        DeviceError: the device is not there.
    """
    fabric = start(launch)
    if preset == 'robot':
        recipe = Recipe(RobotDepthCompletion(), robot_losses,
                        TrainingOptions(minutes=90, clip_norm=4.0))
    elif preset == 'paper':
        features = read_features(vgg, fabric.device)
        recipe = Recipe(PaperDepthCompletion(), paper_losses(features, VGG_WEIGHT),
                        TrainingOptions(minutes=90, learning_rate=5e-4))
    else:
        raise refuse_preset(preset)
    samples = CompletionSamples(data, BATCH_SIZE)
    card = {'pipeline': 'depth-completion', 'preset': preset,
            'input': 'float32 metres (B, 1, H, W), 0 where unknown, with a mask',
            'training': {'batch_size': BATCH_SIZE, 'sources': provenance(data, samples.sources)}}
    return run(fabric, recipe, samples, card, out, launch)
