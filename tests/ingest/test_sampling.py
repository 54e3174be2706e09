"""The first rows of a file are those that reading it gives, and a file that cannot be read gives none."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest.sampling import Sample, sample
from linkage.ingest.sniffing import HEAD_BYTES, NDJSON, Unreadable, Written, sniffed
from linkage.settings.ingest import Ingest

CHOSEN = Ingest()
ROWS = [{"account": f"a{n}", "at": n, "x": {"y": n}} for n in range(30)]


def sampled(path: Path, content: bytes | str) -> Sample:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return sample(path, sniffed(path), CHOSEN)


@pytest.mark.parametrize("kind", ["lines", "array", "gzip", "parquet", "one after the other"])
def test_the_first_rows_in_each_format(kind: str, tmp_path: Path) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    path = tmp_path / "file"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
        found = sample(path, sniffed(path), CHOSEN)
    else:
        texts = {
            "lines": lines.encode(),
            "array": json.dumps(ROWS).encode(),
            "gzip": gzip.compress(lines.encode()),
            "one after the other": "".join(json.dumps(row, indent=1) for row in ROWS).encode(),
        }
        found = sampled(path, texts[kind])
    assert found == Sample(("account", "at", "x"), tuple(ROWS[:20]))


def test_csv_gives_texts_under_its_header(tmp_path: Path) -> None:
    found = sampled(tmp_path / "f", 'account , at\na,"1\n2"\n\nb,3,4\n')
    assert found == Sample(("account", "at"), ({"account": "a", "at": "1\n2"}, {"account": "b", "at": "3"}))


def test_an_access_log_gives_its_parts(tmp_path: Path) -> None:
    line = '192.0.2.1 - ada [04/May/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'
    (row,) = sampled(tmp_path / "f", line).rows
    assert "ada" in row.values() and "192.0.2.1" in row.values()


def test_as_many_rows_as_the_settings_say(tmp_path: Path) -> None:
    path = tmp_path / "f"
    sampled(path, "".join(json.dumps(row) + "\n" for row in ROWS))
    assert len(sample(path, sniffed(path), Ingest(sampled_rows=3)).rows) == 3


def test_odd_lines_are_passed_over(tmp_path: Path) -> None:
    found = sampled(tmp_path / "f.jsonl", '\n{"a": NaN}\nbroken\n7\n[1]\n{"b": 2}\n')
    assert found.columns == ("a", "b")


def test_a_first_line_longer_than_what_is_looked_at(tmp_path: Path) -> None:
    row = {"account": "a", "prompt": "x" * HEAD_BYTES}
    assert sampled(tmp_path / "f", json.dumps(row) + "\n").rows == (row,)


def test_an_empty_file_and_one_without_rows(tmp_path: Path) -> None:
    assert sampled(tmp_path / "f", "") == Sample((), ())
    assert sampled(tmp_path / "f", "a,b\n") == Sample(("a", "b"), ())
    assert sampled(tmp_path / "f", "[]") == Sample((), ())
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "p")
    assert sample(tmp_path / "p", sniffed(tmp_path / "p"), CHOSEN) == Sample(("a",), ())


def test_a_time_that_python_cannot_hold_costs_its_column(tmp_path: Path) -> None:
    path = tmp_path / "f"
    pq.write_table(pa.table({"a": ["x"], "t": pa.array([2**62], pa.timestamp("us"))}), path)
    assert sample(path, sniffed(path), CHOSEN).rows == ({"a": "x", "t": None},)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    for kind in ("parquet", NDJSON, "csv"):
        with pytest.raises(OSError, match="No such file"):
            sample(tmp_path / "none", Written(kind), CHOSEN)


@given(st.binary(max_size=120), st.sampled_from(["f", "f.csv", "f.jsonl", "f.json", "f.parquet", "f.gz"]))
def test_any_bytes_give_rows_or_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    try:
        found = sampled(tmp_path_factory.getbasetemp() / name, content)
    except (Unreadable, InputError):
        return
    assert all(isinstance(row, dict) for row in found.rows)
