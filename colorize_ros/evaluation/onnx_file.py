"""A user's own network: an ONNX file, run by ONNX Runtime on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from colorize_ros.errors import MissingExtraError, ModelError


def open_network(path: Path) -> Any:
    """Open an ONNX file; gives ONNX Runtime's `InferenceSession`.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: no such file, or no ONNX.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError('detect', f'running {path.name}') from error
    if not path.is_file():
        raise ModelError(f'{path} is not a file; give that of an ONNX network')
    try:
        return onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    # ONNX Runtime's own errors have no family.
    except Exception as error:
        raise ModelError(f'{path} cannot be read as an ONNX network: {error}') from error


def listed(values: Sequence[Any]) -> str:
    """Name the inputs or the outputs of a session, with types and shapes."""
    return ', '.join(f'{value.name}: {value.type} {value.shape}' for value in values) or 'none'
