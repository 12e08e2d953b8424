"""Mitsuba scenes of a world's parts: the outline that is measured, and the lit rooms."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import MissingExtraError
from colorize_ros.messages import Intrinsics
from colorize_ros.simulation.sensors.poses import Pose
from colorize_ros.simulation.shapes.materials import Part
from colorize_ros.simulation.shapes.meshes import merge, Mesh

# Mitsuba's camera has x to the left and y up.
OPTICAL_FROM_MITSUBA = np.diag([-1.0, -1.0, 1.0, 1.0])
# Surfaces that show what is behind or before them instead of a color of their own.
PANES = ('glass', 'mirror')
# Noise is seeded by the block: the same blocks whatever the number of threads.
BLOCK = 32


def load_mitsuba(threads: int) -> ModuleType:
    """Import Mitsuba in the variant that runs on any CPU.

    The faster LLVM variant ends the whole process where it meets an LLVM it cannot use, so it is
    not tried.

    Args:
        threads: that all rendering of this process takes from now on.

    Raises:
        MissingExtraError: Mitsuba is not installed.
    """
    try:
        import drjit
        import mitsuba
    except ImportError as error:
        raise MissingExtraError('sim', 'rendering a simulated room') from error
    if mitsuba.variant() != 'scalar_rgb':
        mitsuba.set_variant('scalar_rgb')
    drjit.set_thread_count(threads)
    return mitsuba


def outline(mi: ModuleType, parts: Sequence[Part]) -> Any:
    """Return a scene of one mesh, in which triangles count through the parts in their order.

    Positions and normals of it are fast: their time grows with the number of shapes.
    """
    return mi.load_dict({'type': 'scene', 'whole': _shape(
        mi, merge(part.mesh for part in parts), {'type': 'diffuse'})})


def lit(mi: ModuleType, parts: Sequence[Part], reflectance: NDArray[np.float32],
        radiance: NDArray[np.float32], mirrors: NDArray[np.intp]) -> Any:
    """Return a scene that sends out light, without its panes.

    A part has one color: textures are multiplied in after rendering, so that they are sharp, and
    their light is smoothed without smearing them.

    Args:
        mi: Mitsuba.
        parts: of a world.
        reflectance: (P, 3) in [0, 1], each part's own.
        radiance: (P, 3) of what each part sends out; those that do not are no sources.
        mirrors: indices of panes that are to be perfect mirrors.
    """
    shapes: dict[str, Any] = {}
    surfaces: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        if radiance[index].any():
            shapes[f'source{index:06d}'] = _shape(
                mi, part.mesh, {'type': 'diffuse'}, radiance[index])
        elif part.material.gloss not in PANES:
            surfaces.setdefault(part.material.gloss, []).append(index)
    for gloss, chosen in surfaces.items():
        # One texel a part: texture coordinates pick the color.
        meshes = [parts[index].mesh for index in chosen]
        place = (np.arange(len(chosen)) + 0.5) / len(chosen)
        column = np.repeat(place, [len(mesh.vertices) for mesh in meshes]).astype(np.float32)
        whole = replace(merge(meshes), uv=np.stack([column, np.full_like(column, 0.5)], axis=1))
        shapes[gloss] = _shape(mi, whole, _bsdf(gloss, _palette(mi, reflectance[chosen])))
    if len(mirrors):
        whole = merge(parts[index].mesh for index in mirrors)
        shapes['mirror'] = _shape(mi, whole, {'type': 'conductor', 'material': 'none'})
    return mi.load_dict({'type': 'scene', **shapes})


def source_weights(mi: ModuleType, lit_scene: Any) -> Any:
    """Return a scene's sources' shares in its light paths, to be set; names sort as parts do."""
    values = mi.traverse(lit_scene)
    # Only names are asked for: Mitsuba takes what is read for changed.
    values.keep([name for name in list(values.keys())
                 if name.endswith('emitter.sampling_weight')])
    return values


def sensor(mi: ModuleType, camera: Intrinsics, pose: Pose, *, samples: int,
           exact: bool = False) -> Any:
    """Return a camera.

    Args:
        mi: Mitsuba.
        camera: square pixels (fx = fy).
        pose: world_from_camera, optical frame.
        samples: a pixel.
        exact: through the pixels' centres, so that geometry is repeatable.
    """
    sampler = ({'type': 'stratified', 'jitter': False} if exact else {'type': 'multijitter'})
    return mi.load_dict({
        'type': 'perspective', 'fov_axis': 'x', 'near_clip': 0.02, 'far_clip': 100.0,
        'fov': float(2 * np.degrees(np.arctan(camera.width / (2 * camera.fx)))),
        'principal_point_offset_x': -((camera.cx + 0.5) / camera.width - 0.5),
        'principal_point_offset_y': -((camera.cy + 0.5) / camera.height - 0.5),
        'to_world': mi.ScalarTransform4f(pose @ OPTICAL_FROM_MITSUBA),
        'film': {'type': 'hdrfilm', 'width': camera.width, 'height': camera.height,
                 'rfilter': {'type': 'box'}, 'pixel_format': 'rgb'},
        'sampler': {**sampler, 'sample_count': samples}})


def _shape(mi: ModuleType, whole: Mesh, bsdf: dict[str, Any],
           power: NDArray[np.float32] | None = None) -> Any:
    properties = mi.Properties()
    properties['bsdf'] = mi.load_dict({'type': 'twosided', 'inner': bsdf})
    if power is not None:
        properties['emitter'] = mi.load_dict({
            'type': 'area', 'radiance': {'type': 'rgb', 'value': power.tolist()}})
    mesh = mi.Mesh('mesh', len(whole.vertices), len(whole.faces), has_vertex_normals=True,
                   has_vertex_texcoords=True, props=properties)
    values = mi.traverse(mesh)
    values['vertex_positions'] = whole.vertices.ravel()
    values['vertex_normals'] = whole.normals.ravel()
    values['vertex_texcoords'] = whole.uv.ravel()
    values['faces'] = whole.faces.ravel()
    values.update()
    return mesh


def _palette(mi: ModuleType, colors: NDArray[np.float32]) -> dict[str, Any]:
    return {'type': 'bitmap', 'bitmap': mi.Bitmap(np.ascontiguousarray(colors[None])),
            'raw': True, 'filter_type': 'nearest', 'wrap_mode': 'clamp'}


def _bsdf(gloss: str, color: dict[str, Any]) -> dict[str, Any]:
    if gloss == 'metal':
        return {'type': 'roughconductor', 'material': 'Al', 'alpha': 0.18,
                'specular_reflectance': color}
    if gloss == 'satin':
        return {'type': 'roughplastic', 'diffuse_reflectance': color, 'alpha': 0.15}
    return {'type': 'diffuse', 'reflectance': color}
