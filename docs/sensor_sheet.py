"""Draw the contact sheet of all sensors, by day and by night, from a simulated bag.

    python docs/sensor_sheet.py BAG [--out docs/images/sensors.jpg]

The bag is one whose lights go out (`colorize-ros simulate --lights-out-s`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import yaml

from colorize_ros.datasets.ground_truth import FOLDER, GroundTruth
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.demo_recording import images_by_stamp, nearest_rgb
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.messages import depth_picture

COLUMNS = {'color': '/color/image_raw', 'near infrared': '/nir/image_raw',
           'mono, left lens': '/mono/image_rect', 'color, right lens': '/color/image_rect'}
# Since the moment at which the lights go out.
MOMENTS_S = {'day': -1.0, 'night': 2.0}
GAIN = 12


def main() -> None:
    """Draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('bag', type=Path)
    parser.add_argument('--out', type=Path, default=Path(__file__).parent / 'images/sensors.jpg')
    arguments = parser.parse_args()
    scene = yaml.safe_load((arguments.bag / FOLDER / 'scene.yaml').read_text(encoding='utf-8'))
    sheet = ContactSheet()
    for name, since_dark_s in MOMENTS_S.items():
        at_ns = scene['start_ns'] + int((scene['lights_out_s'] + since_dark_s) * 1e9)
        pictures = _pictures(arguments.bag, at_ns)
        sheet.add_pictures(name, pictures)
        if name == 'night':
            brighter = {label: np.clip(picture.astype(np.float32) * GAIN, 0, 255).astype(np.uint8)
                        for label, picture in pictures.items()}
            kept = {label: pictures[label] for label in ('depth', 'near infrared')}
            sheet.add_pictures(f'night, x{GAIN}', {**brighter, **kept})
    # Of the right lens, the disparity: what it does not see is black.
    sheet.add_pictures('truth, disparity', _truth(arguments.bag, at_ns))
    sheet.save(arguments.out)


def _pictures(bag: Path, at_ns: int) -> dict[str, NDArray[np.uint8]]:
    topics = find_topics(bag)
    stamp = min(GroundTruth(bag).stamps('depth'), key=lambda taken: abs(taken - at_ns))
    depth_m = images_by_stamp(bag, topics.streams['depth'].topic, [stamp])[stamp]
    cameras = {stream.base: stream.topic for stream in (topics.streams['guide'], *topics.cameras)}
    return {'depth': depth_picture(depth_m), **{
        label: nearest_rgb(bag, cameras[topic], [stamp])[stamp]
        for label, topic in COLUMNS.items()}}


def _truth(bag: Path, at_ns: int) -> dict[str, NDArray[np.uint8]]:
    truth = GroundTruth(bag)

    def nearest(kind: str) -> int:
        return min(truth.stamps(kind), key=lambda taken: abs(taken - at_ns))

    disparity = truth.disparity_px(nearest('disparity'))
    hidden = truth.occluded(nearest('occluded')) | np.isnan(disparity)
    return {'depth': depth_picture(truth.depth_m(nearest('depth'))),
            'color': truth.lit_rgb('color', nearest('color_lit')),
            'near infrared': truth.lit_rgb('nir', nearest('nir_lit')),
            'mono, left lens': truth.lit_rgb('mono', nearest('mono_lit')),
            'color, right lens': depth_picture(np.where(
                hidden, np.float32(np.nan), np.float32(52.5) / disparity))}


if __name__ == '__main__':
    main()
