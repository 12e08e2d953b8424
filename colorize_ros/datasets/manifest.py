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
    """Read the names of a split's items.

    Args:
        folder: as in `find_manifest`.
        layout: as in `find_manifest`.
        split: 'train', 'test', ...; None for all.

    Returns:
        The folder that the item names are relative to, and (item, split) pairs in file order.

    Raises:
        DataError: no manifest, a column is missing, or the split has no items.
    """
    root, rows = read_rows(folder, layout, split)
    return root, [(row['item'], row['split']) for row in rows]


def read_rows(
        folder: Path, layout: str, split: str | None) -> tuple[Path, list[dict[str, str]]]:
    """Read whole rows of a split's items, for layouts whose manifest says more of them.

    Args:
        folder: as in `find_manifest`.
        layout: as in `find_manifest`.
        split: 'train', 'test', ...; None for all.

    Returns:
        The folder that the item names are relative to, and the rows, by column, in file order.

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
        rows = list(reader)
    chosen = [row for row in rows if split in (None, row['split'])]
    if not chosen:
        splits = sorted({row['split'] for row in rows})
        raise DataError(f'{manifest} has no items of split {split!r}; it has the splits {splits}')
    return manifest.parent, chosen
