"""Color for the mono camera of a dual-lens system (Dong, Li, Wang & Wang, AAAI 2019).

"Learning a Deep Convolutional Network for Colorization in Monochrome-Color Dual-Lens System",
Table 1, layer by layer. The mono image is the left one here, so candidates lie to its left in the
color image; the paper's lie to the right.

Where the paper is silent: the weights of a pixel's candidates are made to sum to 1 by softmax, as
of an average (eq. 1), and candidates beyond the image's border take no part; layer 21 begins the
regulation with all 2n features; transposed convolutions are followed by batch normalisation and
ReLU before what is beside them is added.
"""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

from colorize_ros.networks.line_attention import gather_along_line

# Candidates whose features are attended to at a time, so that what the attention needs on its way
# is never there for the whole volume.
SLAB = 8
BLOCKS = 8
LEVELS = 4


class PaperDualLens(nn.Module):
    """Table 1, and its ablations (Table 5).

    Args:
        disparities: candidates of a pixel, a multiple of 32. Weights do not depend on it.
        width: the paper's n.
        soft_argmax: copy the color at the mean disparity, instead of a weighted average.
        attention: weight the features of the candidates (eq. 4).
        residue: correct the rough result with the mono image as guide (eq. 2).
    """

    multiple = 32

    def __init__(self, disparities: int = 128, width: int = 32, *, soft_argmax: bool = False,
                 attention: bool = True, residue: bool = True) -> None:
        super().__init__()
        self.disparities = disparities
        self.soft_argmax = soft_argmax
        self.features = _residual_network(1, width, width, stride=2)
        self.attention = _Attention(width) if attention else None
        self.regulation = _Regulation(width)
        self.residue = _Residue(width) if residue else None

    def forward(self, mono: Tensor, reference: Tensor) -> Tensor:
        """Give the chroma of the mono image.

        Args:
            mono: (B, 1, H, W) luma in [0, 1] of the left image; H and W multiples of 32.
            reference: (B, 3, H, W) of the right image: luma in [0, 1], Cb and Cr in [-0.5, 0.5].

        Returns:
            (B, 2, H, W) Cb and Cr.
        """
        rough = self._average(self._weigh(mono, reference[:, :1]), reference[:, 1:])
        if self.residue is None:
            return rough
        # Cb and Cr share all parameters (section Formulation).
        corrected = [self.residue(plane, mono) for plane in rough.split(1, 1)]
        return torch.cat(corrected, 1)

    def _weigh(self, mono: Tensor, luma: Tensor) -> Tensor:
        """Give the weight volume (B, D, H, W)."""
        left, right = self.features(torch.cat([mono, luma])).chunk(2)
        volume = self.regulation([self._feature_volume(left, right)])
        columns = torch.arange(volume.shape[3], device=volume.device)
        beyond = torch.arange(self.disparities, device=volume.device).view(1, -1, 1, 1) > columns
        return volume.float().masked_fill_(beyond, -1e4).softmax(1)

    def _feature_volume(self, left: Tensor, right: Tensor) -> Tensor:
        """Join the features of pixels and of their candidates (eq. 3), weighted (eq. 4)."""
        channels, width = left.shape[1], left.shape[3]
        count = self.disparities // 2
        candidates = functional.pad(right, (count - 1, 0))
        slabs = []
        volume = left.new_empty(
            left.shape[0], 2 * channels, 0 if torch.is_grad_enabled() else count, *left.shape[2:])
        for start in range(0, count, SLAB):
            there = torch.stack([
                candidates[..., count - 1 - index:count - 1 - index + width]
                for index in range(start, min(start + SLAB, count))], 2)
            here = left.unsqueeze(2).expand_as(there)
            if self.attention is not None:
                there = self.attention(here, there)
            if torch.is_grad_enabled():
                slabs.append(torch.cat([here, there], 1))
            else:
                volume[:, :channels, start:start + SLAB] = here
                volume[:, channels:, start:start + SLAB] = there
        return torch.cat(slabs, 2) if slabs else volume

    def _average(self, weights: Tensor, chroma: Tensor) -> Tensor:
        """Average the candidates' chroma (eq. 1), or copy that of the one soft argmax finds."""
        if self.soft_argmax:
            indices = torch.arange(weights.shape[1], device=weights.device).view(1, -1, 1, 1)
            return _copy_from(chroma, (weights * indices).sum(1, keepdim=True))
        return gather_along_line(weights, chroma)


