"""V5: units picked by a number nobody could foresee, opened by whoever sealed them."""

import hashlib
from typing import Any

from linkage.bundle.checks.disclosures import PATH, SALT
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import NotStrict, strict

MOST_PICKED = 100_000
CHALLENGE_FIELDS = ("seal", "beacon", "count")


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


def check_answer(
    texts: tuple[bytes, bytes], seal: str, packed: bytes, paths: dict[bytes, bytes], report: Report
) -> None:
    """Whether every picked commitment was opened, with one value for each path."""
    try:
        challenge = read_challenge(texts[0])
    except NotStrict as error:
        return report.fault("V5", f"the challenge: {error}", "challenge")
    if challenge["seal"] != seal:
        return report.fault(
            "V5", "a challenge to another seal", "challenge", expected=seal, found=challenge["seal"]
        )
    answered = {hashlib.sha256(line).digest(): line for line in texts[1].splitlines()}
    real, known = 0, dict(paths)
    picked = picks(seal, challenge["beacon"], challenge["count"], len(packed) // 32)
    for place in picked:
        digest = packed[place * 32 : place * 32 + 32]
        if digest not in answered:
            report.fault(
                "V5", "a picked unit that was not opened", f"commitment {place}", expected=digest.hex()
            )
        elif why := _answer_fault(answered[digest], digest, known):
            report.fault("V5", why, f"commitment {place}", found=answered[digest][:150].decode("latin-1"))
        else:
            real += not answered[digest][36:].startswith(b'"decoy/')
    result = f"{len(picked)} picked, {real} of them units: bad ones below {bound(real):.1%} at 95 %"
    report.looked["V5"] = f"{result}, if each is what the logs say"


def _answer_fault(line: bytes, digest: bytes, known: dict[bytes, bytes]) -> str:
    try:
        unit = strict(line)
    except NotStrict as error:
        return f"an answer: {error}"
    if not isinstance(unit, list) or len(unit) != 3 or not all(isinstance(each, str) for each in unit[:2]):
        return "an answer that is not salt, path, value"
    if not SALT.fullmatch(unit[0]) or not PATH.fullmatch(unit[1]):
        return "an answer with a salt or path outside the grammar"
    short = hashlib.blake2b(unit[1].encode("ascii"), digest_size=16).digest()
    if known.setdefault(short, digest) != digest:
        return "two values sealed for one path"
    return ""
