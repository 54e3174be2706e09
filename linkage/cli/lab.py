"""simulate and evaluate: populations with planted operators, and how well they are found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.cli.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.opened import opened
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.cli.text import UNDEFINED
from linkage.errors import UsageError
from linkage.lab.evaluate import Evaluation, read_truth
from linkage.lab.evaluate import evaluate as score
from linkage.lab.messages import (
    KindScore,
    MessageScore,
    by_kind,
    by_message,
    read_kinds,
    read_sent,
    read_workload,
)
from linkage.lab.simulate import simulate as make


def simulate(
    *,
    out: Path,
    profile: str,
    accounts: int,
    interactions: int,
    seed: int,
    prompts: Sequence[Path],
    withhold: Sequence[str],
) -> None:
    """Write a population and its truth."""
    made = make(
        out,
        profile=profile,
        accounts=accounts,
        interactions=interactions,
        seed=seed,
        prompts=prompts,
        withhold=withhold,
    )
    planted = sum(each.accounts for each in made.operators)
    say(f"{made.accounts:,} accounts, of them {planted:,} in {len(made.operators)} planted operators")
    say(f"wrote {made.source} and {made.truth}")
    say(f"next: linkage investigate {made.source} --case {out / 'case'}")


def evaluate(
    *,
    case: Path | None,
    truth: Path | None,
    kinds: Path | None,
    messages: Path | None,
    output: Format,
    who: str,
) -> None:
    """Score the groups of a case; `kinds` and `messages` add what they make it possible to say."""
    if case is None or truth is None:
        raise UsageError(
            "a case and its truth are needed",
            hint="linkage evaluate CASE --truth FILE, or linkage evaluate --curves OUT",
        )
    planted = read_truth(truth)
    told = read_kinds(kinds) if kinds else None
    sent = read_sent(messages) if messages else None
    found = opened(case, "evaluate", who, truth=str(truth))
    groups = {row["account"]: row["group"] for row in found.groups}
    measures = score(groups, planted)
    flagged = None if told is None else by_kind(groups, planted, told)
    workload = read_workload(case) if sent is not None else None
    said = None if sent is None or workload is None else by_message(workload, sent)
    if sent is not None and workload is None:
        say(f"{case} has no table of attributed interactions; nothing is said of messages")
    if output is Format.table:
        show(*_screen(measures, flagged, said))
        return
    extra = {
        "inputs": [each["sha256"] for each in found.run.get("inputs", ())],
        "settings_digest": found.run.get("settings_digest"),
        **({} if flagged is None else {"flagged_by_kind": [vars(each) for each in flagged]}),
        **({} if said is None else {"messages": vars(said)}),
    }
    plain = {**measures.to_dict(), **extra}
    if output is Format.json:
        emit(output, [plain], **plain)
    else:
        emit(output, [plain])


def _screen(
    measures: Evaluation, flagged: Sequence[KindScore] | None, said: MessageScore | None
) -> list[Any]:
    parts = [heading("Groups against the truth"), _measures(measures.rows())]
    operators = measures.operator_rows()
    if operators:
        body = [[figure(value) for value in row.values()] for row in operators]
        table = rows(list(operators[0]), body, right="accounts recall precision")
        parts += [heading("Each operator"), indented(table)]
    if flagged:
        body = [[figure(value) for value in vars(each).values()] for each in flagged]
        table = rows(list(vars(flagged[0])), body, right="accounts flagged flagged_per_1000")
        parts += [heading("Innocents flagged, by kind"), indented(table)]
    if said is not None:
        parts += [heading("Attributed interactions"), _measures(said.rows())]
    return [*parts, text(""), text("No single one of these figures says how good the groups are.", FAINT)]


def _measures(given: Sequence[dict[str, object]]) -> Any:
    plain = [(row["measure"], figure(row["value"])) for row in given]
    return indented(rows(("measure", "value"), plain, right="value"))


def figure(value: object) -> str:
    """A measure for a person."""
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
