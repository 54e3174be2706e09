"""Recall against attack budget: how much of an operator is still found as he pays for an evasion.

For every step of every ladder (see `knobs`) a small population is simulated, grouped and scored.
"""

import csv
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from linkage.errors import UsageError
from linkage.lab.evaluate import evaluate, read_truth
from linkage.lab.evasion_chart import svg, vega_lite
from linkage.lab.evasion_costs import BASES, REQUESTS_PER_ACCOUNT, Knob, Level
from linkage.lab.profiles import Hygiene, Operator, Profile
from linkage.lab.simulate import simulate

Grouping = Callable[[Path, Path], Mapping[str, str]]
"""What is measured: from a folder of tables, and one to work in, to the group of each reported account."""

CREWS = (50, 100)
"""One operator for so many accounts each: 40 and 20 of 2,000."""

FEWEST = 8
"""Accounts of the smallest crew: with a third of it lost it is still as large as a group must be."""

CSV, VEGA_LITE, SVG = "curves.csv", "curves.vl.json", "curves.svg"


@dataclass(frozen=True)
class Point:
    """One measured population: the step it stands for, and how well its operators were found.

    `budget` is in the knob's `unit`; shares are B³, None where undefined.
    """

    knob: str
    unit: str
    budget: float
    seed: int
    accounts: int
    operator_accounts: int
    recall: float | None
    precision: float | None
    operators: int
    operators_found: int
    innocents_flagged: int
    false_groups: int


@dataclass(frozen=True)
class Trial:
    """What all populations of a set of curves have in common."""

    base: str
    accounts: int
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Halved:
    """Where recall has fallen to half of what it is at the first step: `budget` None, nowhere on the ladder.

    `first` and `last` are mean recalls at the two ends.
    """

    knob: str
    unit: str
    first: float | None
    last: float | None
    budget: float | None


def measure(
    knobs: Sequence[Knob], trial: Trial, group: Grouping, *, on_step: Callable[[int, int, Point], None]
) -> list[Point]:
    """Points of all steps and seeds; `on_step` is called after each with how many are done, and of how many.

    Steps that ask for the same hygiene are measured once. Raises UsageError for a trial that makes no sense.
    """
    _check(trial)
    steps = [(knob, level, seed) for knob in knobs for level in knob.levels for seed in trial.seeds]
    known: dict[tuple[Hygiene, int], Point] = {}
    points: list[Point] = []
    for done, (knob, level, seed) in enumerate(steps, 1):
        hygiene = level.on(BASES[trial.base])
        if (hygiene, seed) not in known:
            known[hygiene, seed] = _point(knob, level, hygiene, seed, (trial, group))
        same = asdict(known[hygiene, seed])
        points.append(Point(**{**same, "knob": knob.name, "unit": knob.unit, "budget": level.budget}))
        on_step(done, len(steps), points[-1])
    return points


def _check(trial: Trial) -> None:
    if trial.base not in BASES:
        raise UsageError(f"no base '{trial.base}'", hint=f"choose one of: {', '.join(BASES)}")
    if not trial.seeds:
        raise UsageError("no seed", hint="give one seed or more")


def _point(knob: Knob, level: Level, hygiene: Hygiene, seed: int, given: tuple[Trial, Grouping]) -> Point:
    trial, group = given
    crews = tuple(Operator(0, hygiene, fewest=max(FEWEST, trial.accounts // each)) for each in CREWS)
    profile = Profile(f"{knob.name} at {level.budget:g} {knob.unit}", crews)
    with tempfile.TemporaryDirectory(prefix="linkage-curves-") as name:
        made = simulate(
            Path(name),
            profile=("curves", profile),
            accounts=trial.accounts,
            interactions=round(trial.accounts * REQUESTS_PER_ACCOUNT),
            seed=seed,
        )
        found = evaluate(group(made.source, Path(name) / "case"), read_truth(made.truth))
    return Point(
        knob=knob.name,
        unit=knob.unit,
        budget=level.budget,
        seed=seed,
        accounts=trial.accounts,
        operator_accounts=found.operator_accounts,
        recall=found.b3_recall,
        precision=found.b3_precision,
        operators=found.operators,
        operators_found=found.operators_found,
        innocents_flagged=found.innocent_accounts_flagged,
        false_groups=found.false_groups,
    )


def mean(values: Sequence[float | None]) -> float | None:
    """Mean of those that are defined, the same in whatever order they come."""
    known = [Fraction(value) for value in values if value is not None]
    return float(sum(known) / len(known)) if known else None


def halved(points: Sequence[Point]) -> list[Halved]:
    """For each knob the least budget at which mean recall is at most half of that at its first step."""
    found = []
    for name in dict.fromkeys(point.knob for point in points):
        mine = [point for point in points if point.knob == name]
        recalls = {
            budget: mean([point.recall for point in mine if point.budget == budget])
            for budget in sorted({point.budget for point in mine})
        }
        first, *_, last = [*recalls.values(), *recalls.values()]
        low = [b for b, recall in recalls.items() if first and recall is not None and recall <= first / 2]
        found.append(Halved(name, mine[0].unit, first, last, min(low, default=None)))
    return found


def write(out: Path, points: Sequence[Point]) -> list[Path]:
    """Write the table as CSV and the curves as Vega-Lite and SVG; raises UsageError where OUT cannot be."""
    rows = [asdict(point) for point in points]
    files = {CSV: "", VEGA_LITE: json.dumps(vega_lite(rows), indent=1) + "\n", SVG: svg(rows)}
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / CSV).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        for name in (VEGA_LITE, SVG):
            (out / name).write_text(files[name], encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{out}: cannot be written: {error.strerror}", hint="choose another folder"
        ) from error
    return [out / name for name in files]
