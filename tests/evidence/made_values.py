"""Accounts that hold values of a few signals, with a plain count of what they share."""

import math
from itertools import combinations

import pyarrow as pa
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.evidence import blocking, shared_values
from linkage.evidence.holdings import Holdings, informative_holdings
from linkage.evidence.signals.signal import Shared, Signal
from linkage.observations.accounts import account_numbers
from linkage.settings.evidence import Evidence
from tests.evidence.made import CHOSEN, DAY, START, Held, names, observed

RULES = (
    Signal("one", "network", "…", Shared("one", agreement=0.5, half_life_days=14)),
    Signal("computed", "timing", "…", None),
    Signal("two", "content", "…", Shared("two", agreement=0.3, floor=0.05, proposes=False)),
)
LEAST_BITS = CHOSEN.least_bits
BY_TRAIT = {each.rule.trait: (number, each.rule) for number, each in enumerate(RULES) if each.rule}

holdings = st.lists(
    st.tuples(
        st.sampled_from(names(12)),
        st.sampled_from(["one", "two", "unknown"]),
        st.sampled_from(["x", "y", "z"]),
        st.integers(0, 60),
        st.integers(0, 60),
    ),
    max_size=60,
    unique_by=lambda row: row[:3],
)


def dated(rows: list[tuple[str, str, str, int, int]]) -> list[Held]:
    return [(a, t, v, START + min(x, y) * DAY, START + max(x, y) * DAY) for a, t, v, x, y in rows]


class Population:
    """Accounts that hold values, with the tables the signals make of them."""

    def __init__(
        self,
        engine: Engine,
        rows: list[Held],
        size: int,
        objects: tuple[str, ...] = (),
        known: dict[str, int] | None = None,
    ) -> None:
        self.engine, self.rows, self.size = engine, rows, size
        seen = engine.table(observed(rows))
        people = sorted({*names(size), *(row[0] for row in rows)})
        accounts = engine.table(pa.table({"account": people}))
        self.numbers = engine.keep(account_numbers(accounts))
        table = engine.table(shared_values.rules(RULES))
        self.values = engine.keep(
            shared_values.degrees(seen, table, size, least_bits=LEAST_BITS, objects=objects, known=known)
        )
        self.holders = engine.keep(shared_values.holders(seen, self.numbers, self.values))

    def bits(self) -> dict[tuple[str, str], float]:
        kept = self.engine.collect(self.values, at_most=self.engine.max_rows).to_pylist()
        return {(row["trait"], row["value"]): row["bits"] for row in kept}

    def pairs(self, chosen: Evidence = CHOSEN) -> list[tuple[int, int, float]]:
        found = self.engine.collect(
            blocking.proposals(self.holders, chosen, 0), at_most=self.engine.max_rows
        ).to_pylist()
        return sorted((row["left"], row["right"], round(row["bits"], 6)) for row in found)

    def evidence(self) -> dict[tuple[int, int, int, str], float]:
        pairs = list(combinations(range(self.size), 2))
        left, right = zip(*pairs, strict=True)
        asked = pa.table({"left": pa.array(left, pa.int32()), "right": pa.array(right, pa.int32())})
        left, right = (asked[side].to_numpy() for side in asked.column_names)
        rows = self.engine.collect(
            informative_holdings(self.holders, LEAST_BITS), at_most=self.engine.max_rows
        )
        found = Holdings(rows, self.size, least_bits=LEAST_BITS).common(left, right)
        names = {
            row["v"]: row["value"]
            for row in self.engine.collect(self.values, at_most=self.engine.max_rows).to_pylist()
        }
        told = zip(*(each.tolist() for each in (found.pair, found.signal, found.v, found.bits)), strict=True)
        return {(*pairs[pair], signal, names[v]): bits for pair, signal, v, bits in told}


def rarity(trait: str, degree: int, size: int) -> float:
    rule = BY_TRAIT[trait][1]
    return math.log2(rule.agreement / max((degree - 1) / (size - 1), rule.floor, 1 / (size - 1)))


def expected_bits(rows: list[Held], size: int) -> dict[tuple[str, str], float]:
    who: dict[tuple[str, str], set[str]] = {}
    for account, trait, value, *_ in rows:
        who.setdefault((trait, value), set()).add(account)
    rated = {
        key: round(rarity(key[0], len(accounts), size), 6)
        for key, accounts in who.items()
        if key[0] in BY_TRAIT and len(accounts) > 1
    }
    return {key: bits for key, bits in rated.items() if bits >= LEAST_BITS}
