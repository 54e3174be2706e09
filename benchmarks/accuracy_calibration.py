"""The part of the accuracy report that says whether log-odds, memberships and q-values mean what they say."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from accuracy_runs import ALL, Record
from main_job import table

from linkage.lab.calibrate import BITS, PLACES, TENTHS, Sums

WAYS = ("as given", "true prior", "class weighted")

ABOUT = """\
Calibration of log-odds. Only links are judged (pairs at or above the threshold): no case keeps the scores of
other pairs. Right is a link between two accounts of one operator; two accounts of one honest customer count
as wrong. “True prior” puts the share of right pairs in the truth in place of the run's prior; “class
weighted” gives right and wrong links equal weight and moves the prior likewise."""


def calibration(records: Sequence[Record]) -> Iterator[str]:
    """All of it, over all these runs together."""
    yield ABOUT
    yield ""
    yield from _errors(records)
    yield from ("All links, by log-odds:", "", *_diagram(records))
    yield from _groups(records)


def _sum(records: Sequence[Record], population: str, way: str) -> Sums | None:
    # A record of before there were unresolved groups has no links of those.
    kept = [record["calibration"]["links"].get(population) for record in records]
    known = [np.array(each[way]) for each in kept if each is not None and each[way] is not None]
    return Sums(BITS, np.sum(known, axis=0)) if known else None


def _errors(records: Sequence[Record]) -> Iterator[str]:
    rows: list[list[object]] = []
    for name in (ALL, *PLACES):
        sums = {way: _sum(records, name, way) for way in WAYS}
        plain = sums[WAYS[0]]
        count, _, right = plain.table.sum(axis=0) if plain else (0, 0, 0)
        share = right / count if count else None
        errors = [each.error() if each else None for each in sums.values()]
        rows.append([name, round(count), share, plain.excess() if plain else None, *errors])
    head = ("links", "count", "right", "claimed beyond that", *(f"error, {way}" for way in WAYS))
    yield from table(head, rows)


def _diagram(records: Sequence[Record]) -> Iterator[str]:
    """The reliability diagram; `worth` is what the links of a bin turned out to say, beside the evidence."""
    plain = _sum(records, ALL, WAYS[0])
    known = [record["calibration"] for record in records if record["calibration"]["planted"] is not None]
    if plain is None or not known:
        return
    assumed, planted = (float(np.mean([each[name] for each in known])) for name in ("assumed", "planted"))
    rows = []
    for each in plain.bins():
        odds = np.log2(each.right / (1 - each.right)) - planted if 0 < each.right < 1 else None
        said = f"{each.low:g} to {each.high:g}"
        evidence = f"{each.low - assumed:.0f} and more" if np.isfinite(each.low) else None
        worth = None if odds is None else f"{odds:.1f}"
        rows.append([said, round(each.count), each.predicted, each.right, evidence, worth])
    head = ("log-odds (bits)", "links", "predicted", "right", "bits of evidence", "bits it was worth")
    yield from table(head, rows)
    yield f"Prior of the runs {assumed:.1f} bits; odds of a random pair in the truth {planted:.1f} bits."
    yield ""


def _groups(records: Sequence[Record]) -> Iterator[str]:
    """What was claimed of reported groups and of their accounts, beside what was right."""
    groups = [each for record in records for each in record["calibration"]["groups"]]
    rows = [_claimed(name, groups) for name in ("q_value", "stability", "log_odds")]
    yield from ("Reported groups; right when one operator runs at least half:", "")
    head = ("claim", "groups with it", "mean where right", "mean where wrong", "right", "wrong")
    yield from table(head, rows)
    table_ = np.sum([record["calibration"]["membership"] for record in records], axis=0)
    bins = Sums(TENTHS, table_).bins()
    yield from ("Accounts of reported groups; right when the group's operator runs them:", "")
    head = ("membership", "accounts", "mean", "right")
    yield from table(head, [[f"{b.low:g} to {b.high:g}", round(b.count), b.predicted, b.right] for b in bins])


def _claimed(name: str, groups: Sequence[dict[str, Any]]) -> list[object]:
    parts = [
        [g[name] for g in groups if g["right"] is right and g[name] is not None] for right in (True, False)
    ]
    means = [float(np.mean(each)) if each else None for each in parts]
    return [name, sum(map(len, parts)), *means, *map(len, parts)]
