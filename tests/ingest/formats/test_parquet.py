"""Parquet: its many types, and files that are not what they say."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import Read, load

AT = 1767323045


def write(folder: Path, **columns: Any) -> Path:
    path = folder / "source" / "interactions.parquet"
    path.parent.mkdir(exist_ok=True)
    size = max((len(each) for each in columns.values()), default=1)
    filled = {"account": ["a1"] * size, "at": [AT] * size} | columns
    pq.write_table(pa.table(filled), path)
    return path.parent


def column(folder: Path, name: str, values: Any, **more: Any) -> Read:
    return load(write(folder, **{name: values}), **more)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([AT]),
        pa.array([AT], pa.uint64()),
        pa.array([AT * 1_000]),
        pa.array([AT * 1_000_000]),
        pa.array([AT * 1_000_000_000]),
        pa.array([float(AT)]),
        pa.array([Decimal(AT)]),
        pa.array([str(AT)]),
        pa.array([f"{AT}.0"]),
        pa.array([f" {AT}e0 "]),
        pa.array(["2026-01-02T03:04:05Z"]),
        pa.array(["2026-01-02 03:04:05"]),
        pa.array(["20260102T040405+0100"]),
        pa.array(["2026-01-02T03:04:05.000000000Z"]),
        pa.array([datetime(2026, 1, 2, 3, 4, 5)], pa.timestamp("s")),
        pa.array([datetime(2026, 1, 2, 3, 4, 5)], pa.timestamp("ms")),
        pa.array([AT * 10**9 + 1], pa.timestamp("ns", "Europe/Zurich")),
        pa.array([AT * 10**6], pa.timestamp("us", "UTC")),
        pa.array(["2026-01-02T03:04:05Z"]).dictionary_encode(),
        pa.array(["2026-01-02T03:04:05Z"], pa.large_string()),
        pa.array(["2026-01-02T03:04:05Z"], pa.string_view()),
    ],
    ids=lambda values: f"{values.type}-{values[0]}",
)
def test_one_moment_in_every_type(values: pa.Array, tmp_path: Path) -> None:
    assert column(tmp_path, "at", values).table()["at"].to_pylist() == [AT * 10**6]


def test_times_without_a_zone_are_utc_and_counted(tmp_path: Path) -> None:
    days = pa.array([date(2026, 1, 2), date(2026, 1, 3), date(2200, 1, 1)])

    result = column(tmp_path, "at", days)

    assert result.receipt().naive_times == 2
    assert result.receipt().quarantined == {reasons.TIME_OUT_OF_RANGE: 1}


def test_times_that_overflow_microseconds_are_out_of_range(tmp_path: Path) -> None:
    millis = pa.array([AT * 1_000, 2**62, -(2**62)], pa.timestamp("ms"))

    assert column(tmp_path, "at", millis).receipt().quarantined == {reasons.TIME_OUT_OF_RANGE: 2}


def test_text_that_is_no_utf_8_is_found_though_the_file_says_it_is(tmp_path: Path) -> None:
    raw = pa.array([b"fine", b"\xff\xfe", None], pa.binary())

    result = column(tmp_path, "prompt", raw.view(pa.string()))
    assert result.receipt().cleaned_cells == {"prompt": {"invalid UTF-8": 1}}
    assert result.table()["prompt"].to_pylist()[:2] == ["fine", "\ufffd" * 2]

    # Two ids that are no text would become one.
    result = column(tmp_path, "account", raw.view(pa.string()))
    assert result.receipt().quarantined == {reasons.NOT_UTF8: 1, reasons.NO_ACCOUNT: 1}


def test_hashes_that_are_no_utf_8(tmp_path: Path) -> None:
    inner = pa.array([b"h1", b"\xff"], pa.binary()).view(pa.string())
    lists = pa.ListArray.from_arrays(pa.array([0, 1, 2, 2]), inner)

    result = column(tmp_path, "context_sha256", lists)

    assert result.lost() == {"context_sha256": {reasons.NOT_UTF8: 1}}
    assert result.table()["context_sha256"].to_pylist() == [["h1"], None, None]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, 2], pa.int8()), [1, 2]),
        (pa.array([1.0, None]), [1, None]),
        (pa.array([Decimal("3"), None]), [3, None]),
        (pa.array(["4", " "]), [4, None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_counts(values: pa.Array, expected: list[int | None], tmp_path: Path) -> None:
    assert column(tmp_path, "input_tokens", values).table()["input_tokens"].to_pylist() == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, reasons.NOT_WHOLE),
        (float("nan"), reasons.NOT_FINITE),
        (1e19, reasons.OUT_OF_RANGE),
        (-1.0, reasons.NEGATIVE),
    ],
)
def test_counts_that_are_none(value: float, reason: str, tmp_path: Path) -> None:
    assert column(tmp_path, "input_tokens", [value, 1.0]).lost() == {"input_tokens": {reason: 1}}


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[0.5, 1.0]], pa.list_(pa.float64())),
        pa.array([[0.5, 1.0]], pa.list_(pa.float32(), 2)),
        pa.array([[0.5, 1.0]], pa.list_(pa.float16())),
        pa.array([[0.5, 1.0]], pa.large_list(pa.float32())),
        pa.array(["[0.5, 1]"]),
    ],
    ids=lambda values: str(values.type),
)
def test_vectors(values: pa.Array, tmp_path: Path) -> None:
    assert column(tmp_path, "embedding", values).table()["embedding"].to_pylist() == [[0.5, 1.0]]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("prompt", pa.array([["x"]]), "column prompt holds list<.*needs a text"),
        ("model", pa.array([{"x": 1}]), "column model holds struct"),
        ("embedding", pa.array([["x"]]), "column embedding holds list<.*needs a vector"),
        ("at", pa.array([["x"]]), "column at holds list<.*needs a time"),
    ],
)
def test_a_column_of_the_wrong_type_is_one_mistake(
    name: str, values: pa.Array, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"interactions.parquet: {message}"):
        column(tmp_path, name, values)


@pytest.mark.parametrize(
    ("name", "kind", "remedy"),
    [
        ("at", pa.time64("us"), "a timestamp"),
        ("input_tokens", pa.duration("us"), "a number"),
    ],
)
def test_a_type_that_says_something_else_is_named_with_what_it_could_be(
    name: str, kind: pa.DataType, remedy: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"column {name} holds .*, not one value") as raised:
        column(tmp_path, name, pa.array([None], kind))
    assert f"cast it to {remedy}" in (raised.value.hint or "")


def test_true_is_no_text(tmp_path: Path) -> None:
    assert column(tmp_path, "model", [True, None]).lost() == {"model": {reasons.WRONG_TYPE: 1}}


def test_whole_numbers_are_ids(tmp_path: Path) -> None:
    ids = column(tmp_path, "account", [7, 2**63 - 1]).table()["account"].to_pylist()

    assert ids == ["7", str(2**63 - 1)]


@pytest.mark.parametrize("cut", [3, 100, -1, -200])
def test_what_is_not_parquet_is_named(cut: int, tmp_path: Path) -> None:
    source = write(tmp_path, prompt=["x" * 50] * 50)
    file = source / "interactions.parquet"
    file.write_bytes(file.read_bytes()[:cut])

    with pytest.raises(InputError, match=r"interactions\.parquet: not a readable Parquet file") as caught:
        load(source)

    assert caught.value.hint


def test_damaged_pages_are_named(tmp_path: Path) -> None:
    source = write(tmp_path, prompt=[f"{i} words" for i in range(5_000)])
    file = source / "interactions.parquet"
    data = bytearray(file.read_bytes())
    data[1_000:9_000] = b"\xff" * 8_000
    file.write_bytes(bytes(data))

    with pytest.raises(InputError, match=r"interactions\.parquet"):
        load(source)


def test_a_missing_column_and_unknown_ones(put: Put) -> None:
    source = put("sessions.csv", b"account,at\n")
    pq.write_table(pa.table({"account": ["a"], "zone": [1]}), source / "interactions.parquet")

    with pytest.raises(InputError, match=r"needs the column at, which is missing"):
        load(source)

    pq.write_table(pa.table({" account": ["a"], "at": [AT], "zone": [1]}), source / "interactions.parquet")
    assert load(source).receipt().unknown_columns == ("zone",)


def test_a_value_repeated_a_million_times_is_never_held_a_million_times(tmp_path: Path) -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 600, pa.int32()), pa.array(["x" * 2**20]))
    source = write(tmp_path, prompt=text)
    before = pa.total_allocated_bytes()
    peaks: list[int] = []

    result = load(source, progress=lambda table, rows: peaks.append(pa.total_allocated_bytes() - before))

    assert result.receipt().used == 600
    assert len(peaks) > 5
    assert max(peaks) < 400 * 2**20


def test_a_prompt_too_long_is_cut(tmp_path: Path) -> None:
    reading = IngestSettings(max_quarantined=1, max_line_bytes=100)

    result = column(tmp_path, "prompt", ["é" * 50, "é" * 51], reading=reading)

    assert result.table()["prompt"].to_pylist() == ["é" * 50] * 2
    assert result.receipt().cleaned_cells == {"prompt": {"too long": 1}}


def test_a_file_that_is_large_once_decompressed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"interactions\.parquet: .* bytes once decompressed"):
        column(tmp_path, "prompt", ["x" * 900, "y" * 900], reading=IngestSettings(max_file_bytes=1_000))


def repeated(text: str, times: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), pa.array([text]))


def bomb(folder: Path, text: str, times: int, *, nested: bool = False) -> Path:
    """A file that holds a text once, and says that it stands in every row."""
    said: Any = repeated(text, times)
    if nested:
        said = pa.StructArray.from_arrays([said], ["text"])
    path = folder / "source" / "interactions.parquet"
    path.parent.mkdir(exist_ok=True)
    columns = {
        "account": repeated("a1", times),
        "at": repeated("2026-01-02T03:04:05Z", times),
        "prompt": said,
    }
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)
    return path.parent


@pytest.mark.parametrize(
    ("size", "times", "nested"),
    [(4_000_000, 10_000, False), (10_000, 400_000, False), (4_000_000, 10_000, True)],
)
def test_a_text_repeated_beyond_measure_is_refused_before_it_is_written_out(
    size: int, times: int, nested: bool, tmp_path: Path
) -> None:
    source = bomb(tmp_path, "x" * size, times, nested=nested)
    assert (source / "interactions.parquet").stat().st_size < 10_000
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(InputError, match=r"take more than .* bytes written out, from .* as a bomb's do"):
        load(source)
    assert pa.default_memory_pool().max_memory() - before < 2**30


def test_an_honest_prompt_that_everybody_sends_is_read(tmp_path: Path) -> None:
    source = bomb(tmp_path, "x" * 2_000, 30_000)
    assert load(source).receipt().rows == 30_000
    with pytest.raises(InputError, match="raise ingest"):
        try:
            load(source, reading=IngestSettings(ratio_from_bytes=2**20, max_repeated_ratio=2))
        except InputError as error:
            raise InputError(error.hint) from error
