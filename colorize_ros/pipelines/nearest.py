"""The nearest measurement of each pixel: where a completion starts from."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def nearest_measurement(depth_m: NDArray[np.float32], known: NDArray[np.bool_]
                        ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give each pixel the depth of the nearest measured one, and how far that is.

    Args:
        depth_m: (H, W) metres, anything where unknown.
        known: (H, W), True where measured, at least once.

    Returns:
        The depth, (H, W) float32 metres, and the distance, (H, W) float32 pixels, 0 where
        measured.
    """
    distance_px, labels = cv2.distanceTransformWithLabels(
        np.where(known, np.uint8(0), np.uint8(1)), cv2.DIST_L2, cv2.DIST_MASK_5,
        labelType=cv2.DIST_LABEL_PIXEL)
    depth_by_label = np.zeros(int(labels.max()) + 1, np.float32)
    depth_by_label[labels[known]] = depth_m[known]
    return depth_by_label[labels], np.asarray(distance_px, np.float32)
