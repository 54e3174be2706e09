"""The rows of the accuracy table: which runs each needs, which figures it prints, and what is aimed for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from accuracy_intervals import Interval, of_pairs, of_runs, per_run, ratio, wilson
from accuracy_runs import ALL, OURS, Record, Spec

from linkage.lab import calibrate
from linkage.lab.evaluate import evaluate

CUSTOMER = "reseller customer"
VICTIM = "victim"
"""Kinds of accounts in `kinds.csv`: innocent customers of an operator's pool; those values are planted on."""

MEDIUM_ACCOUNTS = 12
"""Smallest operator of medium hygiene that must be found."""

Compute = Callable[[Sequence[Record], str], Interval | None]


@dataclass(frozen=True)
class Figure:
    """One figure: how it follows from the runs for a method, and what is aimed for (`sense` ≥ or ≤)."""

    name: str
    compute: Compute
    sense: str = ""
    target: float | None = None
    rivals: bool = True


@dataclass(frozen=True)
class Row:
    """One case of the table."""

    key: str
    title: str
    specs: Callable[["Sizes"], list[Spec]]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Sizes:
    """How much is run; `large` is the number of seeds at ten times the accounts."""

    seeds: tuple[int, ...]
    accounts: int
    interactions: int
    large: int
    shuffles: int


# --- figures of one method -----------------------------------------------------------------------


def method(records: Sequence[Record], name: str) -> list[dict[str, Any]]:
    """What a method gave in each run it ran in."""
    found = (record["methods"].get(name) for record in records)
    return [each for each in found if each and "skipped" not in each]


def b_cubed(which: str) -> Compute:
    """Mean B³ precision or recall over operators' accounts."""

    def compute(records: Sequence[Record], name: str) -> Interval | None:
        runs = [run["operators"] for run in method(records, name)]
        return ratio(
            [([o[which] * o["accounts"] for o in run], [o["accounts"] for o in run]) for run in runs]
        )

    return compute


def flagged(records: Sequence[Record], name: str) -> Interval | None:
    """Innocents in a reported group, per 10,000."""
    runs = method(records, name)
    rate = wilson(sum(r["flagged"] for r in runs), sum(r["innocents"] for r in runs))
    return None if rate is None else _times(rate, 10_000)


def false_groups(records: Sequence[Record], name: str) -> Interval | None:
    """Groups per run of which no operator runs half."""
    runs = method(records, name)
    return per_run(sum(r["false_groups"] for r in runs), len(runs))


def found(records: Sequence[Record], name: str) -> Interval | None:
    """Share of operators found: half of his accounts in one group that is half his."""
    held = [each["found"] for run in method(records, name) for each in run["operators"]]
    return wilson(sum(held), len(held))


def medium_found(records: Sequence[Record], name: str) -> Interval | None:
    """The same for operators of some size who are not careful: share a card or an address among accounts."""
    held = [
        each["found"]
        for record in records
        for run in method([record], name)
        for each in run["operators"]
        if each["accounts"] >= MEDIUM_ACCOUNTS and not careful(record["operators"][each["operator"]])
    ]
    return wilson(sum(held), len(held))


def careful(hygiene: dict[str, Any]) -> bool:
    """An own line and an own card for every account, as in the profile of that name."""
    return bool(hygiene["address"] == "residential" and hygiene["accounts_per_card"] <= 1)


def of_kind(kind: str) -> Compute:
    """Share of the accounts of one kind that are in a reported group."""

    def compute(records: Sequence[Record], name: str) -> Interval | None:
        counts = [run["kinds"].get(kind, (0, 0)) for run in method(records, name)]
        return wilson(sum(c[1] for c in counts), sum(c[0] for c in counts))

    return compute


def message(which: str) -> Compute:
    """Mean share over runs of single interactions attributed rightly, or of the operators' work found."""

    def compute(records: Sequence[Record], name: str) -> Interval | None:
        known = [record["messages"][which] for record in records if record["messages"] and name == OURS]
        return of_runs([each for each in known if each is not None])

    return compute


def _times(each: Interval, factor: float) -> Interval:
    low, high = (None if bound is None else bound * factor for bound in (each.low, each.high))
    return Interval(each.value * factor, low, high)


# --- figures of several runs together ------------------------------------------------------------


