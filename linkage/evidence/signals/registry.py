"""The list of signals. To question a result, read it; to add a signal, add a function and a line."""

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

WHOLE: tuple[Signal, ...] = (
    case_context.explained,
    case_context.company,
    case_context.apart,
    case_context.size,
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


def declared(traits: dict[str, tuple[str, float]]) -> tuple[Signal, ...]:
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
