"""A drive through simulated rooms, as a bag of all of the robot's sensors."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
import heapq
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from colorize_ros import __version__
from colorize_ros.datasets.ground_truth import FOLDER
from colorize_ros.errors import ConfigurationError
from colorize_ros.messages import CompressedFields
from colorize_ros.simulation.bag_writer import (
    BagWriter,
    Stamps,
    TF_STATIC_TOPIC,
    TF_TOPIC,
    Transform,
)
from colorize_ros.simulation.exposures import (
    Captured,
    CLOCK,
    expose,
    Exposure,
    generator,
    make_stage,
    Recording,
    SENSORS,
    Stage,
)
from colorize_ros.simulation.flat.world import LIGHTS
from colorize_ros.simulation.pool import run_in_processes
from colorize_ros.simulation.rendering.scene import load_mitsuba
from colorize_ros.simulation.sensors.clocks import Shot, shots, START_NS
from colorize_ros.simulation.sensors.poses import Pose
from colorize_ros.simulation.sensors.rig import BASE_FRAME, static_transforms, STEREO_BASELINE_M
from colorize_ros.simulation.truth_folder import TruthFolder

# Of each sensor: its images and their camera_info.
TOPICS = {
    'depth': ('/depth/image_raw', '/camera_info'),
    'color': ('/color/image_raw', '/color/camera_info'),
    'nir': ('/nir/image_raw', '/nir/camera_info'),
    'mono': ('/mono/image_rect', '/stereo/mono/camera_info'),
    'stereo_color': ('/color/image_rect', '/stereo/color/camera_info'),
}
ODOM_FRAME = 'odom'
ODOM_RATE_HZ, ODOM_DELAY_NS = 20, 1_000_000
TRANSPORTS = ('compressed', 'raw')


def simulate(out: Path, *, scene_seed: int, seconds: float, light: str, rate_hz: float = 10.0,
             width: int = 640, samples: int = 2, transport: str = 'compressed',
             lights_out_s: float | None = None, ill_lit: bool = False, truth_every: int = 1,
             back: bool = False, kinds: Sequence[str] | None = None,
             workers: int | None = None) -> None:
    """Render a robot's drive through procedural rooms, as a bag (MCAP) with its ground truth.

    The bag holds depth with a Kinect's holes, color, near infrared, a monochrome and color stereo
    pair, their camera_info, `/tf_static` and `/tf`. `out/ground_truth` holds what they should have
    seen; see `TruthFolder`. The same arguments give the same files, byte for byte, whatever
    `workers` is.

    Args:
        out: folder of the new bag.
        scene_seed: of the rooms, the drive and the sensors.
        seconds: length of the drive.
        light: 'day', 'dusk' or 'night'.
        rate_hz: frames a second of each sensor.
        width: of all images, pixels; three quarters of it are their height.
        samples: light paths a pixel; the time of rendering grows with it.
        transport: 'compressed' (JPEG, and depth as PNG) or 'raw'.
        lights_out_s: when `light` begins; it is day before. From the start by default.
        ill_lit: darken color by a gamma of 10, as papers do, instead of by physics.
        truth_every: write the truth of each n-th frame of a sensor.
        back: drive half of the time, and then the same way back in reverse gear.
        kinds: of the rooms in a row; drawn by default.
        workers: processes; by default as many as there are processors.

    Raises:
        MissingExtraError: Mitsuba or rosbags is not installed.
        DataError: `out` exists.
        ConfigurationError: an argument outside what is allowed.
    """
    recording = Recording(scene_seed, seconds, back, None if kinds is None else tuple(kinds),
                          rate_hz, width, samples, transport, ill_lit)
    _check(recording, light, lights_out_s, truth_every, workers)
    load_mitsuba(threads=1)
    writer = BagWriter(out)
    stage = make_stage(recording)
    exposures = _exposures(recording, stage, light, lights_out_s or 0.0, truth_every)
    with writer as bag, TruthFolder(out / FOLDER) as truth:
        odometry = list(_odometry(stage, seconds))
        truth.write_trajectory(odometry)
        truth.write_scene({'light': light, 'lights_out_s': lights_out_s,
                           'truth_every': truth_every, **_facts(recording, stage)})
        queue = _Queue(bag, stage)
        queue.add_transforms(odometry)
        # Closed before the bag is, so that no process outlives it.
        with closing(run_in_processes(expose, [exposure for exposure, _ in exposures],
                                      workers=workers)) as results:
            for captured, (exposure, taken) in zip(track(
                    results, 'Rendering', total=len(exposures)), exposures):
                # Nothing that is exposed later comes in earlier.
                queue.write_until(exposure.at_s)
                queue.add_images(captured, taken)
                _write_truth(truth, captured, taken)
        queue.write_until(np.inf)


class _Queue:
    """Messages that wait for those that come in before them."""

    def __init__(self, bag: BagWriter, stage: Stage) -> None:
        self._bag = bag
        self._rig = stage.rig
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._number = count()

    def add_transforms(self, odometry: Sequence[tuple[int, Pose]]) -> None:
        """Add where the sensors are on the robot, before all else, and where the robot is."""
        bag, first_ns = self._bag, odometry[0][0]
        self._add(first_ns, partial(
            bag.write_transforms, TF_STATIC_TOPIC, Stamps(first_ns, first_ns),
            [Transform(*fields) for fields in static_transforms(self._rig)]))
        for at_ns, pose in odometry:
            stamps = Stamps(at_ns, at_ns + ODOM_DELAY_NS)
            self._add(stamps.received_ns, partial(
                bag.write_transforms, TF_TOPIC, stamps,
                [Transform(ODOM_FRAME, BASE_FRAME, pose)]))

    def add_images(self, captured: Captured, taken: Mapping[str, Shot]) -> None:
        """Add images of one exposure, each followed by its camera_info."""
        for name, image in captured.images.items():
            sensor, (topic, info_topic) = self._rig[name], TOPICS[name]
            stamps = Stamps(taken[name].stamp_ns, taken[name].received_ns)
            baseline_m = STEREO_BASELINE_M if name == 'stereo_color' else 0.0
            if isinstance(image, CompressedFields):
                topic += '/compressedDepth' if name == 'depth' else '/compressed'
            self._add(stamps.received_ns, partial(
                self._bag.write_image, topic, stamps, sensor.frame_id, image))
            self._add(stamps.received_ns, partial(
                self._bag.write_camera_info, info_topic, stamps, sensor.frame_id, sensor.camera,
                baseline_m))

    def write_until(self, since_start_s: float) -> None:
        """Write what comes in before a moment."""
        while self._waiting and self._waiting[0][0] < START_NS + since_start_s * 1e9:
            heapq.heappop(self._waiting)[2]()

    def _add(self, received_ns: int, write: Callable[[], None]) -> None:
        heapq.heappush(self._waiting, (received_ns, next(self._number), write))


def _check(recording: Recording, light: str, lights_out_s: float | None, truth_every: int,
           workers: int | None) -> None:
    for name, value, allowed in (('light', light, tuple(LIGHTS)),
                                 ('transport', recording.transport, TRANSPORTS)):
        if value not in allowed:
            raise ConfigurationError(f'{name} {value!r} is not one of {", ".join(allowed)}')
    if not 0 < recording.seconds < np.inf:
        raise ConfigurationError(f'a drive of {recording.seconds:g} s has no frame; expected more '
                                 'than 0. Ask for 10')
    if min(recording.samples, truth_every, 1 if workers is None else workers) < 1 or (
            recording.scene_seed < 0):
        raise ConfigurationError(
            f'samples {recording.samples}, truth_every {truth_every}, workers {workers}, '
            f'scene_seed {recording.scene_seed}: expected at least 1, and a seed of at least 0. '
            'Leave them out for the usual ones')
    if light == 'day' and (recording.ill_lit or lights_out_s is not None):
        raise ConfigurationError("light 'day' leaves nothing dark, but ill_lit or lights_out_s is "
                                 "given; expected neither. Ask for light 'night' with them")
    if lights_out_s is not None and not 0 <= lights_out_s < recording.seconds:
        raise ConfigurationError(f'lights_out_s {lights_out_s:g} is not within the drive of '
                                 f'{recording.seconds:g} s; expected at least 0 and less')


def _exposures(recording: Recording, stage: Stage, light: str, lights_out_s: float,
               truth_every: int) -> list[tuple[Exposure, dict[str, Shot]]]:
    """Return all moments at which sensors expose, in order, with the stamps of their frames."""
    moments: dict[tuple[float, int], dict[str, Shot]] = {}
    for number, name in enumerate(SENSORS):
        drawn = shots(stage.rig[name].clock, recording.seconds,
                      generator(recording, CLOCK, number))
        for index, shot in enumerate(drawn):
            if shot is not None:
                moments.setdefault((shot.at_s, index), {})[name] = shot
    return [(Exposure(recording, index, at_s, light if at_s >= lights_out_s else 'day',
                      tuple(taken), index % truth_every == 0), taken)
            for (at_s, index), taken in sorted(moments.items(), key=itemgetter(0))]


def _odometry(stage: Stage, seconds: float) -> Iterator[tuple[int, Pose]]:
    """Return stamps and (4, 4) poses, a step further than any stamp of a sensor."""
    for step in range(-1, int(np.ceil(seconds * ODOM_RATE_HZ)) + 2):
        at_s = step / ODOM_RATE_HZ
        yield START_NS + round(at_s * 1e9), stage.drive.pose(min(max(at_s, 0.0), seconds))


def _write_truth(truth: TruthFolder, captured: Captured, taken: Mapping[str, Shot]) -> None:
    for name, kind, file in captured.files:
        truth.write(kind, taken[name].stamp_ns, file)
    for name, boxes in captured.boxes.items():
        truth.write_boxes(name, taken[name].stamp_ns, boxes)


def _facts(recording: Recording, stage: Stage) -> dict[str, Any]:
    """Return what a recording is made of, in plain types."""
    return {
        **asdict(recording), 'kinds': [area.kind for area in stage.world.areas],
        'start_ns': START_NS,
        'versions': {'colorize_ros': __version__, 'mitsuba': load_mitsuba(threads=1).__version__,
                     'numpy': np.__version__, 'opencv': cv2.__version__},
        'rig': {name: {
            'frame_id': sensor.frame_id, 'camera': asdict(sensor.camera),
            'base_from_camera': sensor.base_from_camera.round(9).tolist(),
            'clock': asdict(sensor.clock)} for name, sensor in stage.rig.items()}}
