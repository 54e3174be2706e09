"""The spreadsheet: numbers are numbers, text stays text in LibreOffice, the bytes are the same each time."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest

from linkage.bundle import reports
from linkage.report import group_rows, xlsx
from linkage.report.formatting import clean
from tests.programs import needed
from tests.report import hostile, made
from tests.report.conftest import ACCOUNTS

SHEETS = ["about", "groups", "claims", "accounts", "links", "evidence for", "against", "texts", "receipts"]
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def libreoffice(file: Path, form: str) -> Path:
    """The file as LibreOffice sees it, written out in another form."""
    program = needed("soffice", "libreoffice")
    home = f"-env:UserInstallation=file://{file.parent}/profile"
    command = [program, home, "--headless", "--convert-to", form, "--outdir", str(file.parent), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return file.with_suffix(f".{form}")


@pytest.fixture(scope="module")
def converted(
    hostile_report: reports.Report, tmp_path_factory: pytest.TempPathFactory
) -> ElementTree.Element:
    file = tmp_path_factory.mktemp("sheets") / "hostile.xlsx"
    file.write_bytes(hostile_report.as_file(".xlsx"))
    return ElementTree.parse(libreoffice(file, "fods")).getroot()


def sheet(root: ElementTree.Element, name: str) -> list[list[ElementTree.Element]]:
    """The cells of a sheet, row by row; what stands for many empty ones is left out."""
    [found] = [each for each in root.iter(f"{TABLE}table") if each.get(f"{TABLE}name") == name]
    rows = [list(each.findall(f"{TABLE}table-cell")) for each in found.iter(f"{TABLE}table-row")]
    return [row for row in rows if any(each.get(f"{OFFICE}value-type") for each in row)]


def test_libreoffice_finds_text_and_numbers_and_nothing_else(converted: ElementTree.Element) -> None:
    """No formula, no link, no object, no macro."""
    assert [each.get(f"{TABLE}name") for each in converted.iter(f"{TABLE}table")] == SHEETS
    cells = [each for each in converted.iter(f"{TABLE}table-cell") if each.get(f"{OFFICE}value-type")]
    assert len(cells) > 15_000
    assert {each.get(f"{OFFICE}value-type") for each in cells} == {"string", "float", "percentage", "date"}
    assert not [each for each in cells if each.get(f"{TABLE}formula") is not None]
    assert not list(converted.iter(f"{TEXT}a"))
    assert not list(converted.iter(f"{OFFICE}event-listeners")) and not list(converted.iter(f"{TABLE}shapes"))


def test_only_columns_of_numbers_hold_numbers(converted: ElementTree.Element) -> None:
    """Whatever a log can set is text, even where it looks like a number."""
    for name, columns in COLUMNS.items():
        for row in sheet(converted, name)[1:]:
            kinds = [each.get(f"{OFFICE}value-type") for each in row]
            texts = [kind for kind, column in zip(kinds, columns, strict=False) if column[2] == "text"]
            assert set(texts) <= {"string", None}, (name, kinds)


COLUMNS = {
    "groups": group_rows.COLUMNS, "claims": xlsx.CLAIMS, "accounts": xlsx.ACCOUNTS, "links": xlsx.LINKS,
    "evidence for": xlsx.REASONS, "against": xlsx.AGAINST, "texts": xlsx.TEXTS, "receipts": xlsx.RECEIPTS,
}  # fmt: skip


def test_a_group_is_one_row_with_its_figures(converted: ElementTree.Element) -> None:
    heads, *rows = sheet(converted, "groups")
    assert [said(each) for each in heads if said(each)] == [flat(name) for name, _, _ in group_rows.COLUMNS]
    [row] = rows
    assert said(row[0]) == flat(made.GROUP)
    assert row[3].get(f"{OFFICE}value-type") == "float" and row[3].get(f"{OFFICE}value") == str(ACCOUNTS)
    bits = sheet(converted, "links")[1][3]
    assert bits.get(f"{OFFICE}value-type") == "float" and float(str(bits.get(f"{OFFICE}value"))) > 0


def test_every_sheet_but_the_first_has_filters_and_a_head_that_stays(
    hostile_report: reports.Report, tmp_path: Path
) -> None:
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(hostile_report.as_file(".xlsx"))
    with zipfile.ZipFile(file) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in range(1, len(SHEETS) + 1)]
    assert [b"<autoFilter " in each for each in sheets] == [False] + [True] * (len(SHEETS) - 1)
    assert all(b'state="frozen"' in each for each in sheets)


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("12", 12), ("-3.250000", -3.25), ("0", 0), (7, 7), (None, None), ("", ""), ("=1+1", "=1+1"),
        ("1e3", "1e3"), ("0x10", "0x10"), ("12 ", "12 "), ("٣", "٣"), ("1" * 16, "1" * 16), ("1,5", "1,5"),
    ],
)  # fmt: skip
def test_only_what_is_written_as_a_number_becomes_one(given: object, number: object) -> None:
    found = group_rows.as_number(given)
    assert found == number and type(found) is type(number)


def test_every_account_is_there_as_it_is_called(converted: ElementTree.Element) -> None:
    [sheet] = [each for each in converted.iter(f"{TABLE}table") if each.get(f"{TABLE}name") == "accounts"]
    texts = {said(each) for each in sheet.iter(f"{TABLE}table-cell")}
    every = [*hostile.VECTORS, *hostile.texts()][:ACCOUNTS]
    wanted = {flat(f"{each} {number}") for number, each in enumerate(every)}
    assert not wanted - texts


def said(cell: ElementTree.Element) -> str:
    return flat("\n".join("".join(_with_blanks(each)) for each in cell.findall(f"{TEXT}p")))


def _with_blanks(paragraph: ElementTree.Element) -> list[str]:
    parts = [paragraph.text or ""]
    for each in paragraph:
        blank = {f"{TEXT}s": " ", f"{TEXT}tab": "\t"}.get(each.tag, "".join(_with_blanks(each)))
        parts += [blank, each.tail or ""]
    return parts


def flat(text: str) -> str:
    """Without regard to how blanks are written."""
    return re.sub(r"\s+", "", clean(text))


def test_as_csv_it_is_the_same_text(hostile_report: reports.Report, tmp_path: Path) -> None:
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(hostile_report.as_file(".xlsx"))
    content = libreoffice(file, "csv").read_text("utf-8")
    assert content.startswith("what,is\n") and "Err:" not in content and "#NAME?" not in content


def test_its_parts_are_plain_sheets(hostile_report: reports.Report, tmp_path: Path) -> None:
    file = tmp_path / "hostile.xlsx"
    file.write_bytes(hostile_report.as_file(".xlsx"))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [
        name for name in parts if re.search("vba|external|hyperlink|connection|drawing|macro", name.lower())
    ]
    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            assert b"<f>" not in content and b"<hyperlink" not in content and b't="str"' not in content
        assert b'Target="http' not in content
    assert b"2026-04-10T00:00:00Z" in parts["docProps/core.xml"]


def test_rows_beyond_what_a_sheet_takes_are_counted(
    plain_report: reports.Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    file = tmp_path / "cut.xlsx"
    file.write_bytes(plain_report.as_file(".xlsx"))
    with zipfile.ZipFile(file) as archive:
        strings = archive.read("xl/sharedStrings.xml").decode()
    assert "rows left out of sheet “accounts”" in strings and "50, beyond the first 10" in strings


def test_a_long_text_says_that_it_was_cut() -> None:
    cell = xlsx._cell("x" * 100_000)
    assert len(cell) < 32_767 and cell.endswith("… (100,000 characters)")
