"""References of a place on disk, so that a robot knows it the next night too.

A memory is a folder. Each sight in it is three files: color and depth as PNG (8-bit RGB; 16-bit
millimetres, 0 unknown) and its code in a .safetensors file, whose metadata names the other two. A
file's name begins with the SHA-256 of its bytes. Files are written whole and under their names
last of all, the .safetensors file after the others; so however a run ends, a sight is there or it
is not.
"""

from __future__ import annotations

from collections.abc import Sequence
import hashlib
import json
import os
from pathlib import Path
import re
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from colorize_ros.errors import ColorizeError, ConfigurationError, DataError
from colorize_ros.pipelines.reference_memory import Sight
from colorize_ros.pipelines.references import Reference

NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9._-]{0,63}')
COLOR, DEPTH, CODE, UNFINISHED = '_color.png', '_depth.png', '.safetensors', '.part'
# Other files in a memory's folder are somebody's.
OWN_FILE = re.compile(r'[0-9a-f]{64}(_color\.png|_depth\.png|\.safetensors)(\.part)?')
# Under one key, since safetensors writes several in any order, and the hash would not be the same.
METADATA = 'sight'


class Loaded(NamedTuple):
    """What a folder held.

    Attributes:
        sights: oldest first.
        warnings: why others are left out, one a line.
    """

    sights: list[Sight]
    warnings: list[str]


class ReferenceStore:
    """Memories by name in one folder.

    Args:
        folder: is made when something is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: WeakKeyDictionary[Sight, list[str]] = WeakKeyDictionary()

    def names(self) -> list[str]:
        """List the memories that there are."""
        return sorted({path.parent.name for path in self.folder.glob(f'*/*{CODE}')})

    def place_of(self, name: str) -> Path:
        """Return the folder of a memory, whether or not it exists.

        Raises:
            ConfigurationError: the name is none, or leads out of the store's folder.
        """
        place = self.folder / name
        if NAME.fullmatch(name) is None or (
                place.resolve().parent != self.folder.resolve()):
            raise ConfigurationError(
                f'{name!r} is no name of a memory; expected letters, digits, dots, - and _, of a '
                f'folder in {self.folder} that is no link')
        return place

    def save(self, name: str, sights: Sequence[Sight]) -> None:
        """Let a memory hold these sights and no others.

        What is there already is not written again.

        Raises:
            ConfigurationError: the name is none.
            DataError: it cannot be written.
        """
        place = self.place_of(name)
        try:
            place.mkdir(parents=True, exist_ok=True)
            wanted = {file for sight in sights for file in self._write(place, sight)}
            # Codes first: without its images a sight would be a damaged one.
            for suffix in (CODE, COLOR, DEPTH, UNFINISHED):
                for path in place.glob(f'*{suffix}'):
                    if path.name not in wanted and OWN_FILE.fullmatch(path.name):
                        path.unlink()
        except OSError as error:
            raise DataError(f'the memory {place} cannot be written ({error}); expected a folder '
                            'with room that this user may write. Set memory_folder') from error

    def load(self, name: str) -> Loaded:
        """Read a memory; what is damaged is left out, with a warning.

        Raises:
            ConfigurationError: the name is none.
            DataError: there is no memory of that name.
        """
        place = self.place_of(name)
        codes = sorted(place.glob(f'*{CODE}'))
        if not codes:
            raise DataError(f'there is no memory {name!r} in {self.folder}; there are '
                            f'{self.names() or "none"}')
        sights, warnings = [], []
        for path in codes:
            try:
                sight, files = _read(path)
                self._files[sight] = files
                sights.append(sight)
            except (ColorizeError, OSError) as error:
                warnings.append(f'{path} is left out: {error}')
        sights.sort(key=lambda sight: sight.taken_ns)
        return Loaded(sights, warnings)

    def _write(self, place: Path, sight: Sight) -> list[str]:
        """Write what is not there yet of a sight; return the names of its files."""
        known = self._files.get(sight, [])
        if known and all((place / name).exists() for name in known):
            return known
        files = _files(sight)
        for name, content in files.items():
            _write_whole(place / name, content)
        self._files[sight] = list(files)
        return list(files)


def read_reference(color: Path, depth: Path) -> Reference:
    """Read a reference from two image files.

    Args:
        color: any 8-bit image.
        depth: 16-bit PNG of millimetres, 0 unknown, registered to color and as large.

    Raises:
        DataError: a file is missing or is no such image; the two differ in size, or are too small;
            no depth is known.
    """
    contents = []
    for path in (color, depth):
        try:
            contents.append(path.read_bytes())
        except OSError as error:
            raise DataError(f'the reference {path} cannot be read ({error}); expected an image '
                            'file') from error
    try:
        return _decoded(*contents)
    except ColorizeError as error:
        raise DataError(f'{color} and {depth} are no reference: {error}') from error


def _files(sight: Sight) -> dict[str, bytes]:
    """Return the content of a sight's files by name, in the order in which they are written."""
    files = {}
    for suffix, image in ((COLOR, sight.reference.rgb[..., ::-1]),
                          (DEPTH, _millimetres(sight.reference.depth_m))):
        content = cv2.imencode('.png', image)[1].tobytes()
        files[_hash(content) + suffix] = content
    color, depth = files
    about = {'color': color, 'depth': depth, 'model': sight.model,
             'light': sight.light, 'taken_ns': sight.taken_ns}
    content = save({'code': sight.code}, {METADATA: json.dumps(about)})
    return {**files, _hash(content) + CODE: content}


