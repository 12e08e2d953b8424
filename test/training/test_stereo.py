"""Training of two lenses: pairs that are made, samples, losses, and a few steps of each preset."""

from __future__ import annotations

from pathlib import Path
import shutil

import cv2
import numpy as np
import pytest
import torch

pytest.importorskip('lightning_fabric')

from colorize_ros.datasets.stereo_formats import read_stereo
from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.networks.stereo_color import Colored, RobotDualLens
from colorize_ros.pipelines import StereoColorizer
from colorize_ros.pipelines.models import read_card
from colorize_ros.training.options import Launch
from colorize_ros.training.stereo import match_error, PRESETS, robot_losses, square_error, train
from colorize_ros.training.stereo_pairs import (
    fill_rows,
    find_hidden,
    project,
    see_from_the_right,
)
from colorize_ros.training.stereo_samples import StereoSamples
from colorize_ros.training.stereo_validation import validate_on
from small_data import write_rgbd

SHIFT = 8


def write_stereo(folder: Path) -> Path:
    """A textured wall at one disparity, recorded to learn from and to measure on: `stereo`."""
    root = folder / 'stereo'
    wide = np.random.default_rng(0).integers(0, 256, (72, 120, 3)).astype(np.uint8)
    for name in ('hall/wall', 'hall/door'):
        (root / name).mkdir(parents=True)
        cv2.imwrite(str(root / name / 'left.png'), wide[:, :-SHIFT])
        cv2.imwrite(str(root / name / 'right.png'), wide[:, SHIFT:])
        cv2.imwrite(str(root / name / 'disp_left.png'),
                    np.full((72, 120 - SHIFT), 64 * SHIFT, np.uint16))
    (root / 'manifest.csv').write_text('item,split\nhall/wall,train\nhall/door,test\n')
    return root


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [write_stereo(tmp_path), write_rgbd(tmp_path) / 'rgbd']


def box(near: float = 6) -> np.ndarray:
    """A box before a wall at disparity 2."""
    disparity_px = np.full((20, 40), 2, np.float32)
    disparity_px[5:15, 15:25] = near
    return disparity_px


def test_what_is_nearer_wins_the_place() -> None:
    projected = project(box())
    assert (projected[10, 9:19] == 6).all()
    # Behind the box's right edge nothing of the left image falls, nor at the right border.
    assert np.isnan(projected[10, 19:23]).all()
    assert np.isnan(projected[10, 38:]).all()


def test_the_wall_left_of_the_box_is_hidden() -> None:
    disparity_px = box()
    disparity_px[0, 30] = np.nan
    hidden = find_hidden(disparity_px, project(disparity_px))
    np.testing.assert_array_equal(np.nonzero(hidden[10])[0], [0, 1, 11, 12, 13, 14])
    assert not hidden[0, 30]


def test_the_right_camera_sees_the_left_picture_shifted() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (20, 40, 3)).astype(np.uint8)
    behind = np.full_like(picture, 7)
    right = see_from_the_right(picture, box(), behind)
    np.testing.assert_array_equal(right[10, :9], picture[10, 2:11])
    np.testing.assert_array_equal(right[10, 9:19], picture[10, 15:25])
    assert (right[10, 19:23] == 7).all()
    mirrored = see_from_the_right(picture, box(), None)
    np.testing.assert_array_equal(mirrored[10, 19:23], picture[10, 29:25:-1])


def test_the_unknown_is_filled_with_the_background() -> None:
    values = np.array([[np.nan, 3, np.nan, np.nan, 1, np.nan], [np.nan] * 6], np.float32)
    np.testing.assert_array_equal(fill_rows(values), [[3, 3, 1, 1, 1, 1], [1] * 6])


def test_samples_follow_from_the_generator_alone(folders: list[Path]) -> None:
    samples = StereoSamples(folders, 3, 32, 64, 32)
    first, again, other = (samples(np.random.default_rng(seed)) for seed in (1, 1, 2))
    shapes = {name: tuple(plane.shape) for name, plane in first.items()}
    assert shapes == {'mono': (3, 1, 32, 64), 'reference': (3, 3, 32, 64),
                      'chroma': (3, 2, 32, 64), 'disparity_px': (3, 1, 32, 64),
                      'hidden': (3, 1, 32, 64)}
    assert all(plane.dtype == torch.float32 for plane in first.values())
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first['mono'], other['mono'])


