"""What is said when a data set is not where it was looked for, and how its folders are found."""

from __future__ import annotations

from pathlib import Path

from colorize_ros.datasets.published import find_folders, Publication
from colorize_ros.errors import DataError

FEW = Publication('Few Frames', 'https://few.example', 'left/ and right/')


def test_the_error_names_folder_layout_and_page(tmp_path: Path) -> None:
    error = FEW.not_found(tmp_path, 'left/*.png')
    assert isinstance(error, DataError)
    for word in (f'{tmp_path} has no left/*.png', 'Few Frames', 'left/ and right/',
                 'https://few.example'):
        assert word in str(error)


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert f'there is no {tmp_path / "lost"}' in str(FEW.not_found(tmp_path / 'lost', 'left/'))


def test_folders_are_found_in_order_and_none_within_another(tmp_path: Path) -> None:
    for place in ('b/mark', 'a/x/mark', 'a/x/below/mark', 'c'):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / 'd').mkdir()
    (tmp_path / 'd' / 'mark').touch()
    found = find_folders(tmp_path, lambda names: 'mark' in names)
    assert list(found) == [tmp_path / 'a' / 'x', tmp_path / 'b', tmp_path / 'd']


def test_the_given_folder_may_be_one_itself(tmp_path: Path) -> None:
    (tmp_path / 'mark').touch()
    assert list(find_folders(tmp_path, lambda names: 'mark' in names)) == [tmp_path]
