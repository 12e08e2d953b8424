"""What is known of a pair of cameras, and the one's images made to match the other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from colorize_ros.errors import ColorizeError
from colorize_ros.messages.camera_info import image_size, Intrinsics, intrinsics_of
from colorize_ros.messages.rectified_pair import resample, resize_alike, side_of, why_not_rectified


@dataclass(frozen=True)
class PairGeometry:
    """A mono and a color camera side by side, by their camera_infos.

    Attributes:
        mono: `sensor_msgs/CameraInfo` of the mono camera, None as long as it is not known.
        color: that of the color camera.
    """

    mono: Any = None
    color: Any = None

    def updated(self, mono: Any, color: Any) -> PairGeometry:
        """Return what is known with newer camera_infos; None changes nothing."""
        return PairGeometry(mono or self.mono, color or self.color)

    @property
    def mono_is(self) -> str | None:
        """Which camera the mono one is, 'left' or 'right'; None where that is not known."""
        return side_of(self.mono, self.color) if self.mono and self.color else None

    @property
    def doubt(self) -> str:
        """Why rows may not match; empty where nothing is against it."""
        return why_not_rectified(self.mono, self.color) if self.mono and self.color else ''

    def misfit(self, mono_shape: tuple[int, ...], color_shape: tuple[int, ...]) -> str:
        """Say which camera_info is not that of its image, and cannot be used; empty if none.

        Args:
            mono_shape: (H, W) of the mono image.
            color_shape: (H, W, ...) of the color image.
        """
        for name, info, shape in (('mono', self.mono, mono_shape),
                                  ('color', self.color, color_shape)):
            if info and image_size(info) != (shape[1], shape[0]):
                width, height = image_size(info)
                return (f'{name}/camera_info is that of a {width} x {height} image, but the '
                        f'{name} image is {shape[1]} x {shape[0]}; it is not used. Remap it to '
                        'the one that is published with the image')
        return ''

    def matched(self, color: NDArray[Any], mono_shape: tuple[int, ...]) -> NDArray[Any]:
        """Return a color image as the mono camera would have it.

        By the camera_infos where both fit their images, else by size alone.

        Args:
            color: (H, W, 3).
            mono_shape: (H, W) of the mono image.

        Returns:
            (H, W, 3) of the mono image's size.

        Raises:
            ShapeError: there are no camera_infos, and the ratios of the sides differ.
        """
        cameras = self._cameras(mono_shape, color.shape)
        if cameras is None:
            return resize_alike(color, mono_shape[0], mono_shape[1])
        mono, there = cameras
        return resample(color, there, mono)

    def _cameras(self, mono_shape: tuple[int, ...],
                 color_shape: tuple[int, ...]) -> tuple[Intrinsics, Intrinsics] | None:
        if not (self.mono and self.color):
            return None
        try:
            if self.misfit(mono_shape, color_shape):
                return None
            return intrinsics_of(self.mono), intrinsics_of(self.color)
        except ColorizeError:  # not calibrated, which `doubt` says
            return None
