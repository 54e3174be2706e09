"""simulate and evaluate: populations with planted operators, and how well they are found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.cli.layout import heading, indented, rows, show
from linkage.cli.opened import opened
from linkage.cli.output import Format, emit
from linkage.cli.safe import safe
from linkage.cli.terminal import say


def simulate(
    *, out: Path, profile: str, accounts: int, interactions: int, seed: int, prompts: Path | None
) -> None:
    """Write a population and its truth."""
    from linkage.lab.simulate import simulate as make

    make(out, profile=profile, accounts=accounts, interactions=interactions, seed=seed, prompts=prompts)
    say(f"wrote {safe(out / 'source')} and {safe(out / 'truth.csv')}")
    say(f"next: linkage investigate {safe(out / 'source')} --case {safe(out / 'case')}")


def evaluate(*, case: Path, truth: Path, output: Format, who: str) -> None:
    """Score the groups of a case."""
    from linkage.lab.evaluate import evaluate as score

    found = opened(case, "evaluate", who, truth=str(truth))
    measures = score(found.table("groups"), truth)
    if output is Format.table:
        show(*_screen(measures))
    elif output is Format.json:
        emit(output, [measures], **measures)
    else:
        emit(output, [measures])


def _screen(measures: Mapping[str, Any]) -> list[Any]:
    plain = [(name, _figure(value)) for name, value in measures.items() if not isinstance(value, list | dict)]
    parts = [indented(rows(("measure", "value"), plain, right="value"))]
    operators = _operators(measures.get("per_operator"))
    if operators:
        columns = list(operators[0])
        body = [[_figure(row.get(name)) for name in columns] for row in operators]
        numbers = " ".join(name for name in columns if isinstance(operators[0][name], int | float))
        parts += [heading("Each operator"), indented(rows(columns, body, right=numbers))]
    return parts


def _operators(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, Mapping):
        return [{"operator": name, **row} for name, row in given.items()]
    return list(given or ())


def _figure(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
