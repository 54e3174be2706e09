"""Random challenges: picked by nobody's choice, answered in full or told."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from linkage.bundle import create
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import Drawn, bound, check_answer, picks
from linkage.bundle.checks.faults import Report
from linkage.case import Case
from linkage.errors import IntegrityError, UsageError
from tests.bundle.made import World

Change = Callable[[list[bytes]], list[bytes]]
"""Of the lines of an answer."""

BEACON = "drand round 4242424"


def asked(world: World, court: Path, count: int = 40) -> bytes:
    return challenge(str(world.verify(court).view["seal"]), BEACON, count)


@pytest.fixture(scope="module")
def answered(sealed: World, court: Path) -> tuple[bytes, bytes]:
    text = asked(sealed, court)
    lines = create.answer(Case(sealed.case), json.loads(text))
    return text, b"".join(line + b"\n" for line in lines)


def test_every_picked_unit_is_opened(sealed: World, court: Path, answered: tuple[bytes, bytes]) -> None:
    found = sealed.verify(court, challenge=(BEACON, 40), answer=answered[1])
    assert found.report.good and found.report.facts["beacon of the challenge"] == BEACON
    lines = answered[1].splitlines()
    units = sum(b'"decoy/' not in line for line in lines)
    told = found.report.looked["V5"]
    assert len(lines) == 40 and told.startswith(f"{units} units drawn and opened, and {40 - units} decoys")
    assert f"bad units below {bound(units):.1%} at 95 %" in told


@pytest.mark.parametrize(
    ("beacon", "change", "words"),
    [
        (BEACON, lambda lines: lines[1:], "a picked unit that was not opened"),
        (BEACON, lambda lines: [lines[0].replace(b'",', b'", ', 1), *lines[1:]], "was not opened"),
        ("a number that the provider chose", lambda lines: lines, "a picked unit that was not opened"),
        (BEACON, lambda lines: [], "no unit was drawn, only decoys"),
    ],
)
def test_a_bad_answer_is_told(
    beacon: str, change: Change, words: str, sealed: World, court: Path, answered: tuple[bytes, bytes]
) -> None:
    answer = b"".join(line + b"\n" for line in change(answered[1].splitlines()))
    found = sealed.verify(court, challenge=(beacon, 40), answer=answer)
    assert any(fault.rung == "V5" and words in fault.what for fault in found.report.faults)


def drawn(lines: list[bytes], count: int) -> Report:
    """The faults of an answer with all lines of a list of commitments."""
    packed, report = b"".join(sorted(hashlib.sha256(line).digest() for line in lines)), Report()
    check_answer(Drawn("s", BEACON, count, packed), b"\n".join(lines), {}, report)
    return report


def test_equivocation_shows_in_a_challenge() -> None:
    lines = [b'["%s","group/x/accounts",%d]' % (b"ab" * 16, number) for number in (1, 2)]
    assert [fault.what for fault in drawn(lines, 2).faults] == ["two values sealed for one path"]


def test_the_promise_is_that_of_the_units_drawn() -> None:
    """A provider who seals a thousand decoys beside ten units does not get the bound of a thousand."""
    decoys = [b'["%032x","decoy/%020x/none",null]' % (number, number) for number in range(1_000)]
    units = [b'["%032x","group/x/n%d",1]' % (number, number) for number in range(10)]
    told = drawn([*decoys, *units], 1_010).looked["V5"]
    assert told.startswith("10 units drawn and opened, and 1000 decoys: bad units below 25.9%")
    assert [each.what for each in drawn(decoys, 300).faults] == ["no unit was drawn, only decoys"]
    hidden = [b'["%s","decoy/%020x/none",{"bad":1}]' % (b"ab" * 16, 1), *units]
    assert "a decoy that says something" in [each.what for each in drawn(hidden, 11).faults]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'["%s", "group/x/accounts",1]' % (b"ab" * 16), "written otherwise"),
        (b'["%s","gr\\u006fup/x/accounts",1]' % (b"ab" * 16), "written otherwise"),
        (b'["%s","group/x/accounts",1]\r' % (b"ab" * 16), "written otherwise"),
        (b'["%s","filler/x/accounts",1]' % (b"ab" * 16), "of a kind that bundles do not hold"),
        (b'["%s","decoyed/%020x/none",null]' % (b"ab" * 16, 1), "of a kind that bundles do not hold"),
        (b'["%s","member/x/aa/guilt",1]' % (b"ab" * 16), "of a kind that bundles do not hold"),
    ],
)
def test_an_answer_has_one_form_and_is_of_a_kind_that_there_is(line: bytes, words: str) -> None:
    """What was sealed beside the units, to be drawn in their place, bounds nothing."""
    told = [fault.what for fault in drawn([line], 1).faults]
    assert any(words in each for each in told), told


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
