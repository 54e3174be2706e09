"""What a run will cost: for doctor --cost, for --budget, and for the time that is left."""

import math
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from linkage.cli.screen.layout import heading, indented, rows, text
from linkage.cli.screen.progress import Budget, amount
from linkage.cli.screen.terminal import say
from linkage.errors import BudgetError, command
from linkage.graph.source import is_graph
from linkage.ingest.estimate import estimated_shape
from linkage.ingest.remote import is_remote
from linkage.runs.cost import FACTOR, Cost, Shape, predicted, total
from linkage.runs.history import remember, remembered
from linkage.settings.program import Settings
from linkage.wording import many

CALIBRATION = ((1_000, 12_500), (4_000, 50_000))
"""Accounts and interactions of the simulated populations that a machine is measured with."""

PROFILE, SEED = "mixed", 1


def calibrate(settings: Settings) -> None:
    """Measure this machine: investigate two simulated populations, and remember what they have cost."""
    from linkage.api import investigate
    from linkage.lab.simulate import simulate

    say(f"calibrating: {len(CALIBRATION)} simulated populations are investigated, once for this version")
    for accounts, interactions in CALIBRATION:
        with tempfile.TemporaryDirectory() as folder:
            made = simulate(
                Path(folder) / "made",
                profile=PROFILE,
                accounts=accounts,
                interactions=interactions,
                seed=SEED,
            )
            case = investigate(made.source, case=Path(folder) / "case", settings=_plain(settings))
            remember(case.run, settings)


def _plain(settings: Settings) -> Settings:
    """The same machine and method, without what is said of one source's columns and days."""
    return Settings(
        threads=settings.threads,
        memory=settings.memory,
        prompts=settings.prompts,
        runs=settings.runs.model_copy(update={"fresh": True}),
    )


def cost(sources: Sequence[Path], settings: Settings) -> dict[str, Any]:
    """The shape of a source, what its investigation will cost, and how that is known."""
    if not remembered(settings):
        calibrate(settings)
    shape = estimated_shape(sources, settings.ingest, settings.sources)
    runs = remembered(settings)
    largest = max(run.shape.rows for run in runs)
    costs = predicted(shape, runs)
    return {
        "shape": asdict(shape),
        "stages": [asdict(each) for each in costs],
        "total": asdict(total(costs)),
        "from": f"{many(len(runs), 'run')} on this machine with this version, up to {many(largest, 'row')}",
        "factor": FACTOR,
    }


def cost_page(found: dict[str, Any]) -> Iterable[Any]:
    """The prediction as a table."""
    shape = found["shape"]
    yield heading("Cost")
    yield indented(
        text(
            f"about {many(shape['rows'], 'row')}: {many(shape['interactions'], 'interaction')} of"
            f" {many(shape['accounts'], 'account')}, {many(shape['texts'], 'distinct prompt')}"
        )
    )
    body = [
        (
            each["stage"], f"{each['rows']:,}", f"{each['seconds']:,.1f}",
            amount(each["memory"]), amount(each["disk"]),
        )
        for each in (*found["stages"], found["total"])
    ]  # fmt: skip
    columns = ("stage", "rows", "seconds", "memory", "disk")
    yield indented(rows(columns, body, right="rows seconds memory disk"))
    yield indented(
        text(f"from {found['from']}; each may be off by a factor of {found['factor']}, either way")
    )


def prediction(sources: Sequence[str | Path], settings: Settings) -> list[Cost]:
    """What a run will cost; nothing where no run was measured, or a source is no file of this machine."""
    runs = remembered(settings)
    if not runs or any(is_graph(each) or is_remote(each) for each in map(str, sources)):
        return []
    return predicted(estimated(sources, settings), runs)


def estimated(sources: Sequence[str | Path], settings: Settings) -> Shape:
    """The shape of the sources."""
    return estimated_shape([Path(each) for each in sources], settings.ingest, settings.sources)


def refuse(budget: Budget, costs: Sequence[Cost], sources: Sequence[str | Path]) -> None:
    """Raises BudgetError for a run that needs more than it may take even if the prediction is too high."""
    whole = total(costs)
    reasons = []
    if budget.seconds is not None and whole.seconds > FACTOR * budget.seconds:
        reasons.append(f"{minutes(whole.seconds)} of {minutes(budget.seconds)}")
    if budget.memory is not None and whole.memory > FACTOR * budget.memory:
        reasons.append(f"{amount(whole.memory)} of {amount(budget.memory)}")
    if reasons:
        raise BudgetError(
            f"not begun: the run would take about {' and '.join(reasons)} that --budget allows",
            hint=f"--budget {needed(costs)}, or a shorter period (--since, --until); stage by stage: "
            + command("linkage", "doctor", sources[0], "--cost"),
        )


def needed(costs: Sequence[Cost]) -> str:
    """The budget that a run needs, with room for what a prediction may be off."""
    whole = total(costs)
    return f"{math.ceil(FACTOR * whole.seconds / 60)}m,{math.ceil(FACTOR * whole.memory / 1e9)}GB"


def minutes(seconds: float) -> str:
    """Seconds, or minutes where there are many."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
