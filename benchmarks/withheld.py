"""What is found where a log hands out only some of the prompts? Recall must not fall below that with none.

Simulates populations and keeps their texts (prompts and system prompts) on a random share of the rows, or on
all rows of a random share of the accounts; and once a single placeholder among withheld prompts. Prints
Markdown: B³ precision and recall, operators found, innocents reported, how many prompts were known, and where
recall is below that without any. Seeds 3 and 4 were looked at while the rules were made.
Run: `python benchmarks/withheld.py [--profiles mixed careful] [--seeds 11 12] [--shares 0 0.01 ...]
[--accounts 2000] [--interactions 20000] [--by rows accounts]`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from main_job import investigated, scored, table

from linkage.lab.evaluate import Evaluation
from linkage.lab.simulate import simulate

SHARES = (0.0, 0.01, 0.1, 0.5, 0.9, 1.0)
STRAY = "one {}"
TEXTS = ("prompt", "system_prompt")


@dataclass(frozen=True)
class Part:
    """Which texts a log hands out: a share, of the rows or of the accounts."""

    by: str
    share: float

    @property
    def name(self) -> str:
        """As the table names it."""
        return STRAY if self.by == STRAY else f"{self.share:.0%} of {self.by}"

    def of(self, interactions: pa.Table, seed: int) -> pa.Table:
        """The interactions with the texts of this part alone."""
        rows = interactions.num_rows
        drawn = np.random.default_rng([seed, 1])
        if self.by == "accounts":
            codes = interactions["account"].combine_chunks().dictionary_encode()
            keep = (drawn.random(len(codes.dictionary)) < self.share)[codes.indices.to_numpy()]
        else:
            keep = drawn.random(rows) < self.share
        for name in TEXTS:
            column = interactions[name]
            texts = pc.if_else(pa.array(keep), column, pa.nulls(rows, column.type))
            if self.by == STRAY and name == "prompt":
                texts = pa.array(["{}", *[None] * (rows - 1)], column.type)
            interactions = interactions.set_column(interactions.column_names.index(name), name, texts)
        return interactions


def parts(shares: Sequence[float], by: Sequence[str]) -> list[Part]:
    """No text, one placeholder, and each share; all texts and none are the same by rows and by accounts."""
    some = [Part(each, share) for each in by for share in shares if 0 < share < 1]
    return [Part("rows", 0.0), Part(STRAY, 0.0), *some, *([Part("rows", 1.0)] if 1.0 in shares else [])]


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--profiles", nargs="+", default=["mixed", "careful"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--shares", type=float, nargs="+", default=list(SHARES))
    parser.add_argument("--by", nargs="+", choices=["rows", "accounts"], default=["rows", "accounts"])
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--interactions", type=int, default=20_000)
    return parser.parse_args()


def main() -> None:
    """Runs and prints everything asked for."""
    chosen = arguments()
    for profile in chosen.profiles:
        for seed in chosen.seeds:
            with tempfile.TemporaryDirectory() as scratch:
                found = {part: score for part, score in scores(chosen, profile, seed, Path(scratch))}
            print("\n".join(report(f"{profile} {seed}", found)), flush=True)


def scores(
    chosen: argparse.Namespace, profile: str, seed: int, work: Path
) -> Iterator[tuple[Part, Evaluation]]:
    """One population, investigated with each part of its texts."""
    whole = work / "whole"
    simulate(whole, profile=profile, accounts=chosen.accounts, interactions=chosen.interactions, seed=seed)
    file = whole / "source" / "interactions.parquet"
    interactions = pq.read_table(file)
    for number, part in enumerate(parts(chosen.shares, chosen.by)):
        pq.write_table(part.of(interactions, seed), file)
        ran = investigated(whole / "source", work / f"case-{number}", seed=seed)
        print(f"{profile} {seed}, {part.name}: {ran.seconds:.0f} s", file=sys.stderr, flush=True)
        yield part, scored(ran.case, whole / "truth.csv")


def report(name: str, found: Mapping[Part, Evaluation]) -> Iterator[str]:
    """The figures of one population; what is below the recall with no text is marked."""
    least = found[Part("rows", 0.0)].b3_recall or 0.0
    head = ("population", "texts known", "precision", "recall", "found", "innocents reported", "below none")
    yield from table(
        head,
        [
            (
                name,
                part.name,
                "–" if each.b3_precision is None else f"{each.b3_precision:.3f}",
                f"{each.b3_recall or 0.0:.3f}",
                f"{each.operators_found} of {each.operators}",
                each.innocent_accounts_flagged,
                "BELOW" if (each.b3_recall or 0.0) < least else "",
            )
            for part, each in found.items()
        ],
    )


if __name__ == "__main__":
    main()
