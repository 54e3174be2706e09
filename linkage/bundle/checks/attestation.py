"""V2: what the seal is of, as an in-toto statement in a DSSE envelope, for tools that read these.

The statement's subject is the seal, its predicate the receipt as far as the view opens it. The key that signs
the view signs it, as DSSE has it: a bare Ed25519 signature over the pre-authentication encoding of type and
payload. No signature of OpenSSH's is one of these, nor the other way round: what is signed begins otherwise.
"""

import base64
import binascii
from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.ed25519 import verify_ed25519
from linkage.bundle.checks.file_names import SIGNATURE
from linkage.bundle.checks.parties import signing_key
from linkage.bundle.checks.rendering import below
from linkage.bundle.checks.seal_page import SEAL
from linkage.bundle.checks.sshsig import fingerprint
from linkage.bundle.checks.strict_json import NotStrict, json_bytes, strict

ATTESTATION = "data/attestation/seal.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
RECEIPT_TYPE = "urn:x-linkage:receipt:v1"
"""What the predicate is: the fields of `data/reproduce/run.json`."""


def statement(seal: str, units: dict[str, Any]) -> bytes:
    """The statement over a seal, by its SHA-256, with the receipt that the opened units give."""
    return json_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": SEAL, "digest": {"sha256": seal}}],
            "predicateType": RECEIPT_TYPE,
            "predicate": below(units, "run/"),
        }
    )


def pre_authentication(kind: str, payload: bytes) -> bytes:
    """What is signed, by DSSE 1.0: `DSSEv1`, type and payload, each of the two after its length in bytes."""
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def envelope(payload: bytes, public: bytes, signature: bytes) -> bytes:
    """The envelope, in its one form; `public` are the 32 bytes of the key, `signature` its 64."""
    return json_bytes(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": fingerprint(public), "sig": base64.b64encode(signature).decode("ascii")}
            ],
        }
    )


def check_attestation(content: Content, view: dict[str, Any], units: dict[str, Any]) -> None:
    """Whether the envelope, where a bundle has one, holds the statement that seal and units give, signed by
    the key that signed the view."""
    report = content.report
    if not content.has(ATTESTATION) or not view:
        return
    found, payload = content.whole(ATTESTATION, "V2"), statement(str(view["seal"]), units)
    public, signature = signing_key(content, SIGNATURE), _signature(found)
    wanted = envelope(payload, public, signature)
    if found != wanted:
        what = "an attestation of something else than seal and receipt"
        return report.fault("V2", what, ATTESTATION, expected=wanted, found=found)
    if why := verify_ed25519(public, pre_authentication(PAYLOAD_TYPE, payload), signature):
        return report.fault("V1", why, ATTESTATION, expected=fingerprint(public))
    report.facts["in-toto statement over the seal, signed by"] = fingerprint(public)


def _signature(found: bytes) -> bytes:
    """The signature in an envelope; empty where there is none to read."""
    try:
        (signed,) = strict(found)["signatures"]
        return base64.b64decode(signed["sig"], validate=True)
    except (NotStrict, binascii.Error, KeyError, TypeError, ValueError):
        return b""
