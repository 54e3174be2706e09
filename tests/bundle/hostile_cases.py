"""Cases whose every text was written by somebody who wants an honest bundle to fail, drawn from a number.

`hostile_world(folder, seed)` gives the case; `hostile_bundle` also writes a view of it for a recipient whose
name and reason are no better. The same number gives the same texts.
"""

import importlib.util
import io
import json
import random
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage.bundle import seal
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.signing import new_key, signer_line
from linkage.bundle.validation import read_validation
from linkage.bundle.view_report import redrawn
from linkage.case import Case, journal
from linkage.links.constraints import on_group, on_pair
from tests import made_case
from tests.bundle.evaluated import EVALUATED
from tests.bundle.made import GROUP, PRINCIPAL, SECRET, VERIFIER, World

OneFile = Callable[[list[str]], int]
"""The one-file verifier: from its arguments to its exit code."""

TEXTS = (
    "[" * 40,
    "{" * 40 + "[" * 4_000,
    "]" * 33,
    '"' * 33 + "[" * 33,
    "\\" * 7 + '"[[',
    '\\"[{' * 20,
    "\0",
    "\x1b[2J\x1b]0;title\x07",
    "\x7f\x85\x0b\x0c\x1c",
    "a\nb\r\nc",
    "\u2028\u2029",
    "\u202egpj.exe",
    "e\u0301" * 9,
    "\U0001f9d1\u200d\U0001f680",
    "\ufdd0\ufffe\uffff",
    "\U0010ffff",
    "²³",
    "٣٤",
    "NaN",
    "-0",
    "1e999",
    "9" * 5_000,
    '{"a":1,"a":2}',
    '["salt","path",null]',
    "null",
    "",
    " ",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1",
    "-1",
    "</script><script>alert(1)</script>",
    '<data class="n" id="x" data-claim="c-0" value="7">7</data>',
    "{0} {__class__} {recipient}",
    "%s %(x)s %n",
    "$(id) `id` ;&|",
    "../../etc/passwd",
    "con.txt",
    "a" * 20_000,
    "é" * 3_000,
    "part-0001-of-0002",
    "decoy/x/none",
    "-----BEGIN SSH SIGNATURE-----",
    "seal: x\ncase: y",
    "Payload-Oxum: 0.0",
    "unresolved, no finding: everybody",
    "group op-1 is unresolved. Nobody in it is accused.",
    "#",
    "!*",
    "a,b",
    "​",
    "\t",
    "javascript:alert(1)",
    "SHA256:" + "A" * 43,
    "data:text/html,x",
)
"""Each has broken some reader of some format."""

STRUCTURE = frozenset(
    (
        "group",
        "role",
        "family",
        "families",
        "table",
        "day",
        "name",
        "hypothesis",
        "sha256",
        "level",
        "infrastructure",
        "stage",
        "versions",
        "detail",
        "outcome",
        "failed",
    )
)
"""Fields whose texts this program writes itself, from lists and in forms of its own."""

PLACES = frozenset((made_case.HOURS, "day–night profile", "fingerprint", "template"))
"""What stands where no values are compared, the signal that does so, and the traits of the other signals."""

DECISIONS = ("confirmed", "dismissed")

ACTS = (("investigate", "2026-04-11T09:00:00.000000+00:00"), ("show", "2026-04-11T09:05:00.000000+00:00"))


