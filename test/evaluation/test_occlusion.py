"""What the color camera does not see, on a scene where that is known."""

import numpy as np

from colorize_ros.evaluation.occlusion import forward_warped, occluded_pixels
from stereo_scene import BOARD, BOARD_PX, hidden_in_scene, stereo_scene, WALL_PX


def test_the_wall_beside_the_board_and_out_of_frame_is_hidden() -> None:
    np.testing.assert_array_equal(occluded_pixels(stereo_scene()), hidden_in_scene())


def test_what_the_data_set_says_goes_before() -> None:
    said = np.zeros((80, 128), bool)
    said[3, 4] = True
    assert occluded_pixels(stereo_scene()._replace(occluded=said)) is said


def test_the_right_disparity_has_the_board_where_the_right_camera_sees_it() -> None:
    right_px = forward_warped(stereo_scene().disparity_px)
    rows, columns = BOARD
    there = np.s_[rows, columns.start - BOARD_PX:columns.stop - BOARD_PX]
    assert np.all(right_px[there] == BOARD_PX)
    # Behind the board the right camera sees wall that the left one does not.
    behind = np.s_[rows, columns.stop - BOARD_PX:columns.stop - WALL_PX]
    assert np.isnan(right_px[behind]).all()


def test_a_slanted_surface_hides_nothing_of_itself() -> None:
    for last in (12.0, 30.0):
        slope = np.tile(np.linspace(2, last, 100, dtype=np.float32), (4, 1))
        hidden = occluded_pixels(stereo_scene()._replace(disparity_px=slope))
        # Out of frame on the left, and nothing else.
        assert not hidden[:, 40:].any()
        assert hidden[:, 0].all()


def test_the_unknown_is_not_counted() -> None:
    frame = stereo_scene()
    frame.disparity_px[:, 45:50] = np.nan
    hidden = hidden_in_scene()
    hidden[:, 45:50] = False
    np.testing.assert_array_equal(occluded_pixels(frame), hidden)
