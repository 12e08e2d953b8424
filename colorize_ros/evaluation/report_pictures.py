"""Pictures of the demo's page, as files that the page holds itself."""
from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
T = TypeVar('T')

FILM_FRAMES, FILM_WIDTH_PX = 45, 360
JPEG_QUALITY = 88


class Section(NamedTuple):
    """What a node's part of the page shows.

    Attributes:
        facts: numbers, for results.json too.
        pictures: for the page alone.
    """

    facts: dict[str, Any]
    pictures: dict[str, Any]


class Moment(NamedTuple):
    """Pictures of one moment, by caption; all of one size.

    Attributes:
        since_start_s: when it was.
        pictures: (H, W, 3) uint8 RGB.
    """

    since_start_s: float
    pictures: Mapping[str, Picture]


def film(moments: Sequence[Moment]) -> dict[str, Any]:
    """Return a film for the page: one strip of pictures a moment, of those that all have.

    Returns:
        names of the pictures, frames (data URIs), seconds that it lasts.
    """
    names = [name for name in moments[0].pictures
             if all(name in moment.pictures for moment in moments)]
    return {
        'names': names,
        'frames': [data_uri(_strip([moment.pictures[name] for name in names]))
                   for moment in moments],
        'seconds': moments[-1].since_start_s - moments[0].since_start_s}


def row(moment: Moment) -> dict[str, Any]:
    """Return a row of large pictures for the page."""
    return {'since_start_s': moment.since_start_s, 'pictures': {
        name: data_uri(picture) for name, picture in moment.pictures.items()}}


def spread(values: Sequence[T], wanted: int) -> list[T]:
    """Choose at most `wanted` of the values, evenly, with first and last."""
    if not values:
        return []
    places = np.linspace(0, len(values) - 1, min(wanted, len(values))).round()
    return [values[int(place)] for place in places]


def film_stamps(back: Collection[int], known: Collection[int]) -> list[int]:
    """Choose the frames to look at, so that a long bag need not fit into memory.

    Args:
        back: stamps of the frames that came back.
        known: stamps that have a ground truth.

    Returns:
        Frames evenly spread over those that came back, and as many of those with a truth.
    """
    came = sorted(back)
    return sorted({*spread(came, FILM_FRAMES),
                   *spread(sorted(set(known) & set(came)), FILM_FRAMES)})


def nearest_in_time(at: float, moments: Mapping[float, T]) -> T:
    """Return the one whose time is nearest."""
    return moments[min(moments, key=lambda moment: abs(moment - at))]


def data_uri(picture: Picture) -> str:
    """Return an (H, W, 3) uint8 RGB picture as a JPEG that a page can hold."""
    _, encoded = cv2.imencode(
        '.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return 'data:image/jpeg;base64,' + base64.b64encode(encoded.tobytes()).decode('ascii')


def _strip(pictures: Sequence[Picture]) -> Picture:
    height, width = pictures[0].shape[:2]
    size = (FILM_WIDTH_PX, round(FILM_WIDTH_PX * height / width))
    return np.hstack([cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                      for picture in pictures]).astype(np.uint8, copy=False)
