"""Stored outputs: whole or not at all, checked before they are used, bounded, and never taken from others."""

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.runs.store import ENTRY, HELD, KEEP, Damaged, Entry, Store

NAME = "0123abcd"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "stages")


def write(store: Store, name: str = NAME, *, stage: str = "rows", content: bytes = b"content") -> Entry:
    draft = store.draft()
    (draft.folder / "table").mkdir()
    (draft.folder / "table" / "00000.parquet").write_bytes(content)
    (draft.folder / "part-001.npy").write_bytes(content[::-1])
    return store.seal(draft, name, {"stage": stage, "caps": [], "outline": {}})


def left(store: Store, name: str = NAME, **more: str) -> Path:
    """An output that no run is using any more."""
    entry = write(store, name, **more)
    os.close(entry.handle)
    return entry.folder


def used(folder: Path, days: float) -> None:
    """Have an output last used so many days ago."""
    then = time.time() - days * 86_400
    os.utime(folder / HELD, (then, then))


def test_an_output_is_read_as_it_was_written(store: Store) -> None:
    folder = left(store)
    entry = store.open(NAME)
    assert entry is not None and entry.folder == folder
    assert entry.parts["table/00000.parquet"].read_bytes() == b"content"
    assert entry.said["stage"] == "rows" and entry.bytes == 14
    assert store.open("another") is None


def test_nothing_stored_is_open_to_others(store: Store) -> None:
    previous = os.umask(0)
    try:
        folder = left(store)
    finally:
        os.umask(previous)
    for path in (store.folder, folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def flip(folder: Path) -> None:
    part = folder / "part-001.npy"
    part.write_bytes(bytes([part.read_bytes()[0] ^ 1]) + part.read_bytes()[1:])


def forge(folder: Path) -> None:
    said = json.loads((folder / ENTRY).read_text())
    said["of"]["caps"] = [{"stage": "rows", "what": "nothing", "count": 1}]
    (folder / ENTRY).write_text(json.dumps(said))


def link(folder: Path) -> None:
    part = folder / "part-001.npy"
    part.rename(folder / "elsewhere")
    part.symlink_to(folder / "elsewhere")


def link_above(folder: Path) -> None:
    (folder / "table").rename(folder / "other")
    (folder / "table").symlink_to(folder / "other")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "one bit": flip,
    "cut short": lambda folder: os.truncate(folder / "part-001.npy", 3),
    "longer": lambda folder: (folder / "part-001.npy").write_bytes(b"x" * 8),
    "a part gone": lambda folder: (folder / "table" / "00000.parquet").unlink(),
    "its entry gone": lambda folder: (folder / ENTRY).unlink(),
    "its entry empty": lambda folder: (folder / ENTRY).write_text(""),
    "its entry a list": lambda folder: (folder / ENTRY).write_text("[]"),
    "its entry forged": forge,
    "its lock gone": lambda folder: (folder / HELD).unlink(),
    "a part a link": link,
    "a folder a link": link_above,
    "a part open to others": lambda folder: (folder / "part-001.npy").chmod(0o644),
    "open to others": lambda folder: folder.chmod(0o770),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_not_used_and_gives_way(store: Store, damage: str) -> None:
    folder = left(store)
    DAMAGES[damage](folder)
    with pytest.raises(Damaged):
        store.open(NAME)
    assert store.discard(NAME) and not folder.exists()
    left(store, content=b"anew")
    entry = store.open(NAME)
    assert entry is not None and entry.parts["table/00000.parquet"].read_bytes() == b"anew"


@given(place=st.integers(0, 500), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    store = Store(tmp_path_factory.mktemp("flipped") / "stages")
    folder = left(store, content=bytes(range(200)))
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != HELD)
    sizes = [each.stat().st_size for each in files]
    place %= sum(sizes)
    for file, size in zip(files, sizes, strict=True):
        if place < size:
            held = bytearray(file.read_bytes())
            held[place] ^= 1 << bit
            file.write_bytes(held)
            break
        place -= size
    with pytest.raises(Damaged):
        store.open(NAME)


def test_what_another_user_put_there_is_not_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    left(store)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(Damaged, match="belongs to another user"):
        store.open(NAME)
    with pytest.raises(UsageError, match="stages cannot be stored here") as caught:
        Store(store.folder)
    assert "runs.store = false" in caught.value.hint


def test_a_link_in_place_of_an_output_is_none(store: Store, tmp_path: Path) -> None:
    left(store, "elsewhere").rename(tmp_path / "moved")
    (store.folder / NAME).symlink_to(tmp_path / "moved")
    assert store.open(NAME) is None
    assert store.discard(NAME) and (tmp_path / "moved" / ENTRY).exists()


def test_what_a_run_is_using_stays(store: Store) -> None:
    entry = write(store)
    also = Store(store.folder).open(NAME)
    assert also is not None
    os.close(also.handle)
    assert not store.discard(NAME) and store.clear() == []
    os.close(entry.handle)
    assert [each.identity for each in store.clear()] == [NAME]
    assert store.stored() == []


def test_of_two_runs_that_store_the_same_one_gives_way(store: Store) -> None:
    first, second = write(store), write(store)
    assert first.folder.name == NAME and second.folder.name != NAME
    assert second.parts["part-001.npy"].read_bytes() == b"tnetnoc"
    for each in (first, second):
        os.close(each.handle)
    assert store.discard(second.folder.name)
    entry = store.open(NAME)
    assert entry is not None


def test_a_draft_is_no_output_and_goes_with_its_run(store: Store) -> None:
    draft = store.draft()
    (draft.folder / "part-001.npy").write_bytes(b"half")
    store.sweep(7, 1)
    assert draft.folder.exists() and store.stored() == []
    os.close(draft.handle)
    store.sweep(7, 1)
    assert list(store.folder.iterdir()) == []


def test_a_draft_whose_run_has_not_locked_it_yet_stays_for_a_day(store: Store) -> None:
    folder = store.folder / ".new-abc"
    folder.mkdir(mode=0o700)
    store.sweep(7, 1)
    assert folder.exists()
    os.utime(folder, (0, 0))
    store.sweep(7, 1)
    assert not folder.exists()


def test_the_oldest_go_first_and_what_is_too_old_goes(store: Store) -> None:
    for number, days in enumerate((9, 3, 2, 1)):
        used(left(store, f"{number}", content=b"x" * 5_000), days)
    assert [each.identity for each in store.sweep(keep_days=7, max_gigabytes=1)] == ["0"]
    size = store.stored()[0].bytes
    assert [each.identity for each in store.sweep(7, 2.5 * size / 1e9)] == ["1"]
    entry = store.open("2")
    assert entry is not None
    os.close(entry.handle)
    assert [each.identity for each in store.sweep(7, 1.5 * size / 1e9)] == ["3"], "2 was used just now"


def test_it_is_listed_with_its_stage_and_size(store: Store) -> None:
    entry = write(store, stage="prompts")
    store.keep(entry)
    (found,) = store.stored()
    assert (found.stage, found.identity, found.kept) == ("prompts", NAME, True)
    files = [each for each in entry.folder.rglob("*") if each.is_file() and each.name not in (HELD, KEEP)]
    assert found.files == len(files) == 3
    assert found.bytes == sum(each.stat().st_size for each in files)
    (entry.folder / ENTRY).write_text("{")
    assert store.stored()[0].stage == "damaged"
