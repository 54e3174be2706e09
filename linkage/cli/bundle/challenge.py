"""bundle challenge: sealed units chosen at random, and their answer."""

from pathlib import Path

from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import picks, read_challenge
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.checks.strict_json import NotStrict
from linkage.cli.bundle.verify import signers_text
from linkage.cli.files import read_bytes, write_bytes
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.errors import IntegrityError, UsageError, command


def pick(*, file: Path, beacon: str, out: Path, count: int) -> None:
    """Write a challenge, and print the commitments it chooses."""
    found = verify_bundle(str(file), Asked(signers_text(None), keep_going=True))
    if found.report.failed("V0") or found.report.failed("V2"):
        raise IntegrityError(
            f"{file}: the bundle is damaged or its seal is broken",
            hint=command("linkage", "bundle", "verify", file),
        )
    write_bytes(out, challenge(str(found.view["seal"]), beacon, count))
    total = len(found.packed) // 32
    for place in picks(found.view["seal"], beacon, count, total):
        print(found.packed[place * 32 : place * 32 + 32].hex())
    then = command(
        "linkage", "bundle", "verify", file, "--answer", "ANSWER", "--beacon", beacon, "--count", count
    )
    say(f"next: send {out} to the provider; then {then}")


def answer(*, case: Path, given: Path, out: Path, who: str) -> None:
    """Answer a challenge."""
    # What makes bundles; a verifier who only picks does not load it.
    from linkage.bundle import create as bundles
    from linkage.case import Case, audit, user

    try:
        asked = read_challenge(read_bytes(given))
    except NotStrict as error:
        raise UsageError(f"{given}: {error}") from error
    found = Case(case)
    lines = bundles.answer(found, asked)
    write_bytes(out, b"".join(line + b"\n" for line in lines))
    detail = {"seal": asked["seal"], "beacon": asked["beacon"], "units": len(lines)}
    audit(found.path, "bundle challenge", detail, who=who or user())
    say(
        f"{many(len(lines), 'unit')} opened in {out}; "
        "read it before you send it: it may show what bundles withhold"
    )
