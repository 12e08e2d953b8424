"""Batches for color from depth: windows of frames, of their neighbours, and of another place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
import math
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
import torch

from colorize_ros.datasets.formats import read_rgbd, RgbdSource
from colorize_ros.errors import DataError
from colorize_ros.pipelines.depth_filling import prepare_depth
from colorize_ros.training.loop import Batch

SIDE = 128
# Of the shorter side of a frame that windows are cut from to theirs.
MARGIN = 144 / 128
LARGEST_TURN_DEG = 4.0
# Frames before and after, in which a place still looks the same.
NEIGHBOURHOOD = 10
# A frame with less of its depth says too little of what is in the picture.
LEAST_KNOWN = 0.3
# Of these, frames of one scene need not show one room.
UNORDERED = ('simulated', 'sunrgbd_kv1', 'sunrgbd_kv2', 'sunrgbd_realsense', 'sunrgbd_xtion')


class Frame(NamedTuple):
    """rgb uint8 (H, W, 3), and depth as networks see it, float16 (H, W) in [0, 1], whole."""

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float16]


class DepthColorSamples:
    """Training batches of windows of frames that are kept in memory, shrunk.

    A batch has `depth` (B, 1, S, S) in [0, 1], as `prepare_depth` makes it, and `color`
    (B, 3, S, S) in [0, 1] of a frame; `neighbour_depth` and `neighbour_color` of another frame of
    its clip (its own, cut differently, where the clip has no other); and `other_depth` of another
    clip. Windows are turned by up to 4 degrees; a frame and its neighbour are mirrored alike.

    Args:
        folders: frames of color and depth, in any layout that `read_rgbd` reads; their `train`
            splits are used.
        batch_size: samples a batch.
        side: of a sample, pixels.

    Raises:
        DataError: nothing to learn from.
    """

    def __init__(self, folders: Sequence[Path], batch_size: int, side: int = SIDE) -> None:
        self.batch_size, self.side = batch_size, side
        self.frames: list[Frame] = []
        self.neighbours: list[list[int]] = []
        self.sources: Counter[str] = Counter()
        self.origins: list[str] = []
        clips: list[int] = []
        for folder in folders:
            for clip in group_clips(read_rgbd(folder, 'train')):
                kept = self._keep(clip)
                self.origins += [f'{folder.name}/{item.source}' for item in kept]
                clips += [len(self.origins)] * len(kept)
        if not self.frames:
            raise DataError(f'no frames to learn from in {[str(folder) for folder in folders]}; '
                            f'at least {LEAST_KNOWN:.0%} of the depth of one must be known')
        self.sources.update(self.origins)
        # Between "each frame alike" and "each source alike".
        chances = np.array([self.sources[origin] ** -0.5 for origin in self.origins])
        self.chances = chances / chances.sum()
        self.clips = np.array(clips)

    def __call__(self, rng: np.random.Generator) -> Batch:
        """Give the batch that the generator leads to."""
        samples = [self._sample(rng) for _ in range(self.batch_size)]
        return {name: torch.from_numpy(np.stack([sample[name] for sample in samples]))
                for name in samples[0]}

    def _keep(self, clip: Sequence[RgbdSource]) -> list[RgbdSource]:
        """Load a clip; return of which frames."""
        first = len(self.frames)
        kept = []
        for item in clip:
            _, rgb, depth_m = item.load()
            if np.isfinite(depth_m).mean() >= LEAST_KNOWN:
                self.frames.append(_shrink(rgb, depth_m, self.side * MARGIN))
                kept.append(item)
        self.neighbours += [[first + index for index in near]
                            for near in find_neighbours([item.name for item in kept])]
        return kept

    def _sample(self, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
        index = int(rng.choice(len(self.frames), p=self.chances))
        neighbours = self.neighbours[index] or [index]
        neighbour = neighbours[int(rng.integers(len(neighbours)))]
        mirrored = bool(rng.random() < 0.5)
        color, depth = cut(self.frames[index], self.side, mirrored, rng)
        near_color, near_depth = cut(self.frames[neighbour], self.side, mirrored, rng)
        _, other_depth = cut(self.frames[self._choose_other(index, rng)], self.side,
                             bool(rng.random() < 0.5), rng)
        return {'depth': depth, 'color': color, 'neighbour_depth': near_depth,
                'neighbour_color': near_color, 'other_depth': other_depth}

    def _choose_other(self, index: int, rng: np.random.Generator) -> int:
        """Choose a frame of another clip, or any where there is but one."""
        others = np.flatnonzero(self.clips != self.clips[index])
        return int(rng.choice(others)) if others.size else int(rng.integers(len(self.frames)))


def group_clips(items: Sequence[RgbdSource]) -> list[list[RgbdSource]]:
    """Give the frames of each recording, in their order."""
    clips: dict[str, list[RgbdSource]] = defaultdict(list)
    for item in items:
        alone = item.source in UNORDERED
        clips[item.name if alone else item.name.rpartition('/')[0]].append(item)
    return [sorted(clip, key=lambda item: _number(item.name)) for clip in clips.values()]


def find_neighbours(names: Sequence[str]) -> list[list[int]]:
    """Give the indices of each frame's neighbours, without its own.

    Args:
        names: of the frames of a clip, in order. Where they end with `/<number>`, that counts the
            frames of the recording, of which a clip may hold few; else each is the next.

    Returns:
        Those at most `NEIGHBOURHOOD` frames away, or where there are none, the nearest.
    """
    numbers = [_number(name)[0] for name in names]
    if any(number < 0 for number in numbers):
        numbers = list(range(len(names)))
    found = []
    for index, number in enumerate(numbers):
        away = {other: abs(at - number) for other, at in enumerate(numbers) if other != index}
        farthest = max(NEIGHBOURHOOD, min(away.values(), default=0))
        found.append([other for other, distance in away.items() if distance <= farthest])
    return found


def cut(frame: Frame, side: int, mirrored: bool, rng: np.random.Generator
        ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cut a turned square out of a frame, of which all lies inside.

    Args:
        frame: its shorter side at least 1.07 times `side`.
        side: of the square, pixels.
        mirrored: left and right change places.
        rng: source of the random choices.

    Returns:
        Color (3, side, side) and depth (1, side, side), in [0, 1].
    """
    angle = math.radians(rng.uniform(-LARGEST_TURN_DEG, LARGEST_TURN_DEG))
    cosine, sine = math.cos(angle), math.sin(angle)
    middle = (side - 1) / 2
    reach = middle * (cosine + abs(sine))
    height, width = frame.depth.shape
    x, y = (rng.uniform(reach, length - 1 - reach) for length in (width, height))
    flip = -1.0 if mirrored else 1.0
    # From the window to the frame: mirrored, then turned about its middle.
    turn = np.array([[flip * cosine, -sine], [flip * sine, cosine]])
    offset = np.array([x, y]) - turn @ np.array([middle, middle])
    matrix = np.column_stack([turn, offset])
    rgb, depth = (cv2.warpAffine(image, matrix, (side, side),
                                 flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
                  for image in (frame.rgb, frame.depth.astype(np.float32)))
    return (np.moveaxis(rgb.astype(np.float32), 2, 0) / np.float32(255),
            np.asarray(depth, np.float32)[None])


def _shrink(rgb: NDArray[np.uint8], depth_m: NDArray[np.float32], shorter: float) -> Frame:
    scale = math.ceil(shorter) / min(depth_m.shape)
    height, width = (round(side * scale) for side in depth_m.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return Frame(np.asarray(cv2.resize(rgb, (width, height), interpolation=how), np.uint8),
                 prepare_depth(depth_m, (height, width)).astype(np.float16))


def _number(name: str) -> tuple[int, str]:
    """Give what to sort frames by: the number that a name ends with (else -1), and the name."""
    last = name.rpartition('/')[2]
    return (int(last) if last.isdecimal() else -1), last
