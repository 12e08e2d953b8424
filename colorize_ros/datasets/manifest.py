"""The `manifest.csv` that every data folder carries: which items there are, in which split."""

from __future__ import annotations

import csv
from pathlib import Path

from colorize_ros.errors import DataError


def find_manifest(folder: Path, layout: str) -> Path:
    """Return the manifest of a layout's folder, or of the folder that holds it.

    Args:
        folder: the layout's own folder (`.../rgbd`) or the one above it.
        layout: name of the layout's folder, such as 'rgbd'.

    Raises:
        DataError: neither place has a `manifest.csv`.
    """
    candidates = [Path(folder) / 'manifest.csv', Path(folder) / layout / 'manifest.csv']
    # A folder that holds several layouts may have a manifest of its own: the nearer one wins.
    for candidate in reversed(candidates):
        if candidate.is_file():
            return candidate
    looked = ' nor '.join(str(candidate) for candidate in candidates)
    raise DataError(
        f'no data set of the layout {layout!r} at {folder}: there is neither {looked}; '
        f'give the folder whose manifest.csv has the columns item and split')


def read_manifest(
        folder: Path, layout: str, split: str | None) -> tuple[Path, list[tuple[str, str]]]:
    """Read the items of a split.

    Args:
        folder: as in `find_manifest`.
        layout: as in `find_manifest`.
        split: 'train', 'test', ...; None for all.

    Returns:
        The folder that the item names are relative to, and (item, split) pairs in file order.

    Raises:
        DataError: no manifest, a column is missing, or the split has no items.
    """
    manifest = find_manifest(folder, layout)
    with manifest.open(newline='', encoding='utf-8') as stream:
        reader = csv.DictReader(stream)
        missing = {'item', 'split'} - set(reader.fieldnames or ())
        if missing:
            raise DataError(
                f'{manifest} lacks the columns {sorted(missing)}; it has {reader.fieldnames}. '
                f'Each row needs item (a path relative to the manifest) and split')
        rows = [(row['item'], row['split']) for row in reader]
    chosen = [row for row in rows if split is None or row[1] == split]
    if not chosen:
        raise DataError(
            f'{manifest} has no items of split {split!r}; it has the splits '
            f'{sorted({row[1] for row in rows})}')
    return manifest.parent, chosen
