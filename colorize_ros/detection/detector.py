"""YOLO detectors from ONNX files, through ONNX Runtime."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_ros.detection.class_names import COCO_CLASSES, spelled_as_coco
from colorize_ros.detection.detections import Detections
from colorize_ros.detection.download import installed_detector
from colorize_ros.detection.kinds import decode, KINDS, tell_apart
from colorize_ros.detection.session import open_session, Session
from colorize_ros.detection.suppression import suppress
from colorize_ros.errors import ConfigurationError, ModelError, ShapeError

AUTO = 'auto'
SLACK = 1e-3
"""How far half-precision scores may be beyond 0 and 1."""


@dataclass(frozen=True)
class DetectorInfo:
    """Which detector runs, and how.

    Attributes:
        name: of the file, without its ending.
        path: of the file.
        sha256: of its bytes.
        kind: one of KINDS.
        device: `cpu`, `cuda:n` or `tensorrt:n`, never `auto`.
        height: of the network's input.
        width: the same.
    """

    name: str
    path: Path
    sha256: str
    kind: str
    device: str
    height: int
    width: int


class Detector:
    """Finds things in images. `load` makes one.

    Attributes:
        info: which network runs, and how.
        class_names: what labels mean, in COCO's spelling.
        score_threshold: what scores less is dropped.
        iou_threshold: what overlaps a better box of its class by more is dropped.
    """

    def __init__(self, session: Session, info: DetectorInfo, class_names: Sequence[str], *,
                 score_threshold: float, iou_threshold: float) -> None:
        self._session = session
        self.info = info
        self.class_names = tuple(class_names)
        self.score_threshold = score_threshold
        self.iou_threshold = iou_threshold

    @classmethod
    def load(cls, path: str | Path | None = None, *, kind: str = AUTO, device: str = AUTO,
             score_threshold: float = 0.25, iou_threshold: float = 0.45,
             class_names: Sequence[str] | None = None) -> Detector:
        """Load a detector, and run it once to see what it is.

        Args:
            path: an ONNX file; None or '' is the one that `colorize-ros get-detector` has put in
                its place.
            kind: `yolox`, `yolov5` (also YOLOv7), `yolov8` (and what came after it), `end-to-end`
                (YOLOv10, exports with suppression inside), `yolov3` (three heads); `auto` looks at
                the outputs. Some look like another, and have to be said: `yolov5-heads` for heads
                that are not YOLOv3's, `yolov5` for a YOLOv6.
            device: `auto` (CUDA where ONNX Runtime has it, else the CPU), `cpu`, `cuda`, `cuda:n`,
                `tensorrt` or `tensorrt:n`.
            score_threshold: what scores less is dropped.
            iou_threshold: what overlaps a better box of its class by more is dropped.
            class_names: what labels mean; by default what the file says, else COCO's 80 classes.

        Raises:
            MissingExtraError: ONNX Runtime is not installed.
            ModelError: no such file, or not such a detector.
            DeviceError: the device is not there.
            ConfigurationError: a threshold outside [0, 1], or another kind.
        """
        _check_options(kind, score_threshold, iou_threshold)
        file = Path(path) if path else installed_detector()
        session = open_session(file, device)
        size = session.height, session.width
        outputs = session(np.zeros((*size, 3), np.uint8), True, 1 / 255)
        try:
            told = kind if kind != AUTO else tell_apart(outputs, size)
            scores = decode(told, outputs, size).scores
        except ModelError as error:
            raise ModelError(f'{file} is not such a detector: of an input of {size[1]}x{size[0]} '
                             f'{error}') from error
        if not (np.isfinite(scores).all() and scores.min(initial=0) >= -SLACK
                and scores.max(initial=0) <= 1 + SLACK):
            raise ModelError(
                f'{file} gives scores from {scores.min()} to {scores.max()}; expected 0 to 1. '
                'Export the network with the sigmoid of its scores, or say its kind')
        # The boxes that an end-to-end detector found tell nothing of how many classes it knows.
        names = _names(file, class_names, session.metadata.get('names'),
                       None if told == 'end-to-end' else scores.shape[1])
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        info = DetectorInfo(file.stem, file, digest, told, session.device, *size)
        return cls(session, info, names, score_threshold=score_threshold,
                   iou_threshold=iou_threshold)

    def __call__(self, rgb: NDArray[np.uint8]) -> Detections:
        """Find things in one image.

        Args:
            rgb: (H, W, 3) uint8, of any size.

        Returns:
            What scores at least `score_threshold`, best first, each with its best class. Boxes
            may reach beyond the image.

        Raises:
            ShapeError: another shape or dtype.
            ModelError: the network fails.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or not rgb.size:
            raise ShapeError(f'an image to look at has the shape {rgb.shape} and dtype '
                             f'{rgb.dtype}; expected (H, W, 3) uint8, RGB')
        kind = KINDS[self.info.kind]
        size = self.info.height, self.info.width
        place = kind.place((rgb.shape[0], rgb.shape[1]), size)
        boxes, scores = decode(self.info.kind, self._session(
            place.fill(rgb, *size), kind.rgb, kind.scale), size)
        best = scores.max(1)
        keep = (best >= self.score_threshold) & np.isfinite(boxes).all(1)
        labels = scores[keep].argmax(1)
        if labels.max(initial=0) >= len(self.class_names):
            raise ModelError(
                f'{self.info.path} found something of class {labels.max()}, and only '
                f'{len(self.class_names)} classes have a name; give the names of all')
        return suppress(
            Detections(place.back(boxes[keep]), best[keep], labels), self.iou_threshold)


def _check_options(kind: str, score_threshold: float, iou_threshold: float) -> None:
    for name, value in (('score_threshold', score_threshold), ('iou_threshold', iou_threshold)):
        if not 0 <= value <= 1:
            raise ConfigurationError(f'{name} is {value}; expected 0 to 1')
    if kind not in (AUTO, *KINDS):
        raise ConfigurationError(
            f'kind of the detector is {kind!r}; expected auto or one of {", ".join(KINDS)}')


def _names(file: Path, given: Sequence[str] | None, written: str | None,
           count: int | None) -> tuple[str, ...]:
    """Choose what labels mean; `count` is None where the network does not tell how many."""
    names = tuple(given) if given is not None else _written(written)
    if not names and count in (None, len(COCO_CLASSES)):
        names = COCO_CLASSES
    if not names and count is not None:
        names = tuple(f'class {label}' for label in range(count))
    if count is not None and len(names) != count:
        raise ModelError(f'{file} scores {count} classes, and {len(names)} have a name; give the '
                         'names of all, in their order, or the detector that they belong to')
    return tuple(spelled_as_coco(name) for name in names)


def _written(text: str | None) -> tuple[str, ...]:
    """Read the names that newer exports carry: a Python dict or list, written out."""
    try:
        names: Any = ast.literal_eval(text or '()')
    except (SyntaxError, ValueError):
        return ()
    if isinstance(names, dict):
        names = [names[key] for key in sorted(names)]
    return tuple(map(str, names)) if isinstance(names, (list, tuple)) else ()
