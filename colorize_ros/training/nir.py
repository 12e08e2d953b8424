"""Training of near infrared to color: registered pairs, varied as cameras vary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.torch import load_file
import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.datasets import nir
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.nir_color import RobotNirColorizer
from colorize_ros.networks.s_shape import EdgeNet, PaperNirColorizer
from colorize_ros.pipelines.nir_exposure import expose, meter
from colorize_ros.training.color_validation import (
    Case,
    ColorValidation,
    cut,
    refuse_none_held_out,
    split_off,
    tensor_of,
)
from colorize_ros.training.devices import start
from colorize_ros.training.helpers import Helper
from colorize_ros.training.loop import Batch, Losses, Recipe
from colorize_ros.training.options import Launch, TrainingOptions
from colorize_ros.training.run import provenance, run

PRESETS = ('robot', 'paper', 'paper-no-edgenet')
# Of an ablation, so that its weights are small: it is there to be compared with, not to be used.
ABLATION_WIDTH = 30
# Rendered pairs teach how a lamp beside the lens looks, not which colors things have.
SIMULATED_SHARE = 0.15
SMALLEST_WINDOW = 0.4
# Of the learning rate, for layers that know something already.
KNOWING_RATE = 0.05
Pair = tuple[NDArray[np.uint8], NDArray[np.float32]]


class NirSamples:
    """Training batches: square windows of pairs in memory, all of one size.

    No scene is shown more often than the median scene: what most pictures happen to be of, such as
    meadows, would else be taken for how the world is.

    Args:
        folders: data sets in the layout `nir`; their `train` splits are used, less the pairs that
            are not well aligned.
        batch_size: samples a batch.
        side: of a sample, pixels.
        hold_out: share of each scene's recorded pairs that goes to `held_out` instead.

    Raises:
        DataError: no pair in any of the folders, or none to hold out.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int, side: int,
                 hold_out: float = 0.0) -> None:
        self.batch_size = batch_size
        self.side = side
        self.held_out: list[Pair] = []
        self.recorded: list[Pair] = []
        self.simulated: list[Pair] = []
        self.sources: Counter[str] = Counter()
        scenes: list[str] = []
        for folder in folders:
            aligned = [item for item in nir.read_items(folder, 'train') if not item.suspect]
            simulated = [item for item in aligned if item.source == 'simulated']
            learned, held_out = split_off(
                [item for item in aligned if item.source != 'simulated'], hold_out)
            self.held_out += [_load(item) for item in held_out]
            for item in learned + simulated:
                pair = _load(item)
                if item.source == 'simulated':
                    self.simulated.append(pair)
                else:
                    self.recorded.append(pair)
                    scenes.append(f'{folder}/{item.name.rpartition("/")[0]}')
                self.sources[f'{folder.name}/{item.source}'] += 1
        if not self.sources:
            raise DataError(f'no pairs to learn from in {[str(folder) for folder in folders]}; '
                            'give a folder in the layout nir whose manifest.csv has aligned pairs '
                            'of the split "train"')
        refuse_none_held_out(hold_out, self.held_out)
        self.chances = scene_chances(scenes)

    def __call__(self, rng: np.random.Generator) -> Batch:
        """Give the batch that the generator leads to."""
        pairs = [self._sample(rng) for _ in range(self.batch_size)]
        return {'color': torch.from_numpy(np.stack([color for color, _ in pairs])),
                'nir': torch.from_numpy(np.stack([gray for _, gray in pairs]))}

    def _sample(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self.simulated and (not self.recorded or rng.random() < SIMULATED_SHARE):
            pair = self.simulated[int(rng.integers(len(self.simulated)))]
        else:
            pair = self.recorded[int(rng.choice(len(self.recorded), p=self.chances))]
        color, gray = self._window(*pair, rng)
        gray = np.power(np.clip(gray, 0, None), np.float32(np.exp(rng.normal(0, 0.1))))
        gray = gray * np.float32(rng.uniform(0.93, 1.06))
        gray += rng.normal(0, rng.uniform(0, 0.025), gray.shape).astype(np.float32)
        return np.moveaxis(color.astype(np.float32), 2, 0) / np.float32(255), gray[None]

    def _window(self, color: NDArray[np.uint8], gray: NDArray[np.float32],
                rng: np.random.Generator) -> Pair:
        height, width = gray.shape
        # Windows of another aspect ratio are windows seen through another lens.
        shorter = min(height, width) * rng.uniform(SMALLEST_WINDOW, 1.0)
        rows, columns = (int(min(limit, shorter * rng.uniform(0.85, 1.18)))
                         for limit in (height, width))
        top = int(rng.integers(height - rows + 1))
        left = int(rng.integers(width - columns + 1))
        window = np.s_[top:top + rows, left:left + columns]
        flip = 1 if rng.random() < 0.5 else -1
        size = (self.side, self.side)
        small_color = cv2.resize(color[window], size, interpolation=cv2.INTER_AREA)[:, ::flip]
        small_gray = cv2.resize(gray[window], size, interpolation=cv2.INTER_AREA)[:, ::flip]
        return np.asarray(small_color, np.uint8), np.asarray(small_gray, np.float32)


def _load(item: nir.NirItem) -> Pair:
    frame = item.load()
    # Exposed as a whole: a window of shadow stays dark.
    return frame.rgb, expose(frame.nir, meter(frame.nir))


def _case(rgb: NDArray[np.uint8], gray: NDArray[np.float32]) -> Case:
    shown = cut(gray)
    return Case((tensor_of(shown),), shown, cut(rgb))


def scene_chances(scenes: Sequence[str]) -> NDArray[np.float64]:
    """Give (N,) the chance of each pair to be drawn, from the name of the scene of each.

    No scene has more than the median scene's.
    """
    sizes = Counter(scenes)
    most = np.median(list(sizes.values())) if sizes else 0
    chances = np.array([min(sizes[scene], most) / sizes[scene] for scene in scenes])
    return chances / chances.sum()


def robot_losses(network: nn.Module, batch: Batch) -> Losses:
    """Minimise the logarithm of each image's mean square error, and the error of its gradients.

    The logarithm is PSNR: a tenth less error is worth the same in an easy image and a hard one.
    """
    predicted, color = network(batch['nir']).float(), batch['color']
    error = ((predicted - color) ** 2).mean((1, 2, 3))
    return {'log_mse': 0.5 * (error + 1e-3).log().mean(),
            'gradient': _gradient_error(predicted, color)}


class PaperLosses:
    """L_color + L_edge (eq. 7) of the paper, with its EdgeNet.

    EdgeNet (eq. 3) learns a step before each of ColorNet's, from the same batch. Both losses are
    means, not sums, over pixels.

    Args:
        device: where EdgeNet lives.
    """

    def __init__(self, device: torch.device) -> None:
        edge_net = EdgeNet().to(device)
        self.edge_net = Helper(edge_net, torch.optim.Adam(edge_net.parameters(), 1e-4))
        self.helpers = {'edge_net': self.edge_net}

    def __call__(self, network: nn.Module, batch: Batch) -> Losses:
        """Give ColorNet's terms by name."""
        difference = 2 * (network(batch['nir']).float() - batch['color'])
        edges = find_edges(batch['color'])
        self.edge_net.step(
            functional.mse_loss(self.edge_net(difference.detach()).float(), edges))
        return {'color': (difference ** 2).mean(),
                'edge': functional.mse_loss(self.edge_net(difference).float(), edges)}


def color_loss(network: nn.Module, batch: Batch) -> Losses:
    """Give the paper's L_color (eq. 2) alone, as a mean: its ablation without EdgeNet."""
    difference = 2 * (network(batch['nir']).float() - batch['color'])
    return {'color': (difference ** 2).mean()}


def find_edges(color: Tensor) -> Tensor:
    """Find the edges of each channel (Canny), which EdgeNet is to give.

    Args:
        color: (B, 3, H, W) in [0, 1].

    Returns:
        (B, 3, H, W), 1 at edges, else 0.
    """
    planes = (color.detach().cpu().clamp(0, 1) * 255).to(torch.uint8).flatten(0, 1).numpy()
    edges = np.stack([cv2.Canny(plane, 80, 160) for plane in planes])
    return torch.from_numpy(edges).to(color.device).view_as(color).to(color.dtype) / 255


def _gradient_error(predicted: Tensor, color: Tensor) -> Tensor:
    return sum(((predicted.diff(dim=dim) - color.diff(dim=dim)).abs().mean() for dim in (2, 3)),
               start=predicted.new_zeros(()))


def _start_from_vgg(network: RobotNirColorizer, vgg: Path | None) -> None:
    """Let the encoder start from what VGG-19 knows, where its weights are given."""
    if vgg is None:
        return
    try:
        network.vgg.start_from(load_file(vgg))
    except (OSError, KeyError, RuntimeError) as error:
        raise DataError(f'{vgg} does not hold VGG-19 ({error}); expected safetensors with '
                        'conv1_1.weight, conv1_1.bias, ... to conv4_1') from error


def train(data: Sequence[Path], out: Path, launch: Launch, *, preset: str = 'robot',
          vgg: Path | None = None) -> Path | None:
    """Train near infrared to color and write the weights with their card.

    Args:
        data: folders in the layout `nir`; their `train` splits are used.
        out: receives weights, card, log and checkpoint.
        launch: where, from which seed, and for how long; minutes are 60 by default.
        preset: `robot`, `paper` or `paper-no-edgenet`.
        vgg: VGG-19 weights from which the encoder of `robot` starts.

    Returns:
        The path of the weights; None in processes other than the first.

    Raises:
        ConfigurationError: an unknown preset, or nothing to resume.
        DataError: no pairs, or none to hold out.
        DeviceError: the device is not there.
    """
    fabric = start(launch)
    arguments = {}
    if preset == 'robot':
        robot = RobotNirColorizer()
        _start_from_vgg(robot, vgg)
        recipe = Recipe(robot, robot_losses, TrainingOptions(weight_decay=0.01),
                        rates={'vgg.': KNOWING_RATE} if vgg else {})
        samples = NirSamples(data, 8, 256, launch.hold_out)
    elif preset in PRESETS:
        ablation = preset == 'paper-no-edgenet'
        arguments = {'width': ABLATION_WIDTH} if ablation else {}
        recipe = Recipe(PaperNirColorizer(**arguments),
                        color_loss if ablation else PaperLosses(fabric.device),
                        TrainingOptions(learning_rate=1e-4, weight_decay=0.0))
        samples = NirSamples(data, 4, 224, launch.hold_out)
    else:
        raise ConfigurationError(
            f'preset {preset!r} cannot be trained; expected one of {PRESETS}')
    if samples.held_out:
        recipe = replace(recipe, validate=ColorValidation(
            [_case(*pair) for pair in samples.held_out], nn.Module.__call__))
    card = {'pipeline': 'nir', 'preset': preset, 'arguments': arguments,
            'input': 'float32 near infrared (B, 1, H, W), 0 black, 1 white, as '
                     'pipelines.nir_exposure exposes it',
            'training': {'batch_size': samples.batch_size, 'side': samples.side,
                         'encoder': 'VGG-19' if vgg and preset == 'robot' else 'random',
                         **({'held_out': launch.hold_out} if samples.held_out else {}),
                         'sources': provenance(data, samples.sources)}}
    return run(fabric, recipe, samples, card, out, launch)
