"""Are logs of other systems read whole, what does reading cost, and do odd cells cost recall?

`python benchmarks/formats.py` prints, for each sample of the public formats (where the folder is there), the
rows that were read of those that it holds; then the processor time of reading flat tables and nested logs as
a ratio to DuckDB's, in one run. `--recall SEED...` prints the recall of simulated populations whose prompts
are hidden in odd ways, beside that of the same populations as they are. `--only NAME...` prints the cost of
some formats alone.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from formats_rows import ROWS, flat, odd, rows
from formats_writers import WITHOUT_PROMPTS, WRITERS, nested

from linkage.ingest.read import read
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.program import Settings

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "formats" / "samples"

HOLDS: dict[str, dict[str, int]] = {
    "anthropic_batch": {"interactions": 24},
    "auth0": {"accounts": 24, "sessions": 24},
    "azure_apim": {"interactions": 24},
    "azure_openai": {"interactions": 48},
    "bedrock": {"interactions": 24},
    "cloudflare_aig": {"interactions": 24},
    "cloudflare_http": {"sessions": 24},
    "ecs": {"interactions": 48},
    "envoy": {"interactions": 24},
    "langfuse": {"interactions": 48},
    "litellm": {"interactions": 72},
    "nginx": {"sessions": 48},
    "ocsf": {"interactions": 24},
    "ocsf_lake": {"interactions": 24},
    "openai_batch": {"interactions": 24, "sessions": 24},
    "otlp": {"interactions": 28},
    "portkey": {"interactions": 24},
    "sharegpt": {"interactions": 8},
    "stripe": {"payments": 36},
    "wildchat": {"interactions": 24},
}
"""Requests, sign-ins, sign-ups and payments that each sample holds, counted by hand."""


def samples() -> None:
    """Print the rows read of each sample, with default settings."""
    if not SAMPLES.is_dir():
        print("the folder of samples is not here; this part is left out")
        return
    print("| sample | rows it holds | rows read |\n|---|---|---|")
    whole = 0
    for name, holds in sorted(HOLDS.items()):
        used = _read(SAMPLES / name)
        whole += all(used[table] == rows for table, rows in holds.items())
        print(f"| {name} | {_said(holds)} | {_said({table: used[table] for table in holds})} |")
    print(f"\n{whole} of {len(HOLDS)} samples are read whole, without a settings file\n")


def _read(source: Path) -> Counter[str]:
    settings, used = Settings(ingest=IngestSettings(max_quarantined=1)), Counter[str]()
    with tempfile.TemporaryDirectory() as staging:
        found = read([source], Path(staging), chosen=settings.ingest, mappings={})
        for each in found.receipts:
            used[each.table] += each.used
    return used


def _said(rows: dict[str, int]) -> str:
    return ", ".join(f"{table} {count}" for table, count in rows.items())


class Cost(NamedTuple):
    """Seconds of processor, and those of them that the program itself used."""

    all: float
    user: float


def costs(names: Sequence[str], repeats: int) -> None:
    """Print what reading costs beside DuckDB, which copies the same flat rows to Parquet on one thread.

    `names` are of flat or odd sources and of adapters; none means all. Of `repeats` runs the least counts.
    """
    made = list(rows())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        plain = flat(home, made)
        theirs = {
            name: _least(lambda query=query: _copied(query), repeats) for name, (_, query) in plain.items()
        }  # type: ignore[misc]
        print("| read | rows | processor (s) | of it user | DuckDB, flat (s) | ratio |")
        print("|---|---|---|---|---|---|", flush=True)
        for name, source in {**{name: each for name, (each, _) in plain.items()}, **odd(home)}.items():
            if not names or name in names:
                _cost(name, source, theirs[name.partition(", one odd")[0]], repeats)
        for name in [each for each in WRITERS if not names or each in names]:
            base = "NDJSON, no prompts" if name in WITHOUT_PROMPTS else "NDJSON"
            (source,) = nested(home, made, [name]).values()
            _cost(f"adapter {name}", source, theirs[base], repeats)
            shutil.rmtree(source)
    print()


def _cost(name: str, source: Path, theirs: Cost, repeats: int) -> None:
    ours = _least(lambda: _read(source), repeats)
    figures = f"{ours.all:.2f} | {ours.user:.2f} | {theirs.all:.2f} | {ours.all / theirs.all:.1f}"
    print(f"| {name} | {ROWS:,} | {figures} |", flush=True)


def _copied(query: str) -> None:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        engine.execute(f"COPY (SELECT * FROM {query}) TO '{folder}/x.parquet' (COMPRESSION zstd)")


def _least(work: Callable[[], Any], repeats: int) -> Cost:
    """The least processor time of several runs: what else the machine does adds to it."""
    found = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        user = after.ru_utime - before.ru_utime
        found.append(Cost(user + after.ru_stime - before.ru_stime, user))
    return min(found)


# --- recall -------------------------------------------------------------------------------------


def recall(seeds: Iterable[int], accounts: int, names: Sequence[str]) -> None:
    """Print the recall of populations as they are and with odd prompts, or with those of some names."""
    names = [name for name in ODD if not names or name in names]
    print("| seed | " + " | ".join(names) + " |\n|---|" + "---|" * len(names))
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            found = [_recall(Path(folder), name, seed, accounts) for name in names]
        print(f"| {seed} | " + " | ".join(f"{each:.3f}" for each in found) + " |", flush=True)
    print()


def _recall(home: Path, name: str, seed: int, accounts: int) -> float:
    change, withheld = ODD[name]
    made = home / ("withheld" if withheld else "plain")
    if not made.exists():
        more = ["--withhold", "prompts"] if withheld else []
        _linkage("simulate", made, "--profile", "mixed", "--accounts", accounts, "--interactions",
                 10 * accounts, "--seed", seed, *more)  # fmt: skip
    source = home / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(made / "source", source)
    change(source / "interactions.parquet", made / "truth.csv")
    case = home / "case"
    shutil.rmtree(case, ignore_errors=True)
    _linkage("investigate", source, "--case", case, "--seed", seed, "--quiet")
    told = _linkage("evaluate", case, "--truth", made / "truth.csv", "--output", "json")
    return float(json.loads(told)["rows"][0]["b3_recall"])


def _linkage(*arguments: object) -> str:
    command = [sys.executable, "-m", "linkage", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _as_is(file: Path, truth: Path) -> None:
    """Nothing is changed."""


def _prompts(file: Path, made: Callable[[str, bool], str], truth: Path) -> None:
    table = pq.read_table(file)
    lines = [line.split(",") for line in truth.read_text().splitlines()[1:]]
    owned = {cells[0] for cells in lines if len(cells) > 1 and cells[1]}
    accounts = table["account"].to_pylist()
    prompts = [
        None if text is None else made(text, account in owned)
        for text, account in zip(table["prompt"].to_pylist(), accounts, strict=True)
    ]
    at = table.schema.get_field_index("prompt")
    pq.write_table(table.set_column(at, "prompt", pa.array(prompts, pa.string())), file)


def _envelope(file: Path, truth: Path) -> None:
    _prompts(file, lambda text, _: json.dumps({"task": "answer", "input": text, "options": {"n": 3}}), truth)


def _messages(file: Path, truth: Path) -> None:
    _prompts(file, lambda text, _: json.dumps([{"role": "user", "content": text}]), truth)


def _nul(file: Path, truth: Path) -> None:
    _prompts(file, lambda text, owned: "\0" + text if owned else text, truth)


def _stray(file: Path, truth: Path) -> None:
    table = pq.read_table(file)
    texts = pa.array(["{}", *[None] * (table.num_rows - 1)], pa.string())
    pq.write_table(table.append_column("prompt", texts), file)


def _placeholders(text: str, share: float) -> Callable[[Path, Path], None]:
    """What puts a text in the place of prompts and system prompts on a share of the rows; `{}` in it stands
    for a number, and an empty text for none."""

    def change(file: Path, truth: Path) -> None:
        table, draw = pq.read_table(file), random.Random(7)
        hidden = [draw.random() < share for _ in range(table.num_rows)]
        for name in ("prompt", "system_prompt"):
            column = [
                (text.format(draw.randrange(10, 3000)) or None) if gone and each is not None else each
                for each, gone in zip(table[name].to_pylist(), hidden, strict=True)
            ]
            table = table.set_column(table.schema.get_field_index(name), name, pa.array(column, pa.string()))
        pq.write_table(table, file)

    return change


NOTICE = "This content has been removed in accordance with our data retention policy."
HIDDEN = {"`redacted by policy`": "redacted by policy", "a short text": "no text is kept here",
          "a notice": NOTICE, "its length": "text of {} characters dropped"}  # fmt: skip

ODD: dict[str, tuple[Callable[[Path, Path], None], bool]] = {
    "as they are": (_as_is, False),
    "in a JSON envelope": (_envelope, False),
    "as messages": (_messages, False),
    "operators' with a NUL": (_nul, False),
    "withheld": (_as_is, True),
    "withheld but one `{}`": (_stray, True),
    "nothing on 100 %": (_placeholders("", 1.0), False),
    **{
        f"{name} on {share:.0%}": (_placeholders(text, share), False)
        for name, text in HIDDEN.items()
        for share in (0.3, 0.7, 1.0)
    },
}
"""Ways in which prompts lie in a log; each with whether they are withheld."""


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recall", type=int, nargs="+", metavar="SEED", default=[])
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[], help="what of it is printed")
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the least counts")
    parser.add_argument("--accounts", type=int, default=2000, help="of a population whose recall is printed")
    asked = parser.parse_args()
    if asked.recall:
        recall(asked.recall, asked.accounts, asked.only)
        return
    if not asked.only:
        samples()
    costs(asked.only, asked.repeats)


if __name__ == "__main__":
    main()