def _read(path: Path) -> tuple[Sight, list[str]]:
    """Read one sight, and say in which files it is.

    Raises:
        ColorizeError: it is damaged.
        OSError: it cannot be read.
    """
    content = _checked(path)
    try:
        code = load(content)['code']
        header = json.loads(content[8:8 + int.from_bytes(content[:8], 'little')])
        about: dict[str, Any] = json.loads(header['__metadata__'][METADATA])
        files = [Path(about[kind]).name for kind in ('color', 'depth')]
        known = (str(about['model']), float(about['light']), int(about['taken_ns']))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise DataError(f'it does not say what a sight is ({error!r})') from error
    if code.ndim != 1 or code.dtype != np.float32 or not np.isfinite(code).all():
        raise DataError(f'its code is {code.dtype} of shape {code.shape}; expected finite float32 '
                        '(N,)')
    images = [_checked(path.parent / name) for name in files]
    return Sight(_decoded(*images), code, *known), [*files, path.name]


def _checked(path: Path) -> bytes:
    content = path.read_bytes()
    if not path.name.startswith(_hash(content)):
        raise DataError(f'the SHA-256 of {path.name} is {_hash(content)}; the file is damaged')
    return content


def _decoded(color: bytes, depth: bytes) -> Reference:
    """Decode a reference.

    Raises:
        DataError: one of them is no such image.
        ShapeError, DepthError: they make no reference.
    """
    bgr = _image(color, cv2.IMREAD_COLOR)
    millimetres = _image(depth, cv2.IMREAD_UNCHANGED)
    if bgr is None or millimetres is None or millimetres.dtype != np.uint16 or (
            millimetres.ndim != 2):
        raise DataError('color and depth are not both images of their kind; expected an 8-bit '
                        'color image, and a 16-bit PNG of millimetres')
    depth_m = np.where(millimetres > 0, millimetres / np.float32(1000), np.float32(np.nan))
    return Reference(np.ascontiguousarray(bgr[..., ::-1]), depth_m.astype(np.float32))


def _image(content: bytes, flag: int) -> NDArray[Any] | None:
    try:
        return cv2.imdecode(np.frombuffer(content, np.uint8), flag)
    except cv2.error:  # no bytes at all, say
        return None


def _millimetres(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Return 16-bit millimetres, 0 where unknown or out of range."""
    millimetres = np.nan_to_num(depth_m * np.float32(1000), nan=0, posinf=0, neginf=0).round()
    return np.where(millimetres <= 65535, millimetres, 0).astype(np.uint16)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears under its name only once it is all there."""
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open('wb') as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
