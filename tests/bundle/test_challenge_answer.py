"""Random challenges: picked by nobody's choice, answered in full or told."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.bundle import create
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import bound, picks
from linkage.case import Case
from linkage.errors import IntegrityError, UsageError
from tests.bundle.made import World

Change = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""Of a challenge and its answer."""

BEACON = "drand round 4242424"


def asked(world: World, court: Path, count: int = 40) -> bytes:
    return challenge(str(world.verify(court).view["seal"]), BEACON, count)


@pytest.fixture(scope="module")
def answered(sealed: World, court: Path) -> tuple[bytes, bytes]:
    text = asked(sealed, court)
    lines = create.answer(Case(sealed.case), json.loads(text))
    return text, b"".join(line + b"\n" for line in lines)


def test_every_picked_unit_is_opened(sealed: World, court: Path, answered: tuple[bytes, bytes]) -> None:
    found = sealed.verify(court, audit=answered)
    assert found.report.good and found.report.looked["V5"].startswith("40 picked")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda q, a: (q, b"\n".join(a.splitlines()[1:])), "a picked unit that was not opened"),
        (lambda q, a: (q, a.replace(b'",', b'", ', 1)), "a picked unit that was not opened"),
        (lambda q, a: (q.replace(b'"seal":"', b'"seal":"0'), a), "a challenge to another seal"),
        (
            lambda q, a: (q.replace(BEACON.encode(), b"another beacon"), a),
            "a picked unit that was not opened",
        ),
        (lambda q, a: (b"[]", a), "the challenge: not a challenge"),
        (lambda q, a: (q.replace(b"40", b"0"), a), "the challenge: a challenge for 1 to"),
    ],
)
def test_a_bad_answer_is_told(
    change: Change, words: str, sealed: World, court: Path, answered: tuple[bytes, bytes]
) -> None:
    found = sealed.verify(court, audit=change(*answered))
    assert any(fault.rung == "V5" and words in fault.what for fault in found.report.faults)


def test_equivocation_shows_in_a_challenge(sealed: World, court: Path, answered: tuple[bytes, bytes]) -> None:
    from linkage.bundle.checks.challenge import check_answer
    from linkage.bundle.checks.faults import Report

    lines = [b'["%s","group/x/accounts",%d]' % (b"ab" * 16, number) for number in (1, 2)]
    packed = b"".join(sorted(hashlib.sha256(line).digest() for line in lines))
    report = Report()
    check_answer((challenge("s", BEACON, 2), b"\n".join(lines)), "s", packed, {}, report)
    assert [fault.what for fault in report.faults] == ["two values sealed for one path"]


def test_picks_are_spread_and_repeatable() -> None:
    one = picks("seal", BEACON, 500, 1_000)
    assert one == picks("seal", BEACON, 500, 1_000) and len(set(one)) == 500
    assert one != picks("seal", BEACON + "!", 500, 1_000) and max(one) < 1_000
    assert len(picks("seal", BEACON, 10, 3)) == 3


def test_the_bound_is_the_published_one() -> None:
    assert round(bound(300), 4) == 0.0099 and round(bound(60), 3) == 0.049 and bound(0) == 1.0


def test_a_challenge_is_to_one_seal(sealed: World, court: Path) -> None:
    with pytest.raises(IntegrityError, match="another seal"):
        create.answer(Case(sealed.case), {"seal": "0" * 64, "beacon": BEACON, "count": 3})
    for beacon, count in (("short", 3), (BEACON, 0), (BEACON, 10**9)):
        with pytest.raises(UsageError):
            challenge("0" * 64, beacon, count)
