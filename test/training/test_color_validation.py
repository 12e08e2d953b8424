"""What is held out of a training of colors, and how well a network does on it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from colorize_ros.errors import DataError
from colorize_ros.training.color_validation import (
    Case,
    ColorValidation,
    cut,
    refuse_none_held_out,
    split_off,
    tensor_of,
)


def test_of_each_scene_the_last_items_are_held_out() -> None:
    items = [SimpleNamespace(name=f'hills/{scene}/{index:04d}')
             for scene, pairs in (('road', 8), ('lake', 3)) for index in range(pairs)]
    learned, held_out = split_off(items, 0.25)
    assert [item.name for item in held_out] == ['hills/road/0006', 'hills/road/0007']
    assert len(learned) == 9
    assert split_off(items, 0) == (items, [])


def test_to_hold_out_nothing_is_refused_where_a_share_was_asked_for() -> None:
    refuse_none_held_out(0.0, [])
    refuse_none_held_out(0.1, ['pair'])
    with pytest.raises(DataError, match=r'hold_out is 0\.1.*larger share'):
        refuse_none_held_out(0.1, [])


def test_borders_are_left_out_until_sides_are_multiples() -> None:
    assert cut(np.zeros((70, 129, 3), np.uint8)).shape == (64, 128, 3)


def make_case(shade: float, size: tuple[int, int]) -> Case:
    gray = np.full(size, shade, np.float32)
    truth = np.zeros((*size, 3), np.uint8)
    truth[..., 0] = 255
    return Case((tensor_of(gray),), gray, truth)


def test_scores_are_how_far_colors_are_above_gray() -> None:
    def colorize(network: nn.Module, gray: torch.Tensor) -> torch.Tensor:
        # Off by 0.1 in every channel; what is beyond white is cut.
        return torch.cat([1.3 + 0 * gray, 0.1 + 0 * gray, 0.1 + 0 * gray], 1)
    cases = [make_case(0.5, (32, 64)), make_case(0.5, (64, 64))]
    metrics, picture = ColorValidation(cases, colorize)(nn.Linear(1, 1))
    expected_db = -10 * np.log10(0.02 / 3)
    assert metrics['psnr_db'] == pytest.approx(expected_db, abs=1e-3)
    assert metrics['above_gray_db'] == pytest.approx(expected_db + 10 * np.log10(0.25), abs=1e-3)
    assert picture is not None
    assert picture.shape == (2 * 320, 3 * 320, 3)
    gray, found, truth = picture[10, 100], picture[10, 400], picture[10, 800]
    assert gray.tolist() == [127] * 3
    assert found.tolist() == [255, 25, 25]
    assert truth.tolist() == [255, 0, 0]
