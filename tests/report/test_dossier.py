"""A dossier: one page for each group, an answer to each question, or that the logs cannot say."""

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from linkage.bundle import reports
from linkage.case import Case
from linkage.cli.app import run
from linkage.report import dossier_answers, sections
from linkage.report.document import Answer, Answers
from linkage.report.dossier import dossier
from tests.bundle.made import world
from tests.report import hostile, made
from tests.report.opening import SHOTS
from tests.report.png import png

QUESTIONS = [
    "Who runs the accounts", "Who asks", "From where", "For whom, or with a state's help", "Method", "Amount",
    "Period", "Models", "Capabilities", "Known operators", "What speaks against", "What would decide",
    "MITRE ATLAS",
]  # fmt: skip
GROUP = "op-1"


def answers(units: list[tuple[str, Any]], settles: str = "") -> dict[str, Answer]:
    """The answers about a group of which these units are opened."""
    known = [(f"group/{GROUP}/accounts", 4), *units]
    document, _ = dossier(
        lambda start: [unit for unit in sorted(known) if unit[0].startswith(start)],
        sections.Given("t", "l"),
        {GROUP: settles} if settles else {},
    )
    [group] = document.groups
    [found] = [block for section in group.sections for block in section.blocks if isinstance(block, Answers)]
    return {each.question: each for each in found.rows}


def field(name: str, value: Any) -> tuple[str, Any]:
    return f"group/{GROUP}/{name}", value


def holding(trait: str, values: list[str]) -> list[tuple[str, Any]]:
    """What the accounts hold of a trait, one value each."""
    found: list[tuple[str, Any]] = []
    for number, value in enumerate(values):
        found += [
            (f"account/a{number}/member", f"m{number}"),
            (f"member/{GROUP}/m{number}/standing", ["1.000000", "core"]),
            (f"seen/a{number}/{trait}", [["o", value]]),
        ]
    return found


def test_what_the_logs_do_not_hold_is_said_so() -> None:
    found = answers([])
    assert list(found) == QUESTIONS
    silent = [name for name in QUESTIONS if not found[name].known]
    assert silent == [name for name in QUESTIONS if name not in ("What speaks against", "MITRE ATLAS")]
    assert all(found[name].said[0].startswith("Not in these logs") for name in silent)


def test_an_exit_is_no_place() -> None:
    said = " ".join(answers(holding("prefix", ["192.0.2.0/24"] * 3 + ["198.51.100.0/24"]))["From where"].said)
    assert "192.0.2.0/24 (3 accounts), 198.51.100.0/24 (1 account)" in said
    assert "an exit, and no place" in said and "where anybody sits" in said


def test_networks_that_nobody_shares_are_counted() -> None:
    said = answers(holding("prefix", [f"192.0.{n}.0/24" for n in range(4)]))["From where"].said[0]
    assert "4 networks, each of one account" in said and "192.0" not in said


def test_hours_without_requests_are_spans() -> None:
    hours = [[f"{hour:02d}", 0 if hour in (2, 3, 4, 9) else 5] for hour in range(24)]
    assert any(
        "4 hours of the day (UTC): 02–04, 09." in each
        for each in answers([field("hours", hours)])["From where"].said
    )


def test_who_runs_and_who_asks_are_two_questions() -> None:
    features = [{"feature": "work", "state": "most of it"}, {"feature": "division", "state": "dealt"}]
    found = answers([field("infrastructure", "reseller"), field("competing", {"features": features})])
    assert "Perhaps a reseller" in found["Who runs the accounts"].said[0]
    assert "most of it, dealt out among them as from one queue" in found["Who asks"].said[1]


