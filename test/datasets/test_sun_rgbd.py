"""SUN RGB-D: rotated bits, four sensors, one camera a frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.sun_rgbd import read_items
from colorize_ros.errors import DataError


def rotated(millimetres: int) -> int:
    """Rotate 16 bits by three to the left, as the files hold them."""
    return (millimetres << 3 | millimetres >> 13) & 0xFFFF


def write_frame(root: Path, frame: str = 'SUNRGBD/kv1/NYUdata/NYU0001', room: str = 'bedroom',
                millimetres: tuple[int, ...] = (1500,)) -> Path:
    """Write a frame whose depth has columns of the given millimetres, as the data set does."""
    folder = root / frame
    for part in ('image', 'depth', 'depth_bfx', 'fullres'):
        (folder / part).mkdir(parents=True)
    values = np.array([rotated(value) for value in millimetres], np.uint16)
    depth = np.repeat(np.tile(values, (30, 1)), 40 // len(values), axis=1)
    cv2.imwrite(str(folder / 'image' / 'color.jpg'),
                np.full((*depth.shape, 3), (50, 100, 200), np.uint8))
    cv2.imwrite(str(folder / 'depth' / 'abs.png'), depth)
    cv2.imwrite(str(folder / 'depth_bfx' / 'abs.png'), np.full_like(depth, rotated(2500)))
    (folder / 'intrinsics.txt').write_text(
        '529.5 0.0 365.25 \n0.0 528.5 265.75\n0.0 0.0 1.0\n', encoding='ascii')
    (folder / 'scene.txt').write_text(f'{room}\n', encoding='ascii')
    # Sizes of its own: the frame must not be looked for in there.
    (folder / 'fullres' / 'intrinsics.txt').write_text('1 0 2 0 3 4 0 0 1', encoding='ascii')
    return folder


def test_depth_is_millimetres_with_rotated_bits(tmp_path: Path) -> None:
    write_frame(tmp_path, millimetres=(1000, 7999, 1, 0))
    frame = read_items(tmp_path)[0].load()
    np.testing.assert_allclose(frame.depth_m[0, [0, 10, 20]], [1.0, 7.999, 0.001], rtol=1e-6)
    assert np.isnan(frame.depth_m[:, 30:]).all()
    assert frame.depth_m.dtype == np.float32
    np.testing.assert_allclose(frame.rgb[0, 0], (200, 100, 50), atol=3)


def test_low_bits_are_the_highest_and_what_is_beyond_8_m_is_unknown(tmp_path: Path) -> None:
    # Without its lowest bits in the file, 9692 mm would be 1500 mm.
    folder = write_frame(tmp_path, millimetres=(9692, 8001, 8000, 2000))
    in_file = cv2.imread(str(folder / 'depth' / 'abs.png'), cv2.IMREAD_UNCHANGED)
    assert in_file[0, 0] == 1500 * 8 + 1
    depth_m = read_items(tmp_path)[0].load().depth_m
    assert np.isnan(depth_m[:, :20]).all()
    np.testing.assert_allclose(depth_m[0, [20, 30]], [8.0, 2.0])


def test_filled_depth_is_read_when_asked_for(tmp_path: Path) -> None:
    write_frame(tmp_path)
    assert read_items(tmp_path)[0].load().depth_m[0, 0] == pytest.approx(1.5)
    filled = read_items(tmp_path, filled=True)[0]
    assert filled.load().depth_m[0, 0] == pytest.approx(2.5)
    assert filled.facts.filled
    assert not filled.facts.kinect_holes


@pytest.mark.parametrize(('sensor', 'kinect_holes'), [
    ('kv1', True), ('xtion', True), ('kv2', False), ('realsense', False)])
def test_only_structured_light_has_a_kinects_holes(
        tmp_path: Path, sensor: str, kinect_holes: bool) -> None:
    write_frame(tmp_path, f'SUNRGBD/{sensor}/set/0001')
    item = read_items(tmp_path)[0]
    assert item.facts.kinect_holes is kinect_holes
    assert not item.facts.filled
    assert item.source == f'sunrgbd_{sensor}'


def test_each_frame_has_its_own_camera(tmp_path: Path) -> None:
    write_frame(tmp_path)
    assert read_items(tmp_path)[0].camera == (40, 30, 529.5, 528.5, 365.25, 265.75)


def test_rooms_of_a_type_and_a_set_are_one_scene(tmp_path: Path) -> None:
    write_frame(tmp_path)
    write_frame(tmp_path, 'SUNRGBD/kv1/NYUdata/NYU0002', 'office')
    write_frame(tmp_path, 'SUNRGBD/xtion/sun3ddata/hall/hall_1/0003', 'corridor')
    assert [item.name for item in read_items(tmp_path)] == [
        'sunrgbd_kv1/NYUdata/bedroom/NYU0001', 'sunrgbd_kv1/NYUdata/office/NYU0002',
        'sunrgbd_xtion/sun3ddata/hall/hall_1/corridor/0003']
    assert read_items(tmp_path / 'SUNRGBD' / 'xtion')[0].scene == 'sun3ddata/hall/hall_1/corridor'


def test_a_wrong_folder_says_what_was_looked_for_and_where_it_is_published(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'intrinsics\.txt.*rgbd\.cs\.princeton\.edu'):
        read_items(tmp_path)


def test_a_frame_of_no_known_sensor_is_refused(tmp_path: Path) -> None:
    write_frame(tmp_path, 'mine/0001')
    with pytest.raises(DataError, match='kv1, kv2, realsense, xtion'):
        read_items(tmp_path)


def test_a_missing_partner_is_named(tmp_path: Path) -> None:
    folder = write_frame(tmp_path)
    (folder / 'depth' / 'abs.png').unlink()
    with pytest.raises(DataError, match=r'depth holds 0 files \*\.png'):
        read_items(tmp_path)


def test_damaged_files_are_named(tmp_path: Path) -> None:
    folder = write_frame(tmp_path)
    (folder / 'intrinsics.txt').write_text('529.5 0', encoding='ascii')
    with pytest.raises(DataError, match=r'intrinsics\.txt holds 2 numbers'):
        _ = read_items(tmp_path)[0].camera
    (folder / 'intrinsics.txt').write_text('no numbers', encoding='ascii')
    with pytest.raises(DataError, match=r'intrinsics\.txt cannot be read'):
        _ = read_items(tmp_path)[0].camera
    (folder / 'depth' / 'abs.png').write_bytes(b'not an image')
    with pytest.raises(DataError, match=r'abs\.png is missing or not an image'):
        read_items(tmp_path)[0].load()
