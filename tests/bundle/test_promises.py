"""The documents say of each rung what it shows and what it leaves possible: each sentence has its tests."""

import hashlib
import importlib
import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from linkage.bundle import create, sealing, timestamp
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import picks
from linkage.bundle.checks.faults import OPEN
from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
from linkage.bundle.policy import read_policy
from linkage.bundle.view_report import redrawn
from linkage.case import Case
from linkage.case.journal import AUDIT
from tests import made_case
from tests.bundle import promises, whole
from tests.bundle.authority import authority
from tests.bundle.forger import Forger, forge
from tests.bundle.lies import Told, claimed
from tests.bundle.made import ROOT, Files, World, audited, forged, packed, unpacked, world
from tests.bundle.stranger import by_hand, commands
from tests.bundle.test_key_holder import _bundle
from tests.bundle.test_timestamp import short_lived
from tests.bundle.whole import Whole, named_in

PAPER, REPORT = "data/report/report.pdf", "data/report/report.html"


def flat(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def joined(sentences: tuple[promises.Sentence, ...]) -> str:
    return " ".join(each.said for each in sentences)


@pytest.fixture(scope="module")
def first_page(court: Path) -> str:
    return unpacked(court)["data/README-FIRST.txt"].decode("ascii")


# --- the documents have these sentences and no others ----------------------------------------------------


def test_the_first_page_says_of_the_rungs_what_is_held(first_page: str) -> None:
    table = first_page.split("could still do\n", 1)[1].split("Files that show nothing", 1)[0]
    found = dict(re.findall(r"^(V\d)  (.*?)(?=^V\d  |\Z)", table, re.MULTILINE | re.DOTALL))
    # A rung has its name in a column of its own.
    said = {rung: flat(re.sub(r"^(.*?\S) {2,}", r"\1: ", text, count=1)) for rung, text in found.items()}
    assert said == {rung: joined(sentences) for rung, sentences in promises.RUNGS.items()}
    assert flat(table) == " ".join(f"{rung} {flat(text)}" for rung, text in found.items())


def test_the_first_page_says_what_cannot_be_shown_as_it_is_held(first_page: str) -> None:
    cannot = first_page.split("What it cannot show\n", 1)[1].split("\n\n", 1)[0]
    assert flat(cannot) == joined(promises.CANNOT)
    nothing = first_page.split("Files that show nothing by themselves\n", 1)[1].split("\n\n", 1)[0]
    assert flat(nothing) == joined(promises.NOTHING)


def filled(sentences: tuple[promises.Sentence, ...], own: World, path: Path) -> str:
    """Sentences with the names and numbers of a bundle."""
    found = own.verify(path)
    return joined(sentences).format(
        **{name: found.view[name] for name in ("declared", "exported")},
        sealing=found.seal["sealing"],
        groups=len(found.view["groups"]),
        units=sum(found.view["opened"].values()),
        signer=found.view["signer"].partition(" ")[0],
        custodian=found.seal["custodian"].partition(" ")[0],
    )


def test_the_first_page_says_what_it_shows_as_it_is_held(first_page: str, sealed: World, court: Path) -> None:
    head, _, rest = first_page.partition("\nSealed ")
    assert len(head.splitlines()) == 2
    dated, _, rest = rest.partition("What it shows\n")
    assert flat(f"Sealed {dated}") == filled(promises.HEAD, sealed, court)
    assert flat(rest.partition("\n\n")[0]) == filled(promises.SHOWS, sealed, court)


def test_the_first_page_says_between_its_commands_what_is_held(
    first_page: str, sealed: World, court: Path
) -> None:
    script = first_page.split("in bash:\n", 1)[1].split("All of this", 1)[0]
    remarks = [line.strip()[1:] for line in script.splitlines() if line.strip().startswith("#")]
    assert flat(" ".join(remarks)) == filled(promises.BY_HAND, sealed, court)
    end = first_page[first_page.index("All of this") :]
    (command,) = [line for line in end.splitlines() if line.startswith("python3 ")]
    assert flat(end.replace(command, "")) == joined(promises.AT_ONCE)


def test_the_readme_says_what_is_held() -> None:
    text = (ROOT / "README.md").read_text("utf-8").split("V1  signer and time", 1)[1]
    below = text.split("```", 1)[1].split("\n## ", 1)[0]
    assert flat(below) == joined(promises.README)


def test_the_page_about_bundles_says_of_the_rungs_what_is_held() -> None:
    text = (ROOT / "docs" / "bundles.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (V\d) \| (.*) \|$", text, re.MULTILINE))
    assert rows == {rung: sentence.said for rung, sentence in promises.PAGE.items()}


