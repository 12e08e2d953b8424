"""A world in one light: what its surfaces send out and back, as scenes to be path traced."""
from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from colorize_ros.simulation.flat.world import Light
from colorize_ros.simulation.rendering import scene
from colorize_ros.simulation.rendering.surfaces import Reflectance
from colorize_ros.simulation.shapes.materials import Part

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
# What comes back of a screen that is switched off, whatever it would show.
SCREEN_OFF = np.float32(0.01)
# Nearer than this a lamp's distance does not count.
NEAR_M = 1.5


@dataclass(frozen=True)
class Lighting:
    """A world's parts in one light.

    Attributes:
        open: Mitsuba's scene without panes.
        mirrored: the scene whose panes are perfect mirrors, None where there is no pane.
        reflectance: (P, 3) of each part without its texture, linear.
        radiance: (P, 3) that each part sends out on average over its texture, linear.
        infrared: whether this is near infrared (three equal channels).
    """

    open: Any
    mirrored: Any
    reflectance: NDArray[np.float32]
    radiance: NDArray[np.float32]
    infrared: bool
    _dark: NDArray[np.bool_]
    _weights: list[Any]
    _centres: NDArray[np.float32]
    _power: NDArray[np.float32]

    @property
    def sources(self) -> NDArray[np.bool_]:
        """(P,), which parts shine."""
        return np.asarray(self.radiance.max(axis=1) > 0)

    def seen(self, texture: NDArray[np.float32],
             part: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return what comes back of surfaces (H, W, C) with their texture, if it is lit up."""
        return np.where(self._dark[part][..., None], SCREEN_OFF, texture)

    def aim(self, spot: ArrayLike) -> None:
        """Prefer the lamps near a point (3,) of the world in the choice of light paths.

        In a flat most lamps shine in other rooms; the picture's noise gets less, its mean stays.
        """
        apart = np.sum((self._centres - np.asarray(spot)) ** 2, axis=1)
        weight = self._power / np.maximum(apart, NEAR_M ** 2)
        weight = np.maximum(weight / max(weight.max(initial=0), 1e-30), 1e-3)
        for values in self._weights:
            for name, value in zip(sorted(values.keys()), weight):
                values[name] = float(value)
            values.update()


def lighting(mi: ModuleType, parts: list[Part], mean: Reflectance, light: Light, *,
             infrared: bool) -> Lighting:
    """Put a world's parts in a light.

    Args:
        mi: Mitsuba.
        parts: of the world.
        mean: (P, 3) and (P,), of each part.
        light: strength of windows and lamps.
        infrared: whether for a near-infrared or a color camera.
    """
    radiance = np.array([_radiance(part, light, infrared) for part in parts], np.float32)
    gloss = np.array([part.material.gloss for part in parts])
    reflectance = mean.albedo.copy()
    if infrared:
        gray = np.where(gloss == 'metal', mean.albedo @ LUMINANCE, mean.infrared)
        reflectance = np.repeat(gray[:, None], 3, axis=1).astype(np.float32)
    else:
        radiance *= mean.albedo
    dark = np.array([_is_screen(part) for part in parts]) & (radiance.max(axis=1) == 0)
    reflectance[dark] = SCREEN_OFF
    lamps = np.flatnonzero(radiance.max(axis=1) > 0)
    panes = np.flatnonzero(np.isin(gloss, scene.PANES))
    scenes = [scene.lit(mi, parts, reflectance, radiance, panes[:0])]
    if len(panes):
        scenes.append(scene.lit(mi, parts, reflectance, radiance, panes))
    return Lighting(
        scenes[0], scenes[1] if len(panes) else None, reflectance, radiance, infrared, dark,
        [scene.source_weights(mi, each) for each in scenes],
        np.array([parts[index].mesh.vertices.mean(axis=0) for index in lamps]).reshape(-1, 3),
        np.array([_area(parts[index]) * radiance[index].max() for index in lamps], np.float32))


def _radiance(part: Part, light: Light, infrared: bool) -> NDArray[np.float64]:
    material = part.material
    if material.radiance is None:
        return np.zeros(3)
    if infrared:
        factor = light.window_infrared if material.source == 'window' else light.lamp
        return np.full(3, factor * material.infrared_radiance)
    return np.multiply(material.radiance,
                       light.window if material.source == 'window' else light.lamp)


def _is_screen(part: Part) -> bool:
    return part.material.radiance is not None and part.material.gloss == 'satin'


def _area(part: Part) -> float:
    corners = part.mesh.vertices[part.mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(normals, axis=1).sum() / 2)
