"""What evaluation and training ask of a registered color and depth pair of a public data set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.published import PinholeCamera
from colorize_ros.datasets.rgbd import RgbdFrame, SourceFacts
from colorize_ros.errors import DataError


@dataclass(frozen=True)
class RegisteredPair(ABC):
    """A pair on disk, read by `load`.

    Attributes:
        name: `<source>/<scene>/<index>`, where the scene may have several parts.
        split: as published ('train', 'test', 'val'); empty where the data set has no splits.
    """

    name: str
    split: str

    @property
    def source(self) -> str:
        """The first part of the name: the data set, with its sensor where there are several."""
        return self.name.split('/')[0]

    @property
    def scene(self) -> str:
        """Where it was recorded: pairs of different scenes show different places."""
        return '/'.join(self.name.split('/')[1:-1])

    @property
    @abstractmethod
    def facts(self) -> SourceFacts:
        """What is known of the source, such as whether its depth has a sensor's holes."""

    @property
    @abstractmethod
    def camera(self) -> PinholeCamera:
        """The camera of the images that `load` gives."""

    @abstractmethod
    def load(self) -> RgbdFrame:
        """Read the pair.

        Returns:
            rgb uint8 (H, W, 3); depth_m float32 (H, W) metres along the optical axis of the color
            camera, NaN where unknown.

        Raises:
            DataError: a file is missing or damaged.
        """


def same_size(rgb: NDArray[np.uint8], depth_m: NDArray[np.float32], path: Path) -> None:
    """Check that a pair is registered.

    Raises:
        DataError: the sizes differ.
    """
    if rgb.shape[:2] != depth_m.shape:
        raise DataError(
            f'{path} is {depth_m.shape[1]}x{depth_m.shape[0]} but its color image is '
            f'{rgb.shape[1]}x{rgb.shape[0]}; a registered pair has one size')
