"""The link rule: which scored pairs are links."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.evidence.pruning import Needed
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules, Scored
from linkage.settings.links import Links as LinksSettings


def is_link(
    rows: pa.Table, scored: Scored, rules: Rules, strong: NDArray[np.bool_], chosen: LinksSettings
) -> NDArray[np.bool_]:
    """Pairs whose log-odds suffice and whose strong signals would nearly do by themselves.

    Signals that only support (a common client, a week of registration) are what a crowd shares by
    chance; many weak ones together must not make a link.
    """
    signal = rows["signal"].to_numpy().astype(np.int64)
    bits = np.where(strong[signal], rows["bits"].to_numpy(), 0.0)
    counted = scoring.count_families(scored.pair, signal, bits, rules)
    alone, _ = scoring.total(scored.pair, signal, counted, rules=rules, pairs=len(scored.left))
    return (scored.log_odds >= chosen.link_bits) & (alone - rules.prior >= chosen.strong_bits)


def needed(rules: Rules, strong: NDArray[np.bool_], chosen: LinksSettings) -> Needed:
    """What makes a link, for the stage that gathers evidence."""
    family = rules.family
    return Needed(
        family,
        rules.caps[family],
        rules.correlation[family],
        strong,
        chosen.link_bits - rules.prior,
        chosen.strong_bits,
    )
