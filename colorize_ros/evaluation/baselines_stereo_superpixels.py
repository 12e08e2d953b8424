"""Colors by example, superpixel by superpixel: Gupta et al. 2012, made simple."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.color_propagation import propagate
from colorize_ros.evaluation.scan_line import DISPARITIES

Gray = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]
Labels = NDArray[np.intp]

CELL_PX = 6
ROUNDS = 4
# A difference of so many levels parts pixels as much as the width of a cell.
COMPACTNESS_LEVELS = 15.0
ORIENTATIONS = 4
WAVELENGTHS_PX = (4.0, 8.0)
DEVIATION_PX = 5
# Neighbors so much darker or brighter have no voice about a superpixel's color.
ALIKE_LEVELS = 12.0


def gupta(mono: Gray, color: Rgb) -> Rgb:
    """Give each superpixel the color of the one most like it (Gupta et al. 2012).

    "Image Colorization Using Similar Images": superpixels are matched by the means of intensity,
    standard deviation and Gabor responses, neighbors vote for consistency, and the middle of each
    superpixel is the scribble that its color spreads from. Written anew and simplified: no SURF
    (its code is not free), all features at once instead of in a cascade, and the vote is the
    median of like neighbors.
    """
    here, there = Superpixels(mono), Superpixels(decolor(color))
    chroma = there.means(np.moveaxis(chroma_of(color), 2, 0))
    matched = chroma.reshape(-1, 2)[_match(here, there)]
    voted = _vote(matched, here.centers[..., 0])
    # Where it lies: the scribble is the pixel at its center.
    rows, columns = (np.clip(np.rint(here.centers[..., axis]).astype(np.intp), 0, side - 1)
                     for axis, side in ((1, mono.shape[0]), (2, mono.shape[1])))
    scribbles = np.zeros((*mono.shape, 2), np.float32)
    scribbles[rows, columns] = voted
    known = np.zeros(mono.shape, bool)
    known[rows, columns] = True
    return compose(mono, propagate(scribbles, known, mono))


class Superpixels:
    """SLIC superpixels of a gray image (Achanta et al. 2012), that stay near cells of a grid.

    Attributes:
        centers: (rows, columns, 3) mean intensity, row and column of each.
        features: (rows, columns, F).
    """

    def __init__(self, gray: Gray) -> None:
        levels = gray.astype(np.float32)
        height, width = gray.shape
        self._rows, self._columns = -(-height // CELL_PX), -(-width // CELL_PX)
        y, x = np.mgrid[:height, :width].astype(np.float32)
        cells = np.arange(height)[:, None] // CELL_PX, np.arange(width) // CELL_PX
        self._labels = self._cells = self._numbers(*cells)
        where = np.stack([levels, y, x])
        middles = [np.minimum(np.arange(count) * CELL_PX + CELL_PX // 2, side - 1)
                   for count, side in ((self._rows, height), (self._columns, width))]
        # A cell's mean would be of both sides of an edge, and so of none.
        self.centers = np.moveaxis(where[:, middles[0][:, None], middles[1]], 0, -1)
        for _ in range(ROUNDS):
            self._labels = self._nearest(where, *cells)
            self.centers = self.means(where)
        self.features = self.means(np.stack([levels, *_textures(levels)]))

    def means(self, maps: Map) -> Map:
        """Average (C, H, W) over each superpixel: (rows, columns, C)."""
        # One that has lost all its pixels is what its cell is.
        averages, pixels = self._averages(maps, self._labels)
        of_cells, _ = self._averages(maps, self._cells)
        return np.where((pixels > 0)[..., None], averages, of_cells)

    def _averages(self, maps: Map, labels: Labels) -> tuple[Map, Labels]:
        """Average (C, H, W) by label: (rows, columns, C); and count (rows, columns) pixels."""
        count = self._rows * self._columns
        pixels = np.bincount(labels.ravel(), minlength=count)
        totals = [np.bincount(labels.ravel(), values.ravel(), count) for values in maps]
        averages = np.stack(totals, axis=-1) / np.maximum(pixels, 1)[:, None]
        shape = self._rows, self._columns
        return averages.astype(np.float32).reshape(*shape, -1), pixels.reshape(shape)

    def _numbers(self, row: Labels, column: Labels) -> Labels:
        return np.clip(row, 0, self._rows - 1) * self._columns + np.clip(
            column, 0, self._columns - 1)

    def _nearest(self, where: Map, row: Labels, column: Labels) -> Labels:
        """Assign each pixel to the nearest of the nine centers around its cell."""
        centers = self.centers.reshape(-1, 3)
        scale = np.array([1 / COMPACTNESS_LEVELS, 1 / CELL_PX, 1 / CELL_PX], np.float32) ** 2
        least = np.full(where.shape[1:], np.inf, np.float32)
        labels = np.zeros(where.shape[1:], np.intp)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                candidates = self._numbers(row + dy, column + dx)
                distance = sum((where[i] - centers[:, i][candidates]) ** 2 * scale[i]
                               for i in range(3))
                better = distance < least
                np.copyto(least, distance, where=better)
                np.copyto(labels, candidates, where=better)
        return labels


def _textures(levels: Map) -> list[Map]:
    """Give the deviation around each pixel and the strength of Gabor waves."""
    mean, square = (cv2.blur(image, (DEVIATION_PX, DEVIATION_PX)) for image in (
        levels, levels * levels))
    maps = [np.sqrt(np.maximum(square - mean * mean, 0))]
    for wavelength in WAVELENGTHS_PX:
        for turn in range(ORIENTATIONS):
            size = 2 * int(wavelength) - 1
            waves = [cv2.getGaborKernel((size, size), wavelength / 2, np.pi * turn / ORIENTATIONS,
                                        wavelength, 1.0, phase) for phase in (0, np.pi / 2)]
            parts = [cv2.filter2D(levels, cv2.CV_32F, wave - wave.mean()) for wave in waves]
            maps.append(np.hypot(*parts))
    return maps


def _match(here: Superpixels, there: Superpixels) -> Labels:
    """Find the superpixel of the color image that each one is most like: (rows, columns)."""
    rows, columns, _ = here.features.shape
    spread = np.maximum(there.features.std(axis=(0, 1)), 1e-3)
    # Intensity counts as much as all textures together.
    spread[1:] *= np.sqrt(len(spread) - 1)
    found = np.zeros((rows, columns), np.intp)
    for row in range(rows):
        near = np.s_[max(row - 1, 0):row + 2]
        candidates = (there.features[near] / spread).reshape(-1, len(spread))
        apart = np.square(here.features[row][:, None] / spread - candidates).sum(axis=2)
        shift = here.centers[row, :, 2][:, None] - there.centers[near][..., 2].ravel()
        # A superpixel that is partly in range is.
        apart[(shift < -CELL_PX) | (shift > DISPARITIES)] = np.inf
        found[row] = apart.argmin(axis=1) + near.start * columns
    return found


def _vote(chroma: Map, intensity: Map) -> Map:
    """Take the median color of the neighbors of like intensity: (rows, columns, 2)."""
    edge = ((1, 1), (1, 1))
    rows, columns = intensity.shape
    light = np.pad(intensity, edge, mode='edge')
    colors = np.pad(chroma, (*edge, (0, 0)), mode='edge')
    voices = []
    for dy in range(3):
        for dx in range(3):
            window = np.s_[dy:dy + rows, dx:dx + columns]
            alike = np.abs(light[window] - intensity) <= ALIKE_LEVELS
            voices.append(np.where(alike[..., None], colors[window], np.nan))
    return np.nanmedian(voices, axis=0).astype(np.float32)
