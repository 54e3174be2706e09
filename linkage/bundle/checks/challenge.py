"""V5: units picked by a number nobody could foresee, opened by whoever sealed them."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from linkage.bundle.checks.disclosures import PATH, SALT
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import NotStrict, json_bytes, strict
from linkage.bundle.checks.unit_paths import is_placed

MOST_PICKED = 100_000
CHALLENGE_FIELDS = ("seal", "beacon", "count")
SHORTEST_BEACON = 8
DECOY = re.compile(rb'"decoy/[0-9a-f]{20}/none",null\]')
"""The end of the line of a unit that says nothing."""


def picks(seal: str, beacon: str, count: int, total: int) -> list[int]:
    """Distinct places in the list of commitments, drawn by SHA-256 from the seal's digest and a beacon."""
    found: dict[int, None] = {}
    number = 0
    while len(found) < min(count, total):
        text = f"challenge-v1\0{seal}\0{beacon}\0{number}".encode("utf-8", "surrogatepass")
        # 256 bits over at most 2^32 places: the remainder favours none by more than 2^-224.
        found[int.from_bytes(hashlib.sha256(text).digest(), "big") % total] = None
        number += 1
    return list(found)


def bound(clean: int) -> float:
    """The share of bad units that so many clean ones leave possible at 95 %."""
    return float(1 - 0.05 ** (1 / clean)) if clean else 1.0


def challenge_fault(beacon: str, count: int) -> str:
    """Why a challenge is useless; empty for a good one."""
    if len(beacon.strip()) < SHORTEST_BEACON:
        return (
            "a challenge needs a beacon: a public text that nobody could foresee, such as a lottery's numbers"
        )
    if not 0 < count <= MOST_PICKED:
        return f"{count}: not a number of units to pick, 1 to {MOST_PICKED}; 300 bound 1 %"
    return ""


def read_challenge(text: bytes) -> dict[str, Any]:
    """A challenge as it was written; raises NotStrict."""
    given = strict(text)
    if not isinstance(given, dict) or tuple(given) != CHALLENGE_FIELDS:
        raise NotStrict(f"not a challenge with {', '.join(CHALLENGE_FIELDS)}")
    if not isinstance(given["count"], int) or not 0 < given["count"] <= MOST_PICKED:
        raise NotStrict(f"a challenge for 1 to {MOST_PICKED} units")
    if not isinstance(given["seal"], str) or not isinstance(given["beacon"], str):
        raise NotStrict("a challenge whose seal and beacon are texts")
    return given


@dataclass(frozen=True)
class Drawn:
    """What is drawn: the seal's digest, the verifier's beacon, how many, and the commitments drawn from."""

    seal: str
    beacon: str
    count: int
    packed: bytes


def check_answer(drawn: Drawn, answer: bytes, paths: dict[bytes, bytes], report: Report) -> None:
    """Whether every commitment that the verifier's own beacon picks was opened, with one value for each path.

    The bound is that of the units drawn: decoys, which say nothing, are no units.
    """
    report.facts["beacon of the challenge"] = drawn.beacon
    answered = {hashlib.sha256(line).digest(): line for line in answer.split(b"\n") if line}
    real, known = 0, dict(paths)
    picked = picks(drawn.seal, drawn.beacon, drawn.count, len(drawn.packed) // 32)
    for place in picked:
        digest = drawn.packed[place * 32 : place * 32 + 32]
        if digest not in answered:
            report.fault(
                "V5", "a picked unit that was not opened", f"commitment {place}", expected=digest.hex()
            )
        elif why := _answer_fault(answered[digest], digest, known):
            report.fault("V5", why, f"commitment {place}", found=answered[digest][:150].decode("latin-1"))
        else:
            real += not DECOY.fullmatch(answered[digest][36:])
    if not real:
        return report.fault(
            "V5", "no unit was drawn, only decoys", "challenge", expected=drawn.count, found=0
        )
    result = (
        f"{real} units drawn and opened, and {len(picked) - real} decoys: bad units below {bound(real):.1%}"
    )
    report.looked["V5"] = f"{result} at 95 %, if each is what the logs say and nobody foresaw the beacon"
    return None


def _answer_fault(line: bytes, digest: bytes, known: dict[bytes, bytes]) -> str:
    try:
        unit = strict(line)
    except NotStrict as error:
        return f"an answer: {error}"
    if not isinstance(unit, list) or len(unit) != 3 or not all(isinstance(each, str) for each in unit[:2]):
        return "an answer that is not salt, path, value"
    if not SALT.fullmatch(unit[0]) or not PATH.fullmatch(unit[1]):
        return "an answer with a salt or path outside the grammar"
    if json_bytes(unit) != line + b"\n":
        return "an answer that is written otherwise than units are"
    if not unit[1].startswith("decoy/") and not is_placed(unit[1].split("/")):
        return "an answer of a kind that bundles do not hold"
    if unit[1].startswith("decoy/") and not DECOY.fullmatch(line[36:]):
        return "a decoy that says something"
    short = hashlib.blake2b(unit[1].encode("ascii"), digest_size=16).digest()
    if known.setdefault(short, digest) != digest:
        return "two values sealed for one path"
    return ""
