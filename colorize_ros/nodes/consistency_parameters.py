"""What `consistency_monitor` can be told."""
from __future__ import annotations

from dataclasses import dataclass
import math

from colorize_ros.detection.kinds import KINDS
from colorize_ros.detection.verdict import Bounds
from colorize_ros.detection.watch import Rules
from colorize_ros.errors import ConfigurationError
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.topics import IMAGE_TRANSPORTS

REFERENCE = 'reference'


@dataclass(frozen=True)
class ConsistencyMonitorParameters(NodeParameters):
    """What `consistency_monitor` can be told."""

    candidates: tuple[str, ...] = parameter(
        ('depth_colorizer', 'nir_colorizer', 'stereo_colorizer'),
        'Nodes to watch, each by its <name>/image_color')
    detector: str = parameter(
        '', 'ONNX file of a YOLO detector; empty: the one that colorize-ros get-detector gets')
    detector_kind: str = parameter(
        'auto', 'Family of the detector; auto: told by its outputs',
        choices=('auto', *KINDS))
    score_threshold: float = parameter(
        0.3, 'What the detector is less sure of does not count', low=0.01, high=0.99)
    classes: tuple[str, ...] = parameter(
        ('coco',), 'Classes that count: nyu, scenenet or coco for lists, or names of classes')
    transport: str = parameter(
        'raw', 'How the reference comes: reference/image_raw, or below it compressed',
        choices=IMAGE_TRANSPORTS)
    candidate_transport: str = parameter(
        'raw', 'How the candidates come', choices=IMAGE_TRANSPORTS)
    slop_s: float = parameter(
        0.06, 'Largest difference of stamps of two images that are compared', unit='s',
        low=0.0, high=10.0)
    queue_size: int = parameter(
        30, 'Images of each input kept while slower ones are awaited', low=1, high=1000)
    silent_after_s: float = parameter(
        0.8, 'Warn of a candidate that has brought nothing for so long', unit='s',
        low=0.1, high=3600.0, runtime=True)
    rate_hz: float = parameter(
        1.0, 'How often each candidate is looked at, at most', unit='Hz', low=0.01, high=100.0,
        runtime=True)
    window_s: float = parameter(
        15.0, 'How long a look counts', unit='s', low=0.1, high=3600.0, runtime=True)
    least_objects: int = parameter(
        5, 'With fewer objects in the window there is no verdict', low=1, high=1000, runtime=True)
    warn_below: float = parameter(
        0.5, 'F1 against the reference below which a candidate is a warning', low=0.0, high=1.0,
        runtime=True)
    error_below: float = parameter(
        0.25, 'F1 against the reference below which a candidate is an error', low=0.0, high=1.0,
        runtime=True)
    margin: float = parameter(
        0.05, 'By how much F1 must exceed these to be judged better again', low=0.0, high=1.0,
        runtime=True)
    agree_below: float = parameter(
        0.3, 'F1 between two candidates, in the dark, below which they do not agree', low=0.0,
        high=1.0, runtime=True)

    def __post_init__(self) -> None:
        """Check every value, that no two streams have one name, and the order of the bounds.

        Raises:
            ConfigurationError: a value is not allowed, a name is taken, or what is an error would
                be no warning.
        """
        super().__post_init__()
        outputs = {name.strip('/') for name in self.candidates}
        if REFERENCE in outputs or len(outputs) < len(self.candidates):
            raise ConfigurationError(
                f'candidates are {list(self.candidates)}; expected names of nodes that differ '
                f'without the slashes around them, none of them {REFERENCE!r}: that is what they '
                'are compared with')
        if self.error_below > self.warn_below:
            raise ConfigurationError(
                f'error_below is {self.error_below}; expected at most warn_below, which is '
                f'{self.warn_below}: what is an error is worse than what is a warning. Lower '
                'error_below, or raise warn_below')

    @property
    def rules(self) -> Rules:
        """How candidates are judged."""
        return Rules(self.window_s, self.least_objects,
                     Bounds(self.warn_below, self.error_below, self.margin),
                     Bounds(self.agree_below, -math.inf, self.margin))
