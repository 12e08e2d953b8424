"""depth_colorizer as a process, with a colorizer that needs no weights."""

from __future__ import annotations

from pathlib import Path
import sys
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from colorize_ros.nodes import depth_colorizer
from places import DummyDepthColorizer

if __name__ == '__main__':
    with mock.patch.object(depth_colorizer, 'DepthColorizer', DummyDepthColorizer):
        depth_colorizer.main()