def test_a_known_operator_is_told_from_an_unknown_one() -> None:
    stories = [
        {"hypothesis": "unknown operator", "log_odds": 3.0, "confidence": "moderate"},
        {"hypothesis": "Heron", "log_odds": 2.0, "confidence": "low", "matches": [{}, {}], "more_matches": 1},
    ]
    known = answers([field("attribution", {"stories": stories})])["Known operators"]
    assert known.said == ["Heron: low confidence, +2.0 bits, by 3 known values."] and known.known
    assert not answers([field("attribution", {"stories": stories[:1]})])["Known operators"].known


def test_only_techniques_that_the_finding_stands_for_are_named() -> None:
    named = " ".join(
        answers([field("interactions", 9), field("distillation", "0.300000")])["MITRE ATLAS"].said
    )
    assert re.findall(r"AML\.T[0-9.]+[0-9]", named) == ["AML.T0021", "AML.T0040"]
    more = " ".join(answers([field("distillation", "0.700000")])["MITRE ATLAS"].said)
    assert "AML.T0024.002 Extract AI Model: distillation score 70 of 100" in more
    unresolved = answers([field("outcome", "unresolved"), field("distillation", "0.700000")])
    assert "AML" not in " ".join(unresolved["MITRE ATLAS"].said)


def test_what_would_decide_is_told_where_it_is_known() -> None:
    assert answers([], "ask the card processor")["What would decide"].said == ["Ask the card processor."]


@pytest.mark.parametrize(("hours", "said"), [([], ""), ([5], "05"), ([0, 1, 23], "00–01, 23")])
def test_spans(hours: list[int], said: str) -> None:
    assert dossier_answers._spans(hours) == said


def test_on_paper_each_group_is_one_page(hostile_case: Path, tmp_path: Path) -> None:
    """However much is known of it: the page is set in the size in which it fits."""
    pytest.importorskip("typst")
    SHOTS.mkdir(parents=True, exist_ok=True)
    plain = made.case(tmp_path / "case", made.PLAIN, 60)
    for name, case in (("plain", plain), ("hostile", hostile_case)):
        content = reports.dossier_of_case(Case(case), []).as_file(".pdf")
        assert b"<pdfuaid:part>1</pdfuaid:part>" in content
        with pypdfium2.PdfDocument(content) as document:
            assert len(document) == 1
            text = re.sub(r"\s+", " ", document[0].get_textpage().get_text_range())
            pixels = png(document[0], SHOTS / f"dossier-{name}.png")
        assert not (pixels < 128).any(axis=2)[:, :20].any()
        if name == "plain":
            for question in ("Who runs the accounts", "Who asks", "MITRE ATLAS"):
                assert question in text


def test_the_command_takes_the_group_after_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = world(tmp_path)
    for suffix, start in ((".html", b"<!DOCTYPE html>"), (".pdf", b"%PDF-")):
        out = tmp_path / f"d{suffix}"
        assert run(["report", str(own.case), "--dossier", made.GROUP, "--out", str(out)]) == 0
        assert out.read_bytes().startswith(start)
    content = (tmp_path / "d.html").read_text()
    assert content.count('<dl class="answers">') == 1 and "<script" not in content
    assert all(name.replace("'", "&#39;") in content for name in QUESTIONS)
    for more in (["--out", str(tmp_path / "d.xlsx")], ["--out", str(out), "--plots", str(tmp_path / "p")]):
        assert run(["report", str(own.case), "--dossier", *more]) == 2
    assert run(["report", str(own.case), "--dossier", "op-none", "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert "no kind of report" in said and "a dossier has no figures" in said


def test_a_dossier_of_hostile_texts_has_the_shape_of_a_plain_one(tmp_path: Path) -> None:
    counts = []
    for number, texts in enumerate((hostile.VECTORS, [f"plain {n}" for n in range(len(hostile.VECTORS))])):
        folder = made.case(tmp_path / str(number), texts, 14)
        content = reports.dossier_of_case(Case(folder), []).as_file(".html").decode()
        counts.append(sorted(re.findall("<[a-z0-9]+", content)))
    assert counts[0] == counts[1]
