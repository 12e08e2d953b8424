"""Disparity, occlusion and boxes of rendered views."""
from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('mitsuba')

from colorize_ros.simulation.rendering.render import Renderer
from colorize_ros.simulation.rendering.truth import Box, boxes, disparity, occluded
from colorize_ros.simulation.sensors.poses import make_pose
from colorize_ros.simulation.shapes.materials import even, named, Part
from colorize_ros.simulation.shapes.meshes import ball, quad
from small_world import CAMERA, POSE, wall, world_of

BASELINE_M = 0.1
RIGHT = POSE @ make_pose(np.eye(3), (BASELINE_M, 0, 0))
BOARD = Part(quad((-0.3, -1.5, 0.6), (0.6, 0, 0), (0, 0, 0.8)), even((0.5, 0.4, 0.3)))


def test_the_disparity_of_a_wall_is_focal_length_times_baseline_over_distance() -> None:
    view = Renderer(world_of(wall())).view(CAMERA, POSE)
    np.testing.assert_allclose(disparity(view, BASELINE_M), CAMERA.fx * BASELINE_M / 3, rtol=1e-4)


def test_where_nothing_is_there_is_no_disparity() -> None:
    view = Renderer(world_of(BOARD)).view(CAMERA, POSE)
    shift = disparity(view, BASELINE_M)
    assert shift.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(shift), np.isnan(view.depth_m))
    assert np.isnan(shift[100, 5])


def test_disparity_takes_the_left_picture_to_the_right_one() -> None:
    renderer = Renderer(world_of(wall(), BOARD))
    left, right = renderer.view(CAMERA, POSE), renderer.view(CAMERA, RIGHT)
    hidden = occluded(left, right, BASELINE_M)
    rows, columns = np.nonzero(~hidden)
    there = np.round(columns - disparity(left, BASELINE_M)[rows, columns]).astype(int)
    same = left.part[rows, columns] == right.part[rows, there]
    assert same.mean() > 0.995


def test_the_band_beside_a_near_board_is_as_wide_as_the_disparities_differ() -> None:
    renderer = Renderer(world_of(wall(), BOARD))
    left, right = renderer.view(CAMERA, POSE), renderer.view(CAMERA, RIGHT)
    hidden = occluded(left, right, BASELINE_M)
    width = BASELINE_M * CAMERA.fx * (1 / 1.5 - 1 / 3)
    edge = round(CAMERA.cx - 0.3 * CAMERA.fx / 1.5)
    # What the board hides from the right camera lies to its left in the left picture.
    assert hidden[60, edge - 20:edge + 3].sum() == pytest.approx(width, abs=1.1)
    assert not hidden[60, edge + 3:140].any()
    assert hidden[60, :4].all()  # the right picture begins there


def test_a_slanted_floor_hides_nothing_from_itself() -> None:
    floor = Part(quad((-3, -3, 0), (6, 0, 0), (0, 3, 0)), even((0.5, 0.5, 0.5)))
    renderer = Renderer(world_of(wall(), floor))
    hidden = occluded(renderer.view(CAMERA, POSE), renderer.view(CAMERA, RIGHT), BASELINE_M)
    assert not hidden[:, 20:].any()


def test_boxes_hold_what_is_seen_of_things() -> None:
    chair = named([BOARD], 'chair')
    sphere = named([Part(ball(0.2, (-0.9, -1.5, 1.0)), even((0.2, 0.2, 0.6)))], 'sports ball')
    hidden = named([Part(ball(0.1, (0.0, -1.0, 1.0)), even((0.2, 0.6, 0.2)))], 'apple')
    tiny = named([Part(ball(0.01, (0.9, -1.5, 1.0)), even((0.2, 0.6, 0.2)))], 'orange')
    world = world_of(wall(), *sphere, *hidden, *tiny, *chair)
    view = Renderer(world).view(CAMERA, POSE)
    found = {box.label: box for box in boxes(view, world.things)}
    assert set(found) == {'sports ball', 'chair'}
    box = found['chair']
    assert isinstance(box, Box)
    assert box.width == pytest.approx(0.6 * CAMERA.fx / 1.5, abs=1.5)
    assert box.height == pytest.approx(0.8 * CAMERA.fx / 1.5, abs=1.5)
    assert box.left + (box.width - 1) / 2 == pytest.approx(CAMERA.cx, abs=1)
    assert box.visible == box.width * box.height
    assert found['sports ball'].left < box.left


def test_a_thing_half_hidden_has_the_box_of_its_visible_half() -> None:
    board = Part(quad((-0.9, -1.4, 0.7), (0.8, 0, 0), (0, 0, 0.4)), even((0.2, 0.2, 0.6)))
    world = world_of(wall(), *named([BOARD], 'chair'), *named([board], 'couch'))
    couch = boxes(Renderer(world).view(CAMERA, POSE), world.things)[1]
    assert couch.label == 'couch'
    assert couch.left + couch.width == pytest.approx(CAMERA.cx - 0.3 * CAMERA.fx / 1.5, abs=1.5)
