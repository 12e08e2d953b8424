"""Batches for mono and color through two lenses: crops of pairs, varied as two lenses vary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
import torch

from colorize_ros.datasets.formats import read_rgbd
from colorize_ros.datasets.lens_noise import add_lens_noise, decolor
from colorize_ros.datasets.stereo import StereoItem
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from colorize_ros.training.color_validation import refuse_none_held_out, split_off
from colorize_ros.training.loop import Batch
from colorize_ros.training.stereo_pairs import (
    fill_rows,
    find_hidden,
    largest_disparity,
    Pair,
    project,
    see_from_the_right,
)
from colorize_ros.ycbcr import LUMA, to_ycbcr

# Of the samples, where there are such data. Rendered rooms have few colors.
SHARES = {'recorded': 0.4, 'rendered': 0.1, 'made': 0.5}
LARGEST_SCALE = 1.1
# Pictures of one lens are kept at most so wide, and shrunk: most are JPEG, of smeared chroma.
KEPT_WIDTH = 480
LARGEST_PICTURE_SCALE = 0.8
# Of the disparities that the network can see.
FARTHEST = 0.95
MIRRORED_SHARE = 0.7
Item = TypeVar('Item')


class Picture(NamedTuple):
    """rgb uint8 (H, W, 3), and inverse depth, of any unit, float16 (H, W), all known."""

    rgb: NDArray[np.uint8]
    nearness: NDArray[np.float16]


class StereoSamples:
    """Training batches cut from pairs and from RGB-D pictures in memory.

    A batch has `mono` (B, 1, H, W), `reference` (B, 3, H, W) luma and chroma of the color camera,
    `chroma` (B, 2, H, W) of the mono camera, free of noise, `disparity_px` (B, 1, H, W), -1
    unknown, and `hidden` (B, 1, H, W), 1 where the color camera is known to see something else.

    Args:
        folders: stereo pairs and RGB-D frames, in any layout that `datasets` reads; their
            `train` splits are used.
        batch_size: samples a batch.
        rows, columns: of a sample.
        disparities: the largest disparity that the network sees, pixels.
        hold_out: share of the recorded pairs that goes to `held_out` instead.

    Raises:
        DataError: a folder holds neither, or there is no pair to hold out.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int, rows: int, columns: int,
                 disparities: int, hold_out: float = 0.0) -> None:
        self.batch_size, self.rows, self.columns = batch_size, rows, columns
        self.disparities = disparities
        self.held_out: list[StereoItem] = []
        self.pairs: dict[str, dict[str, list[Pair]]] = {'recorded': {}, 'rendered': {}}
        self.pictures: dict[str, list[Picture]] = {}
        self.sources: Counter[str] = Counter()
        for folder in folders:
            self._read(folder, hold_out)
        refuse_none_held_out(hold_out, self.held_out)
        self.kinds = [kind for kind in SHARES if self.pairs.get(kind, self.pictures)]
        shares = np.array([SHARES[kind] for kind in self.kinds])
        self.shares = shares / shares.sum()

    def __call__(self, rng: np.random.Generator) -> Batch:
        """Give the batch that the generator leads to."""
        samples = [self._sample(rng) for _ in range(self.batch_size)]
        return {name: torch.from_numpy(np.stack([sample[name] for sample in samples]))
                for name in samples[0]}

    def _read(self, folder: Path, hold_out: float) -> None:
        try:
            scenes = read_stereo(folder, 'train')
        except DataError as no_pairs:
            try:
                frames = read_rgbd(folder, 'train')
            except DataError as no_frames:
                raise DataError(f'{folder} holds neither stereo pairs ({no_pairs}) nor color and '
                                f'depth ({no_frames}) to learn from') from no_frames
            for frame in frames:
                rgb, depth_m = frame.load()[1:]
                self._keep_picture(frame.source, rgb, np.float32(1) / depth_m)
                self.sources[f'{folder.name}/{frame.source}'] += 1
            return
        _, held_out = split_off([scene for scene in scenes if not _is_rendered(scene)], hold_out)
        self.held_out += held_out
        names = {scene.name for scene in held_out}
        for scene in scenes:
            if scene.name in names:
                continue
            self._keep_pair(scene)
            self.sources[f'{folder.name}/{scene.source}'] += 1

    def _keep_pair(self, item: StereoItem) -> None:
        _, left, right, disparity_px, hidden = item.load()
        if hidden is None:
            hidden = find_hidden(disparity_px, project(disparity_px))
        kind = 'rendered' if _is_rendered(item) else 'recorded'
        self.pairs[kind].setdefault(item.source, []).append(
            Pair(left, right, disparity_px, hidden))
        # Its left image is a picture with depth as well.
        self._keep_picture(item.source, left, disparity_px)

    def _keep_picture(self, source: str, rgb: NDArray[np.uint8],
                      nearness: NDArray[np.float32]) -> None:
        known = np.isfinite(nearness)
        if known.mean() < 0.3:
            return
        filled = fill_rows(np.where(known, nearness / nearness[known].max(), np.nan))
        scale = min(1.0, KEPT_WIDTH / rgb.shape[1])
        size = round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)
        self.pictures.setdefault(source, []).append(Picture(
            np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8),
            cv2.resize(filled, size, interpolation=cv2.INTER_NEAREST).astype(np.float16)))

    def _sample(self, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        kind = str(rng.choice(self.kinds, p=self.shares))
        pair = (self._make(_choose(self.pictures, rng), rng) if kind == 'made'
                else self._cut(_choose(self.pairs[kind], rng), rng))
        if rng.random() < 0.5:
            pair = pair.window(np.s_[::-1], np.s_[:])
        left, right = _vary_colors(pair.left, pair.right, rng)
        mono = add_lens_noise(decolor(left), 0.01 * rng.uniform(0.5, 2.0), rng)
        color = add_lens_noise(right, rng.uniform(0.01, 0.08), rng)
        return {'mono': (mono.astype(np.float32) / np.float32(255))[None],
                'reference': to_ycbcr(color), 'chroma': to_ycbcr(left)[1:],
                'disparity_px': np.nan_to_num(pair.disparity_px, nan=-1.0)[None],
                'hidden': pair.hidden[None].astype(np.float32)}

    def _cut(self, pair: Pair, rng: np.random.Generator) -> Pair:
        """Cut a window, at times of the pair in the mirror, in which the lenses change places."""
        window, scale = self._window(pair.left.shape, self._largest_scale(pair), self.columns, rng)
        size = (self.columns, self.rows)
        left, right = (np.asarray(cv2.resize(image[window], size, interpolation=cv2.INTER_AREA),
                                  np.uint8) for image in (pair.left, pair.right))
        disparity_px = scale * cv2.resize(
            pair.disparity_px[window], size, interpolation=cv2.INTER_NEAREST).astype(np.float32)
        if rng.random() < 0.5:
            mirrored_px = project(disparity_px)[:, ::-1]
            return Pair(right[:, ::-1], left[:, ::-1], mirrored_px, np.isnan(mirrored_px))
        hidden = cv2.resize(pair.hidden[window].astype(np.uint8), size,
                            interpolation=cv2.INTER_NEAREST) > 0
        outside = np.arange(self.columns) < np.nan_to_num(disparity_px)
        return Pair(left, right, disparity_px, hidden | outside)

    def _largest_scale(self, pair: Pair) -> float:
        largest_px = largest_disparity(pair.disparity_px)
        return min(LARGEST_SCALE, FARTHEST * self.disparities / max(largest_px, 1.0))

    def _make(self, picture: Picture, rng: np.random.Generator) -> Pair:
        """Make the right image of a window of a picture, at a random baseline."""
        largest_px = float(np.exp(rng.uniform(np.log(5), np.log(FARTHEST * self.disparities))))
        # What lies beyond the window to the right comes into the right image.
        columns = self.columns + int(largest_px)
        window, _ = self._window(picture.rgb.shape, LARGEST_PICTURE_SCALE, columns, rng)
        size = (columns, self.rows)
        rgb = np.asarray(cv2.resize(picture.rgb[window], size, interpolation=cv2.INTER_AREA),
                         np.uint8)
        nearness = cv2.resize(picture.nearness[window].astype(np.float32), size,
                              interpolation=cv2.INTER_NEAREST)
        flip = 1 if rng.random() < 0.5 else -1
        rgb, nearness = rgb[:, ::flip], nearness[:, ::flip]
        near = max(float(np.percentile(nearness[::5, ::5], 98)), 1e-3)
        disparity_px = np.minimum(nearness / near, 1.15).astype(np.float32) * np.float32(
            largest_px)
        behind = None
        if rng.random() > MIRRORED_SHARE:
            behind = np.asarray(cv2.resize(_choose(self.pictures, rng).rgb, size,
                                           interpolation=cv2.INTER_AREA), np.uint8)
        right = see_from_the_right(np.ascontiguousarray(rgb), disparity_px, behind)
        hidden = find_hidden(disparity_px, project(disparity_px))
        return Pair(rgb, right, disparity_px, hidden).window(np.s_[:], np.s_[:self.columns])

    def _window(self, shape: tuple[int, ...], largest_scale: float, columns: int,
                rng: np.random.Generator) -> tuple[tuple[slice, slice], float]:
        """Choose a window that is scaled to a sample, as an index, and its scale."""
        height, width = shape[:2]
        smallest = max(self.rows / height, columns / width)
        scale = float(np.exp(rng.uniform(
            np.log(smallest), np.log(max(smallest, largest_scale)))))
        rows, columns_there = (min(limit, round(size / scale)) for limit, size in (
            (height, self.rows), (width, columns)))
        top = int(rng.integers(height - rows + 1))
        start = int(rng.integers(width - columns_there + 1))
        return np.s_[top:top + rows, start:start + columns_there], columns / columns_there


def _is_rendered(item: StereoItem) -> bool:
    return item.source == 'simulated'


def _choose(groups: Mapping[str, Sequence[Item]], rng: np.random.Generator) -> Item:
    """Choose between "each item alike" and "each source alike"."""
    candidates = list(groups.values())
    weights = np.sqrt([len(group) for group in candidates])
    group = candidates[int(rng.choice(len(candidates), p=weights / weights.sum()))]
    return group[int(rng.integers(len(group)))]


def _vary_colors(left: NDArray[np.uint8], right: NDArray[np.uint8], rng: np.random.Generator
                 ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Give both other colors alike, and at times another exposure each."""
    mix = np.eye(3, dtype=np.float32)
    if rng.random() < 0.4:
        mix = mix[rng.permutation(3)]
    saturation = np.float32(rng.uniform(0.6, 1.4))
    mix = saturation * mix + (1 - saturation) * LUMA
    gamma, gain = np.exp(rng.normal(0, 0.15)), 1.0
    varied = []
    for image in (left, right):
        mixed = cv2.transform(np.ascontiguousarray(image), mix)
        curve = 255 * np.clip(gain * (np.arange(256) / 255) ** gamma, 0, 1)
        varied.append(np.asarray(cv2.LUT(mixed, curve.round().astype(np.uint8)), np.uint8))
        if rng.random() < 0.5:
            gamma, gain = gamma * np.exp(rng.normal(0, 0.06)), np.exp(rng.normal(0, 0.06))
    return varied[0], varied[1]
