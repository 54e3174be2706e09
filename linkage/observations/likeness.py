"""What a likeness of two accounts is worth, learnt from the accounts themselves.

A likeness is some number that is larger for accounts of one hand. How often an account is so like itself
(one half of its days against the other), beside how often strangers are, gives the bits.
"""

import numpy as np

from linkage.arrays import Floats


def likeness_classes(own: Floats, chance: Floats, classes: int) -> tuple[Floats, Floats]:
    """Edges of equally full classes of likeness, and log₂ of how much oftener one hand is in each.

    `own` are likenesses of accounts with themselves, `chance` those of strangers. One more in each class:
    what was not met is not impossible.
    """
    edges = np.quantile(np.concatenate([own, chance]), np.linspace(0, 1, classes + 1)[1:-1])
    same = (np.bincount(np.searchsorted(edges, own), minlength=classes) + 1) / (len(own) + classes)
    other = (np.bincount(np.searchsorted(edges, chance), minlength=classes) + 1) / (len(chance) + classes)
    return edges, np.log2(same / other)
