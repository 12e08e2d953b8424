"""The Frechet distance of two sets of features, each taken as a Gaussian cloud.

Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule ..." (FID), with features of
every place of the images as the samples, as in Shaham et al. 2019, "SinGAN" (SIFID), but of all
images of a set together: few images then suffice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError

Features = NDArray[np.floating[Any]]


class Cloud:
    """Mean and covariance of features that are added set by set."""

    def __init__(self) -> None:
        self._count = 0
        self._total: NDArray[np.float64] | float = 0.0
        self._products: NDArray[np.float64] | float = 0.0

    def add(self, features: Features) -> None:
        """Add samples, (N, C)."""
        exact = features.astype(np.float64)
        self._count += len(exact)
        self._total = self._total + exact.sum(axis=0)
        self._products = self._products + exact.T @ exact

    def gaussian(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mean (C,) and the covariance (C, C).

        Raises:
            DataError: there are fewer than two samples.
        """
        if self._count < 2:
            raise DataError(f'{self._count} samples have no covariance; expected at least 2')
        mean = np.asarray(self._total / self._count)
        scatter = self._products - self._count * np.outer(mean, mean)
        return mean, scatter / (self._count - 1)


def frechet_distance(first: Cloud, second: Cloud) -> float:
    """Compute the squared Frechet distance of two clouds; 0 if mean and covariance are equal.

    Raises:
        DataError: a cloud has fewer than two samples.
    """
    (mean_1, covariance_1), (mean_2, covariance_2) = first.gaussian(), second.gaussian()
    root = _root(covariance_1)
    shared = np.trace(_root(root @ covariance_2 @ root))
    distance = (np.sum((mean_1 - mean_2) ** 2)
                + np.trace(covariance_1) + np.trace(covariance_2) - 2 * shared)
    return max(float(distance), 0.0)


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the root of a symmetric matrix without negative eigenvalues, but for rounding."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
