"""The paper's network: Table 1's layers, the volume's geometry, and the ablations."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from colorize_ros.networks.dual_lens import PaperDualLens


def make(**switches: bool) -> PaperDualLens:
    torch.manual_seed(0)
    return PaperDualLens(32, width=4, **switches).eval()


def inputs(height: int = 32, width: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return (torch.rand(1, 1, height, width, generator=generator),
            torch.rand(1, 3, height, width, generator=generator) - 0.5)


@pytest.mark.parametrize('switches', [
    {}, {'soft_argmax': True}, {'attention': False}, {'residue': False}])
def test_chroma_is_as_large_as_the_image(switches: dict[str, bool]) -> None:
    with torch.no_grad():
        assert make(**switches)(*inputs()).shape == (1, 2, 32, 64)


def test_it_has_the_layers_of_table_1() -> None:
    network = PaperDualLens()

    def widths(part: nn.Module, kind: type[nn.Module]) -> list[tuple[int, int]]:
        return [(layer.in_channels, layer.out_channels) for layer in part.modules()
                if isinstance(layer, kind)]
    assert widths(network.features, nn.Conv2d) == [(1, 32), *[(32, 32)] * 17]
    assert network.attention is not None
    assert widths(network.attention, nn.Conv3d) == [(64, 32), (32, 1)]
    assert widths(network.regulation, nn.Conv3d) == [
        (64, 32), (32, 32), (32, 64), *[(64, 64)] * 11]
    assert widths(network.regulation, nn.ConvTranspose3d) == [
        *[(64, 64)] * 3, (64, 32), (32, 1)]
    assert network.residue is not None
    assert widths(network.residue.of_color, nn.Conv2d) == [(1, 32), *[(32, 32)] * 17]
    assert widths(network.residue.joint, nn.Conv2d) == [(64, 32), *[(32, 32)] * 16, (32, 1)]


def test_a_candidate_lies_to_the_left_by_its_disparity() -> None:
    network = make(attention=False)
    left, right = torch.rand(1, 4, 3, 20), torch.rand(1, 4, 3, 20)
    volume = network._feature_volume(left, right)
    assert volume.shape == (1, 8, 16, 3, 20)
    for index in (0, 1, 7, 8, 15):
        torch.testing.assert_close(volume[:, :4, index], left)
        torch.testing.assert_close(volume[:, 4:, index, :, index:], right[..., :20 - index])


def test_attention_weights_the_candidates_features_alone() -> None:
    network = make()
    left, right = torch.rand(1, 4, 3, 20), torch.rand(1, 4, 3, 20)
    with torch.no_grad():
        weighted = network._feature_volume(left, right)
        network.attention = None
        plain = network._feature_volume(left, right)
    torch.testing.assert_close(weighted[:, :4], plain[:, :4])
    inside = plain[:, 4:, 3, :, 3:]
    weights = weighted[:, 4:, 3, :, 3:] / inside
    torch.testing.assert_close(weights, weights[:, :1].expand_as(weights))
    assert weights.min() > 0
    assert weights.max() < 1


def test_the_volume_is_the_same_with_and_without_gradients() -> None:
    network = make()
    mono, reference = inputs()
    with torch.no_grad():
        fast = network(mono, reference)
    torch.testing.assert_close(network(mono, reference).detach(), fast)


def test_the_average_is_of_candidates_in_the_frame() -> None:
    network = make()
    mono, reference = inputs()
    with torch.no_grad():
        weights = network._weigh(mono, reference[:, :1])
    assert weights.shape == (1, 32, 32, 64)
    torch.testing.assert_close(weights.sum(1), torch.ones(1, 32, 64))
    assert weights[0, 11:, :, 10].max() == 0
    chosen = torch.zeros(1, 32, 32, 64)
    chosen[:, 5] = 1
    rough = network._average(chosen, reference[:, 1:])
    torch.testing.assert_close(rough[..., 5:], reference[:, 1:, :, :-5])


def test_soft_argmax_copies_from_the_mean_disparity() -> None:
    network = make(soft_argmax=True)
    chroma = torch.rand(1, 2, 32, 64)
    weights = torch.zeros(1, 32, 32, 64)
    weights[:, [4, 6]] = 0.5
    copied = network._average(weights, chroma)
    torch.testing.assert_close(copied[..., 5:], chroma[..., :-5])
    weights[:, 4], weights[:, 6], weights[:, 5] = 0.75, 0, 0.25
    between = 0.75 * chroma[..., 1:-4] + 0.25 * chroma[..., :-5]
    torch.testing.assert_close(network._average(weights, chroma)[..., 5:], between)


def test_the_planes_share_all_parameters() -> None:
    network = make()
    mono, reference = inputs()
    swapped = reference[:, [0, 2, 1]]
    with torch.no_grad():
        torch.testing.assert_close(network(mono, swapped), network(mono, reference)[:, [1, 0]])


@pytest.mark.parametrize('switches', [{}, {'soft_argmax': True}])
def test_gradients_reach_every_parameter(switches: dict[str, bool]) -> None:
    network = make(**switches).train()
    network(*inputs(64, 64)).square().sum().backward()
    assert [name for name, parameter in network.named_parameters()
            if parameter.grad is None or not parameter.grad.abs().sum() > 0] == []
