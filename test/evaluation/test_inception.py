"""A user's own Inception: what is given to it, what is taken, what is refused."""

from __future__ import annotations

from pathlib import Path
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colorize_ros.errors import MissingExtraError, ModelError
from colorize_ros.evaluation.inception import InceptionFeatures

RGB = np.full((50, 70, 3), (255, 51, 0), np.uint8)


class Session:
    """Stands for ONNX Runtime's: gives the mean of red, green and blue, and zeros."""

    inputs = (SimpleNamespace(name='rgb', type='tensor(float)', shape=[1, 3, 299, 299]),)
    shape: tuple[int, ...] = (1, 2048, 1, 1)
    given: Any = None

    def __init__(self, path: str, providers: list[str]) -> None:
        if Path(path).read_bytes() == b'damaged':
            raise RuntimeError('no protobuf')

    def get_inputs(self) -> list[Any]:
        return list(self.inputs)

    def run(self, names: None, feed: dict[str, Any]) -> list[Any]:
        Session.given = feed['rgb']
        if Session.given.shape[2] < 60 and Session.inputs[0].shape[2] == 'height':
            raise RuntimeError('too small')
        features = np.zeros(self.shape, np.float32)
        features.ravel()[:3] = Session.given.mean(axis=(0, 2, 3))
        return [features]


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setitem(sys.modules, 'onnxruntime', SimpleNamespace(InferenceSession=Session))
    path = tmp_path / 'inception.onnx'
    path.write_bytes(b'network')
    return path


def taking(*shape: Any, type: str = 'tensor(float)') -> tuple[SimpleNamespace, ...]:
    return (SimpleNamespace(name='rgb', type=type, shape=list(shape)),)


def test_the_network_gets_rgb_of_its_size(file: Path) -> None:
    features = InceptionFeatures(file)(RGB)
    assert features.shape == (1, 2048)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features[0, :4], [1, 0.2, 0, 0], atol=1e-6)
    assert Session.given.shape == (1, 3, 299, 299)
    assert Session.given.dtype == np.float32


def test_a_network_of_any_size_gets_the_image_as_it_is(
        file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, 'inputs', taking('batch', 3, 'height', 'width'))
    InceptionFeatures(file)(np.zeros((64, 80, 3), np.uint8))
    assert Session.given.shape == (1, 3, 64, 80)
    with pytest.raises(ModelError, match='fails on an image of 70x50: too small'):
        InceptionFeatures(file)(RGB)


@pytest.mark.parametrize('inputs', [
    taking(1, 1, 299, 299), taking(1, 3), taking(1, 3, 299, 299, type='tensor(double)'),
    2 * taking(1, 3, 299, 299), ()])
def test_refuses_a_network_that_takes_something_else(
        file: Path, monkeypatch: pytest.MonkeyPatch, inputs: tuple[Any, ...]) -> None:
    monkeypatch.setattr(Session, 'inputs', inputs)
    with pytest.raises(ModelError, match='expected one input of float32'):
        InceptionFeatures(file)


def test_refuses_a_network_that_gives_something_else(
        file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, 'shape', (1, 1000))
    with pytest.raises(ModelError, match=r'shapes \[\(1, 1000\)\]'):
        InceptionFeatures(file)(RGB)


def test_refuses_a_file_that_is_no_network(file: Path) -> None:
    file.write_bytes(b'damaged')
    with pytest.raises(ModelError, match='no protobuf'):
        InceptionFeatures(file)
    with pytest.raises(ModelError, match='not a file'):
        InceptionFeatures(file.with_name('none.onnx'))


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(MissingExtraError, match=r'colorize_ros\[detect\]'):
        InceptionFeatures(Path('inception.onnx'))
