"""Colors that spread up to edges."""

import numpy as np

from colorize_ros.evaluation.color_propagation import propagate, smooth

RED, BLUE = (-20.0, 60.0), (60.0, -20.0)


def two_halves() -> tuple[np.ndarray, np.ndarray]:
    """A dark half and a bright one, and a known pixel in each."""
    guide = np.full((40, 60), 60, np.uint8)
    guide[:, 30:] = 180
    chroma = np.zeros((40, 60, 2), np.float32)
    chroma[20, 10], chroma[5, 50] = RED, BLUE
    return guide, chroma


def test_a_scribble_colors_its_side_of_an_edge() -> None:
    guide, chroma = two_halves()
    spread = propagate(chroma, chroma.any(axis=2), guide)
    np.testing.assert_allclose(spread[:, :30], np.broadcast_to(RED, (40, 30, 2)), atol=1)
    np.testing.assert_allclose(spread[:, 30:], np.broadcast_to(BLUE, (40, 30, 2)), atol=1)


def test_noise_becomes_less_and_a_constant_stays() -> None:
    guide, _ = two_halves()
    noise = np.random.default_rng(0).normal(10, 8, (40, 60, 2)).astype(np.float32)
    quiet = propagate(noise, np.ones(guide.shape, bool), guide)
    assert quiet.std() < 0.4 * noise.std()
    np.testing.assert_allclose(
        smooth(np.full((40, 60, 1), 7, np.float32), guide, strength=50, edge_levels=3), 7,
        rtol=1e-5)


def test_what_no_color_reaches_stays_gray() -> None:
    guide, chroma = two_halves()
    spread = propagate(chroma, np.zeros(guide.shape, bool), guide)
    np.testing.assert_array_equal(spread, 0)


def test_lines_are_solved_exactly() -> None:
    # One row: what elimination gives is what a general solver does, but for the rounds.
    values = np.array([[0, 0, 9, 1, 5, 5]], np.float32)[..., None]
    guide = np.array([[10, 10, 12, 90, 90, 91]], np.uint8)
    expected = values[0, :, 0].astype(float)
    for share in (16, 4, 1):
        ties = 1.5 * share / 63 * 8 * np.exp(-np.abs(np.diff(guide[0].astype(float))) / 5)
        system = np.eye(6)
        for i, tie in enumerate(ties):
            system[i:i + 2, i:i + 2] += tie * np.array([[1, -1], [-1, 1]])
        expected = np.linalg.solve(system, expected)
    solved = smooth(values, guide, strength=8, edge_levels=5)
    np.testing.assert_allclose(solved[0, :, 0], expected, rtol=1e-4)