@pytest.mark.parametrize("said", [each.said for each in promises.every()])
def test_each_sentence_is_held_by_tests_that_there_are(said: str) -> None:
    (sentence, *_) = [each for each in promises.every() if each.said == said]
    assert sentence.held
    for name in sentence.held:
        module, _, function = name.partition(":")
        assert function.startswith("test_")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), function)), name


# --- what is shown ---------------------------------------------------------------------------------------


def test_the_first_page_has_number_and_times_of_seal_and_view(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    own.create(tmp_path / "b.zip", reseal=True, recipient="another court")
    for number, name in ((1, "a.zip"), (2, "b.zip")):
        found = own.verify(tmp_path / name)
        line = unpacked(tmp_path / name)["data/README-FIRST.txt"].decode("ascii").splitlines()[2]
        assert line.startswith(f"Sealed {found.seal['declared']}, as seal number {number} of this case.")
        assert line.endswith(f"written {found.view['exported']}.") and found.seal["sealing"] == str(number)


def test_the_first_page_counts_groups_and_units(first_page: str, court: Path) -> None:
    lines = unpacked(court)["data/disclosures.jsonl"].splitlines()
    assert f"\n{len(lines)} units of evidence are opened.\n" in first_page
    groups = {
        path.split("/")[1] for path in (json.loads(line)[1] for line in lines) if path.startswith("group/")
    }
    assert f"\n{len(groups)} group(s) of accounts that the provider takes" in first_page


def test_each_file_that_the_first_page_names_has_what_it_says(court: Path) -> None:
    files = unpacked(court)
    units = {path: value for _, path, value in map(json.loads, files["data/disclosures.jsonl"].splitlines())}
    claims = [json.loads(line) for line in files["data/claims.jsonl"].splitlines()]
    assert claims == [value for path, value in sorted(units.items()) if path.startswith("claim/")] != []
    shown = dict(re.findall(r'data-claim="([a-z0-9-]+)" value="([^"]*)"', files[REPORT].decode("utf-8")))
    assert shown and shown.items() <= {each["claim"]: each["value"] for each in claims}.items()
    against = [json.loads(line)["says"] for line in files["data/counter-evidence.jsonl"].splitlines()]
    points = [value for path, value in units.items() if path.endswith("/in-full")]
    assert sorted(against) == sorted(points) != []
    rows = [line.split(" | ") for line in files["data/methodology/errors.md"].decode("ascii").splitlines()]
    table = [row for row in rows if len(row) == 3][1:]
    assert len(table) > 5 and all(cell.strip("| ") for row in table for cell in row)


@pytest.mark.parametrize("name", ["internal", "court", "partner", "public"])
def test_whatever_is_withheld_has_its_reason(name: str, sealed: World, tmp_path: Path) -> None:
    sealed.create(tmp_path / "a.zip", policy=replace(read_policy(name), min_k=2), recipient=name)
    files = unpacked(tmp_path / "a.zip")
    opened = {json.loads(line)[1] for line in files["data/disclosures.jsonl"].splitlines()}
    view = json.loads(files["data/VIEW.json"])
    assert all(row["units"] and len(row["reason"].split()) > 3 for row in view["withheld"].values())
    # Together they are everything that is sealed, but for decoys.
    total = sum(view["opened"].values()) + sum(row["units"] for row in view["withheld"].values())
    sealed_units = len(files["data/seal/commitments.txt"].splitlines())
    assert len(opened) <= total <= sealed_units and bool(view["withheld"]) == (name != "internal")


PROGRAMS = (
    "data/verify_bundle.py",
    "data/check.sh",
    "data/check.exe",
    "data/report/open.js",
    "data/Makefile",
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_bundle_holds_a_program(name: str, sealed: World, court: Path, tmp_path: Path) -> None:
    """Not even one that whoever signs puts there; and nothing in a bundle may be run as it is."""
    path = forged(court, tmp_path / "b.zip", lambda files: files.update({name: b"#!/bin/sh\n"}), sealed.key)
    assert any(name in each.path for each in sealed.verify(path).report.faults)
    assert not [each for each in unpacked(court) if each.endswith((".py", ".sh", ".exe", ".js"))]
    with zipfile.ZipFile(court) as archive:
        assert {each.external_attr >> 16 for each in archive.infolist()} == {0o100644}


def test_a_time_stamp_is_checked_at_its_own_time_by_hand(court: Path, sealed: World, tmp_path: Path) -> None:
    """The authority's certificate has expired since: the command of the first page refuses, and with the time
    added that the first page tells to add it does not."""
    tsa = authority(tmp_path / "tsa")
    name = short_lived(tsa, 2)
    (tmp_path / SIGNATURE).write_bytes(unpacked(court)[SIGNATURE])
    token = tsa.stamped(tmp_path / SIGNATURE, tmp_path / "answer.tsr", signer=name).read_bytes()
    stamped_at = int(time.time())
    stamped = packed(tmp_path / "b.zip", {**unpacked(court), STAMPS[0]: token})
    time.sleep(3)
    script = commands(stamped)
    late = by_hand(stamped, tmp_path / "late", sealed.signers, roots=tsa.roots)
    assert late.returncode != 0 and "expired" in late.stdout + late.stderr
    then = script.replace("../roots.pem", f"../roots.pem -attime {stamped_at}")
    assert then != script
    good = by_hand(stamped, tmp_path / "then", sealed.signers, roots=tsa.roots, script=then)
    assert good.returncode == 0 and "Verification: OK" in good.stdout + good.stderr


# --- what is left possible -------------------------------------------------------------------------------


def test_a_clock_set_wrong_passes_unless_an_authority_stamped_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, tsa = world(tmp_path), authority(tmp_path / "tsa")
    monkeypatch.setattr(sealing, "now", lambda: "2031-05-05T00:00:00.000000+00:00")
    own.create(tmp_path / "a.zip")
    found = own.verify(tmp_path / "a.zip")
    assert found.report.good and found.view["exported"].startswith("2031-05-05")
    assert "no independent time" in found.report.looked["V1"]
    files = unpacked(tmp_path / "a.zip")
    (tmp_path / SIGNATURE).write_bytes(files[SIGNATURE])
    token = tsa.stamped(tmp_path / SIGNATURE, tmp_path / "answer.tsr").read_bytes()
    stamped = packed(tmp_path / "b.zip", {**files, STAMPS[0]: token})
    found = own.verify(stamped, stamps=timestamp.checker(timestamp.roots(tsa.roots)))
    assert [each.what for each in found.report.faults] == ["a time stamp from before what it stamps"]


def test_logs_that_were_made_up_pass_every_rung(tmp_path: Path) -> None:
    """The provider writes into his logs that an innocent pays as the others do, and runs them."""
    told = whole.whole(tmp_path, operator=13)
    out = told.bundle(tmp_path / "a.zip", read_policy("court"))
    found = told.climb(out)
    assert not found.report.faults and {"V0", "V1", "V2", "V3", "V4"} <= set(found.report.looked)
    assert found.opened.small[f"group/{named_in(out)}/accounts"] == 13
    assert b'"a012"' in unpacked(out)["data/disclosures.jsonl"]


def test_whoever_hides_seal_and_audit_file_seals_as_if_for_the_first_time(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    shutil.rmtree(own.case / "seal")
    (own.case / AUDIT).unlink()
    audited(own.case, "investigate", "2026-04-11T09:00:00.000000+00:00")
    own.create(tmp_path / "b.zip")
    found = own.verify(tmp_path / "b.zip")
    assert found.report.good and found.seal["sealing"] == "1"
    assert "sealed again" not in found.report.facts


def test_a_number_whose_units_are_withheld_is_attested_whatever_it_is(whole: Whole, tmp_path: Path) -> None:
    lie = Told(claimed("mean-membership", value="0.999999"), "", "", withheld=("member.standing",))
    good = _bundle(whole, lie)
    out = forge(good, whole.key, tmp_path / "a.zip", lambda forger: lie.told(forger, named_in(good)))
    found = whole.verified(out)
    (claim,) = [
        path.split("/")[1]
        for path, value in found.opened.small.items()
        if path.startswith("claim/") and value["method"] == "mean-membership"
    ]
    assert found.opened.small[f"claim/{claim}/claim"]["value"] == "0.999999"
    climbed = whole.climb(out)
    assert climbed.states[claim] == "attested, not recomputable"
    assert not any(climbed.report.failed(rung) for rung in ("V0", "V1", "V2", "V3"))


def made_up_rates(forger: Forger, group: str) -> None:
    """Nobody was ever accused wrongly, in a hundred thousand cases that nobody has seen."""
    rate = {"rate": "innocent accounts in a group", "class": "all", "value": "0.000000", "hits": 0}
    forger["validation/rates"] = {"rates": [{**rate, "of": 10**5, "interval": ["0.000000", "0.000030"]}]}


def act_left_out(forger: Forger, group: str) -> None:
    """Somebody looked at the case before it was sealed, and the seal is made anew without that."""
    acts = [json.loads(line) for line in forger.files["data/custody/custody.jsonl"].splitlines()]
    forger.rewrite_custody([{**acts[0], "act": "look", "in": [], "out": ""}, *acts[1:]], sealed=1)


def other_file(forger: Forger, group: str) -> None:
    forger[forger.paths("run/input/", "/file")[0]] = "from-the-police.csv"


@pytest.mark.parametrize("lie", [made_up_rates, act_left_out, other_file])
def test_what_follows_from_no_inputs_passes_a_re_run(
    lie: Callable[[Forger, str], None], whole: Whole, tmp_path: Path
) -> None:
    good = _bundle(whole, Told(lie, "", ""))
    path = forge(good, whole.key, tmp_path / "a.zip", lambda forger: lie(forger, named_in(good)))
    assert path.read_bytes() != good.read_bytes()
    found = whole.climb(path).report
    assert not found.faults and {"V0", "V1", "V2", "V3", "V4"} <= set(found.looked)


def test_without_the_logs_nothing_is_said_of_a_run(sealed: World, court: Path) -> None:
    rows = {rung: (state, remark) for rung, _, state, remark in sealed.verify(court).report.ladder()}
    assert rows["V4"] == (OPEN, "needs the sealed inputs: linkage bundle verify --rerun")


def test_a_lie_that_was_sealed_answers_every_challenge(tmp_path: Path) -> None:
    given = made_case.tables()
    given["observations"].append(
        made_case.observation(made_case.OPERATOR[0], "ip", "203.0.113.9", "network", table="accounts")
    )
    own = world(tmp_path, tables=given)
    own.create(tmp_path / "a.zip")
    found = own.verify(tmp_path / "a.zip")
    beacon, count = "drand round 4242424", int(found.seal["commitments"])
    asked = challenge(found.view["seal"], beacon, count)
    lines = create.answer(Case(own.case), json.loads(asked))
    answer = b"".join(line + b"\n" for line in lines)
    assert b"203.0.113.9" in answer
    again = own.verify(tmp_path / "a.zip", challenge=(beacon, count), answer=answer)
    assert again.report.good and "V5" in again.report.looked


def test_who_foresees_the_number_chooses_what_is_picked() -> None:
    """Who knows the number before he seals can seal anew until a bad unit is not picked; a number that comes
    later picks it as often as any other."""
    beacon, total, bad = "drand round 4242424", 1_000, 123
    seals = [hashlib.sha256(b"seal %d" % number).hexdigest() for number in range(200)]
    missed = [seal for seal in seals if bad not in picks(seal, beacon, 300, total)]
    assert missed
    later = [bad in picks(missed[0], f"drand round {number}", 300, total) for number in range(1_000)]
    assert 0.25 < sum(later) / len(later) < 0.35


def test_a_report_on_paper_shows_nothing_to_any_verifier(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    own = world(tmp_path)
    own.create(tmp_path / "a.zip", pdf=True)

    def attack(files: Files) -> None:
        files[PAPER] += b"% and they are guilty"

    path = forged(tmp_path / "a.zip", tmp_path / "b.zip", attack, own.key)
    found = own.verify(path, redraw=redrawn).report
    assert found.good and PAPER in found.facts["files that show nothing here"]
