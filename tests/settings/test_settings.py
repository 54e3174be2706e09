"""Settings: where they come from, which comes first, and that the digest is of all that changes a table."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from linkage.errors import UsageError
from linkage.settings import OF_THE_MACHINE, Settings
from linkage.settings.section import Section
from tests.settings.fields import Path as At
from tests.settings.fields import another, every_setting, keyword_of, nested, value_at

FIELDS = dict(every_setting())
EVERY = pytest.mark.parametrize("path", FIELDS, ids=".".join)
OF_THEIR_OWN_KIND: dict[At, Any] = {
    ("ingest", "date_order"): "dmy",
    ("evidence", "signals"): {"card": {"agreement": 0.625}},
    ("groups", "tests", "window_days"): (1, 5),
    ("prompts", "judge"): "transformer",
    ("sources",): {"sessions": {"file": "s.csv", "columns": {"account": "who", "at": "when"}}},
    ("traits",): {"wallet": {"family": "payment"}},
}


def changed(path: At) -> Settings:
    """Settings that differ in one value, which is allowed."""
    given = OF_THEIR_OWN_KIND.get(path)
    for value in [given] if given else another(value_at(Settings(), path)):
        try:
            made = Settings(**nested(path, value))
        except ValidationError:
            continue
        if value_at(made, path) != value_at(Settings(), path):
            return made
    raise AssertionError(f"no other value of {path} is allowed")


@EVERY
def test_the_digest_changes_with_what_changes_a_table_and_with_nothing_else(path: At) -> None:
    same = changed(path).digest() == Settings().digest()
    assert same is (path[0] in OF_THE_MACHINE)


@EVERY
def test_each_setting_says_what_it_is_and_where_it_comes_from(path: At) -> None:
    field = FIELDS[path]
    more = field.json_schema_extra
    assert field.description and isinstance(more, dict)
    assert more["source"] and more["changes"]
    assert not field.description.endswith(".")


@EVERY
def test_each_setting_can_be_given_by_the_environment(path: At, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = changed(path)
    value = value_at(wanted, path)
    text = value if isinstance(value, str) else json.dumps(_plain(value))
    monkeypatch.setenv(keyword_of(path), text)
    assert Settings() == wanted


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Section):
        return value.model_dump()
    return list(value) if isinstance(value, list | tuple) else value


def test_arguments_come_before_the_environment_and_that_before_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINKAGE_GROUPS__MIN_ACCOUNTS", "9")
    monkeypatch.setenv("LINKAGE_SEED", "4")
    made = Settings(groups={"min_accounts": 7})  # type: ignore[arg-type]
    assert (made.groups.min_accounts, made.seed, made.threads) == (7, 4, 0)


def test_the_environment_comes_before_a_file_and_arguments_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "linkage.toml"
    file.write_text("seed = 3\n[groups]\nmin_accounts = 8\nmin_families = 3\n")
    monkeypatch.setenv("LINKAGE_GROUPS__MIN_ACCOUNTS", "9")
    made = Settings.load(file, seed=4)
    assert (made.seed, made.groups.min_accounts, made.groups.min_families) == (4, 9, 3)


def test_a_file_and_changes_to_it(tmp_path: Path) -> None:
    file = tmp_path / "linkage.toml"
    file.write_text("seed = 3\n[prompts.skeletons]\nmax_accents = 9\n[observations]\nbursts.min_events = 6\n")
    made = Settings.load(file, seed=5)
    assert made.seed == 5
    assert made.prompts.skeletons.max_accents == 9
    assert made.observations.bursts.min_events == 6


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ingest]\nmax_quarantine = 0.1\n", r"linkage\.toml: ingest\.max_quarantine"),
        ("[observations.bursts]\np_value = 2\n", r"linkage\.toml: observations\.bursts\.p_value"),
        ("nonsense", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_with_the_field(
    text: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "linkage.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=says):
        Settings.load(file)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Settings.load(tmp_path / "none.toml")
