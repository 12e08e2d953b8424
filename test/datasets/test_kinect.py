"""What a Kinect makes of perfect depth."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.datasets.kinect import FOCAL_TIMES_BASELINE, kinect_depth
from colorize_ros.errors import DepthError, ShapeError
from colorize_ros.evaluation.depth_realism import figures, hole_overlap, measure

SIZE = (240, 320)
INNER = np.s_[40:-40, 60:-60]


def degrade(depth_m: np.ndarray, seed: int = 0, *, infrared: np.ndarray | None = None,
            normals: np.ndarray | None = None, projector: int | None = 0) -> np.ndarray:
    return kinect_depth(depth_m.astype(np.float32), np.random.default_rng(seed), focal_px=262.5,
                        infrared=infrared, normals=normals, projector=projector)


def wall(depth_m: float) -> np.ndarray:
    return np.full(SIZE, depth_m, np.float32)


def clutter() -> np.ndarray:
    """Return boxes before a wall."""
    scene, rng = wall(2.8), np.random.default_rng(5)
    for depth in np.sort(rng.uniform(1.2, 2.5, 12))[::-1]:
        top, left = rng.integers(20, 180), rng.integers(30, 250)
        scene[top:top + 50, left:left + 45] = depth
    return scene


def test_smoke() -> None:
    seen = degrade(wall(2.0))
    assert seen.shape == SIZE
    assert seen.dtype == np.float32
    assert np.isfinite(seen[INNER]).mean() > 0.98


def test_the_same_generator_gives_the_same_bytes() -> None:
    assert degrade(wall(2.0)).tobytes() == degrade(wall(2.0)).tobytes()
    assert degrade(wall(2.0)).tobytes() != degrade(wall(2.0), seed=1).tobytes()


def test_noise_grows_with_the_square_of_the_distance() -> None:
    near, far = (np.nanstd(degrade(wall(z))[INNER]) for z in (1.5, 6.0))
    assert 8 < far / near < 32


def test_disparity_comes_in_eighths_of_a_pixel_of_the_full_size() -> None:
    seen = degrade(wall(3.0))
    disparity = FOCAL_TIMES_BASELINE / seen[np.isfinite(seen)]
    np.testing.assert_allclose(disparity * 8, np.round(disparity * 8), atol=1e-4)


def test_near_objects_throw_a_shadow_to_their_left() -> None:
    scene = wall(3.0)
    scene[60:180, 140:180] = 1.0
    lost = np.isnan(degrade(scene))[80:160]
    left, right = lost[:, 110:140].sum(axis=1).mean(), lost[:, 180:210].sum(axis=1).mean()
    # The projector is 50 mm to the right of the color camera, the infrared camera 25 mm left.
    shift = 262.5 * (1 / 1.0 - 1 / 3.0)
    assert left == pytest.approx(0.050 * shift, abs=2.5)
    assert right == pytest.approx(0.025 * shift, abs=2.5)


def test_thin_objects_do_not_hide_what_lies_beside_their_shadow() -> None:
    scene = wall(3.0)
    scene[40:200, 160:164] = 0.6
    lost = np.isnan(degrade(scene))[60:180]
    # Up to the farther ends of both shadows it would be 26 columns.
    assert lost.sum(axis=1).mean() - np.isnan(degrade(wall(3.0)))[60:180].sum(axis=1).mean() < 20


def test_things_thinner_than_half_a_window_vanish() -> None:
    scene = wall(2.0)
    scene[40:200, 120:122] = 1.5
    scene[40:200, 200:220] = 1.5
    near = degrade(scene)[60:180] < 1.8
    assert near[:, 115:127].mean() < 0.02
    assert near[:, 202:218].mean() > 0.95


@pytest.mark.parametrize('distance_m', [0.3, 9.0])
def test_out_of_range_there_is_no_return(distance_m: float) -> None:
    assert np.isnan(degrade(wall(distance_m))).all()


def test_dark_surfaces_do_not_return() -> None:
    infrared = np.full(SIZE, 0.6, np.float32)
    infrared[:, 160:] = 0.02
    seen = degrade(wall(3.0), infrared=infrared)
    assert np.isfinite(seen[40:-40, 60:155]).mean() > 0.98
    assert np.isnan(seen[40:-40, 165:-60]).all()


def test_grazing_surfaces_do_not_return() -> None:
    normals = np.zeros((*SIZE, 3), np.float32)
    normals[..., 2] = -1
    normals[:, :, :] = np.where(np.arange(320)[None, :, None] < 160, normals, (0.0, -1.0, 0.0))
    seen = degrade(wall(2.0), normals=normals)
    assert np.isfinite(seen[100:140, 60:155]).mean() > 0.98
    assert np.isnan(seen[110:130, 165:-60]).all()


def test_the_border_that_the_infrared_camera_does_not_see_is_empty() -> None:
    seen = degrade(wall(2.0))
    assert np.isnan(seen[:8]).all()
    assert np.isnan(seen[-8:]).all()
    assert np.isnan(seen[:, :8]).all()
    assert np.isnan(seen[:, -8:]).all()


def test_nothing_is_invented_where_nothing_was() -> None:
    scene = wall(2.0)
    scene[80:160, 120:200] = np.nan
    assert np.isnan(degrade(scene)[85:155, 125:195]).all()


def test_holes_and_noise_are_those_of_a_full_size_camera_at_half_the_size() -> None:
    found = []
    for scale, focal_px in ((2, 525.0), (1, 262.5)):
        scene = np.kron(clutter(), np.ones((scale, scale), np.float32))
        infrared = np.full(scene.shape, 0.6, np.float32)
        # Every third box is black.
        infrared[np.isin(scene, np.unique(scene)[::3])] = 0.02
        depth = kinect_depth(scene, np.random.default_rng(3), focal_px=focal_px,
                             infrared=infrared)
        inner = depth[30 * scale:-30 * scale, 40 * scale:-40 * scale]
        found.append(figures([measure(inner, focal_px=focal_px)], np.ones(1)))
    for name in ('hole fraction', 'hole size, median (px)', 'hole to depth edge, median (px)',
                 'noise at 1 to 2 m (m)', 'noise at 2 to 3 m (m)'):
        assert found[1][name] == pytest.approx(found[0][name], rel=0.25), name


def test_holes_of_bright_walls_belong_to_the_projector() -> None:
    def holes(seed: int, projector: int | None) -> np.ndarray:
        return degrade(wall(6.0), seed, projector=projector)[INNER]

    same, other = hole_overlap(holes(0, 1), holes(1, 1)), hole_overlap(holes(0, 1), holes(1, 2))
    assert same > 0.6 > 0.45 > other
    assert holes(0, None).tobytes() == holes(0, None).tobytes()
    assert hole_overlap(holes(0, None), holes(1, None)) < 0.45


def test_holes_mostly_stay_from_frame_to_frame_and_edges_flicker() -> None:
    one, other = (degrade(clutter(), seed)[30:-30, 40:-40] for seed in (0, 1))
    assert 0.6 < hole_overlap(one, other) < 0.9


def test_exceptions() -> None:
    with pytest.raises(ShapeError, match='infrared'):
        degrade(wall(2.0), infrared=np.ones((2, 2), np.float32))
    with pytest.raises(ShapeError, match=r'\(H, W\)'):
        degrade(np.ones((3, 240, 320)))
    with pytest.raises(DepthError, match='no pixel'):
        degrade(wall(np.nan))
