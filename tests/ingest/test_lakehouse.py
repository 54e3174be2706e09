"""Tables of a lakehouse, written by their own libraries: the newest version is read, and nothing besides."""

import base64
import json
import shutil
import string
import struct
import sys
from pathlib import Path
from urllib.parse import quote

import deltalake
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import DataScan, Table
from pyiceberg.transforms import DayTransform, HourTransform, MonthTransform
from pyiceberg.typedef import Record
from pyiceberg.types import NestedField, TimestampType

from linkage.errors import InputError, LinkageError, UsageError
from linkage.ingest.folder_dates import span
from linkage.ingest.lakehouse import data_files
from tests.ingest.made import LENIENT, load

AT = "2026-05-04T08:00:00Z"


def rows(*accounts: str, day: str = "2026-05-04") -> pa.Table:
    return pa.table({"account": accounts, "at": [AT] * len(accounts), "day": [day] * len(accounts)})


def accounts(folder: Path) -> list[str]:
    return sorted(load(folder).table("sessions")["account"].to_pylist())


# --- Delta ---------------------------------------------------------------------------------------


@pytest.fixture
def delta(tmp_path: Path) -> Path:
    """A source with a Delta table of sessions, of two versions, the newest of which has one file."""
    table = tmp_path / "source" / "sessions"
    deltalake.write_deltalake(str(table), rows("old"))
    deltalake.write_deltalake(str(table), rows("a", "b"), mode="overwrite")
    return table.parent


def test_only_the_newest_version_of_a_delta_table_is_read(delta: Path) -> None:
    result = load(delta)

    assert sorted(result.table("sessions")["account"].to_pylist()) == ["a", "b"]
    assert len(list((delta / "sessions").glob("*.parquet"))) == 2
    assert set(result.sources.ignored.values()) == {"of the table's log, or of an older version of it"}
    assert len(result.sources.ignored) == 3  # the older file, and two of the log
    assert result.table("sessions")["file"].to_pylist()[0].startswith("sessions/part-")


def test_what_was_added_to_a_delta_table_is_read_too(delta: Path) -> None:
    deltalake.write_deltalake(str(delta / "sessions"), rows("c"), mode="append")
    assert accounts(delta) == ["a", "b", "c"]


def test_partitions_of_a_delta_table_are_columns(tmp_path: Path) -> None:
    table = tmp_path / "source" / "sessions"
    given = pa.table({"account": ["a", "b", "c"], "at": [AT] * 3, "user_agent": ["FI", "a b/c", None]})
    deltalake.write_deltalake(str(table), given, partition_by=["user_agent"])

    found = load(table.parent).table("sessions").select(["account", "user_agent"]).to_pylist()

    assert sorted(found, key=lambda row: row["account"]) == [
        {"account": "a", "user_agent": "FI"},
        {"account": "b", "user_agent": "a b/c"},
        {"account": "c", "user_agent": None},
    ]


def test_a_delta_table_is_pruned_by_its_partitions(tmp_path: Path) -> None:
    table = tmp_path / "source" / "sessions"
    for day in ("2026-05-04", "2026-06-04"):
        deltalake.write_deltalake(
            str(table), rows("a" if "05" in day else "b", day=day), partition_by=["day"], mode="append"
        )
    result = load(table.parent, reading=LENIENT.model_copy(update={"until": "2026-05-20"}))

    assert result.table("sessions")["account"].to_pylist() == ["a"]
    assert "its folder's date is outside the dates asked for" in result.sources.ignored.values()


