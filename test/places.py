"""A place and a colorizer of it that needs no weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from colorize_ros.pipelines import Appearance, Reference
from colorize_ros.pipelines.images import check_depth

HEIGHT, WIDTH = 48, 64


class Info(NamedTuple):
    name: str = 'dummy-depth-color'
    path: str = 'models/dummy.safetensors'
    sha256: str = 'abc123'
    device: str = 'cpu'
    precision: str = 'float32'


class DummyDepthColorizer:
    """Paints everything in the mean color of the first reference; that is its code."""

    def __init__(self, info: Info | None = None) -> None:
        self.info = info or Info()
        self.remembered: list[list[Reference]] = []
        self.colorized: list[np.ndarray] = []

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> DummyDepthColorizer:
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        pass

    def remember(self, references: Sequence[Reference]) -> Appearance:
        self.remembered.append(list(references))
        return Appearance(references[0].rgb.mean((0, 1)).astype(np.float32), ())

    def __call__(self, depth_m: np.ndarray, appearance: Appearance) -> np.ndarray:
        check_depth(depth_m)
        self.colorized.append(depth_m)
        return np.tile(appearance.code.round().astype(np.uint8), (*depth_m.shape, 1))


def wall(rgb: tuple[int, int, int], depth_m: float) -> Reference:
    """A wall of one color at one distance."""
    return Reference(np.full((HEIGHT, WIDTH, 3), rgb, np.uint8),
                     np.full((HEIGHT, WIDTH), depth_m, np.float32))
