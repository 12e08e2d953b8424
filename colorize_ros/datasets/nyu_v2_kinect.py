"""The Kinect of NYU Depth v2: what its raw numbers mean, and how its depth falls on its color.

Constants and steps are those of the data set's toolbox (`camera_params.m`,
`depth_rel2depth_abs.m`, `project_depth_map.m`, `get_projection_mask.m`), from
https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html. It differs in three places: the value for
"nothing seen" is 2047 rather than the largest of a frame, disparities are never blended where the
lens is corrected, and depth is along the axis of the color camera, whose image it lies on.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.published import PinholeCamera

WIDTH, HEIGHT = 640, 480
COLOR_MATRIX = np.array([[518.85790117450188, 0, 325.58244941119034],
                         [0, 519.46961112127485, 253.73616633400465],
                         [0, 0, 1]])
COLOR_DISTORTION = np.array([0.20796615318809061, -0.58613825163911781, 0.00072231363135888329,
                             0.0010479627195765181, 0.49856986684705107])
DEPTH_MATRIX = np.array([[582.62448167737955, 0, 313.04475870804731],
                         [0, 582.69103270988637, 238.44389626620386],
                         [0, 0, 1]])
DEPTH_DISTORTION = np.array([-0.099897236553084481, 0.39065324602765344, 0.0019290592870229277,
                             -0.0019422022475975055, -0.51031725053400578])
# The toolbox negates and inverts this matrix, then adds the offset: the signs of all three
# coordinates turn, which their quotients do not show. Below they do not turn.
DEPTH_FROM_COLOR = np.array([
    [0.99997798940829263, 0.0050518419386157446, 0.0043011152014118693],
    [-0.0050359919480810989, 0.99998051861143999, -0.0036879781309514218],
    [-0.0043196624923060242, 0.0036662365748484798, 0.99998394948385538]])
OFFSET_M = np.array([0.025031875059141302, -0.00029342312935846411, 0.00066238747008330102])

DISPARITY_SCALE, DISPARITY_ZERO = 351.3, 1092.5
NOTHING_SEEN = 2047
SMALLEST_DISPARITY = 600
FARTHEST_M = 10.0
# Rows and columns that depth covers once it lies on the color image.
COVERED = np.s_[44:471, 40:601]
CAMERA = PinholeCamera(
    561, 427, COLOR_MATRIX[0, 0], COLOR_MATRIX[1, 1], COLOR_MATRIX[0, 2] - 40,
    COLOR_MATRIX[1, 2] - 44)


def disparity_to_metres(disparity: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Turn the Kinect's raw 11 bits into metres: 351.3 / (1092.5 - disparity).

    Args:
        disparity: (H, W), 2047 where nothing was seen.

    Returns:
        (H, W) along the axis of the depth camera; NaN below a disparity of 600 (0.71 m), which
        the toolbox takes for an artefact, and from 10 m on, which it takes for noise.
    """
    with np.errstate(divide='ignore'):
        depth_m = DISPARITY_SCALE / (DISPARITY_ZERO - disparity.astype(np.float64))
    known = (disparity >= SMALLEST_DISPARITY) & (depth_m > 0) & (depth_m < FARTHEST_M)
    return np.where(known, depth_m, np.nan).astype(np.float32)


def register(disparity: NDArray[np.uint16], rgb: NDArray[np.uint8]
             ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Correct both lenses and lay depth on the color image, the nearer over the farther.

    Args:
        disparity: (480, 640) raw values.
        rgb: (480, 640, 3) as recorded.

    Returns:
        rgb, and depth in metres along the color camera's axis, NaN unknown; both of the whole
        image, of which `COVERED` is the part to use.
    """
    depth_m = disparity_to_metres(_undistort(disparity))
    row, column = np.nonzero(np.isfinite(depth_m))
    z = depth_m[row, column].astype(np.float64)
    rays = np.linalg.inv(DEPTH_MATRIX) @ np.stack([column, row, np.ones(len(z))])
    points = DEPTH_FROM_COLOR.T @ (rays * z) - OFFSET_M[:, None]
    u, v, scale = COLOR_MATRIX @ points
    u, v = np.rint(u / scale).astype(int), np.rint(v / scale).astype(int)
    inside = (u >= 0) & (u < WIDTH) & (v >= 0) & (v < HEIGHT)
    u, v, z = u[inside], v[inside], points[2, inside]
    # Of several assignments to a pixel the last one stays.
    order = np.argsort(-z, kind='stable')
    registered_m = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    registered_m[v[order], u[order]] = z[order]
    return cv2.undistort(rgb, COLOR_MATRIX, COLOR_DISTORTION).astype(np.uint8), registered_m


def _undistort(disparity: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Correct the depth camera's lens; each value comes from one pixel, none from between two."""
    maps = cv2.initUndistortRectifyMap(
        DEPTH_MATRIX, DEPTH_DISTORTION, np.eye(3), DEPTH_MATRIX, (WIDTH, HEIGHT), cv2.CV_32FC1)
    corrected = cv2.remap(disparity, *maps, cv2.INTER_NEAREST,
                          borderMode=cv2.BORDER_CONSTANT, borderValue=NOTHING_SEEN)
    return np.asarray(corrected, np.uint16)
