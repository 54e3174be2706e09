"""Which files are found, and what is said about the others."""

import errno
import io
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage import schema
from linkage.errors import InputError, UsageError
from linkage.ingest.files import table_of
from linkage.settings import TableMapping
from tests.ingest.conftest import Put
from tests.ingest.made import LENIENT, load

ROW = b'{"account":"a1","at":1767323045}\n'
CSV = b"account,at\na1,1767323045\n"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("interactions", "interactions"),
        ("interactions-0", "interactions"),
        ("interactions.part1", "interactions"),
        ("interactions_part-00007", "interactions"),
        ("interactions-2026-03-01", "interactions"),
        ("interactions-old", None),
        ("interactions0", None),
        ("Interactions", "interactions"),
        ("interaction", None),
        ("my-interactions-0", None),
        ("", None),
    ],
)
def test_a_stem_names_a_table_or_none(name: str, table: str | None) -> None:
    assert table_of(name) == table


def test_no_name_of_a_table_ends_like_a_number_of_a_part() -> None:
    assert not any(name[-1].isdigit() for name in schema.SOURCES)
    assert all(table_of(f"{name}-1") == name for name in schema.SOURCES)


def test_file_folder_and_numbered_parts_are_one_table(put: Put) -> None:
    put("interactions.ndjson", ROW)
    put("interactions-1.ndjson", ROW)
    put("interactions/anything.csv", CSV)
    source = put("interactions/b.jsonl", ROW)

    result = load(source)

    names = ["interactions-1.ndjson", "interactions.ndjson", "interactions/anything.csv"]
    assert [each.file for each in result.sources.receipts] == [*names, "interactions/b.jsonl"]
    assert result.table()["file"].to_pylist() == [*names, "interactions/b.jsonl"]
    assert len(result.sources.tables["interactions"]) == 4


def test_what_is_no_table_is_listed_and_left_alone(put: Put) -> None:
    put("interactions/part.ndjson", ROW)
    put("interactions/_SUCCESS")
    put("interactions/day=1/part.ndjson", ROW)
    put("notes.csv", CSV)
    put("archive/interactions.ndjson", ROW)
    source = put("sessions.csv.bak", CSV)

    result = load(source)

    assert list(result.sources.ignored) == [
        "archive/interactions.ndjson",
        "interactions/_SUCCESS",
        "notes.csv",
        "sessions.csv.bak",
    ]
    assert "call it interactions" in result.sources.ignored["archive/interactions.ndjson"]
    assert sum(each.rows for each in result.sources.receipts) == 2


def test_a_single_file_is_known_by_its_stem(put: Put) -> None:
    result = load(put("interactions.ndjson", ROW) / "interactions.ndjson")

    assert result.table()["file"].to_pylist() == ["interactions.ndjson"]


def test_a_file_given_twice_is_read_once(put: Put) -> None:
    source = put("interactions.ndjson", ROW)

    result = load(source, source / "interactions.ndjson")

    assert result.table().num_rows == 1
    assert result.sources.ignored == {"interactions.ndjson": "given twice, read once"}


def test_two_sources_with_the_same_names_are_told_apart(put: Put) -> None:
    put("one/interactions.ndjson", ROW)
    source = put("two/interactions.ndjson", ROW)

    result = load(source / "one", source / "two")

    assert {each.file for each in result.sources.receipts} == {
        "interactions.ndjson",
        "two/interactions.ndjson",
    }


