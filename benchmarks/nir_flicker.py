"""How much the colors of a near-infrared video flicker: presets, with and without memory.

    python benchmarks/nir_flicker.py [BAG ...] [--topic /nir/image_raw] [--sheets DIR]
        [--json benchmarks/results/nir_flicker.json]

BAG is a drive of `colorize-ros simulate` or any other bag with near-infrared images, raw or
compressed; without it, the drive by night that comes with the package. The methods take turns on
the same frames. `robot-smoothed` holds the exposure as the node does; the others see each frame
by itself. `gray-copy` is the flicker that the input has.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import colorize_ros
from colorize_ros.errors import DataError
from colorize_ros.evaluation.bags import messages_of, opened
from colorize_ros.evaluation.baselines_nir import gray_copy
from colorize_ros.evaluation.color_flicker import flicker
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.demo_topics import COMPRESSED, IMAGE
from colorize_ros.evaluation.runner import evenly_chosen, load_presets
from colorize_ros.messages import decode_gray
from colorize_ros.pipelines import NirColorizer

NIGHT = Path(colorize_ros.__file__).parent / 'evaluation' / 'demo_night'
PRESETS = ('robot', 'paper', 'paper-no-edgenet')
SMOOTHING = 0.8
FRAMES_ON_SHEET = 8
HOW = ('Mean CIEDE2000 between successive frames, motion compensated by the optical flow of the '
       'input; robot-smoothed with a smoothing of {smoothing}.')

Frame = NDArray[Any]
Rgb = NDArray[np.uint8]


def near_infrared_topic(bag: Path) -> str:
    """Find the topic of images with `nir` or `infra` in its name.

    Raises:
        DataError: there is none, or several.
    """
    with opened(bag) as reader:
        images = {found.topic for found in reader.connections
                  if found.msgtype in (IMAGE, COMPRESSED)}
    fitting = sorted(topic for topic in images if 'nir' in topic or 'infra' in topic)
    if len(fitting) != 1:
        raise DataError(f'{bag} has the image topics {sorted(images)}, of which {len(fitting)} '
                        'are named as near infrared; name one with --topic')
    return fitting[0]


def colorizers() -> dict[str, Callable[[Frame], Rgb]]:
    """Load the presets whose weights are here, and say which are not."""
    skipped: dict[str, str] = {}
    loaded = load_presets(PRESETS, partial(NirColorizer.load, device='cpu'), skipped)
    for name, reason in skipped.items():
        print(f'{name} is left out: {reason}')
    methods: dict[str, Callable[[Frame], Rgb]] = {'gray-copy': as_gray, **loaded}
    if 'robot' in loaded:
        # A colorizer of its own: it remembers.
        methods['robot-smoothed'] = partial(
            NirColorizer.load('robot', device='cpu'), smoothing=SMOOTHING)
    return methods


def as_gray(frame: Frame) -> Rgb:
    """Copy the levels to three channels, 16 bits without the lower ones."""
    return gray_copy((frame >> 8).astype(np.uint8) if frame.dtype == np.uint16 else frame)


def measure(bag: Path, topic: str, sheets: Path | None) -> dict[str, Any]:
    """Colorize all frames of a topic by all methods."""
    frames = [decode_gray(message) for message in messages_of(bag, topic)]
    methods = colorizers()
    outputs: dict[str, list[Rgb]] = {name: [] for name in methods}
    for frame in frames:
        for name, colorize in methods.items():
            outputs[name].append(colorize(frame))
    if sheets is not None:
        picture(frames, outputs, sheets / f'{bag.name}.png')
    return {'bag': bag.name, 'topic': topic, 'frames': len(frames),
            'ciede2000': {name: round(flicker(frames, colored), 3)
                          for name, colored in outputs.items()}}


def picture(frames: Sequence[Frame], outputs: dict[str, list[Rgb]], path: Path) -> None:
    """Write frames of all methods as a contact sheet."""
    sheet = ContactSheet()
    for i in evenly_chosen(range(len(frames)), FRAMES_ON_SHEET):
        sheet.add_pictures(f'frame {i}', {name: colored[i] for name, colored in outputs.items()})
    sheet.save(path)


def main() -> None:
    """Measure, print, and write JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('bags', nargs='*', type=Path)
    parser.add_argument('--topic')
    parser.add_argument('--sheets', type=Path, help='folder for a contact sheet of each bag')
    parser.add_argument('--json', type=Path)
    arguments = parser.parse_args()
    bags = arguments.bags or [bag for bag in (NIGHT,) if bag.is_dir()]
    if not bags:
        print('nir_flicker: no bag was given, so nothing is measured')
        return
    runs = [measure(bag, arguments.topic or near_infrared_topic(bag), arguments.sheets)
            for bag in bags]
    for run in runs:
        print(f'{run["bag"]:24} {run["frames"]:4} frames ', '  '.join(
            f'{name} {value:.2f}' for name, value in run['ciede2000'].items()))
    if arguments.json:
        how = HOW.format(smoothing=SMOOTHING)
        arguments.json.write_text(json.dumps({'how': how, 'runs': runs}, indent=2) + '\n',
                                  encoding='utf-8')


if __name__ == '__main__':
    main()
