"""What stands under all groups: what can be checked, what is withheld, and the receipts of the run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.report.document import Block, Cell, Prose, Section, Table
from linkage.report.formatting import clean, count, cut, many
from linkage.report.opened_units import Whole

Row = Mapping[str, Any]

LIMITS = (
    "That accounts act as one is an inference from coincidences. It names no person and no company, and does"
    " not say that a rule was broken. A reseller, a shared tool, or one customer whom the logs do not declare"
    " can look the same. Nothing here can show that the logs are true or complete. Read what speaks against"
    " first."
)

LEFT = "Everything that a limit of the run kept out, counted"


def limits(*, sealed: bool) -> Section:
    """What this shows, and what it cannot."""
    blocks: list[Block] = [Prose(LIMITS, strong=True)]
    if not sealed:
        blocks.append(
            Prose(
                "This report is for those inside: it names accounts and values, and it is neither sealed nor"
                " signed. Hand others an evidence bundle."
            )
        )
    return Section("What this shows, and what it cannot", blocks)


def ladder(rungs: Sequence[tuple[str, str]]) -> list[Section]:
    """What can be checked of a bundle."""
    if not rungs:
        return []
    title = "What can be checked of a bundle, and how"
    table = Table("Each rung stands on those before it", ("Rung", "Holds when"), list(rungs), wide=1)
    return [Section(title, [table], f"{rungs[0][0]} to {rungs[-1][0]}", folded=True)]


def withheld(given: Mapping[str, Row]) -> list[Section]:
    """What a view keeps back."""
    if not given:
        return []
    rows = [(kind, count(row["units"]), clean(row["reason"])) for kind, row in given.items()]
    table = Table(
        "Units that this view does not open", ("Class", "Units", "Why"), rows, frozenset((1,)), wide=2
    )
    return [
        Section(
            "What is withheld", [table], many(len(rows), "class of units", "classes of units"), folded=True
        )
    ]


def words(rows: Sequence[tuple[str, ...]], why: Sequence[str]) -> list[Section]:
    """The table of words for numbers, and its reason."""
    if not rows:
        return []
    heads = ("Below, bits", "Below, log10", "Below, ratio", "Words")
    caption = "Words for a likelihood ratio: the log-odds less the prior"
    table = Table(caption, heads, [tuple(row) for row in rows], frozenset((0, 1, 2)), wide=3)
    blocks: list[Block] = [table, *(Prose(clean(each)) for each in why)]
    return [Section("Words for numbers", blocks, "what each range of bits is called, and why", folded=True)]


def errors(rows: Sequence[tuple[str, str, str]]) -> list[Section]:
    """Where an error can come from, what was checked, and what the check gave."""
    if not rows:
        return []
    body: list[tuple[Cell, ...]] = [tuple(clean(each) for each in row) for row in rows]
    caption = "Each source of error, and what was done against it"
    table = Table(caption, ("Source", "Check", "Result"), body, wide=1)
    return [Section("Sources of error", [table], many(len(rows), "source", "sources"), folded=True)]


def receipts(whole: Whole) -> Section:
    """What went into the run, what was cut off, and the settings in force."""
    blocks = [*_population(whole), *_inputs(whole), *_caps(whole), *_settings(whole), *_versions(whole)]
    gist = "files read, rows left out, settings, versions" if blocks else ""
    return Section("Receipts", blocks or [Prose("The run is withheld.")], gist, folded=True)


def _population(whole: Whole) -> Iterable[Block]:
    found = whole.run.get("run/population") or {}
    if found:
        rows = [(name.replace("_", " "), _said(each)) for name, each in sorted(found.items())]
        yield Table("The case as a whole", ("What", "How many"), rows, frozenset((1,)))


def _said(value: Any) -> str:
    return count(value) if isinstance(value, int) else clean(value)


def inputs(whole: Whole) -> Iterable[tuple[str, Row]]:
    """Each file that was read, by name, with what became of its rows."""
    for path in sorted(whole.run):
        if path.startswith("run/input/") and path.endswith("/content"):
            name = whole.run.get(path.replace("/content", "/file"))
            yield ("name withheld" if name is None else str(name)), whole.run[path]


def _inputs(whole: Whole) -> Iterable[Block]:
    rows: list[tuple[Cell, ...]] = []
    for name, row in inputs(whole):
        filtered, kept_back = (
            sum(map(int, (row.get(kind) or {}).values())) for kind in ("filtered", "quarantined")
        )
        figures = (row.get("rows"), row.get("used"), filtered, kept_back)
        rows.append((clean(name), *(count(each) for each in figures), str(row.get("sha256") or "")))
    if rows:
        caption = "Files that were read: for each, rows in = used + filtered + quarantined"
        heads = ("File", "Rows in", "Used", "Filtered", "Quarantined", "SHA-256")
        yield Table(caption, heads, rows, frozenset((1, 2, 3, 4)), wide=5)
        yield from _reasons(whole)


def _reasons(whole: Whole) -> Iterable[Block]:
    rows = [
        (clean(name), kind, clean(why), count(number))
        for name, row in inputs(whole)
        for kind in ("filtered", "quarantined")
        for why, number in sorted((row.get(kind) or {}).items())
    ]
    if rows:
        yield Table("Rows not used, and why", ("File", "What", "Why", "Rows"), rows, frozenset((3,)), wide=2)


def caps(whole: Whole) -> list[tuple[str, str, int]]:
    """What each cap cut: stage, what, how many."""
    found = whole.run.get("run/caps") or ()
    return [(str(each["stage"]), str(each["what"]), int(each["count"])) for each in found]


def _caps(whole: Whole) -> Iterable[Block]:
    rows = [(clean(stage), clean(what), count(number)) for stage, what, number in caps(whole)]
    if rows:
        yield Table(LEFT, ("Stage", "What", "How many"), rows, frozenset((2,)), wide=1)


def _settings(whole: Whole) -> Iterable[Block]:
    rows = [(name, cut(_plain(value), 300)) for name, value in sorted(whole.settings.items())]
    if rows:
        yield Table("Settings in force", ("Setting", "Value"), rows, wide=1)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(each)}" for name, each in sorted(value.items())) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value)) or "none"
    return {"": "none", "True": "yes", "False": "no", "None": "none"}.get(str(value), str(value))


def _versions(whole: Whole) -> Iterable[Block]:
    versions = whole.run.get("run/versions") or {}
    rows: list[tuple[Cell, ...]] = [(clean(name), clean(each)) for name, each in sorted(versions.items())]
    for name, said in (
        ("seed", "Seed"),
        ("sha256", "SHA-256 of the receipt"),
        ("settings-digest", "of the settings"),
    ):
        if (value := whole.run.get(f"run/{name}")) is not None:
            rows.append((said, str(value)))
    if rows:
        yield Table("What the run stood on", ("What", "Which"), rows, wide=1)
