"""The report inside a bundle, of what its view opens.

Whoever checks a bundle draws it again; what reads cases is not loaded for that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from linkage import __version__
from linkage.bundle.checks.disclosures import PATH_AT
from linkage.bundle.checks.error_page import error_rows
from linkage.bundle.checks.faults import RUNGS
from linkage.bundle.checks.likelihood import REASON
from linkage.bundle.checks.rendering import VALIDATION_UNIT, range_says, scale_rows
from linkage.bundle.checks.unit_parts import joined
from linkage.report import html, pdf
from linkage.report.document import Document, pictures
from linkage.report.opened_units import Source
from linkage.report.sections import Given, document

AS_TEXT = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2
"""How a picture is written: for people who read it, too."""

ABOUT = ("case", "view", "recipient", "purpose", "declared", "seal")


def of_view(view: Mapping[str, Any], opened: Sequence[bytes], *, paper: bool = False) -> dict[str, bytes]:
    """The files of a view's report, below `report/`, made of nothing but the lines it opens."""

    def lines(start: str) -> Iterator[tuple[str, Any]]:
        wanted = f'"{start}'.encode("ascii")
        own = (line for line in opened if line.startswith(wanted, PATH_AT)) if start else opened
        for _, path, value in map(orjson.loads, own):
            yield path, value

    def source(start: str) -> Iterator[tuple[str, Any]]:
        return joined(lines(start))

    given = Given(
        title=f"Evidence in case {view['case']}",
        **of_errors(source, sorted(map(str, view["groups"]))),
        label=view["tlp"],
        about=[(name, str(view[name])) for name in ABOUT],
        ladder=list(RUNGS.items()),
        withheld=view["withheld"],
        sealed=True,
        day=str(view["declared"])[:10],
    )

    made, _ = document(source, given)
    files = {"report/report.html": html.render(made)}
    files |= {f"report/plots/{name}": content for name, content in plots(made).items()}
    return files | ({"report/report.pdf": pdf.render(made)} if paper else {})


def of_errors(source: Source, groups: list[str]) -> dict[str, Any]:
    """The table of words and the page of errors, from the opened units."""
    units = {path: value for start in ("run/", "claim/", "validation/") for path, value in source(start)}
    return {
        "words": scale_rows(),
        "why_words": [" ".join(REASON.split()), range_says(units.get(VALIDATION_UNIT))],
        "errors": error_rows(units, groups),
    }


def redrawn(view: Mapping[str, Any], lines: Iterable[bytes], names: Sequence[str]) -> dict[str, bytes]:
    """Those files of a report (`names`) that can be drawn here, drawn again from the opened units of a view.

    None where another version of this program drew them. No PDF: its bytes depend on what sets it, too.
    """
    if not names or view.get("tool") != f"linkage {__version__}":
        return {}
    return {f"data/{name}": content for name, content in of_view(view, list(lines)).items()}


def plots(document: Document) -> dict[str, bytes]:
    """Every picture as a Vega-Lite specification, by file name."""
    return {
        f"{group}-{picture.name}.vl.json": orjson.dumps(picture.spec, option=AS_TEXT)
        for group, picture in pictures(document)
    }