def test_test_pairs_are_not_learned_from(folders: list[Path]) -> None:
    samples = StereoSamples(folders, 1, 32, 64, 32)
    assert samples.sources == {'stereo/hall': 1, 'rgbd/ycb_posecnn': 3}
    assert samples.kinds == ['recorded', 'made']


@pytest.mark.parametrize('kind', ['recorded', 'made'])
def test_the_reference_shows_at_the_disparity_what_the_mono_image_shows(
        folders: list[Path], kind: str) -> None:
    # Pictures with a texture: the stereo pairs' left images.
    samples = StereoSamples(folders[:1], 6, 32, 64, 32)
    samples.kinds, samples.shares = [kind], np.ones(1)
    batch = samples(np.random.default_rng(0))
    disparity_px = batch['disparity_px']
    columns = torch.arange(64) - disparity_px
    clear = (batch['hidden'] == 0) & (disparity_px >= 0) & (columns >= 0)
    seen = batch['reference'][:, :1].gather(3, columns.round().long().clamp(0, 63))
    for one in range(6):
        here, there = batch['mono'][one][clear[one]], seen[one][clear[one]]
        assert len(here) > 300
        assert np.corrcoef(here, there)[0, 1] > 0.6


def test_a_folder_of_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='neither stereo pairs'):
        StereoSamples([tmp_path], 1, 32, 64, 32)


def test_an_error_of_chroma_is_one_of_rgb_at_the_true_luma() -> None:
    error = torch.tensor([0.1, -0.2]).view(1, 2, 1, 1)
    red, blue = 1.402 * -0.2, 1.772 * 0.1
    green = -(0.299 * red + 0.114 * blue) / 0.587
    assert float(square_error(error)) == pytest.approx((red**2 + green**2 + blue**2) / 3, 1e-4)


def test_weights_at_the_disparity_match() -> None:
    disparity_px = torch.full((1, 1, 16, 48), 10.0)
    seen = torch.ones_like(disparity_px)
    weights = torch.full((1, 9, 4, 12), 1e-3)
    weights[:, 2:4] = 0.5
    right = match_error(weights, disparity_px, seen)
    assert float(right) == pytest.approx(-np.log(0.5), rel=1e-3)
    assert match_error(weights, disparity_px + 10, seen) > 2 * right
    assert match_error(weights, disparity_px, 0 * seen) == 0
    assert match_error(weights, -disparity_px, seen) == 0


def test_hidden_pixels_count_twice() -> None:
    chroma = torch.zeros(1, 2, 32, 32)
    wrong = chroma.clone()
    wrong[..., :8] = 0.1

    def loss(hidden: torch.Tensor) -> float:
        colored = Colored(wrong, chroma[..., ::2, ::2], chroma[..., ::4, ::4],
                          torch.full((1, 9, 8, 8), 1 / 9), chroma[:, :1, ::4, ::4] + 0.5)

        class Fixed(torch.nn.Module):
            def color(self, *_: torch.Tensor) -> Colored:
                return colored
        return float(robot_losses(Fixed(), {
            'mono': chroma[:, :1], 'reference': chroma, 'chroma': chroma, 'hidden': hidden,
            'disparity_px': chroma[:, :1] - 1})['log_mse'])
    nothing = torch.zeros(1, 1, 32, 32)
    there = nothing.clone()
    there[..., :8] = 1
    # A quarter of the pixels is wrong; counted twice, it is two fifths.
    assert loss(there) - loss(nothing) == pytest.approx(0.5 * np.log(1.6), rel=0.01)


