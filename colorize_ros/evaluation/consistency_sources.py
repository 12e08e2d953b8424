"""What the consistency of detections is measured on: photos, and what methods make of them.

Near infrared is colored as it is; depth as references look. Lai et al. 2020, "Colorization of
Depth Map via Disentanglement", section 4.4, choose five references and leave them out of what is
measured ("our full model"), and take each photo itself for its own depth map ("reconstruction").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.darkness import ill_lit
from colorize_ros.datasets.formats import read_rgbd, RgbdSource
from colorize_ros.datasets.nir import NirItem
from colorize_ros.datasets.rgbd import RgbdFrame
from colorize_ros.errors import DataError, DepthError
from colorize_ros.evaluation import nir
from colorize_ros.evaluation.baselines_depth_color import DEPTH_COLOR_BASELINES
from colorize_ros.evaluation.depth_color import PRESETS as DEPTH_PRESETS
from colorize_ros.evaluation.depth_color_methods import heeds
from colorize_ros.evaluation.depth_color_protocol import Case, choose_references, FOCAL_LENGTH
from colorize_ros.evaluation.runner import evenly_chosen, load_presets
import colorize_ros.pipelines as pipelines

Rgb = NDArray[np.uint8]
NIR_PRESETS = ('robot', 'paper', 'paper-no-edgenet')


@dataclass(frozen=True, eq=False)
class Example:
    """A photo, and what each method makes of what another sensor saw.

    Attributes:
        name: of the item.
        photo: (H, W, 3) uint8 RGB.
        pictures: of the same size, by method; a method may make several, all of which count.
    """

    name: str
    photo: Rgb
    pictures: dict[str, list[Rgb]]


@dataclass(frozen=True)
class Source:
    """Examples of one kind of sensor.

    Attributes:
        name: 'nir' or 'depth'.
        items: how many examples there are.
        examples: gives them, one by one.
    """

    name: str
    items: int
    examples: Callable[[], Iterator[Example]]


def open_sources(data: Path, split: str, *, device: str, limit: int | None,
                 skipped: dict[str, str]) -> list[Source]:
    """Find what a folder has a split of: near infrared, depth or both.

    Args:
        data: a folder in the nir layout, one that `read_rgbd` reads, or one that holds both.
        split: which items.
        device: of the networks.
        limit: at most so many items of each, evenly spread; None for all.
        skipped: gets what is left out, and why.

    Raises:
        DataError: there is neither.
        DeviceError: the device is not there.
    """
    found, reasons = [], []
    try:
        pairs = [item for item in nir.read_pairs(data, split) if not item.suspect]
        found.append(_near_infrared(data, evenly_chosen(pairs, limit), device, skipped))
    except DataError as error:
        reasons.append(f'near infrared: {error}')
    try:
        frames = evenly_chosen(read_rgbd(data, split), limit)
        found.append(_depth(frames, device, skipped))
    except DataError as error:
        reasons.append(f'depth: {error}')
    if not found:
        raise DataError(f'{data} has nothing to measure consistency on. {"; ".join(reasons)}')
    return found


def _near_infrared(
        data: Path, items: Sequence[NirItem], device: str, skipped: dict[str, str]) -> Source:
    if not items:
        raise DataError('all pairs of the split may lie pixels apart, so boxes mean nothing')
    methods = nir.load_methods(NIR_PRESETS, device, nir.learnable(data, items), skipped)

    def examples() -> Iterator[Example]:
        for item in items:
            frame = item.load()
            yield Example(item.name, frame.rgb, {
                **{name: [colorize(frame.nir)] for name, colorize in methods.items()},
                'ill-lit': [ill_lit(frame.rgb)]})

    return Source('nir', len(items), examples)


def _depth(items: Sequence[RgbdSource], device: str, skipped: dict[str, str]) -> Source:
    references = choose_references(items)[:len(items) // 2]
    named = {item.name for item in references}
    measured = [item for item in items if item.name not in named]
    if not measured:
        raise DataError('the split is empty')
    networks = load_presets(
        DEPTH_PRESETS, lambda preset: pipelines.DepthColorizer.load(preset, device=device),
        skipped)
    known = _known(references, skipped)
    methods = {name: _DepthMethod(network, known) for name, network in networks.items()}

    def examples() -> Iterator[Example]:
        for item in measured:
            frame = item.load()
            case = Case(item.name, frame.rgb, frame.depth_m, FOCAL_LENGTH * frame.rgb.shape[0])
            pictures: dict[str, list[Rgb]] = {}
            try:
                for name, method in methods.items():
                    pictures.update(method.pictures(name, frame))
                pictures.update({name: [paint(case)]
                                 for name, paint in DEPTH_COLOR_BASELINES.items()})
            except DepthError as error:
                skipped[item.name] = str(error)
                continue
            yield Example(item.name, frame.rgb, pictures)

    return Source('depth', len(measured), examples)


def _known(items: Sequence[RgbdSource], skipped: dict[str, str]) -> list[pipelines.Reference]:
    """Load references; one whose depth camera saw nothing is left out."""
    found = []
    for item in items:
        frame = item.load()
        try:
            found.append(pipelines.Reference(frame.rgb, frame.depth_m))
        except DepthError as error:
            skipped[item.name] = str(error)
    return found


class _DepthMethod:
    """A network that colors depth as each of some references looks, and as its own photo does."""

    def __init__(self, network: pipelines.DepthColorizer,
                 references: Sequence[pipelines.Reference]) -> None:
        self._network = network
        self._appearances = [network.remember([reference]) for reference in references]

    def pictures(self, name: str, frame: RgbdFrame) -> dict[str, list[Rgb]]:
        """Color a frame's depth; one that heeds no reference does so once."""
        own = self._network.remember([pipelines.Reference(frame.rgb, frame.depth_m)])
        reconstruction = [self._network(frame.depth_m, own)]
        if not heeds(own):
            return {name: reconstruction}
        made = {f'{name}-reconstruction': reconstruction}
        if self._appearances:
            made[name] = [self._network(frame.depth_m, each) for each in self._appearances]
        return made
