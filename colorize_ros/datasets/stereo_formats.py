"""Every layout of stereo pairs that can be read, and the guess which one a folder has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from colorize_ros.datasets import cityscapes, kitti, middlebury, scene_flow, sintel, stereo
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.stereo import StereoItem
from colorize_ros.errors import DataError


class StereoFormat(NamedTuple):
    """How a layout is recognized and read; `publication` is None for this project's own."""

    is_here: Callable[[Path], bool]
    read_items: Callable[[Path, str | None], list[StereoItem]]
    publication: Publication | None


def _is_own(folder: Path) -> bool:
    return any((folder / place).is_file()
               for place in ('manifest.csv', 'stereo/manifest.csv'))


# Middlebury last: its scenes may lie anywhere below, so looking for them takes longest.
FORMATS: dict[str, StereoFormat] = {
    'stereo': StereoFormat(_is_own, stereo.read_items, None),
    **{module.__name__.rsplit('.', 1)[1]: StereoFormat(
        module.is_here, module.read_items, module.PUBLICATION)
        for module in (cityscapes, kitti, sintel, scene_flow, middlebury)},
}


def read_stereo(folder: Path, split: str | None = None) -> list[StereoItem]:
    """List the stereo pairs of a folder, whichever of the known layouts it has.

    Args:
        folder: where a data set was unpacked to.
        split: 'train', 'test', ...; None for all. A public data set has the splits that it was
            published with; one without splits is given whole for any of them.

    Raises:
        DataError: none of the layouts, no such split, or the data set is incomplete.
    """
    for known in FORMATS.values():
        if known.is_here(folder):
            return known.read_items(folder, split)
    layouts = '; '.join(
        f'{known.publication.name}: {known.publication.layout} ({known.publication.url})'
        for known in FORMATS.values() if known.publication)
    state = 'holds none of the stereo layouts' if folder.exists() else 'is not there'
    raise DataError(
        f'{folder} {state}. Known are: manifest.csv beside <source>/<scene>/left.png, right.png '
        f'and disp_left.png; {layouts}')
