"""The YAML of config/ is what the dataclasses declare, and ROS takes it."""

from __future__ import annotations

from dataclasses import fields
import runpy
from typing import Any

import pytest
import yaml

from domains import own_domain_id
from shared_data import REPOSITORY

rclpy = pytest.importorskip('rclpy')

from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402

from colorize_ros.nodes.parameters import (  # noqa: E402
    declare_parameters,
    NodeParameters,
    read_parameters,
    render_yaml,
)

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
PARAMETER_FILE = REPOSITORY / 'config' / 'night_vision.yaml'


@pytest.fixture(scope='module')
def nodes() -> dict[str, type[NodeParameters]]:
    pytest.importorskip('message_filters')
    return runpy.run_path(str(REPOSITORY / 'docs' / 'update_tables.py'))['NODES']


def test_the_file_is_what_the_dataclasses_declare(nodes: dict[str, type[NodeParameters]]) -> None:
    assert PARAMETER_FILE.read_text(encoding='utf-8') == render_yaml(nodes), 'run: make tables'


def test_every_parameter_is_there_with_its_default(nodes: dict[str, type[NodeParameters]]) -> None:
    sections = yaml.safe_load(PARAMETER_FILE.read_text(encoding='utf-8'))
    shared = sections['/**']['ros__parameters']
    for name, declared in nodes.items():
        own = sections[f'/**/{name}']['ros__parameters']
        assert {**shared, **own} == {
            entry.name: list(entry.default) if isinstance(entry.default, tuple) else entry.default
            for entry in fields(declared)}


@pytest.mark.parametrize('namespace', ['', '/robot/head'])
def test_ros_takes_it_in_any_namespace(nodes: dict[str, type[NodeParameters]], namespace: str,
                                       tmp_path: Any) -> None:
    changed = PARAMETER_FILE.read_text(encoding='utf-8').replace('slop_s: 0.02', 'slop_s: 0.5')
    changed = changed.replace('min_confidence: 0.5', 'min_confidence: 0.75')
    (tmp_path / 'changed.yaml').write_text(changed, encoding='utf-8')
    context = Context()
    rclpy.init(context=context, domain_id=DOMAIN_ID)
    node = Node('depth_enhancer', namespace=namespace, context=context,
                cli_args=['--ros-args', '--params-file', str(tmp_path / 'changed.yaml')])
    try:
        assert declare_parameters(node, nodes['depth_enhancer']) == {}
        parameters: Any = read_parameters(node, nodes['depth_enhancer'])
        assert parameters.slop_s == 0.5
        assert parameters.min_confidence == 0.75
    finally:
        node.destroy_node()
        rclpy.try_shutdown(context=context)
