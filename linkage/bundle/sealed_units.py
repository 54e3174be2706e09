"""What of a case goes under its seal, read from its tables."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.bundle import decisions, unresolved_groups
from linkage.bundle.attempts import attempts
from linkage.bundle.case_units import LINKS_PER_ACCOUNT, Inputs, Link
from linkage.bundle.group_texts import KINDS, GroupSent, GroupText, bits_by_text, group_texts
from linkage.bundle.validation import sealed_rates
from linkage.case import Case
from linkage.case.lineage import persist, previous_groups
from linkage.case.table import as_rows
from linkage.case.writer import RUN
from linkage.schema import VERDICTS

BATCH = 20_000

NOT_LINKED = VERDICTS[1]

SAYS_NOTHING = ("funding", "country", "payment_country", "plan")
"""Traits of these families with a handful of values, which name nobody."""
NAMING = ("network", "device", "payment", "registration")
REASON = (
    "left",
    "right",
    "signal",
    "family",
    "value",
    "bits",
    "detail",
    "left_observation",
    "right_observation",
)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Streamed:
    """Rows of a table as tuples, as often as they are asked for, a piece at a time."""

    table: pa.Table

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for start in range(0, self.table.num_rows, BATCH):
            piece = self.table.slice(start, BATCH)
            yield from zip(*(_plain(column).to_pylist() for column in piece.columns), strict=True)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts themselves: one by one, their places in a list take Arrow five times as long."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def sealed(case: Case, audit: Sequence[Row], *, texts_of: Collection[str] = ()) -> Inputs:
    """Everything that is sealed of a case; `audit` are the entries of its audit file by then. Whoever shows
    some groups alone needs the texts of these (`texts_of`; none: of all)."""
    findings: list[Row] = [*as_rows(case.table("findings"))]
    members: dict[str, list[Row]] = {str(row["group"]): [] for row in findings}
    for row in as_rows(case.table("groups")):
        members[row["group"]].append(row)
    undecided, rows = unresolved_groups.as_findings(case)
    findings, members = [*findings, *undecided], {**members, **rows}
    homes = {row["account"]: group for group, rows in members.items() for row in rows}
    links, linked, by_hand = _links(case, homes, members)
    known = decisions.known_at(case, audit)
    bound = decisions.bound(case, known)
    verdicts = decisions.Decisions(known, known[: bound["bound"]], by_hand)
    reasons = _reasons(case, homes, links)
    seen = _seen(case, homes)
    digest = hashlib.sha256((case.path / RUN).read_bytes()).hexdigest()
    return Inputs(
        run=case.run,
        run_sha256=digest,
        findings=findings,
        members=members,
        links=links,
        linked=linked,
        reasons=reasons,
        seen=Streamed(seen),
        texts=_texts(case, seen, members, reasons, texts_of or members),
        identifying=names_and_values(seen, homes, members, case),
        validation=sealed_rates(case.path),
        attempts=attempts(audit, case.run, digest),
        people=sorted({str(row["who"]) for row in audit}),
        verdicts=known,
        bound=bound,
        renamed=renamed(case),
        decided={
            str(row["group"]): decisions.decided(
                row,
                case.run.get("groups", {}).get(str(row["group"]), {}),
                verdicts,
                frozenset(str(each["account"]) for each in members[str(row["group"])]),
            )
            for row in findings
        },
    )


def renamed(case: Case) -> list[list[str]]:
    """The groups that a run over the same data in a new folder would call by another id, and the id they have
    here: it comes from an earlier run of the case."""
    groups = previous_groups(case.path)
    fresh, _ = persist([groups[name] for name in sorted(groups)], {})
    return [[new, name] for new, name in zip(fresh, sorted(groups), strict=True) if new != name]


def _links(
    case: Case, homes: Mapping[str, str], groups: Mapping[str, Any]
) -> tuple[dict[str, list[Link]], dict[str, int], dict[str, int]]:
    """The strongest links of each member inside its group, how many the group has, and how many of these are
    links only because a person said so."""
    names = sorted(homes)
    table = case.table("links", {"left": set(names), "right": set(names)})
    table = table.filter(pc.not_equal(pc.fill_null(table["verdict"], ""), NOT_LINKED))
    number = {name: place for place, name in enumerate(names)}
    left, right = (
        np.array([number[name] for name in table[side].to_pylist()], dtype=np.int64)
        for side in ("left", "right")
    )
    codes = {group: code for code, group in enumerate(groups)}
    home = np.array([codes[homes[name]] for name in names], dtype=np.int64)
    inside = np.flatnonzero(home[left] == home[right]) if len(left) else np.empty(0, dtype=np.int64)
    bits = np.rint(table["log_odds"].to_numpy() * 1e6).astype(np.int64)
    kept = inside[_strongest(left[inside], right[inside], bits[inside])]
    found: dict[str, list[Link]] = {group: [] for group in groups}
    for row in as_rows(table.take(pa.array(kept))):
        found[homes[row["left"]]].append(Link(row["left"], row["right"], row["log_odds"], row["families"]))
    counts = Counter(home[left[inside]].tolist())
    enough = float(case.run.get("scoring", {}).get("link_bits", 0.0)) * 1e6
    weak = inside[np.asarray(table["verdict"].is_valid())[inside] & (bits[inside] < enough)]
    by_hand = Counter(home[left[weak]].tolist())
    of_all, said = ({group: each[code] for group, code in codes.items()} for each in (counts, by_hand))
    return found, of_all, said


def _strongest(left: Any, right: Any, bits: Any) -> Any:
    """Which links are among the strongest few of one of their two accounts; equals by name."""
    keep = np.zeros(len(left), dtype=bool)
    one, other = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.lexsort((other, -np.concatenate([bits, bits]), one))
    first = np.flatnonzero(np.diff(one[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    chosen = order[place < LINKS_PER_ACCOUNT]
    keep[chosen % max(len(left), 1)] = True
    return np.flatnonzero(keep)


def _reasons(
    case: Case, homes: Mapping[str, str], links: Mapping[str, Sequence[Link]]
) -> dict[str, Streamed]:
    """The evidence of the sealed links, by group, in their order; what counts for nothing is left out."""
    table = case.evidence_among(set(homes), REASON).unify_dictionaries()
    names = sorted(homes)
    number = {name: place for place, name in enumerate(names)}
    pairs = [_coded(table.column(side), number) for side in ("left", "right")]
    keys = pairs[0] * len(names) + pairs[1]
    counted = np.asarray(table.column("bits").to_numpy()) != 0
    found = {}
    for group, own in links.items():
        wanted = np.array(
            [number[each.left] * len(names) + number[each.right] for each in own], dtype=np.int64
        )
        rows = np.flatnonzero(np.isin(keys, wanted) & counted)
        found[group] = Streamed(table.take(pa.array(rows)))
    return found


def _coded(column: pa.ChunkedArray, number: Mapping[str, int]) -> Any:
    """Of each row the number of its account."""
    places = [
        np.array([number.get(name, -1) for name in chunk.dictionary.to_pylist()], dtype=np.int64)[
            np.asarray(chunk.indices)
        ]
        for chunk in column.chunks
        if len(chunk)
    ]
    return np.concatenate(places) if places else np.empty(0, dtype=np.int64)


def _seen(case: Case, homes: Mapping[str, str]) -> pa.Table:
    """What the sources say of the members, with the file and line of a row that says it."""
    rows = case.table("observations", {"account": set(homes)})
    rows = rows.sort_by(
        [
            ("account", "ascending"),
            ("trait", "ascending"),
            ("value", "ascending"),
            ("observation", "ascending"),
        ]
    )
    source = pc.fill_null(rows.column("source"), "")
    ids = pc.replace_substring_regex(source, "^[^:]*:?", "")
    places = case.table("rows", {"row": set(pc.unique(ids).to_pylist())})
    where = pc.index_in(ids, value_set=places.column("row").combine_chunks())
    named = rows.select(["account", "trait", "observation", "value"])
    for name in ("first_at", "last_at"):
        named = named.append_column(name, rows.column(name).cast(pa.int64()))
    named = named.append_column("count", rows.column("count"))
    named = named.append_column("file", places.column("file").take(where))
    named = named.append_column("line", places.column("line").take(where))
    return named.append_column("family", rows.column("family"))


def _texts(
    case: Case,
    seen: pa.Table,
    members: Mapping[str, Sequence[Row]],
    reasons: Mapping[str, Streamed],
    asked: Collection[str],
) -> dict[str, list[GroupText]]:
    """Of each group that is asked about the texts that set it apart from everybody else, and the sentences
    its links rest on; of others none."""
    of_texts = pc.is_in(seen.column("trait"), value_set=pa.array(sorted(KINDS), pa.string()))
    sent = seen.take(pa.array(np.flatnonzero(of_texts.to_numpy())))
    homes = {str(row["account"]): group for group, rows in members.items() for row in rows}
    found: dict[str, list[tuple[Any, ...]]] = {group: [] for group in members}
    for row in Streamed(sent.select(["account", "trait", "value", "count"])):
        found[homes[row[0]]].append(row)
    groups = [
        GroupSent({str(row["account"]) for row in members[group]}, own, bits_by_text(reasons[group].table))
        for group, own in found.items()
        if group in asked
    ]
    texts = iter(group_texts(case, groups))
    return {group: next(texts) if group in asked else [] for group in found}


def names_and_values(
    seen: pa.Table, homes: Mapping[str, str], members: Mapping[str, Any], case: Case
) -> dict[str, list[str]]:
    """Of each group the names and values that could name one of its accounts."""
    found: dict[str, set[str]] = {group: {row["account"] for row in rows} for group, rows in members.items()}
    for account, trait, value, family in Streamed(seen.select(["account", "trait", "value", "family"])):
        if family in NAMING and trait not in SAYS_NOTHING:
            found[homes[account]].add(value)
    for group, own in found.items():
        for mark in case.run.get("groups", {}).get(group, {}).get("enrichment") or ():
            if mark.get("trait") not in SAYS_NOTHING:
                own.add(str(mark.get("value")))
    return {group: sorted(own) for group, own in found.items()}
