"""What is known of a published data set: its name, its page, and how its folder looks."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from colorize_ros.errors import DataError


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