class _Attention(nn.Module):
    """Layers 19 and 20: how useful a candidate is, from its features and the pixel's."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv3d(2 * width, width, 1), nn.Sigmoid(),
                                    nn.Conv3d(width, 1, 1), nn.Sigmoid())

    def forward(self, here: Tensor, there: Tensor) -> Tensor:
        """Give the candidates' features (B, n, D, H, W), weighted."""
        return self.layers(torch.cat([here, there], 1)) * there


class _Regulation(nn.Module):
    """Layers 21 to 39: an encoder and decoder in three dimensions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide = 2 * width
        self.begin = nn.Sequential(_convolution_3d(wide, width), _convolution_3d(width, width))
        self.encoder = nn.ModuleList(
            nn.Sequential(_convolution_3d(wide if level else width, wide, 2),
                          _convolution_3d(wide, wide), _convolution_3d(wide, wide))
            for level in range(LEVELS))
        self.decoder = nn.ModuleList(
            _transposed_3d(wide, wide if level else width) for level in reversed(range(LEVELS)))
        self.end = nn.ConvTranspose3d(width, 1, 3, stride=2, padding=1, output_padding=1)

    def forward(self, owned: list[Tensor]) -> Tensor:
        """Give the weight volume (B, 2 D, 2 H, 2 W) of a feature volume (B, 2 n, D, H, W).

        Args:
            owned: the feature volume alone, which is taken out, so that its memory is free once
                it was read.
        """
        features = self.begin[0](owned.pop())
        beside = [self.begin[1](features)]
        for level in self.encoder:
            features = level(beside[-1])
            beside.append(features)
        features = beside.pop()
        for level in self.decoder:
            features = level(features) + beside.pop()
        return self.end(features).squeeze(1)


class _Residue(nn.Module):
    """Layers 40 to 93: a joint filter of ResNet2, ResNet3 and ResNet4."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.of_color = _residual_network(1, width, width)
        self.of_guide = _residual_network(1, width, width)
        self.joint = _residual_network(2 * width, width, 1)

    def forward(self, rough: Tensor, mono: Tensor) -> Tensor:
        """Correct one plane of chroma (B, 1, H, W) with the mono image (eq. 2)."""
        return rough + self.joint(torch.cat([self.of_color(rough), self.of_guide(mono)], 1))


class _ResidualPair(nn.Module):
    """Layers 2 and 3, and the residual connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(_convolution(width, width, 3), _convolution(width, width, 3))

    def forward(self, features: Tensor) -> Tensor:
        return features + self.layers(features)


def _residual_network(before: int, width: int, after: int, stride: int = 1) -> nn.Sequential:
    """Layers 1 to 18."""
    return nn.Sequential(_convolution(before, width, 5, stride),
                         *(_ResidualPair(width) for _ in range(BLOCKS)),
                         nn.Conv2d(width, after, 3, padding=1))


def _convolution(before: int, after: int, size: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, size, stride=stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(after), nn.ReLU(inplace=True))


def _convolution_3d(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv3d(before, after, 3, stride=stride, padding=1, bias=False),
                         nn.BatchNorm3d(after), nn.ReLU(inplace=True))


def _transposed_3d(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.ConvTranspose3d(before, after, 3, stride=2, padding=1, output_padding=1, bias=False),
        nn.BatchNorm3d(after), nn.ReLU(inplace=True))


def _copy_from(chroma: Tensor, disparity_px: Tensor) -> Tensor:
    """Take the chroma at a disparity (B, 1, H, W) to the left, linearly between two pixels."""
    width = chroma.shape[3]
    position = (torch.arange(width, device=chroma.device) - disparity_px).clamp(0, width - 1)
    below = position.floor().clamp_max(width - 2)
    index = below.long().expand(-1, chroma.shape[1], -1, -1)
    return torch.lerp(chroma.gather(3, index), chroma.gather(3, index + 1), position - below)
