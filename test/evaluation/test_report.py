"""The demo's page, of a run that is made up: no ROS needed."""

from __future__ import annotations

import json
from pathlib import Path
import re
from typing import Any

import pytest

pytest.importorskip('rosbags')
pytest.importorskip('jinja2')

from colorize_ros.errors import DataError
from colorize_ros.evaluation.demo_processes import Together
from colorize_ros.evaluation.demo_stations import STATIONS
from colorize_ros.evaluation.report import read_cameras, write_report
from demo_runs import FRAMES, GUIDE, played_bag, run_of

ALONE = Together(('depth_enhancer',), 2, 2)
BOTH = Together(('depth_enhancer', 'nir_colorizer'), 2, 1)


def make_page(tmp_path: Path, *, left_out: dict[str, str] | None = None, returned: int = 3,
              colored: int = FRAMES, **options: bool) -> str:
    run = run_of(played_bag(tmp_path / 'bag', **options), tmp_path / 'work',
                 returned=returned, colored=colored)
    # Whichever weights are installed besides.
    stations = [station for station in STATIONS
                if station.name in BOTH.nodes and station.can_run(run.topics)]
    out = tmp_path / 'out'
    out.mkdir()
    page = write_report(run, stations, left_out or {}, BOTH if len(stations) > 1 else ALONE, out)
    assert page == out / 'index.html'
    return page.read_text(encoding='utf-8')


def results(tmp_path: Path) -> Any:
    return json.loads((tmp_path / 'out' / 'results.json').read_text())


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('run')


@pytest.fixture(scope='module')
def page(folder: Path) -> str:
    return make_page(folder, nir=True)


def test_the_page_says_what_happened(page: str) -> None:
    for said in ('3 of 4', '60 ms', '70 ms', '10.0 Hz', '9.1 Hz', '75 % → 100 %',
                 'dropped: guide: no partner', 'dropped: a newer set came', 'ab' * 32,
                 'cpu, bf16', '41.5 ms', 'Ground truth', 'Color (guide)', '0.200',
                 '4 of 4', 'What good light would show', 'is a guess', 'gray copy'):
        assert said in page, said


def test_the_page_stands_alone(page: str) -> None:
    assert 'http' not in page
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count('data:image/jpeg;base64,') > 5


def test_every_node_has_a_part_with_a_film(page: str) -> None:
    assert re.findall(r'<section id="(\w+)"', page) == ['depth_enhancer', 'nir_colorizer']
    films = [json.loads(text) for text in
             re.findall(r'<script type="application/json">(.*?)</script>', page)]
    assert [len(film['frames']) for film in films] == [3, 4]


def test_the_page_says_that_nodes_shared_the_machine(page: str, tmp_path: Path) -> None:
    assert 'shared out among depth_enhancer and nir_colorizer:\n1 thread each' in page
    assert 'shared out' not in make_page(tmp_path)


def test_its_numbers_are_written_beside_it(page: str, folder: Path) -> None:
    found = results(folder)
    assert found['bag'] == 'bag'
    assert found['together'] == {'nodes': list(BOTH.nodes), 'processors': 2, 'threads_each': 1}
    depth, nir = found['nodes']['depth_enhancer'], found['nodes']['nir_colorizer']
    assert depth['latency_median_ms'] == pytest.approx(60)
    assert depth['latency_p99_ms'] == pytest.approx(70, abs=1)
    assert depth['accuracy']['depth_enhancer']['mae_m'] == pytest.approx(0.2, abs=1e-3)
    assert (depth['frames_in'], depth['frames_out']) == (4, 3)
    assert depth['flows'][-2][:3] == ['/depth_enhancer/depth', 'out', 3]
    assert nir['latency_median_ms'] == pytest.approx(65)
    assert nir['model'] == 'guesser'


def test_names_are_escaped(page: str) -> None:
    assert 'robot &lt;v1&gt;' in page


def test_a_bag_without_guide_and_truth_has_a_page_without_them(tmp_path: Path) -> None:
    page = make_page(tmp_path, guide=False, truth=False, nir=True)
    assert 'Color (guide)' not in page
    assert 'round truth' not in page
    assert 'good light' not in page
    assert 'Depth out' in page
    assert 'Color out' in page


def test_a_bag_of_near_infrared_alone_has_a_page(tmp_path: Path) -> None:
    page = make_page(tmp_path, depth=False, guide=False, truth=False, nir=True)
    assert re.findall(r'<section id="(\w+)"', page) == ['nir_colorizer']
    assert 'What the cameras saw' in page


def test_a_node_that_failed_is_left_out_with_the_reason(tmp_path: Path) -> None:
    page = make_page(tmp_path, nir=True, left_out={'nir_colorizer': 'no model <here>'})
    assert 'is left out: no model &lt;here&gt;' in page
    assert 'Color out' not in page
    assert 'Depth out' in page
    assert results(tmp_path)['left_out'] == {'nir_colorizer': 'no model <here>'}
    assert list(results(tmp_path)['nodes']) == ['depth_enhancer']


def test_a_node_that_published_nothing_is_left_out(tmp_path: Path) -> None:
    page = make_page(tmp_path, nir=True, returned=0)
    assert 'is left out: the node published no depth' in page
    assert 'Color out' in page


def test_no_frame_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'(?s)published no depth.*published no color'):
        make_page(tmp_path, nir=True, returned=0, colored=0)


def test_other_cameras_are_shown(tmp_path: Path) -> None:
    alone = run_of(played_bag(tmp_path / 'bag'), tmp_path / 'work')
    assert read_cameras(alone) == []
    both = run_of(played_bag(tmp_path / 'bag2', nir=True), tmp_path / 'work2')
    shown = read_cameras(both)
    assert [row['since_start_s'] for row in shown] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert list(shown[0]['pictures']) == [GUIDE.rsplit('/', 1)[0], '/nir/image_raw']
