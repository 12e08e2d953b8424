"""Simulated rooms as a data set of color and perfect depth, in the layout of recorded ones."""
from __future__ import annotations

from collections.abc import Callable, Iterable
import csv
from pathlib import Path

import cv2
import numpy as np

from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.camera import random_pose
from colorize_ros.simulation.render import RenderedFrame, Renderer
from colorize_ros.simulation.room import make_room

KINECT = Intrinsics(width=640, height=480, fx=525.0, fy=525.0, cx=319.5, cy=239.5)
COLUMNS = ('item', 'split', 'kind', 'repository', 'commit', 'licence', 'notes')


def simulate_dataset(folder: Path, *, seeds: Iterable[int], frames: int, samples: int = 2,
                     progress: Callable[[str], None] = lambda item: None) -> None:
    """Write random views of random rooms.

    The layout is `<folder>/simulated/room_<seed>/<index>_rgb.jpg`, `_depth.png` (16-bit
    millimetres, without holes), and `<folder>/manifest.csv`, which is brought up to date after
    each room, so that what is there can be used while the rest is rendered.

    Args:
        folder: made if missing; rooms that are there already are kept and listed.
        seeds: one room each; the same seed gives the same depth, byte for byte.
        frames: views a room.
        samples: light paths a pixel.
        progress: called with each item's name when it is written.

    Raises:
        MissingExtraError: Mitsuba is not installed.
    """
    for seed in seeds:
        scene = folder / 'simulated' / f'room_{seed:04d}'
        scene.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(seed)
        room = make_room(rng)
        renderer = Renderer(room, KINECT, samples=samples)
        for index in range(frames):
            frame = renderer.render(random_pose(room, renderer, rng), index)
            _write(scene / f'{index:06d}', frame)
            progress(f'simulated/{scene.name}/{index:06d}')
        _write_manifest(folder)


def _write(stem: Path, frame: RenderedFrame) -> None:
    millimetres = np.clip(np.nan_to_num(frame.depth_m) * 1000 + 0.5, 0, 65535).astype(np.uint16)
    cv2.imwrite(f'{stem}_rgb.jpg', frame.rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    # Depth last: whoever finds it finds the color beside it.
    cv2.imwrite(f'{stem}_depth.png', millimetres)


def _write_manifest(folder: Path) -> None:
    with (folder / 'manifest.csv').open('w', newline='') as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for depth in sorted(folder.glob('simulated/*/*_depth.png')):
            item = f'simulated/{depth.parent.name}/{depth.name[:-len("_depth.png")]}'
            table.writerow([item, 'train', 'rgbd-simulated', '', '', 'Apache-2.0',
                            '640x480; rendered; perfect depth without holes'])
