"""Choosing the items of a split from what a public data set's folder holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from colorize_ros.errors import DataError

UNSPLIT = ''
"""The split of every item of a data set that was published without splits."""

Found = TypeVar('Found')


def of_split(
        found: Sequence[Found], split_of: Callable[[Found], str], split: str | None,
        folder: Path) -> list[Found]:
    """Return what belongs to a split, or everything for None.

    What was published without splits belongs to any of them: what to train and what to test on
    is then told apart by folder. Choose before looking for the files that belong to each: often
    only one split was downloaded with everything.

    Args:
        found: paths or items, at least one.
        split_of: names the split of one of them.
        folder: where they are, for the error.

    Raises:
        DataError: there is nothing of that split.
    """
    chosen = [one for one in found if split is None or split_of(one) in (UNSPLIT, split)]
    if not chosen:
        splits = sorted({split_of(one) for one in found})
        raise DataError(f'{folder} has no items of split {split!r}; it has the splits {splits}')
    return chosen
