"""From linear light to the pictures that the robot's cameras deliver."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.darkness import ill_lit as darkened_by_gamma
from colorize_ros.datasets.lens_noise import add_lens_noise, SETUPS
from colorize_ros.datasets.sensor_noise import ImageSensor
from colorize_ros.datasets.tone import linear_light, to_bytes, tone_curve
from colorize_ros.errors import ConfigurationError, ShapeError

COLOR_SENSOR = ImageSensor()
# Without color filters a sensor catches about three times the light.
MONO_SENSOR = ImageSensor(efficiency=3.0)
# Its silicon is less sensitive to the infrared, and its picture may be noisier.
INFRARED_SENSOR = ImageSensor(electrons=4000.0, read_noise=4.0, highest_gain=8.0)
# What the lens of the infrared camera lets through in the corners; its lamp fades by itself.
CORNER_LIGHT = 0.7
# Of BT.601, as the paper's YCbCr.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def color_image(light: NDArray[np.float32], rng: np.random.Generator, *,
                ill_lit: bool = False) -> NDArray[np.uint8]:
    """Take a picture with the color camera, exposed automatically.

    Args:
        light: (H, W, 3) linear RGB, at least 0; 0.2 is middle gray by day.
        rng: where noise comes from; the same state gives the same picture.
        ill_lit: darken the picture by the gamma curve of Lai et al. 2020 instead; `light` is the
            day's then.

    Returns:
        (H, W, 3) uint8 sRGB.

    Raises:
        ShapeError: light of another shape.
        DataError: light that is negative or not finite.
    """
    _check_rgb(light)
    signal = COLOR_SENSOR.expose(light, COLOR_SENSOR.auto_exposure(light), rng)
    image = to_bytes(tone_curve(signal))
    return darkened_by_gamma(image) if ill_lit else image


def near_infrared_image(near_infrared: NDArray[np.float32],
                        rng: np.random.Generator) -> NDArray[np.uint8]:
    """Take a picture with the near-infrared camera, exposed automatically.

    Args:
        near_infrared: (H, W) linear, at least 0; 1.0 is a white surface at 1 m that faces the
            camera's own lamp.
        rng: where noise comes from; the same state gives the same picture.

    Returns:
        (H, W) uint8, brightness encoded as in sRGB.

    Raises:
        ShapeError: light of another shape.
        DataError: light that is negative or not finite.
    """
    if near_infrared.ndim != 2:
        raise ShapeError(f'near-infrared light has shape {near_infrared.shape}; expected (H, W). '
                         'Give one channel')
    through_lens = near_infrared * _vignette(near_infrared.shape)
    exposure = INFRARED_SENSOR.auto_exposure(through_lens)
    return to_bytes(tone_curve(INFRARED_SENSOR.expose(through_lens, exposure, rng)))


def stereo_images(left: NDArray[np.float32], right: NDArray[np.float32],
                  rng: np.random.Generator, *,
                  setup: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Take a pair with the stereo head: monochrome on the left, color on the right.

    A well-exposed pair has exactly the noise of Dong et al. 2019, Table 2. As the amplifier has to
    make up for missing light, the sensors' own noise takes its place; the monochrome one gets
    three times the light.

    Args:
        left: (H, W, 3) linear RGB, at least 0; 0.2 is middle gray by day.
        right: the same, as the right camera sees it.
        rng: where noise comes from; the same state gives the same pair.
        setup: of Table 2.

    Returns:
        mono: (H, W) uint8; color: (H, W, 3) uint8 sRGB.

    Raises:
        ShapeError: light of another shape.
        ConfigurationError: a setup that is not in Table 2.
        DataError: light that is negative or not finite.
    """
    _check_rgb(left)
    _check_rgb(right)
    if setup not in SETUPS:
        raise ConfigurationError(f'there is no setup {setup}; expected one of {sorted(SETUPS)}')
    factors = SETUPS[setup]
    mono = _lens_image(MONO_SENSOR, left, rng, monochrome=True)
    color = _lens_image(COLOR_SENSOR, right, rng, monochrome=False)
    return add_lens_noise(mono, factors.mono, rng), add_lens_noise(color, factors.color, rng)


def _lens_image(sensor: ImageSensor, light: NDArray[np.float32], rng: np.random.Generator, *,
                monochrome: bool) -> NDArray[np.uint8]:
    """Return a picture with as much of the sensor's own noise as the amplifier brings up."""
    exposure = sensor.auto_exposure(light)
    clean = tone_curve(sensor.brightened(light, exposure))
    if monochrome:
        # The luma of the picture, not of the light: what the paper's decolored pictures are.
        clean = clean @ LUMA
    share = np.float32(1 - 1 / exposure.gain)
    if share == 0:
        return to_bytes(clean)
    amplified = np.float32(sensor.efficiency * exposure.time * exposure.gain)
    noisy = tone_curve(sensor.expose(linear_light(clean) / amplified, exposure, rng))
    return to_bytes(clean + share * (noisy - clean))


def _vignette(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return (H, W) what a lens lets through: 1 in the middle, `CORNER_LIGHT` in the corners."""
    height, width = shape
    rows, columns = np.ogrid[-1:1:height * 1j, -1:1:width * 1j]
    # In a picture of 4:3 the middle of a side is at 0.8 and 0.6 of the way to a corner.
    from_middle = (columns * columns * width ** 2 + rows * rows * height ** 2) / (
        width ** 2 + height ** 2)
    return np.asarray(1 - (1 - CORNER_LIGHT) * from_middle, np.float32)


def _check_rgb(light: NDArray[np.float32]) -> None:
    if light.ndim != 3 or light.shape[2] != 3:
        raise ShapeError(f'light has shape {light.shape}; expected (H, W, 3). Give linear RGB')
