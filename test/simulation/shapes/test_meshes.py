"""Solids made of triangles."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.simulation.shapes.meshes import (
    ball,
    box,
    cylinder,
    lathe,
    merge,
    Mesh,
    quad,
    rotation,
    sheet,
    tube,
)

SOLIDS = {
    'box': box((0.4, 0.2, 0.1), (1, 2, 3)),
    'ball': ball(0.5),
    'cylinder': cylinder(0.2, 0.7),
    'tube': tube([(0, 0, 0), (0, 0.1, 0.5), (0, 0.3, 1)], 0.05),
    'cone': lathe([(0, 0), (0.3, 0), (0, 0.5)]),
    'quad': quad((0, 0, 0), (2, 0, 0), (0, 1, 0)),
    'sheet': sheet((1, 2), lambda x, y: 0.1 * np.sin(x + y)),
}


@pytest.mark.parametrize('mesh', SOLIDS.values(), ids=SOLIDS)
def test_normals_are_of_unit_length_and_agree_with_the_winding(mesh: Mesh) -> None:
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-4)
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    large = np.linalg.norm(across, axis=1) > 1e-7
    shading = mesh.normals[mesh.faces].mean(axis=1)
    agrees = np.sum(across * shading, axis=1)[large]
    assert (agrees > 0).mean() > 0.99 or (agrees < 0).mean() > 0.99


@pytest.mark.parametrize('mesh', SOLIDS.values(), ids=SOLIDS)
def test_shapes(mesh: Mesh) -> None:
    count = len(mesh.vertices)
    assert mesh.normals.shape == mesh.vertices.shape == (count, 3)
    assert mesh.uv.shape == (count, 2)
    assert mesh.faces.max() < count
    assert mesh.vertices.dtype == mesh.normals.dtype == mesh.uv.dtype == np.float32


def test_a_box_has_its_size_and_place() -> None:
    solid = SOLIDS['box']
    np.testing.assert_allclose(np.ptp(solid.vertices, axis=0), (0.4, 0.2, 0.1), atol=1e-6)
    np.testing.assert_allclose(solid.vertices.mean(axis=0), (1, 2, 3), atol=1e-5)


def test_emitting_quads_face_along_the_product_of_their_edges() -> None:
    np.testing.assert_allclose(SOLIDS['quad'].normals, [(0, 0, 1)] * 4)


def test_turning_is_counterclockwise_seen_from_above() -> None:
    turned = quad((1, 0, 0), (1, 0, 0), (0, 1, 0)).turned(np.pi / 2)
    np.testing.assert_allclose(turned.vertices[0], (0, 1, 0), atol=1e-6)
    np.testing.assert_allclose(rotation('x', np.pi / 2) @ (0, 1, 0), (0, 0, 1), atol=1e-12)


def test_merged_triangles_keep_their_corners() -> None:
    parts = [SOLIDS['ball'], SOLIDS['box']]
    whole = merge(parts)
    corners = np.concatenate([part.vertices[part.faces] for part in parts])
    np.testing.assert_array_equal(whole.vertices[whole.faces], corners)
