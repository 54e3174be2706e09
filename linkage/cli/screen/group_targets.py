"""Which reported groups ask about something, or use a model."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.case import Case
from linkage.case.holdings import Holdings
from linkage.cli.screen.layout import FAINT, STRONG, line, rows, text
from linkage.cli.screen.text import bits, many, number, share
from linkage.errors import UsageError

Row = Mapping[str, Any]


def about(found: Sequence[Row], target: str) -> list[dict[str, Any]]:
    """The groups that ask about a target, named in part, with the share of their prompts, most first; raises
    UsageError where no group asks about a target of such a name."""
    named = sorted({each["name"] for row in found for each in row["targets"] or ()})
    wanted = [name for name in named if target.casefold() in name.casefold()]
    if not wanted:
        known = ", ".join(named) or "none"
        raise UsageError(f"no reported group asks about {target}", hint=f"targets of this case: {known}")
    kept = []
    for row in found:
        asked = [each for each in row["targets"] or () if each["name"] in wanted and each["share"]]
        if asked:
            names = ", ".join(each["name"] for each in asked)
            kept.append({**row, "asked_about": names, "asked_share": sum(each["share"] for each in asked)})
    return sorted(kept, key=lambda row: (-row["asked_share"], row["group"]))


def using(case: Case, found: Sequence[Row], model: str) -> list[dict[str, Any]]:
    """The groups with members that use a model, named in part, with how many do, most first; raises
    UsageError where no member of a reported group uses a model of such a name."""
    home = {row["account"]: row["group"] for row in case.groups}
    used: dict[str, dict[str, set[str]]] = {}
    held = Holdings(case).traits_of(home, {"model"}) if home else []
    for row in held:
        if model.casefold() in row["value"].casefold():
            used.setdefault(home[row["account"]], {}).setdefault(row["value"], set()).add(row["account"])
    if not used:
        known = ", ".join(sorted({row["value"] for row in held})) or "none"
        raise UsageError(f"no member of a reported group uses {model}", hint=f"models of groups: {known}")
    kept = [
        {
            **row,
            "models": ", ".join(sorted(used[row["group"]])),
            "model_accounts": len(set().union(*used[row["group"]].values())),
        }
        for row in found
        if row["group"] in used
    ]
    return sorted(kept, key=lambda row: (-row["model_accounts"], row["group"]))


def target_page(found: Sequence[Row], target: str, model: str) -> Iterable[Any]:
    """The groups with what they ask about, or with the models they use."""
    ending = "s" if len(found) == 1 else ""
    said = [f"ask{ending} about {target}"] * bool(target) + [f"use{ending} {model}"] * bool(model)
    yield line((many(len(found), "reported group"), STRONG), " of this case ", (" and ".join(said), STRONG))
    yield text("")
    extra = [("asked about*", "of prompts")] * bool(target) + [("models*", "members")] * bool(model)
    columns = ("group!", "accounts", "bits", *(name for pair in extra for name in pair))
    body = [
        (row["group"], number(row["accounts"]), bits(row["log_odds"]), *_extra(row, target, model))
        for row in found
    ]
    yield rows(columns, body, right="accounts bits")
    if target:
        yield text("What prompts are about is estimated from their words: read some of them.", FAINT)


def _extra(row: Row, target: str, model: str) -> Iterable[str]:
    if target:
        yield from (row["asked_about"], share(row["asked_share"]))
    if model:
        yield from (row["models"], f"{row['model_accounts']:,} of {row['accounts']:,}")
