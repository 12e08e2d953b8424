"""Writing of rosbag2 bags with the topics that `depth_enhancer` reads."""
from __future__ import annotations

from pathlib import Path
import shutil
from types import TracebackType
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError, MissingExtraError
from colorize_ros.messages import encode_depth, Intrinsics

DEPTH_TOPIC = '/depth/image_raw'
CAMERA_INFO_TOPIC = '/camera_info'
GUIDE_TOPIC = '/guide/image_raw/compressed'
TRUTH_TOPIC = '/ground_truth/depth'
FRAME_ID = 'camera_color_optical_frame'
JPEG_QUALITY = 80
IMAGE, INFO = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CameraInfo'
COMPRESSED = 'sensor_msgs/msg/CompressedImage'
TYPES = {DEPTH_TOPIC: IMAGE, CAMERA_INFO_TOPIC: INFO, GUIDE_TOPIC: COMPRESSED, TRUTH_TOPIC: IMAGE}


class Stamps(NamedTuple):
    """When a frame was taken and when it came in, nanoseconds.

    Attributes:
        taken_ns: the header's stamp.
        received_ns: the bag's time.
    """

    taken_ns: int
    received_ns: int


class BagWriter:
    """Writes depth, camera_info, guide images and ground truth; a context manager.

    A bag that is left by an exception is removed, so that no half of one stays.
    """

    def __init__(self, out: Path, intrinsics: Intrinsics) -> None:
        """Create the bag's folder.

        Args:
            out: folder of the new bag.
            intrinsics: of all images.

        Raises:
            MissingExtraError: rosbags is not installed.
            DataError: the folder exists.
        """
        try:
            from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
            from rosbags.typesys import get_typestore, Stores
        except ImportError as error:
            raise MissingExtraError('bags', 'writing bags') from error
        if out.exists():
            raise DataError(f'{out} exists; expected a folder that does not. Remove it, or name '
                            'another')
        out.parent.mkdir(parents=True, exist_ok=True)
        self._out = out
        # Humble's definitions of these messages are those of every later distribution.
        self._store = get_typestore(Stores.ROS2_HUMBLE)
        self._writer = Writer(out, version=8, storage_plugin=StoragePlugin.MCAP)
        # Zstandard of whole chunks makes raw depth smaller than PNG does.
        self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
        self._camera = intrinsics
        self._connections: dict[str, Any] = {}

    def __enter__(self) -> BagWriter:
        self._writer.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._writer.close()
        if kind is not None:
            shutil.rmtree(self._out, ignore_errors=True)

    def write_depth(self, stamps: Stamps, depth_m: NDArray[np.float32]) -> None:
        """Write depth and its camera_info.

        Args:
            stamps: of both.
            depth_m: (H, W) metres, NaN where unknown; stored as whole millimetres.
        """
        self._write_depth(DEPTH_TOPIC, stamps, depth_m)
        self._write(CAMERA_INFO_TOPIC, stamps, self._camera_info(stamps))

    def write_truth(self, stamps: Stamps, depth_m: NDArray[np.float32]) -> None:
        """Write perfect depth, (H, W) metres, for whoever measures."""
        self._write_depth(TRUTH_TOPIC, stamps, depth_m)

    def write_guide(self, stamps: Stamps, rgb: NDArray[np.uint8]) -> None:
        """Write an (H, W, 3) uint8 RGB image as JPEG."""
        _, data = cv2.imencode('.jpg', rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        self._write(GUIDE_TOPIC, stamps, self._store.types[COMPRESSED](
            self._header(stamps), 'rgb8; jpeg compressed bgr8', data.ravel()))

    def _write_depth(self, topic: str, stamps: Stamps, depth_m: NDArray[np.float32]) -> None:
        raw = encode_depth(depth_m, '16UC1')
        self._write(topic, stamps, self._store.types[IMAGE](
            self._header(stamps), raw.height, raw.width, raw.encoding, raw.is_bigendian, raw.step,
            np.frombuffer(raw.data, np.uint8)))

    def _write(self, topic: str, stamps: Stamps, message: Any) -> None:
        kind = TYPES[topic]
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(
                topic, kind, typestore=self._store)
        self._writer.write(self._connections[topic], stamps.received_ns,
                           self._store.serialize_cdr(message, kind))

    def _header(self, stamps: Stamps) -> Any:
        types = self._store.types
        seconds, nanoseconds = divmod(stamps.taken_ns, 1_000_000_000)
        return types['std_msgs/msg/Header'](
            types['builtin_interfaces/msg/Time'](seconds, nanoseconds), FRAME_ID)

    def _camera_info(self, stamps: Stamps) -> Any:
        types, camera = self._store.types, self._camera
        k = np.array([camera.fx, 0, camera.cx, 0, camera.fy, camera.cy, 0, 0, 1], np.float64)
        p = np.insert(k, (3, 6, 9), 0.0)
        roi = types['sensor_msgs/msg/RegionOfInterest'](0, 0, 0, 0, False)
        return types[INFO](self._header(stamps), camera.height, camera.width, 'plumb_bob',
                           np.zeros(5), k, np.eye(3).ravel(), p, 0, 0, roi)
