"""What the accounts of each community ask, from the engine, and the partition split by it."""

from collections.abc import Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import Bools, Ints
from linkage.engines import Engine
from linkage.groups.own_values import own_value_kinds, own_values
from linkage.groups.partition import members_by_community
from linkage.groups.split_by_workload import SplitPartition, split_by_workload, unsplit
from linkage.groups.stage_numbered_prompts import NumberedPrompts, numbered_prompts
from linkage.groups.trait_index import TraitIndex
from linkage.groups.workload import (
    CommunityWork,
    Division,
    ValueUses,
    Workloads,
    division,
    fuller,
    is_withheld,
    no_workloads,
    relative_breadths,
    withheld_accounts,
)
from linkage.prompts.known_prompts import KnownPrompts
from linkage.prompts.stage import Prompts
from linkage.settings.communities import Workload
from linkage.settings.groups import Groups

WIDE = 2**31
"""More than there are accounts, or texts of a community's own."""


class WorkloadQueries:
    """Asks the engine what the accounts of communities send; `names` of all accounts by number, and of how
    many of their prompts anything is `known` (None: of all)."""

    def __init__(
        self,
        engine: Engine,
        prompts: Prompts,
        index: TraitIndex,
        names: Sequence[str],
        chosen: Groups,
        *,
        known: KnownPrompts | None = None,
    ) -> None:
        self._engine, self._prompts, self._names, self._chosen = engine, prompts, names, chosen
        # How busy an account is with texts is how many of its texts are known.
        self._index = replace(index, interactions=known.known) if known else index
        known = known or KnownPrompts.everywhere(len(names))
        self._withheld = withheld_accounts(known, chosen.workload)
        self._numbered: NumberedPrompts | None = None

    def split(self, labels: Ints) -> tuple[SplitPartition, Workloads]:
        """The partition split by the work of accounts whose prompts are known, and the work of its
        communities.

        Once customers have left, what the others ask is known better, and more customers show.
        """
        chosen = self._chosen.workload
        split = unsplit(labels, chosen.reseller_share)
        found = self.workloads(split)
        for _round in range(chosen.max_rounds):
            less = split_by_workload(split, found, self._withheld, self._chosen)
            if np.array_equal(less.left, split.left):
                break
            self.drop(found)
            split, found = less, self.workloads(less)
        return split, found

    def drop(self, found: Workloads) -> None:
        """Gives back the memory of the rows."""
        if found.rows is not None:
            self._engine.drop(found.rows)

    def workloads(self, split: SplitPartition) -> Workloads:
        """What the accounts of each community ask."""
        engine = self._engine
        own = own_texts(self._index, split, self._withheld, self._chosen.workload)
        if self._prompts.asked is None or self._prompts.segments is None or not own.num_rows:
            return no_workloads(len(self._names))
        prompts = self._numbers(self._prompts.asked, self._prompts.segments)
        templates, segments = (engine.table(each) for each in _by_trait(own, prompts))
        members = engine.table(_members(split.labels))
        asked = engine.keep(prompts_of(prompts.asked, members))
        holds = engine.keep(prompts_with_own_texts(asked, prompts.sentences, templates, segments))
        mine = engine.keep(asked.semi_join(holds, "i"))
        (every, span), (count, own_span) = (self._by_account(rows) for rows in (asked, mine))
        usual = count >= self._chosen.workload.min_prompt_share * every
        by_community = self._by_community(asked, mine, holds)
        engine.drop(templates, segments, members, asked)
        breadths = relative_breadths(self._uses(holds), count, usual, own["kind"].to_numpy())
        engine.drop(holds)
        return Workloads(by_community, every, count, span, own_span, breadths, mine, prompts.asked)

    def release(self) -> None:
        """Gives back the memory of what answers questions; of the prompts themselves `Workloads` speaks."""
        if self._numbered is not None:
            self._engine.drop(self._numbered.sentences)
        self._numbered = None

    def _numbers(self, asked: ir.Table, segments: ir.Table) -> NumberedPrompts:
        """The prompts that tell what they are for as numbers, the same for every partition."""
        if self._numbered is None:
            common = self._engine.keep(common_texts(asked, self._chosen.workload.common_text_share))
            self._numbered = numbered_prompts(
                self._engine,
                telling(asked, common),
                segments,
                self._names,
                of_templates=self._index.holders["template"],
                of_segments=self._index.holders["segment"],
                least=self._chosen.workload.min_own_accounts,
            )
            self._engine.drop(common)
        return self._numbered

    def _uses(self, holds: ir.Table) -> ValueUses:
        ordered = uses_of_values(holds).order_by(["label", "a", "v"])
        rows = self._engine.collect(ordered, at_most=self._engine.max_rows)
        return ValueUses(*(rows[name].to_numpy().astype(np.int64) for name in ("label", "a", "v", "n")))

    def _by_community(self, asked: ir.Table, mine: ir.Table, holds: ir.Table) -> dict[int, CommunityWork]:
        rows = self._engine.collect(work_by_community(asked, mine), at_most=len(self._names))
        divided = self._divisions(mine, holds)
        return {
            row["label"]: CommunityWork(
                row["prompts"], row["own"] or 0, row["copied"] or 0, divided.get(row["label"], Division())
            )
            for row in rows.to_pylist()
        }

    def _divisions(self, mine: ir.Table, holds: ir.Table) -> dict[int, Division]:
        """How the work of each community is divided over its accounts.

        A prompt's task is its template, or the own sentence in it that most of the community's accounts hold:
        whichever tells more tasks of more accounts apart. A template that is reworded every time is known
        by its sentences, and one that has a sentence in common with all others by itself.
        """
        found: dict[int, Division] = {}
        for tasks in (commonest_own_text(holds), templates_as_tasks(mine)):
            ordered = tasks.order_by(["label", "a", "task"])
            rows = self._engine.collect(ordered, at_most=self._engine.max_rows)
            label, a, task = (rows[name].to_numpy().astype(np.int64) for name in ("label", "a", "task"))
            for number, some in members_by_community(label).items():
                if not len(some):
                    continue
                one = division(a[some], task[some], least=self._chosen.workload.min_own_accounts)
                found[number] = fuller(found.get(number, one), one)
        return found

    def _by_account(self, rows: ir.Table) -> tuple[Ints, Ints]:
        """How many rows each account has, and the time from its first to its last (µs)."""
        accounts = len(self._names)
        sums = self._engine.collect(counts_and_spans(rows), at_most=accounts)
        count, span = np.zeros(accounts, dtype=np.int64), np.zeros(accounts, dtype=np.int64)
        count[sums["a"].to_numpy()] = sums["n"].to_numpy()
        span[sums["a"].to_numpy()] = sums["span"].to_numpy()
        return count, span


