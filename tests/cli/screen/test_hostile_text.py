"""Hostile text in a case or on the command line: shown, and never obeyed."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from tests import made_case
from tests.cli.looks import LOOKS, look
from tests.cli.screen.test_safe import BIDI, ZERO_WIDTH
from tests.conftest import Command
from tests.made_case import GROUP, OPERATOR

SEQUENCES = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x1b[31m",
    "\x1b[?1049h",
    "\x1b[6n",
    "\x1bP+q544e\x1b\\",
    "\x1b_apc\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bXsos\x1b\\",
    "\x9b31m",
    "\x9d52;c;x\x9c",
    "\r\noverwritten",
    "a\tb\x00c\x08d",
    "[/foo]",
    "[bold red]x[/]",
    "[link=http://evil]x[/link]",
    ":smile:",
    "=HYPERLINK(1)",
)
FORBIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{BIDI}{ZERO_WIDTH}\u2028\u2029]")
POISON = "".join(
    [*map(chr, range(1, 32)), "\x7f", *map(chr, range(128, 160)), BIDI, ZERO_WIDTH, "\u2028\u2029"]
)


def poisoned(value: Any, poison: str, skip: frozenset[str] = frozenset()) -> Any:
    """The same rows with poison behind every text."""
    if isinstance(value, dict):
        return {k: each if k in skip else poisoned(each, poison, skip) for k, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, poison, skip) for each in value]
    return value + poison if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


@pytest.fixture(scope="module", params=[POISON, *SEQUENCES], ids=range(1 + len(SEQUENCES)))
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    poison: str = request.param
    # Ids and links between tables keep working: the poison goes into accounts alike everywhere.
    plain = frozenset(
        {"observation", "left_observation", "right_observation", "source", "row", "role", "day"}
    )
    run = made_case.receipt()
    run["groups"] = {GROUP + poison: poisoned(run["groups"][GROUP], poison, plain)}
    run["signals"] = {name + poison: poisoned(each, poison) for name, each in run["signals"].items()}
    for name in ("inputs", "caps", "traits"):
        run[name] = poisoned(run[name], poison)
    case = tmp_path_factory.mktemp("hostile") / "case"
    return made_case.write(case, poisoned(made_case.tables(), poison, plain), run), poison


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_no_hostile_byte_reaches_the_terminal(
    linkage: Command, hostile: tuple[Path, str], given: tuple[str, ...]
) -> None:
    case, poison = hostile
    a, b, value = OPERATOR[0] + poison, OPERATOR[1] + poison, f"country{poison}=SE{poison}"
    arguments = look(given, case, group=GROUP + poison, a=a, b=b, value=value)
    for extra in ((), ("--output", "json"), ("--output", "ndjson"), ("--output", "csv")):
        code, out, err = linkage(*arguments, *extra)
        if given[0] == "evaluate" and code == 3:  # a CSV reader may refuse such an account
            assert not FORBIDDEN.search(err)
            continue
        assert code == 0, err
        assert not FORBIDDEN.search(out + err), repr(FORBIDDEN.search(out + err))
        if not extra and given[0] in ("show", "explain"):
            assert OPERATOR[0] in out


def test_no_hostile_byte_in_errors(linkage: Command, made: Path, hostile: tuple[Path, str]) -> None:
    case, poison = hostile
    for arguments in (
        ("explain", made, poison, "acct_00"),
        ("explain", case, OPERATOR[0], "nobody"),
        ("show", made, poison),
        ("show", case, "op-"),
        ("groups", f"/nowhere/{poison}"),
        ("groups", made, f"--{poison}"),
        (f"x{poison}",),
        ("judge", made, "--linked", "acct_00", poison, "--reason", "r"),
        ("evaluate", made, "--truth", f"/nowhere/{poison}"),
        ("doctor", f"/nowhere/{poison}"),
    ):
        code, out, err = linkage(*arguments)
        assert code in (2, 3), arguments
        assert not FORBIDDEN.search(out + err), (arguments, out + err)
        assert len(err) > 10


def test_csv_for_people_runs_no_formula(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case", poisoned(made_case.tables(), "", frozenset()))
    tables = made_case.tables()
    for row in tables["findings"]:
        row["summary"] = "=cmd|' /C calc'!A0"
    made_case.write(case, tables)
    rows = list(csv.DictReader(io.StringIO(linkage("groups", case, "--output", "csv")[1])))
    assert rows[0]["summary"] == "'=cmd|' /C calc'!A0"
    assert float(rows[0]["log_odds"]) == 24.3