def test_a_name_that_is_no_text_is_escaped(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "interactions"
    folder.mkdir(parents=True)
    try:
        (folder / os.fsdecode(b"\xff.ndjson")).write_bytes(ROW)
    except OSError:
        return  # some file systems hold no such name
    result = load(tmp_path / "source")

    assert result.table()["file"].to_pylist() == ["interactions/\\xff.ndjson"]


def test_none_of_the_tables_that_are_enough(put: Put) -> None:
    put("accounts.csv", b"account\na1\n")
    source = put("chats.csv", CSV)

    with pytest.raises(InputError, match=r"none of the tables interactions, .*besides: chats\.csv") as caught:
        load(source)

    assert caught.value.exit_code == 3
    assert "[sources]" in caught.value.hint


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing: no such file or folder"):
        load(tmp_path / "missing")


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    os.mkfifo(tmp_path / "source" / "interactions.csv")

    with pytest.raises(InputError, match=r"none of the tables"):
        load(tmp_path / "source")
    with pytest.raises(InputError, match=r"neither a file nor a folder"):
        load(tmp_path / "source" / "interactions.csv")


def test_a_mapped_file_is_not_read_by_its_stem(put: Put) -> None:
    put("sessions.csv", b"who,when\na1,1767323045\n")
    source = put("payments.csv", b"account\na1\n")
    mapping = TableMapping(file="sessions.csv", columns={"account": "who", "at": "when"})

    result = load(source, mappings={"interactions": mapping})

    assert set(result.sources.tables) == {"interactions", "payments"}
    assert result.sources.ignored == {}


def test_a_mapped_file_in_a_folder_leaves_its_neighbours_listed(put: Put) -> None:
    put("deep/down/log.csv", b"who,when\na1,1767323045\n")
    put("deep/other.csv", CSV)
    source = put("deep/down/else.csv", CSV)
    mapping = TableMapping(file="**/log.csv", columns={"account": "who", "at": "when"})

    result = load(source, mappings={"interactions": mapping})

    assert result.table()["file"].to_pylist() == ["deep/down/log.csv"]
    assert list(result.sources.ignored) == ["deep/down/else.csv", "deep/other.csv"]


def test_a_mapping_without_its_file(put: Put) -> None:
    mapping = TableMapping(file="logs/*.csv", columns={"account": "who", "at": "when"})

    with pytest.raises(InputError, match=r"\[sources\.interactions\] file = 'logs/\*\.csv': no such file"):
        load(put("sessions.csv", CSV), mappings={"interactions": mapping})


def test_a_mapped_file_of_a_format_that_is_not_read(put: Put) -> None:
    mapping = TableMapping(file="log.bin", columns={"account": "who", "at": "when"})

    with pytest.raises(InputError, match=r"\[sources\.interactions\]: log\.bin is in no format"):
        load(put("log.bin", bytes(range(1, 9)) * 9), mappings={"interactions": mapping})


@pytest.mark.parametrize("pattern", ["../*.csv", "/etc/passwd", "a/../../b.csv"])
def test_a_mapping_cannot_leave_its_source(pattern: str, put: Put) -> None:
    mapping = TableMapping(file=pattern, columns={"account": "who", "at": "when"})

    with pytest.raises(UsageError, match="must be a name inside the source"):
        load(put("sessions.csv", CSV), mappings={"interactions": mapping})


# --- folders inside folders, and what their names say --------------------------------------------


def test_folders_inside_a_table_are_entered_and_name_columns(put: Put) -> None:
    put("sessions/user_agent=FI/dt=2026-05-04/p1.csv", CSV)
    put("sessions/user_agent=a%20b/p2.csv", CSV)
    put("sessions/user_agent=__HIVE_DEFAULT_PARTITION__/p3.csv", CSV)
    source = put("sessions/p0.csv", CSV)

    result = load(source)

    found = result.table("sessions").select(["file", "user_agent"]).to_pylist()
    assert [(row["file"], row["user_agent"]) for row in found] == [
        ("sessions/p0.csv", None),
        ("sessions/user_agent=FI/dt=2026-05-04/p1.csv", "FI"),
        ("sessions/user_agent=__HIVE_DEFAULT_PARTITION__/p3.csv", None),
        ("sessions/user_agent=a%20b/p2.csv", "a b"),
    ]


@pytest.mark.parametrize("ending", ["csv", "ndjson", "json", "parquet"])
def test_what_a_file_says_comes_before_its_folder(ending: str, put: Put) -> None:
    rows = [{"account": "a1", "at": "2026-05-04T08:00:00Z", "ip": "192.0.2.1"}]
    source = put(f"sessions/ip=192.0.2.9/model=x/p.{ending}", b"")
    file = source / f"sessions/ip=192.0.2.9/model=x/p.{ending}"
    if ending == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    elif ending == "csv":
        file.write_text("account,at,ip\na1,2026-05-04T08:00:00Z,192.0.2.1\n")
    else:
        file.write_text(json.dumps(rows if ending == "json" else rows[0]))

    result = load(source)

    assert result.table("sessions")["ip"].to_pylist() == ["192.0.2.1"]


def test_a_folder_may_give_a_column_that_the_table_must_have(put: Put) -> None:
    source = put("sessions/account=a7/p.csv", b"at,ip\n1767323045,192.0.2.1\n")
    assert load(source).table("sessions")["account"].to_pylist() == ["a7"]


def test_a_mapping_may_name_what_a_folder_says(put: Put) -> None:
    source = put("logs/tenant=t1/x.csv", b"when\n1767323045\n")
    mapping = TableMapping(file="logs/**/*.csv", columns={"account": "tenant", "at": "when"})
    assert load(source, mappings={"sessions": mapping}).table("sessions")["account"].to_pylist() == ["t1"]


def test_hidden_files_and_marks_are_named_and_not_read(put: Put) -> None:
    put("sessions/_SUCCESS", b"")
    put("sessions/.p1.csv.crc", b"x")
    put("sessions/_temporary/p9.csv", CSV)
    put(".git/config", b"x")
    source = put("sessions/p1.csv", CSV)

    result = load(source)

    assert result.table("sessions").num_rows == 1
    assert set(result.sources.ignored) == {
        ".git/", "sessions/.p1.csv.crc", "sessions/_SUCCESS", "sessions/_temporary/",
    }  # fmt: skip
    assert set(result.sources.ignored.values()) == {"hidden, or a mark of who wrote it"}


def test_dates_asked_for_leave_out_folders_by_name_and_rows_by_time(put: Put) -> None:
    late = b"account,at\na1,2026-05-04T23:00:00Z\na2,2026-05-05T01:00:00Z\na3,2026-05-06T00:00:00Z\n"
    put("sessions/dt=2026-05-04/p.csv", late)
    put("sessions/dt=2026-05-01/p.csv", b"never opened, or it would be refused")
    put("accounts.csv", b"account,created_at\na1,2020-01-01\n")
    source = put("sessions/dt=2026-05-09/p.csv", b"neither")

    result = load(source, reading=LENIENT.model_copy(update={"since": "2026-05-05", "until": "2026-05-06"}))

    assert result.table("sessions")["account"].to_pylist() == ["a2"]
    assert result.receipt("sessions").filtered == {"outside the dates asked for": 2}
    assert result.table("accounts").num_rows == 1
    assert result.sources.ignored == dict.fromkeys(
        ["sessions/dt=2026-05-01/p.csv", "sessions/dt=2026-05-09/p.csv"],
        "its folder's date is outside the dates asked for",
    )


@pytest.mark.parametrize(
    "folder", ["{:%Y-%m-%d/%H}", "{:%Y/%m/%d/%H}", "dt={:%Y-%m-%d}/hour={:%H}", "{:%Y%m%d%H}"]
)
def test_of_a_month_by_the_hour_only_the_hours_asked_for_are_opened(
    folder: str, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where files are looked at and read, not by time."""
    first = datetime(2026, 5, 1, tzinfo=UTC)
    for number in range(31 * 24):
        hour = first + timedelta(hours=number)
        text = f"account,at\na{number},{hour:%Y-%m-%dT%H}:30:00Z\n"
        source = put(f"sessions/{folder.format(hour, hour)}/p.csv", text.encode())
    put("accounts/dt=2026-01-01/p.csv", b"account,created_at\na1,2026-01-01\n")
    opened: set[str] = set()
    plainly = io.open

    def counted(file: object, *how: Any, **more: Any) -> IO[Any]:
        if Path(str(file)).is_relative_to(source):
            opened.add(Path(str(file)).relative_to(source).as_posix())
        return plainly(file, *how, **more)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(io, "open", counted)
    chosen = {"since": "2026-05-04T08:00", "until": "2026-05-04T10:00", "folder_slack_hours": 1}

    result = load(source, reading=LENIENT.model_copy(update=chosen))

    assert result.table("sessions")["account"].to_pylist() == ["a80", "a81"]
    assert result.table("accounts").num_rows == 1
    assert len(result.sources.ignored) == 31 * 24 - 4
    assert opened == {each.file for each in result.sources.receipts} and len(opened) == 4 + 1


def test_a_mapped_file_outside_the_dates_is_named_too(put: Put) -> None:
    put("dt=2026-05-09/log.csv", b"who,when\na1,2026-05-09\n")
    source = put("dt=2026-05-04/log.csv", b"who,when\na1,2026-05-04\n")
    mapping = TableMapping(file="**/log.csv", columns={"account": "who", "at": "when"})
    reading = LENIENT.model_copy(update={"until": "2026-05-05"})

    result = load(source, mappings={"sessions": mapping}, reading=reading)

    assert result.table("sessions").num_rows == 1
    assert list(result.sources.ignored) == ["dt=2026-05-09/log.csv"]


def test_a_tables_own_file_that_cannot_be_read_stops_the_run(put: Put) -> None:
    put("accounts.csv", b"account,created_at\na1,2020-01-01\n")
    with pytest.raises(InputError, match=r"sessions\.csv\.gz: not a gzip stream") as refused:
        load(put("sessions.csv.gz", b"\x1f\x8bnothing"))
    assert "copy or export it again" in (refused.value.hint or "")


def test_a_link_that_leads_nowhere_is_named(put: Put) -> None:
    source = put("sessions.csv", CSV)
    (source / "interactions.csv").symlink_to(source / "gone.csv")
    assert load(source).sources.ignored == {
        "interactions.csv": "no file: a link that leads nowhere, or a device"
    }


def test_a_mapping_says_how_its_file_is_written(put: Put) -> None:
    source = put("log.data", "who~when\ncaf\u00e9~1767323045\n".encode("latin-1"))
    mapping = TableMapping(
        file="log.data",
        columns={"account": "who", "at": "when"},
        format="csv",
        delimiter="~",
        encoding="latin-1",
    )
    assert load(source, mappings={"sessions": mapping}).table("sessions")["account"].to_pylist() == ["café"]


@pytest.mark.parametrize("link", ["again", "sessions/again", "sessions/deep/again"])
def test_links_in_a_circle_are_followed_once(link: str, put: Put) -> None:
    source = put("sessions/deep/a.csv", CSV)
    put("sessions/b.csv", CSV)
    (source / link).symlink_to(source / "sessions" if "/" in link else source)

    result = load(source)

    assert [each.file for each in result.sources.receipts] == ["sessions/b.csv", "sessions/deep/a.csv"]
    assert result.sources.ignored == {f"{link}/": "a link to a folder that is read"}


def test_a_link_to_itself_is_named(put: Put) -> None:
    source = put("sessions.csv", CSV)
    (source / "self").symlink_to("self")
    assert load(source).sources.ignored == {"self": "no file: a link that leads nowhere, or a device"}


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders called `closed` must not be read; a right that tests run by root could not take away."""
    entries = Path.iterdir

    def iterdir(self: Path) -> Any:
        if self.name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return entries(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)


@pytest.mark.usefixtures("denied")
def test_a_folder_that_must_not_be_read_is_named(put: Put) -> None:
    put("closed/a.csv", CSV)
    source = put("sessions.csv", CSV)
    assert load(source).sources.ignored == {"closed/": "it must not be read: Permission denied"}


@pytest.mark.usefixtures("denied")
def test_a_tables_folder_that_must_not_be_read_stops_the_run(put: Put) -> None:
    put("sessions/closed/a.csv", CSV)
    source = put("sessions/b.csv", CSV)
    with pytest.raises(InputError, match=r"sessions/closed: must not be read: Permission denied") as error:
        load(source)
    assert error.value.exit_code == 3
