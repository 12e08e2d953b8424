"""Pairs of two lenses to learn from: recorded, rendered, and made of one picture and its depth."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

# Where a pixel's rounded place in the other image is taken by one nearer by more than this.
OCCLUSION_PX = 1.0


class Pair(NamedTuple):
    """A rectified pair; all of one size.

    Attributes:
        left, right: uint8 RGB (H, W, 3).
        disparity_px: float32 (H, W) of the left image, NaN unknown.
        hidden: bool (H, W), True where the right image is known not to show what the left does.
    """

    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    disparity_px: NDArray[np.float32]
    hidden: NDArray[np.bool_]

    def window(self, rows: slice, columns: slice) -> Pair:
        """Give a window of all four."""
        index = (rows, columns)
        return Pair(self.left[index], self.right[index], self.disparity_px[index],
                    self.hidden[index])


def largest_disparity(disparity_px: NDArray[np.float32]) -> float:
    """Give what 99 of 100 known disparities are below, pixels; 0 where none is known."""
    known = disparity_px[np.isfinite(disparity_px)]
    return float(np.percentile(known[::31], 99)) if known.size else 0.0


def project(disparity_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the disparity of the right image, from that of the left: what is nearer wins.

    Args:
        disparity_px: (H, W), NaN unknown.

    Returns:
        (H, W), NaN where nothing of the left image falls.
    """
    height, width = disparity_px.shape
    rows, columns = np.nonzero(np.isfinite(disparity_px))
    values = disparity_px[rows, columns]
    there = np.rint(columns - values).astype(np.intp)
    inside = (there >= 0) & (there < width)
    order = np.argsort(values[inside], kind='stable')
    projected = np.full((height, width), np.nan, np.float32)
    # Of values for one place the last is kept, which is the nearest.
    projected[rows[inside][order], there[inside][order]] = values[inside][order]
    return projected


def find_hidden(disparity_px: NDArray[np.float32],
                projected_px: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find what the right image does not show: covered by something nearer, or out of frame.

    Args:
        disparity_px: (H, W) of the left image, NaN unknown.
        projected_px: (H, W) of the right image, as `project` gives it.

    Returns:
        (H, W), False where unknown.
    """
    height, width = disparity_px.shape
    known = np.isfinite(disparity_px)
    there = np.rint(np.arange(width) - np.where(known, disparity_px, 0)).astype(np.intp)
    nearest_px = projected_px[np.arange(height)[:, None], np.clip(there, 0, width - 1)]
    return known & ((there < 0) | (nearest_px > disparity_px + OCCLUSION_PX))


def see_from_the_right(rgb: NDArray[np.uint8], disparity_px: NDArray[np.float32],
                       behind: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Render what the right camera sees of a left picture.

    What only the right camera sees lies to the right of near things; it is filled with another
    picture, or with the mirror image of what is beside it.

    Args:
        rgb: (H, W, 3), the left picture.
        disparity_px: (H, W), all known.
        behind: (H, W, 3), what appears behind near things; None takes the mirror image.
    """
    width = disparity_px.shape[1]
    columns = np.arange(width)
    projected = _close_cracks(project(disparity_px))
    holes = np.isnan(projected)
    # The first known column at or to the right of each; the last one where there is none.
    beside = np.minimum.accumulate(np.where(holes, width - 1, columns)[:, ::-1], axis=1)[:, ::-1]
    background = np.nan_to_num(np.take_along_axis(projected, beside, 1))
    seen_at = np.where(holes, 2 * beside - columns, columns) + background
    rows = np.repeat(np.arange(len(rgb), dtype=np.float32)[:, None], width, 1)
    right = np.asarray(cv2.remap(rgb, seen_at.astype(np.float32), rows, cv2.INTER_CUBIC,
                                 borderMode=cv2.BORDER_REFLECT_101), np.uint8)
    if behind is not None:
        right[holes] = behind[holes]
    return right


def _close_cracks(projected_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill gaps of one pixel, which rounding leaves in slanted surfaces, with what is behind."""
    padded = np.pad(projected_px, [(0, 0), (1, 1)], constant_values=np.nan)
    between = np.minimum(padded[:, :-2], padded[:, 2:])
    return np.where(np.isnan(projected_px), between, projected_px)


def fill_rows(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill the unknown with the smaller one of its known neighbors in the row: the background's.

    Args:
        values: (H, W) disparity or inverse depth, NaN unknown.

    Returns:
        (H, W), all known; rows of which nothing is known take the smallest value of all.
    """
    width = values.shape[1]
    known = np.isfinite(values)
    lowest = values[known].min() if known.any() else np.float32(0)
    columns = np.arange(width)
    before = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, columns, width)[:, ::-1], axis=1)[:, ::-1]
    padded = np.pad(np.where(known, values, np.inf), [(0, 0), (1, 1)], constant_values=np.inf)
    filled = np.minimum(np.take_along_axis(padded, before + 1, 1),
                        np.take_along_axis(padded, after + 1, 1))
    return np.where(np.isfinite(filled), filled, lowest).astype(np.float32)
