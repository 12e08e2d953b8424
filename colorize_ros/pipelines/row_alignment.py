"""Whether the rows of a rectified pair match, measured from the images themselves.

Patches around corners of the mono image are looked for in the color image, on other rows too
(normalized cross-correlation, which a change of brightness does not move), first coarsely, then
to a part of a pixel. In a rectified pair nothing moves but along its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

# The coarse search is in images of about this width, as far as these shares of the sides: wider
# only where nothing is found nearby.
COARSE_WIDTH = 320
ROWS_SEARCHED, COLUMNS_SEARCHED = (0.05, 0.2), 0.25
CORNERS, CORNER_QUALITY, CORNER_DISTANCE = 80, 0.01, 9
PATCH_RADIUS = 7
FINE_RADIUS = 10
BLUR_SIGMA = 1.0
LEAST_SCORE, FINE_LEAST_SCORE = 0.8, 0.7
# A patch that looks about the same a few rows away, such as a piece of a vertical edge, says
# nothing of rows.
AMBIGUITY, ROWS_APART = 0.05, 2
# Matches that agree on rows: a shift, a turn and a scale explain them within this.
ROUNDS, AGREE_PX = 7, 1.0
LEAST_AGREEING, LEAST_SHARE = 12, 0.35


class Match(NamedTuple):
    """A point found in both images: its place in the mono image, and how far off it is."""

    column: float
    row: float
    column_offset: float
    row_offset: float


class RowAlignment(NamedTuple):
    """How far the rows of two images are apart, pixels of the image.

    Attributes:
        offset_px: median of how much lower the color image shows a point than the mono image.
        error_px: nine of ten points are off by less, up or down; with a lens that is turned it is
            more than the offset.
        disparity_px: median of how much further left the color image shows a point, as it does
            where the mono camera is the left one.
        sides_agree: share of the points that are on the same side as that median.
        matches: points measured.
        reach_px: nine of ten points are less far apart along the rows, to either side.
    """

    offset_px: float
    error_px: float
    disparity_px: float
    sides_agree: float
    matches: int
    reach_px: float


def measure_rows(mono: NDArray[Any], color: NDArray[np.uint8]) -> RowAlignment | None:
    """Measure how far the rows of a pair are apart, up to a fifth of the height.

    Args:
        mono: (H, W) uint8 or uint16.
        color: (H, W, 3) uint8 RGB, of the same size.

    Returns:
        What was measured; None where too little of one image is found in the other to say: it is
        dark or bare, of another moment, or off by more.
    """
    left, right = _levels(mono), _levels(cv2.cvtColor(color, cv2.COLOR_RGB2GRAY))
    for reach in ROWS_SEARCHED:
        agreeing = _find(left, right, reach)
        if agreeing is not None:
            return _summary(agreeing)
    return None


def _find(mono: NDArray[np.uint8], color: NDArray[np.uint8],
          reach: float) -> NDArray[np.float64] | None:
    """Return (N, 4) matches that agree on how rows go, None where they are too few.

    Args:
        mono: (H, W).
        color: (H, W).
        reach: share of the height to search up and down.
    """
    scale = max(1.0, mono.shape[1] / COARSE_WIDTH)
    searched, found = 0, []
    for match in _coarse_matches(_shrunk(mono, scale), _shrunk(color, scale), reach):
        searched += 1
        refined = _refined(mono, color, match, scale) if match else None
        if refined is not None:
            found.append(refined)
    agreeing = _agreeing(np.array(found, np.float64).reshape(-1, 4))
    enough = len(agreeing) >= max(LEAST_AGREEING, LEAST_SHARE * searched)
    return agreeing if enough else None


def _summary(agreeing: NDArray[np.float64]) -> RowAlignment:
    rows, disparities = agreeing[:, 3], -agreeing[:, 2]
    middle = float(np.median(disparities))
    return RowAlignment(
        float(np.median(rows)), float(np.quantile(np.abs(rows), 0.9)), middle,
        float(np.mean(np.sign(disparities) == np.sign(middle))), len(agreeing),
        float(np.quantile(np.abs(disparities), 0.9)))


def _levels(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Return (H, W) uint8, without the finest noise; of 16 bits, those levels that are in use."""
    if image.dtype == np.uint16:
        black, white = np.percentile(image[::4, ::4], (0.5, 99.5))
        image = np.clip((image - black) * (255.0 / max(white - black, 1.0)), 0, 255).astype(
            np.uint8)
    return np.asarray(cv2.GaussianBlur(np.ascontiguousarray(image), (0, 0), BLUR_SIGMA))


