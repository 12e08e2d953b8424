"""One ONNX network on a device: an image in, its outputs out."""

from __future__ import annotations

import ast
import os
from pathlib import Path
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DeviceError, MissingExtraError, MissingModelError, ModelError

DEFAULT_SIDE = 640
"""Of the input where the network takes any: what most were trained at."""
PROVIDERS = {'cpu': 'CPUExecutionProvider', 'cuda': 'CUDAExecutionProvider',
             'tensorrt': 'TensorrtExecutionProvider'}
TYPES = {'tensor(float)': np.float32, 'tensor(float16)': np.float16}


class Session:
    """A network that takes one image.

    Attributes:
        height: of its input.
        width: the same.
        device: `cpu`, `cuda:n` or `tensorrt:n`.
        metadata: what the file says of itself.
    """

    def __init__(self, path: Path, session: Any, device: str) -> None:
        self._path, self._session, self.device = path, session, device
        self.metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
        inputs = session.get_inputs()
        if len(inputs) != 1 or inputs[0].type not in TYPES or not _is_image(inputs[0].shape):
            listed = ', '.join(f'{one.name}: {one.type} {one.shape}' for one in inputs)
            raise ModelError(f'{path} has the inputs {listed or "none"}; expected one of float '
                             '(1, 3, H, W) or (1, H, W, 3). Export a detector of one image')
        self._name, self._type = inputs[0].name, TYPES[inputs[0].type]
        self._channels_first = inputs[0].shape[1] == 3
        sides = inputs[0].shape[2:] if self._channels_first else inputs[0].shape[1:3]
        self.height, self.width = (
            side if isinstance(side, int) and side > 0 else written
            for side, written in zip(sides, _written_size(self.metadata.get('imgsz'))))

    def __call__(self, image: NDArray[np.uint8], rgb: bool,
                 scale: float) -> list[NDArray[np.float32]]:
        """Run it.

        Args:
            image: (height, width, 3) uint8 RGB.
            rgb: whether the network wants it so, else its channels the other way round.
            scale: what levels are multiplied by.

        Raises:
            ModelError: the network fails.
        """
        levels = image if rgb else image[..., ::-1]
        if self._channels_first:
            # Bytes are put in order faster than numbers of four.
            levels = np.ascontiguousarray(levels.transpose(2, 0, 1))
        values = np.multiply(levels[None], np.float32(scale), dtype=np.float32)
        batch = np.ascontiguousarray(values, self._type)
        try:
            outputs = self._session.run(None, {self._name: batch})
            return [np.asarray(output, np.float32) for output in outputs]
        # ONNX Runtime's own errors have no family.
        except Exception as error:
            raise ModelError(f'{self._path} fails on an image of {self.width}x{self.height}: '
                             f'{error}') from error


def open_session(path: Path, device: str) -> Session:
    """Open an ONNX file.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        MissingModelError: no such file.
        ModelError: no ONNX, or not a network of one image.
        DeviceError: the device is not there.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError('detect', f'running {path.name}') from error
    if not path.is_file():
        raise MissingModelError(f'{path} is not a file; give that of a YOLO detector in ONNX, or '
                                'get one: colorize-ros get-detector')
    kind, index = _choose_device(device, onnxruntime.get_available_providers())
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Threads that wait for the next image must not take the robot's processors from others.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    if hasattr(os, 'sched_getaffinity'):
        options.intra_op_num_threads = len(os.sched_getaffinity(0))
    wanted: list[Any] = [(PROVIDERS[name], {'device_id': index}) for name in _first(kind)]
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=[*wanted, PROVIDERS['cpu']])
    except Exception as error:
        raise ModelError(f'{path} cannot be read as an ONNX network: {error}') from error
    if PROVIDERS[kind] not in session.get_providers():
        # ONNX Runtime has gone to the CPU by itself.
        if device != 'auto':
            raise DeviceError(
                f'device {device!r} was asked for, but ONNX Runtime cannot start it; set device '
                'to auto or cpu, or install the CUDA that it needs')
        kind = 'cpu'
    return Session(path, session, kind if kind == 'cpu' else f'{kind}:{index}')


def _choose_device(device: str, available: list[str]) -> tuple[str, int]:
    if device == 'auto':
        return ('cuda' if PROVIDERS['cuda'] in available else 'cpu'), 0
    match = re.fullmatch(r'(cpu)|(cuda|tensorrt)(?::(\d+))?', device)
    if match is None:
        raise DeviceError(f'device {device!r} is not known; expected auto, cpu, cuda, cuda:n, '
                          'tensorrt or tensorrt:n, such as cuda:0')
    kind = match[1] or match[2]
    if PROVIDERS[kind] not in available:
        raise DeviceError(
            f'device {device!r} was asked for, but this ONNX Runtime has only '
            f'{", ".join(available)}; set device to auto or cpu, or install onnxruntime-gpu')
    return kind, int(match[3] or 0)


def _first(kind: str) -> tuple[str, ...]:
    """Give the providers to try before the CPU's: TensorRT leaves to CUDA what it cannot do."""
    return {'cpu': (), 'cuda': ('cuda',), 'tensorrt': ('tensorrt', 'cuda')}[kind]


def _is_image(shape: list[Any]) -> bool:
    """Say whether it is one color image; a side that is not fixed is a word or None."""
    return len(shape) == 4 and 3 in (shape[1], shape[3]) and (
        shape[0] == 1 or not isinstance(shape[0], int))


def _written_size(text: str | None) -> tuple[int, int]:
    """Read the size that newer exports carry, as Python writes a list."""
    try:
        height, width = ast.literal_eval(text or '')
        return int(height), int(width)
    except (SyntaxError, TypeError, ValueError):
        return DEFAULT_SIDE, DEFAULT_SIDE
