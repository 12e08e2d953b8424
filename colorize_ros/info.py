"""What is installed, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
import os
import platform
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from colorize_ros import __version__
from colorize_ros.errors import ConfigurationError, MissingExtraError, ModelError

# The modules that an extra of setup.py brings, and what they are for.
EXTRAS: dict[str, tuple[str, tuple[str, ...]]] = {
    'bags': ('reading and writing bags', ('rosbags',)),
    'detect': ('running detectors and other ONNX networks', ('onnxruntime',)),
    'report': ('evaluating and reporting', ('jinja2', 'markupsafe', 'scipy')),
    'sim': ('simulation', ('mitsuba', 'drjit')),
    'train': ('training', ('lightning_fabric',)),
    'datasets': ('reading labelled NYU Depth v2', ('h5py', 'scipy')),
}
ROS_MODULES = ('rclpy', 'sensor_msgs', 'diagnostic_msgs', 'message_filters', 'sensor_msgs_py')
ROS_REMEDY = (
    'source the setup file of a ROS 2 distribution, or run `make setup`, which installs ROS '
    'from the package index')


class Finding(NamedTuple):
    """One thing that was looked for. `remedy` is empty where nothing has to be done."""

    name: str
    found: str
    remedy: str = ''


def show(console: Console) -> None:
    """Print the findings as a table."""
    table = Table('what', 'found', 'remedy', title=f'colorize_ros {__version__}')
    for finding in findings():
        # Text, because brackets (an extra's) are markup in a plain cell.
        table.add_row(*map(Text, finding), style='yellow' if finding.remedy else '')
    console.print(table)


def findings() -> Iterator[Finding]:
    """Look for all that the package can use. What is missing is a finding, never an error."""
    yield Finding('Python', platform.python_version())
    for module in ('numpy', 'cv2', 'torch', 'safetensors'):
        yield _library(module)
    if find_spec('torch'):
        yield from _devices()
    if find_spec('torch') and find_spec('safetensors'):
        yield from _models()
    if find_spec('numpy') and find_spec('cv2'):
        yield _detector()
    yield _ros()
    for extra, (purpose, modules) in EXTRAS.items():
        yield _extra(extra, purpose, modules)


def remedy(error: ModuleNotFoundError) -> Exception:
    """Turn a failed import into the error that says what to install.

    Returns:
        MissingExtraError for a module of an extra, ConfigurationError for one of ROS, and the
        error itself for any other.
    """
    module = (error.name or '').split('.')[0]
    for extra, (purpose, modules) in EXTRAS.items():
        if module in modules:
            return MissingExtraError(extra, purpose)
    if module in ROS_MODULES:
        return ConfigurationError(f'ROS is not here (no module {module!r}); {ROS_REMEDY}')
    return error


def _library(module: str) -> Finding:
    if find_spec(module) is None:
        return Finding(module, 'missing', 'rosdep install, or pip install -e . in the repository')
    return Finding(module, import_module(module).__version__)


def _devices() -> Iterator[Finding]:
    """Name each device, and the precision that pipelines use on it."""
    import torch

    from colorize_ros.compute import fast_dtype, PRECISIONS

    names = {'cpu': f'{torch.get_num_threads()} threads', **{
        f'cuda:{index}': torch.cuda.get_device_name(index)
        for index in range(torch.cuda.device_count())}}
    for device, name in names.items():
        precision = PRECISIONS[fast_dtype(torch.device(device))]
        yield Finding(f'device {device}', f'{name}, {precision}')
    if not torch.cuda.is_available():
        yield Finding('device cuda', 'none')


def _models() -> Iterator[Finding]:
    """Name the models that would be loaded: the first of a name, as `find_model` goes."""
    from colorize_ros.pipelines.models import model_folders, read_card

    found: dict[str, Finding] = {}
    for folder in model_folders():
        for weights in sorted(folder.glob('*.safetensors')):
            name = f'model {weights.stem}'
            try:
                finding = Finding(name, f'sha256 {read_card(weights)["sha256"][:12]} in {folder}')
            except ModelError as error:
                finding = Finding(name, f'without a card, in {folder}', str(error))
            found.setdefault(name, finding)
    yield from found.values()
    if not found:
        yield Finding('models', 'none', 'install the package with its models, or train them with: '
                      'colorize-ros train')


def _detector() -> Finding:
    from colorize_ros.detection.download import installed_detector

    try:
        return Finding('detector', str(installed_detector()))
    except ModelError as error:
        return Finding('detector', 'none', str(error))


def _ros() -> Finding:
    missing = [module for module in ROS_MODULES if find_spec(module) is None]
    if missing:
        return Finding('ROS', f'lacks {", ".join(missing)}', ROS_REMEDY)
    distribution = os.environ.get('ROS_DISTRO')
    return Finding('ROS', distribution or 'the wheels of the package index')


def _extra(extra: str, purpose: str, modules: tuple[str, ...]) -> Finding:
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        return Finding(f'extra {extra}', f'lacks {", ".join(missing)}',
                       str(MissingExtraError(extra, purpose)))
    return Finding(f'extra {extra}', 'installed')
