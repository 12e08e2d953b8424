"""The demo end to end: real processes, real DDS, networks that need no weights."""

from __future__ import annotations

from dataclasses import replace
import json
from pathlib import Path
import re
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from colorize_ros.errors import DataError
from colorize_ros.evaluation.demo import DEMO_BAG, run_demo
from colorize_ros.evaluation.demo_recording import truth_stamps
from colorize_ros.evaluation.demo_stations import Station, STATIONS
from colorize_ros.evaluation.demo_topics import find_topics
from demo_runs import FRAMES, played_bag
from domains import own_domain_id
from shared_data import REPOSITORY

pytestmark = pytest.mark.ros

DOMAIN_ID = own_domain_id()
MAX_BAG_BYTES = 15_000_000
ENHANCER, COLORIZER, STEREO, *_ = STATIONS
# Ends at its first frame.
MORTAL = """
import os, sys
sys.path.insert(0, {folder!r})
import dummy_colorizer
dummy_colorizer.DummyColorizer.__call__ = lambda *frame, **options: os._exit(3)
with dummy_colorizer.mock.patch.object(
        dummy_colorizer.nir_colorizer, 'NirColorizer', dummy_colorizer.DummyColorizer):
    dummy_colorizer.nir_colorizer.main()
""".format(folder=str(REPOSITORY / 'test' / 'nodes'))
GONE = (sys.executable, '-c', 'raise SystemExit("no such model")')


def dummy(station: Station, script: str, *arguments: str) -> Station:
    path = REPOSITORY / 'test' / 'nodes' / script
    return replace(station, command=(sys.executable, str(path), *arguments))


DUMMIES = (dummy(ENHANCER, 'dummy_enhancer.py'), dummy(COLORIZER, 'dummy_colorizer.py'))
REFUSED = dummy(ENHANCER, 'dummy_enhancer.py', '--ros-args', '-p', 'min_confidence:=7.0')


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return played_bag(tmp_path / 'bag', truth=False, nir=True)


def leftovers() -> str:
    listed = subprocess.run(['ps', '-eo', 'args'], capture_output=True, text=True, check=True)
    return '\n'.join(line for line in listed.stdout.splitlines() if 'colorize_ros_demo_' in line)


def test_frames_go_through_the_nodes_and_onto_the_page(bag: Path, tmp_path: Path) -> None:
    page = run_demo(bag, tmp_path / 'out', stations=DUMMIES, domain_id=DOMAIN_ID)
    assert page == tmp_path / 'out' / 'index.html'
    text = page.read_text(encoding='utf-8')
    assert text.count(f'of {FRAMES}</b><span>frames came back') == 2
    assert text.count('>dummy</td>') == 2
    assert 'Color (guide)' in text
    assert not leftovers()


def test_a_stereo_pair_goes_through_its_node(tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag', depth=False, guide=False, truth=False, stereo=True)
    station = replace(dummy(STEREO, 'dummy_stereo.py'), needs_model='')
    run_demo(bag, tmp_path / 'out', stations=(station,), domain_id=DOMAIN_ID)
    facts = json.loads((tmp_path / 'out' / 'results.json').read_text())['nodes'][STEREO.name]
    assert facts['frames_out'] > 0
    # What is left out is not processed.
    went_out = {name: count for name, count in facts['outcomes'].items() if name != 'left out'}
    assert sum(went_out.values()) == facts['processed']


def test_nodes_that_do_not_come_up_are_left_out(bag: Path, tmp_path: Path) -> None:
    page = run_demo(bag, tmp_path / 'out', stations=(REFUSED, DUMMIES[1]), domain_id=DOMAIN_ID)
    assert re.search('is left out: configure failed: .*min_confidence', page.read_text('utf-8'))
    results = json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert list(results['nodes']) == ['nir_colorizer']
    assert results['nodes']['nir_colorizer']['frames_out'] > 0


def test_a_node_that_ends_while_the_bag_plays_is_left_out(bag: Path, tmp_path: Path) -> None:
    mortal = replace(COLORIZER, command=(sys.executable, '-c', MORTAL))
    run_demo(bag, tmp_path / 'out', stations=(DUMMIES[0], mortal), domain_id=DOMAIN_ID)
    results = json.loads((tmp_path / 'out' / 'results.json').read_text())
    assert list(results['nodes']) == ['depth_enhancer']
    assert results['left_out']['nir_colorizer'].startswith('it ended with exit code 3')


def test_if_no_node_comes_up_their_logs_are_said(bag: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'(?s)min_confidence.*exit code 1: no such model'):
        run_demo(bag, tmp_path / 'out', stations=(REFUSED, replace(COLORIZER, command=GONE)),
                 domain_id=DOMAIN_ID)
    assert not leftovers()


def test_a_bag_that_cannot_be_used_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='cannot be read as a bag'):
        run_demo(tmp_path / 'nothing', tmp_path / 'out', domain_id=DOMAIN_ID)
    color = played_bag(tmp_path / 'color', depth=False, truth=False)
    with pytest.raises(DataError, match=r'guide/image_raw.*expected an image topic of depth'):
        run_demo(color, tmp_path / 'out', domain_id=DOMAIN_ID)
    assert not (tmp_path / 'out').exists()


def test_the_bag_that_comes_with_the_package_is_small_and_complete() -> None:
    topics = find_topics(DEMO_BAG)
    assert {'depth', 'guide'} <= set(topics.streams)
    assert truth_stamps(DEMO_BAG, topics.truth)
    files = [path for path in DEMO_BAG.rglob('*') if path.is_file()]
    assert sum(file.stat().st_size for file in files) <= MAX_BAG_BYTES
