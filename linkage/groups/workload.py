"""What a group works at: what it holds beyond the chance of accounts as busy; how much of it each does."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


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


def division(who: Ints, task: Ints, *, least: int) -> tuple[float, float, float | None]:
    """How a group's work is divided: how many tasks it has, how many each account does, and how unevenly.

    Rows: the account and the task (template) of each of its prompts; tasks of fewer than `least` accounts are left
    out. Tasks are counted as the exponential of the entropy of their use. Unevenness is Pearson's dispersion of the
    table of accounts and tasks, χ² over its degrees of freedom: 1 where each prompt's task was drawn without regard
    to whose turn it was, as a queue deals them; people come back to what is theirs. None for a single task.
    """
    both, uses = np.unique(np.stack([task, who]), axis=1, return_counts=True)
    kept = np.isin(both[0], np.flatnonzero(np.bincount(both[0], minlength=1) >= least))
    tasks, t = np.unique(both[0][kept], return_inverse=True)
    accounts, a = np.unique(both[1][kept], return_inverse=True)
    uses = uses[kept].astype(np.float64)
    if not len(uses):
        return 0.0, 0.0, None
    by_task, by_account = np.bincount(t, uses), np.bincount(a, uses)
    part, total = by_task / uses.sum(), uses.sum()
    # Cells nobody filled add what is expected of them; all expected together are the total.
    expected = by_account[a] * part[t]
    chi = float(((uses - expected) ** 2 / expected).sum() + total - expected.sum())
    free = (len(tasks) - 1) * (len(accounts) - 1)
    entropy = -float((part * np.log(part)).sum())
    return float(np.exp(entropy)), len(uses) / len(accounts), chi / free if free else None
