"""Contact sheets: what each method made of the same items, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError
from colorize_ros.messages import depth_picture

Map = NDArray[np.float32]
Picture = NDArray[np.uint8]

CELL_WIDTH_PX = 300
NAME_WIDTH_PX = 170
LABEL_HEIGHT_PX = 22
GAP_PX = 2


@dataclass
class ContactSheet:
    """A row an item and a column a picture; the columns are those of the first row."""

    rows: list[tuple[str, dict[str, Picture]]] = field(default_factory=list)

    def add_maps(self, name: str, maps: Mapping[str, Map], truth: Map) -> None:
        """Add a row of maps of one size, colored alike by the truth's range (1st to 99th percent).

        Args:
            name: label of the row.
            maps: float32 (H, W) by column, NaN unknown.
            truth: the map that sets the range of colors; it is the last column.
        """
        near, far = np.nanpercentile(truth, (1, 99))
        # A constant map has no range.
        far = max(far, near * 1.001)
        columns = {**maps, 'truth': truth}
        self.rows.append((name, {
            label: _shrink(_visible(values), near, far) for label, values in columns.items()}))

    def add_pictures(self, name: str, pictures: Mapping[str, Picture]) -> None:
        """Add a row of pictures.

        Args:
            name: label of the row.
            pictures: uint8 RGB (H, W, 3) or gray (H, W) by column.
        """
        self.rows.append((name, {
            label: _fit(picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2))
            for label, picture in pictures.items()}))

    def save(self, path: Path) -> None:
        """Write the sheet as an image file.

        Raises:
            DataError: there are no rows, or the file cannot be written.
        """
        if not self.rows:
            raise DataError(f'no rows for the contact sheet {path}')
        labels = list(self.rows[0][1])
        strips = [np.hstack([_label('', NAME_WIDTH_PX),
                             *(_label(text, CELL_WIDTH_PX) for text in labels)])]
        for name, pictures in self.rows:
            cells = [_name_picture(name), *(pictures[label] for label in labels)]
            height = max(cell.shape[0] for cell in cells)
            strips.append(np.hstack([_cell(cell, height) for cell in cells]))
        path.parent.mkdir(parents=True, exist_ok=True)
        if not cv2.imwrite(str(path), cv2.cvtColor(np.vstack(strips), cv2.COLOR_RGB2BGR)):
            raise DataError(f'cannot write the contact sheet {path}')


def _visible(values: Map) -> Map:
    """Grow lone samples to what can be seen: sparse maps only, for display only."""
    known = np.isfinite(values)
    share = known.mean()
    if share > 0.2:
        return values
    size = 3 if share > 0.02 else 7
    grown = cv2.dilate(np.where(known, values, 0).astype(np.float32),
                       np.ones((size, size), np.uint8))
    return np.where(known, values, np.where(grown > 0, grown, np.nan)).astype(np.float32)


def _shrink(values: Map, near: float, far: float) -> Picture:
    return _fit(depth_picture(values, near, far))


def _fit(picture: Picture) -> Picture:
    height = round(picture.shape[0] * CELL_WIDTH_PX / picture.shape[1])
    method = cv2.INTER_AREA if picture.shape[1] > CELL_WIDTH_PX else cv2.INTER_NEAREST
    return cv2.resize(picture, (CELL_WIDTH_PX, height), interpolation=method).astype(np.uint8)


def _cell(picture: Picture, height: int) -> Picture:
    cell = np.full((height + GAP_PX, picture.shape[1] + GAP_PX, 3), 255, np.uint8)
    cell[:picture.shape[0], :picture.shape[1]] = picture
    return cell


def _label(text: str, width: int) -> Picture:
    strip = np.full((LABEL_HEIGHT_PX, width + GAP_PX, 3), 255, np.uint8)
    _write(strip, text, 16)
    return strip


def _name_picture(name: str) -> Picture:
    parts = name.split('/')
    picture = np.full((LABEL_HEIGHT_PX * (len(parts) + 1), NAME_WIDTH_PX, 3), 255, np.uint8)
    for i, part in enumerate(parts):
        _write(picture, part, (i + 1) * LABEL_HEIGHT_PX)
    return picture


def _write(picture: Picture, text: str, baseline_px: int) -> None:
    cv2.putText(picture, text, (4, baseline_px), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1,
                cv2.LINE_AA)
