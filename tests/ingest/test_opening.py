"""From a part to its rows: the plan and the reader that its kind asks for."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError
from linkage.ingest.files import Part
from linkage.ingest.opening import chunks_of, of_one, opened, source_of, together
from linkage.settings.ingest import Ingest, TableMapping
from tests.ingest.conftest import Put
from tests.ingest.made import load

CHOSEN = Ingest()
ROW = {"account": "a", "at": 1767323045}
TEXTS = {
    "csv": "account,at\na,1767323045\n",
    "ndjson": json.dumps(ROW) + "\n",
    "json": json.dumps([ROW]),
    "parquet": "",
}


@pytest.mark.parametrize("ending", TEXTS)
def test_each_kind_of_file_has_its_reader(ending: str, put: Put) -> None:
    source = put(f"sessions.{ending}", TEXTS[ending])
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist([ROW]), source / "sessions.parquet")
    given = opened([source], CHOSEN, {})
    (part,) = given.found.parts

    file = source_of(part, CHOSEN)
    found = list(chunks_of(file, part, given.plan(part), CHOSEN))

    assert sum(each.rows for each in found) == 1
    assert list(found[0].columns["account"]) in (["a"], [pa.scalar("a")])
    assert file.bytes == (source / f"sessions.{ending}").stat().st_size


def test_an_access_log_and_a_bundle_of_indicators(put: Put) -> None:
    line = '192.0.2.1 - ada [04/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'
    source = put("access.log", line)
    bundle = source.parent / "known.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": []}))

    given = opened([source], CHOSEN, {}, [bundle])

    assert [part.written.kind for part in given.found.parts] == ["access", "stix"]
    for part in given.found.parts:
        rows = sum(each.rows for each in chunks_of(source_of(part, CHOSEN), part, given.plan(part), CHOSEN))
        assert rows == (1 if part.written.kind == "access" else 0)


def test_the_plan_is_of_the_mapping_the_format_or_the_table(put: Put) -> None:
    put("sessions/tenant=t1/p.csv", TEXTS["csv"])
    put("web.csv", "who,when\na,1767323045\n")
    source = put(
        "access.log", '192.0.2.1 - ada [04/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "c"\n'
    )
    web = TableMapping(file="web.csv", columns={"account": "who", "at": "when"})

    given = opened([source], CHOSEN, {"sessions.web": web})

    keys = {part.name: given.plan(part).key for part in given.found.parts}
    assert keys["web.csv"] == "[sources.sessions.web]"
    assert keys["access.log"] == "format nginx"
    assert keys["sessions/tenant=t1/p.csv"] is None
    (part,) = [part for part in given.found.parts if part.name.endswith("p.csv")]
    assert given.plan(part).partitions == {"tenant": "t1"}


def test_what_cannot_be_opened_is_refused(tmp_path: Path, put: Put) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        opened([tmp_path / "none"], CHOSEN, {})
    with pytest.raises(UsageError, match="no such table"):
        opened([put("sessions.csv", TEXTS["csv"])], CHOSEN, {"chats": TableMapping(file="*")})
    with pytest.raises(InputError, match="is a folder"):
        opened([put("sessions.csv", TEXTS["csv"])], CHOSEN, {}, [tmp_path])


USER = {"type": "User", "id": "a", "alternateId": "a@b.example"}
OK = {"result": "SUCCESS"}
CALLS = [
    {"eventType": "user.lifecycle.create", "published": "2026-05-04T08:00:00Z", "outcome": OK,
     "actor": {"id": "admin", "type": "User"}, "target": [USER], "client": {"ipAddress": "192.0.2.1"}},
    {"eventType": "user.session.start", "published": "2026-05-04T09:00:00Z", "outcome": OK,
     "actor": {"id": "a", "type": "User"}, "client": {"ipAddress": "192.0.2.2"}, "other": 5},
]  # fmt: skip


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_tables_of_one_log_are_read_together_as_each_would_be_alone(ending: str, put: Put) -> None:
    put("sessions.csv", TEXTS["csv"])
    text = json.dumps(CALLS) if ending == "json" else "".join(json.dumps(each) + "\n" for each in CALLS)
    given = opened([put(f"log.{ending}", text)], CHOSEN, {})
    parts = given.found.parts
    assert [each.table for each in parts] == ["accounts", "sessions", "sessions"]

    groups = together(parts)

    ours, log = ([part.adapter for part in parts].index(each) for each in (None, "okta"))
    assert sorted(groups) == sorted([[ours], [at for at in range(3) if at != ours]])
    plans = [given.plan(part) for part in parts if part.adapter]
    more = plans[0].wanted | plans[1].wanted
    for plan in plans:
        (alone,) = chunks_of(source_of(parts[log], CHOSEN), parts[log], plan, CHOSEN)
        (both,) = chunks_of(source_of(parts[log], CHOSEN), parts[log], plans[0], CHOSEN, more)
        own = of_one(both, plan)
        assert own.unknown == alone.unknown
        assert {name: list(each) for name, each in own.columns.items()} == {
            name: list(each) for name, each in alone.columns.items()
        }


def test_a_file_that_fills_two_tables_is_opened_once(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []

    def counted(part: Part, chosen: Ingest) -> object:
        files.append(part.name)
        return source_of(part, chosen)

    monkeypatch.setattr("linkage.ingest.read.source_of", counted)
    found = load(put("log.jsonl", "".join(json.dumps(each) + "\n" for each in CALLS)))

    assert files == ["log.jsonl"]
    assert found.table("accounts")["account"].to_pylist() == ["a"]
    assert found.table("sessions")["account"].to_pylist() == ["admin", "a"]
    assert len({(each.bytes, each.sha256, each.rows) for each in found.sources.receipts}) == 1
