"""How like the true images each method's are, as a set: the Frechet distance of their features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.evaluation.frechet import Cloud, frechet_distance

Rgb = NDArray[np.uint8]
Extract = Callable[[Rgb], NDArray[np.floating[Any]]]


class Likeness:
    """Gathers the features of images; of no use, and no cost, without any.

    Args:
        features: by the name of the metric, what gives an image's features (N, C).
    """

    def __init__(self, features: Mapping[str, Extract]) -> None:
        self._features = features
        self._truth = {metric: Cloud() for metric in features}
        self._clouds: dict[str, dict[str, Cloud]] = {}

    def add_truth(self, truth: Rgb) -> None:
        """Take in a true image, uint8 RGB (H, W, 3)."""
        for metric, extract in self._features.items():
            self._truth[metric].add(extract(truth))

    def add(self, method: str, rgb: Rgb) -> None:
        """Take in what a method made, uint8 RGB (H, W, 3)."""
        clouds = self._clouds.setdefault(method, {metric: Cloud() for metric in self._features})
        for metric, extract in self._features.items():
            clouds[metric].add(extract(rgb))

    def distances(self) -> dict[str, dict[str, float]]:
        """Give the metrics of each method.

        Raises:
            DataError: fewer than two features of the truth or of a method.
        """
        return {method: {metric: frechet_distance(cloud, self._truth[metric])
                         for metric, cloud in clouds.items()}
                for method, clouds in self._clouds.items()}


def vgg_features(vgg: Path | None, device: str, skipped: dict[str, str]) -> dict[str, Extract]:
    """Give what frechet_vgg19 needs; without weights nothing, and a word in `skipped`.

    Raises:
        ModelError: `vgg` does not hold VGG-19.
        DeviceError: the device is not there.
    """
    if vgg is None:
        skipped['frechet_vgg19'] = 'no VGG-19 was given; its weights are wanted as vgg'
        return {}
    # Imports torch, which baselines do without.
    from colorize_ros.pipelines.perceptual import PerceptualFeatures
    return {'frechet_vgg19': PerceptualFeatures.load(vgg, device=device)}
