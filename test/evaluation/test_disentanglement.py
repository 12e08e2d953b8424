"""Who follows the reference, who follows depth, and who follows neither is told apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.errors import DataError
from colorize_ros.evaluation.disentanglement import disentanglement

Rgb = NDArray[np.uint8]
COLORS = ((200, 60, 40), (40, 160, 70), (70, 80, 190))


def shape(seed: int) -> NDArray[np.float32]:
    """Some boxes, 0.4 to 1."""
    rng = np.random.default_rng(seed)
    picture = np.full((64, 64), 0.6, np.float32)
    for _ in range(5):
        top, left = rng.integers(0, 44, 2)
        picture[top:top + 20, left:left + 20] = rng.uniform(0.4, 1)
    return picture


def painted(shade: NDArray[np.float32], color: tuple[int, int, int]) -> Rgb:
    return (shade[..., None] * color).astype(np.uint8)


SHAPES = [shape(seed) for seed in range(4)]
REFERENCES = [painted(shape(9), color) for color in COLORS]


def test_structure_of_depth_in_the_colors_of_the_reference() -> None:
    scores = disentanglement([[painted(shade, color) for color in COLORS] for shade in SHAPES],
                             REFERENCES)
    assert scores['structure_kept'] > 0.98
    assert scores['palette_error'] < 8
    assert scores['change_by_reference'] > 20 > scores['change_by_depth'] > 2


def test_what_ignores_the_reference_does_not_change_with_it() -> None:
    scores = disentanglement([[painted(shade, COLORS[0])] * 3 for shade in SHAPES], REFERENCES)
    assert scores['change_by_reference'] == 0
    assert scores['structure_kept'] == pytest.approx(1)
    assert scores['palette_error'] > 30


def test_what_copies_the_reference_keeps_no_structure() -> None:
    copies = [painted(shape(20 + i), color) for i, color in enumerate(COLORS)]
    scores = disentanglement([copies] * 4, copies)
    assert scores['change_by_depth'] == 0
    assert scores['palette_error'] == 0
    assert scores['structure_kept'] < 0.5


def test_dark_on_light_is_the_same_structure_as_light_on_dark() -> None:
    gray = (200, 200, 200)
    rows = [[painted(shade, gray), painted(1.4 - shade, gray)] for shade in SHAPES]
    assert disentanglement(rows, REFERENCES[:2])['structure_kept'] > 0.98


def test_pictures_of_one_color_have_no_edges() -> None:
    flat = np.full((64, 64, 3), 90, np.uint8)
    assert disentanglement([[flat, flat]] * 2, REFERENCES[:2])['structure_kept'] == 1
    rows = [[flat, painted(shade, COLORS[0])] for shade in SHAPES]
    assert disentanglement(rows, REFERENCES[:2])['structure_kept'] == 0


@pytest.mark.parametrize(('rows', 'columns'), [(1, 3), (3, 1), (3, 2)])
def test_refuses_what_is_no_matrix(rows: int, columns: int) -> None:
    pictures = [[REFERENCES[0]] * columns] * rows
    with pytest.raises(DataError, match='at least 2 of both'):
        disentanglement(pictures, REFERENCES[:1] if columns == 1 else REFERENCES)
