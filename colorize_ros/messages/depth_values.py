"""What a depth sensor's numbers mean: units, unknown pixels, and numbers that cannot be depth.

Drivers disagree on how to say 'no measurement' (0, NaN, +Inf, -Inf) and now and then publish
another unit than the encoding promises (REP 118: 32FC1 is metres, 16UC1 millimetres). All of
that ends here, at the door, so that no other room has to think of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ConfigurationError, DepthError

UNITS = ('auto', 'm', 'mm')

MAX_MEDIAN_M = 100.0
"""A frame whose median is farther than this is not in metres: no depth camera sees so far."""

MIN_MEDIAN_M = 0.01
"""A frame that is nearer than this after a conversion from mm was in metres before."""

MAX_NEGATIVE_FRACTION = 0.01
"""Stereo matchers leave a few negative pixels, which are dropped; a frame with more is wrong."""

_SAMPLES = 4096

# A depth camera has holes in the midst of its image, and sees nothing nearer than this.
_LEAST_HOLES = 0.005
_NEAREST_MM = 200
# Gray levels that are this coarse, as 8 bits in the upper half of 16, have such a gap anyway.
_LEVELS_IN_GAP = 20


def depth_from_millimetres(values: NDArray[np.uint16], unit: str) -> NDArray[np.float32]:
    """Depth in metres from 16-bit integers, 0 unknown.

    Args:
        values: (H, W) 16-bit unsigned, of any byte order.
        unit: 'auto' and 'mm' take them as millimetres, 'm' as whole metres.

    Returns:
        (H, W) float32 metres, NaN where `values` is 0.

    Raises:
        ConfigurationError: `unit` is none of UNITS.
        DepthError: the median is beyond 100 m.
    """
    check_unit(unit)
    per_metre = np.float32(1.0 if unit == 'm' else 1000.0)
    depth_m = np.divide(values, per_metre, dtype=np.float32)
    np.copyto(depth_m, np.float32(np.nan), where=values == 0)
    if unit == 'm':
        _check_median(depth_m, unit)
    return depth_m


# NumPy 1.21 warns when it compares with a signalling NaN, which random bytes may hold.
@np.errstate(invalid='ignore')
def depth_from_float(values: NDArray[np.float32], unit: str) -> NDArray[np.float32]:
    """Depth in metres from 32-bit floats, unknown pixels as NaN.

    0, NaN, +Inf and -Inf are unknown (REP 117's 'too close' and 'out of range' are no distance
    either). Up to 1 % negative pixels become unknown too; more of them are an error.

    Args:
        values: (H, W) float32, native byte order.
        unit: 'auto' and 'm' take them as metres, 'mm' as millimetres.

    Returns:
        (H, W) float32 metres, NaN unknown: `values` itself where nothing had to change.

    Raises:
        ConfigurationError: `unit` is none of UNITS.
        DepthError: more than 1 % negative, or plainly of another unit (median beyond 100 m, or
            nearer than 10 mm with unit 'mm').
    """
    check_unit(unit)
    lowest, highest = _range(values)
    depth_m = values
    if lowest <= 0.0 or highest == np.inf:
        _check_sign(values)
        measured = (values > 0.0) & (values < np.inf)
        depth_m = np.where(measured, values, np.float32(np.nan))
    if unit == 'mm':
        depth_m = depth_m / np.float32(1000.0)
    _check_median(depth_m, unit)
    return depth_m


def looks_like_millimetres(values: NDArray[np.uint16]) -> bool:
    """Tell 16-bit depth in millimetres from 16-bit gray levels, where that can be told.

    In the midst of a depth image there are pixels of 0, unknown, and then none up to the nearest
    distance that the camera can measure; gray levels have no such gap above 0. The border is left
    out: rectified images are black there. Depth without holes is not recognised.

    Args:
        values: (H, W) 16-bit unsigned.
    """
    rows, columns = (side // 4 for side in values.shape)
    midst = values[rows:values.shape[0] - rows, columns:values.shape[1] - columns]
    known = midst[midst > 0]
    if not known.size or known.size > (1 - _LEAST_HOLES) * midst.size:
        return False
    nearest = float(np.percentile(known, 0.1))
    if nearest < _NEAREST_MM:
        return False
    return nearest >= _LEVELS_IN_GAP * int(np.gcd.reduce(known))


def check_unit(unit: str) -> None:
    """Raise ConfigurationError where `unit` is none of UNITS."""
    if unit not in UNITS:
        raise ConfigurationError(
            f'input_depth_unit {unit!r} is unknown; allowed are {", ".join(UNITS)}')


def _range(values: NDArray[np.float32]) -> tuple[float, float]:
    """Lowest and highest value, NaN left out: NaN, NaN where all are."""
    # fmin and fmax skip NaN in one vectorised pass, several times faster than nanmin on masks.
    return (float(np.fmin.reduce(values, axis=None)), float(np.fmax.reduce(values, axis=None)))


def _check_sign(values: NDArray[np.float32]) -> None:
    finite = np.isfinite(values)
    negative = int(np.count_nonzero((values < 0.0) & finite))
    measured = int(np.count_nonzero((values != 0.0) & finite))
    if negative > MAX_NEGATIVE_FRACTION * measured:
        raise DepthError(
            f'{negative} of {measured} measured pixels have negative depth; at most '
            f'{MAX_NEGATIVE_FRACTION:.0%} may. Depth is the distance along the optical axis, z '
            'forward (REP 118): is the topic a depth image in the optical frame?')


def _check_median(depth_m: NDArray[np.float32], unit: str) -> None:
    median_m = _median(depth_m)
    if median_m > MAX_MEDIAN_M:
        found = f'the median depth is {median_m:.4g} m'
        if unit == 'auto':
            found += ' if 32FC1 is metres, as REP 118 wants; it looks like millimetres'
        raise DepthError(
            f"{found}; at most {MAX_MEDIAN_M:.0f} m is allowed. If the driver publishes "
            "millimetres, set the parameter input_depth_unit to 'mm'")
    if unit == 'mm' and median_m < MIN_MEDIAN_M:
        raise DepthError(
            f'the median depth is {median_m:.4g} m if the values are millimetres, as '
            f"input_depth_unit 'mm' says; at least {MIN_MEDIAN_M:g} m is allowed. If the driver "
            "publishes metres, set input_depth_unit to 'auto'")


def _median(depth_m: NDArray[np.float32]) -> float:
    """Median of the measured pixels, of a sample of them where there are many; NaN for none."""
    stride = max(1, int((depth_m.size / _SAMPLES) ** 0.5))
    sample = depth_m[::stride, ::stride]
    sample = sample[~np.isnan(sample)]
    if sample.size < _SAMPLES // 64:
        # Sparse depth: the grid may have missed what little there is.
        sample = depth_m[~np.isnan(depth_m)]
    return float(np.median(sample)) if sample.size else float('nan')
