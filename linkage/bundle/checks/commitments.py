"""V2: the list of commitments that the seal names, and where in it an opened unit stands."""

import hashlib
import re
from itertools import chain
from operator import lt

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.faults import Report

COMMITMENTS = "data/seal/commitments.txt"
DIGEST = re.compile(rb"[0-9a-f]{64}")


def check_commitments(content: Content, seal: dict[str, str], report: Report) -> bytes:
    """All commitments as 32 bytes each, in order; the list must be the one the seal names."""
    digest, packed, last, count = hashlib.sha256(), bytearray(), b"", 0
    for lines in content.batches(COMMITMENTS, "V2"):
        text = b"\n".join(lines) + b"\n"
        digest.update(text)
        own = _packed(lines, text, last) or _one_by_one(lines, count, last, report)
        packed += own
        last, count = own[-32:].hex().encode("ascii") or last, count + len(lines)
    if str(count) != seal["commitments"]:
        report.fault(
            "V2", "not as many commitments as sealed", COMMITMENTS, expected=seal["commitments"], found=count
        )
    if digest.hexdigest() != seal["commitments-sha256"]:
        expected = seal["commitments-sha256"]
        report.fault(
            "V2",
            "not the commitments that were sealed",
            COMMITMENTS,
            expected=expected,
            found=digest.hexdigest(),
        )
    return bytes(packed)


def _packed(lines: list[bytes], text: bytes, last: bytes) -> bytes:
    """Commitments as 32 bytes each; empty where one is no digest, or not after the one before it."""
    try:
        packed = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return b""
    # Line ends are put in from the right: a first line that is too short would look as it should.
    whole = len(packed) == 32 * len(lines) and packed.hex("\n", 32).encode("ascii") + b"\n" == text
    return packed if whole and all(map(lt, chain([last], lines), lines)) else b""


def _one_by_one(lines: list[bytes], before: int, last: bytes, report: Report) -> bytes:
    """The same of those that are digests, with a fault for each that is none, or not in its place."""
    packed = bytearray()
    for number, line in enumerate(lines, before + 1):
        if not DIGEST.fullmatch(line):
            report.fault("V2", "a commitment that is no digest", f"{COMMITMENTS}:{number}", found=line)
            continue
        if line <= last:
            same = "a commitment twice" if line == last else "commitments out of order"
            report.fault("V2", same, f"{COMMITMENTS}:{number}")
        last = line
        packed += bytes.fromhex(line.decode("ascii"))
    return bytes(packed)


def check_sealed(digests: list[bytes], packed: bytes, name: str, report: Report) -> None:
    """Whether each digest is a commitment, and none is there twice: both lists in order, side by side."""
    place, last = 0, b""
    for digest in sorted(digests):
        if digest == last:
            report.fault("V2", "one unit opened twice", name, found=digest.hex())
            continue
        last = digest
        # Nearly all commitments are opened in most views: the next one is looked at first.
        if packed[place * 32 + 32 : place * 32 + 64] == digest:
            place += 1
            continue
        place = _seek(packed, digest, place)
        if packed[place * 32 : place * 32 + 32] != digest:
            report.fault(
                "V2", "an opened unit that was not sealed", name, expected="a commitment", found=digest.hex()
            )


def _seek(packed: bytes, digest: bytes, place: int) -> int:
    """Where a digest stands among the commitments, or would stand; looked for from `place` on."""
    step, end = 1, len(packed) // 32
    while place + step < end and packed[(place + step) * 32 : (place + step) * 32 + 32] <= digest:
        place, step = place + step, step * 2
    high = min(place + step, end)
    while place < high:
        middle = (place + high) // 2
        if packed[middle * 32 : middle * 32 + 32] < digest:
            place = middle + 1
        else:
            high = middle
    return place
