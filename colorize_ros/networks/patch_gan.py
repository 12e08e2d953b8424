"""A critic of patches at several sizes (Isola et al. 2017; Wang et al. 2018, "pix2pixHD")."""

from __future__ import annotations

from torch import nn, Tensor
from torch.nn import functional


class PatchGan(nn.Module):
    """PatchGANs with instance normalisation, each looking at half the size of the one before.

    Args:
        channels: of the pictures, with what they are conditioned on.
        width: channels of the first layer; the next have 2, 4 and 8 times as many.
        scales: how many PatchGANs, each with weights of its own.
    """

    def __init__(self, channels: int, width: int = 64, scales: int = 2) -> None:
        super().__init__()
        self.critics = nn.ModuleList(_critic(channels, width) for _ in range(scales))

    def forward(self, picture: Tensor) -> list[Tensor]:
        """Say of each patch how real it looks.

        Args:
            picture: (B, channels, H, W) in [0, 1]; sides at least 32 times 2^(scales - 1).

        Returns:
            Of each scale, finest first, (B, 1, H / 8 - 2, W / 8 - 2) of the picture at that
            scale; unbounded, for least squares as for a cross entropy.
        """
        logits = []
        for index, critic in enumerate(self.critics):
            if index:
                picture = functional.avg_pool2d(picture, 2)
            logits.append(critic(picture * 2 - 1))
        return logits


def _critic(channels: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(channels, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    for before, after, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
        layers += [nn.Conv2d(width * before, width * after, 4, stride=stride, padding=1),
                   nn.InstanceNorm2d(width * after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(width * 8, 1, 4, padding=1))
