"""explain: why two accounts are linked, in bits and source rows."""

from dataclasses import asdict
from pathlib import Path

from linkage.cli.open_case import open_case
from linkage.cli.screen import browser
from linkage.cli.screen.explanation import explanation_page
from linkage.cli.screen.layout import show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import width
from linkage.cli.why_not import why_not_page


def explain(*, case: Path, a: str, b: str, every: bool, output: Format, who: str) -> None:
    """Explain a link."""
    folder = open_case(case, "explain", who, a=a, b=b)
    found = folder.explain(a, b)
    if output is Format.table:
        absent = found.log_odds is None and not found.lines
        if not absent or found.group:
            show(*explanation_page(found, width(), every=every))
        if absent:
            # There is no evidence to show, so this answers what is asked next.
            show(*why_not_page(folder.why_not(a, b)))
        browser.pair(folder, a, b, linked=found.linked)
        return
    top = {name: value for name, value in vars(found).items() if name not in ("lines", "observations")}
    top["not_compared"] = [asdict(each) for each in found.not_compared]
    top["differences"] = [asdict(each) for each in found.differences]
    top["against"] = [asdict(each) for each in found.against]
    emit(
        output,
        found.rows(),
        **top,
        under_other_priors=found.under_other_priors(),
        family_bits=found.by_family(),
    )
