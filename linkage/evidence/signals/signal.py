"""What a signal is. A signal's file says all of it: what it means, how it is computed, what it needs, how it
reads."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkage.evidence.kinds import Kind
from linkage.evidence.signals.detail import Detail, held

ASSUMED = "assumed; no labelled set of operators is public, so simulated populations stand in (benchmarks)"


@dataclass(frozen=True)
class Shared:
    """A signal that fires when two accounts hold the same value of a trait.

    `agreement` is m of Fellegi and Sunter (1969), the chance that two accounts of one operator share such a
    value; `floor` is the least u, so that a value rare in this sample is not taken to be rarer than can be
    known; `half_life_days` fades what was used long apart (None: never); `proposes` says whether a shared
    value alone makes a pair worth comparing. The setting `evidence.signals` overrides each of them; `source`
    says where they come from.
    """

    trait: str
    agreement: float
    floor: float = 0.0
    half_life_days: float | None = None
    proposes: bool = True
    source: str = ASSUMED


@dataclass(frozen=True)
class Signal:
    """One reason that two accounts may have one operator.

    `rule` is a Shared for signals about one value, None for those that compute their own evidence.
    `supports_only` marks one of the latter that is too weak to link anything. `one_go` marks those that say
    of accounts that they began together, as an operator's do within a wave and not across his waves. `needs`
    are the columns or traits of a source without which it says nothing, alternatives parted by a bar. `kind`
    is what its rows of evidence rest on; where that is no value, `observed` is the trait whose observations
    show it, and `shown` what stands in the place of a value. `detail` words a row of evidence.
    """

    name: str
    family: str
    meaning: str
    rule: Shared | None
    supports_only: bool = False
    one_go: bool = False
    needs: str = ""
    kind: Kind = Kind.VALUE
    observed: str = ""
    shown: str = ""
    detail: Detail = held

    @property
    def strong(self) -> bool:
        """Whether it can make a link; the others say something only of pairs that others link."""
        return not self.supports_only and (self.rule is None or self.rule.proposes)

    @property
    def alternatives(self) -> tuple[frozenset[str], ...]:
        """Sets of columns or traits, any of which is enough for this signal; of a shared value its trait."""
        given = self.needs or (self.rule.trait if self.rule else "")
        return tuple(frozenset(each.split()) for each in given.split("|") if each)


def signal(name: str, family: str, **more: Any) -> Callable[[Callable[[], Shared | None]], Signal]:
    """Declares a signal; `more` are fields of Signal, and the function's docstring is what it means."""

    def declare(function: Callable[[], Shared | None]) -> Signal:
        meaning = " ".join((inspect.getdoc(function) or "").split())
        return Signal(name, family, meaning, function(), **more)

    return declare
