"""report: groups of a case as HTML, PDF or a spreadsheet, or a dossier of one page each."""

from collections.abc import Sequence
from pathlib import Path

from linkage.bundle import reports
from linkage.cli.files import make_folder, write_bytes
from linkage.cli.open_case import open_case
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.errors import UsageError


def report(
    *, case: Path, groups: Sequence[str], out: Path, dossier: bool, plots: Path | None, who: str
) -> None:
    """Write the report, or the dossier."""
    suffix = reports.form(out, reports.DOSSIER_FORMS if dossier else reports.FORMS)
    if dossier and plots is not None:
        raise UsageError("--plots: a dossier has no figures", hint="leave out one of --dossier and --plots")
    kind = "dossier" if dossier else "report"
    found = open_case(case, "report", who, groups=" ".join(groups), form=suffix[1:], kind=kind)
    wanted = list(dict.fromkeys(groups))
    made = reports.dossier_of_case(found, wanted) if dossier else reports.of_case(found, wanted)
    write_bytes(out, made.as_file(suffix))
    if plots is not None:
        plots_by_name = made.plots()
        make_folder(plots)
        for name, content in plots_by_name.items():
            write_bytes(plots / name, content)
        say(f"{many(len(plots_by_name), 'Vega-Lite specification')} in {plots}")
    say(f"{out} is an internal draft: unsigned, names real accounts; for others: linkage bundle create")
