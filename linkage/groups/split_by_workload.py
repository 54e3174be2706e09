"""What a community's accounts are for: its own prompts, account by account, and who takes no part in them.

A reseller's pool carries strangers' requests on the same accounts as an operator's. So a community found by
what it shares is split by what it asks: accounts that hardly ever send its own templates, did so once among
other things, or send one sentence of many over and over, are customers of the same infrastructure or victims
of a plant, not members.
Composition only.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from linkage.engines.duckdb import Engine
from linkage.groups.communities import renumber
from linkage.groups.trait_index import (
    ALONE,
    LEAST_COMMON,
    LEAST_HOLDERS,
    SIGNATURE,
    Known,
    own_values,
    partition,
    peculiar,
)
from linkage.groups.workload import breadth, division
from linkage.prompts.stage import Prompts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_PART = LEAST_COMMON
"""Part of an account's prompts that must be the community's own: that many accounts hold what is called its
own at all, so an account below it is no more of the community than the community is of its prompts."""

ONCE = 86_400_000_000
"""µs: work that an account did within one day it did on one occasion. One occasion is one witness: a leaked
key or a gift of credit plants as much on an innocent's account."""

MOSTLY = 0.5
"""Part of an account's prompts from which they are what it is for, however few its days."""

NARROW = 0.5
"""Part of the breadth that is usual in a community: an account that uses less than half as many of its own
templates and sentences, for as many prompts, has something in common with it and does not do its work."""

FEW = 5
"""Of fewer prompts breadth is not told: the next may hold as many of the community's sentences again."""

_ROUNDS = 4  # seen: it settles in two or three

LEAST_REST = 0.2
"""From this part of a community on without a part in its work, its infrastructure is a reseller's."""


@dataclass(frozen=True)
class Work:
    """Of a community's prompts: how many there are, lie in its own templates or hold its own sentences,
    and of those how many are letter for letter what another of its accounts sent; and how its work is divided
    (`workload.division`)."""

    prompts: int
    own: int
    copied: int
    tasks: float = 0.0
    each: float = 0.0
    dispersion: float | None = None

    @property
    def workload(self) -> float:
        """Share of the prompts that are the community's own."""
        return self.own / max(self.prompts, 1)

    @property
    def verbatim(self) -> float:
        """Share of its own prompts that are copies."""
        return self.copied / max(self.own, 1)


@dataclass(frozen=True)
class Works:
    """The work of each community by number; prompts of each account, and those that are its community's
    own, with the time from first to last (µs) of either; how much of its community's work it does, relative
    to what is usual there (1 where not known); and the rows of its own prompts (row, label, account). Empty
    where no prompts are known."""

    of: Mapping[int, Work]
    prompts: Ints
    own: Ints
    span: Ints
    own_span: Ints
    breadth: Floats
    rows: ir.Table | None

    def apart(self) -> NDArray[np.bool_]:
        """Accounts that hardly take part in their community's work, in little of it, or did so once among
        other things."""
        seldom = self.own < LEAST_PART * self.prompts
        once = (self.own_span < ONCE) & (self.span >= ONCE) & (self.own < MOSTLY * self.prompts)
        narrow = (self.own >= FEW) & (self.breadth < NARROW)
        return (self.prompts > 0) & (seldom | once | narrow)

    def forget(self, engine: Engine) -> None:
        """Gives back the memory of the rows."""
        if self.rows is not None:
            engine.drop(self.rows)


@dataclass(frozen=True)
class Parts:
    """The partition by work; that by links alone; and which accounts left because they took no part."""

    labels: Ints
    before: Ints
    left: NDArray[np.bool_]

    def beside(self, members: Ints) -> Ints:
        """Accounts that left the community in which most of these were found."""
        homes, counts = np.unique(self.before[members], return_counts=True)
        others: Ints = np.flatnonzero(self.left & (self.before == homes[np.argmax(counts)]))
        return others if not self.left[members].any() else others[:0]

    def customers(self, members: Ints) -> Ints:
        """The same where they are so many that the infrastructure is a reseller's; else nobody."""
        others = self.beside(members)
        return others if len(others) >= LEAST_REST * (len(others) + len(members)) else others[:0]

    def infrastructure(self, members: Ints) -> str:
        """`reseller` where many others share what links these accounts and not their work."""
        return "reseller" if len(self.customers(members)) else "unknown"


