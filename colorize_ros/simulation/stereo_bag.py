"""Rectified stereo pairs as a bag: the left image without its color, the right one with it.

What the left image was in color is beside the bag, as a simulated one has it: so pictures of it
can be compared to the truth.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import zlib

import numpy as np
from rich.progress import track

from colorize_ros.datasets.ground_truth import FOLDER
from colorize_ros.datasets.lens_noise import add_lens_noise, decolor, LensNoise, SETUPS
from colorize_ros.datasets.stereo import StereoFrame, StereoItem
from colorize_ros.errors import ConfigurationError
from colorize_ros.messages import encode_gray, encode_rgb
from colorize_ros.simulation.bag_writer import BagWriter, Stamps
from colorize_ros.simulation.given_camera import GivenCamera
from colorize_ros.simulation.sensors.clocks import START_NS
from colorize_ros.simulation.truth_folder import lit_file, write_file

MONO, COLOR = '/mono', '/color'
FRAME_IDS = {MONO: 'mono_optical_frame', COLOR: 'stereo_color_optical_frame'}
# Two cameras are never quite at once: the color one is later by so much, and at most this of a
# period.
COLOR_LATER_NS, COLOR_LATER = 2e6, 0.25
NO_NOISE = LensNoise(color=0.0, mono=0.0)


def write_pairs(pairs: Sequence[StereoItem], out: Path, *, rate_hz: float, repeat: int,
                setup: int | None = None, camera: GivenCamera | None = None,
                baseline_m: float = 0.0) -> int:
    """Write what `stereo_colorizer` reads, and as truth the left image of each pair in color.

    Args:
        pairs: of any sizes; of one size where there is a camera.
        out: folder of the new bag.
        rate_hz: pairs a second.
        repeat: how often each pair comes; noise differs each time.
        setup: whose noise of `lens_noise.SETUPS` is added; None adds none.
        camera: of both images; None writes no camera_infos.
        baseline_m: between the two cameras, where there is a camera.

    Returns:
        The number of pairs written.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: a pair cannot be read, or sizes differ though there is a camera, or `out`
            exists.
        ConfigurationError: a setup that is not in Table 2.
    """
    if setup is not None and setup not in SETUPS:
        raise ConfigurationError(f'there is no setup {setup}; expected one of {sorted(SETUPS)}')
    noise = NO_NOISE if setup is None else SETUPS[setup]
    period_ns = 1e9 / rate_hz
    later_ns = min(COLOR_LATER_NS, COLOR_LATER * period_ns)
    with BagWriter(out) as bag:
        for number, item in enumerate(track(pairs, description='Writing')):
            frame = item.load()
            truth = lit_file(frame.left)
            # As in the evaluation, the noise is the pair's own.
            rng = np.random.default_rng(zlib.crc32(item.name.encode()))
            for turn in range(repeat):
                at_ns = START_NS + round((number * repeat + turn) * period_ns)
                stamps = {MONO: at_ns, COLOR: at_ns + round(later_ns)}
                _write_images(bag, frame, stamps, noise, rng)
                if camera is not None:
                    _write_cameras(bag, item, frame, stamps, camera, baseline_m)
                write_file(out / FOLDER, 'mono_lit', at_ns, truth)
    return len(pairs) * repeat


def _write_images(bag: BagWriter, frame: StereoFrame, stamps: dict[str, int], noise: LensNoise,
                  rng: np.random.Generator) -> None:
    mono = add_lens_noise(decolor(frame.left), noise.mono, rng)
    color = add_lens_noise(frame.right, noise.color, rng)
    for name, image in ((MONO, encode_gray(mono)), (COLOR, encode_rgb(color))):
        bag.write_image(f'{name}/image_rect', Stamps(stamps[name], stamps[name]),
                        FRAME_IDS[name], image)


def _write_cameras(bag: BagWriter, item: StereoItem, frame: StereoFrame, stamps: dict[str, int],
                   camera: GivenCamera, baseline_m: float) -> None:
    intrinsics = camera.of(item.left_path, frame.left.shape)
    for name, place_m in ((MONO, 0.0), (COLOR, baseline_m)):
        bag.write_camera_info(f'{name}/camera_info', Stamps(stamps[name], stamps[name]),
                              FRAME_IDS[name], intrinsics, place_m)
