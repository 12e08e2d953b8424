"""Registered color and depth from any folder that one of the readers understands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from colorize_ros.datasets import nyu_v2, rgbd, scenenet, sun_rgbd, tum_rgbd
from colorize_ros.datasets.published import find_folders, Publication
from colorize_ros.datasets.registered_pair import RegisteredPair
from colorize_ros.datasets.rgbd import RgbdFrame, SourceFacts
from colorize_ros.errors import DataError


class RgbdSource(Protocol):
    """What every reader's items have; see `RgbdItem` and `RegisteredPair`."""

    @property
    def name(self) -> str:
        """`<source>/<scene>/<index>`."""

    @property
    def split(self) -> str:
        """As published; empty where the data set has no splits."""

    @property
    def source(self) -> str:
        """The first part of the name."""

    @property
    def facts(self) -> SourceFacts:
        """What is known of the source."""

    def load(self) -> RgbdFrame:
        """Read the pair."""


class Format(NamedTuple):
    """A data set's original layout: the names that mark its folders, and its reader."""

    publication: Publication
    marks: Callable[[set[str]], bool]
    read: Callable[[Path], Sequence[RegisteredPair]]


FORMATS = (
    Format(nyu_v2.LABELLED, lambda names: nyu_v2.LABELLED_FILE in names, nyu_v2.read_labelled),
    Format(nyu_v2.RAW, nyu_v2.is_clip, nyu_v2.read_raw),
    Format(scenenet.PUBLICATION, scenenet.is_trajectory, scenenet.read_items),
    Format(sun_rgbd.PUBLICATION, sun_rgbd.is_frame, sun_rgbd.read_items),
    Format(tum_rgbd.PUBLICATION, tum_rgbd.is_sequence, tum_rgbd.read_items),
)


def read_rgbd(folder: Path, split: str | None) -> Sequence[RgbdSource]:
    """List the pairs of a data set: one in this package's layout or in one of `FORMATS`.

    Args:
        folder: of one data set, the folder above it, or `nyu_depth_v2_labeled.mat`.
        split: 'train', 'test', ...; None for all. A data set that is published without splits
            is given whole for any of them: what to train and what to test on is then told apart
            by folder.

    Raises:
        DataError: no data set that is known, no such split, or the data set is not whole.
        MissingExtraError: the labelled NYU Depth v2 without h5py.
    """
    folder = Path(folder)
    if any((place / 'manifest.csv').is_file() for place in (folder, folder / 'rgbd')):
        return rgbd.read_items(folder, split)
    if folder.suffix == '.mat':
        return _of_split(nyu_v2.read_labelled(folder), split, folder)
    found = next(find_folders(folder, lambda names: any(
        layout.marks(names) for layout in FORMATS)), None)
    if found is None:
        known = '; '.join(f'{layout.publication.name}, {layout.publication.layout} '
                          f'({layout.publication.url})' for layout in FORMATS)
        raise DataError(
            f'{folder} holds no data set of color and depth; looked for manifest.csv, or one of '
            f'these as published: {known}')
    names = {path.name for path in found.iterdir()}
    layout = next(layout for layout in FORMATS if layout.marks(names))
    # The labelled file is read where it lies; of the others, all below the folder belongs.
    return _of_split(layout.read(found if layout is FORMATS[0] else folder), split, folder)


def _of_split(items: Sequence[RegisteredPair], split: str | None, folder: Path
              ) -> Sequence[RegisteredPair]:
    chosen = [item for item in items if split is None or item.split in ('', split)]
    if not chosen:
        raise DataError(f'{folder} has no items of split {split!r}; it has the splits '
                        f'{sorted({item.split for item in items})}')
    return chosen
