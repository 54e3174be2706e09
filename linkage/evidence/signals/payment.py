"""Signals from how the accounts are paid for."""

from linkage.evidence.signals.signal import Shared, signal


@signal("card", "payment")
def card() -> Shared:
    """Both accounts paid with one card (the processor's fingerprint of it). Families and firms share a
    card too, so a shared card alone makes a customer, not an operator."""
    return Shared("fingerprint", agreement=0.5)


@signal("billing identity", "payment")
def billing_identity() -> Shared:
    """Both accounts gave one billing name and address (as a keyed hash)."""
    return Shared("billing_hash", agreement=0.5)


@signal("issuing burst", "payment", needs="bin at|issuing_burst", one_go=True)
def issuing_burst() -> Shared:
    """The accounts' cards carry one bank identification number and were first used within the same few
    days, in which that number was seen far more often than its usual rate. Cards issued in bulk look
    so; the number by itself says little."""
    return Shared("issuing_burst", agreement=0.5, floor=0.001, proposes=False)
