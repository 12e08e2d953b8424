"""A sheet has a cell for every map, and says so when it has none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.errors import DataError
from colorize_ros.evaluation.contact_sheet import CELL_WIDTH_PX, ContactSheet
from small_data import room


def test_a_row_an_item_and_a_column_a_map(tmp_path: Path) -> None:
    sheet = ContactSheet()
    sparse_m = np.full((96, 128), np.nan, np.float32)
    sparse_m[::20, ::20] = 1
    sheet.add_maps('a/b/0000', {'input': sparse_m, 'robot': room()}, room())
    sheet.add_maps('wide', {'input': room(40, 200), 'robot': room(40, 200)}, room(40, 200))
    sheet.save(tmp_path / 'made' / 'sheet.png')
    picture = cv2.imread(str(tmp_path / 'made' / 'sheet.png'))
    assert picture.shape[1] > 3 * CELL_WIDTH_PX
    assert picture.shape[0] > CELL_WIDTH_PX * (96 / 128 + 40 / 200)


def test_the_same_depth_has_the_same_color_in_every_column() -> None:
    sheet = ContactSheet()
    sheet.add_maps('a', {'robot': room()}, room())
    (_, pictures), = sheet.rows
    np.testing.assert_array_equal(pictures['robot'], pictures['truth'])


def test_pictures_keep_their_colors_and_gray_is_gray(tmp_path: Path) -> None:
    sheet = ContactSheet()
    sheet.add_pictures('a', {'input': np.full((30, 40), 70, np.uint8),
                             'color': np.full((30, 40, 3), (200, 100, 50), np.uint8)})
    sheet.save(tmp_path / 'sheet.png')
    saved = cv2.cvtColor(cv2.imread(str(tmp_path / 'sheet.png')), cv2.COLOR_BGR2RGB)
    columns = saved[100, [-CELL_WIDTH_PX * 3 // 2, -CELL_WIDTH_PX // 2]].tolist()
    assert columns == [[70, 70, 70], [200, 100, 50]]


def test_refuses_a_sheet_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='no rows'):
        ContactSheet().save(tmp_path / 'sheet.png')
