"""Rendering of a simulated room with Mitsuba 3: what is seen, and the perfect depth of it."""
from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import MissingExtraError
from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.denoise import denoise
from colorize_ros.simulation.materials import even, Material, Part
from colorize_ros.simulation.meshes import merge
from colorize_ros.simulation.room import Room
from colorize_ros.simulation.surfaces import SurfaceTable

# Light comes straight or off one other surface: enough that the undersides of tables are lit.
MAX_DEPTH = 3


class Pose(NamedTuple):
    """Where a camera is and where it looks, room coordinates in metres."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]


@dataclass(frozen=True)
class RenderedFrame:
    """One view.

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


def load_mitsuba() -> ModuleType:
    """Import Mitsuba in the variant that runs on any CPU.

    The faster LLVM variant ends the whole process where it meets an LLVM it cannot use, so it is
    not tried.

    Raises:
        MissingExtraError: Mitsuba is not installed.
    """
    try:
        import mitsuba
    except ImportError as error:
        raise MissingExtraError('sim', 'rendering a simulated room') from error
    if mitsuba.variant() != 'scalar_rgb':
        mitsuba.set_variant('scalar_rgb')
    return mitsuba


class _Geometry(NamedTuple):
    depth_m: NDArray[np.float32]
    normals: NDArray[np.float32]
    infrared: NDArray[np.float32]
    albedo: NDArray[np.float32]


class Renderer:
    """Renders views of one room; the exposure is set once, so that a sequence does not flicker."""

    def __init__(self, room: Room, intrinsics: Intrinsics, *, samples: int = 4) -> None:
        """Build the scene.

        Args:
            room: what to render.
            intrinsics: of the camera; square pixels (fx = fy).
            samples: light paths a pixel.

        Raises:
            MissingExtraError: Mitsuba is not installed.
        """
        self.mi = load_mitsuba()
        self.intrinsics = intrinsics
        self.samples = samples
        self.scene = self.mi.load_dict({
            'type': 'scene',
            **{f'part{index:04d}': self._shape(part) for index, part in enumerate(room.parts)}})
        # Asking for positions costs Mitsuba a time proportional to the number of shapes, so that
        # the geometry is rendered of a second scene: one mesh, told apart by triangle numbers.
        whole = merge(part.mesh for part in room.parts)
        self.outline = self.mi.load_dict({
            'type': 'scene', 'whole': self._shape(Part(whole, even((0.5, 0.5, 0.5))))})
        self.first_face = np.cumsum([0] + [len(part.mesh.faces) for part in room.parts])
        self.tiles_per_m = 1 / np.array([part.material.size_m for part in room.parts], np.float32)
        self.surfaces = SurfaceTable(room.parts)
        self.light = self.mi.load_dict({'type': 'path', 'max_depth': MAX_DEPTH})
        self.geometry = self.mi.load_dict({
            'type': 'aov',
            'aovs': 'position:position,normal:sh_normal,uv:uv,triangle:prim_index'})
        self.exposure = self._exposure(room)

    def render(self, pose: Pose, seed: int, *, exposure: float | None = None) -> RenderedFrame:
        """Render one view.

        Args:
            pose: of the camera, z up.
            seed: of the light paths; depth does not depend on it.
            exposure: factor on the light; by default the room's own.
        """
        view = self._render_geometry(pose)
        light = self._run(self.scene, self.light, pose, self.samples, seed)
        light = denoise(light, view.albedo, view.normals, view.depth_m)
        rgb = tone_map(light * (self.exposure if exposure is None else exposure))
        return RenderedFrame(rgb, view.depth_m, view.normals, view.infrared)

    def glimpse(self, pose: Pose) -> NDArray[np.float32]:
        """Return distances from the camera at an eighth of the resolution, to judge a pose by.

        Returns:
            (H // 8, W // 8) float32 metres along the rays.
        """
        layers = self._run(self.outline, self.geometry, pose, 1, 0, scale=8)
        offset = layers[..., :3] - np.asarray(pose.position, np.float32)
        return np.linalg.norm(offset, axis=2).astype(np.float32)

    def _render_geometry(self, pose: Pose) -> _Geometry:
        layers = self._run(self.outline, self.geometry, pose, 1, 0)
        axes = camera_axes(pose)
        hit = np.any(layers[..., 3:6] != 0, axis=2)
        points = (layers[..., :3] - np.asarray(pose.position, np.float32)) @ axes.T
        normals = layers[..., 3:6] @ axes.T
        facing = np.sum(normals * points, axis=2)
        normals[facing > 0] *= -1
        triangle = np.round(layers[..., 8]).astype(np.int64)
        part = np.searchsorted(self.first_face, triangle, side='right') - 1
        tilt = np.abs(facing) / np.maximum(np.linalg.norm(points, axis=2), 1e-6)
        footprint = points[..., 2] / self.intrinsics.fx / np.maximum(tilt, 0.15)
        uv = layers[..., 6:8] * self.tiles_per_m[part][..., None]
        return _Geometry(
            np.where(hit, points[..., 2], np.nan).astype(np.float32), normals,
            np.where(hit, self.surfaces.infrared[part], 0).astype(np.float32),
            self.surfaces.albedo(np.where(hit, part, -1), uv.astype(np.float32),
                                 footprint.astype(np.float32)))

    def _run(self, scene: Any, integrator: Any, pose: Pose, samples: int,
             seed: int, scale: int = 1) -> NDArray[np.float32]:
        image = self.mi.render(scene, sensor=self._sensor(integrator, pose, samples, scale),
                               integrator=integrator, spp=samples, seed=seed)
        return np.nan_to_num(np.asarray(image, np.float32))

    def _sensor(self, integrator: Any, pose: Pose, samples: int, scale: int) -> Any:
        camera = self.intrinsics
        if integrator is self.geometry:
            # Through the pixel's centre, so that depth is exact and repeatable.
            sampler = {'type': 'stratified', 'sample_count': 1, 'jitter': False}
        else:
            sampler = {'type': 'independent', 'sample_count': samples}
        return self.mi.load_dict({
            'type': 'perspective', 'fov_axis': 'x', 'near_clip': 0.02, 'far_clip': 50.0,
            'fov': float(2 * np.degrees(np.arctan(camera.width / (2 * camera.fx)))),
            'principal_point_offset_x': -((camera.cx + 0.5) / camera.width - 0.5),
            'principal_point_offset_y': -((camera.cy + 0.5) / camera.height - 0.5),
            'to_world': self.mi.ScalarTransform4f().look_at(
                list(pose.position), list(pose.target), [0, 0, 1]),
            'film': {'type': 'hdrfilm', 'width': camera.width // scale,
                     'height': camera.height // scale,
                     'rfilter': {'type': 'box'}, 'pixel_format': 'rgb'},
            'sampler': sampler})

    def _shape(self, part: Part) -> Any:
        properties = self.mi.Properties()
        properties['bsdf'] = self.mi.load_dict(_bsdf(self.mi, part.material))
        if part.material.radiance is not None:
            properties['emitter'] = self.mi.load_dict({
                'type': 'area',
                'radiance': {'type': 'rgb', 'value': list(part.material.radiance)}})
        mesh = self.mi.Mesh('part', len(part.mesh.vertices), len(part.mesh.faces),
                            has_vertex_normals=True, has_vertex_texcoords=True, props=properties)
        values = self.mi.traverse(mesh)
        values['vertex_positions'] = part.mesh.vertices.ravel()
        values['vertex_normals'] = part.mesh.normals.ravel()
        values['vertex_texcoords'] = (part.mesh.uv / part.material.size_m).ravel()
        values['faces'] = part.mesh.faces.ravel()
        values.update()
        return mesh

    def _exposure(self, room: Room) -> float:
        """Meter the light from the middle of the room, towards its four walls."""
        eye = (0.0, 0.0, 0.6 * room.size[2])
        means = []
        for k, (x, y) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1))):
            view = self._run(self.scene, self.light, Pose(eye, (x, y, 1.2)), 16, k, scale=8)
            means.append(np.minimum(view, np.quantile(view, 0.9)).mean())
        return float(0.42 / max(float(np.mean(means)), 1e-3))


