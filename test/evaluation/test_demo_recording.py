"""What the demo reads back of a run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags')

from colorize_ros.evaluation.demo_recording import (
    last_diagnostics,
    latencies,
    rate_hz,
    read_log,
    truth_by_stamp,
    truth_stamps,
)
from demo_runs import played_bag, run_of, START_NS, STEP_NS


def test_latency_and_rate_are_by_stamp_and_arrival() -> None:
    published = [{'topic': '/d', 'stamp_ns': k, 'published_ns': k * 10**8} for k in range(5)]
    received = [{'topic': '/r', 'stamp_ns': k, 'received_ns': k * 10**8 + 3 * 10**7}
                for k in (1, 3, 9)]
    found = latencies(published, received, '/d', '/r')
    np.testing.assert_allclose(found.since_start_s, (0.1, 0.3))
    np.testing.assert_allclose(found.latency_ms, (30, 30))
    assert np.isnan(latencies([], [], '/d', '/r').quantile_ms(0.5))
    assert rate_hz(published, '/d', 'published_ns') == (5, pytest.approx(10.0))
    assert rate_hz(published[:1], '/d', 'published_ns') == (1, 0.0)


def test_a_line_that_is_cut_short_is_left_out(tmp_path: Path) -> None:
    (tmp_path / 'log').write_text('{"topic": "/a"}\n{"top')
    assert read_log(tmp_path / 'log') == [{'topic': '/a'}]
    assert read_log(tmp_path / 'none') == []


def test_diagnostics_are_the_newest_of_their_node(tmp_path: Path) -> None:
    run = run_of(played_bag(tmp_path / 'bag'), tmp_path / 'work')
    depth = last_diagnostics(run.recorded, 'depth_enhancer')
    assert depth['inference']['frames'] == '3'
    assert 'model robot <v1>' in depth
    assert 'model guesser' in last_diagnostics(run.recorded, 'nir_colorizer')
    assert last_diagnostics(run.recorded, 'nobody') == {}


def test_truth_may_lie_in_a_folder_beside_the_bag(tmp_path: Path) -> None:
    bag = played_bag(tmp_path / 'bag', truth=False)
    folder = bag / 'ground_truth' / 'depth'
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / f'{START_NS}.png'), np.full((48, 64), 2000, np.uint16))
    assert truth_stamps(bag, None) == [START_NS]
    found = truth_by_stamp(bag, None, [START_NS, START_NS + STEP_NS])
    np.testing.assert_array_equal(found[START_NS], np.full((48, 64), 2.0, np.float32))
