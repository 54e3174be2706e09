"""V1: whoever seal and view name as their signers are those who signed them."""

from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.seal_page import SEAL, Seal
from linkage.bundle.checks.sshsig import Unreadable, fingerprint, read_signature

SEAL_SIGNATURE = f"{SEAL}.sig"


def signing_key(content: Content, name: str) -> bytes:
    """The 32 bytes of the key that made a signature; empty where there is none to read."""
    try:
        return read_signature(content.whole(name, "V1")).public if content.has(name) else b""
    except Unreadable:
        return b""


def check_parties(content: Content, seal: Seal, view: dict[str, Any], trusted: dict[str, str]) -> None:
    """The custodian of the seal and the signer of the view: by principal and by fingerprint.

    `trusted` says of a signature's file to whom the recipient's own list gives its key, as `principals
    fingerprint`.
    """
    for name, signature, what, said in (
        (SEAL, SEAL_SIGNATURE, "custodian", seal["custodian"]),
        (SIGNED, SIGNATURE, "signer", view.get("signer") if view else None),
    ):
        public = signing_key(content, signature)
        if not public or said is None:
            continue
        principal, _, key = str(said).rpartition(" ")
        if key != fingerprint(public):
            content.report.fault(
                "V1",
                f"names another {what} than the key that signed",
                name,
                expected=fingerprint(public),
                found=said,
            )
        own = trusted.get(signature, "").rpartition(" ")[0]
        if own and principal not in own.split(","):
            content.report.fault(
                "V1", f"the {what} is not who your list gives this key to", name, expected=own, found=said
            )
