"""A detector's network is fed as it was trained, and runs where it is told to."""

from __future__ import annotations

from pathlib import Path
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from colorize_ros.detection import Detector
from colorize_ros.errors import DeviceError
from detection.yolo_outputs import HEIGHT, of_yolov5, of_yolov8, of_yolox, Outputs, WIDTH


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / 'detector.onnx'


class Runtime:
    """Stands for ONNX Runtime: keeps what a network is given, and where it should run."""

    def __init__(self, outputs: Outputs, providers: list[str],
                 starts: bool = True) -> None:
        self.outputs, self.providers, self.starts = outputs, providers, starts
        self.fed: Any = None
        self.wanted: list[Any] = []

    def get_available_providers(self) -> list[str]:
        return self.providers

    class SessionOptions:
        def add_session_config_entry(self, key: str, value: str) -> None:
            pass

    def InferenceSession(self, path: str, options: Any, providers: list[Any]) -> Any:  # noqa: N802
        self.wanted = providers
        names = [one if isinstance(one, str) else one[0] for one in providers]
        taken = names if self.starts else names[-1:]
        image = SimpleNamespace(name='x', type='tensor(float)', shape=[1, 3, HEIGHT, WIDTH])

        def run(_: None, feed: dict[str, Any]) -> Outputs:
            self.fed = feed['x']
            return self.outputs
        return SimpleNamespace(
            get_providers=lambda: taken, get_inputs=lambda: [image], run=run,
            get_modelmeta=lambda: SimpleNamespace(custom_metadata_map={}))


def fake(monkeypatch: pytest.MonkeyPatch, file: Path, outputs: Outputs,
         *providers: str, starts: bool = True) -> Runtime:
    file.write_bytes(b'network')
    runtime = Runtime(outputs, [*providers, 'CPUExecutionProvider'], starts)
    monkeypatch.setitem(sys.modules, 'onnxruntime', runtime)
    return runtime


def test_each_kind_is_fed_as_it_was_trained(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.full((192, 160, 3), (200, 100, 50), np.uint8)
    runtime = fake(monkeypatch, file, of_yolox())
    Detector.load(file)(image)
    assert runtime.fed.shape == (1, 3, HEIGHT, WIDTH)
    np.testing.assert_array_equal(runtime.fed[0, :, 5, 0], (50, 100, 200))
    np.testing.assert_array_equal(runtime.fed[0, :, 5, 79:81].T, [(50, 100, 200), (114,) * 3])
    runtime = fake(monkeypatch, file, of_yolov5())
    Detector.load(file)(image)
    columns = runtime.fed[0, :, 5, [39, 40, 119, 120]] * 255
    gray, color = (114,) * 3, (200, 100, 50)
    np.testing.assert_allclose(columns, [gray, color, color, gray], rtol=1e-6)


def test_cuda_is_taken_where_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cuda, tensorrt = 'CUDAExecutionProvider', 'TensorrtExecutionProvider'
    runtime = fake(monkeypatch, file, of_yolov8(), tensorrt, cuda)
    assert Detector.load(file).info.device == 'cuda:0'
    assert runtime.wanted == [(cuda, {'device_id': 0}), 'CPUExecutionProvider']
    assert Detector.load(file, device='tensorrt:1').info.device == 'tensorrt:1'
    assert runtime.wanted == [(tensorrt, {'device_id': 1}), (cuda, {'device_id': 1}),
                              'CPUExecutionProvider']
    assert Detector.load(file, device='cpu').info.device == 'cpu'


def test_a_device_that_does_not_start(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, file, of_yolov8(), 'CUDAExecutionProvider', starts=False)
    assert Detector.load(file).info.device == 'cpu'
    with pytest.raises(DeviceError, match='cannot start it'):
        Detector.load(file, device='cuda')
    with pytest.raises(DeviceError, match='has only CUDAExecutionProvider, CPUExecutionProvider'):
        Detector.load(file, device='tensorrt')