def whole(labels: Ints) -> Parts:
    """A partition of which nothing was split."""
    return Parts(labels, labels, np.zeros(len(labels), dtype=bool))


def by_work(
    engine: Engine, prompts: Prompts, everything: Known, labels: Ints, names: Sequence[str], *, least: int
) -> tuple[Parts, Works]:
    """The partition split by work, and the work of its communities.

    Once customers have left, what the others ask is known better, and more customers show.
    """
    parts = whole(labels)
    found = works(engine, prompts, everything, parts, names)
    for _round in range(_ROUNDS):
        less = split(parts, found, least=least)
        if np.array_equal(less.left, parts.left):
            break
        found.forget(engine)
        parts, found = less, works(engine, prompts, everything, less, names)
    return parts, found


def works(engine: Engine, prompts: Prompts, everything: Known, parts: Parts, names: Sequence[str]) -> Works:
    """What the accounts of each community ask."""
    labels = parts.labels
    nothing = np.zeros(len(names), dtype=np.int64)
    rows, kinds = [], []
    for number, members in partition(labels).items():
        for trait in ("template", "segment") if len(members) >= 3 else ():
            own = own_values(everything, members, trait, parts.customers(members))
            kinds += peculiar(everything, members, trait, own).tolist()
            rows += [{"label": number, "trait": trait, "value": everything.held[trait].names[v]} for v in own]
    if prompts.asked is None or prompts.segments is None or not rows:
        return Works({}, nothing, nothing, nothing, nothing, np.ones(len(names)), None)
    values = pa.Table.from_pylist(rows)
    values = engine.table(values.append_column("v", pa.array(np.arange(len(rows)))))
    inside = np.flatnonzero(labels >= 0)
    who = engine.table(
        pa.table({"account": [names[i] for i in inside.tolist()], "label": labels[inside], "a": inside})
    )
    asked = engine.keep(
        prompts.asked.join(who, "account").select(
            "row", "label", "account", "a", "at", "text_id", "prompt_id", "template"
        )
    )
    templates = values.filter(_.trait == "template").select("label", "v", template="value")
    sentences = values.filter(_.trait == "segment").select("label", "v", segment="value")
    told = asked.select("row", "label", "a", "prompt_id").join(prompts.segments, "prompt_id")
    holds = asked.join(templates, ["label", "template"]).select("row", "label", "a", "v")
    holds = holds.union(told.join(sentences, ["label", "segment"]).select("row", "label", "a", "v"))
    holds = engine.keep(holds.distinct())
    mine = engine.keep(asked.semi_join(holds, "row"))
    (every, span), (own, own_span) = (_each(engine, rows, len(names)) for rows in (asked, mine))
    usual = own >= LEAST_PART * every
    found = Works(
        _by_community(engine, asked, mine, holds),
        every,
        own,
        span,
        own_span,
        _breadth(engine, holds, own, usual, np.array(kinds)),
        mine,
    )
    engine.drop(values, who, asked, holds)
    return found


def _breadth(engine: Engine, holds: ir.Table, own: Ints, usual: NDArray[np.bool_], kinds: Ints) -> Floats:
    """How much of its community's work each account does, relative to what is usual there.

    Of all that is its own; and where it has a signature, also of that, or of all that is its alone (`kinds`,
    by value): half of the accounts may do one job and the others another.
    """
    uses = engine.arrow(holds.group_by("label", "a", "v").agg(n=_.count()).order_by(["label", "a", "v"]))
    label, a, v, n = (uses[name].to_numpy().astype(np.int64) for name in uses.column_names)
    result = np.ones(len(own))
    for rows in partition(label).values():
        who, at = np.unique(a[rows], return_inverse=True)
        kind = kinds[v[rows]]
        every, signature, its_alone = (
            _relative(at[some], v[rows[some]], n[rows[some]], own[who], usual[who], unknown=unknown)
            for some, unknown in ((kind >= 0, 1.0), (kind & SIGNATURE > 0, 1.0), (kind & ALONE > 0, 0.0))
        )
        result[who] = np.minimum(every, np.maximum(signature, its_alone))
    return result


