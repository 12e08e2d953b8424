"""The networks on files.

Depth is a 16-bit PNG of millimetres, in and out; color is an 8-bit PNG.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from colorize_ros.datasets.nir import read_nir_as_stored
from colorize_ros.datasets.rgbd import read_depth_m, read_rgb
from colorize_ros.errors import ConfigurationError, DataError, DepthError, ShapeError
from colorize_ros.messages.encode import millimetres
from colorize_ros.pipelines import (
    DepthColorizer,
    DepthCompleter,
    DepthUpsampler,
    NirColorizer,
    read_reference,
    StereoColorizer,
)


def depth_completion(
        files: Sequence[Path], out: Path, *, model: str = 'robot',
        device: str = 'auto') -> list[Path]:
    """Fill the holes of depth images.

    Args:
        files: 16-bit PNG of millimetres, 0 unknown.
        out: folder for `<stem>.png`, depth alike, and `<stem>_confidence.png`, 8-bit, 255 where
            measured, 128 and more where interpolated, less where guessed.
        model: preset or file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

    Returns:
        The depth files that were written.

    Raises:
        DataError: a file is missing or no such depth, or cannot be written.
        ConfigurationError: results would overwrite each other or an input.
        ModelError, DeviceError: as `DepthCompleter.load` raises them.
    """
    completer = DepthCompleter.load(model, device=device)
    written = []
    for source, target in _targets(files, out, 'completing depth'):
        enhanced = completer(read_depth_m(source))
        write_depth(target, enhanced.depth_m)
        _write_png(target.with_name(f'{target.stem}_confidence.png'),
                   np.rint(enhanced.confidence * 255).astype(np.uint8))
        written.append(target)
    return written


def depth_super_resolution(
        files: Sequence[Path], out: Path, *, scale: int = 4, model: str = 'robot',
        device: str = 'auto') -> list[Path]:
    """Enlarge depth images.

    Args:
        files: as in `depth_completion`; holes stay holes: complete first what shall be whole.
        out: folder for `<stem>.png`, each side `scale` times as long.
        scale: 2, 4 or 8.
        model: preset or file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

    Returns:
        The files that were written.

    Raises:
        DataError, ConfigurationError, ModelError, DeviceError: as in `depth_completion`.
    """
    upsampler = DepthUpsampler.load(model, device=device)
    written = []
    for source, target in _targets(files, out, 'enlarging depth'):
        write_depth(target, upsampler(read_depth_m(source), scale))
        written.append(target)
    return written


def nir(
        files: Sequence[Path], out: Path, *, model: str = 'robot',
        device: str = 'auto') -> list[Path]:
    """Color near-infrared images, each exposed for itself.

    Args:
        files: of 8 or 16 bits, of one channel or three equal ones, at least 32 x 32.
        out: folder for `<stem>.png`, 8-bit color of the same size.
        model: preset or file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

    Returns:
        The files that were written.

    Raises:
        DataError: a file is missing, no image, in color or too small, or cannot be written.
        ConfigurationError, ModelError, DeviceError: as in `depth_completion`.
    """
    colorizer = NirColorizer.load(model, device=device)
    written = []
    for source, target in _targets(files, out, 'coloring near infrared'):
        levels = read_nir_as_stored(source)
        try:
            rgb = colorizer(levels)
        except ShapeError as error:
            raise DataError(f'{source} cannot be colored: {error}') from error
        _write_png(target, rgb[..., ::-1])
        written.append(target)
    return written


def stereo(
        files: Sequence[Path], out: Path, *, mono_is: str = 'left', model: str = 'robot',
        device: str = 'auto') -> list[Path]:
    """Color the image of a monochrome camera with the colors of a second lens.

    Args:
        files: the monochrome image, of 8 or 16 bits, of one channel or three equal ones, at least
            32 x 32; and the color image, rectified with it and of its size.
        out: folder for `<stem of the monochrome image>.png`, 8-bit color of the same size.
        mono_is: 'left' or 'right', where the monochrome camera stands.
        model: preset or file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

    Returns:
        The file that was written.

    Raises:
        DataError: a file is missing or no image, the first is in color or too small, the sizes
            differ, or the result cannot be written.
        ConfigurationError: not two files, or as in `depth_completion`.
        ModelError, DeviceError: as in `depth_completion`.
    """
    if len(files) != 2:
        raise ConfigurationError(f'{len(files)} files were given; expected two, the monochrome '
                                 'image and the color image')
    colorizer = StereoColorizer.load(model, device=device)
    mono_path, color_path = files
    target = out / f'{mono_path.stem}.png'
    if target.resolve() == color_path.resolve():
        raise ConfigurationError(f'{target} would overwrite the color image; give another folder '
                                 'as --out')
    for source, written in _targets([mono_path], out, 'coloring mono'):
        try:
            rgb = colorizer(read_nir_as_stored(source), read_rgb(color_path), mono_is=mono_is)
        except ShapeError as error:
            raise DataError(f'{source} cannot be colored from {color_path}: {error}') from error
        _write_png(written, rgb[..., ::-1])
    return [target]


def depth_color(
        files: Sequence[Path], out: Path, *, reference: tuple[Path, Path] | None,
        model: str = 'robot', device: str = 'auto') -> list[Path]:
    """Color depth images as a reference looks.

    Args:
        files: as in `depth_completion`, at least 32 x 32; holes are filled.
        out: folder for `<stem>.png`, 8-bit color of the same size.
        reference: a color image of the place, and the depth registered to it.
        model: preset or file.
        device: 'auto', 'cpu', 'cuda' or 'cuda:n'.

    Returns:
        The files that were written.

    Raises:
        DataError: a file is missing, no such depth or too small, the reference is no pair, or a
            result cannot be written.
        ConfigurationError: no reference was given, or as in `depth_completion`.
        ModelError, DeviceError: as in `depth_completion`.
    """
    if reference is None:
        raise ConfigurationError('no reference was given; expected the color image of a place '
                                 'and the depth registered to it, as --reference RGB DEPTH')
    place = read_reference(*reference)
    colorizer = DepthColorizer.load(model, device=device)
    appearance = colorizer.remember([place])
    written = []
    for source, target in _targets(files, out, 'coloring depth', reference):
        try:
            rgb = colorizer(read_depth_m(source), appearance)
        except (ShapeError, DepthError) as error:
            raise DataError(f'{source} cannot be colored: {error}') from error
        _write_png(target, rgb[..., ::-1])
        written.append(target)
    return written


def write_depth(path: Path, depth_m: NDArray[np.float32]) -> None:
    """Write depth as a 16-bit PNG of millimetres.

    Args:
        path: file to write.
        depth_m: (H, W) metres; NaN and what 16 bits cannot hold (beyond 65.535 m) become 0.

    Raises:
        DataError: the file cannot be written.
    """
    _write_png(path, millimetres(depth_m))


def _targets(files: Sequence[Path], out: Path, purpose: str, read: Sequence[Path] = ()
             ) -> Iterator[tuple[Path, Path]]:
    """Give each file with the one to write, neither any that is `read`; show the progress."""
    targets = [out / f'{path.stem}.png' for path in files]
    twice = [str(path) for path, count in Counter(targets).items() if count > 1]
    if twice:
        raise ConfigurationError(
            f'{", ".join(twice)} would be written more than once; files of one call need '
            'different names')
    inputs = {path.resolve() for path in (*files, *read)}
    if any(target.resolve() in inputs for target in targets):
        raise ConfigurationError(
            f'results in {out} would overwrite what is read; give another folder as --out')
    out.mkdir(parents=True, exist_ok=True)
    yield from track(list(zip(files, targets)), purpose)


def _write_png(path: Path, pixels: NDArray[np.integer]) -> None:
    if not cv2.imwrite(str(path), pixels):
        raise DataError(f'{path} cannot be written; is the folder writable, the disk full?')
