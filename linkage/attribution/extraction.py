"""What a group asked for, and how: targets, models, days, and the habits of the distillation score.

Expressions and arrays in, expressions and arrays out; `stage_extraction` has the engine compute them. `k` is
the place of an account among those that are examined.
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
from linkage.attribution import distillation, targets
from linkage.attribution.distillation import HOURS_OF_DAY, Refusals
from linkage.schema import content_id
from linkage.settings.attribution import Distillation

HOUR = 3_600_000_000
DAY = HOURS_OF_DAY * HOUR

REFUSED = ("content_filter", "content-filter", "refusal", "refused", "safety", "blocked")
"""Ends of an answer, as providers name them, that mean it was refused."""

OTHERS = ""
"""Stands for no group: the other accounts that groups are compared with."""


@dataclass(frozen=True)
class Extraction:
    """What one group asked for. `detail` is what the receipt states beside the finding."""

    targets: list[dict[str, object]] = field(default_factory=list)
    distillation: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Habits:
    """Figures of the accounts examined, by place: `group` of each (OTHERS: none), a figure for each habit;
    refused and all requests; and points of targets for each group."""

    group: NDArray[np.object_]
    figures: dict[str, Floats]
    refused: Ints
    requests: Ints
    targets: dict[str, Ints]


# --- which accounts ------------------------------------------------------------------------------


def examined_accounts(
    names: Sequence[str], members: Mapping[str, Ints], activity: Ints, chosen: Distillation
) -> tuple[pa.Table, dict[str, int]]:
    """The accounts to be examined (account, group, k, in the order of names), and how many were left out, by
    reason. `members` are account numbers by group, `activity` requests by account number."""
    inside = np.concatenate(list(members.values()))
    others = np.setdiff1d(np.flatnonzero(activity >= chosen.min_requests), inside)
    parts = {**members, OTHERS: others}
    sample = {group: _sample(names, who, chosen.max_accounts) for group, who in parts.items()}
    left = {group: len(parts[group]) - len(sample[group]) for group in parts}
    rows = sorted((names[i], group) for group, who in sample.items() for i in who)
    account, group = zip(*rows, strict=True) if rows else ((), ())
    table = {"account": pa.array(account, pa.string()), "group": pa.array(group, pa.string())}
    return pa.table({**table, "k": np.arange(len(rows))}), {
        "accounts of groups not looked at for their habits": sum(left.values()) - left[OTHERS],
        "accounts outside groups not looked at for comparison": left[OTHERS],
    }


def _sample(names: Sequence[str], who: Ints, most: int) -> list[int]:
    """As many accounts as are examined, by a hash of their names."""
    return sorted(who.tolist(), key=lambda i: content_id(["looked at", names[i]]))[:most]


def member_rows(names: Sequence[str], members: Mapping[str, Ints]) -> pa.Table:
    """group, account of all members."""
    rows = [(group, names[i]) for group, who in members.items() for i in who]
    group, account = zip(*rows, strict=True)
    return pa.table({"group": pa.array(group), "account": pa.array(account)})


# --- expressions ---------------------------------------------------------------------------------


def request_sums(requests: ir.Table) -> ir.Table:
    """For each k: n requests, texts, input and output tokens (where both are known), single, refused."""
    both = requests.input_tokens.notnull() & requests.output_tokens.notnull()
    turns = requests.context_sha256.length().fill_null(0)
    refused = requests.finish_reason.lower().isin(REFUSED).fill_null(False)
    return (
        requests.mutate(both=both, turns=turns, no=refused)
        .group_by("k")
        .agg(
            n=_.count(),
            texts=_.text_id.count(),
            input=_.input_tokens.sum(where=_.both),
            output=_.output_tokens.sum(where=_.both),
            single=(_.turns == 0).sum(),
            refused=_.no.sum(),
        )
    )


def repeatable_units(requests: ir.Table, segments: ir.Table | None) -> ir.Table:
    """k, row, unit: the template and the sentences of each request.

    A template that is reworded falls into several; its sentences are put together all the same, so a request
    counts by either.
    """
    whole = requests.filter(_.template.notnull()).select("k", "row", unit="template")
    if segments is None:
        return whole
    parts = requests.select("k", "row", "prompt_id").join(segments, "prompt_id")
    return whole.union(parts.select("k", "row", unit="segment"))


def repeated_requests(requests: ir.Table, units: ir.Table, repeated_uses: int) -> ir.Table:
    """For each k: n requests built on a unit that the account uses again and again, and how many texts are
    `different` among them."""
    often = units.group_by("k", "unit").agg(n=_.count()).filter(_.n >= repeated_uses)
    built = units.semi_join(often, ["k", "unit"]).select("row").distinct()
    return requests.semi_join(built, "row").group_by("k").agg(n=_.count(), different=_.text_id.nunique())


def hours(requests: ir.Table) -> ir.Table:
    """n requests for each k and hour of the day, of those whose time is known."""
    requests = requests.filter(requests["at"].notnull())
    hour = (requests["at"] // HOUR) % HOURS_OF_DAY
    return requests.group_by("k", hour=hour.cast("int64")).agg(n=_.count())


def asked_prompts(requests: ir.Table, skeletons: ir.Table) -> ir.Table:
    """n requests for each k, prompt (`below`), system prompt it was sent under (`above`) and model."""
    above = skeletons.select(system_id="text_id", above="prompt")
    asked = requests.select("k", "model", "system_id", below="prompt_id").left_join(above, "system_id")
    return asked.group_by("k", "below", "above", "model").agg(n=_.count())


def active_days(requests: ir.Table) -> ir.Table:
    """days with requests of each group."""
    return requests.group_by("group").agg(days=(requests["at"] // DAY).nunique())


def models(requests: ir.Table) -> ir.Table:
    """n requests of each group and model (name), the most used first."""
    counted = requests.group_by("group", name="model").agg(n=_.count())
    return counted.order_by(["group", ibis.desc("n"), "name"])


# --- arrays --------------------------------------------------------------------------------------


def column(found: pa.Table, name: str, count: int) -> Ints:
    """A count for each of `count` accounts by place, 0 where there is none."""
    result = np.zeros(count, dtype=np.int64)
    result[found["k"].to_numpy()] = pc.fill_null(found[name].cast(pa.int64()), 0).to_numpy()
    return result


def columns(found: pa.Table, count: int) -> dict[str, Ints]:
    """The same for every column beside k."""
    return {name: column(found, name, count) for name in found.column_names if name != "k"}


def hour_counts(found: pa.Table, count: int) -> Ints:
    """Rows of `hours` as accounts × hours of the day."""
    result = np.zeros((count, HOURS_OF_DAY), dtype=np.int64)
    result[found["k"].to_numpy(), found["hour"].to_numpy()] = found["n"].to_numpy()
    return result


@dataclass(frozen=True)
class Asked:
    """For each account: requests that can be `read`, that elicit reasoning, and requests by category."""

    read: Ints
    elicits: Ints
    category: Ints


def asked(found: pa.Table, prompts: pa.Table, count: int, chosen: Distillation) -> Asked:
    """What was asked for, from the rows of `asked_prompts` and the run's prompts (prompt, skeleton)."""
    number, points = _points(_skeletons(prompts, found))
    none = len(points)
    sides = [
        np.array([number.get(each, none) for each in found[side].to_pylist()], dtype=np.int64)
        for side in ("below", "above")
    ]
    padded = np.vstack([points, np.zeros((1, points.shape[1]), dtype=np.int64)])
    together = padded[sides[0]] + padded[sides[1]]
    # Sent under a system prompt whose text is known, a withheld request still shows its kind.
    readable = (sides[0] != none) | (sides[1] != none)
    place = np.where(readable, targets.categories(together, chosen), _by_model(found["model"]))
    k, n = found["k"].to_numpy(), found["n"].to_numpy()
    category = np.zeros((count, len(targets.NAMES)), dtype=np.int64)
    known = place >= 0
    np.add.at(category, (k[known], place[known]), n[known])
    read, elicits = (
        np.bincount(k, weights=np.where(those, n, 0), minlength=count).astype(np.int64)
        for those in (readable, readable & targets.elicits(together, chosen))
    )
    return Asked(read, elicits, category)


