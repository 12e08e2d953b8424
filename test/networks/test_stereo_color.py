"""Attention along the scan line: what it gathers, and that the colors stay what they are."""

from __future__ import annotations

import pytest
import torch

from colorize_ros.networks.line_attention import correlate, gather_along_line
from colorize_ros.networks.stereo_color import _enlarge, _normalised, _pass_on, RobotDualLens


@pytest.fixture(scope='module')
def network() -> RobotDualLens:
    torch.manual_seed(0)
    return RobotDualLens(disparities=32).eval()


def pair(height: int, width: int, shift: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """A random texture, half of it red, and the same seen from the right."""
    generator = torch.Generator().manual_seed(0)
    mono = torch.rand(1, 1, height, width, generator=generator)
    chroma = torch.zeros(1, 2, height, width)
    chroma[:, 1, :, width // 2:] = 0.3
    return mono, torch.cat([mono, chroma], 1).roll(-shift, 3)


@pytest.mark.parametrize('size', [(32, 32), (64, 96)])
def test_chroma_is_as_large_as_the_image(network: RobotDualLens, size: tuple[int, int]) -> None:
    with torch.no_grad():
        assert network(*pair(*size)).shape == (1, 2, *size)


def test_weights_are_an_average_of_what_is_in_the_frame(network: RobotDualLens) -> None:
    with torch.no_grad():
        weights = network.color(*pair(32, 64)).weights
    assert weights.shape == (1, 9, 8, 16)
    torch.testing.assert_close(weights.sum(1), torch.ones(1, 8, 16))
    for column in range(8):
        assert weights[0, column + 1:, :, column].max() == 0


def test_a_gray_camera_gives_gray(network: RobotDualLens) -> None:
    mono, reference = pair(32, 64)
    reference[:, 1:] = 0
    with torch.no_grad():
        assert network(mono, reference).abs().max() < 1e-6


def test_untrained_it_invents_no_colors(network: RobotDualLens) -> None:
    with torch.no_grad():
        chroma = network(*pair(64, 96))
    assert chroma.min() > -1e-6
    assert chroma.max() < 0.3 + 1e-6


def test_correlation_is_highest_at_the_disparity() -> None:
    right = torch.randn(1, 16, 4, 24)
    left = right.roll(5, 3)
    volume = correlate(left, right, 9, 4)
    assert volume.shape == (1, 4, 9, 4, 24)
    assert (volume.sum(1)[:, :, :, 8:].argmax(1) == 5).all()


def test_gathering_shifts_by_the_candidate_chosen() -> None:
    seen = torch.rand(1, 3, 4, 16)
    weights = torch.zeros(1, 6, 4, 16)
    weights[:, 4] = 1
    torch.testing.assert_close(gather_along_line(weights, seen)[..., 4:], seen[..., :-4])


def test_color_is_passed_on_from_the_neighbor_that_the_kernel_names() -> None:
    chroma = torch.rand(1, 2, 8, 8)
    kernels = torch.zeros(1, 2, 9, 8, 8)
    # The neighbor on the left, then the one below.
    kernels[:, 0, 3] = 1
    kernels[:, 1, 7] = 1
    passed = _pass_on(chroma, kernels, (2, 1))
    torch.testing.assert_close(passed[:, :, :-1, 2:], chroma[:, :, 1:, :-2])


def test_what_is_unreliable_takes_the_colors_of_its_neighbors() -> None:
    chroma = torch.full((1, 2, 16, 16), 0.2)
    chroma[..., 6:10] = -0.5
    shares = torch.ones(1, 3, 16, 16)
    shares[:, 2, :, 6:10] = 0.001
    shares[:, :2] = shares[:, 2:] * chroma
    passed, total = _pass_on(shares, torch.full((1, 3, 9, 16, 16), 1 / 9), (4, 2, 1)).split(
        [2, 1], 1)
    torch.testing.assert_close(passed / total, torch.full_like(chroma, 0.2), atol=5e-3, rtol=0)


def test_enlarging_takes_each_quarter_pixel_from_where_its_kernel_says() -> None:
    chroma = torch.rand(1, 2, 4, 5)
    logits = torch.zeros(1, 4, 9, 4, 5)
    logits[:, :, 4] = 50
    enlarged = _enlarge(chroma, _normalised(logits.flatten(1, 2), 4))
    torch.testing.assert_close(enlarged, chroma.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_gradients_reach_every_parameter() -> None:
    torch.manual_seed(0)
    network = RobotDualLens(disparities=32)
    # Layers that start at 0 let nothing through to those before.
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    network(*pair(64, 64, 4)).square().sum().backward()
    assert [name for name, parameter in network.named_parameters()
            if parameter.grad is None or not parameter.grad.abs().sum() > 0] == []


def test_it_learns_a_shift_from_chroma_alone() -> None:
    torch.manual_seed(0)
    network = RobotDualLens(disparities=32)
    mono = torch.rand(2, 1, 32, 96)
    chroma = torch.rand(2, 2, 8, 24).repeat_interleave(4, 2).repeat_interleave(4, 3) - 0.5
    reference = torch.cat([mono, chroma], 1).roll(-8, 3)
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    errors = []
    for _ in range(12):
        error = (network(mono, reference) - chroma)[..., 16:].square().mean()
        errors.append(float(error.detach()))
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
    assert errors[-1] < 0.8 * errors[0]
