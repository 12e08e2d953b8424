"""Writing of rosbag2 bags: images, their cameras, and transforms."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
import shutil
from types import TracebackType
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from colorize_ros.errors import DataError, MissingExtraError
from colorize_ros.messages import CompressedFields, Intrinsics, RawImage
from colorize_ros.messages.encode import byte_array
from colorize_ros.simulation.sensors.poses import Pose, quaternion

TF_TOPIC, TF_STATIC_TOPIC = '/tf', '/tf_static'
JPEG_QUALITY = 80
QUEUE_DEPTH = 10


class Stamps(NamedTuple):
    """When a frame was taken and when it came in, nanoseconds.

    Attributes:
        taken_ns: the header's stamp.
        received_ns: the bag's time.
    """

    taken_ns: int
    received_ns: int


class Transform(NamedTuple):
    """Where one frame is in another.

    Attributes:
        parent: frame id.
        child: frame id.
        pose: (4, 4) parent_from_child, metres.
    """

    parent: str
    child: str
    pose: Pose


class BagWriter:
    """Writes a rosbag2 (MCAP); a context manager.

    A bag that is left by an exception is removed, so that no half of one stays.
    """

    def __init__(self, out: Path) -> None:
        """Prepare, create nothing yet.

        Args:
            out: folder of the new bag.

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
        self._out = out
        # Humble's definitions of these messages are those of every later distribution.
        self._store = get_typestore(Stores.ROS2_HUMBLE)
        self._writer = Writer(out, version=8, storage_plugin=StoragePlugin.MCAP)
        # Zstandard of whole chunks makes raw depth smaller than PNG does.
        self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
        self._connections: dict[str, Any] = {}

    def __enter__(self) -> BagWriter:
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._writer.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._writer.close()
        if kind is not None:
            shutil.rmtree(self._out, ignore_errors=True)

    def write_image(self, topic: str, stamps: Stamps, frame_id: str,
                    image: RawImage | CompressedFields) -> None:
        """Write what colorize_ros.messages or `jpeg` encoded.

        Args:
            topic: its name, with the transport's suffix where it is compressed.
            stamps: of the image.
            frame_id: the camera's optical frame.
            image: fields of a sensor_msgs/Image or CompressedImage.
        """
        data = np.frombuffer(image.data, np.uint8)
        fields = (image.format, data) if isinstance(image, CompressedFields) else (
            *image[:-1], data)
        name = 'CompressedImage' if isinstance(image, CompressedFields) else 'Image'
        self._write(topic, stamps.received_ns, f'sensor_msgs/msg/{name}',
                    self._header(stamps.taken_ns, frame_id), *fields)

    def write_camera_info(self, topic: str, stamps: Stamps, frame_id: str, camera: Intrinsics,
                          baseline_m: float = 0.0) -> None:
        """Write the camera of an image without distortion.

        Args:
            topic: its name.
            stamps: of the image.
            frame_id: of the image.
            camera: of the image.
            baseline_m: how far to the right of the left camera the right one of a rectified
                stereo pair is.
        """
        k = np.array([camera.fx, 0, camera.cx, 0, camera.fy, camera.cy, 0, 0, 1], np.float64)
        p = np.insert(k, (3, 6, 9), (-camera.fx * baseline_m, 0.0, 0.0))
        roi = self._store.types['sensor_msgs/msg/RegionOfInterest'](0, 0, 0, 0, False)
        self._write(topic, stamps.received_ns, 'sensor_msgs/msg/CameraInfo',
                    self._header(stamps.taken_ns, frame_id), camera.height, camera.width,
                    'plumb_bob', np.zeros(5), k, np.eye(3).ravel(), p, 0, 0, roi)

    def write_transforms(self, topic: str, stamps: Stamps,
                         transforms: Iterable[Transform]) -> None:
        """Write transforms of one moment to `TF_TOPIC`, or lasting ones to `TF_STATIC_TOPIC`."""
        types = self._store.types
        self._write(topic, stamps.received_ns, 'tf2_msgs/msg/TFMessage', [
            types['geometry_msgs/msg/TransformStamped'](
                self._header(stamps.taken_ns, parent), child,
                types['geometry_msgs/msg/Transform'](
                    types['geometry_msgs/msg/Vector3'](*map(float, pose[:3, 3])),
                    types['geometry_msgs/msg/Quaternion'](*map(float, quaternion(pose[:3, :3])))))
            for parent, child, pose in transforms])

    def _write(self, topic: str, received_ns: int, kind: str, *fields: Any) -> None:
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(
                topic, kind, typestore=self._store,
                offered_qos_profiles=[_quality_of_service(lasting=topic == TF_STATIC_TOPIC)])
        message = self._store.types[kind](*fields)
        self._writer.write(self._connections[topic], received_ns,
                           self._store.serialize_cdr(message, kind))

    def _header(self, stamp_ns: int, frame_id: str) -> Any:
        types = self._store.types
        return types['std_msgs/msg/Header'](
            types['builtin_interfaces/msg/Time'](*divmod(stamp_ns, 1_000_000_000)), frame_id)


def encode_jpeg(image: NDArray[np.uint8]) -> CompressedFields:
    """Compress an (H, W, 3) RGB or (H, W) gray image, uint8, as a camera's driver does."""
    encoding, stored = ('rgb8', 'bgr8') if image.ndim == 3 else ('mono8', 'mono8')
    bgr = image[..., ::-1] if image.ndim == 3 else image
    _, data = cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return CompressedFields(f'{encoding}; jpeg compressed {stored}', byte_array(data))


def _quality_of_service(*, lasting: bool) -> Any:
    """Return what a driver offers: reliable, and what lasts also to those who come late."""
    from rosbags import interfaces

    forever = interfaces.QosTime(9223372036, 854775807)
    return interfaces.Qos(
        interfaces.QosHistory.KEEP_LAST, 1 if lasting else QUEUE_DEPTH,
        interfaces.QosReliability.RELIABLE,
        interfaces.QosDurability.TRANSIENT_LOCAL if lasting else interfaces.QosDurability.VOLATILE,
        forever, forever, interfaces.QosLiveliness.AUTOMATIC, forever, False)
