"""The methods that color depth, networks and hand-made ones, asked alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation.baselines_depth_color import DEPTH_COLOR_BASELINES
from colorize_ros.evaluation.depth_color_protocol import Case, MEASURED, TIMED_SHAPE
from colorize_ros.evaluation.runner import load_presets
import colorize_ros.pipelines as pipelines
from colorize_ros.pipelines.images import resized

Rgb = NDArray[np.uint8]


class Method(Protocol):
    """What colors depth.

    Attributes:
        side: of the crops that it sees, in pixels.
    """

    side: int

    def remember(self, reference: Case) -> pipelines.Appearance:
        """Give what a reference tells."""

    def __call__(self, case: Case, appearance: pipelines.Appearance) -> Rgb:
        """Color a case's depth, uint8 (H, W, 3)."""


class Network:
    """A pipeline as a method; it sees crops in the rows that it works with."""

    def __init__(self, colorizer: pipelines.DepthColorizer) -> None:
        self._colorizer = colorizer
        self.side = colorizer.working_rows

    def remember(self, reference: Case) -> pipelines.Appearance:
        """Give what a reference tells the network."""
        return self._colorizer.remember([pipelines.Reference(reference.rgb, reference.depth_m)])

    def __call__(self, case: Case, appearance: pipelines.Appearance) -> Rgb:
        """Color a case's depth."""
        return self._colorizer(case.depth_m, appearance)


class HandMade:
    """A baseline as a method."""

    side = MEASURED

    def __init__(self, paint: Callable[[Case], Rgb]) -> None:
        self._paint = paint

    def remember(self, reference: Case) -> pipelines.Appearance:
        """Learn nothing."""
        return pipelines.Appearance(np.zeros(0, np.float32), ())

    def __call__(self, case: Case, appearance: pipelines.Appearance) -> Rgb:
        """Color a case's depth, whatever the appearance."""
        return self._paint(case)


def load_methods(presets: Sequence[str], device: str, skipped: dict[str, str]
                 ) -> dict[str, Method]:
    """Load the presets that have weights, warm, and add the baselines.

    Raises:
        DeviceError: the device is not there.
    """
    loaded = load_presets(
        presets, lambda preset: pipelines.DepthColorizer.load(preset, device=device), skipped)
    for colorizer in loaded.values():
        colorizer.warm_up(*TIMED_SHAPE)
    networks = {name: Network(colorizer) for name, colorizer in loaded.items()}
    return {**networks,
            **{name: HandMade(paint) for name, paint in DEPTH_COLOR_BASELINES.items()}}


def heeds(appearance: pipelines.Appearance) -> bool:
    """Say whether pictures can depend on an appearance."""
    return bool(appearance.remembered)


def remember(method: Method, reference: Case) -> pipelines.Appearance:
    """Let a method see a reference at its own size."""
    return method.remember(reference.at(method.side))


def color(method: Method, case: Case, appearance: pipelines.Appearance) -> Rgb:
    """Let a method color a case at its own size, and give that at the size that is measured."""
    picture = method(case.at(method.side), appearance)
    return resized(picture, (MEASURED, MEASURED))
