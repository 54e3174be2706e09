"""What a group works at: what it holds beyond the chance of accounts as busy; how much of it each does."""

import numpy as np

from linkage.arrays import Floats, Ints


def breadth(who: Ints, value: Ints, uses: Ints, prompts: Ints) -> Floats:
    """How many different values each account of a group uses, for as many as it would in so many prompts.

    Rows (`who`, `value`, `uses`): account number, value number, and in how many of the account's prompts the
    value is; `prompts`: how many prompts each account has that hold any, at least one. The expectation draws
    each prompt as the group's accounts on average make theirs (each account counts alike): a value in a part
    p of the prompts is met with a chance of 1 − (1 − p)ⁿ in n of them, as in rarefaction (Hurlbert 1971).
    """
    part = np.bincount(value, uses / prompts[who]) / len(prompts)
    several, place = np.unique(prompts, return_inverse=True)
    expected = np.array([(1.0 - (1.0 - np.minimum(part, 1.0)) ** n).sum() for n in several.tolist()])
    result: Floats = np.bincount(who, minlength=len(prompts)) / expected[place]
    return result


def by_chance(holders: Ints, prompts: int, busy: Ints) -> Floats:
    """Share of a group's accounts that would hold each value if they were like others.

    `holders` of each value are among accounts that sent so many `prompts` in all; `busy`: prompts of each
    account of the group. Each prompt holds the value with the same small chance, so one of n does with
    1 − exp(−rate · n); who holds it counts once, however often he sent it.
    """
    each, many = np.unique(np.maximum(busy, 1), return_counts=True)
    rate = holders / max(prompts, 1)
    result: Floats = -np.expm1(-np.outer(rate, each)) @ many / len(busy)
    return result
