"""Color and depth of a place by day: what tells a network how the place looks."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ShapeError
from colorize_ros.pipelines.images import check_depth

HISTOGRAM_BINS = 4


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
    """A color image and the depth registered to it.

    Attributes:
        rgb: (H, W, 3) uint8, at least 32 x 32.
        depth_m: (H, W) float32 metres along the optical axis, NaN where unknown.

    Raises:
        ShapeError: another shape or dtype, or two sizes.
        DepthError: no pixel of the depth is known.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]

    def __post_init__(self) -> None:
        """Check it, so that whoever holds one need not."""
        check_depth(self.depth_m)
        if self.rgb.shape != (*self.depth_m.shape, 3) or self.rgb.dtype != np.uint8:
            raise ShapeError(
                f"the reference's color image has shape {self.rgb.shape} and dtype "
                f'{self.rgb.dtype}; expected uint8 RGB {(*self.depth_m.shape, 3)}, as large as '
                'its depth and registered to it')


def color_histogram(references: Sequence[Reference]) -> NDArray[np.float32]:
    """Count the colors of references, all alike in weight.

    Args:
        references: at least one.

    Returns:
        (64,) float32, the shares of the pixels that lie in each of 4 x 4 x 4 cells of RGB.
    """
    cells = HISTOGRAM_BINS ** np.arange(3)
    shares = np.zeros(HISTOGRAM_BINS ** 3)
    for reference in references:
        levels = reference.rgb // (256 // HISTOGRAM_BINS)
        counts = np.bincount((levels @ cells).ravel(), minlength=shares.size)
        shares += counts / counts.sum() / len(references)
    return shares.astype(np.float32)
