"""Bags read with the rosbags library, where no ROS need be."""
from __future__ import annotations

from collections.abc import Iterator
import contextlib
from pathlib import Path
from typing import Any

from colorize_ros.errors import DataError, MissingExtraError


@contextlib.contextmanager
def opened(bag: Path) -> Iterator[Any]:
    """Open a bag with the rosbags library.

    Raises:
        MissingExtraError: rosbags is not installed.
        DataError: there is no bag that can be read.
    """
    try:
        from rosbags.highlevel import AnyReader, AnyReaderError
        from rosbags.typesys import get_typestore, Stores
    except ImportError as error:
        raise MissingExtraError('bags', 'reading bags') from error
    try:
        reader = AnyReader([bag], default_typestore=get_typestore(Stores.LATEST))
        reader.open()
    except (AnyReaderError, FileNotFoundError, OSError) as error:
        raise DataError(f'{bag} cannot be read as a bag ({error}); expected the folder of a '
                        'rosbag2, with its metadata.yaml') from error
    try:
        yield reader
    finally:
        reader.close()


def messages_of(bag: Path, topic: str | None) -> Iterator[Any]:
    """Read the messages of one topic, none if it is None."""
    if topic is None:
        return
    with opened(bag) as reader:
        wanted = [found for found in reader.connections if found.topic == topic]
        for connection, _, raw in reader.messages(wanted) if wanted else ():
            yield reader.deserialize(raw, connection.msgtype)
