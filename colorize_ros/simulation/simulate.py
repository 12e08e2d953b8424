"""A drive through a simulated room, as a bag."""
from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.progress import track

from colorize_ros.datasets.kinect import kinect_depth
from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.bag_writer import BagWriter, Stamps
from colorize_ros.simulation.camera import camera_path
from colorize_ros.simulation.dataset import KINECT
from colorize_ros.simulation.render import Renderer
from colorize_ros.simulation.room import make_room

# Any moment will do, but the same one each time, so that the same seed gives the same bag.
START_NS = 1_700_000_000_000_000_000
JITTER_S = 0.002
TRANSPORT_S, TRANSPORT_JITTER_S = 0.018, 0.004
GUIDE_OFFSET_S = 0.006
LOST_DEPTH, LOST_GUIDE = 0.02, 0.05
TRUTH_EVERY = 8


class FrameTimes(NamedTuple):
    """When the two cameras deliver one frame; None where a frame is lost."""

    depth: Stamps | None
    guide: Stamps | None


def simulate(out: Path, *, seed: int, seconds: float, rate_hz: float = 10.0,
             samples: int = 2) -> None:
    """Render a drive through a procedural room as a Kinect sees it, into a bag (MCAP).

    Depth with a Kinect's holes, camera_info, color as guide, and with every eighth frame the
    perfect depth. Stamps jitter, the color camera is not synchronised to the depth camera, and now
    and then a frame is lost.

    Args:
        out: folder of the new bag.
        seed: of the room, the drive and the sensors; the same seed gives the same depth.
        seconds: length of the drive.
        rate_hz: frames a second.
        samples: light paths a pixel; the time of rendering grows with it.

    Raises:
        MissingExtraError: Mitsuba or rosbags is not installed.
        DataError: the folder exists.
        ConfigurationError: a drive without frames.
    """
    count = round(seconds * rate_hz)
    if count < 1:
        raise ConfigurationError(f'{seconds:g} s at {rate_hz:g} Hz hold no frame; expected at '
                                 'least one. Ask for more seconds')
    rng = np.random.default_rng(seed)
    room = make_room(rng)
    poses = camera_path(room, count, rng)
    sensor_rng = np.random.default_rng([seed, 1])
    times = frame_times(count, rate_hz, sensor_rng)
    with BagWriter(out, KINECT) as bag:
        renderer = Renderer(room, KINECT, samples=samples)
        for index in track(range(count), description='Rendering'):
            frame = renderer.render(poses[index], index)
            depth = kinect_depth(frame.depth_m, sensor_rng, focal_px=KINECT.fx,
                                 infrared=frame.infrared, normals=frame.normals)
            stamps = times[index]
            if stamps.depth is not None:
                bag.write_depth(stamps.depth, depth)
                if index % TRUTH_EVERY == 0:
                    bag.write_truth(stamps.depth, frame.depth_m)
            if stamps.guide is not None:
                bag.write_guide(stamps.guide, frame.rgb)


def frame_times(count: int, rate_hz: float, rng: np.random.Generator) -> list[FrameTimes]:
    """Draw when each frame is taken and received, and which are lost.

    Args:
        count: of frames.
        rate_hz: frames a second.
        rng: the same state gives the same times.
    """
    result = []
    for index in range(count):
        at_s = index / rate_hz + JITTER_S * float(rng.uniform(-1, 1))
        lost = rng.random(2) < (LOST_DEPTH, LOST_GUIDE)
        # The first frame comes in whole: whoever looks at a bag looks there.
        depth, guide = (None if gone and index else _stamps(at_s + offset, rng)
                        for gone, offset in zip(lost, (0.0, GUIDE_OFFSET_S)))
        result.append(FrameTimes(depth, guide))
    return result


def _stamps(taken_s: float, rng: np.random.Generator) -> Stamps:
    delay_s = TRANSPORT_S + TRANSPORT_JITTER_S * float(rng.exponential())
    return Stamps(START_NS + int(taken_s * 1e9), START_NS + int((taken_s + delay_s) * 1e9))
