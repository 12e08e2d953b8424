"""Networks on files. A stand-in for the network: what is tested is the way in and out."""

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from colorize_ros import apply
from colorize_ros.errors import ConfigurationError, DataError, ShapeError


class Pipelines:
    """Fills holes with 1.5 m; repeats pixels."""

    @classmethod
    def load(cls, model: str, *, device: str) -> 'Pipelines':
        assert (model, device) == ('robot', 'cpu')
        return cls()

    def __call__(self, depth_m, scale=None):
        if scale:
            return depth_m.repeat(scale, axis=0).repeat(scale, axis=1)
        known = np.isfinite(depth_m)
        return SimpleNamespace(depth_m=np.where(known, depth_m, np.float32(1.5)),
                               confidence=np.where(known, 1.0, 0.5).astype(np.float32))


class RedColorizer(Pipelines):
    """Gives red of the input's upper 8 bits; refuses what is smaller than 32 x 32, as ours do."""

    def __call__(self, nir):
        if min(nir.shape) < 32:
            raise ShapeError(f'it has shape {nir.shape}')
        red = (nir >> 8) if nir.dtype == np.uint16 else nir
        return np.stack([red, 0 * red, 0 * red], axis=2).astype(np.uint8)


class MonoAndColor(Pipelines):
    """Gives mono for red, and green and blue of the color image; those swapped for the right."""

    def __call__(self, mono, color, *, mono_is):
        if color.shape[:2] != mono.shape:
            raise ShapeError(f'the color image has shape {color.shape}')
        green, blue = color[..., 1], color[..., 2]
        return np.dstack([mono, green, blue] if mono_is == 'left' else [mono, blue, green])


class DepthAndReference(Pipelines):
    """Gives the first pixel's color of the reference; 0 where depth has a hole."""

    def remember(self, references):
        assert np.isfinite(references[0].depth_m).any()
        return references[0].rgb[0, 0]

    def __call__(self, depth_m, appearance):
        if min(depth_m.shape) < 32:
            raise ShapeError(f'it has shape {depth_m.shape}')
        return np.isfinite(depth_m)[..., None] * appearance


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, 'NirColorizer', RedColorizer)
    monkeypatch.setattr(apply, 'StereoColorizer', MonoAndColor)
    monkeypatch.setattr(apply, 'DepthColorizer', DepthAndReference)
    monkeypatch.setattr(apply, 'DepthCompleter', Pipelines)
    monkeypatch.setattr(apply, 'DepthUpsampler', Pipelines)


@pytest.fixture
def depth_file(tmp_path: Path) -> Path:
    millimetres = np.full((40, 50), 2345, np.uint16)
    millimetres[10:20] = 0
    path = tmp_path / 'frame.png'
    cv2.imwrite(str(path), millimetres)
    return path


def read(path: Path) -> np.ndarray:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_completion_writes_depth_and_confidence(depth_file, tmp_path):
    assert apply.depth_completion([depth_file], tmp_path / 'out', device='cpu') == [
        tmp_path / 'out/frame.png']
    depth, confidence = read(tmp_path / 'out/frame.png'), read(
        tmp_path / 'out/frame_confidence.png')
    assert depth.dtype == np.uint16
    assert set(np.unique(depth[10:20])) == {1500}
    assert set(np.unique(depth[20:])) == {2345}
    assert confidence.dtype == np.uint8
    assert set(np.unique(confidence[10:20])) == {128}
    assert set(np.unique(confidence[20:])) == {255}


@pytest.mark.parametrize('scale', [2, 4, 8])
def test_super_resolution_enlarges_and_keeps_holes(depth_file, tmp_path, scale):
    apply.depth_super_resolution([depth_file], tmp_path / 'out', scale=scale, device='cpu')
    depth = read(tmp_path / 'out/frame.png')
    assert depth.shape == (40 * scale, 50 * scale)
    assert np.all(depth[10 * scale:20 * scale] == 0)


def test_what_16_bits_cannot_hold_is_unknown(tmp_path):
    apply.write_depth(tmp_path / 'far.png', np.array([[65.535, 65.6, np.nan, 0.001]], np.float32))
    assert read(tmp_path / 'far.png').tolist() == [[65535, 0, 0, 1]]


def test_no_input_is_overwritten(depth_file, tmp_path):
    with pytest.raises(ConfigurationError, match='give another folder'):
        apply.depth_completion([depth_file], tmp_path, device='cpu')


def test_results_do_not_overwrite_each_other(depth_file, tmp_path):
    with pytest.raises(ConfigurationError, match='need different names'):
        apply.depth_completion([depth_file, tmp_path / 'b/frame.png'], tmp_path / 'out',
                               device='cpu')


def test_a_color_image_is_no_depth(tmp_path):
    cv2.imwrite(str(tmp_path / 'color.png'), np.zeros((40, 50, 3), np.uint8))
    with pytest.raises(DataError, match='16-bit single-channel PNG'):
        apply.depth_completion([tmp_path / 'color.png'], tmp_path / 'out', device='cpu')


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match='missing or not an image'):
        apply.depth_completion([tmp_path / 'none.png'], tmp_path / 'out', device='cpu')


@pytest.mark.parametrize(('levels', 'ending'), [
    (np.full((40, 50), 200, np.uint8), 'png'), (np.full((40, 50), 200 << 8, np.uint16), 'tiff'),
    (np.full((40, 50, 3), 200, np.uint8), 'png')])
