"""Automatic colorization by a user's ONNX file, beside the methods that are built in.

The network colors a gray image from what it has learned and does not see the color image. Its one
input is CIE L*, float32 (1, 1, H, W) from 0 to 100, under D65; its one output a* and b*, float32
(1, 2, h, w). H and W may be fixed, and h and w smaller: images are resized. So are the networks of
Zhang, Isola & Efros 2016, once exported with the steps around them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ModelError
from colorize_ros.evaluation.chroma import chroma_of, compose
from colorize_ros.evaluation.ciede2000 import lab_of
from colorize_ros.evaluation.onnx_file import listed, open_network

WANTED = ('expected one input of float32 (1, 1, H, W), L* from 0 to 100, and one output of '
          'float32 (1, 2, h, w), a* and b*. Export the network with the steps that make it so')


class OnnxColorizer:
    """Colorizes by an ONNX file.

    Args:
        path: of the file.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: no such file, no ONNX, or another input or output.
    """

    def __init__(self, path: Path) -> None:
        self._session, self._path = open_network(path), path
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        if not (_is_image(inputs, 1) and _is_image(outputs, 2)):
            raise ModelError(f'{path} has the inputs {listed(inputs)} and the outputs '
                             f'{listed(outputs)}; {WANTED}')
        self._name, self._sides = inputs[0].name, inputs[0].shape[2:]

    def __call__(self, mono: NDArray[np.uint8], color: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Color `mono`, uint8 (H, W), its luma untouched; `color` is not looked at.

        Raises:
            ModelError: the network fails on the image, or gives another output than it declares.
        """
        light = lab_of(np.repeat(mono[..., None], 3, axis=2))[..., 0]
        height, width = mono.shape
        size = [side if isinstance(side, int) else whole
                for side, whole in zip(self._sides, (height, width))]
        fitted = _resize(light, size[1], size[0])
        try:
            output = np.asarray(self._session.run(None, {self._name: fitted[None, None]})[0])
        except Exception as error:
            raise ModelError(f'{self._path} fails on an image of {size[1]}x{size[0]}: {error}'
                             ) from error
        if output.ndim != 4 or output.shape[:2] != (1, 2):
            raise ModelError(f'{self._path} gave an array of shape {output.shape}; {WANTED}')
        a, b = (_resize(plane, width, height) for plane in output[0].astype(np.float32))
        rgb = cv2.cvtColor(np.dstack([light, a, b]), cv2.COLOR_LAB2RGB)
        return compose(mono, chroma_of(np.asarray(rgb) * np.float32(255)))


def _resize(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    method = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=method), np.float32)


def _is_image(values: list[Any], channels: int) -> bool:
    """Say whether it is one tensor of a batch of one; a size that is not fixed is a word."""
    if len(values) != 1 or values[0].type != 'tensor(float)' or len(values[0].shape) != 4:
        return False
    batch, depth, *_ = values[0].shape
    return (batch == 1 or not isinstance(batch, int)) and (
        depth == channels or not isinstance(depth, int))
