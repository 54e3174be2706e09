"""What happens with identity records, for which this tool is not made?

Reads two record-linkage data sets (generated persons with generated errors) as `observations`, one account
per record, and prints pairwise precision and recall of the links and of the groups they form. Run:
`python benchmarks/identity.py`.

Not made for: a value counts only where it is the same letter for letter (after trimming), so a misspelt
name, swapped fields or a mistyped date is no agreement, and no row is ever evidence against. Matching
identities that differ by typing errors is the task of record-linkage tools; this one asks which accounts
share what strangers do not share. High precision is no merit here: the persons are generated, and nobody
shares an address or a card with a stranger. Recall is what equality of several values can give.
"""

import csv
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from linkage import Settings, investigate
from linkage.schema import OUTCOMES

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "linkage"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Records:
    """One data set: its file, the column that names a record, trait → (column, family, agreement)."""

    file: str
    record: str
    traits: dict[str, tuple[str, str, float]]

    def toml(self) -> str:
        """The linkage.toml a user would write."""
        unpivot = ", ".join(f'{trait} = "{column}"' for trait, (column, _, _) in self.traits.items())
        lines = [
            '[sources."observations.people"]',
            f'file = "{self.file}"',
            f'columns = {{ account = "{self.record}" }}',
            f"unpivot = {{ {unpivot} }}",
            "",
            "[groups]",
            "min_accounts = 2",
            "",
            "[links]",
            "operator_accounts = 3",
            "strong_bits = 12.0",
        ]
        for trait, (_, family, agreement) in self.traits.items():
            lines += ["", f"[traits.{trait}]", f'family = "{family}"', f"agreement = {agreement}"]
        return "\n".join(lines) + "\n"


PEOPLE = (
    Records(
        "fake_1000.csv",
        "unique_id",
        {
            "first": ("first_name", "name", 0.7),
            "last": ("surname", "name", 0.7),
            "born": ("dob", "birth", 0.6),
            "town": ("city", "place", 0.7),
            "mail": ("email", "registration", 0.7),
        },
    ),
    Records(
        "febrl3.csv",
        "rec_id",
        {
            "given": ("given_name", "name", 0.7),
            "last": ("surname", "name", 0.7),
            "street": ("address_1", "place", 0.6),
            "suburb": ("suburb", "place", 0.7),
            "post": ("postcode", "place", 0.8),
            "born": ("date_of_birth", "birth", 0.8),
            "number": ("soc_sec_id", "registration", 0.8),
        },
    ),
)


def truth(records: Records) -> dict[str, str]:
    """The person behind each record."""
    with (DATA / records.file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, skipinitialspace=True))
    if "cluster" in rows[0]:
        return {row[records.record]: row["cluster"] for row in rows}
    return {row[records.record]: row[records.record].split("-")[1] for row in rows}


def components(accounts: Iterable[str], links: Sequence[Pair]) -> dict[str, str]:
    """The first account of the connected component of each account."""
    home = {account: account for account in accounts}

    def root(account: str) -> str:
        while home[account] != account:
            home[account] = home[home[account]]
            account = home[account]
        return account

    for left, right in links:
        first, second = sorted((root(left), root(right)))
        home[second] = first
    return {account: root(account) for account in home}


def pairs_of(sizes: Iterable[int]) -> int:
    """Unordered pairs within parts of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes)


def of_links(links: Sequence[Pair], persons: dict[str, str]) -> tuple[float, float]:
    """Pairwise precision and recall of a list of pairs."""
    right = sum(persons[a] == persons[b] for a, b in links)
    return right / max(len(links), 1), right / pairs_of(Counter(persons.values()).values())


def of_parts(parts: dict[str, str], persons: dict[str, str]) -> tuple[float, float]:
    """Pairwise precision and recall of a partition."""
    both = pairs_of(Counter((parts[a], persons[a]) for a in parts).values())
    made = pairs_of(Counter(parts.values()).values())
    return both / max(made, 1), both / pairs_of(Counter(persons.values()).values())


def measured(records: Records) -> list[str]:
    """The rows of the table for one data set."""
    persons = truth(records)
    with tempfile.TemporaryDirectory() as folder:
        toml, case = Path(folder) / "linkage.toml", Path(folder) / "case"
        toml.write_text(records.toml(), "utf-8")
        start = time.perf_counter()
        investigate(DATA / records.file, case=case, settings=Settings.load(toml))
        seconds = time.perf_counter() - start
        links = [(row["left"], row["right"]) for row in pq.read_table(case / "links.parquet").to_pylist()]
        held = {name: pq.read_table(case / f"{name}.parquet").to_pylist() for name in OUTCOMES}
    placed = {row["account"]: row["group"] for rows in held.values() for row in rows}
    found = {
        f"links ({len(links):,})": of_links(links, persons),
        "connected components of the links": of_parts(components(persons, links), persons),
        "groups, of every outcome": of_parts({a: placed.get(a, a) for a in persons}, persons),
    }
    reported = len({row["group"] for row in held["groups"]})
    said = f"{len(persons):,} records, {seconds:.1f} s, {reported} groups reported"
    return [
        f"| {records.file} ({said}) | {what} | {precision:.3f} | {recall:.3f} |"
        for what, (precision, recall) in found.items()
    ]


def main() -> None:
    """Prints one Markdown table."""
    if not DATA.is_dir():
        message = f"the data is not there: {os.path.relpath(DATA)}"
        raise SystemExit(message)
    print("| data | what | pair precision | pair recall |")
    print("|---|---|---|---|")
    for records in PEOPLE:
        for line in measured(records):
            print(line, flush=True)
    print()
    print(
        (__doc__ or "").partition("Not made for")[1] + (__doc__ or "").partition("Not made for")[2].rstrip()
    )


if __name__ == "__main__":
    main()
