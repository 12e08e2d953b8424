"""Networks that losses train for themselves: a discriminator, a network of edges."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import distributed, nn, Tensor


class Helper:
    """A network with an optimiser of its own, kept in the checkpoint with the main one.

    Losses that have such networks list them, by name, in an attribute `helpers`.

    Args:
        network: on its device already. All its parameters must take part in each step.
        optimizer: of its parameters.
    """

    def __init__(self, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        self.network = network
        self.optimizer = optimizer

    def __call__(self, *inputs: Tensor) -> Any:
        """Run the network."""
        return self.network(*inputs)

    def step(self, loss: Tensor) -> None:
        """Descend once; a loss whose gradients are not finite is left out.

        Several processes average their gradients, and keep the first one's statistics.

        Args:
            loss: depends on this network alone: what the main network made must be detached.
        """
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if distributed.is_available() and distributed.is_initialized():
            self._share()
        if torch.isfinite(nn.utils.clip_grad_norm_(self.network.parameters(), math.inf)):
            self.optimizer.step()

    def _share(self) -> None:
        for parameter in self.network.parameters():
            if parameter.grad is not None:
                distributed.all_reduce(parameter.grad)
                parameter.grad /= distributed.get_world_size()
        for buffer in self.network.buffers():
            distributed.broadcast(buffer, 0)