def _relative(
    at: Ints, v: Ints, n: Ints, prompts: Ints, usual: NDArray[np.bool_], *, unknown: float
) -> Floats:
    """The breadth of each account, relative to the median of the `usual` ones, or `unknown`."""
    found = breadth(at, v - v.min(), n, prompts) if len(v) else np.zeros(len(prompts))
    middle = float(np.median(found[usual])) if usual.any() else 0.0
    return found / middle if middle else np.full(len(prompts), unknown)


def _by_community(engine: Engine, asked: ir.Table, mine: ir.Table, holds: ir.Table) -> dict[int, Work]:
    texts = mine.group_by("label", "text_id").agg(n=_.count(), who=_.account.nunique())
    sums = texts.mutate(copied=ibis.ifelse(texts.who > 1, texts.n, 0))
    sums = sums.group_by("label").agg(own=_.n.sum(), copied=_.copied.sum())
    total = asked.group_by("label").agg(prompts=_.count())
    both = engine.arrow(total.left_join(sums, "label").select("label", "prompts", "own", "copied"))
    divided = _divided(engine, mine, holds)
    return {
        r["label"]: Work(
            r["prompts"], r["own"] or 0, r["copied"] or 0, *divided.get(r["label"], (0.0, 0.0, None))
        )
        for r in both.to_pylist()
    }


def _divided(engine: Engine, mine: ir.Table, holds: ir.Table) -> dict[int, tuple[float, float, float | None]]:
    """How the work of each community is divided over its accounts.

    A prompt's task is its template; or, where that tells more tasks of more accounts apart, that of its sentences which most of
    the community's accounts hold: a template that is reworded every time is known by its sentences, and one that
    has a sentence with all others in common by itself.
    """
    held = holds.group_by("label", "v").agg(holders=_.a.nunique())
    first = ibis.row_number().over(ibis.window(group_by="row", order_by=[ibis.desc("holders"), "v"]))
    rows = holds.join(held, ["label", "v"]).mutate(place=first).filter(_.place == 0)
    number = ibis.dense_rank().over(ibis.window(order_by="template")).cast("int64")
    templates = mine.filter(_.template.notnull()).mutate(task=number)
    result: dict[int, tuple[float, float, float | None]] = {}
    for tasks in (rows.select("label", "a", task="v"), templates.select("label", "a", "task")):
        ordered = engine.arrow(tasks.order_by(["label", "a", "task"]))
        label, a, task = (column.to_numpy().astype(np.int64) for column in ordered.columns)
        for some in partition(label).values():
            if len(some):
                found = division(a[some], task[some], least=LEAST_HOLDERS)
                known = result.get(int(label[some[0]]), found)
                result[int(label[some[0]])] = max(known, found, key=lambda each: each[0] * each[1])
    return result


def _each(engine: Engine, rows: ir.Table, accounts: int) -> tuple[Ints, Ints]:
    """How many rows each account has, and the time from its first to its last (µs)."""
    sums = engine.arrow(rows.group_by("a").agg(n=_.count(), span=_.at.max() - _.at.min()))
    count, span = np.zeros(accounts, dtype=np.int64), np.zeros(accounts, dtype=np.int64)
    count[sums["a"].to_numpy()] = sums["n"].to_numpy()
    span[sums["a"].to_numpy()] = sums["span"].to_numpy()
    return count, span


def split(parts: Parts, found: Works, *, least: int) -> Parts:
    """Accounts that take hardly any part in their community's work become a community beside it.

    A community of which fewer than `least` accounts would stay is left whole: it has no common work.
    """
    left = leaving(parts, found.apart(), found.of.keys(), least=least)
    labels = parts.labels.copy()
    labels[left] = int(labels.max(initial=-1)) + 1 + parts.before[left]
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    alone = (labels >= 0) & (sizes[labels] < 2)
    labels[alone] = -1
    labels[labels >= 0] = renumber(labels[labels >= 0])
    return Parts(labels, parts.before, left)


def leaving(parts: Parts, idle: Bools, known: Collection[int], *, least: int) -> Bools:
    """Accounts that have left, and those `idle` ones that leave a community whose doings are `known` and of
    which at least so many stay."""
    left = parts.left.copy()
    for number, members in partition(parts.labels).items():
        going = members[idle[members] & ~left[members]]
        if number in known and len(going) and len(members) - len(going) >= least:
            left[going] = True
    return left
