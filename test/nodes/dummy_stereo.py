"""stereo_colorizer as a process, with a colorizer that needs no weights."""

from __future__ import annotations

from types import SimpleNamespace
from unittest import mock

import numpy as np

from colorize_ros.nodes import stereo_colorizer


class DummyColorizer:
    """Makes the pictures of the color camera, without a thought."""

    info = SimpleNamespace(name='dummy', path='none', sha256='none', device='cpu',
                           precision='float32')
    disparities = 128

    @classmethod
    def load(cls, model: str, *, device: str) -> DummyColorizer:
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        pass

    def __call__(self, mono: np.ndarray, color: np.ndarray, *, mono_is: str) -> np.ndarray:
        return color


if __name__ == '__main__':
    with mock.patch.object(stereo_colorizer, 'StereoColorizer', DummyColorizer):
        stereo_colorizer.main()
