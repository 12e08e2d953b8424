"""Rivals that translate images, as depth is colorized by them: Pix2Pix, CycleGAN, BicycleGAN.

Isola et al. 2017, "Image-to-Image Translation with Conditional Adversarial Networks"; Zhu et al.
2017, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks"; Zhu et
al. 2017, "Toward Multimodal Image-to-Image Translation". Generators for 128 rows, with fewer
channels than published (64 in the first layer of each), so that weights stay small.

Depth is (B, 1, H, W) in [0, 1], without holes; color (B, 3, H, W) in [0, 1].
"""

from __future__ import annotations

from torch import nn, Tensor

from colorize_ros.networks.image_generators import (
    CodeEncoder,
    InstanceNorm,
    ResidualGenerator,
    UNet,
)

# Levels of a U-Net, after its deepest, where Pix2Pix drops half of the features.
DROPPED = (4, 5)


class _Translator(nn.Module):
    """What the three share; a reference tells them nothing, unless they say otherwise."""

    multiple = 32
    working_rows = 128

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        """Give what references tell: nothing.

        Args:
            color: (B, R, 3, H, W).
            depth: (B, R, 1, H, W).
        """
        return ()

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Give (B, 3, H, W) in [0, 1] for depth (B, 1, H, W)."""
        raise NotImplementedError

    def forward(self, depth: Tensor, color: Tensor, reference_depth: Tensor) -> Tensor:
        """Colorize with one reference.

        Args:
            depth: (B, 1, H, W), H and W multiples of `multiple`.
            color: (B, 3, H, W) of the reference.
            reference_depth: (B, 1, H, W).

        Returns:
            (B, 3, H, W) in [0, 1].
        """
        return self.colorize(depth, *self.remember(color[:, None], reference_depth[:, None]))


class Pix2Pix(_Translator):
    """A U-Net with batch normalisation (Isola et al. 2017, section 6.1).

    Noise is there as dropout while training alone: a video of one place is to have one color.

    Args:
        width: channels of the first layer.
    """

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.generator = UNet(width, nn.BatchNorm2d, dropped=DROPPED)

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Give (B, 3, H, W) in [0, 1] for depth (B, 1, H, W)."""
        return _to_unit(self.generator(2 * depth - 1), depth)


class CycleGan(_Translator):
    """A generator each way, of residual blocks (Zhu et al. 2017, section 7.1).

    Both take three channels, depth thrice, so that each can be asked to leave alone what it is to
    make (`to_color` of color).

    Args:
        width: channels of the first layer.
        blocks: residual blocks; six are the paper's for 128 x 128.
    """

    multiple = 4

    def __init__(self, width: int = 16, blocks: int = 6) -> None:
        super().__init__()
        self.color_generator = ResidualGenerator(3, width, blocks)
        self.depth_generator = ResidualGenerator(1, width, blocks)

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Give (B, 3, H, W) in [0, 1] for depth (B, 1, H, W)."""
        return self.to_color(depth.expand(-1, 3, -1, -1))

    def to_color(self, image: Tensor) -> Tensor:
        """Give color (B, 3, H, W) for depth thrice, or for color, (B, 3, H, W)."""
        return _to_unit(self.color_generator(2 * image - 1), image)

    def to_depth(self, image: Tensor) -> Tensor:
        """Give depth (B, 1, H, W) for color, or for depth thrice, (B, 3, H, W)."""
        return _to_unit(self.depth_generator(2 * image - 1), image)


class BicycleGan(_Translator):
    """A U-Net that is told a code, and the encoder of such codes from color.

    Zhu et al. 2017, "Toward Multimodal Image-to-Image Translation", section 4: the code goes into
    each layer of the U-Net's encoder; the encoder of codes is of residual blocks.

    Args:
        width: channels of the first layers.
        code: numbers of a code.
    """

    def __init__(self, width: int = 24, code: int = 8) -> None:
        super().__init__()
        self.code = code
        self.generator = UNet(width, InstanceNorm, code=code)
        self.encoder = CodeEncoder(width, code)

    def remember(self, color: Tensor, depth: Tensor) -> tuple[Tensor, ...]:
        """Give the code of the first reference.

        Args:
            color: (B, R, 3, H, W).
            depth: (B, R, 1, H, W), not looked at.

        Returns:
            The mean of its distribution (B, code, 1, 1).
        """
        return (self.encode(color[:, 0])[0][:, :, None, None],)

    def encode(self, color: Tensor) -> tuple[Tensor, Tensor]:
        """Give the distribution of a code: mean and logarithm of variance, (B, code) each."""
        return self.encoder(2 * color - 1)

    def colorize(self, depth: Tensor, *remembered: Tensor) -> Tensor:
        """Give (B, 3, H, W) in [0, 1] for depth (B, 1, H, W) and a code (B, code, 1, 1)."""
        return _to_unit(self.generator(2 * depth - 1, remembered[0]), depth)


def _to_unit(image: Tensor, like: Tensor) -> Tensor:
    """Bring [-1, 1] to [0, 1], in the type of `like`."""
    return (image.to(like.dtype) + 1) / 2
