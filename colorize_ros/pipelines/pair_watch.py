"""A pair of cameras watched while it runs: whether rows match, which is on the left, the reach."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.pipelines.row_alignment import measure_rows, RowAlignment

# Quickly at first, then now and then; the verdict is that of the middle one of the latest looks.
KEPT = 3
FIRST_PERIOD_S, PERIOD_S = 1.0, 10.0
# Rows that are known to match measure up to 0.8 px.
ROWS_LIMIT_PX = 1.5
# A disparity on the wrong side beyond this, shared by so many points, is no accident.
SIDE_LIMIT_PX, SIDE_SHARE = 1.5, 0.8
REMEDY = ('Calibrate both cameras as a pair and rectify both images (camera_calibration, '
          'image_proc), and see what mono/image_rect and color/image_rect are remapped to')


class PairWatch:
    """Looks at a pair now and then; one thread looks, any may ask.

    Attributes:
        rows: the latest verdict; None before the first look that could tell.
        looks: how often it was looked.
    """

    def __init__(self) -> None:
        self.rows: RowAlignment | None = None
        self.looks = 0
        self._kept: deque[RowAlignment] = deque(maxlen=KEPT)
        self._due_s = -np.inf

    def look(self, mono: NDArray[Any], color: NDArray[np.uint8], now_s: float) -> None:
        """Measure how the rows match, if it is time.

        Args:
            mono: (H, W) uint8 or uint16.
            color: (H, W, 3) uint8 RGB.
            now_s: on a clock that never goes back.
        """
        if now_s < self._due_s:
            return
        measured = measure_rows(mono, color)
        self.looks += 1
        self._due_s = now_s + (FIRST_PERIOD_S if self.looks < KEPT else PERIOD_S)
        if measured is not None:
            self._kept.append(measured)
            self.rows = RowAlignment(*np.median(np.array(self._kept), axis=0).tolist())

    def rows_complaint(self) -> str:
        """Say by how much the rows do not match, and what to do; empty if they do."""
        rows = self.rows
        if rows is None or rows.error_px < ROWS_LIMIT_PX:
            return ''
        if abs(rows.offset_px) >= ROWS_LIMIT_PX:
            return (f'the color image shows things {abs(rows.offset_px):.1f} px '
                    f'{"lower" if rows.offset_px > 0 else "higher"} than the mono image (nine of '
                    f'ten less than {rows.error_px:.1f} px off), but rows must match. {REMEDY}')
        return ('the rows of the mono and the color image are turned or bent against each other: '
                f'one of ten points is more than {rows.error_px:.1f} px off, though they must '
                f'match. {REMEDY}')

    def side_complaint(self, mono_is: str) -> str:
        """Say that the mono camera is not on the side that is told; empty if it may be.

        Args:
            mono_is: 'left' or 'right'.
        """
        rows = self.rows
        if rows is None or rows.sides_agree < SIDE_SHARE or abs(rows.disparity_px) < SIDE_LIMIT_PX:
            return ''
        seen = 'left' if rows.disparity_px > 0 else 'right'
        if seen == mono_is:
            return ''
        return (f'the mono camera is taken as the {mono_is} one, but the color image shows things '
                f'{abs(rows.disparity_px):.0f} px further {seen} than the mono image; set mono_is '
                f'to {seen}')

    def reach_complaint(self, disparities: int) -> str:
        """Say that things are nearer than the network can follow them; empty if few are.

        Args:
            disparities: the largest disparity that it searches, pixels.
        """
        rows = self.rows
        if rows is None or rows.reach_px <= disparities:
            return ''
        return (f'one of ten points is more than {rows.reach_px:.0f} px apart in the two images, '
                f'and the network searches {disparities} px: what is nearer gets no color or the '
                'wrong one. Publish smaller images, or bring the cameras nearer to each other')