def test_a_delta_table_whose_folders_tell_nothing_is_pruned_by_what_its_log_tells(tmp_path: Path) -> None:
    """As with mapped columns, where folders have names of chance."""
    table = tmp_path / "source" / "sessions"
    for day in ("2026-05-04", "2026-06-04"):
        deltalake.write_deltalake(
            str(table), rows("a" if "05" in day else "b", day=day), partition_by=["day"], mode="append"
        )
        (table / f"day={day}").rename(table / f"x{day[5:7]}")
    for each in (table / "_delta_log").glob("*.json"):
        text = each.read_text()
        each.write_text(text.replace("day=2026-05-04/", "x05/").replace("day=2026-06-04/", "x06/"))
    result = load(table.parent, reading=LENIENT.model_copy(update={"until": "2026-05-20"}))

    assert result.table("sessions")["account"].to_pylist() == ["a"]
    assert [name for name in result.sources.ignored if name.startswith("sessions/x")] == [
        next(name for name in result.sources.ignored if name.startswith("sessions/x06/"))
    ]


def z85(data: bytes) -> str:
    """The alphabet of ZeroMQ, which is not that of Python."""
    python = string.digits + string.ascii_uppercase + string.ascii_lowercase + "!#$%&()*+-;<=>?@^_`{|}~"
    zero = string.digits + string.ascii_lowercase + string.ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#"
    return base64.b85encode(data).decode().translate(str.maketrans(python, zero))


FIRST_ROW = z85(
    struct.pack("<IQI", 1_681_511_377, 1, 0) + struct.pack("<IIHHIH", 12_346, 1, 0, 0, 16, 0) + bytes(2)
)
"""A deletion vector of row 0 as Delta writes one into its log: an array of one Roaring bitmap."""


def added(table: Path, **more: object) -> None:
    """One more entry in a Delta table's log, which adds a file."""
    version = max(int(each.stem) for each in (table / "_delta_log").glob("*.json")) + 1
    entry = {"size": 1, "partitionValues": {}, "modificationTime": 0, "dataChange": True} | more
    (table / "_delta_log" / f"{version:020}.json").write_text(json.dumps({"add": entry}) + "\n")


def test_a_delta_table_whose_rows_are_deleted_by_marks_is_refused(delta: Path) -> None:
    table, log = delta / "sessions", delta / "sessions" / "_delta_log"
    first = log / f"{0:020}.json"
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    for each in lines:
        if "protocol" in each:
            each["protocol"] = {
                "minReaderVersion": 3,
                "minWriterVersion": 7,
                "readerFeatures": ["deletionVectors"],
                "writerFeatures": ["deletionVectors"],
            }
    first.write_text("".join(json.dumps(each) + "\n" for each in lines))
    assert accounts(delta) == ["a", "b"]  # the feature alone deletes nothing

    (file,) = data_files(table) or []
    vector = {"storageType": "i", "pathOrInlineDv": FIRST_ROW, "sizeInBytes": 34, "cardinality": 1}
    added(table, path=file.path.name, stats='{"numRecords": 2}', deletionVector=vector)
    with pytest.raises(InputError, match="rows of this Delta table are deleted by deletion vectors"):
        load(delta)


@pytest.mark.parametrize("path", ["../../outside.parquet", "%2E%2E/%2E%2E/outside.parquet"])
def test_a_delta_table_cannot_name_a_file_outside_it(path: str, delta: Path) -> None:
    (delta.parent / "outside.parquet").write_bytes(b"PAR1")
    added(delta / "sessions", path=path)
    with pytest.raises(InputError, match=r"a file of this table lies outside it|not a readable Delta table"):
        load(delta)


