"""The rows whose reading `benchmarks/formats.py` measures, in the formats in which they are read."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 30_000


def rows() -> Iterable[dict[str, Any]]:
    """Requests of 20,000 accounts, each with a prompt of 30 words."""
    rng = np.random.default_rng(1)
    words = [f"word{n}" for n in range(3_000)]
    for n in range(ROWS):
        prompt = " ".join(words[i] for i in rng.integers(0, len(words), 30))
        yield {
            "account": f"account-{rng.integers(0, 20_000)}",
            "at": f"2026-05-{rng.integers(1, 29):02}T{rng.integers(0, 24):02}:{rng.integers(0, 60):02}:00Z",
            "interaction": f"request-{n}",
            "prompt": prompt,
            "model": f"model-{rng.integers(0, 3)}",
            "input_tokens": int(rng.integers(1, 5_000)),
            "output_tokens": int(rng.integers(1, 5_000)),
            "ip": f"198.51.{rng.integers(0, 255)}.{rng.integers(1, 255)}",
            "user_agent": f"client/{rng.integers(0, 50)}",
        }


WITHOUT_PROMPT = ("account", "at", "interaction", "model", "ip", "user_agent")
"""What is left of a row in logs that hold no prompts."""


def flat(home: Path, rows: list[dict[str, Any]]) -> dict[str, tuple[Path, str]]:
    """The same rows as NDJSON, CSV and Parquet, each with how DuckDB reads them."""
    table = pa.Table.from_pylist(rows)
    for kind in ("ndjson", "csv", "parquet", "short"):
        (home / kind).mkdir(parents=True)
    (home / "ndjson" / "interactions.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    short = ({name: row[name] for name in WITHOUT_PROMPT} for row in rows)
    (home / "short" / "interactions.ndjson").write_text("".join(json.dumps(row) + "\n" for row in short))
    duckdb.from_arrow(table).write_csv(str(home / "csv" / "interactions.csv"))
    pq.write_table(table, home / "parquet" / "interactions.parquet")
    return {
        "NDJSON": (home / "ndjson", f"read_ndjson('{home}/ndjson/interactions.ndjson')"),
        "CSV": (home / "csv", f"read_csv('{home}/csv/interactions.csv')"),
        "NDJSON, no prompts": (home / "short", f"read_ndjson('{home}/short/interactions.ndjson')"),
        "Parquet": (home / "parquet", f"read_parquet('{home}/parquet/interactions.parquet')"),
    }


def odd(home: Path) -> dict[str, Path]:
    """The flat rows with some that no reader of columns takes."""
    found = {}
    for kind, extra in (("ndjson", b'{"account": "a", "prompt": ["x"]}'), ("csv", b"a,b")):
        lines = (home / kind / f"interactions.{kind}").read_bytes().splitlines()
        for every in (7_000, 100):
            place = home / f"{kind}-{every}"
            place.mkdir()
            with (place / f"interactions.{kind}").open("wb") as out:
                for at, line in enumerate(lines):
                    out.write((extra if at % every == every // 2 else line) + b"\n")
            found[f"{kind.upper()}, one odd row in {every:,}"] = place
    return found
