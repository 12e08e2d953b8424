"""Rendering of a simulated world with Mitsuba 3: its light, by day, at dusk and by night."""
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.tone import MIDDLE_GRAY, to_bytes, tone_curve
from colorize_ros.messages import Intrinsics
from colorize_ros.simulation import scene
from colorize_ros.simulation.geometry import GLIMPSE, Outline, scaled, View
from colorize_ros.simulation.materials import Material
from colorize_ros.simulation.near_infrared import illuminated, points_m
from colorize_ros.simulation.poses import look_at, Pose
from colorize_ros.simulation.shading import BASE, COARSE, Tracer
from colorize_ros.simulation.surfaces import SurfaceTable
from colorize_ros.simulation.world import Light, LIGHTS, World

METER = Intrinsics(width=80, height=60, fx=40.0, fy=40.0, cx=39.5, cy=29.5)
# What is less than this where the illuminator gives 1 at a metre is left out.
FAINT_INFRARED = 1e-3
FOUR_WALLS = ((1.0, 0.0, -0.1), (0.0, 1.0, -0.1), (-1.0, 0.0, -0.1), (0.0, -1.0, -0.1))


@dataclass(frozen=True)
class RenderedFrame:
    """One view as a well-exposed picture.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        depth_m: (H, W) float32 metres along the optical axis, NaN where there is nothing.
        normals: (H, W, 3) float32 unit normals in the camera's optical frame, towards it.
        infrared: (H, W) float32 share of projected near-infrared that comes back, 0 to 1.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    infrared: NDArray[np.float32]


class _Lit(NamedTuple):
    """A world in one light.

    Attributes:
        scene: Mitsuba's.
        mirrored: the same with its glass as perfect mirrors, None where there is no glass.
        reflectance: (P, 3) of the parts, in the light's colors.
        radiance: (P, 3) of what the parts send out.
        infrared: whether this is near infrared, gray.
    """

    scene: Any
    mirrored: Any
    reflectance: NDArray[np.float32]
    radiance: NDArray[np.float32]
    infrared: bool


class Renderer:
    """Renders views of one world, in one unit of light."""

    def __init__(self, world: World, *, samples: int = 2, threads: int = 1) -> None:
        """Measure the world's daylight.

        Args:
            world: to look at.
            samples: light paths a traced pixel.
            threads: for all rendering of this process; pictures do not depend on it.

        Raises:
            MissingExtraError: Mitsuba is not installed.
        """
        self._mi = scene.load_mitsuba(threads)
        self.world = world
        self._surfaces = SurfaceTable(world.parts)
        self._outline = Outline(self._mi, world, self._surfaces)
        self._tracer = Tracer(self._mi, samples)
        self._gloss = np.array([part.material.gloss for part in world.parts])
        self._lit: dict[tuple[str, bool], _Lit] = {}
        self._unit = MIDDLE_GRAY / self._metered()

    def view(self, camera: Intrinsics, pose: Pose) -> View:
        """Look at the world, apart from its light.

        Args:
            camera: square pixels (fx = fy).
            pose: (4, 4) world_from_camera, optical frame.

        Returns:
            The same bytes for the same world and pose.
        """
        return self._outline.view(camera, pose)

    def glimpse(self, camera: Intrinsics, pose: Pose) -> NDArray[np.float32]:
        """Return distances from the camera at an eighth of the resolution, to judge a pose by.

        Returns:
            (ceil(H / 8), ceil(W / 8)) float32 metres along the rays.
        """
        return self._outline.distances(scaled(camera, GLIMPSE), pose)

    def light(self, view: View, light: str, seed: int) -> NDArray[np.float32]:
        """Return what a color camera receives.

        Args:
            view: of this renderer.
            light: one of `LIGHTS`.
            seed: of the light paths.

        Returns:
            (H, W, 3) float32 linear RGB, without noise, in one unit for all lights: 0.2 is the
            middle gray of a well-exposed picture of this world by day.
        """
        lit = self._in_light(light, infrared=False)
        return self._seen(lit, view, seed) * np.float32(self._unit)

    def near_infrared(self, view: View, light: str, seed: int) -> NDArray[np.float32]:
        """Return what a near-infrared camera with an illuminator beside its lens receives.

        Args:
            view: of this renderer.
            light: one of `LIGHTS`, whose near infrared comes on top of the illuminator's.
            seed: of the light paths.

        Returns:
            (H, W) float32 linear; 1.0 is a white surface facing the camera at 1 m.
        """
        lit = self._in_light(light, infrared=True)
        solid = view.through or view
        result = illuminated(solid, self._gloss)
        if view.through is not None:
            clear = 1 - _mirrored_share(view)
            result[view.part != solid.part] *= (clear ** 2)[view.part != solid.part]
        if lit.radiance.max() > FAINT_INFRARED:
            result += self._seen(lit, view, seed)[..., 0]
        return np.asarray(result, np.float32)

    def render(self, camera: Intrinsics, pose: Pose, seed: int,
               light: str = 'day') -> RenderedFrame:
        """Return one view with its picture."""
        view = self.view(camera, pose)
        rgb = tone_map(self.light(view, light, seed))
        return RenderedFrame(rgb, view.depth_m, view.normals, view.infrared)

    def _seen(self, lit: _Lit, view: View, seed: int) -> NDArray[np.float32]:
        solid = view.through or view
        incident = self._tracer.incident(lit.scene, solid, lit.reflectance,
                                         lit.radiance.max(axis=1) > 0, seed)
        reflectance = solid.infrared[..., None] if lit.infrared else solid.albedo
        light = incident * (reflectance + BASE)
        # What glows with a texture (the view through a window) keeps its mean.
        glowing = lit.radiance[solid.part] * (
            reflectance / np.maximum(lit.reflectance[solid.part], np.float32(1e-3)))
        light = np.where(glowing.any(axis=2, keepdims=True), glowing, light)
        light[solid.part < 0] = 0
        return self._behind_glass(lit, view, light, seed) if view.through else light

    def _behind_glass(self, lit: _Lit, view: View, light: NDArray[np.float32],
                      seed: int) -> NDArray[np.float32]:
        """Put the glass in view over the light behind it: tint and mirror image."""
        assert view.through is not None
        glass = view.part != view.through.part
        rows, columns = np.flatnonzero(glass.any(axis=1)), np.flatnonzero(glass.any(axis=0))
        box = np.s_[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        height, width = glass[box].shape
        camera = scaled(replace(
            view.camera, width=width, height=height, cx=float(view.camera.cx - columns[0]),
            cy=float(view.camera.cy - rows[0])), COARSE)
        image = self._tracer.radiance(lit.mirrored, camera, view.pose, seed)
        image = np.asarray(cv2.resize(cv2.GaussianBlur(image, (0, 0), 1.0), (width, height)),
                           np.float32)
        share = _mirrored_share(view)[box][..., None]
        tint = np.float32(1) if lit.infrared else view.albedo[box]
        light[box] = np.where(glass[box][..., None],
                              light[box] * tint * (1 - share) + image * share, light[box])
        return light

    def _in_light(self, light: str, *, infrared: bool) -> _Lit:
        if (light, infrared) not in self._lit:
            self._lit[light, infrared] = self._make_lit(LIGHTS[light], infrared)
        return self._lit[light, infrared]

    def _make_lit(self, light: Light, infrared: bool) -> _Lit:
        parts = self.world.parts
        mean = self._surfaces.mean
        if infrared:
            reflectance = np.repeat(mean.infrared[:, None], 3, axis=1)
            metal = self._gloss == 'metal'
            reflectance[metal] = mean.albedo[metal].mean(axis=1, keepdims=True)
        else:
            reflectance = mean.albedo
        radiance = np.array([_radiance(part.material, light, infrared) for part in parts],
                            np.float32)
        mirrored = None
        if (self._gloss == 'glass').any():
            mirrored = scene.lit(self._mi, parts, reflectance, radiance, mirrors=True)
        return _Lit(scene.lit(self._mi, parts, reflectance, radiance), mirrored, reflectance,
                    radiance, infrared)

    def _metered(self) -> float:
        """Meter the daylight from the middle of each room, towards its four walls."""
        lit = self._in_light('day', infrared=False).scene
        seen = []
        for area in self.world.areas:
            x, y = (area.low[0] + area.high[0]) / 2, (area.low[1] + area.high[1]) / 2
            eye = np.array([x, y, 0.6 * area.height_m])
            seen += [self._tracer.radiance(lit, METER, look_at(eye, eye + toward), k, 8)
                     for k, toward in enumerate(FOUR_WALLS)]
        return max(float(np.median(np.mean(seen, axis=3))), 1e-3)


def _radiance(material: Material, light: Light,
              infrared: bool) -> NDArray[np.float64] | tuple[float, float, float]:
    if material.radiance is None:
        return (0.0, 0.0, 0.0)
    if infrared:
        factor = light.window_infrared if material.source == 'window' else light.lamp
        return np.full(3, factor * material.infrared_radiance)
    return np.multiply(material.radiance,
                       light.window if material.source == 'window' else light.lamp)


def _mirrored_share(view: View) -> NDArray[np.float32]:
    """Return (H, W) what a thin pane facing as the surface in view mirrors (Schlick 1994)."""
    points = points_m(view)
    cosine = np.abs(np.einsum('yxc,yxc->yx', view.normals, points))
    cosine = np.nan_to_num(cosine / np.linalg.norm(points, axis=2))
    once = 0.04 + 0.96 * (1 - np.minimum(cosine, 1)) ** 5
    return np.asarray(2 * once / (1 + once), np.float32)


def tone_map(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn linear light into sRGB with a soft shoulder (Reinhard 2002, eq. 4).

    Args:
        light: (H, W, 3) float32 linear RGB, middle gray about 0.2.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    return to_bytes(tone_curve(light))
