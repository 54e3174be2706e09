"""simulate and evaluate: populations with planted operators, and how well they are found."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.cli.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.opened import opened
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.cli.text import UNDEFINED
from linkage.lab.evaluate import Evaluation, read_truth
from linkage.lab.evaluate import evaluate as score
from linkage.lab.simulate import simulate as make


def simulate(
    *, out: Path, profile: str, accounts: int, interactions: int, seed: int, prompts: Sequence[Path]
) -> None:
    """Write a population and its truth."""
    made = make(
        out, profile=profile, accounts=accounts, interactions=interactions, seed=seed, prompts=prompts
    )
    planted = sum(each.accounts for each in made.operators)
    say(f"{made.accounts:,} accounts, of them {planted:,} in {len(made.operators)} planted operators")
    say(f"wrote {made.source} and {made.truth}")
    say(f"next: linkage investigate {made.source} --case {out / 'case'}")


def evaluate(*, case: Path, truth: Path, output: Format, who: str) -> None:
    """Score the groups of a case."""
    planted = read_truth(truth)
    found = opened(case, "evaluate", who, truth=str(truth))
    measures = score({row["account"]: row["group"] for row in found.groups}, planted)
    if output is Format.table:
        show(*_screen(measures))
    elif output is Format.json:
        emit(output, [measures.to_dict()], **measures.to_dict())
    else:
        emit(output, [measures.to_dict()])


def _screen(measures: Evaluation) -> list[Any]:
    plain = [(row["measure"], _figure(row["value"])) for row in measures.rows()]
    parts = [heading("Groups against the truth"), indented(rows(("measure", "value"), plain, right="value"))]
    operators = measures.operator_rows()
    if operators:
        body = [[_figure(value) for value in row.values()] for row in operators]
        table = rows(list(operators[0]), body, right="accounts recall precision")
        parts += [heading("Each operator"), indented(table)]
    return [*parts, text(""), text("No single one of these figures says how good the groups are.", FAINT)]


def _figure(value: object) -> str:
    if value is None:
        return UNDEFINED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )
