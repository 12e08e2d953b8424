"""What the robot's sensors deliver at one moment of a drive, and what they should have seen.

An exposure needs nothing but its own description: whichever process makes it, and in whatever
order, its bytes are the same.
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.kinect import kinect_depth
from colorize_ros.messages import (
    CompressedFields,
    encode_compressed_depth,
    encode_depth,
    encode_gray,
    encode_rgb,
    RawImage,
)
from colorize_ros.simulation import truth_folder
from colorize_ros.simulation.bag_writer import encode_jpeg
from colorize_ros.simulation.flat.drive import Drive, make_drive
from colorize_ros.simulation.flat.floor_plan import make_world
from colorize_ros.simulation.flat.world import World
from colorize_ros.simulation.rendering.render import Renderer, tone_map, View
from colorize_ros.simulation.rendering.truth import Box, boxes, disparity, occluded
from colorize_ros.simulation.sensors import cameras
from colorize_ros.simulation.sensors.rig import make_rig, Sensor, STEREO_BASELINE_M

Image = RawImage | CompressedFields

# Each random choice has a generator of its own, seeded by the scene's seed and these.
DRIVE, CLOCK, FRAME = 1, 2, 3
SENSORS = ('depth', 'color', 'nir', 'mono', 'stereo_color')
STEREO = ('mono', 'stereo_color')


@dataclass(frozen=True)
class Recording:
    """What all exposures of a recording have in common.

    Attributes:
        scene_seed: of the rooms, the drive and the sensors.
        seconds: length of the drive.
        back: the second half of it is the way back, in reverse gear.
        kinds: of the rooms, drawn if None.
        rate_hz: frames a second of each sensor.
        width: of all images, pixels.
        samples: light paths a pixel.
        transport: 'compressed' or 'raw'.
        ill_lit: darkness as the gamma curve of a well-lit image.
    """

    scene_seed: int
    seconds: float
    back: bool
    kinds: tuple[str, ...] | None
    rate_hz: float
    width: int
    samples: int
    transport: str
    ill_lit: bool


class Exposure(NamedTuple):
    """One moment at which some sensors expose.

    Attributes:
        recording: that it belongs to.
        number: of the frame, counted by the sensors from 0.
        at_s: true time since the start of the drive.
        light: 'day', 'dusk' or 'night'.
        sensors: whose frames arrive.
        with_truth: ask for what they should have seen.
    """

    recording: Recording
    number: int
    at_s: float
    light: str
    sensors: tuple[str, ...]
    with_truth: bool


class Captured(NamedTuple):
    """What came of an exposure.

    Attributes:
        images: by sensor, for the bag.
        files: (sensor whose stamp it has, kind, content) for the truth folder.
        boxes: by sensor.
    """

    images: dict[str, Image]
    files: list[tuple[str, str, bytes]]
    boxes: dict[str, list[Box]]


class Stage(NamedTuple):
    """A world with a robot driving through it.

    Attributes:
        world: the rooms.
        drive: where the robot is when.
        rig: its sensors, by name.
    """

    world: World
    drive: Drive
    rig: dict[str, Sensor]


def make_stage(recording: Recording) -> Stage:
    """Build the world and the drive of a recording; the same each time.

    Raises:
        ConfigurationError: kinds of rooms, a length or a width that there is not.
    """
    world = make_world(np.random.default_rng(recording.scene_seed), recording.kinds)
    drive = make_drive(world, recording.seconds / (1 + recording.back),
                       generator(recording, DRIVE))
    if recording.back:
        drive = drive.and_back()
    return Stage(world, drive, make_rig(recording.width, rate_hz=recording.rate_hz))


def generator(recording: Recording, purpose: int, *numbers: int) -> np.random.Generator:
    """Return the generator of one purpose, always in the same state."""
    return np.random.default_rng([recording.scene_seed, purpose, *numbers])


@lru_cache(maxsize=1)
def _lit_stage(recording: Recording) -> tuple[Stage, Renderer]:
    stage = make_stage(recording)
    return stage, Renderer(stage.world, samples=recording.samples)


def expose(exposure: Exposure) -> Captured:
    """Render one exposure; the process keeps the scene for its next one.

    Raises:
        MissingExtraError: Mitsuba is not installed.
    """
    moment = _Moment(exposure)
    images = {name: _encoded(moment.image(name), exposure.recording.transport)
              for name in exposure.sensors}
    if not exposure.with_truth:
        return Captured(images, [], {})
    things = moment.stage.world.things
    return Captured(
        images, [file for name in exposure.sensors for file in _truth_files(moment, name)],
        {name: boxes(moment.view(name), things) for name in exposure.sensors})


class _Moment:
    """What is rendered for one exposure: each view, and each light of it, once."""

    def __init__(self, exposure: Exposure) -> None:
        self.stage, self._renderer = _lit_stage(exposure.recording)
        self._exposure = exposure
        self._base = self.stage.drive.pose(exposure.at_s)
        self._views: dict[str, View] = {}
        self._lights: dict[tuple[str, str], NDArray[np.float32]] = {}

    def image(self, name: str) -> NDArray[Any]:
        """Return what a sensor delivers: depth (H, W) float32 metres, or uint8."""
        if name == 'depth':
            view = self.view(name)
            return kinect_depth(view.depth_m, self._rng(name), focal_px=view.camera.fx,
                                infrared=view.infrared, normals=view.normals,
                                projector=self._exposure.recording.scene_seed)
        if name == 'color':
            return self._color()
        if name == 'nir':
            return self._near_infrared()
        return self._stereo[STEREO.index(name)]

    def view(self, name: str) -> View:
        """Return the view of a sensor; registered sensors share theirs."""
        sensor = self.stage.rig[name]
        if sensor.frame_id not in self._views:
            self._views[sensor.frame_id] = self._renderer.view(
                sensor.camera, self._base @ sensor.base_from_camera)
        return self._views[sensor.frame_id]

    def lit(self, name: str) -> NDArray[np.uint8]:
        """Return (H, W, 3) what a clean camera sees by day from a sensor's place."""
        return tone_map(self._light(name, 'day'))

    def _light(self, name: str, light: str) -> NDArray[np.float32]:
        key = self.stage.rig[name].frame_id, light
        if key not in self._lights:
            self._lights[key] = self._renderer.light(self.view(name), light, self._seed(name))
        return self._lights[key]

    def _color(self) -> NDArray[np.uint8]:
        light = self._exposure.light
        by_gamma = self._exposure.recording.ill_lit and light != 'day'
        return cameras.color_image(self._light('color', 'day' if by_gamma else light),
                                   self._rng('color'), ill_lit=by_gamma)

    def _near_infrared(self) -> NDArray[np.uint8]:
        infrared = self._renderer.near_infrared(
            self.view('nir'), self._exposure.light, self._seed('nir'))
        return cameras.near_infrared_image(infrared, self._rng('nir'))

    @cached_property
    def _stereo(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        left, right = (self._light(name, self._exposure.light) for name in STEREO)
        return cameras.stereo_images(left, right, self._rng('mono'))

    def _rng(self, name: str) -> np.random.Generator:
        return generator(self._exposure.recording, FRAME, SENSORS.index(name),
                         self._exposure.number)

    def _seed(self, name: str) -> int:
        return self._exposure.number * len(SENSORS) + SENSORS.index(name)


def _truth_files(moment: _Moment, name: str) -> list[tuple[str, str, bytes]]:
    if name == 'depth':
        return [(name, 'depth', truth_folder.depth_file(moment.view(name).depth_m))]
    if name == 'stereo_color':
        return []
    files = [(name, f'{name}_lit', truth_folder.lit_file(moment.lit(name)))]
    if name == 'mono':
        left, right = (moment.view(lens) for lens in STEREO)
        files += [
            (name, 'disparity', truth_folder.disparity_file(disparity(left, STEREO_BASELINE_M))),
            (name, 'occluded', truth_folder.mask_file(occluded(left, right, STEREO_BASELINE_M)))]
    return files


def _encoded(image: NDArray[Any], transport: str) -> Image:
    if transport == 'compressed':
        return encode_jpeg(image) if image.dtype == np.uint8 else encode_compressed_depth(image)
    if image.dtype != np.uint8:
        return encode_depth(image, '16UC1')
    return encode_rgb(image) if image.ndim == 3 else encode_gray(image)
