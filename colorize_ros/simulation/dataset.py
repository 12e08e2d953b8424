"""Simulated rooms as a data set for training, in the layouts of the recorded ones.

Each view of a room gives a registered color and depth pair (`rgbd`), a registered color and near
infrared pair (`nir`), a rectified stereo pair with its disparity (`stereo`) and a clean disparity
map (`depth_sr`). All is lit by day: darkness and noise are made while training.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
import csv
from functools import lru_cache
import os
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.kinect import kinect_depth
from colorize_ros.simulation.flat.floor_plan import make_world
from colorize_ros.simulation.flat.views import random_view
from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.pool import run_in_processes
from colorize_ros.simulation.rendering.render import Renderer, tone_map, View
from colorize_ros.simulation.rendering.truth import disparity, occluded
from colorize_ros.simulation.sensors.cameras import near_infrared_image
from colorize_ros.simulation.sensors.poses import inverse
from colorize_ros.simulation.sensors.rig import make_rig, STEREO_BASELINE_M

COLUMNS = ('item', 'split', 'kind', 'repository', 'commit', 'licence', 'notes')
# Every so many scenes one is a place to test on.
TEST_EVERY = 10
VIEWS_A_TASK = 4
JPEG = (cv2.IMWRITE_JPEG_QUALITY, 92)
# A share of the near-infrared images has daylight beside the camera's own.
DAYLIGHT_SHARE = 0.3


class Layout(NamedTuple):
    """One of the folders of the data set.

    Attributes:
        item: of the names of its items, from scene and view.
        files: that an item consists of, as endings of its path.
        notes: for the manifest.
    """

    item: str
    files: tuple[str, ...]
    notes: str


LAYOUTS = {
    'rgbd': Layout('simulated/{scene}/{view}', ('_rgb.jpg', '_kinect.png', '_depth.png'),
                   'rendered; perfect depth; _kinect.png is what a depth camera gives'),
    'nir': Layout('simulated/{scene}/{view}', ('_rgb.jpg', '_nir.jpg'),
                  'rendered; near infrared by its own illuminator'),
    'stereo': Layout('simulated/{scene}_{view}', (
        '/left.png', '/right.png', '/occluded_left.png', '/disp_left.png'), 'rendered'),
    'depth_sr': Layout('simulated_{scene}_{view}', ('/rgb.jpg', '/disp.png'),
                       'rendered; half pixels of disparity'),
}


class Task(NamedTuple):
    """Views of one scene, for one process.

    Attributes:
        folder: of the data set.
        seed: of the scene.
        views: their numbers.
        kinds: of the scene's rooms; None to draw them.
        width: of the images.
        samples: light paths a pixel.
    """

    folder: Path
    seed: int
    views: tuple[int, ...]
    kinds: tuple[str, ...] | None
    width: int
    samples: int


def simulate_dataset(folder: Path, *, seeds: Iterable[int], views: int,
                     kinds: tuple[str, ...] | None = None, width: int = 320, samples: int = 2,
                     workers: int | None = None,
                     progress: Callable[[int], None] = lambda views: None) -> None:
    """Write random views of random flats, in the layouts `rgbd`, `nir`, `stereo`, `depth_sr`.

    Each layout's folder has a `manifest.csv`, brought up to date as views are written, so that
    what is there can be used while the rest is rendered. Every tenth scene is of the split `test`,
    the others are of `train`.

    Args:
        folder: made if missing; views that are there whole are kept.
        seeds: one flat each; the same seed gives the same files, byte for byte.
        views: a flat.
        kinds: of the rooms of each flat, of `ROOM_KINDS`; drawn by default.
        width: of the images, three quarters of it their height.
        samples: light paths a pixel.
        workers: processes; by default as many as there are processors.
        progress: called with the number of views that have come to be.

    Raises:
        MissingExtraError: Mitsuba is not installed.
        ConfigurationError: a width that the sensors do not come in, or a kind of room that
            there is not.
    """
    make_rig(width)
    tasks = [Task(folder, seed, tuple(range(first, min(first + VIEWS_A_TASK, views))), kinds,
                  width, samples) for seed in seeds for first in range(0, views, VIEWS_A_TASK)]
    for count in run_in_processes(render_views, tasks, workers=workers):
        _write_manifests(folder)
        progress(count)


def render_views(task: Task) -> int:
    """Render the views of a task that are not there yet; return how many views it has."""
    for view in task.views:
        files = [path for paths in _paths(task, view).values() for path in paths]
        if not all(path.exists() for path in files):
            _render(task, view)
    return len(task.views)


@lru_cache(maxsize=1)
def _scene(seed: int, kinds: tuple[str, ...] | None,
           samples: int) -> tuple[World, Renderer]:
    world = make_world(np.random.default_rng(seed), kinds)
    return world, Renderer(world, samples=samples)


def _paths(task: Task, view: int) -> dict[str, list[Path]]:
    names = {'scene': f'{task.seed:04d}', 'view': f'{view:06d}'}
    return {name: [Path(f'{task.folder / name / layout.item.format(**names)}{ending}')
                   for ending in layout.files] for name, layout in LAYOUTS.items()}


def _render(task: Task, index: int) -> None:
    world, renderer = _scene(task.seed, task.kinds, task.samples)
    rng = np.random.default_rng([task.seed, index])
    rig = make_rig(task.width)
    color = rig['color']
    pose = random_view(world, renderer, color.camera, rng)
    view = renderer.view(color.camera, pose)
    rgb = tone_map(renderer.light(view, 'day', 3 * index))
    light = 'day' if rng.random() < DAYLIGHT_SHARE else 'night'
    infrared = near_infrared_image(renderer.near_infrared(view, light, 3 * index), rng)
    kinect = kinect_depth(view.depth_m, rng, focal_px=color.camera.fx, infrared=view.infrared,
                          normals=view.normals, projector=task.seed)
    base = pose @ inverse(color.base_from_camera)
    left, right = (renderer.view(rig[name].camera, base @ rig[name].base_from_camera)
                   for name in ('mono', 'stereo_color'))
    # Of one seed the two would match in their noise.
    left_rgb, right_rgb = (tone_map(renderer.light(side, 'day', 3 * index + number))
                           for number, side in enumerate((left, right), start=1))
    disparity_px = np.nan_to_num(disparity(left, STEREO_BASELINE_M))
    paths = _paths(task, index)
    # Truth last: whoever finds it finds the images beside it.
    # Unknown where it does not fit into 8 bits, not as far away as fits.
    half_px = np.where(disparity_px < 127.5, disparity_px * 2, np.float32(0))
    _save(paths['depth_sr'], [left_rgb, _rounded(half_px, np.uint8)])
    _save(paths['stereo'], [left_rgb, right_rgb, _hidden(left, right),
                            _rounded(disparity_px * 64, np.uint16)])
    _save(paths['nir'], [rgb, infrared])
    _save(paths['rgbd'], [rgb, _millimetres(kinect), _millimetres(view.depth_m)])


def _hidden(left: View, right: View) -> NDArray[np.uint8]:
    return occluded(left, right, STEREO_BASELINE_M).astype(np.uint8) * np.uint8(255)


def _millimetres(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    return _rounded(np.nan_to_num(depth_m) * 1000, np.uint16)


def _rounded(values: NDArray[np.float32], kind: type) -> NDArray:
    return np.clip(values + 0.5, 0, np.iinfo(kind).max).astype(kind)


def _save(paths: Sequence[Path], images: Sequence[NDArray]) -> None:
    """Write images so that a file of the final name is a whole one."""
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    for path, image in zip(paths, images):
        bgr = image[..., ::-1] if image.ndim == 3 else image
        _, data = cv2.imencode(path.suffix, bgr, JPEG if path.suffix == '.jpg' else ())
        unfinished = path.with_suffix(f'.{os.getpid()}.part')
        unfinished.write_bytes(data.tobytes())
        unfinished.replace(path)


def _write_manifests(folder: Path) -> None:
    for name, layout in LAYOUTS.items():
        if not (folder / name).is_dir():
            continue
        pattern = layout.item.format(scene='*', view='*') + layout.files[-1]
        found = sorted(path.relative_to(folder / name).as_posix()
                       for path in (folder / name).glob(pattern))
        items = [path[:-len(layout.files[-1])] for path in found]
        with (folder / name / 'manifest.csv').open('w', newline='') as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            table.writerows([item, split_of(item), f'{name}-simulated', '', '', 'Apache-2.0',
                             layout.notes] for item in items)


def split_of(item: str) -> str:
    """Return the split of an item's scene, by the scene's seed."""
    seed = int(item.replace('/', '_').split('_')[1])
    return 'test' if seed % TEST_EVERY == TEST_EVERY - 1 else 'train'
