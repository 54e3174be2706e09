"""What follows from the opened units is rendered again: no file of a bundle says anything else."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.checks.anonymity import Profiles
from linkage.bundle.checks.derived import DRAWN, FROM_CASE, STATED
from linkage.bundle.checks.faults import Fault
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.view_report import redrawn
from tests import made_case
from tests.bundle.made import World, forged, rendered_again, standalone, unpacked, world

VIEW, REPORT = "data/VIEW.json", "data/report/report.html"
Files = dict[str, bytes]


def told(
    sealed: World, bundle: Path, out: Path, attack: Callable[[Files], None], **asked: Any
) -> list[Fault]:
    """The faults of a bundle that a key-holder changed and signed again."""
    return sealed.verify(forged(bundle, out, attack, sealed.key), **asked).report.faults


def one_more_line(name: str) -> Callable[[Files], None]:
    """A line that the opened units do not give, at the end of a text."""

    def attack(files: Files) -> None:
        files[name] += b"\n# All accounts of this group are known to be one person's.\n"

    return attack


RENDERED = (
    "README-FIRST.txt", "case.jsonld", "claims.jsonl", "counter-evidence.jsonl", "methodology/method.md",
    "methodology/errors.md", "methodology/params.json", "methodology/validation.json", "reproduce/run.json",
    "reproduce/requirements.lock", "reproduce/expected-outputs.sha256",
    "certifications/902-13.template.txt", "certifications/902-14.template.txt", "keys/allowed_signers",
)  # fmt: skip


def test_every_file_is_rendered_stated_or_shows_nothing(court: Path) -> None:
    """Nothing stands in a bundle of which it is not known what it shows."""
    names = {name for name in unpacked(court) if name.startswith("data/")}
    rest = {name for name in names if not DRAWN.fullmatch(name)} - {*STATED, *FROM_CASE, VIEW}
    assert rest == {f"data/{name}" for name in RENDERED}


@pytest.mark.parametrize("name", RENDERED)
def test_a_text_that_says_more_is_told(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    found = told(sealed, court, tmp_path / "a.zip", one_more_line(f"data/{name}"))
    assert any(
        fault.what == "not what the opened units give" and fault.path.startswith(f"data/{name}:")
        for fault in found
    ), found
    assert standalone(tmp_path / "a.zip", signers).returncode == 5


@pytest.mark.parametrize("name", [f"data/{name}" for name in RENDERED])
def test_a_text_that_is_left_out_is_told(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    found = told(sealed, court, tmp_path / "a.zip", lambda files: files.pop(name) and None)
    assert ("a file is missing", name) in {(fault.what, fault.path) for fault in found}


FURTHER = ("data/confession.txt", "data/report/more.html", "data/stix/second.json", "data/keys/root.pem")


@pytest.mark.parametrize("name", FURTHER)
def test_a_file_more_is_told(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    found = told(sealed, court, tmp_path / "a.zip", lambda files: files.update({name: b"He did it.\n"}))
    assert [(fault.what, fault.path) for fault in found] == [("a file that bundles do not hold", name)]


# --- the statements of the view --------------------------------------------------------------------------


def view_says(change: Callable[[dict[str, Any]], Any]) -> Callable[[Files], None]:
    """Another statement in the view, and every text that follows from it."""

    def attack(files: Files) -> None:
        view = json.loads(files[VIEW])
        change(view)
        files[VIEW] = json.dumps(view).encode()
        rendered_again(files)

    return attack


STATEMENTS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a field more": (lambda view: view.update(verdict="guilty"), "a view with other fields"),
    "groups that are no list": (lambda view: view.update(groups="op"), "a view whose groups is of another"),
    "a rule more": (lambda view: view["policy"].update(more=[]), "a view with other fields"),
    "more accounts alike": (
        lambda view: view["reidentification"].update(k=6_000), "another re-identification result",
    ),
    "nobody unique": (
        lambda view: view["reidentification"].update(unique_neighbourhoods=-1),
        "another re-identification result",
    ),
    "names not opened": (
        lambda view: view["reidentification"].update(names_opened=False),
        "another re-identification result",
    ),
    "another group": (lambda view: view.update(groups=["op-00000000zz"]), "the view is about other groups"),
    "a group more": (
        lambda view: view.update(groups=[*view["groups"], "op-00000000zz"]), "the view is about other groups",
    ),
    "sealed earlier": (
        lambda view: view.update(declared="2020-01-01T00:00:00.000000Z"), "a view of another seal",
    ),
    "a policy that opens less": (
        lambda view: view["policy"].update(withhold=["seen.*"]),
        "a class is opened that the policy withholds",
    ),
    "a policy of another digest": (
        lambda view: view["policy"].update(sha256="0" * 64), "the policy has another digest",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_view_that_says_otherwise_is_told(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    change, words = STATEMENTS[name]
    found = told(sealed, court, tmp_path / "a.zip", view_says(change))
    assert any(words in fault.what for fault in found), found


@pytest.mark.parametrize("name", ["policy", "signer", "unresolved", "reidentification"])
def test_a_view_without_a_field_is_told(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    def attack(files: Files) -> None:
        view = json.loads(files[VIEW])
        del view[name]
        files[VIEW] = json.dumps(view).encode()

    found = told(sealed, court, tmp_path / "a.zip", attack)
    words = ("a view with other fields", f"a view whose {name} is of another form")
    assert any(fault.what in words for fault in found)


def test_units_of_another_form_are_told_and_break_nothing(court: Path, sealed: World, tmp_path: Path) -> None:
    """Sealed so by whoever holds the keys: texts cannot be rendered, and that is a fault like any other."""

    def attack(files: Files) -> None:
        name = "data/disclosures.jsonl"
        files[name] = re.sub(rb'("signal/[^"]*",)\[[^\]]*\]', rb"\g<1>7", files[name])

    found = told(sealed, court, tmp_path / "a.zip", attack)
    assert "units from which the texts cannot be rendered" in {fault.what for fault in found}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'","', b'", "'),
        (b'"signal/', b'"\\u0073ignal/'),
        (b'",["', b'",[ "'),
        (b"One card", b"One\\u0020card"),
        (b'"]]', b'"] ]'),
        (b'"]]', b'"]] '),
    ],
)
def test_a_unit_has_one_way_to_be_written(
    old: bytes, new: bytes, court: Path, sealed: World, tmp_path: Path
) -> None:
    """Two accounts of which the same is opened would look different, and a view less revealing than it is."""

    def attack(files: Files) -> None:
        name = "data/disclosures.jsonl"
        lines = files[name].splitlines(keepends=True)
        number = next(number for number, line in enumerate(lines) if old in line and b'"signal/' in line)
        assert lines[number].count(old) == 1 or old == b'","'
        lines[number] = lines[number].replace(old, new, 1)
        files[name] = b"".join(lines)

    found = told(sealed, court, tmp_path / "a.zip", attack)
    assert "an opened unit that is written otherwise than units are" in {fault.what for fault in found}


@pytest.mark.parametrize("name", READY)
def test_the_risk_is_computed_again_in_every_view(name: str, sealed: World, tmp_path: Path) -> None:
    sealed.create(tmp_path / "a.zip", policy=replace(read_policy(name), min_k=0), recipient=f"risk, {name}")
    found = sealed.verify(tmp_path / "a.zip").report
    assert found.good and "not computed again" not in found.facts


def test_the_order_of_units_changes_no_risk() -> None:
    units = [(f"seen/{who}/{trait}", trait) for who in "abc" for trait in ("ip", "plan")]
    one, other = Profiles(), Profiles()
    for path, value in units:
        one.add(path, value, f'{path}","{value}"]'.encode())
    for path, value in reversed(units):
        other.add(path, value, f'{path}","{value}"]'.encode())
    assert one.digests == other.digests and one.k(3) == 3


# --- the report ------------------------------------------------------------------------------------------


def test_the_one_file_says_which_files_show_nothing(court: Path, signers: Path) -> None:
    done = standalone(court, signers)
    assert done.returncode == 0
    (line,) = [each for each in done.stdout.splitlines() if "files that show nothing here" in each]
    assert REPORT in line and "data/stix/bundle.json" in line and "README" not in line


def test_the_whole_program_draws_the_report_again(court: Path, sealed: World) -> None:
    found = sealed.verify(court, redraw=redrawn).report
    assert found.good and found.facts["files that show nothing here"] == "data/stix/bundle.json"


@pytest.mark.parametrize("name", [REPORT, "-timeline.vl.json"])
def test_a_report_that_says_more_is_told(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    def attack(files: Files) -> None:
        (drawn,) = (each for each in files if each.endswith(name))
        files[drawn] = files[drawn].replace(b"2026", b"2025", 1)

    found = told(sealed, court, tmp_path / "a.zip", attack, redraw=redrawn)
    assert {fault.what for fault in found} == {"drawn otherwise than from the opened units"}
    assert told(sealed, court, tmp_path / "b.zip", attack) == [], "the one file cannot draw"


def test_a_report_of_another_version_shows_nothing(court: Path, sealed: World, tmp_path: Path) -> None:
    def attack(files: Files) -> None:
        tool = json.loads(files[VIEW])["tool"].encode()
        files["bag-info.txt"] = files["bag-info.txt"].replace(tool, b"linkage 0.0.0")
        view_says(lambda view: view.update(tool="linkage 0.0.0"))(files)

    found = sealed.verify(forged(court, tmp_path / "a.zip", attack, sealed.key), redraw=redrawn).report
    assert found.good and REPORT in found.facts["files that show nothing here"]


# --- hostile names ---------------------------------------------------------------------------------------


def test_hostile_names_are_rendered_alike(tmp_path: Path) -> None:
    """Braces, line ends, bars, half of an escape: in a recipient's name, and in what the run says."""
    hostile = "\u202e{0} {recipient}\n| [[[[ \\u0041 \x1b[2J % é 🙂"
    given = made_case.receipt() | {
        "seed": 7,
        "versions": {"linkage": hostile, hostile: "1"},
        "signals": made_case.MEANINGS | {hostile: {"family": hostile, "meaning": hostile}},
    }
    own = world(tmp_path, run=given)
    own.create(tmp_path / "a.zip", recipient=hostile, override=hostile)
    found = own.verify(tmp_path / "a.zip", redraw=redrawn)
    assert found.report.good, found.report.faults
    (tmp_path / "signers").write_text(own.signers)
    assert standalone(tmp_path / "a.zip", tmp_path / "signers", "--recompute").returncode == 0


