"""Serialized messages, as bags hold them and DDS carries them, without decoding the images."""
from __future__ import annotations

import importlib
import struct

from colorize_ros.errors import DataError


def message_class(type_name: str) -> type:
    """Return the Python class of a ROS message type.

    Args:
        type_name: such as 'sensor_msgs/msg/Image'.

    Raises:
        DataError: the package is not installed or has no such message.
    """
    try:
        package, kind, name = type_name.split('/')
        found: type = getattr(importlib.import_module(f'{package}.{kind}'), name)
    except (ValueError, ImportError, AttributeError) as error:
        raise DataError(f'message type {type_name!r} is not known here; expected a type such as '
                        'sensor_msgs/msg/Image of an installed package. Is it installed and '
                        'sourced?') from error
    return found


def has_header(message_type: type) -> bool:
    """Tell whether messages of a type begin with a std_msgs/Header."""
    first = next(iter(message_type.get_fields_and_field_types().items()))  # type: ignore[attr-defined]
    return first == ('header', 'std_msgs/Header')


def header_stamp_ns(serialized: bytes) -> int:
    """Read header.stamp of a serialized message that begins with a header.

    Args:
        serialized: CDR: 4 bytes of encapsulation, whose second byte is 1 for little endian, then
            int32 seconds and uint32 nanoseconds.

    Raises:
        DataError: fewer than 12 bytes.
    """
    if len(serialized) < 12:
        raise DataError(f'a serialized message has {len(serialized)} bytes; one with a header '
                        'has 12 at least. Is the bag damaged?')
    seconds, nanoseconds = struct.unpack_from('<iI' if serialized[1] & 1 else '>iI', serialized, 4)
    return int(seconds) * 1_000_000_000 + int(nanoseconds)
