"""What a memory on disk survives, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_ros.errors import ConfigurationError, DataError
from colorize_ros.pipelines import reference_store
from colorize_ros.pipelines.reference_memory import Sight
from colorize_ros.pipelines.reference_store import read_reference, ReferenceStore
from colorize_ros.pipelines.references import Reference


def sight(number: int) -> Sight:
    rng = np.random.default_rng(number)
    depth_m = rng.integers(500, 5000, (36, 48)).astype(np.float32) / 1000
    depth_m[rng.random((36, 48)) < 0.2] = np.nan
    rgb = rng.integers(0, 256, (36, 48, 3)).astype(np.uint8)
    return Sight(Reference(rgb, depth_m), rng.random(7).astype(np.float32), 'ab' * 32,
                 0.5 + 0.01 * number, 100 + number)


@pytest.fixture
def store(tmp_path: Path) -> ReferenceStore:
    return ReferenceStore(tmp_path / 'memory')


def same(first: Sight, second: Sight) -> None:
    np.testing.assert_array_equal(first.reference.rgb, second.reference.rgb)
    np.testing.assert_allclose(first.reference.depth_m, second.reference.depth_m, atol=1e-6)
    np.testing.assert_array_equal(first.code, second.code)
    assert (first.model, first.light, first.taken_ns) == (
        second.model, second.light, second.taken_ns)


def files(store: ReferenceStore, name: str) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in store.place_of(name).iterdir()}


def test_what_is_saved_is_loaded_oldest_first(store: ReferenceStore) -> None:
    written = [sight(number) for number in range(3)]
    store.save('kitchen', written[::-1])
    loaded = ReferenceStore(store.folder).load('kitchen')
    assert loaded.warnings == []
    assert len(loaded.sights) == 3
    for one, other in zip(written, loaded.sights):
        same(one, other)
    assert store.names() == ['kitchen']


def test_a_memory_is_what_was_saved_last_and_nothing_is_written_twice(
        store: ReferenceStore) -> None:
    first, second, third = (sight(number) for number in range(3))
    store.save('kitchen', [first, second])
    before = files(store, 'kitchen')
    (store.place_of('kitchen') / f'{"0" * 64}_color.png.part').touch()
    again = ReferenceStore(store.folder)
    loaded = again.load('kitchen').sights
    again.save('kitchen', [loaded[1], third])
    after = files(again, 'kitchen')
    assert len(before) == len(after) == 6
    kept = set(before) & set(after)
    assert len(kept) == 3
    assert all(before[name] == after[name] for name in kept)
    store.save('kitchen', [])
    assert files(store, 'kitchen') == {}


def test_files_of_others_are_left_alone(store: ReferenceStore) -> None:
    store.save('kitchen', [sight(0)])
    names = {'cup_color.png', 'cup_depth.png', 'cup.safetensors', 'cup.part', 'notes.txt'}
    for name in names:
        (store.place_of('kitchen') / name).touch()
    store.save('kitchen', [])
    assert set(files(store, 'kitchen')) == names


def test_a_sight_can_be_in_two_memories(store: ReferenceStore) -> None:
    only = sight(0)
    for name in ('kitchen', 'hall'):
        store.save(name, [only])
        same(store.load(name).sights[0], only)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize('damage', [
    flip, Path.unlink, lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(path.read_bytes()[:-9])],
    ids=['a bit', 'missing', 'empty', 'cut short'])
@pytest.mark.parametrize('kind', ['_color.png', '_depth.png', '.safetensors'])
def test_what_is_damaged_is_left_out_with_a_warning(
        store: ReferenceStore, damage: Callable[[Path], None], kind: str) -> None:
    damaged, whole = sight(0), sight(1)
    store.save('kitchen', [damaged])
    path, = store.place_of('kitchen').glob(f'*{kind}')
    store.save('kitchen', [damaged, whole])
    damage(path)
    loaded = ReferenceStore(store.folder).load('kitchen')
    assert len(loaded.sights) == 1
    same(loaded.sights[0], whole)
    if kind == '.safetensors' and damage is Path.unlink:
        assert loaded.warnings == []
    else:
        assert len(loaded.warnings) == 1
        assert 'is left out' in loaded.warnings[0]


def test_foreign_files_are_left_out_with_a_warning(store: ReferenceStore) -> None:
    from hashlib import sha256

    from safetensors.numpy import save

    store.save('kitchen', [sight(0)])
    for content in (b'{}', save({'code': np.zeros(3, np.float32)}),
                    save({'code': np.zeros(3, np.float32)}, {'sight': '[]'}),
                    save({'code': np.zeros((3, 3), np.float32)}, {
                        'sight': '{"color": "a", "depth": "..", "model": "", "light": 1, '
                                 '"taken_ns": 1}'})):
        path = store.place_of('kitchen') / f'{sha256(content).hexdigest()}.safetensors'
        path.write_bytes(content)
    loaded = store.load('kitchen')
    assert len(loaded.sights) == 1
    assert len(loaded.warnings) == 4


@pytest.mark.parametrize('after', range(1, 4))
def test_a_run_that_ends_while_it_writes_leaves_whole_sights(
        store: ReferenceStore, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    store.save('kitchen', [sight(0)])
    written = 0
    write = reference_store._write_whole

    def cut(path: Path, content: bytes) -> None:
        nonlocal written
        written += 1
        if written == after:
            path.with_name(path.name + '.part').write_bytes(content[:7])
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(reference_store, '_write_whole', cut)
    with pytest.raises(KeyboardInterrupt):
        store.save('kitchen', [sight(0), sight(1)])
    loaded = ReferenceStore(store.folder).load('kitchen')
    assert loaded.warnings == []
    same(loaded.sights[0], sight(0))


@pytest.mark.parametrize('name', ['', '.', '..', '../kitchen', 'a/b', '/etc', '.hidden', 'a' * 65,
                                  'new\nline', 'a\x00b'])
def test_names_that_lead_elsewhere_are_refused(store: ReferenceStore, name: str) -> None:
    for act in (lambda: store.save(name, []), lambda: store.load(name)):
        with pytest.raises(ConfigurationError, match='no name of a memory'):
            act()


def test_a_link_that_leads_elsewhere_is_refused(store: ReferenceStore, tmp_path: Path) -> None:
    store.folder.mkdir()
    (tmp_path / 'elsewhere').mkdir()
    (store.folder / 'kitchen').symlink_to(tmp_path / 'elsewhere')
    with pytest.raises(ConfigurationError, match='no link'):
        store.save('kitchen', [sight(0)])
    assert not list((tmp_path / 'elsewhere').iterdir())


def test_a_memory_that_is_not_there_is_an_error_that_names_the_others(
        store: ReferenceStore) -> None:
    with pytest.raises(DataError, match='there are none'):
        store.load('kitchen')
    store.save('hall', [sight(0)])
    with pytest.raises(DataError, match='hall'):
        store.load('kitchen')


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(DataError, match='Set memory_folder'):
        ReferenceStore(tmp_path / 'file').save('kitchen', [sight(0)])


def test_depth_beyond_16_bits_is_unknown_afterwards(store: ReferenceStore) -> None:
    far = sight(0)
    far.reference.depth_m[0, :3] = 70, np.inf, 65.5
    store.save('hall', [far])
    depth_m = store.load('hall').sights[0].reference.depth_m
    np.testing.assert_array_equal(np.isfinite(depth_m[0, :3]), [False, False, True])


def write_pair(folder: Path, rgb: np.ndarray, depth: np.ndarray) -> tuple[Path, Path]:
    paths = folder / 'color.png', folder / 'depth.png'
    cv2.imwrite(str(paths[0]), rgb[..., ::-1])
    cv2.imwrite(str(paths[1]), depth)
    return paths


def test_a_reference_is_read_from_two_files(tmp_path: Path) -> None:
    rgb = np.full((36, 48, 3), (200, 100, 50), np.uint8)
    depth = np.full((36, 48), 1500, np.uint16)
    depth[0] = 0
    reference = read_reference(*write_pair(tmp_path, rgb, depth))
    np.testing.assert_array_equal(reference.rgb, rgb)
    assert np.isnan(reference.depth_m[0]).all()
    np.testing.assert_allclose(reference.depth_m[1:], 1.5)


def test_what_makes_no_reference_is_refused(tmp_path: Path) -> None:
    rgb, depth = np.zeros((36, 48, 3), np.uint8), np.ones((36, 48), np.uint16)
    color, known = write_pair(tmp_path, rgb, depth)
    with pytest.raises(DataError, match='cannot be read'):
        read_reference(tmp_path / 'missing.png', known)
    with pytest.raises(DataError, match='16-bit PNG'):
        read_reference(color, color)
    (tmp_path / 'empty').touch()
    with pytest.raises(DataError, match='16-bit PNG'):
        read_reference(tmp_path / 'empty', known)
    with pytest.raises(DataError, match=r'color\.png and .*are no reference: .* as large'):
        read_reference(*write_pair(tmp_path, rgb[:, :40], depth))
    with pytest.raises(DataError, match=r'color\.png .* no pixel of the depth'):
        read_reference(*write_pair(tmp_path, rgb, 0 * depth))
