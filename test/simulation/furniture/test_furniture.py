"""Every piece of furniture: where it stands, how large it is, what it is called, what it is of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from colorize_ros.simulation.flat.world import ROOM_KINDS
from colorize_ros.simulation.furniture.catalogue import CATALOGUE, Furnishing, Piece, Several
from colorize_ros.simulation.furniture.clutter import glass, water
from colorize_ros.simulation.furniture.electronics import monitor, television
from colorize_ros.simulation.furniture.kitchen import basin
from colorize_ros.simulation.furniture.luminaires import ceiling_panel, pendant
from colorize_ros.simulation.furniture.people import seated_person, standing_person, walking_person
from colorize_ros.simulation.furniture.plants import (
    dracaena,
    fern,
    flowers,
    palm,
    rubber_plant,
    snake_plant,
)
from colorize_ros.simulation.shapes import prints, textures
from colorize_ros.simulation.shapes.materials import (
    cloth,
    color_of,
    Palette,
    palette,
    Part,
    printed,
)

COCO = {
    'backpack', 'bed', 'bench', 'book', 'bottle', 'bowl', 'chair', 'clock', 'couch', 'cup',
    'dining table', 'handbag', 'keyboard', 'laptop', 'microwave', 'mouse', 'oven', 'person',
    'potted plant', 'refrigerator', 'sink', 'sports ball', 'suitcase', 'toaster', 'tv', 'vase',
    'wine glass'}


def pieces(name: str) -> list[Piece]:
    """Return the pieces of all rooms that belong to one of a furnishing's places."""
    found: dict[str, Piece] = {}
    for furnishing in CATALOGUE.values():
        choice = getattr(furnishing, name)
        for piece in choice.pieces if isinstance(choice, Several) else choice:
            found[piece.__name__] = piece
    return list(found.values())


STANDING = list(dict.fromkeys(piece for name in (
    'essential', 'along_walls', 'in_the_middle', 'on_the_floor') for piece in pieces(name)))
EVERY = STANDING + [piece for name in ('on_walls', 'hanging', 'rugs') for piece in pieces(name)]


@cache
def materials_of(seed: int) -> Palette:
    return palette(np.random.default_rng(seed))


@cache
def made(piece: Piece, seed: int) -> list[Part]:
    return piece(np.random.default_rng(seed), materials_of(seed))


def extent(parts: list[Part]) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([part.mesh.vertices for part in parts])
    return points.min(axis=0), points.max(axis=0)


