"""The sentence of a reason: which forms there are, and the numbers that each states."""

import re
from functools import lru_cache
from typing import NamedTuple

HELD_BY = r"held by (?P<held>[0-9]+) of (?P<accounts>[0-9]+) accounts"
PERCENT = r"-?[0-9]+(?:\.[0-9])? %"
SENTENCE = re.compile(
    rf"(?:{HELD_BY}(?:, used (?:1 day|[0-9]+ days) apart)?"
    rf"|(?:once|[0-9]+ times) on this object, itself {HELD_BY.replace('<', '<itself_')}"
    r"|within [^,;]*, (?:1 time|[0-9]+ times), on this object"
    r"|(?:1 exact text|[0-9]+ exact texts) in common, where about (?:1 was|[0-9]+ were) to be expected"
    r"|(?:hours of the day|common themes) compared"
    r"|(?:1 other account is|[0-9]+ other accounts are) linked with both"
    rf"|of two accounts of one group, resampled runs part {PERCENT}"
    rf"|of pairs of their prompts {PERCENT} are known on both sides"
    r"|as a pair of an operator of (?:1 account|[0-9]+ accounts))"
)
COUNTED_AS = re.compile(
    r"; -?[0-9]+\.[0-9] bits; counted as (?P<bits>-?[0-9]+\.[0-9]),"
    r" because it overlaps other (?P<family>.+) evidence"
)

EXPLAINED = "explained sharing"
"""The signal whose sentence is why a group is not reported; only a new run tells its words."""

NO_VALUE = {
    "common themes": "common themes",
    "day–night profile": "hours of the day",
    "grouped apart": "different communities",
    "no common company": "accounts linked with both",
    "prompts withheld": "prompts that are not known",
    "size of the group": "one reported group",
}
"""What stands in the place of a value where a signal compares no values, by its name."""

OBSERVED = ("hours", "themes")
"""Traits whose observations show such a reason."""

TRAITS = {
    "API key": "api-key",
    "address": "ip",
    "address pattern": "address-pattern",
    "billing identity": "billing-hash",
    "card": "fingerprint",
    "client": "client",
    "device": "device",
    "e-mail address": "email-hash",
    "e-mail domain": "email-domain",
    "exact text": "prompt",
    "issuing burst": "issuing-burst",
    "move to a new model": "model-move",
    "network operator": "asn",
    "prefix": "prefix",
    "rare segments": "segment",
    "rare template": "template",
    "referrer": "referrer",
    "registration burst": "registration-burst",
    "regular gaps": "regularity",
    "system prompt": "system-prompt",
    "telephone number": "phone-hash",
}
"""The trait whose values a signal compares, by the name of the signal."""


class Stated(NamedTuple):
    """What a sentence states: how many of how many accounts hold the value, and what its bits count as."""

    held: int | None
    accounts: int | None
    bits: str | None
    family: str | None


STATES_NOTHING = Stated(None, None, None, None)


@lru_cache(maxsize=1 << 14)
def stated(signal: str, said: str) -> Stated | None:
    """What the sentence of a signal's reason states; None where it has no form that a run gives it."""
    if signal == EXPLAINED:
        return STATES_NOTHING
    start = SENTENCE.match(said)
    rest = start and COUNTED_AS.fullmatch(said, start.end())
    if not start or (start.end() < len(said) and not rest):
        return None
    held, of = (start[name] or start[f"itself_{name}"] for name in ("held", "accounts"))
    return Stated(
        int(held) if held else None,
        int(of) if of else None,
        rest["bits"] if rest else None,
        rest["family"] if rest else None,
    )
