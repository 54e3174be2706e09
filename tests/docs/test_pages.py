"""What the pages say of the program is what the program says of itself."""

import re
from pathlib import Path

import pytest

from linkage.errors import BudgetError, GraphError, InputError, IntegrityError, LinkageError, UsageError
from linkage.schema import CASE, FAMILIES, SOURCES
from linkage.settings import Settings
from tests.conftest import ROOT, Command
from tests.guards.imports import LAYERS

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"])
PATHS = re.compile(r"`((?:linkage|tests|docs|scripts|queries|fixtures|benchmarks|\.ci)/[\w./-]*)`")
LINKS = re.compile(r"\]\(([^)#\s:]+)(?:#[\w-]*)?\)")
ROWS = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def rows(page: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [[cell.strip() for cell in row.split(" | ")] for row in ROWS.findall(page)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_a_page_names_exist(page: Path) -> None:
    said = page.read_text("utf-8")
    missing = {name for name in PATHS.findall(said) if not (ROOT / name).exists()}
    linked = {name for name in LINKS.findall(said) if not (page.parent / name).exists()}
    assert missing | linked == set()


@pytest.mark.parametrize("name", ["README.md", "docs/input.md"])
def test_every_source_table_is_listed_with_its_columns(name: str) -> None:
    listed = {cells[0].strip("`"): cells[1:] for cells in rows(text(name)) if len(cells) == 3}
    for table in SOURCES.values():
        required, optional = (cell.split(", ") for cell in listed[table.name])
        assert tuple(required) == table.required
        assert [*required, *optional] == [*table.required, *_others(table.columns, table.required)]


def _others(columns: dict[str, str], required: tuple[str, ...]) -> list[str]:
    return [name for name in columns if name not in required]


def test_every_table_of_a_case_is_listed_with_its_columns() -> None:
    page = text("docs/output.md")
    for table in CASE.values():
        assert f"`{table.name}.parquet`" in page
        missing = [name for name in table.schema.names if not re.search(rf"\b{name}\b", page)]
        assert missing == [], table.name


def test_the_settings_shown_are_those_in_force() -> None:
    chosen = Settings.model_construct(**{n: f.default for n, f in Settings.model_fields.items()})
    shown = [cells for cells in rows(text("docs/settings.md")) if cells[0].startswith("`")]
    assert len(shown) >= 10
    for name, default, _ in shown:
        value = chosen
        for part in name.strip("`").split("."):
            value = getattr(value, part)
        written = {"none": [], "empty": ""}.get(default, default.strip("`"))
        assert written == value or float(written) == value, name


def test_the_tree_is_the_import_order() -> None:
    page = text("docs/architecture.md")
    table = page[page.index("## The tree") : page.index("Beside the package")]
    named = [cells[0].strip("`").removesuffix(".py").rstrip("/") for cells in rows(table)]
    there = {path.stem for path in (ROOT / "linkage").iterdir() if path.name[0] not in "_." and _code(path)}
    listed = [name for name in named if name in LAYERS]
    assert set(listed) == there
    order = [LAYERS.index(name) for name in listed]
    assert order == sorted(order)


def _code(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()


def test_every_family_is_explained() -> None:
    listed = {cells[0] for cells in rows(text("docs/evidence.md"))}
    assert {*FAMILIES} <= listed
    assert all(family in text("README.md") for family in FAMILIES)


def test_every_gate_is_explained() -> None:
    source = (ROOT / "linkage" / "groups" / "gates.py").read_text("utf-8")
    gates = set(re.findall(r'Gate\(\s*"([\w ]+)"', source))
    assert len(gates) == 5
    assert {cells[0].strip("*") for cells in rows(text("docs/how-it-decides.md"))} >= gates


def test_every_verb_is_explained(linkage: Command) -> None:
    _, shown, _ = linkage("--help")
    verbs = re.findall(r"^  ([a-z][\w-]*)  ", shown.partition("Commands:")[2], re.MULTILINE)
    listed = " ".join(cells[0] for cells in rows(text("docs/command-line.md")))
    assert len(verbs) >= 15
    assert [verb for verb in verbs if not re.search(rf"`{verb}\b", listed)] == []


def test_every_exit_code_is_explained() -> None:
    listed = {cells[0] for cells in rows(text("docs/command-line.md"))}
    errors = (LinkageError, UsageError, InputError, GraphError, IntegrityError, BudgetError)
    assert {str(error.exit_code) for error in errors} <= listed


def test_every_question_about_the_code_has_one_answer() -> None:
    section = text("CONTRIBUTING.md").partition("## Where is …?")[2].partition("\n## ")[0]
    answers = [cells[1] for cells in rows(section)][1:]
    assert len(answers) == 5
    assert all(PATHS.search(answer) for answer in answers)


def test_the_readme_reads_well_away_from_the_repository() -> None:
    """No picture to be missing, and links to files in one place."""
    said = text("README.md")
    assert "![" not in said
    assert not LINKS.search(said.partition("\n## More\n")[0])
