"""Signals from the software and machine that sent the requests."""

from linkage.evidence.signals.signal import Shared, signal


@signal("client", "device", needs="ja4 user_agent|client")
def client() -> Shared:
    """Both accounts used one combination of TLS fingerprint (JA4) and user agent. It names a piece of
    software, not a person: weighed by how rare the combination is."""
    return Shared("client", agreement=0.6, floor=0.001, proposes=False)


@signal("device", "device")
def device() -> Shared:
    """Both accounts were used from one device identifier."""
    return Shared("device", agreement=0.5)


@signal("API key", "device")
def api_key() -> Shared:
    """Both accounts' requests carried one API key. A key is issued to one account; two accounts that
    present it have the same hands on it."""
    return Shared("api_key", agreement=0.5)
