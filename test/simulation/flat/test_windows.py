"""Windows and what is seen through them."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_ros.simulation.flat.windows import draw_window, outdoors, window
from colorize_ros.simulation.shapes.materials import palette
from colorize_ros.simulation.shapes.textures import SIZE


@pytest.mark.parametrize('seed', range(5))
def test_outside_the_sky_is_above_and_brighter_than_the_trees(seed: int) -> None:
    view = outdoors(np.random.default_rng(seed))
    assert view.shape == (SIZE, SIZE, 3)
    np.testing.assert_array_equal(view, outdoors(np.random.default_rng(seed)))
    rows = view.mean(axis=(1, 2))
    assert rows[:30].mean() > 1.5 * rows[-30:].mean()


@pytest.mark.parametrize('seed', range(5))
def test_a_pane_fills_its_hole_and_shines_as_a_window(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = draw_window(rng, 0.3, 1.2)
    parts = window(rng, palette(rng), drawn)
    pane, = [part for part in parts if part.material.radiance is not None]
    assert pane.material.source == 'window'
    assert pane.material.infrared_radiance > 1
    np.testing.assert_allclose(np.ptp(pane.mesh.vertices, axis=0),
                               (1.2, 0, drawn.opening.high - drawn.opening.low), atol=1e-5)
    # The picture fills the pane once.
    np.testing.assert_allclose(np.ptp(pane.mesh.uv, axis=0) / pane.material.size_m, 1, atol=1e-5)
    reach = max(float(np.abs(part.mesh.vertices[:, 0]).max()) for part in parts)
    assert reach < drawn.reach_m + 0.02