def test_a_few_steps_lower_the_loss(folders: list[Path]) -> None:
    torch.manual_seed(0)
    network = RobotDualLens(32)
    # Of the pair and its left picture: the others have one color.
    batch = StereoSamples(folders[:1], 2, 32, 64, 32)(np.random.default_rng(0))
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    totals = []
    for _ in range(8):
        total = torch.stack(list(robot_losses(network, batch).values())).sum()
        totals.append(float(total.detach()))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
    assert min(totals[-3:]) < totals[0] - 0.02


@pytest.mark.parametrize('preset', PRESETS)
def test_every_preset_writes_a_model_that_loads(
        folders: list[Path], tmp_path: Path, preset: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('colorize_ros.training.stereo.SIZES', {
        'robot': (1, 32, 64), 'paper': (1, 32, 64)})
    monkeypatch.setattr('colorize_ros.training.stereo.PAPER_DISPARITIES', 32)
    weights = train(folders, tmp_path / 'out', Launch(device='cpu', steps=1), preset=preset)
    card = read_card(weights)
    assert (card['pipeline'], card['preset']) == ('stereo', preset)
    assert set(card['training']['sources']) == {'stereo/hall', 'rgbd/ycb_posecnn'}
    assert StereoColorizer.load(str(weights), device='cpu').info.name == f'stereo-{preset}'


def write_clip(folder: Path, source: str, pairs: int) -> Path:
    """Pairs of one source, all to learn from, beside those of `write_stereo`."""
    root = folder / 'stereo'
    names = [f'{source}/{index:04d}' for index in range(pairs)]
    for name in names:
        shutil.copytree(root / 'hall/wall', root / name)
    with (root / 'manifest.csv').open('a') as manifest:
        manifest.writelines(f'{name},train\n' for name in names)
    return root


def test_recorded_pairs_are_held_out_and_neither_cut_nor_made_pairs_of(tmp_path: Path) -> None:
    write_stereo(tmp_path)
    write_clip(tmp_path, 'simulated', 4)
    root = write_clip(tmp_path, 'road', 5)
    samples = StereoSamples([root], 1, 32, 64, 32, hold_out=0.4)
    assert [item.name for item in samples.held_out] == ['road/0003', 'road/0004']
    assert samples.sources == {'stereo/hall': 1, 'stereo/simulated': 4, 'stereo/road': 3}
    assert len(samples.pairs['recorded']['road']) == len(samples.pictures['road']) == 3
    with pytest.raises(DataError, match=r'hold_out is 0\.1'):
        StereoSamples([root], 1, 32, 64, 32, hold_out=0.1)


def test_what_is_held_out_is_validated_on(tmp_path: Path,
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('colorize_ros.training.stereo.SIZES', {'robot': (1, 32, 64)})
    write_stereo(tmp_path)
    root, out = write_clip(tmp_path, 'road', 2), tmp_path / 'run'
    weights = train([root], out, Launch(device='cpu', steps=1, hold_out=0.5))
    training = read_card(weights)['training']
    assert training['held_out'] == 0.5
    assert set(training['validation']) == {'psnr_db', 'above_gray_db'}
    picture = cv2.imread(str(next((out / 'validation').glob('*.png'))))
    assert picture.shape[1] == 3 * 320


def test_a_network_that_knows_the_chroma_is_right_but_for_noise(tmp_path: Path) -> None:
    item, = read_stereo(write_stereo(tmp_path), 'test')

    class Knowing(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused = torch.nn.Parameter(torch.zeros(1))

        def forward(self, mono: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
            # What the mono camera sees is so far to the left for the color one.
            return reference[:, 1:].roll(SHIFT, 3)
    rgb = np.full((72, 112, 3), (200, 90, 40), np.uint8)
    for path in (item.left_path, item.right_path):
        cv2.imwrite(str(path), rgb[..., ::-1])
    metrics = validate_on([item], 32)(Knowing()).metrics
    # Table 2: noise of 0.01 and 0.03 of white, at the root of the intensity.
    assert 30 < metrics['psnr_db'] < 40
    assert metrics['above_gray_db'] > 10


def test_an_unknown_preset_is_refused(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='paper-no-residue'):
        train(folders, tmp_path, Launch(device='cpu', steps=1), preset='large')
