"""Flats drawn from a random generator."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError
from colorize_ros.simulation.flat.floor_plan import make_world
from colorize_ros.simulation.flat.furnishing import furnish, place_essential, place_in_the_middle
from colorize_ros.simulation.flat.layout import Block, Layout
from colorize_ros.simulation.flat.paths import FreeSpace
from colorize_ros.simulation.flat.shell import sides
from colorize_ros.simulation.flat.world import Area, ROOM_KINDS, World
from colorize_ros.simulation.shapes.materials import palette, Part
from flats import flat, room, SEEDS

HALLMARKS = {
    'bedroom': {'bed'},
    'kitchen': {'sink', 'refrigerator'},
    'living_room': {'couch', 'tv'},
    'office': {'chair', 'dining table'},
}


def inside(part: Part, area: Area, margin: float = 0.2) -> bool:
    points = part.mesh.vertices[:, :2]
    return bool((points > np.subtract(area.low, margin)).all()
                and (points < np.add(area.high, margin)).all())


def lights(world: World, area: Area, source: str) -> list[Part]:
    return [part for part in world.parts if part.material.radiance is not None
            and part.material.source == source and inside(part, area)]


def test_the_same_seed_gives_the_same_flat_vertex_for_vertex() -> None:
    again = make_world(np.random.default_rng(3))
    assert again.areas == flat(3).areas
    assert len(again.parts) == len(flat(3).parts)
    for one, other in zip(flat(3).parts, again.parts):
        np.testing.assert_array_equal(one.mesh.vertices, other.mesh.vertices)
        np.testing.assert_array_equal(one.material.texture, other.material.texture)
    np.testing.assert_array_equal(again.occupied, flat(3).occupied)
    assert flat(4).areas != flat(3).areas


@pytest.mark.parametrize('seed', SEEDS)
def test_a_flat_is_two_kinds_of_rooms_in_a_row(seed: int) -> None:
    world = flat(seed)
    rooms = [area.kind for area in world.areas if area.kind != 'corridor']
    assert len(set(rooms)) == len(rooms) == 2
    for one, other in zip(world.areas, world.areas[1:]):
        assert 0.05 < other.low[0] - one.high[0] < 0.2
    points = np.concatenate([part.mesh.vertices for part in world.parts])
    low = np.min([area.low for area in world.areas], axis=0)
    high = np.max([area.high for area in world.areas], axis=0)
    assert (points[:, :2] > low - 0.2).all()
    assert (points[:, :2] < high + 0.2).all()
    assert points[:, 2].min() > -0.2
    assert len(world.occupied) == len(world.height_m) > 10


@pytest.mark.parametrize('seed', SEEDS)
def test_every_room_is_lit_and_has_a_window(seed: int) -> None:
    for area in flat(seed).areas:
        lamps = lights(flat(seed), area, 'lamp')
        assert any(lamp.mesh.vertices[:, 2].max() > 0.65 * area.height_m for lamp in lamps)
        assert area.kind == 'corridor' or lights(flat(seed), area, 'window')


@pytest.mark.parametrize('seed', SEEDS)
def test_every_room_can_be_driven_to(seed: int) -> None:
    space = FreeSpace(flat(seed))
    cells = np.argwhere(space.clear)
    wall = flat(seed).areas[0].high[0]
    start = cells[np.argmin(np.abs(space.point(cells)[:, 0] - wall - 0.05))]
    reached = space.point(space.flood((int(start[0]), int(start[1]))).goals)
    for area in flat(seed).areas:
        here = ((reached > area.low) & (reached < area.high)).all(axis=1)
        assert here.sum() * 0.01 > 0.5, f'{area.kind}: less than half a square metre'


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('kind', HALLMARKS)
def test_a_room_is_known_by_its_furniture(kind: str, seed: int) -> None:
    world = room(kind, seed)
    assert [area.kind for area in world.areas] == [kind]
    assert {thing.label for thing in world.things} >= HALLMARKS[kind]


@pytest.mark.parametrize('seed', range(3))
@pytest.mark.parametrize('kind', ROOM_KINDS)
def test_no_two_pieces_share_space(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    area = Area(kind, (-2.1, -1.8), (2.1, 2.0), 2.5)
    layout = Layout(area)
    doorway = Block((0.0, 1.6), (0.5, 0.4), 0.0, 0.0, 2.1)
    layout.keep_free(doorway)
    materials = palette(rng)
    place_essential(rng, layout, sides(area), materials)
    place_in_the_middle(rng, layout, materials)
    furnish(rng, layout, sides(area), materials)
    assert layout.blocks
    share = np.stack(np.meshgrid(*[np.linspace(-0.98, 0.98, 25)] * 2), axis=2).reshape(-1, 2)
    for one, other in combinations([doorway, *layout.blocks], 2):
        points = one.centre + (share * one.half) @ one.axes()
        local = (points - other.centre) @ other.axes().T
        common = (np.abs(local) < np.array(other.half) - 1e-6).all(axis=1).any()
        apart = one.low_m >= other.high_m or other.low_m >= one.high_m
        assert apart or not common
    for block in layout.blocks:
        assert (np.abs(block.corners() - (0, 0.1)) < (2.11, 1.91)).all()


@given(x=st.floats(-2, 2), y=st.floats(-2, 2), yaw=st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_circles_cover_a_piece_and_not_much_more(x: float, y: float, yaw: float) -> None:
    block = Block((x, y), (0.8, 0.25), yaw, 0.0, 1.0)
    share = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    points = block.centre + (share * block.half) @ block.axes()
    circles = np.array(block.circles())
    apart = np.linalg.norm(points[:, None] - circles[None, :, :2], axis=2) - circles[:, 2]
    assert (apart.min(axis=1) < 1e-9).all()
    local = (circles[:, :2] - block.centre) @ block.axes().T
    assert (np.abs(local) + circles[:, 2:] < np.array(block.half) + 0.12).all()


@pytest.mark.parametrize('kinds', [(), ('cellar',), ('kitchen', 'garage')])
def test_unknown_rooms_are_refused(kinds: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError, match='living_room, bedroom'):
        make_world(np.random.default_rng(0), kinds)