def each(pieces_: list[Piece]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize('piece', pieces_, ids=[piece.__name__ for piece in pieces_])


def draws(piece: Piece) -> Iterator[list[Part]]:
    for seed in range(4):
        yield made(piece, seed)


def test_every_kind_of_room_has_its_furniture() -> None:
    assert set(CATALOGUE) == set(ROOM_KINDS)
    for furnishing in CATALOGUE.values():
        assert isinstance(furnishing, Furnishing)
        assert furnishing.hanging.least >= 1
        for choice in (furnishing.along_walls, furnishing.in_the_middle, furnishing.on_the_floor,
                       furnishing.on_walls, furnishing.hanging, furnishing.rugs):
            assert 0 <= choice.least <= choice.most
            assert choice.pieces or choice.most == 0


@each(STANDING)
def test_it_stands_on_the_floor(piece: Piece) -> None:
    for parts in draws(piece):
        low, high = extent(parts)
        # The rims of slanted legs reach a little below their middles.
        assert -0.006 < low[2] < 0.012, 'it floats or sinks'
        assert high[2] < 2.3, 'it does not fit under a ceiling'
        assert (high - low)[:2].max() < 3.6
        assert (high - low).max() > 0.1


@each(pieces('on_walls'))
def test_it_hangs_on_its_wall(piece: Piece) -> None:
    for parts in draws(piece):
        low, high = extent(parts)
        assert -0.01 < high[1] < 1e-4, 'its back is not on the wall'
        assert high[1] - low[1] < 0.45
        assert low[2] > 0.3
        assert high[2] < 2.35


@each(pieces('hanging'))
def test_it_hangs_from_the_ceiling_and_lights_the_room(piece: Piece) -> None:
    for parts in draws(piece):
        low, high = extent(parts)
        assert -0.85 < low[2] < high[2] < 1e-4
        assert any(part.material.radiance is not None for part in parts)


@each(EVERY)
def test_its_surfaces_are_sound(piece: Piece) -> None:
    for parts in draws(piece):
        assert sum(len(part.mesh.faces) for part in parts) < 30_000
        for mesh, material, _ in parts:
            assert np.isfinite(mesh.vertices).all()
            assert np.isfinite(mesh.uv).all()
            np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
            assert mesh.faces.max() < len(mesh.vertices)
            assert 0 <= material.infrared <= 1
            assert 0 <= material.infrared_contrast <= 1
            assert material.size_m > 0
            assert material.gloss in ('matt', 'satin', 'metal', 'mirror', 'glass')


@each(EVERY)
def test_its_things_have_names_that_detectors_know(piece: Piece) -> None:
    for parts in draws(piece):
        assert {part.thing.label for part in parts if part.thing is not None} <= COCO


@each(EVERY)
def test_the_same_state_gives_the_same_vertices_and_textures(piece: Piece) -> None:
    first, again = made(piece, 3), piece(np.random.default_rng(3), materials_of(3))
    assert first is not again
    assert len(first) == len(again)
    for one, other in zip(first, again):
        np.testing.assert_array_equal(one.mesh.vertices, other.mesh.vertices)
        np.testing.assert_array_equal(one.material.texture, other.material.texture)
        assert one.material.infrared == other.material.infrared


@pytest.mark.parametrize(('kind', 'labels'), [
    ('living_room', {'couch', 'tv'}), ('bedroom', {'bed'}), ('office', {'chair', 'dining table'}),
    ('kitchen', {'sink', 'oven', 'refrigerator', 'microwave'})])
def test_a_room_is_known_by_what_is_essential(kind: str, labels: set[str]) -> None:
    for seed in range(4):
        found = {part.thing.label for piece in CATALOGUE[kind].essential
                 for part in made(piece, seed) if part.thing is not None}
        assert labels <= found


def test_two_chairs_at_a_table_are_two_things() -> None:
    dining, = CATALOGUE['kitchen'].in_the_middle.pieces
    parts = made(dining, 1)
    chairs = {id(part.thing) for part in parts if part.thing and part.thing.label == 'chair'}
    assert len(chairs) >= 3


def faint(parts: list[Part], label: str) -> float:
    """Return the darkest near infrared among the parts of a thing."""
    return min(part.material.infrared for part in parts
               if part.thing is not None and part.thing.label == label)


@each([dracaena, fern, flowers, palm, rubber_plant, snake_plant])
def test_foliage_is_bright_in_the_near_infrared(piece: Piece) -> None:
    for parts in draws(piece):
        leaves = [part.material for part in parts if part.material.infrared > 0.65
                  and np.argmax(part.material.texture.reshape(-1, 3).mean(axis=0)) == 1]
        assert leaves, 'nothing is green and bright in the near infrared'


def test_screens_and_water_are_dark_in_the_near_infrared() -> None:
    for seed in range(4):
        for piece in (television, monitor):
            assert faint(made(piece, seed), 'tv') < 0.07
        assert faint(made(basin, seed), 'sink') < 0.07
    assert water().infrared < 0.05
    assert any(part.material.gloss == 'glass' and part.material.infrared == 0
               for part in made(glass, 0))


def test_dyed_cloth_is_bright_in_the_near_infrared_whatever_its_color() -> None:
    rng = np.random.default_rng(0)
    dark = [cloth(rng, color_of(rng, (0, 1), (0.02, 0.15))) for _ in range(40)]
    light = [cloth(rng, color_of(rng, (0, 0.2), (0.85, 0.95))) for _ in range(40)]
    for material in dark + light:
        assert 0.4 <= material.infrared <= 0.8
        assert material.infrared_contrast < 0.3
    means = [np.mean([material.infrared for material in cloths]) for cloths in (dark, light)]
    assert abs(means[0] - means[1]) < 0.08
    assert printed(prints.page(rng), 0.3).infrared_contrast < 0.2


@each([standing_person, walking_person, seated_person])
def test_a_person_has_bright_skin_and_a_human_height(piece: Piece) -> None:
    for parts in draws(piece):
        person = [part for part in parts if part.thing and part.thing.label == 'person']
        low, high = extent(person)
        assert 1.2 < high[2] - low[2] < 1.95
        assert any(0.5 < part.material.infrared < 0.7 for part in person)
        if piece is seated_person:
            assert any(part.thing and part.thing.label == 'chair' for part in parts)


def test_bulbs_send_out_near_infrared_and_diodes_hardly_any() -> None:
    def ratio(piece: Piece) -> float:
        lamp, = [part.material for part in made(piece, 0) if part.material.radiance]
        assert lamp.source == 'lamp'
        return lamp.infrared_radiance / lamp.radiance[0]

    assert ratio(pendant) > 0.8
    assert ratio(ceiling_panel) < 0.05


TILING = {
    'plaster': lambda rng: textures.plaster(rng, (0.8, 0.8, 0.7)),
    'wood': lambda rng: textures.wood(rng, (0.6, 0.4, 0.2)),
    'planks': lambda rng: textures.wood(rng, (0.6, 0.4, 0.2), planks=8),
    'tiles': lambda rng: textures.tiles(rng, (0.7, 0.7, 0.7), (0.4, 0.4, 0.4)),
    'fabric': lambda rng: textures.fabric(rng, (0.2, 0.3, 0.6)),
    'stripes': lambda rng: textures.stripes(rng, (0.2, 0.3, 0.6), (0.9, 0.9, 0.9)),
    'checked': lambda rng: textures.checked(rng, (0.2, 0.3, 0.6), (0.9, 0.9, 0.9)),
    'dotted': lambda rng: textures.dotted(rng, (0.2, 0.3, 0.6), (0.9, 0.9, 0.9)),
    'knitted': lambda rng: textures.knitted(rng, (0.2, 0.3, 0.6), (0.9, 0.9, 0.9)),
    'brushed': lambda rng: textures.brushed(rng, (0.7, 0.7, 0.7)),
    'stone': lambda rng: textures.stone(rng, (0.5, 0.5, 0.5)),
    'carpet': lambda rng: textures.carpet(rng, [(0.2, 0.3, 0.6), (0.9, 0.9, 0.9)]),
}
SHOWN = {
    'landscape': prints.landscape, 'abstract': prints.abstract, 'poster': prints.poster,
    'picture': prints.picture, 'page': prints.page, 'clock': prints.clock_face,
    'desktop': prints.desktop,
    'spines': lambda rng: prints.spines(rng, [(0.2, 0.3, 0.6), (0.9, 0.2, 0.1)]),
    'keys': lambda rng: prints.keys(rng, (0.1, 0.1, 0.1), (0.2, 0.2, 0.2)),
}


@pytest.mark.parametrize('texture', [*TILING.values(), *SHOWN.values()], ids=[*TILING, *SHOWN])
def test_textures_are_pictures_and_repeatable(texture) -> None:
    made_ = texture(np.random.default_rng(5))
    assert made_.shape == (textures.SIZE, textures.SIZE, 3)
    assert made_.dtype == np.uint8
    assert made_.std() > 1
    np.testing.assert_array_equal(made_, texture(np.random.default_rng(5)))


@pytest.mark.parametrize('texture', TILING.values(), ids=TILING)
def test_textures_of_surfaces_tile(texture) -> None:
    picture = texture(np.random.default_rng(5)).astype(float)
    for axis in (0, 1):
        around = np.concatenate([picture, picture.take([0], axis)], axis)
        steps = np.abs(np.diff(around, axis=axis)).mean(axis=(1 - axis, 2))
        assert steps[-1] <= steps[:-1].max() * 1.05 + 1
