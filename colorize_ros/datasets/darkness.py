"""What is left of a color picture when the light goes."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.sensor_noise import ImageSensor
from colorize_ros.datasets.tone import linear_light, to_bytes, tone_curve
from colorize_ros.errors import ConfigurationError, ShapeError

NIGHT = 1e-4


def ill_lit(rgb: NDArray[np.uint8], gamma: float = 10.0) -> NDArray[np.uint8]:
    """Darken a picture by gamma correction.

    Lai et al. 2020, "Colorization of Depth Map via Disentanglement", section 4.4, take gamma 10
    for photos under ill lighting: intensities in [0, 1] to that power, without noise.

    Args:
        rgb: (H, W, 3) uint8, well lit.
        gamma: above 0; 1 changes nothing.

    Returns:
        (H, W, 3) uint8.

    Raises:
        ShapeError: not an 8-bit color picture.
        ConfigurationError: a gamma that is not above 0.
    """
    _check(rgb)
    if not 0 < gamma < np.inf:
        raise ConfigurationError(f'gamma {gamma:g} darkens nothing; expected a number above 0, 10 '
                                 "for the paper's ill-lit pictures")
    table = 255 * (np.arange(256) / 255) ** gamma
    return (table + 0.5).astype(np.uint8)[rgb]


def night(rgb: NDArray[np.uint8], rng: np.random.Generator, *, light: float = NIGHT,
          sensor: ImageSensor | None = None) -> NDArray[np.uint8]:
    """Retake a well-lit picture with a fraction of its light.

    The camera exposes as long and amplifies as much as it can; what the light leaves open is dark
    and full of shot noise and read noise.

    Args:
        rgb: (H, W, 3) uint8, well lit.
        rng: where noise comes from; the same state gives the same picture.
        light: factor on the light; 1e-4 is a room at night, 0.05 dusk.
        sensor: a cheap color camera's by default.

    Returns:
        (H, W, 3) uint8.

    Raises:
        ShapeError: not an 8-bit color picture.
        ConfigurationError: a factor that is not in (0, 1].
    """
    _check(rgb)
    if not 0 < light <= 1:
        raise ConfigurationError(f'a light of {light:g} does not darken; expected a factor above '
                                 '0 and at most 1, such as 1e-4 for night')
    camera = ImageSensor() if sensor is None else sensor
    day = linear_light(rgb.astype(np.float32) / np.float32(255))
    # The photographer exposed by day, not we: only what the night takes away is made up for.
    exposure = camera.exposure(1 / light)
    return to_bytes(tone_curve(camera.expose(day * np.float32(light), exposure, rng)))


def _check(rgb: NDArray[np.uint8]) -> None:
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise ShapeError(f'image is {rgb.dtype} of shape {rgb.shape}; expected uint8 (H, W, 3). '
                         'Decode it as RGB first')
