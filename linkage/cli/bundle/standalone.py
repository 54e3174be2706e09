"""The verifier as a program of its own; with the modules it needs in one file it is `verify_bundle.py`."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from linkage.bundle.checks.challenge import challenge_fault
from linkage.bundle.checks.faults import shown
from linkage.bundle.checks.ladder import Asked, Verified, verify_bundle
from linkage.bundle.checks.seal_page import SCHEMA
from linkage.bundle.checks.sshsig import moment
from linkage.bundle.checks.view_comparison import compare

BROKEN, MISUSED = 5, 2


def main(arguments: list[str]) -> int:
    """Check one bundle; returns 0, 5 where anything is wrong, 2 where what was asked cannot be understood."""
    parser = _arguments()
    given = parser.parse_args(arguments)
    if given.answer and (why := challenge_fault(given.beacon, given.count)):
        parser.error(why)
    try:
        asked = _asked(given)
    except (OSError, ValueError) as error:
        print(f"error: {shown(error)}", file=sys.stderr)
        return MISUSED
    found = verify_bundle(given.bundle, asked)
    for other in given.against:
        compare(found, verify_bundle(other, asked), other)
    if given.json:
        print(json.dumps(as_rows(found), indent=1))
    else:
        print("\n".join(report_lines(found)))
    return 0 if found.report.good else BROKEN


def _asked(given: argparse.Namespace) -> Asked:
    """What is asked for; raises OSError or ValueError where a file of the verifier's own is wrong."""
    asked = Asked(_read(given.signers), _read(given.revoked) or "", moment(given.at or None), given.recompute)
    asked.keep_going = given.keep_going
    if given.answer:
        asked.challenge, asked.answer = (given.beacon, given.count), Path(given.answer).read_bytes()
    return asked


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=f"Verifies an evidence bundle of schema {SCHEMA}. Runs nothing that is in it."
    )
    parser.add_argument("bundle", help="the zip file, or the folder it is unpacked in")
    parser.add_argument("--signers", help="keys whose signatures count, in the format of ssh-keygen")
    parser.add_argument("--revoked", help="file with fingerprints of keys that no longer count")
    parser.add_argument("--at", default="", help="day YYYYMMDD on which keys must be valid; default: today")
    parser.add_argument(
        "--recompute", action="store_true", help="also recompute the claims from the opened units (V3)"
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="also check V2 and V3 where bytes or signature fail: what they say is then nobody's word",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        help="another bundle of the same seal to compare; repeatable",
    )
    parser.add_argument("--answer", help="also check the provider's answer to your challenge (V5)")
    parser.add_argument("--beacon", default="", help="the public number of your challenge")
    parser.add_argument("--count", type=int, default=300, help="how many commitments it picks; default: 300")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _read(path: str | None) -> str | None:
    return None if path is None else Path(path).read_text("utf-8")


def as_rows(found: Verified) -> dict[str, Any]:
    """What the checks found, for a program."""
    report = found.report
    return {
        "rows": [vars(each) for each in report.faults],
        "ladder": [
            {"rung": rung, "meaning": meaning, "state": state, "remark": remark}
            for rung, meaning, state, remark in report.ladder()
        ],
        "verified": report.good,
        "more_faults": report.more,
        "claims": found.states,
    }


def report_lines(found: Verified) -> Iterator[str]:
    """What the checks found, for a person."""
    report = found.report
    for rung, meaning, state, remark in report.ladder():
        yield shown(f"{rung}  {meaning:<40} {state:<12} {remark}")
    for name, value in sorted(report.facts.items()):
        yield shown(f"    {name}: {value}")
    for fault in report.faults:
        yield shown(f"{fault.rung}  {fault.path}: {fault.what}")
        for name, value in (("expected", fault.expected), ("found", fault.found)):
            if value:
                yield shown(f"      {name} {value}")
    if report.more:
        yield f"and {report.more} more faults"
    yield "verified" if report.good else "NOT VERIFIED"
