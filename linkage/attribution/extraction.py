"""What a group took, and how it went about it: targets, models, days, parts of the distillation score.

Composition only: figures come from the engine, one for each account; the rules are in `inference`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.attribution import distillation as distil
from linkage.attribution import targets
from linkage.engines import Engine
from linkage.prompts.stage import Prompts
from linkage.schema import content_id

MOST = 2_000
"""Accounts of each group, and of all others, whose requests are looked at one by one: a share is then known
to about one part in a hundred. Drawn by a hash of their names."""

REPEATED = 3
"""Uses by one account that make a template, or a sentence, a habit of it."""

REFUSED = ("content_filter", "content-filter", "refusal", "refused", "safety", "blocked")
"""Ends of an answer, as providers name them, that mean it was refused."""

ELSEWHERE = ""
"""Stands for no group: the other accounts that groups are compared with."""


@dataclass(frozen=True)
class Taken:
    """What one group took. `detail` is what the receipt says beside the finding."""

    targets: list[dict[str, object]] = field(default_factory=list)
    distillation: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Habits:
    """Figures of the accounts looked at, by place: `group` of each (ELSEWHERE: none), a figure for each part;
    refused and all requests; and points of targets for each group."""

    group: NDArray[np.object_]
    figures: dict[str, Floats]
    refused: Ints
    requests: Ints
    targets: dict[str, Ints]


def taken(
    engine: Engine, prompts: Prompts, names: Sequence[str], members: Mapping[str, Ints], activity: Ints
) -> tuple[dict[str, Taken], dict[str, int]]:
    """What each group took, and what was left out of the comparison, by reason.

    `members` has the account numbers of each reported group, `activity` the requests of every account.
    """
    if prompts.asked is None or not members:
        return {}, {}
    looked, cut = _chosen(names, members, activity)
    habits = _habits(engine, prompts, looked)
    wide = _amounts(engine, prompts.asked, names, members)
    return {group: _taken(group, habits, wide.get(group, {})) for group in members}, cut


def _chosen(
    names: Sequence[str], members: Mapping[str, Ints], activity: Ints
) -> tuple[pa.Table, dict[str, int]]:
    """The accounts to be looked at: account, group, k (their place), in the order of names."""
    inside = np.concatenate(list(members.values()))
    others = np.setdiff1d(np.flatnonzero(activity >= distil.LEAST_REQUESTS), inside)
    parts = {**members, ELSEWHERE: others}
    drawn = {group: _drawn(names, who) for group, who in parts.items()}
    left = {group: len(parts[group]) - len(drawn[group]) for group in parts}
    rows = sorted((names[i], group) for group, who in drawn.items() for i in who)
    account, group = zip(*rows, strict=True) if rows else ((), ())
    table = {"account": pa.array(account, pa.string()), "group": pa.array(group, pa.string())}
    return pa.table({**table, "k": np.arange(len(rows))}), {
        "accounts of groups not looked at for their habits": sum(left.values()) - left[ELSEWHERE],
        "accounts outside groups not looked at for comparison": left[ELSEWHERE],
    }


def _drawn(names: Sequence[str], who: Ints) -> list[int]:
    return sorted(who.tolist(), key=lambda i: content_id(["looked at", names[i]]))[:MOST]


# --- habits --------------------------------------------------------------------------------------


def _habits(engine: Engine, prompts: Prompts, looked: pa.Table) -> Habits:
    assert prompts.asked is not None
    chosen = engine.table(looked.select(["account", "k"]))
    rows = engine.keep(prompts.asked.join(chosen, "account"))
    count = looked.num_rows
    group = np.array(looked["group"].to_pylist(), dtype=object)
    sums, conversing = _sums(engine, rows, count)
    enough = sums["n"] >= distil.LEAST_REQUESTS
    own = _templated(engine, prompts, rows, count)
    points = _asked_for(engine, prompts, rows, count)
    ratio = distil.ratio
    figures = {
        "template share": ratio(own["n"], sums["texts"], known=enough),
        "breadth of coverage": ratio(own["different"], own["n"], known=own["n"] >= distil.LEAST_REQUESTS),
        "single-turn share": ratio(sums["single"], sums["n"], known=enough & conversing),
        "reasoning elicitation": ratio(points["elicits"], points["read"], known=enough),
        "round-the-clock use": distil.effective_hours(_hours(engine, rows, count)),
        "output per input": ratio(sums["output"], sums["input"], known=enough),
    }
    by_group = {
        name: points["category"][group == name].sum(axis=0, dtype=np.int64)
        for name in sorted(set(group.tolist()))
    }
    engine.drop(rows, chosen)
    return Habits(group, figures, sums["refused"], sums["n"], by_group)


def _column(found: pa.Table, name: str, count: int) -> Ints:
    """A count for each account by place, 0 where there is none."""
    result = np.zeros(count, dtype=np.int64)
    result[found["k"].to_numpy()] = pc.fill_null(found[name].cast(pa.int64()), 0).to_numpy()
    return result


def _sums(engine: Engine, rows: ir.Table, count: int) -> tuple[dict[str, Ints], bool]:
    """Sums for each account; and whether conversations are recorded at all."""
    both = rows.input_tokens.notnull() & rows.output_tokens.notnull()
    turns = rows.context_sha256.length().fill_null(0)
    refused = rows.finish_reason.lower().isin(REFUSED).fill_null(False)
    found = engine.collect(
        rows.mutate(both=both, turns=turns, no=refused)
        .group_by("k")
        .agg(
            n=_.count(),
            texts=_.text_id.count(),
            input=_.input_tokens.sum(where=_.both),
            output=_.output_tokens.sum(where=_.both),
            single=(_.turns == 0).sum(),
            refused=_.no.sum(),
        ),
        at_most=engine.max_rows,
    )
    sums = {name: _column(found, name, count) for name in found.column_names if name != "k"}
    return sums, bool((sums["single"] < sums["n"]).any())


def _templated(engine: Engine, prompts: Prompts, rows: ir.Table, count: int) -> dict[str, Ints]:
    """Requests built on what the account asks again and again, and how many texts differ among them.

    A template that is reworded falls into several; its sentences are put together all the same, so a
    request counts by either.
    """
    whole = rows.filter(_.template.notnull()).select("k", "row", unit="template")
    parts = (
        rows.select("k", "row", "prompt_id").join(prompts.segments, "prompt_id")
        if prompts.segments is not None
        else None
    )
    units = whole if parts is None else whole.union(parts.select("k", "row", unit="segment"))
    units = engine.keep(units)
    often = units.group_by("k", "unit").agg(n=_.count()).filter(_.n >= REPEATED)
    built = units.semi_join(often, ["k", "unit"]).select("row").distinct()
    mine = rows.semi_join(built, "row").group_by("k").agg(n=_.count(), different=_.text_id.nunique())
    found = engine.collect(mine, at_most=engine.max_rows)
    engine.drop(units)
    return {name: _column(found, name, count) for name in ("n", "different")}


def _hours(engine: Engine, rows: ir.Table, count: int) -> Ints:
    hour = (rows["at"] // 3_600_000_000) % 24
    found = engine.collect(
        rows.group_by("k", hour=hour.cast("int64")).agg(n=_.count()), at_most=engine.max_rows
    )
    result = np.zeros((count, 24), dtype=np.int64)
    result[found["k"].to_numpy(), found["hour"].to_numpy()] = found["n"].to_numpy()
    return result


def _asked_for(engine: Engine, prompts: Prompts, rows: ir.Table, count: int) -> dict[str, Ints]:
    """For each account: requests that can be read, that elicit reasoning, and by category of target."""
    assert prompts.tables is not None
    above = engine.table(prompts.tables.skeletons).select(system_id="text_id", above="prompt")
    asked = rows.select("k", "model", "system_id", below="prompt_id").left_join(above, "system_id")
    grouped = engine.collect(
        asked.group_by("k", "below", "above", "model").agg(n=_.count()), at_most=engine.max_rows
    )
    texts = _skeletons(prompts.tables.prompts, grouped)
    number, points = _points(texts)
    none = len(points)
    sides = [
        np.array([number.get(each, none) for each in grouped[side].to_pylist()], dtype=np.int64)
        for side in ("below", "above")
    ]
    padded = np.vstack([points, np.zeros((1, points.shape[1]), dtype=np.int64)])
    together = padded[sides[0]] + padded[sides[1]]
    # Sent under a system prompt whose text is known, a withheld request still shows its kind.
    readable = (sides[0] != none) | (sides[1] != none)
    place = np.where(readable, targets.categories(together), _by_model(grouped["model"]))
    k, n = grouped["k"].to_numpy(), grouped["n"].to_numpy()
    category = np.zeros((count, len(targets.NAMES)), dtype=np.int64)
    told = place >= 0
    np.add.at(category, (k[told], place[told]), n[told])
    elicits = readable & targets.elicits(together)
    sums = [
        np.bincount(k, weights=np.where(m, n, 0), minlength=count).astype(np.int64)
        for m in (readable, elicits)
    ]
    return {"read": sums[0], "elicits": sums[1], "category": category}


def _skeletons(prompts: pa.Table, grouped: pa.Table) -> dict[str, str]:
    """The masked text of each prompt in use, where there is one."""
    ids = pa.chunked_array([*grouped["below"].chunks, *grouped["above"].chunks], pa.string())
    used = prompts.filter(pc.is_in(prompts["prompt"], value_set=pc.drop_null(pc.unique(ids))))
    used = used.filter(pc.is_valid(used["skeleton"]))
    return dict(zip(used["prompt"].to_pylist(), used["skeleton"].to_pylist(), strict=True))


def _points(texts: Mapping[str, str]) -> tuple[dict[str, int], Ints]:
    number = {name: at for at, name in enumerate(texts)}
    rows = [targets.points(text) for text in texts.values()]
    width = len(targets.NAMES) - 1
    return number, np.array(rows, dtype=np.int64).reshape(-1, width)


def _by_model(models: pa.ChunkedArray) -> Ints:
    coded = models.combine_chunks().dictionary_encode()
    told = [targets.by_model(name) for name in coded.dictionary.to_pylist()]
    places = np.array([-1 if place is None else place for place in [*told, None]], dtype=np.int64)
    result: Ints = places[pc.fill_null(coded.indices, len(told)).to_numpy()]
    return result


# --- each group ----------------------------------------------------------------------------------


def _taken(group: str, habits: Habits, amounts: Mapping[str, Any]) -> Taken:
    mine, theirs = habits.group == group, habits.group == ELSEWHERE
    parts = [distil.part(name, each[mine], each[theirs]) for name, each in habits.figures.items()]
    sums = [int(each[who].sum()) for who in (mine, theirs) for each in (habits.refused, habits.requests)]
    parts.append(distil.filtered(*sums))
    found, score = targets.shares(habits.targets.get(group, _NONE)), distil.score(parts)
    usual = {each["name"]: each["share"] for each in targets.shares(habits.targets.get(ELSEWHERE, _NONE))}
    detail = {
        "days": amounts.get("days"),
        "models": amounts.get("models", []),
        "targets": [{**each, "elsewhere": usual.get(each["name"], 0.0 if usual else None)} for each in found],
        "distillation": {
            "score": score,
            "parts": [{**asdict(each), "meaning": each.meaning} for each in parts],
            "accounts": int(mine.sum()),
            "compared": int(theirs.sum()),
        },
    }
    return Taken(found, score, detail)


_NONE = np.zeros(len(targets.NAMES), dtype=np.int64)


def _amounts(
    engine: Engine, asked: ir.Table, names: Sequence[str], members: Mapping[str, Ints]
) -> dict[str, dict[str, Any]]:
    """Active days and the models used, of all accounts of each group."""
    rows = [(group, names[i]) for group, who in members.items() for i in who]
    group, account = zip(*rows, strict=True)
    who = engine.table(pa.table({"group": pa.array(group), "account": pa.array(account)}))
    mine = asked.join(who, "account")
    days = engine.collect(
        mine.group_by("group").agg(days=(mine["at"] // 86_400_000_000).nunique()), at_most=engine.max_rows
    )
    found: dict[str, dict[str, Any]] = {
        row["group"]: {"days": row["days"], "models": []} for row in days.to_pylist()
    }
    models = mine.group_by("group", name="model").agg(n=_.count())
    for row in engine.collect(
        models.order_by(["group", ibis.desc("n"), "name"]), at_most=engine.max_rows
    ).to_pylist():
        found[row["group"]]["models"].append({"name": row["name"], "interactions": row["n"]})
    engine.drop(who)
    return found
