"""A place is learned, recalled and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.pipelines import place_memory
from colorize_ros.pipelines.place_memory import PlaceMemory
from colorize_ros.pipelines.reference_memory import ReferenceMemory
from colorize_ros.pipelines.reference_store import ReferenceStore
from colorize_ros.pipelines.references import Reference
from places import DummyDepthColorizer, HEIGHT, Info, wall, WIDTH

RED, GREEN, BLUE = wall((200, 40, 40), 1.0), wall((40, 200, 40), 2.0), wall((40, 40, 200), 4.0)


def place(folder: Path, *, kept_as: str = '', at_once: int = 1, most: int = 8,
          colorizer: DummyDepthColorizer | None = None) -> PlaceMemory:
    return PlaceMemory(colorizer or DummyDepthColorizer(),  # type: ignore[arg-type]
                       ReferenceMemory(most, 10 ** 9), ReferenceStore(folder), kept_as=kept_as,
                       at_once=at_once)


def learn(memory: PlaceMemory, *references: Reference) -> None:
    for number, reference in enumerate(references):
        assert memory.learn(reference, 0.9, number)


def seen(depth_m: float) -> np.ndarray:
    return np.full((HEIGHT, WIDTH), depth_m, np.float32)


def test_depth_gets_the_appearance_of_the_reference_that_looks_like_it(tmp_path: Path) -> None:
    memory = place(tmp_path)
    assert memory.appearance_for(seen(1.9)) is None
    assert memory.difference is None
    learn(memory, RED, GREEN, BLUE)
    for depth_m, color in ((0.9, (200, 40, 40)), (1.9, (40, 200, 40)), (9.0, (40, 40, 200))):
        appearance = memory.appearance_for(seen(depth_m))
        assert appearance is not None
        np.testing.assert_allclose(appearance.code, color)
    assert memory.difference == pytest.approx(np.log(9 / 4), abs=1e-4)


def test_an_appearance_is_made_once_for_a_choice(tmp_path: Path) -> None:
    colorizer = DummyDepthColorizer()
    memory = place(tmp_path, colorizer=colorizer, at_once=2)
    learn(memory, RED, GREEN, BLUE)
    made = len(colorizer.remembered)
    for _ in range(3):
        memory.appearance_for(seen(1.9))
    assert len(colorizer.remembered) == made + 1
    assert [reference.depth_m[0, 0] for reference in colorizer.remembered[-1]] == [2.0, 1.0]
    memory.forget_choice()
    memory.appearance_for(seen(1.9))
    assert len(colorizer.remembered) == made + 2


def test_a_place_is_known_again_the_next_night(tmp_path: Path) -> None:
    before = place(tmp_path, kept_as='home')
    learn(before, RED, BLUE)
    before.keep()
    after = place(tmp_path, kept_as='home')
    assert after.load_kept() == []
    assert after.references == 2
    appearance = after.appearance_for(seen(4.0))
    assert appearance is not None
    np.testing.assert_allclose(appearance.code, (40, 40, 200))
    after.clear()
    assert place(tmp_path, kept_as='home').load_kept() == []
    assert not list(tmp_path.glob('home/*'))


def test_what_is_not_to_be_kept_is_written_when_asked_alone(tmp_path: Path) -> None:
    memory = place(tmp_path)
    learn(memory, RED)
    memory.keep(now=True)
    assert not list(tmp_path.iterdir())
    memory.save('home')
    learn(memory, GREEN)
    memory.keep(now=True)
    assert len(ReferenceStore(tmp_path).load('home').sights) == 1


def test_it_is_kept_now_and_then_and_under_the_name_that_was_loaded(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = ReferenceStore(tmp_path)
    memory = place(tmp_path, kept_as='home')
    learn(memory, RED)
    memory.keep()
    learn(memory, GREEN)
    memory.keep()
    assert len(stored.load('home').sights) == 1
    monkeypatch.setattr(place_memory, 'SAVE_PERIOD_S', 0.0)
    memory.keep()
    assert len(stored.load('home').sights) == 2
    memory.save('office')
    learn(memory, BLUE)
    memory.keep()
    assert len(stored.load('home').sights) == 2
    assert len(stored.load('office').sights) == 3
    memory.load('home')
    assert memory.references == 2
    learn(memory, BLUE)
    memory.keep()
    assert len(stored.load('home').sights) == 3


def test_codes_of_another_network_are_made_again(tmp_path: Path) -> None:
    before = place(tmp_path, kept_as='home')
    learn(before, RED, GREEN)
    before.keep()
    other = DummyDepthColorizer(Info(sha256='other'))
    after = place(tmp_path, kept_as='home', colorizer=other)
    after.load_kept()
    assert len(other.remembered) == 2
    after.save('home')
    assert {sight.model for sight in ReferenceStore(tmp_path).load('home').sights} == {'other'}


def test_damage_is_told_and_the_rest_held(tmp_path: Path) -> None:
    before = place(tmp_path, kept_as='home')
    learn(before, RED, GREEN)
    before.keep()
    next(tmp_path.glob('home/*_depth.png')).write_bytes(b'nothing')
    after = place(tmp_path, kept_as='home')
    warnings = after.load_kept()
    assert len(warnings) == 1
    assert 'damaged' in after.trouble
    assert after.references == 1


def test_a_disk_that_cannot_be_written_is_told_and_learning_goes_on(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    memory = place(tmp_path / 'file', kept_as='home')
    learn(memory, RED)
    memory.keep()
    assert 'cannot be written' in memory.trouble
    learn(memory, GREEN)
    with pytest.raises(DataError, match='cannot be written'):
        memory.save('home')


def test_a_memory_that_is_too_small_for_what_was_kept_holds_what_it_can(tmp_path: Path) -> None:
    before = place(tmp_path, kept_as='home')
    learn(before, RED, GREEN, BLUE)
    before.keep()
    after = place(tmp_path, kept_as='home', most=2)
    after.load_kept()
    assert after.references == 2


def test_bad_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='no name'):
        place(tmp_path, kept_as='../home').load_kept()
    with pytest.raises(DataError, match='there is no memory'):
        place(tmp_path).load('home')


def test_it_says_what_it_holds(tmp_path: Path) -> None:
    memory = place(tmp_path)
    learn(memory, RED, GREEN)
    said = memory.describe().splitlines()
    assert said[0].startswith('2 of at most 8 references')
    assert len(said) == 3
    assert '64 x 48' in said[1]
