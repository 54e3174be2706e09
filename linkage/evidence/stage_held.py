"""What the evidence stage knows of a population before it compares any two accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pyarrow as pa

from linkage.engines import Engine
from linkage.evidence import shared_values
from linkage.evidence.rows import NO_PAIRS
from linkage.evidence.signals.signal import Signal
from linkage.observations import hour_profile, themes
from linkage.observations.accounts import account_numbers
from linkage.settings.evidence import Evidence


@dataclass(frozen=True)
class Held:
    """Numbered accounts, values with their degrees, and who holds what; then what `Weighing` adds: evidence
    of occasions (`extra`), pairs on declared objects, profiles of hours and themes, what was left out."""

    accounts: ir.Table
    values: ir.Table
    holders: ir.Table
    extra: tuple[pa.Table, ...] = ()
    declared: pa.Table = field(default_factory=lambda: NO_PAIRS)
    hour_profiles: hour_profile.HourProfiles | None = None
    theme_profiles: themes.ThemeProfiles | None = None
    cut: dict[str, int] = field(default_factory=dict)

    @property
    def occasions(self) -> int:
        """Rows of evidence that occasions give, before any two accounts are compared."""
        return sum(each.num_rows for each in self.extra)


def held(
    engine: Engine,
    accounts: ir.Table,
    observations: ir.Table,
    *,
    signals: Sequence[Signal],
    chosen: Evidence,
    prompts_known: int | None = None,
) -> Held:
    """Who holds what: `accounts` names every account; `observations` are those that may carry weight
    (account, trait, value, first_at, last_at, observation). `prompts_known`: of how many accounts any prompt
    is known, or would be, had they asked (None: of all).
    """
    numbered = engine.keep(account_numbers(accounts))
    everyone = len(account_names(engine, numbered))
    values = engine.keep(
        shared_values.degrees(
            observations,
            engine.table(shared_values.rules(signals)),
            everyone,
            least_bits=chosen.least_bits,
            objects=(*chosen.window_traits, "response", "context"),
            known=_known_traits(signals, prompts_known, everyone),
        )
    )
    return Held(numbered, values, engine.keep(shared_values.holders(observations, numbered, values)))


def account_names(engine: Engine, accounts: ir.Table) -> list[str]:
    """The names of all accounts, by their numbers."""
    names: list[str] = engine.collect(accounts.order_by("a"), at_most=engine.max_rows)["account"].to_pylist()
    return names


def _known_traits(signals: Sequence[Signal], prompts_known: int | None, everyone: int) -> dict[str, int]:
    """Traits of content, where not of all accounts any prompt is known, with of how many one is."""
    if prompts_known is None or prompts_known == everyone:
        return {}
    content = [each.rule.trait for each in signals if each.rule and each.family == "content"]
    return dict.fromkeys(content, prompts_known)
