"""What a YOLO detector sees in images, and whether it sees the same in two of them."""

from colorize_ros.detection.consistency import (
    CLASS_LISTS,
    compare,
    Consistency,
    match,
    Matches,
    summarize,
)
from colorize_ros.detection.detections import Detections
from colorize_ros.detection.detector import Detector, DetectorInfo

__all__ = ['CLASS_LISTS', 'Consistency', 'Detections', 'Detector', 'DetectorInfo', 'Matches',
           'compare', 'match', 'summarize']
