"""The list of groups, as rows and on a terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.case import Case
from linkage.cli.screen.layout import FAINT, STRONG, WARN, heading, indented, line, rows, text
from linkage.cli.screen.text import bits, compact, dates, many, number, share

Row = Mapping[str, Any]


def group_rows(case: Case) -> list[dict[str, Any]]:
    """A row for each reported group: its finding, its core and the verdict on it; most accounts first."""
    roles: dict[str, Counter[str]] = {}
    for row in case.groups:
        roles.setdefault(row["group"], Counter())[row["role"]] += 1
    verdicts = case.constraints()
    found = [
        {
            **row,
            "core": roles.get(row["group"], Counter())["core"],
            "verdict": verdicts.of_group(row["group"]),
        }
        for row in case.findings
    ]
    return sorted(found, key=lambda row: (-row["accounts"], row["group"]))


def explained_rows(case: Case) -> list[dict[str, Any]]:
    """A row for each linked group that is not reported: size and reason; most accounts first."""
    sizes: Counter[tuple[str, str]] = Counter((row["group"], row["reason"]) for row in case.explained)
    found = [{"group": group, "accounts": size, "reason": reason} for (group, reason), size in sizes.items()]
    return sorted(found, key=lambda row: (-row["accounts"], row["group"]))


def unresolved_rows(case: Case) -> list[dict[str, Any]]:
    """A row for each group that neither one operator nor an innocent explanation accounts for better: size,
    reason, bits for one operator, and what would decide; those nearest to a report first."""
    rows = list(case.unresolved)
    sizes = Counter(row["group"] for row in rows)
    one = {row["group"]: {name: row[name] for name in ("reason", "favours", "settles")} for row in rows}
    found = [{"group": group, "accounts": sizes[group], **more} for group, more in one.items()]
    return sorted(found, key=lambda row: (-row["favours"], -row["accounts"], row["group"]))


def list_page(
    found: Sequence[Row], explained: Sequence[Row], unresolved: Sequence[Row] = ()
) -> Iterable[Any]:
    """The page of `linkage groups`."""
    if not found:
        yield text("No group passes all gates: nothing to report.")
    else:
        yield _table(found)
        for row in found:
            yield from _in_words(row)
    if unresolved:
        yield text("")
        yield text(
            f"{many(len(unresolved), 'group')} unresolved: one operator or an innocent explanation, and what"
            " is known does not say which. That is no finding. List: linkage groups CASE --unresolved"
        )
    if explained:
        yield text("")
        yield text(
            f"{many(len(explained), 'more linked group')} not reported, because of an innocent explanation"
            " or too little evidence. List: linkage groups CASE --explained",
            FAINT,
        )


def explained_page(found: Sequence[Row]) -> Iterable[Any]:
    """The page of `linkage groups --explained`."""
    if not found:
        yield text("No linked group has an innocent explanation or too little evidence.")
        return
    yield heading("Linked, with an innocent explanation or too little evidence")
    body = [(row["group"], number(row["accounts"]), row["reason"]) for row in found]
    yield rows(("group!", "accounts", "reason*"), body, right="accounts")


def unresolved_page(found: Sequence[Row]) -> Iterable[Any]:
    """The page of `linkage groups --unresolved`."""
    if not found:
        yield text("No group is unresolved.")
        return
    yield heading("Unresolved: no finding, somebody should look")
    body = [(row["group"], number(row["accounts"]), bits(row["favours"]), row["reason"]) for row in found]
    yield rows(("group!", "accounts", "bits", "reason*"), body, right="accounts bits")
    for row in found:
        yield text("")
        yield line((row["group"], STRONG), f"  what would decide: {row['settles']}")


def _in_words(row: Row) -> Iterable[Any]:
    verdict = f" · verdict: {row['verdict']}" if row["verdict"] else ""
    yield text("")
    yield line((row["group"], STRONG), f"  {', '.join(row['families'] or ())}", (verdict, WARN))
    if row["summary"]:
        yield indented(text(row["summary"]))


def _table(found: Sequence[Row]) -> Any:
    body = [
        (
            row["group"],
            number(row["accounts"]),
            compact(row["interactions"]),
            dates(row["first_at"], row["last_at"]),
            bits(row["log_odds"]),
            share(row["stability"]),
        )
        for row in found
    ]
    columns = ("group!", "accounts", "interactions", "active", "bits", "stable")
    return rows(columns, body, right="accounts interactions bits stable")
