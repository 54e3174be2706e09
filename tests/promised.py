"""Small sources made for the promises, the same rows in other files, and the way from a case to a line."""

import csv
import gzip
import hashlib
import ipaddress
import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from linkage import Settings
from linkage.ingest.read import read
from linkage.prompts.skeleton import skeleton
from linkage.schema import CASE, SOURCES, TIME
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.prompts import Prompts as PromptSettings

Row = dict[str, Any]
Tables = dict[str, list[Row]]

SAME = tuple(name for name in CASE if name != "rows")
"""Tables that must be the same bytes in whatever files the rows come; `rows` names the files."""

FORMATS = (".parquet", ".ndjson", ".csv", ".ndjson.gz")


def small(**changes: Any) -> Settings:
    """Settings under which a population of a few dozen has links and groups."""
    return Settings.load(
        None,
        **{
            "prompts": {"encoder": "hashing"},
            "signals": {"min_propose_bits": 0.5, "min_pair_bits": 0.5},
            "scoring": {"operator_accounts": 2, "strong_bits": 2.0},
            "grouping": {"min_accounts": 3, "resamples": 3},
            **changes,
        },
    )


# --- a small world -------------------------------------------------------------------------------

START = datetime(2025, 3, 1, tzinfo=UTC)

ODD = st.text(st.sampled_from("abBÄß日本🙂\"\\,;:{}[]<>%'|# \t/"), min_size=1, max_size=6).map(
    lambda text: text.strip() or "x"
)


@dataclass(frozen=True)
class World:
    """One operator and some strangers; `odd` texts stand in names and values."""

    operator: int
    strangers: int
    odd: tuple[str, ...]
    seed: int

    def tables(self) -> Tables:
        """The rows of five tables, in no particular order."""
        draw = random.Random(self.seed)
        made: Tables = {
            name: [] for name in ("accounts", "payments", "sessions", "interactions", "observations")
        }
        for number in range(self.operator + self.strangers):
            self._account(made, number, draw)
        return made

    def names(self) -> list[str]:
        """All accounts; the operator's come first."""
        return [self.name(number) for number in range(self.operator + self.strangers)]

    def name(self, number: int) -> str:
        """An account's name, which may hold anything a text may."""
        return f"{self.odd[number % len(self.odd)]}-{number:02}"

    def _account(self, made: Tables, number: int, draw: random.Random) -> None:
        hand, who = number < self.operator, self.name(number)
        opened = START + timedelta(minutes=7 * number if hand else draw.randrange(60 * 24 * 90))
        word = self.odd[draw.randrange(len(self.odd))]
        made["accounts"].append(
            {"account": who, "created_at": stamp(opened), "email_domain": "gmail.com", "country": word,
             "email_hash": f"{word}{number}", "referrer": "" if number % 3 else "news"}
        )  # fmt: skip
        made["payments"].append(
            {"account": who, "at": stamp(opened + timedelta(hours=1)),
             "fingerprint": f"card{number // 4 if hand else number}",
             "bin": "411111" if hand else str(500000 + number), "funding": "virtual" if hand else "debit"}
        )  # fmt: skip
        for turn in range(4):
            at = stamp(opened + timedelta(days=2 + turn, minutes=draw.randrange(600)))
            address = f"10.0.{turn}.{draw.randrange(3)}" if hand else f"10.{number}.1.{turn}"
            made["sessions"].append({"account": who, "at": at, "ip": address, "ja4": "t13" if hand else word})
            made["interactions"].append(
                {"account": who, "at": at, "ip": address, **self._asked(hand, turn, draw)}
            )
        made["observations"].append(
            {"account": who, "trait": "shoe", "value": "red" if hand else f"{word}{number % 5}", "at": None}
        )

    def _asked(self, hand: bool, turn: int, draw: random.Random) -> Row:
        topic = draw.choice(("tide", "bread", "engine", "garden", "violin", "glacier", "bridge", "pollen"))
        if hand:
            text = f"Set out every step of the proof before the result is given. Item: {topic} {turn}."
        else:
            text = (
                f"{draw.choice(('why', 'when', 'how'))} {topic} {draw.choice(self.odd)} {draw.randrange(99)}"
            )
        return {"prompt": text, "input_tokens": len(text), "output_tokens": 3 * turn, "model": "m-1"}


