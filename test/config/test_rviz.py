"""The rviz configuration shows what the node publishes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from shared_data import REPOSITORY


@pytest.fixture(scope='module')
def displays() -> dict[str, Any]:
    config = yaml.safe_load((REPOSITORY / 'config' / 'night_vision.rviz').read_text())
    return {display['Name']: display for display in config['Visualization Manager']['Displays']}


def test_it_shows_before_after_cloud_and_frames(displays: dict[str, Any]) -> None:
    topics = {name: display['Topic']['Value'] for name, display in displays.items()
              if 'Topic' in display}
    assert topics == {'Depth as it came': '/depth_enhancer/input_picture',
                      'Depth enhanced': '/depth_enhancer/depth_picture',
                      'Enhanced points': '/depth_enhancer/points'}
    assert displays['Frames']['Class'] == 'rviz_default_plugins/TF'
    assert displays['Enhanced points']['Class'] == 'rviz_default_plugins/PointCloud2'


@pytest.mark.ros
def test_every_topic_is_one_that_the_node_publishes(displays: dict[str, Any]) -> None:
    pytest.importorskip('rclpy')
    pytest.importorskip('message_filters')
    from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode, DepthEnhancerParameters

    published = {output.topic.replace('~', '/depth_enhancer'): output.message_type.__name__
                 for output in DepthEnhancerNode.outputs(
                     DepthEnhancerNode.__new__(DepthEnhancerNode), DepthEnhancerParameters())}
    for display in displays.values():
        if 'Topic' in display:
            assert published[display['Topic']['Value']] == display['Class'].rsplit('/', 1)[-1]


def test_keys_are_unique() -> None:
    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return loader.construct_mapping(node, deep=True)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    text = (REPOSITORY / 'config' / 'night_vision.rviz').read_text()
    assert yaml.load(text, Strict)
