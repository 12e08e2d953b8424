"""Middlebury's scenes of each year: names, scales by size, unknown and hidden pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.datasets.middlebury import read_calibration, read_items
from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import DataError
from stereo_data import picture, write_levels, write_pfm, write_rgb

CALIBRATION = """cam0=[999.421 0 294.182; 0 999.421 252.932; 0 0 1]
cam1=[999.421 0 326.96; 0 999.421 252.932; 0 0 1]
doffs=32.778
baseline=193.001
width=741
height=497
ndisp=70
"""


def write_gray(scene: Path, names: str, rows: int, ending: str = 'png', level: int = 24) -> None:
    """Write a pair and a map of one level, its first pixel unknown; names: left right map."""
    left, right, disparity = names.split()
    images = 'ppm' if ending == 'pgm' else 'png'
    write_rgb(scene / f'{left}.{images}', picture(rows, 30, seed=1))
    write_rgb(scene / f'{right}.{images}', picture(rows, 30, seed=2))
    levels = np.full((rows, 30), level, np.uint8)
    levels[0, 0] = 0
    write_levels(scene / f'{disparity}.{ending}', levels)


def write_float(scene: Path, disparity: str = 'disp0.pfm') -> NDArray[np.float32]:
    for name, seed in (('im0', 1), ('im1', 2)):
        write_rgb(scene / f'{name}.png', picture(seed=seed))
    values = np.linspace(1, 9, 96, dtype=np.float32).reshape(6, 16)
    values[2, 3] = np.inf
    write_pfm(scene / disparity, values, 'Pf\n{} {}\n-0.003922\n')
    (scene / 'calib.txt').write_text(CALIBRATION)
    return values


@pytest.mark.parametrize(('names', 'rows', 'ending', 'scale'), [
    ('im2 im6 disp2', 383, 'pgm', 8),
    ('im2 im6 disp2', 380, 'png', 8),
    ('im2 im6 disp2', 375, 'png', 4),
    ('im2 im6 disp2', 375, 'pgm', 4),
    ('im2 im6 disp2', 750, 'png', 2),
    ('im2 im6 disp2', 1500, 'png', 1),
    ('scene1.row3.col3 scene1.row3.col4 truedisp.row3.col3', 288, 'pgm', 16),
    ('view1 view5 disp1', 370, 'png', 3),
    ('view1 view5 disp1', 555, 'png', 2),
    ('view1 view5 disp1', 1110, 'png', 1),
])
def test_levels_are_divided_by_the_scale_of_the_year_and_size(
        tmp_path: Path, names: str, rows: int, ending: str, scale: float) -> None:
    write_gray(tmp_path / 'scene', names, rows, ending)
    frame = read_items(tmp_path, None)[0].load()
    assert frame.name == 'middlebury/scene'
    np.testing.assert_array_equal(frame.left, picture(rows, 30, seed=1))
    np.testing.assert_array_equal(frame.right, picture(rows, 30, seed=2))
    assert np.isnan(frame.disparity_px[0, 0])
    assert frame.disparity_px[-1, -1] == 24 / scale
    assert frame.occluded is None


def test_refuses_a_size_whose_scale_is_not_known(tmp_path: Path) -> None:
    write_gray(tmp_path, 'view1 view5 disp1', 371)
    with pytest.raises(DataError, match=r'disp1\.png has 371 rows.*370'):
        read_items(tmp_path, None)[0].load()


def test_the_map_of_the_right_image_tells_what_is_hidden(tmp_path: Path) -> None:
    write_gray(tmp_path, 'view1 view5 disp1', 370, level=6)
    right = np.full((370, 30), 6, np.uint8)
    right[:, 10] = 60
    write_levels(tmp_path / 'disp5.png', right)
    occluded = read_items(tmp_path, None)[0].load().occluded
    assert occluded is not None
    # 2 px of disparity: columns 0 and 1 leave the frame, 12 lies behind what is at 10.
    np.testing.assert_array_equal(np.flatnonzero(occluded[5]), [0, 1, 12])


def test_each_illumination_and_exposure_is_a_pair(tmp_path: Path) -> None:
    scene = tmp_path / 'ThirdSize/Aloe'
    write_gray(scene, 'view1 view5 disp1', 370)
    for place in ('Illum1/Exp0', 'Illum3/Exp2'):
        for view in ('view1', 'view5'):
            write_rgb(scene / place / f'{view}.png', picture(370, 30))
    items = read_items(tmp_path, 'train')
    assert [item.name for item in items] == [
        f'middlebury/ThirdSize/Aloe/{place}' for place in ('Illum1/Exp0', 'Illum3/Exp2')]
    assert items[1].load().disparity_px[-1, -1] == 8


@pytest.mark.parametrize('disparity', ['disp0.pfm', 'disp0GT.pfm'])
def test_reads_float_maps_with_infinity_for_unknown(tmp_path: Path, disparity: str) -> None:
    values = write_float(tmp_path / 'Piano-perfect', disparity)
    frame = read_stereo(tmp_path)[0].load()
    np.testing.assert_array_equal(frame.left, picture(seed=1))
    values[2, 3] = np.nan
    np.testing.assert_array_equal(frame.disparity_px, values)


def test_the_mask_tells_hidden_from_unknown(tmp_path: Path) -> None:
    write_float(tmp_path)
    write_pfm(tmp_path / 'disp1.pfm', np.ones((6, 16)))
    mask = np.full((6, 16), 255, np.uint8)
    mask[0, 0], mask[0, 1] = 128, 0
    write_levels(tmp_path / 'mask0nocc.png', mask)
    occluded = read_items(tmp_path, None)[0].load().occluded
    assert occluded is not None
    np.testing.assert_array_equal(np.argwhere(occluded), [[0, 0]])


def test_without_a_mask_the_right_map_tells_what_is_hidden(tmp_path: Path) -> None:
    write_float(tmp_path)
    write_pfm(tmp_path / 'disp1.pfm', np.full((6, 16), np.inf))
    occluded = read_items(tmp_path, None)[0].load().occluded
    assert occluded is not None
    assert occluded[:, 0].all()
    assert not occluded[:, -1].any()
    write_pfm(tmp_path / 'disp1.pfm', np.ones((6, 15)))
    with pytest.raises(DataError, match='one size'):
        read_items(tmp_path, None)[0].load()


def test_the_calibration_is_in_pixels_and_metres(tmp_path: Path) -> None:
    write_float(tmp_path)
    read_camera = read_items(tmp_path, None)[0].read_camera
    assert read_camera is not None
    camera = read_camera()
    assert camera == (999.421, pytest.approx(0.193001), 32.778)
    depth_m = camera.depth_m(np.float32([[40]]))[0, 0]
    assert depth_m == pytest.approx(999.421 * 0.193001 / (40 + 32.778))


def test_refuses_a_calibration_without_a_baseline(tmp_path: Path) -> None:
    (tmp_path / 'calib.txt').write_text(CALIBRATION.replace('baseline=193.001\n', ''))
    with pytest.raises(DataError, match=r'calib\.txt lacks baseline'):
        read_calibration(tmp_path / 'calib.txt')


def test_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'disp0\.pfm.*https://vision\.middlebury\.edu'):
        read_items(tmp_path, None)
    write_float(tmp_path / 'a')
    (tmp_path / 'a/im1.png').unlink()
    with pytest.raises(DataError, match=r'im1\.png'):
        read_items(tmp_path, None)
    write_gray(tmp_path / 'b', 'im2 im6 disp2', 375)
    (tmp_path / 'b/im6.png').unlink()
    with pytest.raises(DataError, match='im6'):
        read_items(tmp_path / 'b', None)
