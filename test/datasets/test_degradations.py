"""What each degradation hides, and that it is the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_ros.datasets.degradations import DEGRADATIONS, generator_for
from colorize_ros.datasets.hole_masks import HoleMasks
from colorize_ros.datasets.rgbd import read_items
from colorize_ros.errors import DataError
from small_data import room, write_manifest, write_pair, write_rgbd


@pytest.fixture
def masks(tmp_path: Path) -> HoleMasks:
    return HoleMasks.from_items(read_items(write_rgbd(tmp_path), 'train'))


@pytest.mark.parametrize('name', DEGRADATIONS)
def test_hides_some_changes_nothing_and_leaves_the_input(name: str, masks: HoleMasks) -> None:
    depth_m = room(240, 320)
    depth_m[:30] = np.nan
    original = depth_m.copy()
    sparse_m = DEGRADATIONS[name](depth_m, generator_for('a', name), masks)
    np.testing.assert_array_equal(depth_m, original)
    known = np.isfinite(sparse_m)
    assert sparse_m.dtype == np.float32
    assert 0 < known.sum() < np.isfinite(depth_m).sum()
    np.testing.assert_array_equal(sparse_m[known], depth_m[known])


@pytest.mark.parametrize('name', DEGRADATIONS)
def test_the_same_seed_gives_the_same(name: str, masks: HoleMasks) -> None:
    first, again, other = (
        DEGRADATIONS[name](room(240, 320), generator_for('a', name, seed=seed), masks)
        for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    if name != 'grid':
        assert not np.array_equal(first, other, equal_nan=True)


@pytest.mark.parametrize(('name', 'share'), [
    ('uniform', 0.1), ('gradient', 0.1), ('gradient-uniform', 0.1), ('grid', 1 / 9),
    ('samples-500', 500 / 76800), ('samples-200', 200 / 76800)])
def test_samplings_keep_their_share(name: str, share: float) -> None:
    sparse_m = DEGRADATIONS[name](room(240, 320), generator_for('a'), None)
    assert np.isfinite(sparse_m).mean() == pytest.approx(share, rel=0.06)


def test_gradient_samples_lie_on_edges() -> None:
    depth_m = room(240, 320)
    sparse_m = DEGRADATIONS['gradient'](depth_m, generator_for('a'), None)
    edge = np.s_[80:160, 79:81]
    assert np.isfinite(sparse_m[edge]).mean() > 0.9


def test_gradient_of_a_flat_frame_is_uniform() -> None:
    sparse_m = DEGRADATIONS['gradient'](np.ones((64, 64), np.float32), generator_for('a'), None)
    assert np.isfinite(sparse_m).sum() == 409


@pytest.mark.parametrize('name', set(DEGRADATIONS) - {'kinect-holes'})
def test_a_frame_of_unknown_depth_stays_one(name: str) -> None:
    unknown = np.full((40, 50), np.nan, np.float32)
    assert np.isnan(DEGRADATIONS[name](unknown, generator_for('a'), None)).all()


def test_samples_of_less_than_their_count_keep_all() -> None:
    depth_m = np.full((40, 50), np.nan, np.float32)
    depth_m[0, :30] = 1
    sparse_m = DEGRADATIONS['samples-200'](depth_m, generator_for('a'), None)
    assert np.isfinite(sparse_m).sum() == 30


def test_kinect_holes_need_masks() -> None:
    with pytest.raises(DataError, match='HoleMasks'):
        DEGRADATIONS['kinect-holes'](room(), generator_for('a'), None)


def test_masks_come_from_kinect_frames_only(tmp_path: Path) -> None:
    masks = HoleMasks.from_items(read_items(write_rgbd(tmp_path), None))
    assert {name.split('/')[0] for name in masks.names} == {'ycb_posecnn'}


def test_masks_of_the_same_scene_are_left_out(masks: HoleMasks) -> None:
    others = masks.without_scene_of('ycb_posecnn/scene1/0042')
    assert others.names == ('ycb_posecnn/scene0/0000', 'ycb_posecnn/scene2/0000')
    with pytest.raises(DataError, match='other scenes'):
        HoleMasks(masks.names[:1], masks.masks[:1]).without_scene_of(masks.names[0])


def test_an_empty_margin_is_no_hole(tmp_path: Path) -> None:
    depth_m = room(96, 128)
    depth_m[:20] = depth_m[-20:] = np.nan
    depth_m[:, :20] = depth_m[:, -20:] = np.nan
    depth_m[40:50, 40:80] = np.nan
    write_pair(tmp_path, 'ycb_posecnn/a/0000', depth_m)
    write_manifest(tmp_path, {'ycb_posecnn/a/0000': 'train'})
    masks = HoleMasks.from_items(read_items(tmp_path, 'train'))
    assert masks.masks[0].shape == (56, 88)
    assert masks.masks[0].sum() == 400


def test_frames_without_holes_give_no_masks(tmp_path: Path) -> None:
    write_pair(tmp_path, 'icl_livingroom1/a/0000', room())
    write_manifest(tmp_path, {'icl_livingroom1/a/0000': 'train'})
    with pytest.raises(DataError, match='icl_livingroom1'):
        HoleMasks.from_items(read_items(tmp_path, 'train'))
