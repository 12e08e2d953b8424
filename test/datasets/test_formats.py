"""A folder of color and depth is recognised, whichever data set it is."""

from __future__ import annotations

from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest

from colorize_ros.datasets.formats import read_rgbd
from colorize_ros.datasets.hole_masks import HoleMasks
from colorize_ros.errors import DataError
from nyu_samples import write_labelled, write_raw
from small_data import write_rgbd


def write_tum(folder: Path) -> None:
    """Write the smallest sequence."""
    for part, image in (('rgb', np.full((48, 64, 3), 9, np.uint8)),
                        ('depth', np.full((48, 64), 5000, np.uint16))):
        (folder / part).mkdir(parents=True)
        cv2.imwrite(str(folder / part / '1.0.png'), image)
        (folder / f'{part}.txt').write_text(f'1.0 {part}/1.0.png\n', encoding='ascii')


def write_scenenet(folder: Path) -> None:
    """Write the smallest trajectory."""
    for part, name, image in (('photo', '0.jpg', np.full((240, 320, 3), 9, np.uint8)),
                              ('depth', '0.png', np.full((240, 320), 1000, np.uint16))):
        (folder / part).mkdir(parents=True)
        cv2.imwrite(str(folder / part / name), image)


def write_sun(folder: Path) -> None:
    """Write the smallest frame."""
    for part, name, image in (('image', '0.jpg', np.full((48, 64, 3), 9, np.uint8)),
                              ('depth', '0.png', np.full((48, 64), 8000, np.uint16))):
        (folder / part).mkdir(parents=True)
        cv2.imwrite(str(folder / part / name), image)
    (folder / 'intrinsics.txt').write_text('1 0 0 0 1 0 0 0 1', encoding='ascii')


WRITERS = {
    'tum_rgbd': lambda root: write_tum(root / 'rgbd_dataset_freiburg1_desk'),
    'scenenet': lambda root: write_scenenet(root / 'val' / '0' / '7'),
    'sunrgbd_xtion': lambda root: write_sun(root / 'SUNRGBD' / 'xtion' / 'a' / 'b' / 'c' / '0'),
    'nyu_v2_raw': lambda root: write_raw(root / 'part' / 'attic_0001', [(1.0, 800)], [(1.0, 9)]),
}


@pytest.mark.parametrize('source', WRITERS)
def test_a_published_data_set_is_recognised(tmp_path: Path, source: str) -> None:
    WRITERS[source](tmp_path)
    item, = read_rgbd(tmp_path, None)
    assert item.source == source
    frame = item.load()
    assert frame.name == item.name
    assert frame.rgb.shape[:2] == frame.depth_m.shape
    assert np.isfinite(frame.depth_m).any()


def test_this_packages_own_layout_comes_first(tmp_path: Path) -> None:
    write_rgbd(tmp_path)
    write_tum(tmp_path / 'rgbd_dataset_freiburg1_desk')
    assert {item.source for item in read_rgbd(tmp_path, None)} == {'ycb_posecnn', 'camera'}
    assert {item.source for item in read_rgbd(tmp_path / 'rgbd', 'test')} == {'camera'}


def test_the_labelled_file_is_found_by_itself_and_in_its_folder(tmp_path: Path) -> None:
    pytest.importorskip('h5py')
    pytest.importorskip('scipy')
    depths = np.full((3, 480, 640), 2, np.float32)
    (tmp_path / 'nyu').mkdir()
    path = write_labelled(tmp_path / 'nyu', ['attic_0001', 'attic_0001', 'den_0001'], depths)
    for given in (path, path.parent, tmp_path):
        assert [item.name[-4:] for item in read_rgbd(given, 'train')] == ['0001', '0003']
        assert [item.name[-4:] for item in read_rgbd(given, 'test')] == ['0002']


def test_a_data_set_without_splits_is_given_whole(tmp_path: Path) -> None:
    write_tum(tmp_path)
    assert len(read_rgbd(tmp_path, 'test')) == len(read_rgbd(tmp_path, 'train')) == 1


def test_a_split_that_is_not_there_is_refused(tmp_path: Path) -> None:
    write_scenenet(tmp_path / 'val' / '0' / '7')
    with pytest.raises(DataError, match=r"no items of split 'test'.*\['val'\]"):
        read_rgbd(tmp_path, 'test')


def test_masks_of_other_scenes_can_be_laid_over_an_item(tmp_path: Path) -> None:
    disparity = np.full((480, 640), 800, np.uint16)
    disparity[100:300, 200:400] = 2047
    for clip in ('den_0001a', 'den_0001b', 'attic_0001'):
        write_raw(tmp_path / clip, [(1.0, disparity)], [(1.0, 9)])
    items = read_rgbd(tmp_path, None)
    masks = HoleMasks.from_items(items)  # type: ignore[arg-type]
    assert masks.without_scene_of(items[1].name).names == (items[0].name,)


def test_an_unknown_folder_hears_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / 'photos').mkdir()
    (tmp_path / 'freiburg1_desk.tgz').touch()
    for folder in (tmp_path, tmp_path / 'nowhere', tmp_path / 'freiburg1_desk.tgz'):
        with pytest.raises(DataError) as refusal:
            read_rgbd(folder, None)
        for word in ('manifest.csv', 'rgb.txt', 'photo/', 'intrinsics.txt', '.pgm', '.mat',
                     'cs.nyu.edu', 'cvg.cit.tum.de', 'rgbd.cs.princeton.edu', 'robotvault'):
            assert word in str(refusal.value)


def test_a_folder_of_many_is_not_walked_without_end(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*'abcdefgh')
    write_tum(deep)
    with pytest.raises(DataError, match='holds no data set'):
        read_rgbd(tmp_path, None)
    shutil.move(deep, tmp_path / 'i')
    assert len(read_rgbd(tmp_path, None)) == 1
