"""Foreign tables become ours as their mapping says, and rows still add up when a row becomes several."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError
from linkage.ingest import reasons
from linkage.settings import TableMapping
from tests.ingest.conftest import Put
from tests.ingest.made import load

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
