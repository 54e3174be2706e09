"""Signatures as `ssh-keygen -Y sign` writes them, and the list of those who may sign (`allowed_signers`)."""

import base64
import binascii
import fnmatch
import hashlib
import re
import struct
import time
from calendar import timegm
from dataclasses import dataclass

from linkage.bundle.checks.ed25519 import verify_ed25519

BEGIN, END_LINE = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
MAGIC = b"SSHSIG"
KIND = b"ssh-ed25519"
VIEW_ROLE, SEAL_ROLE = "evidence-bundle@v1", "evidence-seal@v1"
"""The namespaces: a signature over a view is none over a seal."""


@dataclass(frozen=True)
class Signature:
    """What an armoured signature holds."""

    public: bytes
    namespace: str
    algorithm: bytes
    raw: bytes


@dataclass(frozen=True)
class Signer:
    """One line of `allowed_signers`; seconds since 1970, None for no bound."""

    principals: str
    public: bytes
    namespaces: str = ""
    after: float | None = None
    before: float | None = None


class Unreadable(ValueError):
    """A signature or a list of signers that cannot be read."""


def fingerprint(public: bytes) -> str:
    """As `ssh-keygen -l` prints it."""
    blob = string(KIND) + string(public)
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def string(content: bytes) -> bytes:
    """A length and that many bytes."""
    return struct.pack(">I", len(content)) + content


def signed_bytes(message: bytes, namespace: str, algorithm: bytes = b"sha512") -> bytes:
    """What the key signs for a message."""
    digest = hashlib.new(algorithm.decode("ascii"), message).digest()
    return MAGIC + string(namespace.encode()) + string(b"") + string(algorithm) + string(digest)


def read_signature(armoured: bytes) -> Signature:
    """Take an armoured signature apart; raises Unreadable with the reason."""
    if not armoured.strip():
        raise Unreadable("the signature is empty")
    lines = armoured.decode("latin-1").splitlines()
    if lines.count(BEGIN) > 1:
        raise Unreadable("more than one signature in one file")
    if not lines or lines[0] != BEGIN or lines[-1] != END_LINE:
        raise Unreadable("the signature's armour is cut or has text around it")
    try:
        blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise Unreadable("the signature's armour is not base64") from error
    if blob[:10] != MAGIC + struct.pack(">I", 1):
        raise Unreadable("not an OpenSSH signature of version 1")
    key, namespace, reserved, algorithm, packed = _strings(blob[10:], 5)
    if reserved or algorithm not in (b"sha256", b"sha512"):
        raise Unreadable("a signature with fields nobody knows")
    (kind, public), (same, raw) = _strings(key, 2), _strings(packed, 2)
    if kind != KIND or same != KIND:
        raise Unreadable("a key that is not Ed25519")
    return Signature(public, namespace.decode("latin-1"), algorithm, raw)


def _strings(blob: bytes, count: int) -> list[bytes]:
    found = []
    for _ in range(count):
        if len(blob) < 4:
            raise Unreadable("the signature is cut short")
        (length,) = struct.unpack(">I", blob[:4])
        if length > len(blob) - 4:
            raise Unreadable("the signature is cut short")
        found.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    if blob:
        raise Unreadable("bytes after the signature")
    return found


def signature_fault(signature: Signature, message: bytes, namespace: str) -> str:
    """Why a signature is not one over this message in this namespace; empty for a good one."""
    if signature.namespace != namespace:
        return "signed for another purpose"
    signed = signed_bytes(message, namespace, signature.algorithm)
    return verify_ed25519(signature.public, signed, signature.raw)


OPTION = re.compile(r'([a-z-]+)(?:="([^"]*)")?(?:,|$)')


def read_signers(text: str) -> list[Signer]:
    """The lines of an `allowed_signers` file; raises Unreadable naming the line."""
    signers = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            signers.append(_signer(line.split(), number))
    return signers


def _signer(words: list[str], number: int) -> Signer:
    if "ssh-ed25519" not in words[1:-1]:
        raise Unreadable(f"line {number}: no ssh-ed25519 key")
    place = words.index("ssh-ed25519", 1)
    if place > 2:
        raise Unreadable(f"line {number}: more words before the key than principals and options")
    options = dict(OPTION.findall(words[1])) if place == 2 else {}
    if unknown := options.keys() - {"namespaces", "valid-after", "valid-before"}:
        raise Unreadable(f"line {number}: option {min(unknown)}")
    try:
        kind, public = _strings(base64.b64decode(words[place + 1], validate=True), 2)
    except (binascii.Error, Unreadable) as error:
        raise Unreadable(f"line {number}: not a key") from error
    if kind != KIND:
        raise Unreadable(f"line {number}: not an Ed25519 key")
    after, before = (options.get(name) for name in ("valid-after", "valid-before"))
    return Signer(words[0], public, options.get("namespaces", ""), moment(after), moment(before))


def moment(text: str | None) -> float | None:
    """Seconds since 1970 of `YYYYMMDD[HHMM[SS]][Z]`: local time without a Z, as OpenSSH reads it."""
    if text is None:
        return None
    digits = text.removesuffix("Z")
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    try:
        parts = time.strptime(digits, form or "")
    except ValueError as error:
        raise Unreadable(f"{text}: not a time such as 20260131 or 202601311200Z") from error
    return timegm(parts) if text.endswith("Z") else time.mktime(parts)


def who_signed(signers: list[Signer], public: bytes, namespace: str, at: float) -> tuple[str, str]:
    """The principal a key belongs to, and why it does not count; one of the two is empty."""
    own = [each for each in signers if each.public == public]
    if not own:
        return "", "signed by a key that nobody has named to you"
    role = [each for each in own if not each.namespaces or _matches(namespace, each.namespaces)]
    if not role:
        return "", "signed by a key that may not sign this"
    if not (begun := [each for each in role if each.after is None or at >= each.after]):
        return "", "signed by a key that is not valid yet"
    if not (valid := [each for each in begun if each.before is None or at < each.before]):
        return "", "signed by a key that is no longer valid"
    return valid[0].principals, ""


def _matches(name: str, patterns: str) -> bool:
    return any(fnmatch.fnmatchcase(name, each) for each in patterns.split(","))
