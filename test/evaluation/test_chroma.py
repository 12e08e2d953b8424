"""Chroma and luma, apart and together."""

import numpy as np

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.evaluation.chroma import chroma_of, compose
from stereo_data import picture


def test_gray_has_no_chroma() -> None:
    gray = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    np.testing.assert_allclose(chroma_of(gray), 0, atol=1e-3)
    np.testing.assert_array_equal(compose(gray[..., 0], chroma_of(gray)), gray)


def test_an_image_is_its_luma_and_its_chroma() -> None:
    rgb = np.clip(picture(32, 32), 32, 223)
    back = compose(decolor(rgb), chroma_of(rgb))
    # Luma was rounded to a level.
    assert np.abs(back.astype(int) - rgb).max() <= 1


def test_luma_stays_where_a_channel_would_not_fit() -> None:
    mono = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
    strong = np.zeros((8, 256, 2), np.float32)
    strong[:4, :, 0], strong[4:, :, 1] = 120, -120
    colored = compose(mono, strong)
    assert np.abs(decolor(colored).astype(int) - mono).max() <= 1
    # As strong as fits: red becomes 0 there.
    np.testing.assert_allclose(chroma_of(colored)[6, 100], (0, -100 / 1.402), atol=1)
