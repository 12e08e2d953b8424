"""Tiny data sets in the layouts of rgbd, depth_sr and nir, written by the tests that read them."""

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


def nir_pair(shift: int = 0, height: int = 72, width: int = 96) -> tuple[
        NDArray[np.uint8], NDArray[np.uint8]]:
    """Grass that is bright in near infrared under a sky that is dark in it: rgb, nir."""
    rgb = np.full((height, width, 3), (110, 160, 220), np.uint8)
    nir = np.full((height, width), 60, np.uint8)
    rgb[height // 2 + shift:], nir[height // 2 + shift:] = (60, 110, 40), 190
    rgb[:, width // 3:width // 3 + 8], nir[:, width // 3:width // 3 + 8] = (90, 70, 60), 110
    return rgb, nir


def write_nir(folder: Path) -> Path:
    """Pairs to learn from (one not registered), to measure on (two scenes), and to look at."""
    root = folder / 'nir'
    rows = {'hills/field/0000': 'train,yes', 'hills/field/0001': 'train,suspect',
            'hills/forest/0000': 'test,yes', 'hills/forest/0001': 'test,yes',
            'hills/water/0000': 'test,yes', 'hills/water/0001': 'test,suspect',
            'night/farm/0000': 'look,approximate'}
    for shift, name in enumerate(rows):
        rgb, nir = nir_pair(2 * shift)
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(f'{root / name}_rgb.jpg', cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        cv2.imwrite(f'{root / name}_nir.jpg', nir)
    lines = ['item,split,aligned', *(f'{name},{rest}' for name, rest in rows.items())]
    (root / 'manifest.csv').write_text('\n'.join(lines) + '\n')
    return folder
