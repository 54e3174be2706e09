"""The documents say of each rung what it shows and what it leaves possible: each sentence has its tests."""

import importlib
import json
import re
import shutil
from pathlib import Path

import pytest

from linkage.bundle import create, sealing, timestamp
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.faults import OPEN
from linkage.bundle.checks.file_names import SIGNATURE, STAMPS
from linkage.bundle.policy import read_policy
from linkage.bundle.view_report import redrawn
from linkage.case import Case
from linkage.case.journal import AUDIT
from tests import made_case
from tests.bundle import promises, whole
from tests.bundle.authority import authority
from tests.bundle.forger import forge
from tests.bundle.lies import Told, claimed
from tests.bundle.made import ROOT, Files, World, audited, forged, packed, unpacked, world
from tests.bundle.test_key_holder import _bundle
from tests.bundle.whole import Whole, named_in

PAPER = "data/report/report.pdf"


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


def test_a_report_on_paper_shows_nothing_to_any_verifier(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    own = world(tmp_path)
    own.create(tmp_path / "a.zip", pdf=True)

    def attack(files: Files) -> None:
        files[PAPER] += b"% and they are guilty"

    path = forged(tmp_path / "a.zip", tmp_path / "b.zip", attack, own.key)
    found = own.verify(path, redraw=redrawn).report
    assert found.good and PAPER in found.facts["files that show nothing here"]
