"""Inception's features of images, for the FID: the user's own network, as an ONNX file.

Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule ...", compare the 2048 features
of Inception-v3's last pooling, with the weights that they used. No others give their FID, and none
are shipped. A network that takes and gives what is wanted here comes from the package pytorch-fid
(`InceptionV3([3])`, exported from images in [0, 1]).
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import ModelError
from colorize_ros.evaluation.onnx_file import listed, open_network

FEATURES = 2048
WANTED = (f'expected one input of float32 (1, 3, H, W), RGB from 0 to 1, and one output of '
          f'{FEATURES} numbers. Export Inception-v3 up to its last pooling')


class InceptionFeatures:
    """The 2048 features of an image.

    Args:
        path: of the ONNX file. Images are resized where its input has a size; else it does that.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ModelError: no such file, no ONNX, or another input.
    """

    def __init__(self, path: Path) -> None:
        self._session, self._path = open_network(path), path
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or inputs[0].type != 'tensor(float)' or (
                len(inputs[0].shape) != 4 or inputs[0].shape[1] != 3):
            raise ModelError(f'{path} has the inputs {listed(inputs)}; {WANTED}')
        self._name, self._sides = inputs[0].name, inputs[0].shape[2:]

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compute the features of an image, uint8 (H, W, 3), as (1, 2048).

        Raises:
            ModelError: the network fails on the image, or gives another output.
        """
        height, width = (side if isinstance(side, int) else whole
                         for side, whole in zip(self._sides, rgb.shape))
        values = rgb.astype(np.float32) / np.float32(255)
        if (height, width) != rgb.shape[:2]:
            values = np.asarray(cv2.resize(values, (width, height)), np.float32)
        image = np.ascontiguousarray(values.transpose(2, 0, 1))[None]
        try:
            outputs = [np.asarray(output) for output in self._session.run(
                None, {self._name: image})]
        except Exception as error:
            raise ModelError(f'{self._path} fails on an image of {width}x{height}: {error}'
                             ) from error
        if len(outputs) != 1 or outputs[0].size != FEATURES:
            raise ModelError(f'{self._path} gave outputs of the shapes '
                             f'{[output.shape for output in outputs]}; {WANTED}')
        return outputs[0].reshape(1, FEATURES).astype(np.float32)
