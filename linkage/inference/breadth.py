"""How much of a group's work an account does: one sentence sent a hundred times is no part in forty tasks."""

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
