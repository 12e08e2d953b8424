"""The `ground_truth` folder beside a simulated bag, as `datasets.ground_truth` reads it."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
import csv
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
import yaml

from colorize_ros.datasets.ground_truth import DISPARITY_SCALE
from colorize_ros.messages.encode import millimetres
from colorize_ros.simulation.rendering.truth import Box
from colorize_ros.simulation.sensors.poses import Pose, quaternion

BOXES, SCENE, TRAJECTORY = 'boxes.csv', 'scene.yaml', 'trajectory.txt'
BOX_COLUMNS = ('sensor', 'stamp_ns', 'label', 'left', 'top', 'width', 'height', 'visible')
JPEG_QUALITY = 95


class TruthFolder:
    """Writes what each frame should have been, by the stamp of the frame; a context manager.

    Beside the files of `datasets.ground_truth` there are `boxes.csv` (what a detector should find,
    in pixels, with the number of them that show the thing), `trajectory.txt` (the robot in
    the odometry's frame, as the TUM RGB-D data set has it: seconds, x, y, z, and a quaternion
    x, y, z, w) and `scene.yaml` (all that the recording was made of).
    """

    def __init__(self, folder: Path) -> None:
        """Prepare; the folder is made on entering, and must not exist."""
        self._folder = folder

    def __enter__(self) -> TruthFolder:
        self._folder.mkdir()
        self._boxes = (self._folder / BOXES).open('w', encoding='utf-8', newline='')
        self._table = csv.writer(self._boxes, lineterminator='\n')
        self._table.writerow(BOX_COLUMNS)
        return self

    def __exit__(self, *error: object) -> None:
        self._boxes.close()

    def write(self, kind: str, stamp_ns: int, file: bytes) -> None:
        """Write a file as `write_file` does."""
        write_file(self._folder, kind, stamp_ns, file)

    def write_boxes(self, sensor: str, stamp_ns: int, boxes: Iterable[Box]) -> None:
        """Add what is to be seen in one frame."""
        self._table.writerows((sensor, stamp_ns, *box) for box in boxes)

    def write_trajectory(self, poses: Iterable[tuple[int, Pose]]) -> None:
        """Write the robot's poses (4, 4) by time, nanoseconds."""
        with (self._folder / TRAJECTORY).open('w', encoding='utf-8') as file:
            file.write('# timestamp x y z qx qy qz qw\n')
            for stamp_ns, pose in poses:
                values = (*pose[:3, 3], *quaternion(pose[:3, :3]))
                seconds, nanoseconds = divmod(stamp_ns, 1_000_000_000)
                # Adding 0 makes a zero of minus zero.
                file.write(f'{seconds}.{nanoseconds:09d} '
                           + ' '.join(f'{round(value, 6) + 0.0:.6f}' for value in values) + '\n')

    def write_scene(self, facts: Mapping[str, Any]) -> None:
        """Write what the recording was made of: plain dicts, lists, numbers and strings."""
        with (self._folder / SCENE).open('w', encoding='utf-8') as file:
            yaml.safe_dump(dict(facts), file, sort_keys=False, default_flow_style=None, width=99)


def write_file(folder: Path, kind: str, stamp_ns: int, file: bytes) -> None:
    """Write what one of this module's functions encoded.

    Args:
        folder: of the truth, made if missing.
        kind: subfolder: 'depth', 'disparity', 'occluded' or '<sensor>_lit'.
        stamp_ns: of the frame.
        file: PNG, or JPEG where it is lit.
    """
    ending = 'jpg' if kind.endswith('_lit') else 'png'
    (folder / kind).mkdir(parents=True, exist_ok=True)
    (folder / kind / f'{stamp_ns}.{ending}').write_bytes(file)


def depth_file(depth_m: NDArray[np.float32]) -> bytes:
    """Encode (H, W) metres as PNG of 16-bit millimetres, 0 unknown."""
    return _encoded('.png', millimetres(depth_m))


def disparity_file(disparity_px: NDArray[np.float32]) -> bytes:
    """Encode (H, W) pixels as 16-bit PNG of 64ths of a pixel, 0 unknown."""
    scaled = np.round(np.nan_to_num(disparity_px) * DISPARITY_SCALE)
    return _encoded('.png', np.clip(scaled, 0, 65535).astype(np.uint16))


def mask_file(mask: NDArray[np.bool_]) -> bytes:
    """Encode a (H, W) mask as PNG, 255 where it holds."""
    return _encoded('.png', mask.astype(np.uint8) * np.uint8(255))


def lit_file(rgb: NDArray[np.uint8]) -> bytes:
    """Encode (H, W, 3) RGB as JPEG, fine enough to measure other pictures against."""
    return _encoded('.jpg', rgb[..., ::-1], cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)


def _encoded(ending: str, image: NDArray[Any], *options: int) -> bytes:
    _, data = cv2.imencode(ending, image, list(options))
    return data.tobytes()
