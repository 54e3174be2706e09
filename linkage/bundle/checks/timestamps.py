"""Time stamps (RFC 3161) over the signatures of seal and view: what plain Python can read of them.

A token is over a signature, not over what is signed: then the key was in use by that time, too. That of the
view stands beside the manifests, which cannot list it, for it is made after all of them; that of the seal is
older than every view, and part of each. Whether the token itself is signed by an authority to be trusted
needs that authority's certificate, and more than this file.
"""

import hashlib
import time
from calendar import timegm
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
from linkage.bundle.checks.strict_json import NotStrict

SEQUENCE, SET, OCTETS, INTEGER, OBJECT, TIME_TAG, FIRST = 0x30, 0x31, 0x04, 0x02, 0x06, 0x18, 0xA0
DIGESTS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
"""Digests that count; any other is too weak, or nobody's."""

TOKEN_IS = bytes.fromhex("2a864886f70d0109100104")
SIGNED_IS = bytes.fromhex("2a864886f70d010702")
GRANTED, CHANGED = 0, 1
StampCheck = Callable[[bytes, bytes], tuple[str, str]]
SEAL_STAMPS = ("data/seal/SEAL.txt.sig.tsr", "data/seal/SEAL.txt.sig.2.tsr")
"""Time stamps of the seal's signature, by up to two authorities; there may be none."""

AHEAD = 300
"""Seconds that an authority's clock may be ahead of the verifier's."""


@dataclass(frozen=True)
class Stamp:
    """What a token says: seconds since 1970, and the number that a request had it repeat."""

    algorithm: bytes
    imprint: bytes
    at: float
    said: str
    nonce: int | None


def read_stamp(response: bytes) -> Stamp:
    """What the token of a response says; raises NotStrict where there is none or it cannot be read."""
    try:
        status, token = _children(_one(response, SEQUENCE), 1)
        state = int.from_bytes(_one(status[1], INTEGER), "big")
        if state == CHANGED:
            raise NotStrict("granted with changes to what was asked")
        if state != GRANTED or token is None:
            raise NotStrict("not granted")
        return _parsed(_information(token[1]))
    except (IndexError, ValueError, TypeError) as error:
        if isinstance(error, NotStrict):
            raise
        raise NotStrict("cut short, or none") from error


def _information(token: bytes) -> bytes:
    """The signed content of a token."""
    kind, signed = _children(token, 2)
    if kind[1] != SIGNED_IS:
        raise NotStrict("not a signed token")
    parts = _all_children(_one(signed[1], SEQUENCE))
    inner = _all_children(parts[2][1])
    if inner[0][1] != TOKEN_IS:
        raise NotStrict("a token of another kind")
    return _one(_one(inner[1][1], OCTETS), SEQUENCE)


def _parsed(information: bytes) -> Stamp:
    fields = _all_children(information)
    kind, imprint = _children(fields[2][1], 2)
    algorithm = _all_children(kind[1])[0][1]
    tag, text = fields[4]
    if tag != TIME_TAG:
        raise NotStrict("a token without a time")
    said = text.decode("ascii")
    whole, _, part = said.removesuffix("Z").partition(".")
    if not said.endswith("Z") or len(whole) != 14 or not whole.isdigit() or (part and not part.isdigit()):
        raise NotStrict("a token whose time is not in UTC")
    at = timegm(time.strptime(whole, "%Y%m%d%H%M%S")) + (float(f"0.{part}") if part else 0.0)
    nonce = [value for tag, value in fields[5:] if tag == INTEGER]
    shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    return Stamp(algorithm, imprint[1], at, shown, int.from_bytes(nonce[0], "big") if nonce else None)


def _element(content: bytes, place: int) -> tuple[int, bytes, int]:
    """Tag, value and end of the element that begins at a place; lengths are written in one way alone."""
    tag, length, start = content[place], content[place + 1], place + 2
    if length == 0x80 or length > 0x84:
        raise NotStrict("cut short, or none")
    if length > 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(content[start : start + size], "big"), start + size
    if start + length > len(content):
        raise NotStrict("cut short, or none")
    return tag, content[start : start + length], start + length


def _one(content: bytes, wanted: int) -> bytes:
    """The value of the one element there is."""
    tag, value, end = _element(content, 0)
    if tag != wanted or end != len(content):
        raise NotStrict("cut short, or none")
    return value