# --- what is asked of the engine -----------------------------------------------------------------


def own_texts(index: TraitIndex, split: SplitPartition, withheld: Bools, chosen: Workload) -> pa.Table:
    """The own templates and sentences of each community: label, trait, value (its number among the holders),
    number (v) and kind.

    They are those of its accounts whose prompts are not `withheld`, if these are enough."""
    label: list[int] = []
    trait: list[str] = []
    value: list[int] = []
    kind: list[int] = []
    for number, every in members_by_community(split.labels).items():
        members = every[~withheld[every]]
        if is_withheld(every, withheld, chosen):
            continue
        for name in ("template", "segment") if len(members) >= chosen.min_own_accounts else ():
            own = own_values(index, members, name, split.customers(members), chosen)
            kind += own_value_kinds(index, members, name, own, chosen.own_ratio).tolist()
            label += [number] * len(own)
            trait += [name] * len(own)
            value += own.tolist()
    columns = [pa.array(label, pa.int64()), pa.array(trait, pa.string()), pa.array(value, pa.int64())]
    return pa.table(
        [*columns, np.arange(len(label)), pa.array(kind, pa.int64())],
        names=["label", "trait", "value", "v", "kind"],
    )


def _by_trait(own: pa.Table, prompts: NumberedPrompts) -> tuple[pa.Table, pa.Table]:
    """The own templates and the own sentences, as prompts number them: v, and a key of community and text."""
    found = []
    for trait in ("template", "segment"):
        some = own.filter(pc.equal(own["trait"], trait))
        label, value = (some[name].to_numpy() for name in ("label", "value"))
        number = prompts.templates[value] if trait == "template" else value
        # A template that nobody asks by is in no prompt.
        found.append(pa.table({"key": label * WIDE + number, "v": some["v"]}).filter(pa.array(number >= 0)))
    return found[0], found[1]


