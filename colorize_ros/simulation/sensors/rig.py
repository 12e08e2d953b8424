"""The simulated robot's sensors: where they sit, what they see, how their clocks run.

A robot about a metre tall. A Kinect-class camera gives color and depth registered to it; beside it
a near-infrared camera with its own lamp; above them a stereo head, monochrome on the left, color
on the right, rectified.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colorize_ros.errors import ConfigurationError
from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.sensors.clocks import Clock
from colorize_ros.simulation.sensors.poses import make_pose, mounted, Pose

BASE_FRAME = 'base_link'
COLOR_FRAME = 'camera_color_optical_frame'
STEREO_BASELINE_M = 0.1
NARROWEST, WIDEST, WIDTH_STEP = 160, 1280, 32
# All look down a little, because what a robot meets stands on the floor.
PITCH_RAD = 0.12
# Focal lengths in pixels of an image 640 wide.
FOCAL_PX, INFRARED_FOCAL_PX = 525.0, 480.0


@dataclass(frozen=True, eq=False)
class Sensor:
    """One camera of the robot.

    Attributes:
        name: its key in the rig.
        frame_id: its optical frame.
        camera: size and focal length of its images.
        base_from_camera: (4, 4) pose of its optical frame on the robot, metres.
        clock: when it exposes, and what its stamps say.
    """

    name: str
    frame_id: str
    camera: Intrinsics
    base_from_camera: Pose
    clock: Clock


def make_rig(width: int = 640, *, rate_hz: float = 10.0) -> dict[str, Sensor]:
    """Return the robot's five sensors by name.

    Args:
        width: of all images, pixels, 4:3; the fields of view stay the same.
        rate_hz: of all sensors.

    Returns:
        'depth' and 'color' (one camera: registered depth), 'nir', 'mono' (left of the stereo
        head) and 'stereo_color' (right of it).

    Raises:
        ConfigurationError: a width that is not a multiple of 32 from 160 to 1280, or a rate that
            no sensor runs at.
    """
    if width % WIDTH_STEP or not NARROWEST <= width <= WIDEST:
        raise ConfigurationError(f'no sensor gives images {width} wide; expected a multiple of '
                                 f'{WIDTH_STEP} from {NARROWEST} to {WIDEST}, such as 640')
    camera, infrared = _camera(width, FOCAL_PX), _camera(width, INFRARED_FOCAL_PX)
    color_pose = mounted(0.12, 0.0, 0.92, pitch_rad=PITCH_RAD)
    # Screwed on by hand, so not quite parallel to the color camera.
    infrared_pose = mounted(0.12, -0.07, 0.93, pitch_rad=PITCH_RAD + 0.01, yaw_rad=0.012)
    mono_pose = mounted(0.11, STEREO_BASELINE_M / 2, 1.02, pitch_rad=PITCH_RAD)
    stereo_pose = mono_pose @ make_pose(np.eye(3), (STEREO_BASELINE_M, 0.0, 0.0))
    clocks = make_clocks(rate_hz)
    sensors = (
        Sensor('depth', COLOR_FRAME, camera, color_pose, clocks['depth']),
        Sensor('color', COLOR_FRAME, camera, color_pose, clocks['color']),
        Sensor('nir', 'nir_optical_frame', infrared, infrared_pose, clocks['nir']),
        Sensor('mono', 'mono_optical_frame', camera, mono_pose, clocks['mono']),
        Sensor('stereo_color', 'stereo_color_optical_frame', camera, stereo_pose,
               clocks['stereo_color']))
    return {sensor.name: sensor for sensor in sensors}


def make_clocks(rate_hz: float) -> dict[str, Clock]:
    """Return the clock of each sensor by name.

    Depth and color expose together, but color's stamps lag 6 ms; the NIR camera runs free and its
    stamps are 11 ms early; the stereo head is triggered by hardware, its stamps differ by less
    than 1 ms.

    Raises:
        ConfigurationError: a rate that no sensor runs at.
    """
    if not 0 < rate_hz <= 100:
        raise ConfigurationError(f'no sensor runs at {rate_hz:g} Hz; expected more than 0 and at '
                                 'most 100')
    return {
        'depth': Clock(rate_hz, offset_s=0.0, jitter_s=0.0015, delay_s=0.018,
                       delay_jitter_s=0.004, lost=0.02),
        'color': Clock(rate_hz, offset_s=0.006, jitter_s=0.0015, delay_s=0.022,
                       delay_jitter_s=0.005, lost=0.05),
        'nir': Clock(rate_hz, phase_s=0.3 / rate_hz, offset_s=-0.011, jitter_s=0.002,
                     delay_s=0.012, delay_jitter_s=0.003, lost=0.03),
        'mono': Clock(rate_hz, phase_s=0.55 / rate_hz, offset_s=0.0015, jitter_s=0.0003,
                      delay_s=0.015, delay_jitter_s=0.003, lost=0.01),
        'stereo_color': Clock(rate_hz, phase_s=0.55 / rate_hz, offset_s=0.0018, jitter_s=0.0003,
                              delay_s=0.017, delay_jitter_s=0.004, lost=0.015)}


def static_transforms(rig: dict[str, Sensor]) -> list[tuple[str, str, Pose]]:
    """Return (parent frame, child frame, parent_from_child) of each optical frame, once each."""
    poses = {sensor.frame_id: sensor.base_from_camera for sensor in rig.values()}
    return [(BASE_FRAME, frame_id, pose) for frame_id, pose in poses.items()]


def _camera(width: int, focal_px: float) -> Intrinsics:
    height = width * 3 // 4
    focal = focal_px * width / 640
    return Intrinsics(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)