def test_near_infrared_becomes_color_of_its_size(tmp_path, levels, ending):
    source = tmp_path / f'night.{ending}'
    cv2.imwrite(str(source), levels)
    assert apply.nir([source], tmp_path / 'out', device='cpu') == [tmp_path / 'out/night.png']
    color = read(tmp_path / 'out/night.png')
    assert color.dtype == np.uint8
    assert color.shape == (40, 50, 3)
    # OpenCV reads blue first.
    assert color[0, 0].tolist() == [0, 0, 200]


@pytest.mark.parametrize(('levels', 'words'), [
    (np.full((40, 50, 3), (10, 90, 200), np.uint8), 'Is it the color image'),
    (np.full((20, 50), 90, np.uint8), r'small\.tiff cannot be colored.*\(20, 50\)'),
    (np.full((40, 50), 0.5, np.float32), 'float32')])
def test_what_cannot_be_colored_is_named(tmp_path, levels, words):
    cv2.imwrite(str(tmp_path / 'small.tiff'), levels)
    with pytest.raises(DataError, match=words):
        apply.nir([tmp_path / 'small.tiff'], tmp_path / 'out', device='cpu')


@pytest.fixture
def pair(tmp_path: Path) -> list[Path]:
    cv2.imwrite(str(tmp_path / 'mono.png'), np.full((40, 50), 70, np.uint8))
    # OpenCV writes blue first.
    cv2.imwrite(str(tmp_path / 'color.png'), np.full((40, 50, 3), (10, 20, 30), np.uint8))
    return [tmp_path / 'mono.png', tmp_path / 'color.png']


def test_mono_and_color_become_one_image(pair, tmp_path):
    assert apply.stereo(pair, tmp_path / 'out', device='cpu') == [tmp_path / 'out/mono.png']
    assert read(tmp_path / 'out/mono.png')[5, 5].tolist() == [10, 20, 70]
    apply.stereo(pair, tmp_path / 'out', mono_is='right', device='cpu')
    assert read(tmp_path / 'out/mono.png')[5, 5].tolist() == [20, 10, 70]


@pytest.mark.parametrize('count', [1, 3])
def test_stereo_wants_two_files(pair, tmp_path, count):
    with pytest.raises(ConfigurationError, match=f'{count} files were given; expected two'):
        apply.stereo([*pair, pair[0]][:count], tmp_path / 'out', device='cpu')


def test_stereo_overwrites_neither_image(pair, tmp_path):
    with pytest.raises(ConfigurationError, match='give another folder'):
        apply.stereo(pair, tmp_path, device='cpu')
    twin = tmp_path / 'other' / 'mono.png'
    twin.parent.mkdir()
    pair[1].rename(twin)
    with pytest.raises(ConfigurationError, match='overwrite the color image'):
        apply.stereo([pair[0], twin], twin.parent, device='cpu')


def test_a_pair_of_two_sizes_or_in_the_wrong_order_is_named(pair, tmp_path):
    with pytest.raises(DataError, match='Is it the color image'):
        apply.stereo(pair[::-1], tmp_path / 'out', device='cpu')
    cv2.imwrite(str(pair[1]), np.zeros((20, 50, 3), np.uint8))
    with pytest.raises(DataError, match=r'mono\.png cannot be colored from .*color\.png'):
        apply.stereo(pair, tmp_path / 'out', device='cpu')


@pytest.fixture
def reference(depth_file, tmp_path: Path) -> tuple[Path, Path]:
    # OpenCV writes blue first.
    cv2.imwrite(str(tmp_path / 'day.png'), np.full((40, 50, 3), (10, 20, 30), np.uint8))
    cv2.imwrite(str(tmp_path / 'day_depth.png'), read(depth_file))
    return tmp_path / 'day.png', tmp_path / 'day_depth.png'


def test_depth_gets_the_colors_of_the_reference(depth_file, reference, tmp_path):
    assert apply.depth_color([depth_file], tmp_path / 'out', reference=reference,
                             device='cpu') == [tmp_path / 'out/frame.png']
    color = read(tmp_path / 'out/frame.png')
    assert color.shape == (40, 50, 3)
    assert color[0, 0].tolist() == [10, 20, 30]
    assert color[15, 0].tolist() == [0, 0, 0]


def test_depth_is_not_colored_without_a_reference(depth_file, tmp_path):
    with pytest.raises(ConfigurationError, match='--reference RGB DEPTH'):
        apply.depth_color([depth_file], tmp_path / 'out', reference=None, device='cpu')


def test_the_reference_is_not_overwritten(depth_file, reference, tmp_path):
    night = tmp_path / 'night'
    night.mkdir()
    source = depth_file.rename(night / 'day.png')
    with pytest.raises(ConfigurationError, match='give another folder'):
        apply.depth_color([source], tmp_path, reference=reference, device='cpu')


def test_what_is_no_reference_is_named(depth_file, reference, tmp_path):
    cv2.imwrite(str(reference[0]), np.zeros((20, 50, 3), np.uint8))
    with pytest.raises(DataError, match=r'day\.png and .*day_depth\.png are no reference'):
        apply.depth_color([depth_file], tmp_path / 'out', reference=reference, device='cpu')
    with pytest.raises(DataError, match='16-bit'):
        apply.depth_color([depth_file], tmp_path / 'out', reference=reference[::-1], device='cpu')


def test_depth_too_small_to_color_is_named(reference, tmp_path):
    cv2.imwrite(str(tmp_path / 'small.png'), np.full((20, 50), 1000, np.uint16))
    with pytest.raises(DataError, match=r'small\.png cannot be colored.*\(20, 50\)'):
        apply.depth_color([tmp_path / 'small.png'], tmp_path / 'out', reference=reference,
                          device='cpu')
