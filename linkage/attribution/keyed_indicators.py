"""Indicators that came as digests under an exchange key, opened where this log has the value."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.attribution.exchange_key import PREFIX, ExchangeKey, is_keyed, key_name

NO_KEY = "indicators under an exchange key, and none was given"
OTHER_KEY = "indicators under another exchange key than the one given"
NO_DIGEST = "indicators that should be digests and are none"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class SplitRows:
    """Indicators in `plain` values, `keyed` ones that can be opened, and how many cannot, by reason."""

    plain: list[Row]
    keyed: list[Row]
    unusable: Counter[str]

    @property
    def traits(self) -> list[str]:
        """The traits whose values must be digested to open the keyed ones."""
        return sorted({_trait(each) for each in self.keyed})


def split(rows: Iterable[Row], key: ExchangeKey | None) -> SplitRows:
    """Tells plain indicators from digests, and which of these the key can open."""
    found = SplitRows([], [], Counter())
    for each in rows:
        if not each["trait"].startswith(PREFIX):
            found.plain.append(each)
        elif why := _unusable(each, key):
            found.unusable[why] += 1
        else:
            found.keyed.append(each)
    return found


def opened(keyed: Sequence[Row], values: Iterable[tuple[str, str]], key: ExchangeKey) -> list[dict[str, Any]]:
    """The keyed indicators of which this log has the value, which then stands in place of the digest.

    `values` are trait and value of what this log has; one digest may stand for two spellings.
    """
    here: dict[tuple[str, str], list[str]] = {}
    for trait, value in values:
        here.setdefault((trait, key.digest(trait, value)), []).append(value)
    return [
        {**each, "trait": _trait(each), "value": value}
        for each in keyed
        for value in here.get((_trait(each), each["value"]), ())
    ]


def _trait(row: Row) -> str:
    return str(row["trait"]).removeprefix(PREFIX)


def _unusable(row: Row, key: ExchangeKey | None) -> str:
    """Why a digest cannot be compared; empty where it can."""
    if not is_keyed(row["trait"], row["value"]):
        return NO_DIGEST
    if key is None:
        return NO_KEY
    return "" if key_name(row["value"]) == key.name() else OTHER_KEY
