"""What a notebook shows of a case as a whole."""

from typing import Any

from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.explain import html
from linkage.wording import many

COLUMNS = ("group", "accounts", "interactions", "active", "bits", "stable", "verdict", "in words")


def case_html(case: CaseReader) -> str:
    """Its counts and one line for each reported group, the largest first."""
    found = sorted(as_rows(case.table("findings")), key=lambda row: (-row["accounts"], row["group"]))
    verdicts = case.constraints()
    rows = (_group(row, verdicts.of_group(row["group"])) for row in found)
    counts = case.run.get("population", {})
    other = {
        name: len({*case.table(name).column("group").to_pylist()}) for name in ("unresolved", "explained")
    }
    return (
        html.line(
            "case ",
            case.path.name,
            f": {many(counts.get('accounts', 0), 'account')},"
            f" {many(counts.get('interactions', 0), 'interaction')};"
            f" groups: {len(found):,} reported, {other['unresolved']:,} unresolved,"
            f" {other['explained']:,} explained",
        )
        + (html.table(COLUMNS, rows) or html.line("no group is reported"))
        + html.line("A reported group is a reason to look, no proof. The other groups are not reported.")
    )


def _group(row: dict[str, Any], verdict: str | None) -> tuple[object, ...]:
    days = [f"{row[name]:%Y-%m-%d}" for name in ("first_at", "last_at") if row[name]]
    stable = None if row["stability"] is None else f"{row['stability']:.0%}"
    shown = (row["group"], row["accounts"], row["interactions"], " to ".join(days), f"{row['log_odds']:+.1f}")
    return (*shown, stable, verdict, row["summary"])
