"""Draw how a place that was learned by day is colored at night, from a simulated bag.

    python docs/memory_sheet.py BAG [--out docs/images/memory.jpg]

The bag is one whose lights go out on the way and whose robot goes back the way it came
(`colorize-ros simulate --lights-out-s --back`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
import tempfile

import cv2
import numpy as np
from numpy.typing import NDArray
import yaml

from colorize_ros.datasets.ground_truth import FOLDER, GroundTruth
from colorize_ros.evaluation.contact_sheet import ContactSheet
from colorize_ros.evaluation.demo_recording import images_by_stamp, nearest_rgb
from colorize_ros.evaluation.demo_topics import find_topics
from colorize_ros.illumination import how_well_lit
from colorize_ros.messages import depth_picture
from colorize_ros.pipelines import (
    DepthColorizer,
    PlaceMemory,
    Reference,
    ReferenceMemory,
    ReferenceStore,
)

COLOR = '/color/image_raw'
LEARN_EVERY_S, REFERENCES_AT_ONCE = 1.0, 4
# Since the moment at which the lights go out.
MOMENTS_S = (1.0, 2.0, 3.0, 5.0)


def main() -> None:
    """Draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('bag', type=Path)
    parser.add_argument('--out', type=Path, default=Path(__file__).parent / 'images/memory.jpg')
    arguments = parser.parse_args()
    bag = arguments.bag
    scene = yaml.safe_load((bag / FOLDER / 'scene.yaml').read_text(encoding='utf-8'))
    dark_ns = scene['start_ns'] + round(scene['lights_out_s'] * 1e9)
    truth = GroundTruth(bag)
    learned = np.arange(scene['start_ns'] + 1e9, dark_ns - 2e8, LEARN_EVERY_S * 1e9).astype(int)
    seen = [dark_ns + round(since_s * 1e9) for since_s in MOMENTS_S]
    frames = _frames(bag, [*learned, *seen])
    colorizer = DepthColorizer.load('robot', device='cpu')
    sheet = ContactSheet()
    with tempfile.TemporaryDirectory() as folder:
        memory = PlaceMemory(colorizer, ReferenceMemory(32, 10 ** 8),
                             ReferenceStore(Path(folder)), at_once=REFERENCES_AT_ONCE)
        for at_ns in learned:
            depth_m, rgb = frames[at_ns]
            memory.learn(Reference(rgb, depth_m), how_well_lit(rgb), int(at_ns))
        for since_s, at_ns in zip(MOMENTS_S, seen):
            depth_m, rgb = frames[at_ns]
            appearance = memory.appearance_for(depth_m)
            if appearance is None:
                raise SystemExit(f'{bag} has no lit second to learn from')
            lit_ns = min(truth.stamps('color_lit'), key=lambda taken: abs(taken - at_ns))
            sheet.add_pictures(f'{since_s:g} s after dark', {
                'depth': depth_picture(depth_m), 'color camera': rgb,
                'depth_colorizer': colorizer(depth_m, appearance),
                'as it would be by day': truth.lit_rgb('color', lit_ns)})
    sheet.save(arguments.out)


def _frames(bag: Path, moments: list[int]
            ) -> dict[int, tuple[NDArray[np.float32], NDArray[np.uint8]]]:
    """Give depth, and color of its size, at the moments nearest to some."""
    topics = find_topics(bag)
    stamps = [min(GroundTruth(bag).stamps('depth'), key=lambda taken: abs(taken - at_ns))
              for at_ns in moments]
    depths = images_by_stamp(bag, topics.streams['depth'].topic, stamps)
    color = next(stream.topic for stream in (topics.streams['guide'], *topics.cameras)
                 if stream.base == COLOR)
    colors = nearest_rgb(bag, color, stamps)
    return {at_ns: (depths[stamp], np.asarray(cv2.resize(
        colors[stamp], depths[stamp].shape[::-1], interpolation=cv2.INTER_AREA), np.uint8))
        for at_ns, stamp in zip(moments, stamps)}


if __name__ == '__main__':
    main()
