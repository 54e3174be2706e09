"""The report on paper: an archive's PDF with the numbers of the page, whatever the texts are."""

import builtins
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.bundle import reports
from linkage.cli.app import run
from linkage.report import pdf
from tests.bundle.made import world
from tests.report import hostile, made
from tests.report.opening import SHOTS
from tests.report.png import png

pytest.importorskip("typst")


@pytest.fixture(scope="module")
def plain(plain_report: reports.Report) -> bytes:
    return plain_report.as_file(".pdf")


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_it_is_for_archives_and_for_screen_readers(plain: bytes) -> None:
    assert b"<pdfaid:part>2</pdfaid:part>" in plain and b"<pdfaid:conformance>B</pdfaid:conformance>" in plain
    assert b"<pdfuaid:part>1</pdfuaid:part>" in plain
    assert b"/JavaScript" not in plain and b"/OpenAction" not in plain and b"/URI" not in plain


def test_its_pages_are_drawn(plain: bytes) -> None:
    """Every page has ink on it, and none at its edges."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    with pypdfium2.PdfDocument(plain) as document:
        assert len(document) >= 6
        for number, page in enumerate(document):
            pixels = png(page, SHOTS / f"paper-{number:02}.png")
            ink = (pixels < 128).any(axis=2)
            assert ink.mean() > 0.001, number
            assert not ink[:, :20].any() and not ink[:, -20:].any(), number


def test_it_has_the_numbers_of_the_page(plain: bytes, plain_report: reports.Report) -> None:
    page = plain_report.as_file(".html").decode()
    shown = re.findall(r'<data class="n"[^>]*>([^<]*)</data>', page)
    assert len(shown) > 15
    text = text_of(plain)
    assert not [each for each in shown if each not in text]
    for sentence in (
        "Read what speaks against first",
        "Benign explanations tested",
        "Rows not used, and why",
    ):
        assert sentence in re.sub(r"\s+", " ", text)


def test_five_groups_fill_under_twelve_pages_before_the_annex(plain_report: reports.Report) -> None:
    """What is looked up stands behind; the first page leads to each group."""
    document = plain_report.document
    five = replace(document, groups=[replace(document.groups[0], name=f"op-{n}") for n in range(5)])
    with pypdfium2.PdfDocument(pdf.render(five)) as paper:
        pages = [page.get_textpage().get_text_range() for page in paper]
    [annex] = [number for number, text in enumerate(pages) if re.search(r"^Annex\r?$", text, re.MULTILINE)]
    assert 5 < annex < 12, annex
    assert "Overview" in pages[0] and "What to look at first" in pages[0]
    assert not [number for number, text in enumerate(pages[:annex]) if "Every number" in text]
    assert sum("Annex: group op-" in text for text in pages[annex + 1 :]) >= 5


def test_hostile_texts_are_set_as_they_are(hostile_report: reports.Report) -> None:
    """Typst takes none of them for markup, and none for a character it lacks: it would refuse those."""
    content = hostile_report.as_file(".pdf")
    text = re.sub(r"[\s\u200b\ufffe]+", "", text_of(content))
    assert "<script>alert(1)</script>" in text and "#eval(" in text and r"\u{202e}" in text
    with pypdfium2.PdfDocument(content) as document:
        for number in (1, 4):
            png(document[number], SHOTS / f"paper-hostile-{number}.png")


def test_each_text_in_each_field(tmp_path: Path) -> None:
    texts = [*hostile.VECTORS[::4], *hostile.texts(60), *hostile.HALVES]
    assert pdf.render(made.document(texts)).startswith(b"%PDF-")


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(), min_size=1, max_size=30), min_size=1, max_size=6))
def test_any_text_is_set(texts: list[str]) -> None:
    assert pdf.render(made.document(texts)).startswith(b"%PDF-")


def test_without_typst_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def refused(name: str, *rest: Any, **more: Any) -> Any:
        if name == "typst":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **more)

    own = world(tmp_path)
    monkeypatch.setattr(builtins, "__import__", refused)
    assert run(["report", str(own.case), "--out", str(tmp_path / "r.pdf")]) == 2
    assert "operator-linkage[pdf]" in capsys.readouterr().err and not (tmp_path / "r.pdf").exists()
    basic = ["--view", "court", "--key", str(tmp_path / "key"), "--recipient", "court", "--pdf"]
    assert run(["bundle", "create", str(own.case), made.GROUP, *basic, "--out", str(tmp_path / "a.zip")]) == 2
    assert not (own.case / "seal" / "SEAL.txt").exists()
