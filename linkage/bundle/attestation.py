"""The statement over a seal, in a DSSE envelope that the key of a view signs."""

from typing import Any

from linkage.bundle.checks.attestation import PAYLOAD_TYPE, envelope, pre_authentication, statement
from linkage.bundle.signing import Key


def attestation(seal: str, units: dict[str, Any], key: Key) -> bytes:
    """The signed envelope over a seal, by its SHA-256, with the receipt that the opened units give."""
    payload = statement(seal, units)
    return envelope(payload, key.public, key.sign_bare(pre_authentication(PAYLOAD_TYPE, payload)))
