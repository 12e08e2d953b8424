"""A detector comes from its project's release, whole and unchanged, or not at all."""

from __future__ import annotations

import hashlib
from http.client import IncompleteRead
import io
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from colorize_ros import cli, info
from colorize_ros.detection import Detector, download
from colorize_ros.errors import DataError, MissingModelError

CONTENT = b'a network'


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'data'))
    monkeypatch.setattr(download, 'SHA256', hashlib.sha256(CONTENT).hexdigest())
    return tmp_path / 'data' / 'colorize_ros' / 'yolox_nano_416_coco.onnx'


class Release:
    """Stands for the network."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content
        self.asked: list[str] = []

    def __call__(self, url: str, timeout: float) -> Any:
        self.asked.append(url)
        if isinstance(self.content, Exception):
            raise self.content
        return io.BytesIO(self.content)


def test_it_is_downloaded_once(place: Path) -> None:
    release = Release(CONTENT)
    assert download.get_detector(open_url=release) == place
    assert place.read_bytes() == CONTENT
    assert download.installed_detector() == place
    download.get_detector(open_url=release)
    assert release.asked == [download.URL]
    assert list(place.parent.iterdir()) == [place]


def test_a_damaged_one_is_replaced(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:3])
    download.get_detector(open_url=Release(CONTENT))
    assert place.read_bytes() == CONTENT


def test_another_content_is_not_kept(place: Path) -> None:
    with pytest.raises(DataError, match=f'has the sha256 .*; expected {download.SHA256}'):
        download.get_detector(open_url=Release(b'sign in to the hotel network'))
    assert not place.exists()


@pytest.mark.parametrize('error', [
    URLError('no route to host'), TimeoutError('timed out'), IncompleteRead(b'')])
def test_offline_it_says_how_to_pass_a_file(place: Path, error: Exception) -> None:
    with pytest.raises(DataError, match=r'cannot be downloaded .*get-detector --file'):
        download.get_detector(open_url=Release(error))
    assert not place.exists()


def test_a_file_that_was_brought(place: Path, tmp_path: Path) -> None:
    file = tmp_path / 'yolox_nano.onnx'
    with pytest.raises(DataError, match=f'{file} cannot be read'):
        download.get_detector(file)
    file.write_bytes(CONTENT)
    release = Release(OSError())
    assert download.get_detector(file, open_url=release) == place
    assert release.asked == []
    file.write_bytes(b'another network')
    with pytest.raises(DataError, match=f'{file} has the sha256'):
        download.get_detector(file)
    assert place.read_bytes() == CONTENT


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / 'file'
    folder.touch()
    with pytest.raises(DataError, match='cannot be written'):
        download.get_detector(folder=folder, open_url=Release(CONTENT))


def test_without_it_the_remedy_is_named(place: Path) -> None:
    with pytest.raises(MissingModelError, match=f'{place}.*colorize-ros get-detector'):
        Detector.load()
    assert any(finding.name == 'detector' and 'get-detector' in finding.remedy
               for finding in info.findings())


def test_the_command_says_where_it_is(
        place: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / 'yolox_nano.onnx'
    file.write_bytes(CONTENT)
    with pytest.raises(SystemExit) as ended:
        cli.main(['get-detector', '--file', str(file)])
    assert not ended.value.code
    assert f'YOLOX-nano is in {place}' in capfd.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(['get-detector', '--file', str(file), '--out', str(tmp_path / 'mine')])
    assert (tmp_path / 'mine' / place.name).read_bytes() == CONTENT
