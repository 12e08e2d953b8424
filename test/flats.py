"""Flats that several tests look at, each drawn once."""
from __future__ import annotations

from functools import cache

import numpy as np

from colorize_ros.simulation.flat.floor_plan import make_world
from colorize_ros.simulation.flat.world import World

SEEDS = range(6)


@cache
def flat(seed: int) -> World:
    return make_world(np.random.default_rng(seed))


@cache
def room(kind: str, seed: int) -> World:
    return make_world(np.random.default_rng([seed, 17]), kinds=(kind,))
