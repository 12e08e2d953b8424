"""Flicker: how much a colorized video changes where its scene does not.

Lai et al. 2018, "Learning Blind Video Temporal Consistency", compare a frame with the one before
as optical flow carries it along; here in CIEDE2000. The flow is that of the input, so that it
needs no truth and no method can change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError, ShapeError
from colorize_ros.evaluation.ciede2000 import difference_of_images

Gray = NDArray[Any]
Rgb = NDArray[np.uint8]
Flow = NDArray[np.float32]

# There and back again a pixel may end so far from where it was; else it was covered or mistaken.
LARGEST_ERROR_PX = 1.0
# The gray levels between which the flow is looked for: a camera in the dark uses few of them.
DARKEST, BRIGHTEST = 1, 99


def flicker(inputs: Sequence[Gray], outputs: Sequence[Rgb]) -> float:
    """Measure the mean CIEDE2000 between successive frames of a video, motion compensated.

    Each frame is compared with the next one, warped onto it by the optical flow of the inputs
    (DIS; Kroeger et al. 2016), where the flow back agrees within a pixel. Noise and real changes
    of light count, too: compare with what the input itself has, as a gray copy. Gray flickers
    least of all, so the figure says nothing of how good the colors are.

    Args:
        inputs: near-infrared frames in order of time, uint8 or uint16 (H, W).
        outputs: what a method made of each, uint8 RGB (H, W, 3).

    Returns:
        The mean over the pixels of all pairs of frames; 0 of a still picture.

    Raises:
        DataError: fewer than two frames, not as many outputs as inputs, or no motion that could
            be followed.
        ShapeError: frames of different sizes.
    """
    if len(inputs) < 2 or len(inputs) != len(outputs):
        raise DataError(f'there are {len(inputs)} input and {len(outputs)} output frames; '
                        'expected at least 2, and as many of both')
    shapes = {frame.shape[:2] for frame in (*inputs, *outputs)}
    if len(shapes) != 1:
        raise ShapeError(f'the frames have the sizes {sorted(shapes)}; those of a video have one')
    total, pixels = 0.0, 0
    for i in range(len(inputs) - 1):
        onto, followed = follow(inputs[i], inputs[i + 1])
        difference = difference_of_images(outputs[i], _warped(outputs[i + 1], onto))
        total += float(difference[followed].sum(dtype=np.float64))
        pixels += int(followed.sum())
    if not pixels:
        raise DataError(f'no pixel could be followed through {len(inputs)} frames; are they in '
                        'order, of one camera?')
    return total / pixels


def follow(first: Gray, second: Gray) -> tuple[Flow, NDArray[np.bool_]]:
    """Find where each pixel of a frame is in the next one.

    Args:
        first: uint8 or uint16 (H, W).
        second: likewise.

    Returns:
        (H, W, 2) its column and row there, and (H, W) whether it was found: inside of the frame,
        and found from there as well.
    """
    exposed = _exposed(first, second)
    ahead, back = _flow(*exposed), _flow(*exposed[::-1])
    height, width = first.shape
    here = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)
    there = here + ahead
    inside = ((there >= 0) & (there <= (width - 1, height - 1))).all(axis=2)
    error = np.linalg.norm(ahead + _warped(back, there), axis=2)
    return there, inside & (error <= LARGEST_ERROR_PX)


def _flow(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Flow:
    # The newer name, DISOpticalFlow.create, is not in OpenCV 4.5.
    search = cv2.DISOpticalFlow_create(  # type: ignore[attr-defined]
        cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(first, second, None), np.float32)


def _exposed(*frames: Gray) -> list[NDArray[np.uint8]]:
    """Stretch frames alike to 8 bits."""
    dark, bright = np.percentile(np.stack(frames), (DARKEST, BRIGHTEST))
    scale = 255 / max(bright - dark, 1)
    return [np.clip((frame - dark) * scale, 0, 255).astype(np.uint8) for frame in frames]


def _warped(image: NDArray[Any], there: Flow) -> NDArray[Any]:
    """Fetch each pixel from where it is in the image, (H, W, ...)."""
    return np.asarray(cv2.remap(image, there[..., 0], there[..., 1], cv2.INTER_LINEAR,
                                borderMode=cv2.BORDER_REPLICATE))
