"""The numbers that a run reported of accounts whose truth is known: from them follows how large a number the
data can support (empirical lower and upper bounds of the likelihood ratio, Vergeer et al. 2016)."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

TENTHS = 10
"""Numbers are counted in tenths of a bit."""


def reported_bits(
    groups: Mapping[str, str], bits: Mapping[str, float], truth: Mapping[str, str | None]
) -> dict[str, Any]:
    """How many accounts were reported with which number, by whether the report was right.

    `groups` gives the group of an account, `bits` the log2 of a group's likelihood ratio (its log-odds less
    the prior), `truth` the operator of an account, None or empty for an innocent. Right is an account of the
    operator who has more than half of the group. Returns `same` and `different`: pairs of tenths of a bit and
    number of accounts, and how many accounts there are of each sort. Accounts that were not reported have no
    number.

    Rounding never helps: down where the report was right, up where it was wrong.
    """
    owners = _owners(groups, truth)
    same, different = Counter[int](), Counter[int]()
    operators = sum(1 for operator in truth.values() if operator)
    misplaced = 0
    for account, group in groups.items():
        operator = truth.get(account) or None
        if operator is not None and owners[group] == operator:
            same[math.floor(bits[group] * TENTHS)] += 1
        else:
            different[math.ceil(bits[group] * TENTHS)] += 1
            misplaced += operator is not None
    strangers = len(groups.keys() - truth.keys())
    return {
        "same": [list(each) for each in sorted(same.items())],
        "different": [list(each) for each in sorted(different.items())],
        "same_accounts": operators,
        "different_accounts": len(truth) - operators + misplaced + strangers,
    }


def _owners(groups: Mapping[str, str], truth: Mapping[str, str | None]) -> dict[str, str | None]:
    """Of each group the operator who has more than half of it; None where nobody has."""
    counts: dict[str, Counter[str | None]] = {}
    for account, group in groups.items():
        counts.setdefault(group, Counter())[truth.get(account) or None] += 1
    found = {}
    for group, own in counts.items():
        operator, count = max(own.items(), key=lambda each: (each[1], str(each[0])))
        found[group] = operator if 2 * count > own.total() else None
    return found