def _skeletons(prompts: pa.Table, found: pa.Table) -> dict[str, str]:
    """The masked text of each prompt in use, where there is one."""
    ids = pa.chunked_array([*found["below"].chunks, *found["above"].chunks], pa.string())
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
    found = [targets.by_model(name) for name in coded.dictionary.to_pylist()]
    places = np.array([-1 if place is None else place for place in [*found, None]], dtype=np.int64)
    result: Ints = places[pc.fill_null(coded.indices, len(found)).to_numpy()]
    return result


@dataclass(frozen=True)
class Counts:
    """What is counted of the accounts: `sums` of requests, `repeated` requests, requests by hour
    (accounts × 24), and what was asked for."""

    sums: dict[str, Ints]
    repeated: dict[str, Ints]
    hours: Ints
    asked: Asked


def habits(group: NDArray[np.object_], counts: Counts, chosen: Distillation) -> Habits:
    """The figures of each account from its counts; NaN where they are of too few requests."""
    sums, repeated, asked = counts.sums, counts.repeated, counts.asked
    conversing = bool((sums["single"] < sums["n"]).any())
    enough, ratio = sums["n"] >= chosen.min_requests, distillation.ratio
    often = repeated["n"] >= chosen.min_requests
    figures = {
        "template share": ratio(repeated["n"], sums["texts"], known=enough),
        "breadth of coverage": ratio(repeated["different"], repeated["n"], known=often),
        "single-turn share": ratio(sums["single"], sums["n"], known=enough & conversing),
        "reasoning elicitation": ratio(asked.elicits, asked.read, known=enough),
        "round-the-clock use": distillation.effective_hours(counts.hours, chosen),
        "output per input": ratio(sums["output"], sums["input"], known=enough),
    }
    by_group = {
        name: asked.category[group == name].sum(axis=0, dtype=np.int64)
        for name in sorted(set(group.tolist()))
    }
    return Habits(group, figures, sums["refused"], sums["n"], by_group)


# --- each group ----------------------------------------------------------------------------------


def extraction(group: str, habits: Habits, amounts: Mapping[str, Any], chosen: Distillation) -> Extraction:
    """What one group asked for, beside all others; `amounts` has its days and models."""
    mine, theirs = habits.group == group, habits.group == OTHERS
    parts = [
        distillation.part(name, each[mine], each[theirs], chosen) for name, each in habits.figures.items()
    ]
    refusals = [
        Refusals(int(habits.refused[who].sum()), int(habits.requests[who].sum())) for who in (mine, theirs)
    ]
    parts.append(distillation.filtered(refusals[0], refusals[1], chosen))
    found, score = targets.shares(habits.targets.get(group, _NONE)), distillation.score(parts, chosen)
    usual = {each["name"]: each["share"] for each in targets.shares(habits.targets.get(OTHERS, _NONE))}
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
    return Extraction(found, score, detail)


_NONE = np.zeros(len(targets.NAMES), dtype=np.int64)