worlds = st.builds(
    World,
    operator=st.integers(5, 8),
    strangers=st.integers(18, 30),
    odd=st.lists(ODD, min_size=2, max_size=5).map(tuple),
    seed=st.integers(0, 10_000),
)

PLAIN = World(operator=7, strangers=25, odd=("mira", "jo"), seed=4)
"""A world without surprises, for promises about what people decide."""


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- writing rows, in any files ------------------------------------------------------------------


def write(
    tables: Tables, out: Path, *, parts: int = 1, ending: str = ".ndjson", seed: int | None = None
) -> Path:
    """The rows as a source folder: shuffled if there is a seed, in so many parts, in any format."""
    for name, rows in tables.items():
        mixed = list(rows)
        if seed is not None:
            random.Random(f"{seed} {name}").shuffle(mixed)
        for part in range(parts):
            _write(out / name / f"part-{part}{ending}", name, mixed[part::parts])
    return out


def _write(path: Path, table: str, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [name for name in SOURCES[table].columns if any(row.get(name) is not None for row in rows)]
    if path.suffix == ".parquet":
        kept = [{name: row.get(name) for name in columns} for row in rows]
        pq.write_table(pa.Table.from_pylist(kept) if kept else SOURCES[table].schema.empty_table(), path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns or list(SOURCES[table].columns), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def rows_of(source: Path, scratch: Path) -> Tables:
    """The usable rows of a source folder, to be written again in other files."""
    found = read([source], scratch, chosen=IngestSettings(), mappings={})
    return {name: [_plain(name, row) for row in _staged(parts)] for name, parts in found.tables.items()}


def _staged(parts: tuple[Path, ...]) -> list[Row]:
    return [row for part in parts for row in pq.read_table(part).to_pylist()]


def _plain(table: str, row: Row) -> Row:
    kinds = SOURCES[table].columns
    given = {name: value for name, value in row.items() if name in kinds and value is not None}
    return {n: stamp(_moment(v)) if kinds[n] == TIME else v for n, v in given.items()}


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


# --- what a case says ----------------------------------------------------------------------------


def digests(case: Path) -> dict[str, str]:
    """SHA-256 of every table that must not depend on the files."""
    return {name: hashlib.sha256((case / f"{name}.parquet").read_bytes()).hexdigest() for name in SAME}


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names of the tables whose bytes differ."""
    return [name for name in SAME if one[name] != other[name]]


def rows(case: Path, table: str) -> list[Row]:
    """A table of a case folder, read without this program."""
    found: list[Row] = pq.read_table(case / f"{table}.parquet").to_pylist()
    return found


def partition(case: Path) -> set[frozenset[str]]:
    """All groups of a case, reported and explained, as sets of accounts."""
    members: dict[str, set[str]] = {}
    for name in ("groups", "unresolved", "explained"):
        for row in rows(case, name):
            members.setdefault(row["group"], set()).add(row["account"])
    return {frozenset(each) for each in members.values()}


# --- the walk back -------------------------------------------------------------------------------


@cache
def lines(path: Path) -> dict[int, Row]:
    """The records of a source file, by the line each starts at; read without this program."""
    if path.suffix == ".parquet":
        return dict(enumerate(pq.read_table(path).to_pylist(), 1))
    text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode(
        "utf-8", "replace"
    )
    if ".csv" in path.suffixes:
        return dict(_records(text))
    return {number: _object(line) for number, line in enumerate(text.split("\n"), 1) if line}


def _records(text: str) -> list[tuple[int, Row]]:
    reader = csv.reader(text.splitlines(keepends=True))
    header, found, start = next(reader), [], 2
    for record in reader:
        found.append((start, dict(zip(header, record, strict=False))))
        start = reader.line_num + 1
    return found


def _object(line: str) -> Row:
    try:
        found: Row = json.loads(line)
    except ValueError:
        return {}
    return found


@dataclass(frozen=True)
class Trail:
    """From an observation's id to the line of the file it was read from."""

    source: Path
    observations: dict[str, Row]
    places: dict[str, Row]
    templates: dict[str, str | None]

    @classmethod
    def of(cls, case: Path, source: Path) -> "Trail":
        """Everything a walk back needs."""
        return cls(
            source,
            {row["observation"]: row for row in rows(case, "observations")},
            {row["row"]: row for row in rows(case, "rows")},
            {row["prompt"]: row["template"] for row in rows(case, "prompts")},
        )

    def line(self, observation: str) -> tuple[Row, Row]:
        """An observation and the record at the line that it names."""
        seen = self.observations[observation]
        table, _, row = seen["source"].partition(":")
        place = self.places[row]
        assert place["table"] == table
        return seen, lines(self.source / place["file"])[place["line"]]

    def holds_account(self, observation: str) -> bool:
        """Whether the line named is about the observation's account."""
        seen, record = self.line(observation)
        return bool(record.get("account") == seen["account"])

    def holds(self, observation: str) -> bool:
        """Whether the line named really says what the observation says."""
        seen, record = self.line(observation)
        return record.get("account") == seen["account"] and self._says(record, seen["trait"], seen["value"])

    def _says(self, record: Row, trait: str, value: str) -> bool:
        if trait in _FOLLOWS:
            return bool(_FOLLOWS[trait](self, record, value))
        return _spelt(trait, record.get(trait)) == value or (
            record.get("trait") == trait and _spelt(trait, record.get("value")) == value
        )

    def _template(self, text: str | None) -> str | None:
        return self.templates.get(prompt_id(text)) if text else None


def prompt_id(text: str) -> str:
    """The id of the prompt that a text is, under the default settings."""
    return skeleton(text, PromptSettings()).id


def _spelt(trait: str, text: str | None) -> str | None:
    """A value of a source in the one spelling that a case has for it, written anew from docs/input.md."""
    if not text:
        return text
    if trait in ("ja4", "email_domain"):
        return text.lower()
    if trait in ("country", "payment_country"):
        return text.upper() if re.fullmatch("[a-zA-Z]{2}", text) else text
    if trait in ("email_hash", "phone_hash"):
        return text.lower() if re.fullmatch("[0-9a-fA-F]*", text) else text
    return text


def _instant(record: Row, column: str) -> datetime:
    return datetime.fromisoformat(str(record[column]).replace("Z", "+00:00"))


_FOLLOWS: dict[str, Any] = {
    "prefix": lambda _, r, v: ipaddress.ip_address(r["ip"]) in ipaddress.ip_network(v),
    "client": lambda _, r, v: v == f"{_spelt('ja4', r['ja4'])} {r.get('user_agent') or '-'}",
    "payment_country": lambda _, r, v: _spelt("country", r["country"]) == v,
    "address_pattern": lambda _, r, v: any(c.isdigit() for c in r["email_domain"]) and "." in v,
    "created_at": lambda _, r, v: _instant(r, "created_at").strftime("%Y-%m-%dT%H:%M:%SZ") == v,
    "registration_burst": lambda _, r, v: bool(r["created_at"]),
    "issuing_burst": lambda _, r, v: r["bin"] in v,
    "hours": lambda _, r, v: len(v) == 24 and bool(r["at"]),
    "rhythm": lambda _, r, v: bool(v) and bool(r["at"]),
    "themes": lambda _, r, v: bool(v) and bool(r["at"]),
    "model_move": lambda _, r, v: r["model"] in v,
    "model_start": lambda _, r, v: r["model"] in v,
    "context": lambda _, r, v: bool(r.get("context_sha256")),
    "prompt": lambda _, r, v: prompt_id(r["prompt"]) == v,
    "template": lambda t, r, v: t._template(r["prompt"]) == v,
    "segment": lambda _, r, v: bool(r["prompt"]),
    "system_prompt": lambda t, r, v: t._template(r["system_prompt"]) == v,
    "response": lambda _, r, v: r.get("response_sha256") == v or v in (r.get("context_sha256") or ()),
}
"""Traits that are no column of their own: how the value follows from the record."""
