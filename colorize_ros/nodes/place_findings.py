"""What `depth_colorizer` says of the light, and of what it knows of the place."""
from __future__ import annotations

from typing import Any, Protocol

from colorize_ros.nodes.diagnostics import Finding
from colorize_ros.pipelines import PlaceMemory


class LearningParameters(Protocol):
    """The parameters that matter here."""

    @property
    def learn(self) -> bool:
        """Whether references are kept."""

    @property
    def min_light(self) -> float:
        """How well lit they have to be."""


def light_finding(topic: str, light: float | None, parameters: LearningParameters) -> Finding:
    """Say how well lit the place is.

    Args:
        topic: of the color images.
        light: of the last one, None where none came with depth.
        parameters: of the node.
    """
    if light is None:
        return Finding('light', False, f'no image of {topic} came with depth yet', {})
    enough = light >= parameters.min_light
    use = ('learn is off' if not parameters.learn else
           'references are learned' if enough else 'too little to learn from')
    return Finding('light', False, f'{light:.2f} of 1, {use}',
                   {'light': light, 'well_lit': enough})


def memory_finding(place: PlaceMemory, topic: str, left_out: int) -> Finding:
    """Say what is known of the place, and what to do where nothing is.

    Args:
        place: what is known.
        topic: of the color images.
        left_out: depth images that got no color because nothing was known.
    """
    values: dict[str, Any] = {
        'references': place.references, 'megabytes': place.megabytes,
        'depth_difference': place.difference, 'left_out': left_out}
    if place.trouble:
        return Finding('memory', True, place.trouble, values)
    if not place.references:
        return Finding('memory', left_out > 0, 'nothing is known of the place, so no colors go '
                       f'out; let {topic} see it in good light, load a memory, or set '
                       'reference_color and reference_depth', values)
    return Finding('memory', False, f'{place.references} references are held', values)