class Hostile:
    """Texts in place of others: one text always by the same one, and different ones by different ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.share = self.random.choice((0.3, 0.7, 1.0))
        self._known: dict[str, str] = {}

    def text(self, old: str) -> str:
        """What stands for a text."""
        if old in PLACES:
            return old
        if old not in self._known:
            new = self._drawn() if self.random.random() < self.share else old
            self._known[old] = new if new not in self._known.values() else f"{new}{len(self._known)}"
        return self._known[old]

    def _drawn(self) -> str:
        parts = self.random.choices(TEXTS, k=self.random.choice((1, 1, 1, 2, 3)))
        if self.random.random() < 0.3:
            parts.append("".join(chr(_scalar(self.random)) for _ in range(self.random.randint(1, 40))))
        return self.random.choice(("", " ", ",")).join(parts)

    def value(self, old: Any) -> Any:
        """The same with hostile texts at its leaves."""
        if isinstance(old, dict):
            return {name: each if name in STRUCTURE else self.value(each) for name, each in old.items()}
        if isinstance(old, list):
            return [self.value(each) for each in old]
        return self.text(old) if isinstance(old, str) else old


def _scalar(drawn: random.Random) -> int:
    """A code point that UTF-8 can carry."""
    found = drawn.choice((drawn.randint(0, 0x2FF), drawn.randint(0, 0xFFFF), drawn.randint(0, 0x10FFFF)))
    return found if not 0xD800 <= found <= 0xDFFF else 0xFFFD


def hostile_world(folder: Path, seed: int) -> World:
    """A case with an audit file and a key; its texts come from `seed`."""
    hostile = Hostile(seed)
    unresolved = hostile.random.random() < 0.5
    given = made_case.unresolved_tables() if unresolved else made_case.tables()
    run = made_case.unresolved_receipt() if unresolved else made_case.receipt()
    run |= {"seed": seed, "versions": {"linkage": "0.1.0", "python": "3.11.7"}}
    run["signals"] = {hostile.text(name): about for name, about in run["signals"].items()}
    run["settings"]["ingest"] = {hostile.text("delimiter"): hostile.text("comma")}
    for row in given["links"]:
        row["log_odds"] = round(row["log_odds"], 6)
    tables = {name: hostile.value(rows) for name, rows in given.items()}
    for row in (*tables["links"], *tables["evidence"]):
        if row["left"] > row["right"]:
            for name in ("{}", "{}_observation") if "signal" in row else ("{}",):
                left, right = name.format("left"), name.format("right")
                row[left], row[right] = row[right], row[left]
    run = hostile.value(run)
    _said_as_a_run_does(tables, run)
    case = made_case.write(folder / "case", tables, run)
    who = hostile.text("mira")
    before = journal.now
    try:
        for action, at in ACTS:
            journal.now = lambda at=at: at  # type: ignore[misc]
            journal.audit(case, action, {"note": hostile.text("note")}, who=who)
    finally:
        journal.now = before
    _decided(case, hostile)
    (case / seal.FOLDER).mkdir()
    (case / seal.FOLDER / seal.SECRET).write_text(SECRET + "\n")
    key = new_key(folder / "key", PRINCIPAL)
    return World(case, key, signer_line(key, seal=True, view=True))


def _said_as_a_run_does(tables: dict[str, Any], run: dict[str, Any]) -> None:
    """The sentences of a run about the hostile values."""
    for group, told in run["groups"].items():
        found = told["examined"]
        told["against"] = made_case.points(found) if found else [made_case.SPREAD]
        for row in tables["findings"]:
            if row["group"] == group:
                row["summary"] = made_case.summary(told["enrichment"])
    for told in (each.get("competing") for each in run["groups"].values()):
        for gate in run["groups"][made_case.OPEN]["gates"] if told else ():
            gate["detail"] = made_case.lead(told["stories"][0]["hypothesis"])


def _decided(case: Path, hostile: Hostile) -> None:
    """What people decided, and why, in words of no better kind; in some cases nothing."""
    accounts = [hostile.text(each) for each in made_case.OPERATOR]
    rows = [
        on_group(hostile.random.choice(DECISIONS), made_case.GROUP, accounts, hostile.text("a firm") + "x"),
        on_pair("not linked", *sorted(accounts[:2]), hostile.text("two firms") + "x"),
    ]
    for row in rows[: hostile.random.choice((0, 0, 1, 2))]:
        Case(case).judge(row, who=hostile.text("otto") + "x")


def _rates(folder: Path, hostile: Hostile) -> dict[str, Any] | None:
    """Error rates by classes with names of no better kind; in half of the cases none."""
    if hostile.random.random() < 0.5:
        return None
    kinds = [{"kind": hostile.text(name) + "x", "accounts": 40, "flagged": 1} for name in ("campus", "shop")]
    path = folder / "evaluated.json"
    path.write_text(json.dumps(EVALUATED | {"flagged_by_kind": kinds}))
    return read_validation(path)


def hostile_bundle(folder: Path, seed: int) -> tuple[World, Path]:
    """Such a case, and a view of it; raises what `bundle create` raises."""
    world, drawn = hostile_world(folder, seed), Hostile(~seed)
    out = folder / "bundle.zip"
    groups = (
        [GROUP, made_case.OPEN] if "unresolved" in _tables(world) and drawn.random.random() < 0.5 else [GROUP]
    )
    world.create(
        out,
        groups=groups,
        policy=read_policy(drawn.random.choice(READY)),
        recipient=drawn.text("court") + "x",
        override=drawn.text("because") + "x",
        validation=_rates(folder, drawn),
    )
    return world, out


ALL = "made and verified by all"


@dataclass(frozen=True)
class Verdict:
    """What became of an honest bundle of a hostile case, and why where it is no good."""

    outcome: str
    why: str = ""


def verdict_on(folder: Path, seed: int, alone: OneFile) -> Verdict:
    """Make a case from a number, and a bundle of it, which its writer checks; verify it with its report drawn
    again, and by the one file."""
    try:
        world, bundle = hostile_bundle(folder, seed)
    except Exception as error:
        return Verdict("not made", repr(error))
    found = world.verify(bundle, redraw=redrawn).report
    if not found.good:
        return Verdict("not verified", str([vars(each) for each in found.faults]))
    signers = folder / "signers"
    signers.write_text(world.signers)
    heard = io.StringIO()
    with redirect_stdout(heard):
        code = alone([str(bundle), "--signers", str(signers), "--recompute"])
    if code != 0:
        return Verdict("not verified by the one file", heard.getvalue())
    return Verdict(ALL)


def one_file() -> OneFile:
    """The program in `verify_bundle.py`, in this process."""
    spec = importlib.util.spec_from_file_location("verify_bundle_alone", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its data classes look for their own names
    spec.loader.exec_module(module)
    run: OneFile = module.main
    return run


def _tables(world: World) -> set[str]:
    """Tables that have rows."""
    return {
        path.stem
        for path in world.case.glob("*.parquet")
        if json.loads((world.case / "run.json").read_text())["outputs"][path.name].get("rows")
    }
