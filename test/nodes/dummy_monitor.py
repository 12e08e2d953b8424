"""consistency_monitor as a process, with a detector that needs no file."""

from __future__ import annotations

from pathlib import Path
import sys
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from colorize_ros.nodes import consistency_monitor
from nodes.blob_detector import BlobDetector

if __name__ == '__main__':
    with mock.patch.object(consistency_monitor, 'Detector', BlobDetector):
        consistency_monitor.main()
