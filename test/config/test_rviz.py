"""The rviz configuration shows what the nodes publish."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from shared_data import REPOSITORY


@pytest.fixture(scope='module')
def displays() -> dict[str, Any]:
    config = yaml.safe_load((REPOSITORY / 'config' / 'night_vision.rviz').read_text())
    return {display['Name']: display for display in config['Visualization Manager']['Displays']}


def test_it_shows_before_after_cloud_color_and_frames(displays: dict[str, Any]) -> None:
    topics = {name: display['Topic']['Value'] for name, display in displays.items()
              if 'Topic' in display}
    assert topics == {'Depth as it came': '/depth_enhancer/input_picture',
                      'Depth enhanced': '/depth_enhancer/depth_picture',
                      'Enhanced points': '/depth_enhancer/points',
                      'Near infrared in color': '/nir_colorizer/image_color',
                      'Mono in color': '/stereo_colorizer/image_color',
                      'Depth in color': '/depth_colorizer/image_color',
                      'Found in both': '/consistency_monitor/overlay'}
    assert displays['Frames']['Class'] == 'rviz_default_plugins/TF'
    assert displays['Enhanced points']['Class'] == 'rviz_default_plugins/PointCloud2'


@pytest.mark.ros
def test_every_topic_is_one_that_a_node_publishes(displays: dict[str, Any]) -> None:
    pytest.importorskip('rclpy')
    pytest.importorskip('message_filters')
    from colorize_ros.nodes.consistency_monitor import ConsistencyMonitorNode
    from colorize_ros.nodes.depth_colorizer import DepthColorizerNode
    from colorize_ros.nodes.depth_enhancer import DepthEnhancerNode
    from colorize_ros.nodes.nir_colorizer import NirColorizerNode
    from colorize_ros.nodes.stereo_colorizer import StereoColorizerNode

    published = {output.topic.replace('~', f'/{node.node_name}'): output.message_type.__name__
                 for node in (DepthEnhancerNode, NirColorizerNode, StereoColorizerNode,
                              DepthColorizerNode, ConsistencyMonitorNode)
                 for output in node.outputs(node.__new__(node), node.Parameters())}
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
