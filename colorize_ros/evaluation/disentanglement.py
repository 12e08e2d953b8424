"""What follows the reference in a picture made of depth, and what follows depth.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", say that appearance comes from
the reference alone and structure from depth alone (section 3.1), and show it in Fig. 5; here it is
measured. All pictures of some depth maps, each as each of some references looks, are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError
from colorize_ros.evaluation.ciede2000 import difference_of_images, lab_of

Rgb = NDArray[np.uint8]


def disentanglement(pictures: Sequence[Sequence[Rgb]], references: Sequence[Rgb]
                    ) -> dict[str, float]:
    """Measure a matrix of pictures.

    Args:
        pictures: a row a depth map, and in it a picture a reference: uint8 RGB (H, W, 3).
        references: what they look like, uint8 RGB of any size.

    Returns:
        change_by_reference, change_by_depth: the mean CIEDE2000 between pictures of one depth map
        and two references, and of one reference and two depth maps; each is 0 of a method to
        which it is all one. structure_kept: the correlation of the edges of one depth map's
        pictures, 1 where the reference changes no edge. palette_error: how far the colors are
        from the reference's (the mean and the deviation over the picture, in CIE L*a*b*).

    Raises:
        DataError: fewer than two depth maps or references, or rows of different lengths.
    """
    lengths = {len(row) for row in pictures}
    if len(pictures) < 2 or len(references) < 2 or lengths != {len(references)}:
        raise DataError(f'there are {len(pictures)} depth maps with {sorted(lengths)} pictures of '
                        f'{len(references)} references; expected at least 2 of both, and a '
                        'picture of each depth map as each reference looks')
    by_depth = list(zip(*pictures))
    return {
        'change_by_reference': _mean_difference(pictures),
        'change_by_depth': _mean_difference(by_depth),
        'structure_kept': float(np.mean([
            _edge_correlation(first, second) for row in pictures
            for first, second in combinations(row, 2)])),
        'palette_error': float(np.mean([
            np.linalg.norm(_palette(picture) - _palette(reference)) for row in pictures
            for picture, reference in zip(row, references)])),
    }


def _mean_difference(rows: Iterable[Sequence[Rgb]]) -> float:
    return float(np.mean([difference_of_images(first, second).mean()
                          for row in rows for first, second in combinations(row, 2)]))


def _edge_correlation(first: Rgb, second: Rgb) -> float:
    """Correlate how steep the luma is at each pixel; pictures without edges have none to lose."""
    edges, others = (_steepness(picture) - _steepness(picture).mean()
                     for picture in (first, second))
    sizes = float(np.linalg.norm(edges)), float(np.linalg.norm(others))
    if min(sizes) == 0:
        return float(sizes[0] == sizes[1])
    return float((edges * others).sum()) / (sizes[0] * sizes[1])


def _steepness(rgb: Rgb) -> NDArray[np.float32]:
    luma = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    along_x, along_y = cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    return np.hypot(along_x, along_y).astype(np.float32)


def _palette(rgb: Rgb) -> NDArray[np.float64]:
    """Give the mean and the deviation of L*, a* and b*, (6,)."""
    lab = lab_of(rgb).reshape(-1, 3).astype(np.float64)
    return np.concatenate([lab.mean(axis=0), lab.std(axis=0)])