def test_a_delta_table_cannot_name_a_file_by_a_whole_path(delta: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.parquet"
    outside.write_bytes(b"PAR1")
    added(delta / "sessions", path=quote(str(outside)))
    with pytest.raises(InputError, match=r"lies outside it|not a readable Delta table"):
        load(delta)


def test_a_delta_table_without_a_readable_log_is_refused(delta: Path) -> None:
    for each in (delta / "sessions" / "_delta_log").iterdir():
        each.unlink()
    with pytest.raises(InputError, match="not a readable Delta table"):
        load(delta)


# --- Iceberg -------------------------------------------------------------------------------------


@pytest.fixture
def catalog(tmp_path: Path) -> SqlCatalog:
    (tmp_path / "home").mkdir()
    made = SqlCatalog("test", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}/home")
    made.create_namespace("n")
    return made


def created(catalog: SqlCatalog, *parts: pa.Table) -> Table:
    made = catalog.create_table("n.sessions", schema=parts[0].schema)
    for each in parts:
        made.append(each)
    return made


def home(table: Table) -> Path:
    """The folder that holds the table's own."""
    return Path(table.location().removeprefix("file://")).parent


def test_only_the_newest_version_of_an_iceberg_table_is_read(catalog: SqlCatalog) -> None:
    table = created(catalog, rows("old"))
    table.overwrite(rows("a", "b"))
    table.append(rows("c"))

    result = load(home(table))

    assert sorted(result.table("sessions")["account"].to_pylist()) == ["a", "b", "c"]
    assert "of the table's log, or of an older version of it" in result.sources.ignored.values()
    assert len([name for name in result.sources.ignored if name.endswith(".parquet")]) == 1


def test_a_partitioned_iceberg_table(catalog: SqlCatalog) -> None:
    given = pa.table({"account": ["a", "b"], "at": [AT] * 2, "user_agent": ["FI", "SE"]})
    table = catalog.create_table("n.sessions", schema=given.schema)
    with table.update_spec() as update:
        update.add_identity("user_agent")
    table.append(given)

    found = load(home(table)).table("sessions").select(["account", "user_agent"]).to_pylist()

    assert len(data_files(home(table) / "sessions") or ()) == 2
    assert sorted(found, key=lambda row: row["account"]) == [
        {"account": "a", "user_agent": "FI"},
        {"account": "b", "user_agent": "SE"},
    ]


def test_an_iceberg_table_whose_folders_tell_nothing_is_pruned_by_its_partitions(catalog: SqlCatalog) -> None:
    """As in object stores, where folders have names of chance."""
    chance = {"write.object-storage.enabled": "true", "write.object-storage.partitioned-paths": "false"}
    given = pa.concat_tables([rows("a"), rows("b", day="2026-07-04")])
    table = catalog.create_table("n.sessions", schema=given.schema, properties=chance)
    with table.update_spec() as update:
        update.add_identity("day")
    table.append(given)
    result = load(home(table), reading=LENIENT.model_copy(update={"until": "2026-05-20"}))

    assert result.table("sessions")["account"].to_pylist() == ["a"]
    (file,) = [each for each, why in result.sources.ignored.items() if "outside the dates asked for" in why]
    assert "2026" not in file


def test_times_by_which_iceberg_keeps_its_files_are_told_as_folders() -> None:
    """The library writes such tables with an extension only; it reads them without."""
    columns = Schema(NestedField(1, "at", TimestampType(), required=False))
    for unit, number, end in (
        (DayTransform(), 20_577, "2026-05-05T00"),
        (HourTransform(), 20_577 * 24 + 8, "2026-05-04T09"),
        (MonthTransform(), 676, "2026-06-01T00"),
    ):
        spec = PartitionSpec(PartitionField(1, 1000, unit, f"at_{unit}"))
        kept = spec.partition_to_path(Record(number), columns)
        told = span(f"{kept}/")
        assert told is not None and told.end.isoformat()[:13] == end, kept


def test_an_iceberg_table_that_was_moved_is_read_where_it_lies(catalog: SqlCatalog, tmp_path: Path) -> None:
    table = created(catalog, rows("a"), rows("b"))
    moved = tmp_path / "else where"
    moved.mkdir()
    shutil.move(home(table) / "sessions", moved / "sessions")

    assert accounts(moved) == ["a", "b"]
    assert not (home(table) / "sessions").exists()


def test_an_iceberg_table_cannot_name_a_file_outside_it(catalog: SqlCatalog, tmp_path: Path) -> None:
    """Its description says that it lies elsewhere: then none of its files is below this folder."""
    table = created(catalog, rows("a"))
    for each in (home(table) / "sessions" / "metadata").glob("*.metadata.json"):
        described = json.loads(each.read_text())
        described["location"] = "file:///another/place"
        each.write_text(json.dumps(described))
    copied = tmp_path / "copied" / "sessions"
    shutil.copytree(home(table) / "sessions", copied)
    with pytest.raises(InputError, match="a file of this table lies outside it"):
        load(copied.parent)


def test_an_iceberg_table_whose_files_are_gone_is_refused(catalog: SqlCatalog) -> None:
    table = created(catalog, rows("a"))
    for each in (home(table) / "sessions" / "metadata").glob("*.avro"):
        each.unlink()
    with pytest.raises(InputError, match="not a readable Iceberg table"):
        load(home(table))


def test_an_iceberg_table_whose_rows_are_deleted_by_files_is_refused(
    catalog: SqlCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library reads such tables and does not write them."""
    table, plan = created(catalog, rows("a")), DataScan.plan_files

    def with_deletes(scan: DataScan) -> object:
        found = list(plan(scan))
        for task in found:
            task.delete_files.add(task.file)
        return found

    monkeypatch.setattr(DataScan, "plan_files", with_deletes)
    with pytest.raises(InputError, match="rows of this Iceberg table are deleted by delete files"):
        load(home(table))


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense", '{"location": 5}', '{"location": "x"}'])
def test_a_description_that_is_none_is_refused(content: str, tmp_path: Path) -> None:
    metadata = tmp_path / "source" / "sessions" / "metadata"
    metadata.mkdir(parents=True)
    (metadata / "v1.metadata.json").write_text(content)
    with pytest.raises(InputError, match="not a readable Iceberg table"):
        load(tmp_path / "source")


def test_the_highest_number_is_the_newest_description(catalog: SqlCatalog) -> None:
    """`v10` comes after `v9`, though not in the alphabet."""
    table = created(catalog, rows("a"), rows("b"))
    metadata = home(table) / "sessions" / "metadata"
    found = sorted(metadata.glob("*.metadata.json"))
    found[-1].rename(metadata / "v10.metadata.json")
    found[-2].rename(metadata / "v9.metadata.json")
    assert accounts(home(table)) == ["a", "b"]


# --- both ----------------------------------------------------------------------------------------


def test_a_folder_that_is_no_table_of_a_lakehouse(tmp_path: Path) -> None:
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "notes.json").write_text("{}")
    assert data_files(tmp_path) is None


@pytest.mark.parametrize(("library", "mark"), [("deltalake", "_delta_log"), ("pyiceberg", "metadata")])
def test_a_library_that_is_missing_is_named_with_the_command(
    library: str, mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / mark).mkdir()
    (tmp_path / mark / "v1.metadata.json").write_text("{}")
    for name in [library, *(each for each in sys.modules if each.startswith(f"{library}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError) as refused:
        data_files(tmp_path)
    assert f"need the package {library}" in str(refused.value)
    assert refused.value.hint == "pip install 'operator-linkage[lakehouse]'"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_to_a_log_is_read_or_refused(
    data: st.DataObject, catalog: SqlCatalog, tmp_path: Path
) -> None:
    if not (tmp_path / "delta").exists():
        created(catalog, rows("a"), rows("b"))
        deltalake.write_deltalake(str(tmp_path / "delta"), rows("a", "b"), partition_by=["day"])
    folders = {"_delta_log": tmp_path / "delta", "metadata": tmp_path / "home" / "n" / "sessions"}
    log = data.draw(st.sampled_from(sorted(folders)))
    files = sorted(each for each in (folders[log] / log).iterdir() if each.is_file())
    file = files[data.draw(st.integers(0, len(files) - 1))]
    good = file.read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    noise = data.draw(st.binary(max_size=4))
    file.write_bytes(good[:at] + noise + good[at + data.draw(st.integers(0, len(good))) :])
    try:
        data_files(folders[log])
    except LinkageError as error:
        assert str(error)
    finally:
        file.write_bytes(good)
