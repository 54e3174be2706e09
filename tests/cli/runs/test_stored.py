"""What runs keep for later ones is listed, sized and removed."""

import json
from pathlib import Path

import pytest

from linkage.prompts import stored_vectors
from linkage.prompts.encoder import CachedEncoder, HashingEncoder
from tests.conftest import Command


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = stored_vectors.vectors_folder()
    assert folder.is_relative_to(tmp_path)
    CachedEncoder(HashingEncoder(), folder).encode(["how do i bake bread", "reset the router"])
    return folder


def test_what_is_kept_is_listed_and_removed(linkage: Command, kept: Path) -> None:
    (part,) = kept.rglob("*.npz")
    code, out, _ = linkage("runs", "list", "--output", "json")
    (row,) = json.loads(out)["rows"]
    assert code == 0 and json.loads(out)["bytes"] == row["bytes"] == part.stat().st_size
    assert (row["encoder"], row["stage"], row["files"]) == ("hashing-1", "", 1)
    code, out, said = linkage("runs", "list")
    assert code == 0 and "hashing-1" in out and "linkage runs clear" in said
    code, _, said = linkage("runs", "clear")
    assert code == 0 and f"1 file, {row['bytes']:,} bytes removed" in said
    assert not kept.exists()
    assert linkage("runs", "list") == (0, "", "nothing is kept\n")
    assert linkage("runs", "clear")[2] == "nothing was kept\n"


def test_after_it_was_cleared_vectors_are_made_again(linkage: Command, kept: Path) -> None:
    before = CachedEncoder(HashingEncoder(), kept).encode(["reset the router"])
    linkage("runs", "clear")
    assert CachedEncoder(HashingEncoder(), kept).encode(["reset the router"]).tobytes() == before.tobytes()
    assert stored_vectors.stored()[0].files == 1
