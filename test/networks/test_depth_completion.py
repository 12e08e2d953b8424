"""Networks of depth completion: shapes, scale, gradients."""

import pytest
import torch

from colorize_ros.networks.depth_completion import (
    Measurements,
    PaperDepthCompletion,
    RobotDepthCompletion,
)

NETWORKS = (RobotDepthCompletion, PaperDepthCompletion)


def measurements(batch=1, height=64, width=96, scale=1.0):
    generator = torch.Generator().manual_seed(1)
    depth_m = (torch.rand(batch, 1, height, width, generator=generator) + 1) * scale
    known = (torch.rand(batch, 1, height, width, generator=generator) < 0.3).float()
    known[:, :, 0, 0] = 1
    return Measurements(depth_m, known, depth_m, 5 * (1 - known), torch.zeros_like(depth_m),
                        torch.zeros(batch, 1, 1, 1))


@pytest.mark.parametrize('network', NETWORKS)
def test_shapes(network):
    completed_m, log_error = network().eval()(measurements(2))
    assert completed_m.shape == (2, 1, 64, 96)
    assert log_error is None or log_error.shape == completed_m.shape


@pytest.mark.parametrize('network', NETWORKS)
def test_depth_is_relative_to_the_frame(network):
    torch.manual_seed(0)
    module = network().eval()
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, 0, 0.02)
    near_m, _ = module(measurements(scale=1.0))
    far_m, _ = module(measurements(scale=4.0))
    assert torch.allclose(4 * near_m, far_m, rtol=1e-3)


@pytest.mark.parametrize('network', NETWORKS)
def test_every_parameter_has_a_gradient(network):
    torch.manual_seed(0)
    module = network()
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, 0, 0.05)
    completed_m, log_error = module(measurements(2))
    (completed_m.square().mean() + (0 if log_error is None else log_error.square().mean())
     ).backward()
    without = [name for name, parameter in module.named_parameters()
               if parameter.grad is None or not parameter.grad.abs().sum() > 0]
    # A bias ahead of a batch normalisation has none by construction; there are none here.
    assert without == []


def test_a_fresh_robot_starts_between_its_two_fills():
    frame = measurements()
    completed_m, _ = RobotDepthCompletion()(frame)
    assert completed_m.min() >= frame.depth_m.min() - 1e-4
    assert completed_m.max() <= frame.depth_m.max() + 1e-4


def test_the_paper_knows_unknown_depth_as_the_lowest_value():
    frame = measurements()
    elsewhere = frame._replace(depth_m=torch.where(frame.known > 0, frame.depth_m, 77.0))
    network = PaperDepthCompletion().eval()
    assert torch.allclose(network(frame)[0], network(elsewhere)[0])
