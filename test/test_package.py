"""What is promised of the package as ROS sees it: how it is declared, built and installed."""

import ast
import os
from pathlib import Path
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from typing import Any
from xml.etree import ElementTree

import pytest
import setuptools

import colorize_ros
from colorize_ros.info import EXTRAS
from shared_data import REPOSITORY

COLCON = Path(sys.executable).parent / 'colcon'
# Modules that no ROS package brings, but pip or a rosdep key python3-*.
PYTHON_MODULES = {'cv2', 'numpy', 'rich', 'safetensors', 'torch', 'typer', 'yaml',
                  *(module for _, modules in EXTRAS.values() for module in modules)}
# What is used where it is installed, and done without where it is not.
OPTIONAL_MODULES = {'vision_msgs'}
START_WITHIN_S = 60.0


@pytest.fixture(scope='module')
def declared() -> dict[str, Any]:
    """Give what setup.py tells setuptools."""
    with pytest.MonkeyPatch.context() as patch:
        given: dict[str, Any] = {}
        patch.setattr(setuptools, 'setup', given.update)
        patch.chdir(REPOSITORY)
        runpy.run_path('setup.py')
        return given


@pytest.fixture(scope='module')
def manifest() -> ElementTree.Element:
    return ElementTree.parse(REPOSITORY / 'package.xml').getroot()


def test_versions_agree(declared, manifest):
    assert declared['version'] == colorize_ros.__version__
    assert manifest.findtext('version') == colorize_ros.__version__


def test_licence_is_apache_and_its_text_is_there(declared, manifest):
    assert manifest.findtext('license') == declared['license'] == 'Apache-2.0'
    assert 'Apache License' in (REPOSITORY / 'LICENSE').read_text()


def test_the_command_knows_the_extras_of_setup(declared):
    for extra, (_, modules) in EXTRAS.items():
        required = {re.split('[<>=]', line)[0].replace('-', '_')
                    for line in declared['extras_require'][extra]}
        assert required == set(modules)
    assert set(declared['extras_require']) == {*EXTRAS, 'dev', 'test'}


def test_constraints_pin_what_setup_requires(declared):
    lines = (REPOSITORY / 'constraints.txt').read_text().splitlines()
    pinned = {line.split('==')[0].lower().replace('_', '-') for line in lines if '==' in line}
    required = sum(declared['extras_require'].values(), list(declared['install_requires']))
    names = {re.split('[<>=]', line)[0].lower() for line in required}
    assert names <= pinned
    assert 'torch==2.13.0' in lines


def imported_modules() -> set[str]:
    """Name the modules that the package and its launch files import, wherever they do it."""
    imported = set()
    for path in [*REPOSITORY.glob('colorize_ros/**/*.py'), *REPOSITORY.glob('launch/*.py')]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split('.')[0])
            elif isinstance(node, ast.Import):
                imported |= {alias.name.split('.')[0] for alias in node.names}
    return imported


def test_package_xml_names_the_ros_packages_that_are_imported(manifest):
    depended = {element.text for element in manifest.iter('exec_depend')}
    of_ros = (imported_modules() - PYTHON_MODULES - OPTIONAL_MODULES - sys.stdlib_module_names
              - {'colorize_ros'})
    assert of_ros == {name for name in depended if not name.startswith('python3-')}


def test_what_the_extras_bring_is_used():
    brought = {module for _, modules in EXTRAS.values() for module in modules}
    assert brought - imported_modules() == set()


def test_every_executable_has_its_function(declared):
    for line in declared['entry_points']['console_scripts']:
        module, function = line.split(' = ')[1].split(':')
        tree = ast.parse((REPOSITORY / (module.replace('.', '/') + '.py')).read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.fixture(scope='module')
def installed(tmp_path_factory) -> Path:
    """Build the package with colcon, outside the working tree; return the install prefix."""
    if not COLCON.exists():
        pytest.skip('colcon is not installed in this environment')
    workspace = tmp_path_factory.mktemp('workspace')
    subprocess.run(
        [COLCON, '--log-base', workspace / 'log', 'build', '--base-paths', REPOSITORY,
         '--build-base', workspace / 'build', '--install-base', workspace / 'install',
         '--packages-select', 'colorize_ros'], check=True, timeout=300, cwd=workspace)
    return workspace / 'install' / 'colorize_ros'


@pytest.mark.skipif(not COLCON.exists(), reason='colcon is not installed in this environment')
def test_colcon_sees_a_ros_package():
    listed = subprocess.run(
        [COLCON, '--log-base', '/dev/null', 'list', '--base-paths', REPOSITORY], check=True,
        capture_output=True, text=True, timeout=60).stdout
    assert 'colorize_ros' in listed
    assert '(ros.ament_python)' in listed


@pytest.mark.slow
def test_colcon_installs_files_where_ros_looks_for_them(installed):
    share = installed / 'share'
    assert (share / 'ament_index/resource_index/packages/colorize_ros').is_file()
    assert (share / 'colorize_ros/package.xml').is_file()
    for folder, patterns in {
            'launch': ['*.launch.py'], 'config': ['*.yaml', '*.rviz', '*.xml'],
            'models': ['*.safetensors', '*.yaml', 'baselines/*.safetensors', 'baselines/*.yaml'],
    }.items():
        sources = {path.relative_to(REPOSITORY) for pattern in patterns
                   for path in (REPOSITORY / folder).glob(pattern)}
        assert sources, f'nothing to install in {folder}'
        missing = {path for path in sources if not (share / 'colorize_ros' / path).is_file()}
        assert not missing


@pytest.mark.slow
def test_colcon_installs_what_lies_beside_the_modules(installed):
    library = next(installed.glob('lib/python*/site-packages'))
    beside = {path.relative_to(REPOSITORY) for path in (REPOSITORY / 'colorize_ros').rglob('*')
              if path.is_file() and '__pycache__' not in path.parts}
    assert {path for path in beside if not (library / path).is_file()} == set()


@pytest.mark.slow
def test_colcon_installs_executables_for_ros2_run(installed, declared):
    for line in declared['entry_points']['console_scripts']:
        script = installed / 'lib/colorize_ros' / line.split(' = ')[0]
        assert shutil.which(script), f'{script} is not there or not executable'


@pytest.mark.ros
@pytest.mark.slow
def test_the_installed_node_starts_and_ends(installed, tmp_path):
    rclpy = pytest.importorskip('rclpy')
    library = next(installed.glob('lib/python*/site-packages'))
    process = subprocess.Popen(
        [installed / 'lib/colorize_ros/depth_enhancer', '--ros-args', '-p', 'autostart:=false',
         '-r', '__ns:=/installed'],
        env={**os.environ, 'PYTHONPATH': str(library)}, cwd=tmp_path)
    context = rclpy.Context()
    rclpy.init(context=context)
    watcher = rclpy.create_node('watcher', context=context)
    try:
        deadline = time.monotonic() + START_WITHIN_S
        while ('depth_enhancer', '/installed') not in watcher.get_node_names_and_namespaces():
            assert process.poll() is None, 'the node ended by itself'
            assert time.monotonic() < deadline, f'no node after {START_WITHIN_S} s'
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        watcher.destroy_node()
        rclpy.shutdown(context=context)
