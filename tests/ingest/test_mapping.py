"""Foreign tables become ours as their mapping says, and rows still add up when a row becomes several."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError
from linkage.ingest import reasons
from linkage.settings import TableMapping
from tests.ingest.conftest import Put
from tests.ingest.made import Read, load

SHARES = b"object_id,account_id,value,timestamp_share\no1,a1,x,1623881091.0\no2,a2,y,1623879483.25\n"


def test_columns_and_constants(put: Put) -> None:
    mapping = TableMapping(
        file="shares.csv",
        columns={"account": "account_id", "value": "object_id", "at": "timestamp_share"},
        constants={"trait": "object"},
    )

    result = load(put("shares.csv", SHARES), mappings={"observations": mapping})

    assert result.values("observations").to_pylist() == [
        {"account": "a1", "trait": "object", "value": "o1", "at": 1623881091_000000},
        {"account": "a2", "trait": "object", "value": "o2", "at": 1623879483_250000},
    ]
    # A column of the file that is called like one of ours was not mapped, so it is not taken.
    assert result.receipt("observations").unknown_columns == ("value",)


PEOPLE = b"""id, name, mail, born, city
p1, Julia , julia@x.org, 2015-10-29, London
p2, , , , London
p3, , , ,
, Noah, , , Bolton
p5, x\0y, noah@x.org, , Bolton
p6, x
"""


def test_unpivot_makes_one_observation_of_each_cell_and_every_row_is_accounted_for(put: Put) -> None:
    traits = {"name": "name", "email": "mail", "date_of_birth": "born"}
    mapping = TableMapping(file="people.csv", columns={"account": "id"}, unpivot=traits)

    result = load(put("people.csv", PEOPLE), mappings={"observations.people": mapping})

    table = result.table("observations")
    rows = list(zip(*(table[name].to_pylist() for name in ("line", "trait", "value")), strict=True))
    assert rows == [
        (2, "date_of_birth", "2015-10-29"),
        (2, "email", "julia@x.org"),
        (2, "name", "Julia"),
        (6, "email", "noah@x.org"),
        (6, "name", "xy"),
    ]
    receipt = result.receipt("observations")
    assert receipt.used == 5
    assert receipt.filtered == {reasons.NO_VALUE: 2}  # p2 and p3
    assert receipt.quarantined == {reasons.NO_ACCOUNT: 1, reasons.CELLS: 1}
    assert receipt.cleaned_cells == {"value": {"control characters": 1}}
    assert receipt.rows == 9
    assert receipt.unknown_columns == ("city",)


def test_two_mappings_of_one_file_share_a_receipt(put: Put) -> None:
    names = TableMapping(file="p.csv", columns={"account": "id"}, unpivot={"name": "name"})
    mails = TableMapping(file="p.csv", columns={"account": "id"}, unpivot={"email": "mail"})
    source = put("p.csv", b"id,name,mail,zip\np1,Julia,j@x.org,1\np2,Noah,,2\n")

    result = load(source, mappings={"observations.names": names, "observations.mails": mails})

    receipt = result.receipt("observations")
    assert (receipt.rows, receipt.used, receipt.filtered) == (4, 3, {reasons.NO_VALUE: 1})
    assert receipt.unknown_columns == ("zip",)


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_a_mapped_column_that_is_missing_is_named(suffix: str, tmp_path: Path, put: Put) -> None:
    put("log.csv", b"who,when\na1,1767323045\n")
    source = put("log.ndjson", b'{"who":"a1","when":1767323045}\n')
    pq.write_table(pa.table({"who": ["a1"], "when": [1767323045]}), source / "log.parquet")
    mapping = TableMapping(file=f"log.{suffix}", columns={"account": "who", "at": "when", "ip": "addr"})

    with pytest.raises(
        InputError, match=rf"log\.{suffix}: \[sources\.interactions\] .*addr.* missing"
    ) as caught:
        load(source, mappings={"interactions": mapping})

    assert "when, who" in caught.value.hint or "who, when" in caught.value.hint


def test_one_foreign_column_may_feed_two_of_ours(put: Put) -> None:
    mapping = TableMapping(
        file="log.csv", columns={"account": "who", "at": "when", "interaction": "id", "api_key": "who"}
    )

    result = load(put("log.csv", b"who,when,id\na1,1767323045,7\n"), mappings={"interactions": mapping})

    row = result.values().to_pylist()[0]
    assert (row["account"], row["api_key"], row["interaction"]) == ("a1", "a1", "7")


@pytest.mark.parametrize(
    ("key", "mapping", "message"),
    [
        ("chats", {}, "no such table"),
        ("interactions", {"columns": {"account": "a", "at": "b", "colour": "c"}}, "no such column: colour"),
        ("interactions", {"columns": {"account": "a"}}, "nothing is mapped to at"),
        (
            "interactions",
            {"columns": {"account": "a", "at": "b"}, "constants": {"at": "2026-01-01"}},
            "both mapped and constant: at",
        ),
        (
            "interactions",
            {"columns": {"account": "a"}, "constants": {"at": "soon"}},
            "at = 'soon': unreadable time",
        ),
        ("interactions", {"constants": {"account": " ", "at": "2026-01-01"}}, "account = ' ': empty"),
        (
            "interactions",
            {"columns": {"account": "a", "at": "b"}, "unpivot": {"x": "c"}},
            "unpivot is for observations",
        ),
        (
            "observations",
            {"columns": {"account": "a", "value": "b"}, "unpivot": {"x": "c"}},
            "unpivot is for observations, and fills trait and value itself: not value",
        ),
        ("observations", {"columns": {"account": "a"}, "unpivot": {" ": "c"}}, "a trait without a name"),
    ],
)
def test_a_mapping_that_makes_no_sense(
    key: str, mapping: dict[str, dict[str, str]], message: str, put: Put
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        load(put("log.csv", b"a,b,c\n"), mappings={key: TableMapping(file="log.csv", **mapping)})

    assert str(caught.value).startswith(f"[sources.{key}]")


def test_parquet_unpivots_as_text_does(put: Put) -> None:
    columns = {"id": ["p1", None], "zip": [8001, 8002], "born": pa.array([0, None], pa.date32())}
    source = put("x.csv", b"id,zip,born\np1,8001,1970-01-01\n,8002,\n")
    pq.write_table(pa.table(columns), source / "x.parquet")
    traits = {"postcode": "zip", "date_of_birth": "born"}
    read = {
        kind: load(
            source,
            staging=source.parent / kind,
            mappings={
                "observations": TableMapping(file=f"x.{kind}", columns={"account": "id"}, unpivot=traits)
            },
        )
        for kind in ("csv", "parquet")
    }

    assert read["csv"].values("observations").equals(read["parquet"].values("observations"))
    counted = [Counter(each.receipt("observations").quarantined) for each in read.values()]
    assert counted == [Counter({reasons.NO_ACCOUNT: 1})] * 2


def test_the_published_coordination_data_is_read_whole(shared_data: Path, tmp_path: Path) -> None:
    mapping = TableMapping(
        file="russian_coord_tweets.csv.gz",
        columns={"account": "account_id", "value": "object_id", "at": "timestamp_share"},
        constants={"trait": "object"},
    )

    result = load(shared_data / "coordination", staging=tmp_path, mappings={"observations": mapping})

    assert result.receipt("observations").used == result.receipt("observations").rows == 35_125
    assert all(name.startswith("reference/") for name in result.sources.ignored)


SPANS = {
    "resource": {"name": "gateway"},
    "scopes": [
        {
            "scope": "s1",
            "spans": [{"user": "a", "t": 1767323045}, {"user": "b", "t": 1767323046, "ok": False}],
        },
        {"scope": "s2", "spans": [{"user": "c", "t": 1767323047, "ok": True}, "no object"]},
        {"scope": "s3"},
    ],
}


def exploded(put: Put, explode: str, *documents: object, **more: Any) -> Read:
    mapping = TableMapping(
        file="log.ndjson",
        columns={"account": "user", "at": "t", "user_agent": "scope", "ip": "ip"},
        explode=explode,
        **more,
    )
    text = "".join(json.dumps(each) + "\n" for each in documents)
    return load(put("log.ndjson", text), mappings={"sessions": mapping})


def test_lists_inside_one_another_are_opened_with_what_surrounds_them(put: Put) -> None:
    result = exploded(put, "scopes[].spans[]", SPANS, {"scopes": []}, {"other": 1})

    found = result.table("sessions").select(["account", "user_agent", "line"]).to_pylist()
    assert found == [
        {"account": "a", "user_agent": "s1", "line": 1},
        {"account": "b", "user_agent": "s1", "line": 1},
        {"account": "c", "user_agent": "s2", "line": 1},
    ]
    assert result.receipt("sessions").filtered == {reasons.NOTHING_INSIDE: 2}
    assert result.receipt("sessions").rows == 5


def test_a_page_of_rows_and_a_row_may_stand_side_by_side(put: Put) -> None:
    row = {"user": "z", "t": 1767323048}
    result = exploded(put, "data[] | @", {"data": [row, row]}, row)
    assert result.table("sessions")["line"].to_pylist() == [1, 1, 2]


def test_where_keeps_rows_and_counts_the_others(put: Put) -> None:
    result = exploded(put, "scopes[].spans[]", SPANS, where="ok != `false`")
    assert result.table("sessions")["account"].to_pylist() == ["a", "c"]
    assert result.receipt("sessions").filtered == {reasons.NOT_WANTED: 1}


def test_where_of_a_flat_file(put: Put) -> None:
    mapping = TableMapping(file="log.csv", columns={"account": "who", "at": "when"}, where="kind == 'login'")
    source = put("log.csv", b"who,when,kind\na1,1767323045,login\na2,1767323046,logout\na3,1767323047,\n")
    result = load(source, mappings={"sessions": mapping})
    assert result.table("sessions")["account"].to_pylist() == ["a1"]
    assert result.table("sessions")["line"].to_pylist() == [2]
    assert result.receipt("sessions").filtered == {reasons.NOT_WANTED: 2}


def test_a_declared_epoch_is_that_of_its_column(put: Put) -> None:
    mapping = TableMapping(
        file="log.csv", columns={"account": "who", "at": "when"}, epochs={"at": "windows_filetime"}
    )
    source = put("log.csv", b"who,when\na1,134222976000000000\n")
    result = load(source, mappings={"sessions": mapping})
    assert result.table("sessions")["at"].to_pylist() == [1_777_824_000_000_000]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"explode": "a.b[]"}, "each step must be a list"),
        ({"explode": "[]"}, "each step must be a list"),
        ({"where": "nosuch(a)"}, "there is no function nosuch"),
        ({"columns": {"account": "a | ", "at": "b"}}, "an alternative is empty"),
        ({"epochs": {"ended_at": "seconds"}}, "an epoch of a column that is not mapped: ended_at"),
    ],
)
def test_a_path_that_makes_no_sense(more: dict[str, Any], message: str, put: Put) -> None:
    mapping = TableMapping(**{"file": "log.csv", "columns": {"account": "a", "at": "b"}} | more)
    with pytest.raises(UsageError, match=message) as caught:
        load(put("log.csv", b"a,b,c\n"), mappings={"sessions.web": mapping})
    assert str(caught.value).startswith("[sources.sessions.web]")


def test_several_mappings_make_one_table(put: Put) -> None:
    put("web.csv", b"who,when\na1,1767323045\n")
    source = put("app.ndjson", b'{"u":{"id":"a2"},"t":1767323046}\n')
    mappings = {
        "sessions.web": TableMapping(file="web.csv", columns={"account": "who", "at": "when"}),
        "sessions.app": TableMapping(file="app.ndjson", columns={"account": "u.id", "at": "t"}),
    }
    result = load(source, mappings=mappings)
    assert sorted(result.table("sessions")["account"].to_pylist()) == ["a1", "a2"]


MAPPED = {"account": "who", "at": "when", "ip": "addr.ip | address"}


def test_a_part_may_lack_what_another_part_has(put: Put) -> None:
    put("p1.ndjson", b'{"who":"a1","when":1767323045,"addr":{"ip":"192.0.2.1"}}\n')
    source = put("p2.ndjson", b'{"who":"a2","when":1767323046}\n')
    result = load(source, mappings={"sessions": TableMapping(file="*.ndjson", columns=MAPPED)})
    found = result.table("sessions").select(["account", "ip"]).to_pylist()
    assert found == [{"account": "a1", "ip": "192.0.2.1"}, {"account": "a2", "ip": None}]


def test_a_column_that_no_part_has_is_a_slip_of_the_pen(put: Put) -> None:
    put("p1.ndjson", b'{"who":"a1","when":1767323045,"Address":"x"}\n')
    source = put("p2.ndjson", b'{"who":"a2","when":1767323046}\n')
    mapping = TableMapping(file="*.ndjson", columns={"account": "who", "at": "when", "ip": "address"})
    with pytest.raises(InputError, match=r"needs the column address, which is missing; it has Address"):
        load(source, mappings={"sessions": mapping})


def test_a_part_that_lacks_a_required_column_is_refused(put: Put) -> None:
    put("p1.csv", b"who,when\na1,1767323045\n")
    source = put("p2.csv", b"user,when\na2,1767323046\n")
    mapping = TableMapping(file="*.csv", columns={"account": "who", "at": "when"})
    with pytest.raises(InputError, match=r"p2\.csv: \[sources\.sessions\] needs the column who"):
        load(source, mappings={"sessions": mapping})


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_that_is_there_twice_is_refused(ending: str, put: Put) -> None:
    source = put("log.csv", b"who,when,who\na1,1767323045,a2\n")
    made = pa.Table.from_arrays(
        [pa.array(["a1"]), pa.array([1767323045]), pa.array(["a2"])], ["who", "when", "who"]
    )
    pq.write_table(made, source / "log.parquet")
    mapping = TableMapping(file=f"log.{ending}", columns={"account": "who", "at": "when"})
    with pytest.raises(InputError, match="more than one column is called who"):
        load(source, mappings={"sessions": mapping})
