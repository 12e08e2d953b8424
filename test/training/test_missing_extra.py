"""Training says which extra it lacks; nothing else asks for it."""

from importlib import import_module
import subprocess
import sys

import pytest

from colorize_ros.errors import MissingExtraError


@pytest.fixture
def without_fabric(monkeypatch):
    monkeypatch.setitem(sys.modules, 'lightning_fabric', None)
    for name in [name for name in sys.modules if name.startswith('colorize_ros.training.')]:
        monkeypatch.delitem(sys.modules, name)


def test_training_names_its_extra(without_fabric):
    with pytest.raises(MissingExtraError, match=r"pip install 'colorize_ros\[train\]'"):
        import_module('colorize_ros.training.depth_completion')


def test_the_flags_need_no_extra(without_fabric):
    assert import_module('colorize_ros.training.options').Launch().devices == 1


def test_nothing_but_training_imports_fabric():
    found = subprocess.run(
        [sys.executable, '-c', 'import colorize_ros.apply, colorize_ros.pipelines, sys; '
         'import colorize_ros.evaluation.depth_completion; '
         'print("lightning_fabric" in sys.modules)'],
        check=True, capture_output=True, text=True, timeout=120).stdout
    assert found.strip() == 'False'