def _all_children(content: bytes) -> list[tuple[int, bytes]]:
    found, place = [], 0
    while place < len(content):
        tag, value, place = _element(content, place)
        found.append((tag, value))
    return found


def _children(content: bytes, least: int) -> tuple[Any, Any]:
    """The first two elements, of which so many have to be there."""
    found = _all_children(content)
    if len(found) < least:
        raise NotStrict("cut short, or none")
    return found[0], found[1] if len(found) > 1 else None


def request_number(request: bytes) -> int:
    """The number that an answer to a request has to repeat; raises NotStrict where there is none."""
    fields = _all_children(_one(request, SEQUENCE))
    numbers = [value for tag, value in fields[2:] if tag == INTEGER]
    if not numbers:
        raise NotStrict("a request without a number")
    return int.from_bytes(numbers[0], "big")


# --- in a bundle -----------------------------------------------------------------------------------------


def stamp_fault(stamp: Stamp, message: bytes) -> tuple[str, object, object]:
    """Why a token is none over a message, what was expected and found; empty for a good one."""
    name = DIGESTS.get(stamp.algorithm)
    if name is None:
        return (
            "a time stamp over a digest that does not count",
            "sha256, sha384, sha512",
            stamp.algorithm.hex(),
        )
    wanted = hashlib.new(name, message).digest()
    if wanted != stamp.imprint:
        return "a time stamp of something else", wanted.hex(), stamp.imprint.hex()
    if stamp.at > time.time() + AHEAD:
        return "a time stamp from the future", "", stamp.said
    return "", "", ""


@dataclass(frozen=True)
class Stamped:
    """A token that fits what it is over: its file, when, and by whom; nobody where that was not looked at."""

    name: str
    at: float
    said: str
    who: str

    @property
    def of_seal(self) -> bool:
        """Whether it is over the seal's signature."""
        return self.name in SEAL_STAMPS


def check_stamps(content: Content, check: StampCheck | None, declared: str) -> list[Stamped]:
    """The tokens that fit. `declared` is when the seal says that it was made: nothing is stamped before.

    `check(response, message)` gives who signed a token and why that does not count, one of them empty;
    without it the signature is not looked at, and the report says so.
    """
    found = []
    for name in (*STAMPS, *SEAL_STAMPS):
        if content.has(name):
            over = SIGNATURE if name in STAMPS else SEAL_STAMPS[0].removesuffix(".tsr")
            found += _token(content, name, over, check, declared)
    return found


def _token(content: Content, name: str, over: str, check: StampCheck | None, declared: str) -> list[Stamped]:
    """One token as a list, empty with a fault where it does not count."""
    report = content.report
    response, message = content.whole(name, "V1"), content.whole(over, "V1")
    try:
        stamp = read_stamp(response)
    except NotStrict as error:
        report.fault("V1", f"a time stamp: {error}", name)
        return []
    why, expected, found = stamp_fault(stamp, message)
    if not why and stamp.said[:19] < declared[:19]:
        why, expected, found = "a time stamp from before what it stamps", declared, stamp.said
    if why:
        report.fault("V1", why, name, expected=expected, found=found)
        return []
    who, why = check(response, message) if check else ("", "")
    if why:
        report.fault("V1", why, name, found=stamp.said)
        return []
    hint = f"openssl ts -verify -data {over} -in {name} -CAfile ROOTS"
    by = f"by {who}" if who else f"over {over}; who signed the token was not checked: {hint}"
    report.facts[f"time stamp {name}"] = f"{stamp.said} {by}"
    return [Stamped(name, stamp.at, stamp.said, who)]


def trusted_time(stamps: list[Stamped], *, of_seal: bool) -> float | None:
    """The time by which a trusted token says that the view or the seal was signed; None where none says so.
    What is over a view is over the seal in it, too."""
    known = [each.at for each in stamps if each.who and (of_seal or not each.of_seal)]
    return min(known, default=None)


def check_stamp_order(stamps: list[Stamped], exported: str, report: Report) -> None:
    """The signature of a view is not stamped before the view was written."""
    for each in stamps:
        if not each.of_seal and each.said[:19] < exported[:19]:
            report.fault(
                "V1", "a time stamp from before what it stamps", each.name, expected=exported, found=each.said
            )