def _members(labels: Ints) -> pa.Table:
    """Accounts that are in a community: label, number (a)."""
    inside = np.flatnonzero(labels >= 0)
    return pa.table({"label": labels[inside], "a": inside.astype(np.int32)})


def common_texts(asked: ir.Table, most: float) -> ir.Table:
    """The texts that more than this share of the accounts send: text_id."""
    known = asked.filter(_.text_id.notnull())
    whole = known.agg(accounts=_.account.nunique())
    # Of so many senders a text has as many prompts, and few have: senders are counted of these alone.
    often = known.group_by("text_id").agg(n=_.count()).cross_join(whole).filter(_.n > most * _.accounts)
    used = known.semi_join(often, "text_id").group_by("text_id").agg(who=_.account.nunique())
    return used.cross_join(whole).filter(_.who > most * _.accounts).select("text_id")


def telling(asked: ir.Table, common: ir.Table) -> ir.Table:
    """The prompts that have a text, without `common` texts: they say of none what it is for."""
    return asked.filter(_.text_id.notnull()).anti_join(common, "text_id")


def prompts_of(asked: ir.Table, members: ir.Table) -> ir.Table:
    """The prompts of these members, with their community."""
    return asked.join(members, "a").select("i", "label", "a", "at", "text", "prompt", "template")


def prompts_with_own_texts(
    asked: ir.Table, sentences: ir.Table, own_templates: ir.Table, own_sentences: ir.Table
) -> ir.Table:
    """Which prompts lie in a template or hold a sentence of their community's own (`_by_trait`): i, label, a,
    v."""
    held = asked.join(sentences, "prompt")
    # By one key: an engine left to choose may first join by community alone, of one with 25,000 accounts each
    # of a million prompts with each of ten thousand sentences.
    parts = [
        rows.mutate(key=_.label * WIDE + text).join(own, "key").select("i", "label", "a", "v")
        for rows, text, own in ((asked, asked.template, own_templates), (held, held.segment, own_sentences))
    ]
    # No row comes twice: a prompt has one template, a sentence is named once of it, and values differ.
    return parts[0].union(parts[1])


def uses_of_values(holds: ir.Table) -> ir.Table:
    """In how many prompts each account uses each value: label, a, v, n."""
    return holds.group_by("label", "a", "v").agg(n=_.count())


def work_by_community(asked: ir.Table, mine: ir.Table) -> ir.Table:
    """Of each community its prompts, its own prompts, and those of them that several accounts sent."""
    texts = mine.group_by("label", "text").agg(n=_.count(), low=_.a.min(), high=_.a.max())
    sums = texts.mutate(copied=ibis.ifelse(texts.low < texts.high, texts.n, 0))
    sums = sums.group_by("label").agg(own=_.n.sum(), copied=_.copied.sum())
    total = asked.group_by("label").agg(prompts=_.count())
    return total.left_join(sums, "label").select("label", "prompts", "own", "copied")


def commonest_own_text(holds: ir.Table) -> ir.Table:
    """Of each prompt the own text in it that most of its community's accounts hold: label, a, task."""
    held = holds.group_by("label", "v").agg(holders=_.a.nunique())
    # A number that is least for the value of most holders, and of these for the first: it ends in the value.
    key = (WIDE - _.holders) * WIDE + _.v
    least = holds.join(held, ["label", "v"]).group_by("i", "label", "a").agg(key=key.min())
    return least.select("label", "a", task=_.key % WIDE)


def templates_as_tasks(mine: ir.Table) -> ir.Table:
    """The template of each prompt that has one: label, a, task."""
    return mine.filter(_.template.notnull()).select("label", "a", task=_.template)


def counts_and_spans(rows: ir.Table) -> ir.Table:
    """How many rows each account has, and the time from its first to its last (µs; 0 if none has one)."""
    return rows.group_by("a").agg(n=_.count(), span=(_.at.max() - _.at.min()).fill_null(0))
