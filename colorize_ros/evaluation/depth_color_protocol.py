"""What color from depth is measured on: crops of frames, references, clips.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 4.1, with the crops of
their release: frames of 288 rows, of which the 256 x 256 in the middle are seen. Each network gets
the crop in as many rows as it works with; all are measured at 128 x 128.
"""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.formats import RgbdSource
from colorize_ros.datasets.rgbd import RgbdFrame
from colorize_ros.evaluation.runner import evenly_chosen
from colorize_ros.pipelines.depth_filling import FARTHEST_M, prepare_depth
from colorize_ros.pipelines.images import resized

SCALED_ROWS, CROPPED, MEASURED = 288, 256, 128
REFERENCES = 5
TIMED_SHAPE = (480, 640)
# Of the Kinect: the focal length in image heights. Frames come without a camera_info.
FOCAL_LENGTH = 525 / 480

Rgb = NDArray[np.uint8]
Depth = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, eq=False)
class Case:
    """A registered pair.

    Attributes:
        name: of the frame.
        rgb: (H, W, 3) uint8.
        depth_m: (H, W) float32 metres.
        focal_px: of a camera that may have taken it.
    """

    name: str
    rgb: Rgb
    depth_m: Depth
    focal_px: float

    def at(self, side: int) -> Case:
        """Give a square one at another size; depth without holes."""
        return dataclasses.replace(
            self, rgb=resized(self.rgb, (side, side)), depth_m=resized(self.depth_m, (side, side)),
            focal_px=self.focal_px * side / self.rgb.shape[0])


def make_case(frame: RgbdFrame) -> Case:
    """Crop a frame's middle, (256, 256), its holes filled as networks see them.

    Raises:
        DepthError: no pixel of the depth is known.
        ShapeError: a side below 32.
    """
    height, width = frame.depth_m.shape
    scale = SCALED_ROWS / min(height, width)
    size = (max(round(height * scale), CROPPED), max(round(width * scale), CROPPED))
    depth_m = prepare_depth(frame.depth_m, size) * np.float32(FARTHEST_M)
    middle = tuple(slice((side - CROPPED) // 2, (side + CROPPED) // 2) for side in size)
    return Case(frame.name, np.ascontiguousarray(resized(frame.rgb, size)[middle]),
                np.ascontiguousarray(depth_m[middle]), FOCAL_LENGTH * scale * min(height, width))


def timed_case(frame: RgbdFrame) -> Case:
    """Bring a frame to 640 x 480, its holes as they are: what a robot's camera gives."""
    size = TIMED_SHAPE[::-1]
    depth_m = cv2.resize(frame.depth_m, size, interpolation=cv2.INTER_NEAREST)
    rgb = cv2.resize(frame.rgb, size, interpolation=cv2.INTER_AREA)
    return Case(frame.name, np.asarray(rgb, np.uint8), np.asarray(depth_m, np.float32),
                FOCAL_LENGTH * TIMED_SHAPE[0])


def scene_of(item: RgbdSource) -> str:
    """Give the place or clip that an item is of."""
    return item.name.rpartition('/')[0]


def choose_references(items: Sequence[RgbdSource]) -> list[RgbdSource]:
    """Choose five items of five scenes, evenly spread; of fewer scenes, of all items."""
    middles = [members[len(members) // 2] for members in _by_scene(items)]
    return evenly_chosen(middles if len(middles) >= REFERENCES else items, REFERENCES)


def find_clips(items: Sequence[RgbdSource]) -> list[list[RgbdSource]]:
    """List the runs of successive frames, two or more, in the order of their indices."""
    clips = []
    for members in _by_scene(items):
        # Successive numbers have one difference to their places in the list.
        runs = groupby(enumerate(sorted(members, key=_index)),
                       key=lambda placed: _index(placed[1]) - placed[0])
        clips += [[item for _, item in run] for _, run in runs]
    return [clip for clip in clips if len(clip) > 1]


def _by_scene(items: Sequence[RgbdSource]) -> list[list[RgbdSource]]:
    scenes: dict[str, list[RgbdSource]] = {}
    for item in items:
        scenes.setdefault(scene_of(item), []).append(item)
    return list(scenes.values())


def _index(item: RgbdSource) -> int:
    """Give the frame's number; what has none is no part of a clip."""
    number = item.name.rpartition('/')[2]
    return int(number) if number.isdecimal() else -2
