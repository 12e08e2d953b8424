"""What the demo's page says of depth_enhancer."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip('rosbags')

from colorize_ros.evaluation.report_depth import accuracy, confidence_picture, Frame
from demo_runs import FILLED_M, measured, TRUE_M


def test_accuracy_is_measured_on_what_was_hidden() -> None:
    truth = np.full((48, 64), TRUE_M, np.float32)
    enhanced = np.where(np.isnan(measured()), np.float32(FILLED_M), np.float32(9.0))
    confidence = np.full((48, 64), 0.7, np.float32)
    confidence[:, :8] = 0.3
    scores = accuracy([Frame(0.0, measured(), enhanced, confidence, None, truth)])
    assert scores['depth_enhancer']['rmse_m'] == pytest.approx(0.2, abs=1e-5)
    assert scores['depth_enhancer, confidence ≥ 0.5']['share'] == pytest.approx(0.5)
    assert scores['nearest']['rmse_m'] == pytest.approx(0.0, abs=1e-5)


def test_confidence_has_a_color_a_kind() -> None:
    red, green, blue = confidence_picture(np.array([[1.0, 0.98, 0.52, 0.3]], np.float32))[0].T
    assert blue[0] > red[0]
    assert green[1] > max(red[1], blue[1])
    assert min(red[2], green[2]) > blue[2] + 60
    assert red[3] > 2 * green[3]
