"""report: groups of a case as HTML, PDF or a spreadsheet."""

from collections.abc import Sequence
from pathlib import Path

from linkage.bundle import reports
from linkage.cli.files import make_folder, write_bytes
from linkage.cli.open_case import open_case
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many


def report(*, case: Path, groups: Sequence[str], out: Path, plots: Path | None, who: str) -> None:
    """Write the report."""
    suffix = reports.form(out)
    found = open_case(case, "report", who, groups=" ".join(groups), form=suffix[1:])
    made = reports.of_case(found, list(dict.fromkeys(groups)))
    write_bytes(out, made.as_file(suffix))
    if plots is not None:
        plots_by_name = made.plots()
        make_folder(plots)
        for name, content in plots_by_name.items():
            write_bytes(plots / name, content)
        say(f"{many(len(plots_by_name), 'Vega-Lite specification')} in {plots}")
    say(f"{out} is an internal draft: unsigned, names real accounts; for others: linkage bundle create")
