"""What the node `depth_colorizer` can be told."""
from __future__ import annotations

from dataclasses import dataclass

from colorize_ros.errors import ConfigurationError
from colorize_ros.nodes.parameters import NodeParameters, parameter
from colorize_ros.nodes.topics import DEPTH_TRANSPORTS, IMAGE_TRANSPORTS

NO_COMPLETER = 'none'


@dataclass(frozen=True)
class DepthColorizerParameters(NodeParameters):
    """What `depth_colorizer` can be told."""

    model: str = parameter('robot', 'Preset or file of the network')
    transport: str = parameter(
        'raw', 'How depth comes: depth/image_raw, or below it compressedDepth or compressed',
        choices=DEPTH_TRANSPORTS)
    input_depth_unit: str = parameter(
        'auto', 'Unit of the input; auto: 32FC1 in metres, 16-bit in millimetres',
        choices=('auto', 'm', 'mm'))
    completer: str = parameter(
        NO_COMPLETER, 'Preset or file of a completion network that fills the holes of depth '
        'first; none: a hole gets the nearest measurement')
    color_transport: str = parameter(
        'raw', 'How color comes: color/image_raw, or below it compressed',
        choices=IMAGE_TRANSPORTS)
    color_offset_s: float = parameter(
        0.0, "Added to color's stamps before they are compared to those of depth", unit='s',
        low=-10.0, high=10.0)
    learn: bool = parameter(
        True, 'Keep references of the place while color/image_raw is well lit', runtime=True)
    min_light: float = parameter(
        0.5, 'Learn from color images that are lit at least so well', low=0.0, high=1.0,
        runtime=True)
    learn_every_s: float = parameter(
        1.0, 'Look for a new reference so often', unit='s', low=0.0, high=3600.0, runtime=True)
    references_at_once: int = parameter(
        4, 'So many of the references whose depth looks most like what is seen lend their colors; '
        'the preset paper takes the first alone', low=1, high=8)
    most_references: int = parameter(
        32, 'References that the memory holds; beyond, one of the two most alike goes', low=1,
        high=1000)
    most_megabytes: float = parameter(
        128.0, 'Size of all references that the memory holds', unit='MB', low=1.0, high=100000.0)
    memory_folder: str = parameter(
        '', 'Where memories lie; empty: colorize_ros/memory/<name of the node> in ROS_HOME or '
        '~/.ros')
    memory_name: str = parameter(
        'default', 'Which memory in that folder is loaded at the start, and by the services save '
        'and load', runtime=True)
    keep_memory: bool = parameter(
        True, 'Load the memory at the start and keep it on disk as it grows; false: only when '
        'asked')
    reference_color: str = parameter(
        '', 'Image file of a fixed reference, which takes the place of the memory')
    reference_depth: str = parameter(
        '', 'Its depth: 16-bit PNG of millimetres, 0 unknown, registered to it')

    def __post_init__(self) -> None:
        """Check every value, and that a fixed reference is whole.

        Raises:
            ConfigurationError: a value is not allowed, or one of two is missing.
        """
        super().__post_init__()
        if bool(self.reference_color) != bool(self.reference_depth):
            raise ConfigurationError(
                f'reference_color is {self.reference_color!r} and reference_depth '
                f'{self.reference_depth!r}; expected both or neither. Set the other one too')
