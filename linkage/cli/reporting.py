"""report: some groups of a case as one page, on paper, or as a spreadsheet."""

from collections.abc import Sequence
from pathlib import Path

from linkage.bundle import reports
from linkage.cli.opened import opened
from linkage.cli.terminal import say
from linkage.cli.text import many
from linkage.errors import UsageError


def report(*, case: Path, groups: Sequence[str], out: Path, plots: Path | None, who: str) -> None:
    """Write the report."""
    suffix = reports.form(out)
    found = opened(case, "report", who, groups=" ".join(groups), form=suffix[1:])
    made = reports.of_case(found, list(dict.fromkeys(groups)))
    _write(out, made.as_file(suffix))
    if plots is not None:
        drawn = made.plots()
        _folder(plots)
        for name, content in drawn.items():
            _write(plots / name, content)
        say(f"{many(len(drawn), 'Vega-Lite specification')} in {plots}")
    say(f"{out} is for those inside: it names values; hand others a bundle (linkage bundle create)")


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
