"""Signatures as `ssh-keygen -Y sign` writes them, and the list of those who may sign (`allowed_signers`)."""

import base64
import binascii
import hashlib
import re
import struct
import time
from calendar import timegm
from dataclasses import dataclass

from linkage.bundle.checks.ed25519 import verify_ed25519

BEGIN, END_LINE = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
COLUMNS = 70
"""Characters of a line of armour, as OpenSSH breaks it."""

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


def public_line(public: bytes) -> str:
    """A public key of 32 bytes as OpenSSH writes it."""
    return f"ssh-ed25519 {base64.b64encode(string(KIND) + string(public)).decode('ascii')}"


def string(content: bytes) -> bytes:
    """A length and that many bytes."""
    return struct.pack(">I", len(content)) + content


def signed_bytes(message: bytes, namespace: str, algorithm: bytes = b"sha512") -> bytes:
    """What the key signs for a message."""
    digest = hashlib.new(algorithm.decode("ascii"), message).digest()
    return MAGIC + string(namespace.encode()) + string(b"") + string(algorithm) + string(digest)


def armour(blob: bytes) -> bytes:
    """A signature's bytes as text, in the one form that `ssh-keygen -Y sign` writes."""
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[start : start + COLUMNS] for start in range(0, len(text), COLUMNS)]
    return "\n".join([BEGIN, *lines, END_LINE, ""]).encode("ascii")


def read_signature(armoured: bytes) -> Signature:
    """Take an armoured signature apart; raises Unreadable with the reason."""
    blob = _unarmoured(armoured)
    if blob[:10] != MAGIC + struct.pack(">I", 1):
        raise Unreadable("not an OpenSSH signature of version 1")
    key, namespace, reserved, algorithm, packed = _strings(blob[10:], 5)
    if reserved or algorithm not in (b"sha256", b"sha512"):
        raise Unreadable("a signature with fields nobody knows")
    (kind, public), (same, raw) = _strings(key, 2), _strings(packed, 2)
    if kind != KIND or same != KIND:
        raise Unreadable("a key that is not Ed25519")
    return Signature(public, namespace.decode("latin-1"), algorithm, raw)


def _unarmoured(armoured: bytes) -> bytes:
    if not armoured.strip():
        raise Unreadable("the signature is empty")
    begin, end = BEGIN.encode("ascii"), END_LINE.encode("ascii")
    if armoured.count(begin) > 1:
        raise Unreadable("more than one signature in one file")
    if not armoured.startswith(begin) or not armoured.rstrip(b"\r\n").endswith(end):
        raise Unreadable("the signature's armour is cut or has text around it")
    text = armoured.rstrip(b"\r\n")[len(begin) : -len(end)]
    try:
        blob = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Unreadable("the signature's armour is not base64") from error
    if armour(blob) != armoured:
        raise Unreadable("the signature's armour is not in the form that ssh-keygen writes")
    return blob


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


# --- who may sign: `allowed_signers` ----------------------------------------------------------------------

PRINCIPAL = r"[^\x00-\x20\x7f-\U0010ffff\"*?!,\\#]+"
"""A name. OpenSSH would take `*`, `?` and `!` for patterns, and commas and quotes apart."""