MADE_UP_VIEW: dict[str, Any] = {
    "case": "c0", "decided": {"g-1": ["a person decided"]}, "declared": "2026-01-01T00:00:00.000000Z",
    "exported": "2026-01-02T00:00:00.000000Z", "groups": ["g-1", "g-2"], "opened": {"run.sha256": 1},
    "override": "a reason", "policy": {}, "purpose": "a purpose", "recipient": "court",
    "reidentification": {}, "schema": 4, "seal": "ab" * 32, "signer": "a@example.org SHA256:x",
    "tlp": "TLP:RED", "tool": "linkage 0", "view": "court", "withheld": {},
    "unresolved": {"g-2": {"reason": "two stories", "favours": "1.000000", "settles": "ask"}},
}  # fmt: skip
MADE_UP_SEAL = {
    "custodian": "b@example.org SHA256:y", "declared": "2026-01-01T00:00:00.000000Z", "tool": "linkage 0",
    "run-sha256": "cd" * 32, "commitments-sha256": "ef" * 32, "sealing": "1",
}  # fmt: skip
MADE_UP_UNITS: dict[str, Any] = {
    "against/g-1/000/in-full": "against, in full", "against/g-1/000/said": "against",
    "claim/c-1/claim": {
        "claim": "c-1", "group": "g-1", "says": "accounts", "method": "count-members", "of": "", "value": "2",
        "interval": ["1", "3"], "interval_is": "a range",
    },
    "group/g-1/outcome": "reported", "group/g-2/outcome": "unresolved",
    "run/caps": [], "run/input/00000/content": {"sha256": "12" * 32, "rows": 3, "used": 2, "bytes": 9},
    "run/outputs": {"links.parquet": {"sha256": "34" * 32}}, "run/versions": {"linkage": "0"},
    "setting/links/link-bits": "0.0", "signal/ip/meaning": ["ip", "network", "one address"],
    "validation/rates": {"rates": [], "inputs": []},
}  # fmt: skip


def test_what_is_rendered_is_part_of_the_schema() -> None:
    """Whoever changes a text that verifiers render again, or adds a file, raises the number of the schema:
    no older bundle verifies, and it has to be told why."""
    from linkage.bundle.checks.error_page import RATES
    from linkage.bundle.checks.rendering import rendered
    from linkage.bundle.checks.seal_page import SCHEMA, SEAL_FIELDS, SEAL_TITLE

    keys = bytes(32), b"\1" * 32
    files = rendered(MADE_UP_VIEW, MADE_UP_SEAL, MADE_UP_UNITS, keys)
    assert set(files) == {f"data/{name}" for name in (*RENDERED, "VIEW.json")}
    said = [
        SEAL_TITLE,
        *SEAL_FIELDS,
        str(RATES),
        *(f"{name} {text!r}" for name, text in sorted(files.items())),
    ]
    digest = hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]
    assert (SCHEMA, digest) == (4, "f6c363de7d2ddaef")
