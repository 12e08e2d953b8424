"""depth_enhancer as a process, with a completer that needs no weights."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np

from colorize_ros.nodes import depth_enhancer


class DummyCompleter:
    """Two metres wherever nothing was measured."""

    info = SimpleNamespace(name='dummy', path='none', sha256='none', device='cpu',
                           precision='float32')

    @classmethod
    def load(cls, model: str, *, device: str) -> DummyCompleter:
        if model == 'slow':
            sys.stderr.write('loading\n')
            time.sleep(5.0)
        return cls()

    def warm_up(self, height: int, width: int) -> None:
        pass

    def __call__(self, depth_m: np.ndarray, guide: Any = None) -> Any:
        unknown = np.isnan(depth_m)
        return SimpleNamespace(depth_m=np.where(unknown, np.float32(2.0), depth_m),
                               confidence=np.where(unknown, np.float32(0.25), np.float32(1.0)))


if __name__ == '__main__':
    with mock.patch.object(depth_enhancer, 'DepthCompleter', DummyCompleter):
        depth_enhancer.main()
