"""The list of signals. To question a result, read it; to add a signal, write its file and add a line here."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from linkage.errors import UsageError
from linkage.evidence.signals import (
    case_context,
    content,
    device,
    lineage,
    network,
    payment,
    registration,
    timing,
)
from linkage.evidence.signals.signal import Shared, Signal
from linkage.schema import OTHER
from linkage.settings.evidence import SignalNumbers
from linkage.settings.program import Settings

SIGNALS: tuple[Signal, ...] = (
    network.address,
    network.prefix,
    network.autonomous_system,
    network.rotating_address,
    device.client,
    device.device,
    device.api_key,
    payment.card,
    payment.billing_identity,
    payment.issuing_burst,
    registration.email_hash,
    registration.phone_hash,
    registration.email_domain,
    registration.address_pattern,
    registration.referrer,
    registration.registration_burst,
    content.template,
    content.segments,
    content.system_prompt,
    content.exact_text,
    content.queue_draining,
    content.common_themes,
    timing.same_object,
    timing.same_object_again,
    timing.handover,
    timing.hours,
    timing.regularity,
    timing.model_move,
    lineage.response_echo,
    lineage.continued_conversation,
)

WHOLE_CASE: tuple[Signal, ...] = (
    case_context.explained,
    case_context.company,
    case_context.apart,
    case_context.size,
    case_context.withheld,
)
"""What only the whole case says, after the groups are found; no column of a source brings it."""

NOT_IDENTIFYING = frozenset(
    [
        "created_at",
        "country",
        "plan",
        "organisation",
        "model",
        "user_agent",
        "ja4",
        "bin",
        "issuer",
        "funding",
        "payment_country",
        "rhythm",
        "model_start",
    ]
)
"""Traits that describe an account but whose equality proposes nothing; the group-level tests use them."""


def all_signals(foreign: Mapping[str, tuple[str, float]], settings: Settings) -> tuple[Signal, ...]:
    """Every signal of a run in the order of its numbers: those above with the numbers that the settings give
    them, those of `foreign` traits (family, agreement), and what only the whole case says."""
    numbers = settings.evidence.signals
    known = tuple(_with(each, numbers[each.name]) if each.name in numbers else each for each in SIGNALS)
    return (*known, *declared(foreign), *WHOLE_CASE)


def _with(each: Signal, numbers: SignalNumbers) -> Signal:
    assert each.rule is not None
    given = {name: value for name, value in numbers.model_dump().items() if value is not None}
    given["half_life_days"] = given.get("half_life_days", each.rule.half_life_days) or None
    return replace(each, rule=replace(each.rule, **given))


def with_signals(settings: Settings) -> Settings:
    """The settings with the numbers of every signal of a shared value written out, so that their digest and
    the receipt hold these too; raises UsageError for a signal that is not there."""
    rules = {each.name: each for each in SIGNALS if each.rule is not None}
    numbers = settings.evidence.signals
    if unknown := sorted(numbers.keys() - rules.keys()):
        raise UsageError(
            f"evidence.signals: no signal of a shared value is called {unknown[0]!r}",
            hint=f"one of: {', '.join(sorted(rules))}",
        )
    every = {name: _numbers(_with(each, numbers.get(name, SignalNumbers()))) for name, each in rules.items()}
    evidence = settings.evidence.model_copy(update={"signals": every})
    return settings.model_copy(update={"evidence": evidence})


def _numbers(each: Signal) -> SignalNumbers:
    given = asdict(each.rule) if each.rule else {}
    given["half_life_days"] = given.get("half_life_days") or 0.0
    return SignalNumbers(**{name: given[name] for name in SignalNumbers.model_fields})


def trait_families() -> dict[str, str]:
    """The family of each trait that a signal weighs."""
    return {each.rule.trait: each.family for each in SIGNALS if each.rule is not None}


def declared(traits: Mapping[str, tuple[str, float]]) -> tuple[Signal, ...]:
    """Signals for traits the contract does not know: trait → (family, agreement)."""
    return tuple(
        Signal(
            f"shared {trait}",
            family or OTHER,
            f"Both accounts hold the same value of the trait “{trait}”, which the source brought; weighed by"
            " how few accounts hold it.",
            Shared(trait, agreement=agreement),
        )
        for trait, (family, agreement) in sorted(traits.items())
    )
