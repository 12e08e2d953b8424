"""nir_colorizer as a process, with a colorizer that needs no weights."""

from __future__ import annotations

from types import SimpleNamespace
from unittest import mock

import numpy as np

from colorize_ros.nodes import nir_colorizer


class DummyColorizer:
    """Makes gray pictures."""

    info = SimpleNamespace(name='dummy', path='none', sha256='none', device='cpu',
                           precision='float32')

    @classmethod
    def load(cls, model: str, *, device: str) -> DummyColorizer:
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        pass

    def reset(self) -> None:
        pass

    def __call__(self, nir: np.ndarray, *, smoothing: float) -> np.ndarray:
        return np.repeat(nir[..., None], 3, axis=-1)


if __name__ == '__main__':
    with mock.patch.object(nir_colorizer, 'NirColorizer', DummyColorizer):
        nir_colorizer.main()
