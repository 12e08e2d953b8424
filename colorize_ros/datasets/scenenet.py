"""SceneNet RGB-D in its original layout: photorealistic rooms with perfect depth.

McCormac et al. 2017, "SceneNet RGB-D: Can 5M Synthetic Images Beat Generic ImageNet Pre-training
on Indoor Segmentation?", https://robotvault.bitbucket.io/scenenet-rgbd.html. The format is that of
the data set's own scripts, https://github.com/jmccormac/pySceneNetRGBD: depth is 16-bit
millimetres along the ray of each pixel, 0 where the ray left through a window; the camera has 60
degrees by 45 degrees (the paper's 40 is a misprint, says the README); pixel centers lie half a
pixel inside (`calculate_surface_normals.py`); frame 25 was taken one second after frame 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians, tan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.published import find_folders, PinholeCamera, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair, same_size
from colorize_ros.datasets.rgbd import (
    read_depth_m,
    read_rgb,
    read_uint16,
    RgbdFrame,
    SourceFacts,
)
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'SceneNet RGB-D', 'https://robotvault.bitbucket.io/scenenet-rgbd.html',
    '<split>/<number>/<trajectory>/ with photo/<frame>.jpg, depth/<frame>.png and '
    'instance/<frame>.png')
FRAMES_PER_SECOND = 25
WIDTH, HEIGHT = 320, 240
CAMERA = PinholeCamera(
    WIDTH, HEIGHT, fx=WIDTH / 2 / tan(radians(30)), fy=HEIGHT / 2 / tan(radians(22.5)),
    cx=(WIDTH - 1) / 2, cy=(HEIGHT - 1) / 2)


@dataclass(frozen=True)
class SceneNetItem(RegisteredPair):
    """A frame of a trajectory; `stamp_s` counts from the trajectory's begin."""

    photo_path: Path
    depth_path: Path
    instance_path: Path
    stamp_s: float

    @property
    def facts(self) -> SourceFacts:
        """Rendered: no sensor's holes."""
        return SourceFacts(filled=True)

    @property
    def camera(self) -> PinholeCamera:
        """The one camera of the data set."""
        return CAMERA

    def load(self) -> RgbdFrame:
        """Read the pair, with depth turned from along the ray to along the axis.

        Raises:
            DataError: a file is missing, damaged, or not 320 x 240.
        """
        rgb, along_ray_m = read_rgb(self.photo_path), read_depth_m(self.depth_path)
        if along_ray_m.shape != (HEIGHT, WIDTH):
            raise DataError(
                f'{self.depth_path} is {along_ray_m.shape[1]}x{along_ray_m.shape[0]}; '
                f'{PUBLICATION.name} is {WIDTH}x{HEIGHT}, and its rays are known for that only')
        same_size(rgb, along_ray_m, self.depth_path)
        return RgbdFrame(self.name, rgb, along_ray_m * _axis_per_ray())

    def load_instances(self) -> NDArray[np.uint16]:
        """Read which object each pixel shows: uint16 (H, W), one number a trajectory's object.

        Raises:
            DataError: missing or damaged.
        """
        return read_uint16(self.instance_path)


def is_trajectory(names: set[str]) -> bool:
    """Tell by its names whether a folder is a trajectory."""
    return {'photo', 'depth'} <= names


def read_items(folder: Path) -> list[SceneNetItem]:
    """List the frames of all trajectories in a folder, in order.

    Args:
        folder: the data set, a part of it, or a single trajectory.

    Raises:
        DataError: no trajectory, or a photo lacks its depth.
    """
    items = [item for trajectory in find_folders(folder, is_trajectory)
             for item in _frames(trajectory)]
    if not items:
        raise PUBLICATION.not_found(folder, 'photo/*.jpg beside depth/')
    return items


def _frames(trajectory: Path) -> list[SceneNetItem]:
    number, split = trajectory.resolve().parts[-2], trajectory.resolve().parts[-3]
    split = split if split in ('train', 'val') else ''
    scene = '/'.join(part for part in ('scenenet', split, number, trajectory.resolve().name)
                     if part)
    depths = {path.stem for path in (trajectory / 'depth').glob('*.png')}
    items = []
    photos = [path for path in (trajectory / 'photo').glob('*.jpg') if path.stem.isdigit()]
    for photo in sorted(photos, key=lambda path: int(path.stem)):
        if photo.stem not in depths:
            raise DataError(f'{photo} lacks its depth, {trajectory / "depth"}/{photo.stem}.png; '
                            f'was {PUBLICATION.name} unpacked whole?')
        items.append(SceneNetItem(
            f'{scene}/{photo.stem}', split, photo, trajectory / 'depth' / f'{photo.stem}.png',
            trajectory / 'instance' / f'{photo.stem}.png', int(photo.stem) / FRAMES_PER_SECOND))
    return items


def _axis_per_ray() -> NDArray[np.float32]:
    """Give (H, W) of the share of each pixel's ray that lies along the optical axis."""
    x = (np.arange(WIDTH) - CAMERA.cx) / CAMERA.fx
    y = (np.arange(HEIGHT) - CAMERA.cy) / CAMERA.fy
    return (1 / np.sqrt(x[None, :] ** 2 + y[:, None] ** 2 + 1)).astype(np.float32)
