"""What a signal is: how much a coincidence says, why, and where it is seen."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shared:
    """A signal that fires when two accounts hold the same value of a trait.

    `agreement` is m, the chance that two accounts of one operator share such a value; `floor` is the
    least u, so that a value rare in this sample is not taken to be rarer than can be known;
    `half_life_days` fades what was used long apart; `proposes` says whether a shared value alone makes
    a pair worth comparing.
    """

    trait: str
    agreement: float
    floor: float = 0.0
    half_life_days: float | None = None
    proposes: bool = True


@dataclass(frozen=True)
class Signal:
    """One reason that two accounts may have one operator.

    `rule` is a Shared for signals about one value, None for those that compute their own evidence.
    `supports_only` marks one of the latter that is too weak to link anything.
    """

    name: str
    family: str
    meaning: str
    rule: Shared | None
    supports_only: bool = False

    @property
    def strong(self) -> bool:
        """Whether it can make a link; the others say something only of pairs that others link."""
        return not self.supports_only and (self.rule is None or self.rule.proposes)


def signal(
    name: str, family: str, *, supports_only: bool = False
) -> Callable[[Callable[[], Shared | None]], Signal]:
    """Declares a signal; the docstring of the function is what an investigator reads."""

    def declare(function: Callable[[], Shared | None]) -> Signal:
        return Signal(
            name, family, " ".join((inspect.getdoc(function) or "").split()), function(), supports_only
        )

    return declare
