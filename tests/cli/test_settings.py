"""settings: every setting, with what it is and where it comes from."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from linkage.settings import Settings
from linkage.settings.catalogue import setting_rows
from linkage.settings.section import Section, setting
from tests.conftest import Command


def leaves(model: type[BaseModel], *before: str) -> Iterator[str]:
    """The name of every field, those of sections within sections too."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, *before, name)
        else:
            yield ".".join((*before, name))


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    path = tmp_path / "linkage.toml"
    path.write_text('seed = 7\n[prompts]\nencoder = "hashing"\n')
    return path


def rows(linkage: Command, *given: object) -> dict[str, dict[str, Any]]:
    found = json.loads(linkage("settings", *given, "--output", "json")[1])["rows"]
    return {row["setting"]: row for row in found}


def test_every_setting_is_listed_once(linkage: Command) -> None:
    names = [row["setting"] for row in setting_rows(Settings())]
    assert names == list(leaves(Settings))
    assert set(rows(linkage)) == set(names)
    assert len(names) > 30


def test_values_of_a_file_are_in_force_and_marked(linkage: Command, chosen: Path) -> None:
    found = rows(linkage, "--settings", chosen)
    assert (found["seed"]["value"], found["seed"]["default"], found["seed"]["changed"]) == (7, 0, True)
    assert {name for name, row in found.items() if row["changed"]} == {"seed", "prompts.encoder"}
    page = linkage("settings", "--settings", chosen)[1]
    assert "seed = 7  changed; default 0" in page
    assert page.count("changed; default") == 2
    assert '[prompts]\n  encoder = "hashing"' in linkage("settings", "--settings", chosen, "--changed")[1]


def test_a_default_is_not_what_the_environment_says(
    linkage: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKAGE_SEED", "9")
    seed = rows(linkage)["seed"]
    assert (seed["value"], seed["default"], seed["changed"]) == (9, 0, True)


def test_without_a_change_nothing_is_listed_as_changed(linkage: Command) -> None:
    assert linkage("settings", "--changed") == (0, "Every setting has its default.\n", "")


class Inner(Section):
    few: int = setting(3, "Fewest accounts.", source="benchmarks, table 2", changes="groups", ge=2)
    names: frozenset[str] = frozenset({"b", "a"})


class Outer(Section):
    inner: Inner = Inner()
    share: float = 0.5


def test_a_setting_has_its_texts() -> None:
    few, names, share = setting_rows(Outer(inner=Inner(few=5)))
    texts = {"meaning": "Fewest accounts.", "source": "benchmarks, table 2", "changes": "groups"}
    assert few == {"setting": "inner.few", "value": 5, "default": 3, "changed": True, **texts}
    assert names["value"] == names["default"] == ["a", "b"] and not names["changed"]
    assert share == {"setting": "share", "value": 0.5, "default": 0.5, "changed": False,
                     "meaning": "", "source": "", "changes": ""}  # fmt: skip


def test_rows_for_programs(linkage: Command) -> None:
    lines = linkage("settings", "--output", "ndjson")[1].splitlines()
    sheet = list(csv.DictReader(io.StringIO(linkage("settings", "--output", "csv")[1])))
    assert [json.loads(each)["setting"] for each in lines] == [row["setting"] for row in sheet]
    assert {*sheet[0]} == {"setting", "value", "default", "changed", "meaning", "source", "changes"}


def test_the_page_for_the_documentation_has_every_setting(linkage: Command) -> None:
    page = linkage("settings", "--output", "markdown")[1]
    assert page.startswith("# Settings\n")
    table = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(table) == len(setting_rows(Settings()))
    assert all(line.replace("\\|", "").count(" | ") == 4 for line in table)


def test_a_settings_file_with_a_mistake_ends_with_2(linkage: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("sead = 7\n")
    code, out, err = linkage("settings", "--settings", tmp_path / "bad.toml")
    assert (code, out) == (2, "") and "sead" in err
