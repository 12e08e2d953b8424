"""The simulated robot's sensors: geometry and clocks."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.sensors.clocks import shots
from colorize_ros.simulation.sensors.poses import inverse
from colorize_ros.simulation.sensors.rig import (
    BASE_FRAME,
    make_rig,
    Sensor,
    static_transforms,
    STEREO_BASELINE_M,
)


@pytest.fixture(scope='module')
def rig() -> dict[str, Sensor]:
    return make_rig()


def test_there_are_five_sensors_and_each_knows_its_name(rig: dict[str, Sensor]) -> None:
    assert list(rig) == ['depth', 'color', 'nir', 'mono', 'stereo_color']
    assert all(sensor.name == name for name, sensor in rig.items())


def test_depth_is_registered_to_color(rig: dict[str, Sensor]) -> None:
    assert rig['depth'].frame_id == rig['color'].frame_id
    assert rig['depth'].camera == rig['color'].camera
    np.testing.assert_array_equal(rig['depth'].base_from_camera, rig['color'].base_from_camera)


def test_the_stereo_head_is_rectified_with_its_baseline_along_x(rig: dict[str, Sensor]) -> None:
    mono_from_color = (inverse(rig['mono'].base_from_camera)
                       @ rig['stereo_color'].base_from_camera)
    expected = np.eye(4)
    expected[0, 3] = STEREO_BASELINE_M
    np.testing.assert_allclose(mono_from_color, expected, rtol=0, atol=1e-12)
    assert rig['mono'].camera == rig['stereo_color'].camera
    # Mono is the left one: larger y on the robot.
    assert rig['mono'].base_from_camera[1, 3] > rig['stereo_color'].base_from_camera[1, 3]


def test_cameras_look_ahead_and_slightly_down_from_under_a_metre_ten(
        rig: dict[str, Sensor]) -> None:
    for sensor in rig.values():
        forward = sensor.base_from_camera[:3, 2]
        assert forward[0] > 0.98
        assert -0.2 < forward[2] < -0.05
        assert 0.8 < sensor.base_from_camera[2, 3] < 1.1


@pytest.mark.parametrize('width', [160, 320, 640, 1280])
def test_fields_of_view_do_not_depend_on_the_width(width: int) -> None:
    camera = make_rig(width)['color'].camera
    assert (camera.width, camera.height) == (width, width * 3 // 4)
    assert camera.fx == camera.fy == 525 * width / 640
    assert (camera.cx, camera.cy) == ((width - 1) / 2, (camera.height - 1) / 2)
    assert make_rig(width)['nir'].camera.fx == 480 * width / 640


@pytest.mark.parametrize('width', [0, -640, 128, 330, 1312])
def test_other_widths_are_refused(width: int) -> None:
    with pytest.raises(ConfigurationError, match=rf'{width} wide.*multiple of 32'):
        make_rig(width)


@pytest.mark.parametrize('rate_hz', [0.0, -1.0, 101.0, np.nan])
def test_rates_that_no_sensor_runs_at_are_refused(rate_hz: float) -> None:
    with pytest.raises(ConfigurationError, match='Hz'):
        make_rig(rate_hz=rate_hz)


def test_each_frame_has_one_parent(rig: dict[str, Sensor]) -> None:
    transforms = static_transforms(rig)
    assert all(parent == BASE_FRAME for parent, _, _ in transforms)
    assert sorted(child for _, child, _ in transforms) == sorted(
        {sensor.frame_id for sensor in rig.values()})
    for _, child, pose in transforms:
        sensor = next(s for s in rig.values() if s.frame_id == child)
        np.testing.assert_array_equal(pose, sensor.base_from_camera)


def test_depth_and_color_expose_together_but_are_stamped_apart() -> None:
    rig = make_rig(rate_hz=30.0)
    depth, color = (shots(rig[name].clock, 20, np.random.default_rng(seed))
                    for seed, name in enumerate(('depth', 'color')))
    both = [(d, c) for d, c in zip(depth, color) if d is not None and c is not None]
    assert all(d.at_s == c.at_s for d, c in both)
    apart_s = np.mean([c.stamp_ns - d.stamp_ns for d, c in both]) / 1e9
    assert apart_s == pytest.approx(0.006, abs=5e-4)


def test_the_stereo_head_is_triggered_and_stamped_within_a_millisecond(
        rig: dict[str, Sensor]) -> None:
    mono, color = (shots(rig[name].clock, 60, np.random.default_rng(seed))
                   for seed, name in enumerate(('mono', 'stereo_color')))
    both = [(m, c) for m, c in zip(mono, color) if m is not None and c is not None]
    assert all(m.at_s == c.at_s for m, c in both)
    assert max(abs(m.stamp_ns - c.stamp_ns) for m, c in both) < 1_000_000


def test_near_infrared_runs_free(rig: dict[str, Sensor]) -> None:
    assert rig['nir'].clock.phase_s != rig['depth'].clock.phase_s
    assert rig['nir'].clock.offset_s == pytest.approx(-0.011)


@pytest.mark.parametrize('rate_hz', [1.0, 10.0, 100.0])
def test_every_sensor_loses_a_few_frames_and_none_arrives_before_its_stamp(
        rate_hz: float) -> None:
    for sensor in make_rig(rate_hz=rate_hz).values():
        assert 0.01 <= sensor.clock.lost <= 0.05
        result = shots(sensor.clock, 20, np.random.default_rng(0))
        assert all(shot.received_ns > shot.stamp_ns for shot in result if shot is not None)
