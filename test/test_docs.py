"""What the pages say is true of the code, as far as a test can tell."""

import re
import runpy

import pytest
from typer.testing import CliRunner

from colorize_ros.cli import app
from shared_data import REPOSITORY

PAGES = [REPOSITORY / 'README.md', REPOSITORY / 'CONTRIBUTING.md',
         *sorted((REPOSITORY / 'docs').glob('*.md'))]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    links = re.findall(r'\]\(([^)#:]+)\)', page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    known = {command.name or command.callback.__name__.replace('_', '-')
             for command in app.registered_commands}
    named = set(re.findall(r'^ {4}(?:\.venv/bin/)?colorize-ros ([a-z-]+)', page.read_text(), re.M))
    assert named <= known


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page):
    targets = set(re.findall(r'^([a-z-]+):', (REPOSITORY / 'Makefile').read_text(), re.M))
    assert set(re.findall(r'(?:^ {4}|`)make ([a-z-]+)', page.read_text(), re.M)) <= targets


def test_every_room_is_in_the_architecture():
    architecture = (REPOSITORY / 'docs/architecture.md').read_text()
    package = REPOSITORY / 'colorize_ros'
    rooms = [f'{path.parent.name}/' for path in package.glob('*/__init__.py')]
    modules = [path.name for path in package.glob('*.py') if path.name != '__init__.py']
    assert [name for name in rooms + modules if f'`{name}`' not in architecture] == []


@pytest.mark.ros
def test_parameter_tables_are_those_of_the_code():
    pytest.importorskip('rclpy')
    tables = runpy.run_path(str(REPOSITORY / 'docs/update_tables.py'))
    for path, write in tables['PAGES'].items():
        page = path.read_text()
        assert write(page) == page, f'{path.name}: run make tables'


def test_the_help_of_the_command_names_what_the_readme_names():
    readme = (REPOSITORY / 'README.md').read_text()
    for command in app.registered_commands:
        name = command.name or command.callback.__name__.replace('_', '-')
        assert f'colorize-ros {name}' in readme
        assert CliRunner().invoke(app, [name, '--help']).exit_code == 0
