"""What is known of a published data set: its name, its page, its camera, how its folder looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
from typing import NamedTuple

from colorize_ros.errors import DataError

# SUN RGB-D, the deepest of them, keeps its frames five folders below its own.
MAX_FOLDERS_BELOW = 6


class PinholeCamera(NamedTuple):
    """Intrinsics in pixels, the center of the first pixel being (0, 0).

    Its fields are those of `messages.camera_info.Intrinsics`, in their order.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float


class Publication(NamedTuple):
    """A public data set, as far as the error messages of its reader need it.

    Attributes:
        name: as its publishers write it.
        url: its official page, where it can be had.
        layout: one line, without a full stop, that says how its folder looks once unpacked, such
            as 'rgb.txt and depth.txt beside rgb/ and depth/'.
    """

    name: str
    url: str
    layout: str

    def not_found(self, folder: Path, looked_for: str) -> DataError:
        """Make the error for a folder that is not this data set.

        Args:
            folder: what the user gave.
            looked_for: what the reader missed there, such as 'rgb.txt' or 'depth/*.png'.
        """
        found = f'{folder} has no {looked_for}' if folder.exists() else f'there is no {folder}'
        return DataError(
            f'{found}; looked for {looked_for} of {self.name}, which is laid out as '
            f'{self.layout}. It is published at {self.url}')


def find_folders(root: Path, holds: Callable[[set[str]], bool]) -> Iterator[Path]:
    """Find the folders of a data set by the names they hold, in order; none within another.

    Args:
        root: where to begin; it may be such a folder itself.
        holds: is given the names of a folder's files and folders.
    """
    root = Path(root)
    for folder, below, files in os.walk(root, followlinks=True):
        if holds({*below, *files}):
            below.clear()
            yield Path(folder)
        elif len(Path(folder).relative_to(root).parts) >= MAX_FOLDERS_BELOW:
            below.clear()
        below.sort()
