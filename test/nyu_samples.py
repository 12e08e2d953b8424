"""Tiny samples of NYU Depth v2 in its original formats, for tests to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHAPE = (480, 640)


def write_raw(clip: Path, depths: Sequence[tuple[float, NDArray[np.uint16] | int]],
              colors: Sequence[tuple[float, int]]) -> None:
    """Write a clip as the Kinect's recorder did.

    Args:
        clip: the folder.
        depths: stamps with raw disparities (480, 640), or one for all pixels.
        colors: stamps with the red of all pixels; green and blue are 100 and 50.
    """
    clip.mkdir(parents=True, exist_ok=True)
    names = []
    for ticks, (stamp, disparity) in enumerate(depths):
        names.append(f'd-{stamp:.6f}-{3143255701 + ticks}.pgm')
        values = np.broadcast_to(np.asarray(disparity, np.uint16), SHAPE)
        # A PGM has the high byte first; the recorder wrote the processor's order.
        (clip / names[-1]).write_bytes(b'P5 640 480 65535\n' + values.astype('<u2').tobytes())
    for ticks, (stamp, red) in enumerate(colors):
        names.append(f'r-{stamp:.6f}-{3118787619 + ticks}.ppm')
        pixels = np.broadcast_to(np.array((red, 100, 50), np.uint8), (*SHAPE, 3))
        (clip / names[-1]).write_bytes(b'P6 640 480 255\n' + pixels.tobytes())
    (clip / 'INDEX.txt').write_text('\n'.join(names) + '\n', encoding='ascii')


def write_labelled(folder: Path, scenes: Sequence[str],
                   raw_depths: NDArray[np.float32], splits: bool = True) -> Path:
    """Write the labelled file as MATLAB 7.3 does: HDF5, all axes reversed, text by reference.

    Args:
        folder: where to write.
        scenes: one a frame, such as 'kitchen_0004'.
        raw_depths: (N, 480, 640) metres. `depths` is the same plus 1.
        splits: write `splits.mat` too: odd numbers, counted from 1, train and even ones test.
    """
    import h5py

    path, count = folder / 'nyu_depth_v2_labeled.mat', len(scenes)
    rows, columns = np.mgrid[:480, :640]
    image = np.stack([rows % 256, columns % 256, np.full(SHAPE, 7)], axis=2).astype(np.uint8)
    with h5py.File(path, 'w', userblock_size=512) as file:
        file['images'] = np.stack([image.transpose(2, 1, 0)] * count)
        file['rawDepths'] = raw_depths.transpose(0, 2, 1)
        file['depths'] = raw_depths.transpose(0, 2, 1) + 1
        for name, texts in (('scenes', scenes), ('sceneTypes', [
                scene.rpartition('_')[0] for scene in scenes])):
            cells = file.create_dataset(name, (1, count), h5py.ref_dtype)
            for index, text in enumerate(texts):
                letters = file.create_dataset(f'#refs#/{name}{index}', data=np.array(
                    [[ord(letter)] for letter in text], np.uint16))
                cells[0, index] = letters.ref
    if splits:
        from scipy.io import savemat
        numbers = np.arange(1, count + 1)[:, None]
        savemat(folder / 'splits.mat',
                {'trainNdxs': numbers[::2], 'testNdxs': numbers[1::2]})
    return path
