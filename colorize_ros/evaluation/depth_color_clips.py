"""How steady the colors of clips of depth are, as a fixed reference looks.

Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 4.4 and Fig. 8, show it;
here it is the `flicker` of the colors, followed by the optical flow of the true ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.formats import RgbdSource
from colorize_ros.errors import DepthError
from colorize_ros.evaluation.color_flicker import flicker, follow
from colorize_ros.evaluation.depth_color_methods import color, Method, remember
from colorize_ros.evaluation.depth_color_protocol import Case, make_case, MEASURED

Gray = NDArray[np.uint8]

# Where less of a frame is found in the next one, it is of another clip: other readers number
# photos of a room one by one.
LEAST_FOLLOWED = 0.5
TRUTH = 'truth'


def flicker_of_clips(clips: Sequence[Sequence[RgbdSource]], methods: Mapping[str, Method]
                     ) -> dict[str, float]:
    """Measure the mean CIEDE2000 between successive frames, motion compensated.

    Args:
        clips: successive frames each. The first frame of one is its reference.
        methods: what colors depth.

    Returns:
        By method, the mean over the pairs of frames; also of the `truth`. Nothing where there are
        no clips.
    """
    totals: dict[str, float] = {}
    pairs = 0
    for cases, grays in _continuous(clips):
        if len(cases) < 2:
            continue
        pairs += len(cases) - 1
        for name, frames in _videos(cases, methods).items():
            totals[name] = totals.get(name, 0) + flicker(grays, frames) * (len(cases) - 1)
    return {name: total / pairs for name, total in totals.items()}


def _videos(cases: Sequence[Case], methods: Mapping[str, Method]
            ) -> dict[str, list[NDArray[np.uint8]]]:
    videos = {TRUTH: [case.at(MEASURED).rgb for case in cases]}
    for name, method in methods.items():
        appearance = remember(method, cases[0])
        videos[name] = [color(method, case, appearance) for case in cases]
    return videos


def _continuous(clips: Sequence[Sequence[RgbdSource]]
                ) -> Iterator[tuple[list[Case], list[Gray]]]:
    """Give the parts of clips in which the camera can be followed: the cases, and their grays."""
    for clip in clips:
        cases: list[Case] = []
        grays: list[Gray] = []
        for item in clip:
            case, gray = _load(item)
            if grays and (gray is None
                          or follow(grays[-1], gray)[1].mean() < LEAST_FOLLOWED):
                yield cases, grays
                cases, grays = [], []
            if case is not None and gray is not None:
                cases.append(case)
                grays.append(gray)
        yield cases, grays


def _load(item: RgbdSource) -> tuple[Case, Gray] | tuple[None, None]:
    try:
        case = make_case(item.load())
    except DepthError:
        return None, None
    return case, np.asarray(cv2.cvtColor(case.at(MEASURED).rgb, cv2.COLOR_RGB2GRAY), np.uint8)