def _shrunk(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = (round(image.shape[1] / scale), round(image.shape[0] / scale))
    return image if scale == 1.0 else np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _coarse_matches(mono: NDArray[np.uint8], color: NDArray[np.uint8],
                    reach: float) -> Iterator[Match | None]:
    """Find corners of the mono image in the color image; None for one that is not found."""
    height, width = mono.shape
    rows, columns = max(3, round(reach * height)), round(COLUMNS_SEARCHED * width)
    margin = PATCH_RADIUS + rows
    inside = np.zeros_like(mono)
    inside[margin:height - margin, PATCH_RADIUS:width - PATCH_RADIUS] = 255
    corners = cv2.goodFeaturesToTrack(
        mono, CORNERS, CORNER_QUALITY, CORNER_DISTANCE, mask=inside)
    for x, y in () if corners is None else np.rint(corners[:, 0]).astype(int).tolist():
        left, right = (min(columns, room - PATCH_RADIUS) for room in (x, width - 1 - x))
        scores = _scores(mono, color, (x, y), PATCH_RADIUS, (left, right, rows))
        best = scores.max(axis=1)
        row = int(best.argmax())
        others = np.delete(best, np.s_[max(0, row - ROWS_APART):row + ROWS_APART + 1])
        clear = (best[row] >= LEAST_SCORE and others.max(initial=0) < best[row] - AMBIGUITY
                 and 0 < row < 2 * rows)
        yield Match(x, y, float(scores[row].argmax()) - left, row - rows) if clear else None


def _refined(mono: NDArray[np.uint8], color: NDArray[np.uint8], coarse: Match,
             scale: float) -> Match | None:
    """Measure a match in the whole image, the row to a part of a pixel."""
    x, y = round((coarse.column + 0.5) * scale - 0.5), round((coarse.row + 0.5) * scale - 0.5)
    dx, dy = round(coarse.column_offset * scale), round(coarse.row_offset * scale)
    slack = int(np.ceil(scale)) + 1
    height, width = mono.shape
    reach = FINE_RADIUS + slack
    if not (FINE_RADIUS <= x < width - FINE_RADIUS and FINE_RADIUS <= y < height - FINE_RADIUS
            and reach <= x + dx < width - reach and reach <= y + dy < height - reach):
        return None
    scores = _scores(mono, color, (x, y), FINE_RADIUS, (slack, slack, slack), (dx, dy))
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    if scores[row, column] < FINE_LEAST_SCORE or not 0 < row < 2 * slack:
        return None
    above, here, below = (float(scores[row + step, column]) for step in (-1, 0, 1))
    curvature = above - 2 * here + below
    part = 0.5 * (above - below) / curvature if curvature < 0 else 0.0
    return Match(x, y, float(dx + column - slack), dy + float(row) - slack + part)


def _scores(mono: NDArray[np.uint8], color: NDArray[np.uint8], at: tuple[int, int], radius: int,
            reach: tuple[int, int, int], shift: tuple[int, int] = (0, 0)) -> NDArray[np.float32]:
    """Correlate a patch of the mono image with the color image around the same place.

    Args:
        mono: (H, W).
        color: (H, W).
        at: column and row of the patch's centre.
        radius: of the patch.
        reach: how far to look to the left, to the right, and up and down.
        shift: of the place to look around, columns and rows.
    """
    x, y = at
    left, right, rows = reach
    patch = mono[y - radius:y + radius + 1, x - radius:x + radius + 1]
    x, y = x + shift[0], y + shift[1]
    region = color[y - radius - rows:y + radius + rows + 1,
                   x - radius - left:x + radius + right + 1]
    scores = np.asarray(cv2.matchTemplate(region, patch, cv2.TM_CCOEFF_NORMED))
    # Where the region has no contrast at all the score is not defined.
    return np.where(np.isfinite(scores) & (scores <= 1.01), scores, np.float32(0.0))


def _agreeing(matches: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the matches whose row offsets one plane over the image explains."""
    kept = np.ones(len(matches), bool)
    if not len(matches):
        return matches
    middle, side = matches[:, :2].mean(axis=0), max(float(np.ptp(matches[:, :2])), 1.0)
    places = np.column_stack([np.ones(len(matches)), (matches[:, :2] - middle) / side])
    explained = np.full(len(matches), np.median(matches[:, 3]))
    for number in range(ROUNDS):
        # The first rounds know little of a turn, so it is given more room.
        kept = np.abs(matches[:, 3] - explained) <= max(AGREE_PX, 0.02 * side / 2**number)
        if kept.sum() < LEAST_AGREEING:
            break
        plane, *_ = np.linalg.lstsq(places[kept], matches[kept, 3], rcond=None)
        explained = places @ plane
    return matches[kept]
