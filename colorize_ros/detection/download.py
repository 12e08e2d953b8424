"""A detector from its project's release: YOLOX-nano (Ge et al. 2021; Apache-2.0)."""

from __future__ import annotations

from collections.abc import Callable
import hashlib
from http.client import HTTPException
import os
from pathlib import Path
import tempfile
from typing import Any
from urllib.request import urlopen

from colorize_ros.errors import DataError, MissingModelError

URL = ('https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/'
       'yolox_nano.onnx')
SHA256 = '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14'
NAME = 'yolox_nano_416_coco.onnx'
LARGEST_BYTES = 64 << 20
TIMEOUT_S = 30.0


def detector_path() -> Path:
    """Say where the downloaded detector belongs: in the user's own data (XDG base directories)."""
    data = os.environ.get('XDG_DATA_HOME') or str(Path.home() / '.local' / 'share')
    return Path(data) / 'colorize_ros' / NAME


def installed_detector() -> Path:
    """Find the downloaded detector.

    Raises:
        MissingModelError: it has not been downloaded.
    """
    path = detector_path()
    if not path.is_file():
        raise MissingModelError(
            f'there is no detector in {path}; get one (3.5 MB) with: colorize-ros get-detector; '
            'or name the ONNX file of a YOLO detector of your own')
    return path


def get_detector(file: Path | None = None, folder: Path | None = None,
                 open_url: Callable[..., Any] = urlopen) -> Path:
    """Put YOLOX-nano where detectors are looked for; what is there already is left alone.

    Args:
        file: a copy that was downloaded elsewhere; None downloads it.
        folder: where to put it; None is where `installed_detector` looks.
        open_url: as urllib's `urlopen`.

    Returns:
        Where it is.

    Raises:
        DataError: it cannot be downloaded, read or written, or is not the file that is meant.
    """
    target = folder / NAME if folder else detector_path()
    if target.is_file() and file is None and _digest(target.read_bytes()) == SHA256:
        return target
    content = _download(open_url) if file is None else _read(file)
    if _digest(content) != SHA256:
        raise DataError(
            f'{file or URL} has the sha256 {_digest(content)}; expected {SHA256}, of the release. '
            'It was damaged or changed on its way: get it again')
    _write(content, target)
    return target


def _download(open_url: Callable[..., Any]) -> bytes:
    try:
        with open_url(URL, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read(LARGEST_BYTES))
    except (OSError, HTTPException) as error:
        raise DataError(
            f'{URL} cannot be downloaded ({error}). Without a network: get this file where there '
            'is one, bring it here, and pass it: colorize-ros get-detector --file yolox_nano.onnx'
        ) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(f'{file} cannot be read ({error.strerror}); give the file of a YOLOX-nano '
                        f'that was downloaded from {URL}') from error


def _write(content: bytes, target: Path) -> None:
    """Write a whole file or none."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            part = Path(folder, target.name)
            part.write_bytes(content)
            part.replace(target)
    except OSError as error:
        raise DataError(f'{target} cannot be written ({error.strerror}); say another place with '
                        '--out, or free this one') from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
