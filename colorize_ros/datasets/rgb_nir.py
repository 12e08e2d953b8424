"""The EPFL RGB-NIR Scene Dataset: 477 registered pairs of photographs in nine categories.

M. Brown and S. Suesstrunk, "Multi-spectral SIFT for Scene Category Recognition", CVPR 2011.
https://www.epfl.ch/labs/ivrl/research/downloads/rgb-nir-scene-dataset/

`nirscene1.zip` holds `nirscene1/<category>/<number>_rgb.tiff` and `<number>_nir.tiff`, taken one
after the other with a filter changed in between, then registered: what moved differs, and some
pairs lie pixels apart.
"""

from __future__ import annotations

from pathlib import Path

from colorize_ros.datasets.nir import NirItem
from colorize_ros.datasets.published import Publication
from colorize_ros.datasets.splits import of_split, UNSPLIT
from colorize_ros.errors import DataError

PUBLICATION = Publication(
    'EPFL RGB-NIR Scene Dataset',
    'https://www.epfl.ch/labs/ivrl/research/downloads/rgb-nir-scene-dataset/',
    'nirscene1/<category>/<number>_rgb.tiff and <number>_nir.tiff')


def is_here(folder: Path) -> bool:
    """Whether a folder, or its `nirscene1`, holds this data set."""
    return any(_root(folder).glob('*/*_rgb.tiff'))


def read_items(folder: Path, split: str | None) -> list[NirItem]:
    """List the pairs.

    Args:
        folder: `nirscene1` or the folder that holds it.
        split: any gives all pairs, as no splits are published.

    Raises:
        DataError: no such data set, or the near-infrared image of a pair is missing.
    """
    rgb_paths = sorted(_root(folder).glob('*/*_rgb.tiff'))
    if not rgb_paths:
        raise PUBLICATION.not_found(folder, '<category>/*_rgb.tiff')
    return [_item(path) for path in of_split(rgb_paths, lambda path: UNSPLIT, split, folder)]


def _root(folder: Path) -> Path:
    unpacked = folder / 'nirscene1'
    return unpacked if unpacked.is_dir() else folder


def _item(rgb_path: Path) -> NirItem:
    number = rgb_path.name[:-len('_rgb.tiff')]
    nir_path = rgb_path.with_name(f'{number}_nir.tiff')
    if not nir_path.is_file():
        raise DataError(f'{rgb_path} lacks its partner {nir_path}; is the download complete?')
    return NirItem(f'rgb_nir/{rgb_path.parent.name}/{number}', UNSPLIT, rgb_path, nir_path)
