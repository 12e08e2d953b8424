"""What is known of a pair of cameras, and images matched by it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from colorize_ros.errors import ShapeError
from colorize_ros.messages import PairGeometry


def info(width: int, height: int, focal: float, baseline_m: float = 0.0) -> SimpleNamespace:
    cx, cy = (width - 1) / 2, (height - 1) / 2
    return SimpleNamespace(
        width=width, height=height, d=[0.0] * 5, binning_x=0, binning_y=0,
        k=[focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0],
        p=[focal, 0.0, cx, -focal * baseline_m, 0.0, focal, cy, 0.0, 0.0, 0.0, 1.0, 0.0],
        roi=SimpleNamespace(x_offset=0, y_offset=0, width=0, height=0))


MONO, COLOR = info(64, 48, 60.0), info(128, 96, 240.0, 0.1)


def ring(height: int, width: int) -> np.ndarray:
    """A white square in the middle, a quarter as high."""
    image = np.zeros((height, width, 3), np.uint8)
    image[height * 3 // 8:height * 5 // 8, width // 2 - height // 8:width // 2 + height // 8] = 255
    return image


def test_camera_infos_are_kept_when_a_set_lacks_them() -> None:
    known = PairGeometry().updated(MONO, None).updated(None, COLOR).updated(None, None)
    assert (known.mono, known.color) == (MONO, COLOR)
    assert known.mono_is == 'left'
    assert PairGeometry(COLOR, MONO).mono_is == 'right'
    assert PairGeometry(MONO).mono_is is None
    assert PairGeometry().doubt == ''


def test_focal_lengths_are_made_to_match() -> None:
    made = PairGeometry(MONO, COLOR).matched(ring(96, 128), (48, 64))
    assert made.shape == (48, 64, 3)
    # 24 px of a lens of 240 are 6 px of one of 60.
    assert np.count_nonzero(made[24, :, 0] > 127) == 6
    assert np.count_nonzero(made[:, 32, 0] > 127) == 6


@pytest.mark.parametrize('known', [PairGeometry(), PairGeometry(MONO), PairGeometry(MONO, MONO)])
def test_without_two_that_fit_the_size_decides(known: PairGeometry) -> None:
    made = known.matched(ring(96, 128), (48, 64))
    assert np.count_nonzero(made[24, :, 0] > 127) == 12
    with pytest.raises(ShapeError, match='another ratio'):
        known.matched(ring(96, 96), (48, 64))


def test_a_camera_info_of_another_image_is_named() -> None:
    known = PairGeometry(MONO, COLOR)
    assert known.misfit((48, 64), (96, 128, 3)) == ''
    assert PairGeometry().misfit((48, 64), (96, 128, 3)) == ''
    assert 'mono/camera_info is that of a 64 x 48' in known.misfit((96, 128), (96, 128, 3))
    assert 'the color image is 64 x 48' in known.misfit((48, 64), (48, 64, 3))
    assert np.array_equal(known.matched(ring(48, 64), (48, 64)), ring(48, 64))
