"""The camera of recorded images, as far as it is told."""
from __future__ import annotations

from pathlib import Path

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.messages import Intrinsics

# Of a Kinect's color camera at 640 columns, to which public data sets register depth.
KINECT_FOCAL = 525.0 / 640


class GivenCamera:
    """One camera, of images of one size, which the first of them says.

    Args:
        fx: focal length in pixels; None takes a Kinect's, 525 at 640 columns.
        fy: None takes fx.
        cx: principal point in pixels; None takes the middle of the image.
        cy: likewise.

    Raises:
        ConfigurationError: a focal length that is not above 0.
    """

    def __init__(self, fx: float | None, fy: float | None, cx: float | None,
                 cy: float | None) -> None:
        if any(focal is not None and focal <= 0 for focal in (fx, fy)):
            raise ConfigurationError(f'fx {fx}, fy {fy}: expected values above 0. Leave them out '
                                     'for those of a Kinect')
        self._told = fx, fy, cx, cy
        self._camera: Intrinsics | None = None

    def of(self, file: Path, shape: tuple[int, ...]) -> Intrinsics:
        """Return the camera of an image.

        Args:
            file: that holds the image.
            shape: (H, W, ...) of the image.

        Raises:
            DataError: it is not of the first image's size.
        """
        height, width = shape[:2]
        if self._camera is None:
            fx, fy, cx, cy = self._told
            focal = KINECT_FOCAL * width if fx is None else fx
            self._camera = Intrinsics(
                width=width, height=height, fx=focal, fy=focal if fy is None else fy,
                cx=(width - 1) / 2 if cx is None else cx,
                cy=(height - 1) / 2 if cy is None else cy)
        elif (width, height) != (self._camera.width, self._camera.height):
            raise DataError(f'{file} is {width} x {height}; expected {self._camera.width} x '
                            f'{self._camera.height}, as the first image of the bag. Make a bag of '
                            'each size')
        return self._camera
