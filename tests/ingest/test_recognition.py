"""Which table or format a file is taken for, and what is said where that is not certain."""

import json
from pathlib import Path
from typing import Any

import pytest

from linkage.errors import InputError, UsageError
from linkage.ingest import files
from linkage.ingest.adapters.adapter import Adapter, mapping
from linkage.ingest.adapters.registry import ADAPTERS
from linkage.ingest.files import Found
from linkage.ingest.recognition import recognised
from linkage.settings.ingest import Ingest, TableMapping
from tests.ingest.conftest import Put

OURS = b'{"account":"a","at":1767323045}\n'
STRIPE = json.dumps(
    {
        "id": "ch_1",
        "object": "charge",
        "amount": 500,
        "currency": "eur",
        "created": 1767323045,
        "customer": "c1",
    }
).encode()


def made_up(name: str, *marks: str) -> Adapter:
    columns = {"account": "who", "at": "when"}
    return Adapter(name, name.title(), "nothing", marks, {"sessions": mapping(columns=columns)}, "all else")


@pytest.fixture
def two_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("alpha", "beta"):
        monkeypatch.setitem(ADAPTERS, name, made_up(name, "who", "when", "what"))


def found(source: Path, mappings: dict[str, TableMapping] | None = None, **chosen: Any) -> Found:
    settings = Ingest(**chosen)
    return recognised(files.find([source], mappings or {}, settings), settings, [source])


def kinds(result: Found) -> list[tuple[str, str, str | None]]:
    return [(part.name, part.table, part.adapter) for part in result.parts]


def test_a_table_of_ours_is_known_by_its_name_and_its_columns(put: Put) -> None:
    assert kinds(found(put("sessions.json", OURS))) == [("sessions.json", "sessions", None)]


def test_a_format_is_known_by_its_columns_whatever_its_name(put: Put, two_alike: None) -> None:
    row = b'{"who":"a","when":1767323045,"what":"x","more":1}\n'
    result = found(put("some/where/log", row), format="beta")
    assert kinds(result) == [("some/where/log", "sessions", "beta")]


def test_two_formats_that_fit_ask_which_it_is(put: Put, two_alike: None) -> None:
    with pytest.raises(
        InputError, match=r"log: its columns fit Alpha \(alpha\) and Beta \(beta\)"
    ) as refused:
        found(put("log", b'{"who":"a","when":1767323045,"what":"x"}\n'))
    assert refused.value.hint == "say which it is: --format alpha"


def test_a_tables_name_over_columns_of_a_format_means_the_format(put: Put, two_alike: None) -> None:
    row = b'{"who":"a","when":1767323045,"what":"x"}\n'
    assert kinds(found(put("interactions.jsonl", row), format="alpha")) == [
        ("interactions.jsonl", "sessions", "alpha")
    ]


def test_our_own_columns_come_before_a_format_that_fits(put: Put, two_alike: None) -> None:
    row = b'{"account":"a","at":1767323045,"who":"a","when":1767323045,"what":"x"}\n'
    assert kinds(found(put("sessions.jsonl", row))) == [("sessions.jsonl", "sessions", None)]


def test_a_format_that_fills_several_tables(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    both = made_up("both", "who", "what")
    tables = {"accounts": mapping(columns={"account": "who"}), **both.tables}
    monkeypatch.setitem(ADAPTERS, "both", Adapter(**vars(both) | {"tables": tables}))
    result = found(put("log", b'{"who":"a","when":1767323045,"what":"x"}\n'))
    assert {(part.table, part.adapter) for part in result.parts} == {
        ("accounts", "both"),
        ("sessions", "both"),
    }


def test_files_that_are_not_of_the_format_asked_for_are_named(put: Put, two_alike: None) -> None:
    put("log", b'{"who":"a","when":1767323045,"what":"x"}\n')
    result = found(put("other", b'{"x":1}\n'), format="alpha")
    assert result.ignored == {"other": "does not look like Alpha"}


def test_a_format_that_nobody_knows(put: Put) -> None:
    with pytest.raises(UsageError, match="no format is called 'nginks'"):
        found(put("sessions.csv", OURS), format="nginks")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("session.csv", b"account,at\na,1\n", "no table has this name; if it is sessions, call it sessions"),
        ("export.csv", b"account,at\na,1\n", "no table has this name; if it is"),
        ("notes.txt", b"hello\nyou\n", "no table has this name, and no known format has these columns"),
        ("empty.txt", b"", "empty, and no table has this name"),
        ("broken.json", b'[{"a": 1}, ', "no table has this name, and it cannot be read: "),
    ],
)
def test_what_is_no_table_is_named_with_its_reason(name: str, content: bytes, reason: str, put: Put) -> None:
    put("sessions.json", OURS)
    ((ignored, why),) = found(put(name, content)).ignored.items()
    assert ignored == name
    assert why.startswith(reason)


def test_a_tables_own_file_that_breaks_off_stops_the_run(put: Put) -> None:
    with pytest.raises(InputError, match="not JSON after row 0"):
        found(put("sessions.json", b'[{"a": '))


def test_a_mapped_file_is_not_looked_at(put: Put, two_alike: None) -> None:
    given = TableMapping(file="log", columns={"account": "who", "at": "when"})
    result = found(put("log", b'{"who":"a","when":1767323045,"what":"x"}\n'), {"sessions.web": given})
    assert [(part.table, part.mapping, part.adapter) for part in result.parts] == [
        ("sessions", "sessions.web", None)
    ]


def test_columns_that_folders_give_count(put: Put) -> None:
    source = put("sessions/account=a/x.json", b'{"at":1767323045}\n')
    assert kinds(found(source)) == [("sessions/account=a/x.json", "sessions", None)]


def test_nothing_that_could_hold_evidence(put: Put) -> None:
    put("notes.txt", b"hello\nyou\n")
    with pytest.raises(
        InputError, match=r"none of the tables .* is there; found besides: more\.txt: "
    ) as refused:
        found(put("more.txt", b"hello\nyou\n"))
    assert "linkage doctor --formats" in (refused.value.hint or "")


def test_parts_come_in_the_order_of_tables_and_names(put: Put) -> None:
    for name in ("sessions-2.json", "accounts.json", "sessions-1.json"):
        source = put(name, b'{"account":"a","at":1767323045,"created_at":1767323045}\n')
    names = [part.name for part in found(source).parts]
    assert names == sorted(names, key=lambda name: (name != "accounts.json", name))
