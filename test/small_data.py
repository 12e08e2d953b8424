"""Tiny data sets in the layouts of rgbd and depth_sr, written by the tests that read them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def room(height: int = 96, width: int = 128, shift: int = 0) -> NDArray[np.float32]:
    """A slanted wall at 2 to 3 m with a box at 1 m before it: float32 metres, all known."""
    depth_m = np.tile(np.linspace(2, 3, width, dtype=np.float32), (height, 1))
    depth_m[height // 3:2 * height // 3, shift + width // 4:shift + width // 2] = 1
    return depth_m


def write_pair(
        folder: Path, name: str, depth_m: NDArray[np.float32],
        rgb: NDArray[np.uint8] | None = None) -> None:
    stem = folder / name
    stem.parent.mkdir(parents=True, exist_ok=True)
    millimetres = np.nan_to_num(depth_m * 1000).round().astype(np.uint16)
    cv2.imwrite(f'{stem}_depth.png', millimetres)
    if rgb is None:
        rgb = np.full((*depth_m.shape, 3), (200, 100, 50), np.uint8)
    cv2.imwrite(f'{stem}_rgb.png', cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def write_manifest(folder: Path, rows: dict[str, str]) -> None:
    """Write the manifest of {item: split}."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ['item,split,notes', *(f'{item},{split},' for item, split in rows.items())]
    (folder / 'manifest.csv').write_text('\n'.join(lines) + '\n')


def write_rgbd(folder: Path, *, tests: int = 2) -> Path:
    """Kinect frames with holes to learn from, and frames of an unknown camera to measure on."""
    root = folder / 'rgbd'
    rows = {}
    for i in range(3):
        holed = room(shift=i)
        holed[10 + 20 * i:40 + 20 * i, 20:60] = np.nan
        write_pair(root, f'ycb_posecnn/scene{i}/0000', holed)
        rows[f'ycb_posecnn/scene{i}/0000'] = 'train'
    for i in range(tests):
        write_pair(root, f'camera/scene/{i:04}', room(shift=2 * i))
        rows[f'camera/scene/{i:04}'] = 'test'
    write_manifest(root, rows)
    return folder


def write_depth_sr(folder: Path) -> Path:
    """Two maps of a size that no scale divides, one with a color image and with unknown pixels."""
    root = folder / 'depth_sr'
    for name in ('plain', 'colored'):
        (root / name).mkdir(parents=True)
        disparity = (200 / room(99, 131)).astype(np.uint8)
        if name == 'colored':
            disparity[:20, :20] = 0
            rgb = np.repeat(disparity[:, :, None], 3, axis=2)
            cv2.imwrite(str(root / name / 'rgb.jpg'), rgb)
        cv2.imwrite(str(root / name / 'disp.png'), disparity)
    write_manifest(root, {'plain': 'test', 'colored': 'test'})
    return folder
