"""TUM RGB-D: scale, association by stamps, poses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.tum_rgbd import associate, read_items
from colorize_ros.errors import DataError

SEQUENCE = 'rgbd_dataset_freiburg1_desk'


def write_sequence(root: Path, colors: tuple[str, ...] = ('1305031102.175304',),
                   depths: Mapping[str, int] | None = None, poses: str = '') -> Path:
    """Write a sequence; `depths` gives the value of each depth image by its stamp."""
    folder = root / SEQUENCE
    for part in ('rgb', 'depth'):
        (folder / part).mkdir(parents=True)
    depths = {'1305031102.160407': 5000} if depths is None else depths
    for stamp in colors:
        cv2.imwrite(str(folder / 'rgb' / f'{stamp}.png'),
                    np.full((48, 64, 3), (50, 100, 200), np.uint8))
    for stamp, value in depths.items():
        image = np.full((48, 64), value, np.uint16)
        image[:4] = 0
        cv2.imwrite(str(folder / 'depth' / f'{stamp}.png'), image)
    for part, stamps in (('rgb', colors), ('depth', tuple(depths))):
        lines = [f'# {part} images', '# timestamp filename',
                 *(f'{stamp} {part}/{stamp}.png' for stamp in stamps)]
        (folder / f'{part}.txt').write_text('\n'.join(lines) + '\n', encoding='utf-8')
    if poses:
        (folder / 'groundtruth.txt').write_text(
            f'# timestamp tx ty tz qx qy qz qw\n{poses}\n', encoding='utf-8')
    return folder


def test_5000_is_a_metre_and_0_is_unknown(tmp_path: Path) -> None:
    write_sequence(tmp_path, depths={'1305031102.160407': 12345})
    frame = read_items(tmp_path)[0].load()
    np.testing.assert_allclose(frame.depth_m[4:], 2.469, rtol=1e-6)
    assert np.isnan(frame.depth_m[:4]).all()
    assert frame.depth_m.dtype == np.float32
    assert tuple(frame.rgb[0, 0]) == (200, 100, 50)


def test_nearest_stamps_are_paired_first_and_each_frame_once(tmp_path: Path) -> None:
    # 2.010 is near to both color images, and nearer to the second.
    write_sequence(tmp_path, colors=('1.995', '2.012', '3.0'),
                   depths={'2.010': 5000, '3.015': 10000, '1.985': 15000})
    items = read_items(tmp_path)
    assert [(item.color_stamp_s, item.depth_stamp_s) for item in items] == [
        (1.995, 1.985), (2.012, 2.010), (3.0, 3.015)]
    assert [item.load().depth_m[10, 10] for item in items] == [3.0, 1.0, 2.0]


def test_frames_20_ms_apart_or_more_are_no_pair() -> None:
    assert associate([1.0], [1.0201]) == []
    assert associate([1.0], [1.0199]) == [(1.0, 1.0199)]
    assert associate([1.0199], [1.0]) == [(1.0199, 1.0)]
    # A frame whose partner was taken by a nearer one takes the next, or none.
    assert associate([1.0, 1.010], [1.008]) == [(1.010, 1.008)]
    assert associate([1.0, 1.005], [0.99, 1.004]) == [(1.0, 0.99), (1.005, 1.004)]


def test_the_pose_nearest_to_the_color_image_is_given(tmp_path: Path) -> None:
    # A quarter turn about z, with the scalar last.
    write_sequence(tmp_path, colors=('10.0', '11.0'), depths={'10.0': 5000, '11.0': 5000},
                   poses='9.985 9 9 9 0 0 0 1\n'
                         '10.005 1 2 3 0 0 0.70710678 0.70710678\n10.95 7 7 7 0 0 0 1')
    posed, unposed = read_items(tmp_path)
    assert posed.world_from_camera is not None
    np.testing.assert_allclose(
        posed.world_from_camera, [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]],
        atol=1e-7)
    assert unposed.world_from_camera is None


def test_items_are_ready_for_evaluation(tmp_path: Path) -> None:
    write_sequence(tmp_path)
    item = read_items(tmp_path)[0]
    assert item.name == f'tum_rgbd/{SEQUENCE}/1305031102.175304'
    assert (item.source, item.scene, item.split) == ('tum_rgbd', SEQUENCE, '')
    assert item.facts.kinect_holes
    assert not item.facts.filled
    assert item.camera == (640, 480, 525.0, 525.0, 319.5, 239.5)
    assert item.world_from_camera is None
    assert item == read_items(tmp_path / SEQUENCE)[0]


def test_a_wrong_folder_says_what_was_looked_for_and_where_it_is_published(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'rgb\.txt.*cvg\.cit\.tum\.de'):
        read_items(tmp_path)


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path)
    (folder / 'depth' / '1305031102.160407.png').unlink()
    with pytest.raises(DataError, match=r'1305031102\.160407\.png'):
        read_items(tmp_path)


def test_lists_of_two_sequences_are_refused(tmp_path: Path) -> None:
    write_sequence(tmp_path, depths={'99.0': 5000})
    with pytest.raises(DataError, match='of one sequence'):
        read_items(tmp_path)


@pytest.mark.parametrize(('name', 'content'), [
    ('depth.txt', 'first depth/1.png'), ('depth.txt', '1305031102.160407'),
    ('groundtruth.txt', '1305031102.175304 1 2 3'),
    ('groundtruth.txt', '1305031102.175304 1 2 3 0 0 0 one')])
def test_damaged_lists_are_named(tmp_path: Path, name: str, content: str) -> None:
    folder = write_sequence(tmp_path)
    (folder / name).write_text(content, encoding='utf-8')
    with pytest.raises(DataError, match=name):
        read_items(tmp_path)


def test_damaged_images_are_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path)
    path = folder / 'depth' / '1305031102.160407.png'
    cv2.imwrite(str(path), np.full((24, 32), 5000, np.uint16))
    with pytest.raises(DataError, match='is 32x24 but its color image is 64x48'):
        read_items(tmp_path)[0].load()
    cv2.imwrite(str(path), np.full((48, 64), 50, np.uint8))
    with pytest.raises(DataError, match='uint8'):
        read_items(tmp_path)[0].load()
