"""A user's own automatic colorization: what is taken, what is refused."""

from __future__ import annotations

from pathlib import Path
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colorize_ros.datasets.lens_noise import decolor
from colorize_ros.errors import MissingExtraError, ModelError
from colorize_ros.evaluation.ciede2000 import lab_of
from colorize_ros.evaluation.onnx_colorizer import OnnxColorizer

MONO = np.tile(np.linspace(40, 200, 70).astype(np.uint8), (50, 1))
COLOR = np.zeros((50, 70, 3), np.uint8)


def tensor(name: str, *shape: Any, type: str = 'tensor(float)') -> SimpleNamespace:
    return SimpleNamespace(name=name, shape=list(shape), type=type)


class Session:
    """Stands for ONNX Runtime's: gives a* = 20 and b* = -30, at half the size."""

    inputs = (tensor('light', 1, 1, 'height', 'width'),)
    outputs = (tensor('ab', 1, 2, 'h', 'w'),)
    given: Any = None

    def __init__(self, path: str, providers: list[str]) -> None:
        if Path(path).read_bytes() == b'damaged':
            raise RuntimeError('no protobuf')

    def get_inputs(self) -> list[Any]:
        return list(self.inputs)

    def get_outputs(self) -> list[Any]:
        return list(self.outputs)

    def run(self, names: None, feed: dict[str, Any]) -> list[Any]:
        Session.given = feed['light']
        _, _, height, width = Session.given.shape
        output = np.full((1, 2, height // 2, width // 2), 20, np.float32)
        output[:, 1] = -30
        return [output]


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setitem(sys.modules, 'onnxruntime', SimpleNamespace(InferenceSession=Session))
    path = tmp_path / 'mine.onnx'
    path.write_bytes(b'network')
    return path


def test_the_network_gets_l_and_gives_ab(file: Path) -> None:
    rgb = OnnxColorizer(file)(MONO, COLOR)
    assert Session.given.shape == (1, 1, 50, 70)
    gray = np.repeat(MONO[..., None], 3, axis=2)
    np.testing.assert_allclose(Session.given[0, 0], lab_of(gray)[..., 0], atol=0.05)
    assert np.abs(decolor(rgb).astype(int) - MONO).max() <= 1
    # Luma is held instead of L*, so a* and b* are nearly what was given.
    np.testing.assert_allclose(lab_of(rgb)[25, 35, 1:], (20, -30), atol=2)


def test_a_network_of_a_fixed_size_gets_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, 'inputs', (tensor('light', 1, 1, 64, 32),))
    assert OnnxColorizer(file)(MONO, COLOR).shape == (50, 70, 3)
    assert Session.given.shape == (1, 1, 64, 32)


@pytest.mark.parametrize('inputs', [
    (), (tensor('rgb', 1, 3, 'h', 'w'),), (tensor('flat', 1, 224 * 224),),
    (tensor('bytes', 1, 1, 'h', 'w', type='tensor(uint8)'),),
    (tensor('light', 1, 1, 'h', 'w'), tensor('reference', 1, 3, 'h', 'w')),
    (tensor('batch', 8, 1, 'h', 'w'),)])
def test_other_inputs_are_refused(
        file: Path, monkeypatch: pytest.MonkeyPatch, inputs: tuple[Any, ...]) -> None:
    monkeypatch.setattr(Session, 'inputs', inputs)
    with pytest.raises(ModelError, match=r'has the inputs .*expected one input of float32 \(1, 1'):
        OnnxColorizer(file)


def test_another_output_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, 'outputs', (tensor('rgb', 1, 3, 'h', 'w'),))
    with pytest.raises(ModelError, match='the outputs rgb'):
        OnnxColorizer(file)
    # Not declared, so it shows when it runs.
    monkeypatch.setattr(Session, 'outputs', (tensor('any', 'n', 'c', 'h', 'w'),))
    monkeypatch.setattr(Session, 'run', lambda *_: [np.zeros((1, 3, 50, 70), np.float32)])
    with pytest.raises(ModelError, match=r'gave an array of shape \(1, 3, 50, 70\)'):
        OnnxColorizer(file)(MONO, COLOR)


def test_a_failure_of_the_network_names_the_file(
        file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError('sides must be multiples of 32')

    monkeypatch.setattr(Session, 'run', fail)
    with pytest.raises(ModelError, match='fails on an image of 70x50: sides must be multiples'):
        OnnxColorizer(file)(MONO, COLOR)


def test_a_file_that_is_none(file: Path) -> None:
    with pytest.raises(ModelError, match='is not a file'):
        OnnxColorizer(file.with_name('none.onnx'))
    file.write_bytes(b'damaged')
    with pytest.raises(ModelError, match='cannot be read as an ONNX network'):
        OnnxColorizer(file)


def test_without_onnx_runtime_its_extra_is_named(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(MissingExtraError, match=r"pip install 'colorize_ros\[detect\]'"):
        OnnxColorizer(tmp_path / 'mine.onnx')


def network_file() -> bytes:
    """Write an ONNX network by hand, as protobuf: ab is L twice."""
    def field(number: int, content: bytes | int) -> bytes:
        if isinstance(content, int):
            return bytes([number << 3, content])
        assert len(content) < 128
        return bytes([number << 3 | 2, len(content)]) + content

    def value(name: bytes, channels: int) -> bytes:
        sides = [field(1, 1), field(1, channels), field(2, b'h'), field(2, b'w')]
        shape = b''.join(field(1, side) for side in sides)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    axis = field(1, b'axis') + field(3, 1) + b'\xa0\x01\x02'
    node = field(1, b'L') + field(1, b'L') + field(2, b'ab') + field(4, b'Concat') + field(5, axis)
    parts = [(1, node), (2, b'graph'), (11, value(b'L', 1)), (12, value(b'ab', 2))]
    graph = b''.join(field(number, content) for number, content in parts)
    opset = field(1, b'') + field(2, 13)
    length = bytes([len(graph) & 127 | 128, len(graph) >> 7]) if len(graph) > 127 else bytes(
        [len(graph)])
    return field(1, 8) + bytes([7 << 3 | 2]) + length + graph + field(8, opset)


def test_onnx_runtime_runs_a_network(tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    path = tmp_path / 'twice.onnx'
    path.write_bytes(network_file())
    gray = np.repeat(MONO[..., None], 3, axis=2)
    lab = lab_of(OnnxColorizer(path)(MONO, COLOR))
    light = lab_of(gray)[..., 0]
    np.testing.assert_allclose(lab[25, :20, 1], light[25, :20], atol=6)
    path.write_bytes(b'no network')
    with pytest.raises(ModelError, match='cannot be read'):
        OnnxColorizer(path)
