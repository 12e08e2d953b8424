"""How far the rows of a pair are apart, as measured from its images."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_ros.pipelines.pair_watch import PairWatch
from colorize_ros.pipelines.row_alignment import measure_rows, RowAlignment
from pairs import mono_and_color


@pytest.mark.parametrize('lower_px', [0, 3, -4, 30])
def test_a_shift_of_the_rows_is_measured(lower_px: int) -> None:
    mono, color = mono_and_color()
    rows = measure_rows(mono, np.roll(color, lower_px, axis=0))
    assert rows is not None
    assert rows.offset_px == pytest.approx(lower_px, abs=0.2)
    assert rows.error_px == pytest.approx(abs(lower_px), abs=0.5)
    assert rows.matches >= 20


def test_parts_of_a_pixel_are_measured() -> None:
    mono, color = mono_and_color()
    lower = cv2.warpAffine(color, np.array([[1, 0, 0], [0, 1, 0.5]]), color.shape[1::-1])
    rows = measure_rows(mono, lower)
    assert rows is not None
    assert rows.offset_px == pytest.approx(0.5, abs=0.15)


def test_neither_brightness_nor_noise_nor_bits_matter() -> None:
    mono, color = mono_and_color()
    rng = np.random.default_rng(3)
    dark = np.clip(np.roll(color, 2, axis=0) / 3 + rng.normal(0, 3, color.shape), 0, 255)
    rows = measure_rows(mono.astype(np.uint16) * 30 + 500, dark.astype(np.uint8))
    assert rows is not None
    assert rows.offset_px == pytest.approx(2, abs=0.3)


def test_a_turned_lens_is_off_by_more_than_its_offset() -> None:
    mono, color = mono_and_color()
    turn = cv2.getRotationMatrix2D((160, 120), 1.5, 1.0)
    rows = measure_rows(mono, cv2.warpAffine(color, turn, (320, 240)))
    assert rows is not None
    assert abs(rows.offset_px) < 1.0
    assert rows.error_px > 2.0


@pytest.mark.parametrize(('mono_is', 'sign'), [('left', 1), ('right', -1)])
def test_disparity_tells_the_side(mono_is: str, sign: int) -> None:
    rows = measure_rows(*mono_and_color(mono_is=mono_is))
    assert rows is not None
    assert rows.disparity_px * sign > 5
    assert rows.sides_agree > 0.9


def test_where_nothing_can_be_found_nothing_is_said() -> None:
    mono, color = mono_and_color()
    assert measure_rows(np.zeros_like(mono), color) is None
    assert measure_rows(mono, np.zeros_like(color)) is None
    assert measure_rows(mono, mono_and_color(seed=9)[1]) is None
    assert measure_rows(np.zeros((32, 32), np.uint8), np.zeros((32, 32, 3), np.uint8)) is None
    # Stripes along the columns look the same on every row.
    stripes = np.tile((np.arange(320) // 8 % 2 * 200).astype(np.uint8), (240, 1))
    assert measure_rows(stripes, cv2.cvtColor(stripes, cv2.COLOR_GRAY2RGB)) is None


def watch_of(**changes: float) -> PairWatch:
    watch = PairWatch()
    watch.rows = RowAlignment(0.1, 0.4, 20.0, 0.95, 40, 30.0)._replace(**changes)
    return watch


def test_matching_rows_on_the_right_side_need_no_word() -> None:
    assert watch_of().rows_complaint() == ''
    assert watch_of().side_complaint('left') == ''
    assert PairWatch().rows_complaint() == PairWatch().side_complaint('right') == ''


def test_the_complaint_gives_the_offset_and_the_remedy() -> None:
    said = watch_of(offset_px=3.21, error_px=3.6).rows_complaint()
    assert '3.2 px lower' in said
    assert 'Calibrate both cameras as a pair' in said
    assert '4.0 px higher' in watch_of(offset_px=-4.0, error_px=4.2).rows_complaint()
    assert 'turned or bent' in watch_of(error_px=2.5).rows_complaint()


def test_the_wrong_side_is_told_where_most_points_agree() -> None:
    assert 'set mono_is to left' in watch_of().side_complaint('right')
    assert 'set mono_is to right' in watch_of(disparity_px=-9.0).side_complaint('left')
    assert watch_of(disparity_px=-9.0, sides_agree=0.6).side_complaint('left') == ''
    assert watch_of(disparity_px=-0.8).side_complaint('left') == ''


def test_what_the_network_cannot_follow_is_told() -> None:
    assert watch_of().reach_complaint(30) == PairWatch().reach_complaint(30) == ''
    said = watch_of(reach_px=30.4).reach_complaint(30)
    assert 'more than 30 px apart' in said
    assert 'smaller images' in said


def test_the_reach_is_measured() -> None:
    mono, color = mono_and_color()
    near, far = (measure_rows(mono, np.roll(color, -shift, axis=1)) for shift in (0, 30))
    assert near is not None
    assert far is not None
    assert far.reach_px - near.reach_px == pytest.approx(30, abs=1)


def test_it_is_looked_quickly_at_first_and_then_now_and_then() -> None:
    watch, pair = PairWatch(), mono_and_color()
    for tenths in range(300):
        watch.look(*pair, tenths / 10)
    assert watch.looks == 5  # at 0, 1, 2, 12 and 22 s


def test_one_bad_look_decides_nothing() -> None:
    watch, (mono, color) = PairWatch(), mono_and_color()
    for second, lower_px in enumerate((0, 0, 5)):
        watch.look(mono, np.roll(color, lower_px, axis=0), second)
    assert watch.rows_complaint() == ''
    for second in (50, 100):
        watch.look(mono, np.roll(color, 5, axis=0), second)
    assert '5.0 px lower' in watch.rows_complaint()


def test_a_look_that_cannot_tell_changes_nothing() -> None:
    watch, (mono, color) = PairWatch(), mono_and_color()
    watch.look(mono, np.roll(color, 4, axis=0), 0.0)
    watch.look(mono, np.zeros_like(color), 1.0)
    assert watch.looks == 2
    assert '4.0 px lower' in watch.rows_complaint()
