"""Two outputs have one identity only if code, settings and inputs are the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.runs import identity as module
from linkage.runs.identity import code_version, identity, stage_identity

BASE = ("read", {"seed": 0}, ["a", "b"])


@pytest.mark.parametrize(
    "other",
    [
        ("rows", {"seed": 0}, ["a", "b"]),
        ("read", {"seed": 1}, ["a", "b"]),
        ("read", {}, ["a", "b"]),
        ("read", {"seed": 0}, ["b", "a"]),
        ("read", {"seed": 0}, ["ab"]),
        ("read", {"seed": 0}, ["a", "b", ""]),
    ],
)
def test_anything_else_is_another_stage(other: tuple[str, dict[str, int], list[str]]) -> None:
    assert stage_identity(*BASE) == stage_identity("read", {"seed": 0}, ["a", "b"])
    assert stage_identity(*BASE) != stage_identity(*other)


@given(st.lists(st.text()), st.lists(st.text()))
def test_no_two_lists_have_one_identity(one: list[str], other: list[str]) -> None:
    assert (identity(*one) == identity(*other)) is (one == other)


def test_a_changed_line_of_code_or_library_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "linkage" / "groups").mkdir(parents=True)
    code = tmp_path / "linkage" / "groups" / "gates.py"
    monkeypatch.setattr(module, "files", lambda name: tmp_path / name)

    def version() -> str:
        code_version.cache_clear()
        return code_version()

    code.write_text("LIMIT = 2\n")
    first = version()
    assert version() == first
    code.write_text("LIMIT = 3\n")
    second = version()
    code.rename(code.with_name("gate.py"))
    third = version()
    monkeypatch.setattr(module, "version", lambda package: "0")
    assert len({first, second, third, version()}) == 4
    code_version.cache_clear()
