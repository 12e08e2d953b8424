"""The whole evaluation on two tiny maps, with a preset of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorize_ros.errors import ModelError
from colorize_ros.evaluation.baselines_super_resolution import bicubic
from colorize_ros.evaluation.depth_super_resolution import evaluate
import colorize_ros.pipelines
from small_data import write_depth_sr


class BicubicUpsampler:
    """A preset without weights: enlarges like `bicubic`."""

    guides: list[Any] = []  # noqa: RUF012 - what all calls of a test were given

    @classmethod
    def load(cls, model: str = 'robot', *, device: str = 'auto') -> BicubicUpsampler:
        if model != 'robot':
            raise ModelError(f'no weights of {model}')
        cls.guides = []
        return cls()

    def __call__(self, depth_m: np.ndarray, scale: int, guide: Any = None) -> np.ndarray:
        assert np.isfinite(depth_m).all()
        self.guides.append(guide)
        return bicubic(depth_m, scale, None)


def test_all_methods_at_all_scales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorize_ros.pipelines, 'DepthUpsampler', BicubicUpsampler)
    results = evaluate(write_depth_sr(tmp_path), 'test', tmp_path / 'out')
    assert set(results['methods']) == {
        'robot', 'robot-guided', 'nearest', 'bicubic', 'joint-bilateral'}
    assert results['skipped'] == {'paper': 'no weights of paper'}
    assert list(results['groups']) == [
        'x2', 'x4', 'x8', 'plain x2', 'plain x4', 'plain x8',
        'colored x2', 'colored x4', 'colored x8']
    assert results['groups']['x4']['items'] == 2
    assert results['groups']['plain x4']['items'] == 1
    for group in results['groups'].values():
        assert set(group['methods']['robot']) == {
            'rmse_px', 'mae_px', 'ssim', 'psnr_db', 'ms_median'}
        assert group['methods']['robot']['rmse_px'] == group['methods']['bicubic']['rmse_px']
    guides = [guide for guide in BicubicUpsampler.guides if guide is not None]
    assert [guide.shape for guide in guides] == [(98, 130, 3), (96, 128, 3), (96, 128, 3)]
    assert all((tmp_path / 'out' / f'x{scale}.png').is_file() for scale in (2, 4, 8))


def test_larger_scales_are_harder(tmp_path: Path) -> None:
    results = evaluate(write_depth_sr(tmp_path), 'test', tmp_path / 'out', presets=())
    errors = [results['groups'][f'x{scale}']['methods']['bicubic']['rmse_px']
              for scale in (2, 4, 8)]
    assert errors == sorted(errors)
