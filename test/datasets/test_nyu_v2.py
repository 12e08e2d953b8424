"""NYU Depth v2: transposed HDF5, swapped bytes, Kinect disparities, pairing in time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import sys

import numpy as np
from numpy.typing import NDArray
import pytest

from colorize_ros.datasets.nyu_v2 import read_labelled, read_raw
from colorize_ros.datasets.nyu_v2_kinect import disparity_to_metres, register
from colorize_ros.errors import DataError, MissingExtraError
from nyu_samples import SHAPE, write_labelled, write_raw

# 351.3 / (1092.5 - 917) is about 2 m.
TWO_METRES = 917
COLORS = np.zeros((*SHAPE, 3), np.uint8)


def ramp() -> NDArray[np.float32]:
    """Give metres that tell rows from columns: 1 m plus a millimetre a row, 10 m at the right."""
    depth_m = np.repeat(1 + np.arange(480, dtype=np.float32)[:, None] / 1000, 640, axis=1)
    depth_m[:, 500:] = 10.0
    depth_m[:, :100] = 0.0
    return depth_m


def test_labelled_images_stand_upright_and_in_rgb(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    write_labelled(tmp_path, ['kitchen_0004'], ramp()[None])
    rgb = read_labelled(tmp_path)[0].load().rgb
    # The toolbox's crop begins in row 45 and column 41, counted from 1.
    assert rgb.shape == (427, 561, 3)
    assert tuple(rgb[0, 0]) == (44, 40, 7)
    assert tuple(rgb[10, 3]) == (54, 43, 7)


def test_labelled_depth_is_metres_with_nan_for_0_and_10(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    write_labelled(tmp_path, ['kitchen_0004'], ramp()[None])
    frame = read_labelled(tmp_path)[0].load()
    assert frame.depth_m.dtype == np.float32
    assert frame.depth_m.shape == (427, 561)
    np.testing.assert_allclose(frame.depth_m[0, 60:460], 1.044, rtol=1e-6)
    np.testing.assert_allclose(frame.depth_m[426, 60:460], 1.470, rtol=1e-6)
    assert np.isnan(frame.depth_m[:, :60]).all()
    assert np.isnan(frame.depth_m[:, 460:]).all()


def test_in_painted_depth_is_read_when_asked_for(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    write_labelled(tmp_path, ['kitchen_0004'], ramp()[None])
    raw, filled = read_labelled(tmp_path)[0], read_labelled(tmp_path, filled=True)[0]
    assert filled.load().depth_m[0, 100] == pytest.approx(2.044)
    assert (raw.facts.kinect_holes, raw.facts.filled) == (True, False)
    assert (filled.facts.kinect_holes, filled.facts.filled) == (False, True)


def test_scenes_and_splits_are_read(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    pytest.importorskip('scipy')
    path = write_labelled(tmp_path, ['kitchen_0004', 'home_office_0001', 'kitchen_0004'],
                          np.stack([ramp()] * 3))
    items = read_labelled(path)
    assert [item.name for item in items] == [
        'nyu_v2_labelled/kitchen_0004/0001', 'nyu_v2_labelled/home_office_0001/0002',
        'nyu_v2_labelled/kitchen_0004/0003']
    # splits.mat counts from 1.
    assert [item.split for item in items] == ['train', 'test', 'train']
    assert items[1].scene == 'home_office_0001'
    assert items[1].scene_type == 'home_office'
    (tmp_path / 'splits.mat').unlink()
    assert {item.split for item in read_labelled(path)} == {''}


def test_the_camera_is_that_of_the_cropped_image(tmp_path: Path) -> None:
    write_raw(tmp_path / 'attic_0001', [(1.0, TWO_METRES)], [(1.0, 1)])
    camera = read_raw(tmp_path)[0].camera
    assert camera[:2] == (561, 427)
    np.testing.assert_allclose(camera[2:], (518.858, 519.470, 285.582, 209.736), atol=1e-3)


def test_disparity_is_metres_by_the_toolboxs_formula() -> None:
    disparity = np.array([[600, 800, 1000, 1057, 1058, 1092, 1093, 2047, 599, 0]], np.uint16)
    depth_m = disparity_to_metres(disparity)
    np.testing.assert_allclose(
        depth_m[0, :4], [351.3 / 492.5, 351.3 / 292.5, 351.3 / 92.5, 351.3 / 35.5], rtol=1e-6)
    # From 10 m on, behind infinity, nothing seen, and nearer than the toolbox believes.
    assert np.isnan(depth_m[0, 4:]).all()
    assert depth_m.dtype == np.float32


def test_raw_depth_has_the_low_byte_first(tmp_path: Path) -> None:
    # With its bytes the other way round 917 (0x0395) is 38147: behind infinity, nothing known.
    write_raw(tmp_path / 'attic_0001', [(1.0, TWO_METRES)], [(1.0, 200)])
    frame = read_raw(tmp_path)[0].load()
    assert frame.depth_m.shape == (427, 561)
    middle = frame.depth_m[100:300, 100:400]
    assert np.isfinite(middle).mean() > 0.99
    np.testing.assert_allclose(middle[np.isfinite(middle)], 2.0, atol=0.01)
    assert tuple(frame.rgb[200, 200]) == (200, 100, 50)


@pytest.mark.parametrize('disparity', [741, TWO_METRES, 1022])
def test_depth_lies_where_the_color_camera_sees_it(disparity: int) -> None:
    # The pixel on the depth camera's axis, by the toolbox's own signs: R p + T, R = -inv(R').
    scene = np.full(SHAPE, 2047, np.uint16)
    scene[237:240, 312:315] = disparity
    _, depth_m = register(scene, COLORS)
    z = 351.3 / (1092.5 - disparity)
    point = -z * np.array([-0.0043196624923060242, 0.0036662365748484798, 0.99998394948385538])
    point += np.array([0.025031875059141302, -0.00029342312935846411, 0.00066238747008330102])
    u = 518.85790117450188 * point[0] / point[2] + 325.58244941119034
    v = 519.46961112127485 * point[1] / point[2] + 253.73616633400465
    rows, columns = np.nonzero(np.isfinite(depth_m))
    assert (rows.mean(), columns.mean()) == (pytest.approx(v, abs=1), pytest.approx(u, abs=1))
    np.testing.assert_allclose(depth_m[rows, columns], z, atol=0.002 * z + 0.001)


def test_the_nearer_covers_the_farther() -> None:
    scene = np.full(SHAPE, 1005, np.uint16)
    scene[:, 200:400] = 800
    _, depth_m = register(scene, COLORS)
    near = np.flatnonzero(depth_m[240] < 2)
    # The nearer strip shifts farther to the left, over the background: whole, in the color
    # camera's wider view.
    assert len(near) == near[-1] - near[0] + 1 == pytest.approx(200 * 518.858 / 582.624, abs=2)
    # What it uncovers on its right nobody saw.
    assert np.isnan(depth_m[240, near[-1] + 2])


def distorted(x: float, y: float, k1: float, k2: float, p1: float, p2: float, k3: float
              ) -> tuple[float, float]:
    """Bend a ray as a lens does (Brown 1966)."""
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2 ** 2 + k3 * r2 ** 3
    return (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y)


def test_the_depth_cameras_lens_is_corrected() -> None:
    x, y = distorted(0.5, 0.37, -0.0998972, 0.3906532, 0.0019291, -0.0019422, -0.5103173)
    column, row = round(582.624 * x + 313.045), round(582.691 * y + 238.444)
    scene = np.full(SHAPE, 2047, np.uint16)
    scene[row - 2:row + 3, column - 2:column + 3] = TWO_METRES
    _, depth_m = register(scene, COLORS)
    rows, columns = np.nonzero(np.isfinite(depth_m))
    # Both cameras look the same way to a quarter of a degree, 25 mm apart.
    ray = np.array([[0.99998, -0.00504, -0.00432], [0.00505, 0.99998, 0.00367],
                    [0.00430, -0.00369, 0.99998]]) @ (0.5, 0.37, 1) - (0.0125, 0, 0)
    assert columns.mean() == pytest.approx(518.858 * ray[0] / ray[2] + 325.582, abs=1)
    assert rows.mean() == pytest.approx(519.470 * ray[1] / ray[2] + 253.736, abs=1)


def test_the_color_cameras_lens_is_corrected() -> None:
    x, y = distorted(0.4, 0.3, 0.2079662, -0.5861383, 0.0007223, 0.0010480, 0.4985699)
    column, row = round(518.858 * x + 325.582), round(519.470 * y + 253.736)
    rgb = COLORS.copy()
    rgb[row - 2:row + 3, column - 2:column + 3] = 255
    corrected, _ = register(np.full(SHAPE, 2047, np.uint16), rgb)
    rows, columns = np.nonzero(corrected[..., 0] > 127)
    assert columns.mean() == pytest.approx(518.858 * 0.4 + 325.582, abs=1)
    assert rows.mean() == pytest.approx(519.470 * 0.3 + 253.736, abs=1)


def test_no_disparity_is_made_up_between_two(tmp_path: Path) -> None:
    scene = np.full(SHAPE, 800, np.uint16)
    scene[:, 300:] = 2047
    _, depth_m = register(scene, COLORS)
    np.testing.assert_allclose(depth_m[np.isfinite(depth_m)], 351.3 / 292.5, atol=0.02)


def test_depth_takes_the_color_image_nearest_in_time(tmp_path: Path) -> None:
    write_raw(tmp_path / 'attic_0001', [(10.0, 800), (10.04, 800), (10.5, 800)],
              [(9.99, 1), (10.02, 2), (10.055, 3), (10.3, 4)])
    pairs = [(item.depth_stamp_s, item.color_stamp_s) for item in read_raw(tmp_path)]
    # The third has none within 50 ms.
    assert pairs == [(10.0, 9.99), (10.04, 10.055)]


def test_parts_of_a_scene_are_one_scene(tmp_path: Path) -> None:
    for clip in ('kitchen_0028a', 'kitchen_0028b', 'attic_0001'):
        write_raw(tmp_path / 'part1' / clip, [(1.0, 800)], [(1.0, 1)])
    items = read_raw(tmp_path)
    assert [item.scene for item in items] == ['attic_0001', 'kitchen_0028', 'kitchen_0028']
    assert items[0].name == 'nyu_v2_raw/attic_0001/d-1.000000-3143255701'
    assert items[0].source == 'nyu_v2_raw'
    assert items[0].facts.kinect_holes
    assert not items[0].facts.filled


@pytest.mark.parametrize(('read', 'looked_for'), [
    (read_labelled, 'nyu_depth_v2_labeled.mat'), (read_raw, r'd-\*\.pgm')])
def test_a_wrong_folder_says_what_was_looked_for_and_where_it_is_published(
        tmp_path: Path, read: Callable[[Path], object], looked_for: str) -> None:
    with pytest.raises(DataError, match=f'{looked_for}.*cs.nyu.edu'):
        read(tmp_path)


def test_a_clip_without_color_is_refused(tmp_path: Path) -> None:
    write_raw(tmp_path / 'attic_0001', [(1.0, 800)], [])
    with pytest.raises(DataError, match=r'attic_0001 has no r-\*\.ppm'):
        read_raw(tmp_path)


@pytest.mark.parametrize('ending', ['pgm', 'ppm'])
def test_a_cut_off_image_is_named(tmp_path: Path, ending: str) -> None:
    write_raw(tmp_path / 'attic_0001', [(1.0, 800)], [(1.0, 1)])
    path = next((tmp_path / 'attic_0001').glob(f'*.{ending}'))
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    with pytest.raises(DataError, match=f'{path.name} holds .* damaged'):
        read_raw(tmp_path)[0].load()
    path.write_bytes(b'')
    with pytest.raises(DataError, match=f'{path.name} begins with'):
        read_raw(tmp_path)[0].load()


def test_a_damaged_labelled_file_is_named(tmp_path: Path) -> None:
    h5py = pytest.importorskip('h5py')
    path = write_labelled(tmp_path, ['kitchen_0004'], ramp()[None])
    item = read_labelled(path)[0]
    content = path.read_bytes()
    for damaged in (content[:len(content) // 2], b'MATLAB 5.0 MAT-file'):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r'labeled\.mat cannot be read'):
            read_labelled(path)
        with pytest.raises(DataError, match=r'labeled\.mat cannot be read'):
            item.load()
    with h5py.File(path, 'w') as file:
        file.create_group('images')
    with pytest.raises(DataError, match=r'labeled\.mat cannot be read'):
        item.load()
    with h5py.File(path, 'w') as file:
        file['images'] = np.zeros((1, 3, 640, 480), np.uint8)
    with pytest.raises(DataError, match='scenes'):
        read_labelled(path)


def test_damaged_splits_are_named(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    pytest.importorskip('scipy')
    write_labelled(tmp_path, ['kitchen_0004'], ramp()[None])
    (tmp_path / 'splits.mat').write_bytes(b'not a MATLAB file')
    with pytest.raises(DataError, match=r'splits\.mat cannot be read'):
        read_labelled(tmp_path)


def test_without_h5py_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'nyu_depth_v2_labeled.mat').touch()
    monkeypatch.setitem(sys.modules, 'h5py', None)
    with pytest.raises(MissingExtraError, match=r'colorize_ros\[datasets\]'):
        read_labelled(tmp_path)
