"""What methods of mono and color get, and how what they make of it is measured.

The protocol is that of Dong, Li, Wang & Wang 2019, "Learning a Deep Convolutional Network for
Colorization in Monochrome-Color Dual-Lens System", section Experiments.

The left image of a pair loses its color, both images get the noise of Table 2, and what a method
makes of them is compared with the left image as it was. The draws of the noise depend on the
pair's name alone: whatever else is measured, and in both setups, a monochrome image is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
import zlib

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.lens_noise import add_lens_noise, decolor, SETUPS
from colorize_ros.datasets.stereo import StereoFrame
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.ciede2000 import difference_of_images
from colorize_ros.evaluation.color_metrics import ssim_map
from colorize_ros.evaluation.metrics import psnr_db
from colorize_ros.evaluation.occlusion import occluded_pixels, out_of_frame
from colorize_ros.evaluation.scan_line import take_between

Mask = NDArray[np.bool_]
Rgb = NDArray[np.uint8]
Errors = NDArray[np.float64]


class Case(NamedTuple):
    """A pair in a setup.

    Attributes:
        mono: uint8 (H, W), the left image without color and with noise.
        color: uint8 RGB (H, W, 3), the right image with noise.
        occluded: (H, W), what of `mono` the color camera does not see.
    """

    frame: StereoFrame
    setup: int
    mono: NDArray[np.uint8]
    color: Rgb
    occluded: Mask

    @property
    def truth(self) -> Rgb:
        """The left image, in color and without noise."""
        return self.frame.left


def make_cases(frame: StereoFrame, setups: Sequence[int]) -> Iterator[Case]:
    """Make what the methods get of a pair in each setup of Table 2."""
    occluded = occluded_pixels(frame)
    for setup in setups:
        rng = np.random.default_rng(zlib.crc32(frame.name.encode()))
        noise = SETUPS[setup]
        mono = add_lens_noise(decolor(frame.left), noise.mono, rng)
        yield Case(frame, setup, mono, add_lens_noise(frame.right, noise.color, rng), occluded)


def told_the_truth(case: Case) -> dict[str, Rgb]:
    """Say how good a method can become.

    Returns:
        uint8 RGB (H, W, 3) by name. `ceiling`: the true chroma and the noisy monochrome image,
        so no more than its noise is wrong. `true-disparity`: the noisy color image's chroma from
        the very place where the true disparity points, and the true chroma where the color camera
        does not see or the disparity is not known. `true-disparity-clean`: the same without the
        color camera's noise; what it lacks to the ceiling is how the two images differ.
    """
    chroma = chroma_of(case.truth)
    disparity = case.frame.disparity_px
    copied = np.isfinite(disparity) & ~case.occluded
    where = np.where(copied, disparity, 0).astype(np.float32)
    made = {'ceiling': compose(case.mono, chroma)}
    for name, color in (('true-disparity', case.color),
                        ('true-disparity-clean', case.frame.right)):
        warped = take_between(chroma_of(color), where)
        made[name] = compose(case.mono, np.where(copied[..., None], warped, chroma))
    return made


def measure(predicted: Rgb, ceiling: Rgb, case: Case) -> dict[str, float]:
    """Measure what a method made.

    Args:
        predicted: uint8 RGB (H, W, 3).
        ceiling: as `told_the_truth` gives it.
        case: what the method got.

    Returns:
        psnr_db, ssim and ciede2000 over all pixels, the same of the occluded ones with
        'occluded_' before them (left out where there are none; ssim is the mean of its map
        there), and the shares of the squared error: share_mono_noise is that of the ceiling,
        which all have; the others are what is more than that: share_out_of_frame in pixels that
        lie beside the color image, share_hidden in the other occluded ones, and share_elsewhere
        where chroma was misplaced, blurred, or noisy in the color image already.
    """
    error = _squared_error(predicted, case.truth)
    maps: dict[str, NDArray[Any]] = {
        'psnr_db': error,
        'ssim': ssim_map(predicted, case.truth),
        'ciede2000': difference_of_images(predicted, case.truth),
    }
    metrics = {}
    for prefix, pixels in (('', np.ones_like(case.occluded)), ('occluded_', case.occluded)):
        if pixels.any():
            means = {name: float(values[pixels].mean(dtype=np.float64))
                     for name, values in maps.items()}
            means['psnr_db'] = psnr_db(means['psnr_db'] ** 0.5, 255.0)
            metrics.update({f'{prefix}{name}': value for name, value in means.items()})
    return {**metrics, **_shares(error, _squared_error(ceiling, case.truth), case)}


def _squared_error(predicted: Rgb, truth: Rgb) -> Errors:
    """Give the mean over the channels of each pixel, (H, W)."""
    return np.square(predicted.astype(np.float64) - truth).mean(axis=2)


def _shares(error: Errors, of_ceiling: Errors, case: Case) -> dict[str, float]:
    total = max(float(error.sum()), 1e-9)
    more = error - of_ceiling
    outside = case.occluded & out_of_frame(case.frame.disparity_px)
    places = {'out_of_frame': outside, 'hidden': case.occluded & ~outside,
              'elsewhere': ~case.occluded}
    return {'share_mono_noise': float(of_ceiling.sum()) / total,
            **{f'share_{name}': float(more[pixels].sum()) / total
               for name, pixels in places.items()}}