def camera_axes(pose: Pose) -> NDArray[np.float32]:
    """Return the optical frame's x (right), y (down) and z (forward) as the rows of (3, 3)."""
    forward = np.subtract(pose.target, pose.position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward]).astype(np.float32)


def tone_map(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn linear light into sRGB with a soft shoulder (Reinhard 2002, eq. 4).

    Args:
        light: (H, W, 3) float32 linear RGB, middle gray about 0.2.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    white = np.float32(5.0)
    curve = np.clip(light * (1 + light / white ** 2) / (1 + light), 0, 1)
    encoded = np.where(curve < 0.0031308, 12.92 * curve, 1.055 * curve ** (1 / 2.4) - 0.055)
    return (encoded * 255 + 0.5).astype(np.uint8)


def _bsdf(mi: ModuleType, material: Material) -> dict[str, Any]:
    if material.texture.shape[0] == 1:
        value = (material.texture[0, 0] / 255.0) ** 2.2
        color: dict[str, Any] = {'type': 'rgb', 'value': [float(v) for v in value]}
    else:
        # Mitsuba's v runs down the rows of a bitmap, ours up the wall.
        color = {'type': 'bitmap',
                 'bitmap': mi.Bitmap(np.ascontiguousarray(material.texture[::-1]))}
    if material.gloss == 'metal':
        inner = {'type': 'roughconductor', 'material': 'Al', 'alpha': 0.18,
                 'specular_reflectance': color}
    elif material.gloss == 'satin':
        inner = {'type': 'roughplastic', 'diffuse_reflectance': color, 'alpha': 0.15}
    else:
        inner = {'type': 'diffuse', 'reflectance': color}
    return {'type': 'twosided', 'inner': inner}