def fall(times: float) -> Compute:
    """By how much B³ precision is lower at so many times the accounts, over seeds run at both sizes."""

    def compute(records: Sequence[Record], name: str) -> Interval | None:
        sizes = sorted({record["key"]["accounts"] for record in records})
        usual = sizes[len(sizes) // 2] if len(sizes) == 3 else None
        by = {(r["key"]["accounts"], r["key"]["seed"]): r for r in records}
        other = None if usual is None else round(usual * times)
        both = [(by[usual, s], by[other, s]) for a, s in by if a == other and (usual, s) in by]
        falls = [_precision(one, name) - _precision(two, name) for one, two in both]
        return of_runs(falls)

    return compute


def _precision(record: Record, name: str) -> float:
    operators = method([record], name)[0]["operators"]
    total = sum(o["accounts"] for o in operators)
    return float(sum(o["precision"] * o["accounts"] for o in operators) / total)


def agreement(records: Sequence[Record], name: str) -> Interval | None:
    """Mean adjusted Rand index over pairs of runs, on accounts that are core in either."""
    if name != OURS or not any(core for record in records for _, core in record["members"].values()):
        return None  # that nothing was found in any run is no agreement
    table = np.ones((len(records), len(records)))
    for i, j in combinations(range(len(records)), 2):
        table[i, j] = table[j, i] = rand(records[i]["members"], records[j]["members"])
    return of_pairs(table)


def rand(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Adjusted Rand index of two runs' groups on accounts that are core in either; in no group is alone."""
    core = sorted({a for run in (one, other) for a, (_, is_core) in run.items() if is_core})
    groups = {a: str(one[a][0]) for a in core if a in one}
    return evaluate(groups, {a: str(other[a][0]) if a in other else None for a in core}).ari


def calibration_error(population: str) -> Compute:
    """Expected calibration error of the links' log-odds, all runs together."""

    def compute(records: Sequence[Record], name: str) -> Interval | None:
        runs = [record["calibration"]["links"][population] for record in records if name == OURS]
        value = error(sum(np.array(run["as given"]) for run in runs)) if runs else None
        if value is None:
            return None
        again = [np.array(run["again"]) for run in runs if run["again"]]
        if len(again) < len(runs):
            return Interval(value, None, None)
        rng, errors = np.random.default_rng(0), []
        for _ in range(1000):
            chosen = [again[run] for run in rng.integers(0, len(runs), len(runs))]
            errors.append(error(sum(each[rng.integers(0, len(each))] for each in chosen)))
        low, high = np.quantile([each for each in errors if each is not None], [0.025, 0.975])
        return Interval(value, float(low), float(high))

    return compute


def error(table: np.ndarray) -> float | None:
    """Expected calibration error of a table of sums."""
    return calibrate.Sums(calibrate.BITS, table).error()


# --- rows ----------------------------------------------------------------------------------------


def _usual(profile: str, without: str = "") -> Callable[[Sizes], list[Spec]]:
    def specs(sizes: Sizes) -> list[Spec]:
        return [Spec(profile, seed, sizes.accounts, sizes.interactions, without) for seed in sizes.seeds]

    return specs


def _three_sizes(sizes: Sizes) -> list[Spec]:
    usual = _usual("mixed")(sizes)
    small, large = (
        [
            replace(
                each,
                accounts=round(each.accounts * times),
                interactions=round(each.interactions * times),
                compared=False,
            )
            for each in some
        ]
        for times, some in ((0.1, usual), (10, usual[: sizes.large]))
    )
    return [*small, *usual, *large]


def _shuffles(sizes: Sizes) -> list[Spec]:
    first = _usual("mixed")(sizes)[:1]
    return [replace(each, order=n + 1, compared=False) for each in first for n in range(sizes.shuffles)]


RECALL, PRECISION = b_cubed("recall"), b_cubed("precision")
LOSSES = (
    Figure("innocents flagged per 10,000", flagged),
    Figure("false groups per run", false_groups),
)
OPERATORS = Figure("operators found", found)
MESSAGES = (
    Figure("attributed interactions that are the operator's", message("message_precision"), rivals=False),
    Figure("operators' templated interactions attributed", message("message_recall"), rivals=False),
)


def _plain() -> tuple[Figure, ...]:
    return (Figure("B³ precision", PRECISION), Figure("B³ recall", RECALL))


def _pair(recall: float, precision: float | None = None) -> tuple[Figure, ...]:
    sense = "≥" if precision is not None else ""
    return (Figure("B³ precision", PRECISION, sense, precision), Figure("B³ recall", RECALL, "≥", recall))


ROWS: tuple[Row, ...] = (
    Row(
        "null",
        "`null`",
        _usual("null"),
        (
            Figure("false groups per run", false_groups, "≤", 0.2),
            Figure("innocents flagged per 10,000", flagged, "≤", 1.0),
        ),
    ),
    Row(
        "mixed",
        "`mixed`",
        _usual("mixed"),
        (
            Figure(
                f"operators of ≥ {MEDIUM_ACCOUNTS} accounts and medium hygiene found", medium_found, "≥", 1.0
            ),
            OPERATORS,
            *_pair(0.90, 0.98),
            *LOSSES,
        ),
    ),
    Row("careful", "`careful`", _usual("careful"), (OPERATORS, *_pair(0.60, 0.95), *LOSSES)),
    Row(
        "hydra",
        "`hydra`",
        _usual("hydra"),
        (
            *_pair(0.90),
            Figure("reseller's innocent customers flagged", of_kind(CUSTOMER), "≤", 0.01),
            *MESSAGES,
            *LOSSES,
        ),
    ),
    Row("pool", "`pool`, with lineage fields", _usual("pool"), (*_pair(0.95), *MESSAGES, *LOSSES)),
    Row("pool-bare", "`pool`, without", _usual("pool", "lineage"), (*_pair(0.70), *MESSAGES, *LOSSES)),
    Row(
        "framing",
        "`framing`, ≤ 5 planted values",
        _usual("framing"),
        (Figure("victims pulled in", of_kind(VICTIM), "≤", 0.01), *_plain(), *LOSSES),
    ),
    Row("metadata", "`mixed`, no prompt text", _usual("mixed", "prompts"), (*_pair(0.75, 0.95), *LOSSES)),
    Row(
        "sizes",
        "`mixed`, same threshold at three sizes",
        _three_sizes,
        (
            Figure("B³ precision lost at a tenth of the accounts", fall(0.1), "≤", 0.02, rivals=False),
            Figure("B³ precision lost at ten times the accounts", fall(10), "≤", 0.02, rivals=False),
        ),
    ),
    Row(
        "shuffles",
        "`mixed`, shuffled rows and other seeds",
        _shuffles,
        (Figure("mean adjusted Rand index of core members", agreement, "≥", 0.98, rivals=False),),
    ),
    Row(
        "calibration",
        "`mixed`, log-odds of links",
        _usual("mixed"),
        (
            Figure("expected calibration error, all links", calibration_error(ALL), "≤", 0.05, rivals=False),
            Figure(
                f"the same, links {calibrate.REPORTED}", calibration_error(calibrate.REPORTED), rivals=False
            ),
        ),
    ),
)
