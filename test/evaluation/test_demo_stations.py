"""The declarations of the demo's nodes."""

from __future__ import annotations

from dataclasses import fields
import importlib
import itertools
from pathlib import Path

import pytest

pytest.importorskip('rosbags')

from colorize_ros.evaluation import demo_stations, report
from colorize_ros.evaluation.demo_stations import choose_stations, Station, STATIONS
from colorize_ros.evaluation.demo_topics import BagTopics, Stream

DEPTH = Stream('/depth/image_raw/compressedDepth', '/camera_info')
GUIDE = Stream('/color/image_raw/compressed')
NIR = Stream('/nir/image_raw', '/nir/info')
MONO = Stream('/mono/image_rect', '/mono/info')
STEREO_COLOR = Stream('/color/image_rect/compressed')
ENHANCER, COLORIZER, STEREO, PLACE, MONITOR = STATIONS


def arguments(station: Station, **streams: Stream) -> list[str]:
    command = station.start_command(BagTopics(streams))
    return command[command.index('--ros-args') + 1:]


def test_a_station_runs_where_a_bag_has_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_stations, 'installed_model', lambda preset, pipeline: None)

    def running(**streams: Stream) -> list[str]:
        return [station.name for station in STATIONS if station.can_run(BagTopics(streams))]

    assert running(depth=DEPTH, guide=GUIDE, nir=NIR) == ['depth_enhancer', 'nir_colorizer']
    assert running(depth=DEPTH) == ['depth_enhancer']
    assert running(depth=Stream('/depth/image_raw')) == []
    assert running(nir=Stream('/nir/image_raw')) == ['nir_colorizer']
    assert running(guide=GUIDE) == []


def test_a_station_whose_weights_are_not_there_does_not_run(
        monkeypatch: pytest.MonkeyPatch) -> None:
    pair = BagTopics({'mono': MONO, 'stereo_color': STEREO_COLOR})
    monkeypatch.setattr(demo_stations, 'installed_model', lambda preset, pipeline: None)
    assert not STEREO.can_run(pair)
    monkeypatch.setattr(demo_stations, 'installed_model', lambda preset, pipeline: Path('there'))
    assert STEREO.can_run(pair)
    assert not STEREO.can_run(BagTopics({'mono': MONO}))
    assert PLACE.can_run(BagTopics({'depth': DEPTH, 'guide': GUIDE}))
    assert not PLACE.can_run(BagTopics({'depth': DEPTH}))


def test_the_monitor_watches_the_nodes_that_color_where_there_is_a_detector(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_stations, 'installed_model', lambda preset, pipeline: None)
    topics = BagTopics({'depth': DEPTH, 'guide': GUIDE, 'nir': NIR})

    def chosen(topics: BagTopics) -> dict[str, Station]:
        return {station.name: station for station in choose_stations(STATIONS, topics)}

    assert 'consistency_monitor' not in chosen(topics)
    monkeypatch.setattr(demo_stations, '_detector_is_here', lambda: True)
    monitor = chosen(topics)['consistency_monitor']
    assert monitor.results == ['/consistency_monitor/overlay',
                               '/consistency_monitor/consistency/nir_colorizer']
    given = arguments(monitor, guide=Stream(GUIDE.topic, '/color/camera_info'))
    assert given[:6] == ['-r', 'reference/image_raw:=/color/image_raw',
                         '-r', 'reference/camera_info:=/color/camera_info',
                         '-p', 'transport:=compressed']
    assert given[-1] == 'candidates:=[nir_colorizer]'
    assert 'consistency_monitor' not in chosen(BagTopics({'depth': DEPTH, 'guide': GUIDE}))
    assert 'consistency_monitor' not in chosen(BagTopics({'nir': NIR}))


def test_nodes_are_started_on_the_topics_of_the_bag() -> None:
    assert arguments(ENHANCER, depth=DEPTH, guide=GUIDE) == [
        '-r', 'depth/image_raw:=/depth/image_raw', '-r', 'camera_info:=/camera_info',
        '-p', 'transport:=compressedDepth', '-r', 'guide/image_raw:=/color/image_raw',
        '-p', 'guide_transport:=compressed', '-p', 'guide:=color']
    assert 'guide:=color' not in arguments(ENHANCER, depth=DEPTH)
    assert arguments(COLORIZER, nir=NIR) == [
        '-r', 'nir/image_raw:=/nir/image_raw', '-r', 'nir/camera_info:=/nir/info',
        '-p', 'transport:=raw']
    assert arguments(STEREO, mono=MONO, stereo_color=STEREO_COLOR) == [
        '-r', 'mono/image_rect:=/mono/image_rect', '-r', 'mono/camera_info:=/mono/info',
        '-p', 'transport:=raw', '-r', 'color/image_rect:=/color/image_rect',
        '-p', 'color_transport:=compressed']
    assert arguments(PLACE, depth=DEPTH, guide=GUIDE)[-8:] == [
        '-r', 'color/image_raw:=/color/image_raw', '-p', 'color_transport:=compressed',
        '-p', 'keep_memory:=false', '-p', 'learn_every_s:=0.5']


def test_the_source_that_counts_comes_first() -> None:
    assert ENHANCER.sources(BagTopics({'guide': GUIDE, 'depth': DEPTH})) == [
        DEPTH.topic, '/camera_info', GUIDE.topic]
    assert COLORIZER.sources(BagTopics({'nir': Stream('/nir/image_raw')})) == ['/nir/image_raw']


@pytest.mark.parametrize('station', STATIONS, ids=lambda station: station.name)
def test_every_station_has_a_template(station: Station) -> None:
    assert (Path(report.__file__).parent / 'templates' / f'{station.name}.html').is_file()


@pytest.mark.ros
@pytest.mark.parametrize('station', STATIONS, ids=lambda station: station.name)
def test_nodes_have_the_topics_and_parameters_that_stations_name(station: Station) -> None:
    pytest.importorskip('rclpy')
    from colorize_ros.nodes.base import PerceptionNode

    module = importlib.import_module(f'colorize_ros.nodes.{station.name}')
    node_type, = (found for found in vars(module).values() if isinstance(found, type)
                  and issubclass(found, PerceptionNode) and found.__module__ == module.__name__)
    known = {field.name for field in fields(node_type.Parameters)}
    named = itertools.chain.from_iterable(
        (feed.transport, *(entry.split(':=')[0] for entry in feed.parameters))
        for feed in station.feeds)
    assert {*named, *(entry.split(':=')[0] for entry in station.parameters)} <= known
    given = {'guide': 'color'} if 'guide' in known else {}
    parameters = node_type.Parameters(**given)
    node = node_type.__new__(node_type)
    inputs = {entry.topic for entry in node.inputs(parameters)}
    assert {topic for feed in station.feeds
            for topic in (feed.topic, feed.camera_info) if topic} <= inputs
    outputs = {entry.topic for entry in node.outputs(parameters)}
    assert {f'~/{output}' for output in station.outputs} <= outputs
