"""Rendering of a simulated world with Mitsuba 3: its light, by day, at dusk and by night."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_ros.datasets.tone import MIDDLE_GRAY, to_bytes, tone_curve
from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.flat.world import LIGHTS, World
from colorize_ros.simulation.rendering import scene
from colorize_ros.simulation.rendering.geometry import GLIMPSE, Outline, scaled, View
from colorize_ros.simulation.rendering.lighting import Lighting, lighting
from colorize_ros.simulation.rendering.near_infrared import illuminated
from colorize_ros.simulation.rendering.panes import behind_panes, mirrored_share, pane_pixels
from colorize_ros.simulation.rendering.shading import BASE, softened, Tracer
from colorize_ros.simulation.rendering.surfaces import SurfaceTable
from colorize_ros.simulation.sensors.poses import look_at, Pose

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


class Renderer:
    """Renders views of one world, in one unit of light."""

    def __init__(self, world: World, *, samples: int = 2, threads: int = 1) -> None:
        """Measure the world's daylight.

        Args:
            world: to look at.
            samples: light paths a pixel.
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
        self._lightings: dict[tuple[str, bool], Lighting] = {}
        self._unit = np.float32(MIDDLE_GRAY / self._metered())

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
            seed: of the light paths. What noise is left flickers least if all frames of a camera
                share one; the two cameras of a stereo pair must not, or they match in it.

        Returns:
            (H, W, 3) float32 linear RGB, almost without noise, in one unit for all lights: 0.2 is
            the middle gray of a well-exposed picture of this world by day.
        """
        faint = LIGHTS[light].lamp == 0
        seen = self._seen(self._in_light(light, infrared=False), view, seed, faint=faint)
        return softened(seen * self._unit, view)

    def near_infrared(self, view: View, light: str, seed: int) -> NDArray[np.float32]:
        """Return what a near-infrared camera with an illuminator beside its lens receives.

        Args:
            view: of this renderer.
            light: one of `LIGHTS`, whose near infrared comes on top of the illuminator's.
            seed: of the light paths.

        Returns:
            (H, W) float32 linear; 1.0 is a white surface facing the camera at 1 m.
        """
        solid = view.through or view
        result: NDArray[np.floating] = illuminated(solid, self._gloss)
        if view.through is not None:
            # To what is behind glass and back.
            clear = 1 - mirrored_share(view, self._gloss == 'mirror')
            result = np.where(pane_pixels(view), result * clear ** 2, result)
        ambient = self._in_light(light, infrared=True)
        if ambient.radiance.max() > FAINT_INFRARED:
            result = result + self._seen(ambient, view, seed, faint=light != 'day')[..., 0]
        return softened(result.astype(np.float32)[..., None], view)[..., 0]

    def render(self, camera: Intrinsics, pose: Pose, seed: int,
               light: str = 'day') -> RenderedFrame:
        """Return one view with its picture."""
        view = self.view(camera, pose)
        rgb = tone_map(self.light(view, light, seed))
        return RenderedFrame(rgb, view.depth_m, view.normals, view.infrared)

    def _seen(self, lighting: Lighting, view: View, seed: int, *,
              faint: bool) -> NDArray[np.float32]:
        """Return (H, W, 3) linear light in the world's own unit."""
        solid = view.through or view
        middle_m = np.median(np.nan_to_num(solid.depth_m))
        lighting.aim(view.pose[:3, 3] + middle_m * view.pose[:3, 2])
        incident = self._tracer.incident(lighting.open, solid, lighting.reflectance,
                                         lighting.sources, seed, faint=faint)
        texture = solid.infrared[..., None] if lighting.infrared else solid.albedo
        sent = (lighting.radiance[solid.part] * texture
                / np.maximum(lighting.reflectance[solid.part], 1e-3))
        light = np.where(lighting.sources[solid.part][..., None], sent,
                         incident * (lighting.seen(texture, solid.part) + BASE)).astype(np.float32)
        light[solid.part < 0] = 0
        if view.through is not None:
            return behind_panes(light, view, lighting, self._tracer, self._gloss == 'mirror', seed)
        return light

    def _in_light(self, light: str, *, infrared: bool) -> Lighting:
        if (light, infrared) not in self._lightings:
            self._lightings[light, infrared] = lighting(
                self._mi, self.world.parts, self._surfaces.mean, LIGHTS[light], infrared=infrared)
        return self._lightings[light, infrared]

    def _metered(self) -> float:
        """Meter the daylight from the middle of each room, towards its four walls."""
        daylight = self._in_light('day', infrared=False)
        seen = []
        for area in self.world.areas:
            x, y = (area.low[0] + area.high[0]) / 2, (area.low[1] + area.high[1]) / 2
            eye = np.array([x, y, 0.6 * area.height_m])
            daylight.aim(eye)
            seen += [self._tracer.radiance(daylight.open, METER, look_at(eye, eye + toward), k, 8)
                     for k, toward in enumerate(FOUR_WALLS)]
        brightness = np.mean(seen, axis=3)
        lit = brightness[brightness > 0]
        return float(np.median(lit)) if len(lit) else MIDDLE_GRAY


def tone_map(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn linear light into sRGB with a soft shoulder (Reinhard 2002, eq. 4).

    Args:
        light: (H, W, 3) float32 linear RGB, middle gray about 0.2.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    return to_bytes(tone_curve(light))