NAMESPACE = "[A-Za-z0-9@._+/:=-]+"
OPTION = re.compile(
    rf'namespaces="(?P<namespaces>{NAMESPACE}(?:,{NAMESPACE})*)"'
    r'|valid-after="(?P<after>[0-9]+Z?)"|valid-before="(?P<before>[0-9]+Z?)"'
)
SIGNER = re.compile(
    rf"[ \t]*(?P<principals>{PRINCIPAL}(?:,{PRINCIPAL})*)[ \t]+"
    r"(?:(?P<options>[a-z-]+=[^ \t]+)[ \t]+)?ssh-ed25519[ \t]+(?P<key>[A-Za-z0-9+/]+={0,2})(?:[ \t].*)?"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_LIST = 1_000
"""Characters of a list of names in one line: OpenSSH stops reading one that is not much longer."""


def is_name(text: str) -> bool:
    """Whether a text can stand for one signer in a list."""
    return len(text) <= LONGEST_LIST and re.fullmatch(PRINCIPAL, text) is not None


def read_signers(text: str) -> list[Signer]:
    """The lines of an `allowed_signers` file; raises Unreadable naming the line.

    What is accepted means here what it means to `ssh-keygen -Y verify`, to the last option; a line that
    OpenSSH reads in a way of its own (patterns, negations, capitals, escapes, times with names of zones) is
    refused, and the list with it.
    """
    signers = []
    for number, line in enumerate(text.split("\n"), 1):
        if found := CONTROL.search(line):
            raise Unreadable(f"line {number}: a control character, {found[0]!a}")
        if line.strip(" \t") and not line.lstrip(" \t").startswith("#"):
            signers.append(_signer(line, number))
    return signers


def _signer(line: str, number: int) -> Signer:
    found = SIGNER.fullmatch(line)
    if found is None:
        form = 'NAME [namespaces="…",valid-after="…",valid-before="…"] ssh-ed25519 KEY'
        raise Unreadable(f"line {number}: not in the form {form}")
    try:
        options = _options(found["options"])
        after, before = moment(options.get("after")), moment(options.get("before"))
        if after is not None and before is not None and before <= after:
            raise Unreadable("valid-before is not after valid-after")
        names = options.get("namespaces", "")
        if max(len(names), len(found["principals"])) > LONGEST_LIST:
            raise Unreadable(f"more than {LONGEST_LIST} characters of names")
        return Signer(found["principals"], _public(found["key"]), names, after, before)
    except Unreadable as error:
        raise Unreadable(f"line {number}: {error}") from error


def _options(text: str | None) -> dict[str, str]:
    """The options of a line; each at most once, none unknown."""
    options: dict[str, str] = {}
    place, rest = 0, text or ""
    while rest:
        found = OPTION.match(rest, place)
        if found is None:
            raise Unreadable(f"option {rest[place:]}")
        name = str(found.lastgroup)
        if name in options:
            raise Unreadable(f"option {name}: given twice")
        options[name], place = found[name], found.end()
        if place == len(rest):
            break
        if rest[place] != "," or place + 1 == len(rest):
            raise Unreadable(f"option {rest[place:]}")
        place += 1
    return options


def _public(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
        kind, public = _strings(blob, 2)
    except (binascii.Error, Unreadable) as error:
        raise Unreadable("not a key") from error
    if kind != KIND or len(public) != 32 or base64.b64encode(blob).decode("ascii") != text:
        raise Unreadable("not an Ed25519 key")
    return public


MOMENTS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
MOMENT = re.compile("[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?Z?")
FIRST_YEAR, LAST_YEAR = 1971, 9998
"""Between them every time is one that OpenSSH can read, in every zone."""


def moment(text: str | None) -> float | None:
    """Seconds since 1970 of `YYYYMMDD[HHMM[SS]][Z]`: local time without a Z, as OpenSSH reads it."""
    if text is None:
        return None
    wrong = f"{text}: not a time such as 20260131 or 202601311200Z"
    if not MOMENT.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise Unreadable(wrong)
    digits = text.rstrip("Z")
    try:
        parts = time.strptime(digits, MOMENTS[len(digits)])
    except ValueError as error:
        raise Unreadable(wrong) from error
    if parts.tm_sec > 59:
        raise Unreadable(wrong)
    # OpenSSH asks for standard time, whatever the season.
    return timegm(parts) if text.endswith("Z") else time.mktime((*parts[:8], 0))


def who_signed(signers: list[Signer], public: bytes, namespace: str, at: float) -> tuple[str, str]:
    """The principal a key belongs to, and why it does not count; one of the two is empty."""
    own = [each for each in signers if each.public == public]
    if not own:
        return "", "signed by a key that nobody has named to you"
    role = [each for each in own if not each.namespaces or namespace in each.namespaces.split(",")]
    if not role:
        return "", "signed by a key that may not sign this"
    if not (begun := [each for each in role if each.after is None or at >= each.after]):
        return "", "signed by a key that is not valid yet"
    if not (valid := [each for each in begun if each.before is None or at < each.before]):
        return "", "signed by a key that is no longer valid"
    return valid[0].principals, ""


REVOKED = re.compile("SHA256:[A-Za-z0-9+/]{43}")


def read_revoked(text: str) -> frozenset[str]:
    """Fingerprints of keys that no longer count, as `ssh-keygen -l` prints. Raises Unreadable for anything
    else, such as the keys themselves: a list that is misread would revoke nobody."""
    found = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not REVOKED.fullmatch(line.strip()):
            raise Unreadable(f"line {number}: not a fingerprint such as SHA256:…")
        found.add(line.strip())
    return frozenset(found)
