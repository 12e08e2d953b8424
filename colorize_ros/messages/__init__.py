"""ROS image, camera and cloud messages to NumPy arrays and back.

Works on any object with the fields of the message: rclpy's, those of the rosbags library, or a
plain namespace in a test. Imports numpy and cv2 only, never rclpy or cv_bridge.

Depth is (H, W) float32 metres along the optical axis, NaN where unknown; color is (H, W, 3)
uint8 RGB; gray is (H, W) uint8 or uint16. Whatever cannot be decoded raises a ColorizeError.
"""

from __future__ import annotations

from colorize_ros.messages.camera_info import (
    image_size,
    Intrinsics,
    intrinsics_of,
    scale_camera_info,
)
from colorize_ros.messages.clouds import points_from_depth
from colorize_ros.messages.compressed import CompressedFields, encode_compressed
from colorize_ros.messages.compressed_depth import encode_compressed_depth
from colorize_ros.messages.decode import (
    decode_depth,
    decode_gray,
    decode_luminance,
    decode_rgb,
    Luminance,
    stamp_ns,
)
from colorize_ros.messages.depth_values import looks_like_millimetres
from colorize_ros.messages.encode import (
    encode_confidence,
    encode_depth,
    encode_gray,
    encode_rgb,
    fill_image,
    RawImage,
)
from colorize_ros.messages.pair_geometry import PairGeometry
from colorize_ros.messages.pictures import depth_picture
from colorize_ros.messages.rectified_pair import (
    looks_raw,
    resample,
    resize_alike,
    side_of,
    why_not_rectified,
)

__all__ = [
    'CompressedFields', 'Intrinsics', 'Luminance', 'PairGeometry', 'RawImage', 'decode_depth',
    'decode_gray', 'decode_luminance', 'decode_rgb', 'depth_picture', 'encode_compressed',
    'encode_compressed_depth', 'encode_confidence', 'encode_depth', 'encode_gray', 'encode_rgb',
    'fill_image', 'image_size', 'intrinsics_of', 'looks_like_millimetres', 'looks_raw',
    'points_from_depth', 'resample', 'resize_alike', 'scale_camera_info', 'side_of', 'stamp_ns',
    'why_not_rectified',
]
