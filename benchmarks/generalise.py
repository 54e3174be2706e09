"""Does it hold on populations that nobody tuned it on? Two generators in one table, and what each rule pays.

Takes profiles of the simulator (each seed draws anew) and populations made by another hand (folders with
`source/` and `truth.csv`). Prints Markdown: precision, recall, innocents reported and unresolved, with 95 %
intervals; with `--rules` what the figures become without one rule; with `--sensitivity` what they become when
one setting is 30 % lower or higher. Evidence is weighed once for each population and each setting of evidence
or links.
With `--without-prompts` every population is taken once more without its texts.
Run: `python benchmarks/generalise.py [--profiles NAME...] [--seeds 11 12] [--accounts 5000] [--data FOLDER]
[--populations NAME...] [--without-prompts] [--rules [NAME...]] [--sensitivity]`.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow.parquet as pq
from accuracy_intervals import DRAWS, wilson
from generalise_variants import RULES, SETTINGS, Variant, scaled
from main_job import table

from linkage.engines.connect import connect
from linkage.evidence.signals.registry import all_signals, trait_families, with_signals
from linkage.evidence.stage_inputs import weigh
from linkage.groups import stage as groups_stage
from linkage.ingest.read import read
from linkage.lab.evaluate import Evaluation, evaluate, read_truth
from linkage.lab.simulate import simulate
from linkage.links.constraints import Constraints
from linkage.links.priors import family_rules
from linkage.links.stage import links as link_pairs
from linkage.log import Log
from linkage.observations import stage as observations_stage
from linkage.prompts.stage import prompts as read_prompts
from linkage.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ("prompt", "system_prompt")

PER = 10_000
"""Innocents are counted per so many."""


@dataclass(frozen=True)
class Population:
    """Rows to be investigated, and who owns which account."""

    name: str
    generator: str
    folder: Path

    @property
    def truth(self) -> Mapping[str, str | None]:
        """The operator of each account, None for an innocent."""
        return read_truth(self.folder / "truth.csv")


class Prepared:
    """A population read once; evidence and links are made again when their settings change."""

    def __init__(self, population: Population, scratch: Path) -> None:
        self.population, self.truth = population, population.truth
        self._settings, work = with_signals(Settings()), scratch / f"work {population.name}"
        work.mkdir()
        sources = read([population.folder / "source"], work, chosen=self._settings.ingest, mappings={})
        self._engine = connect(work, threads=self._settings.threads, memory=self._settings.memory)
        self._rows = observations_stage.rows(self._engine, sources)
        self._prompts = read_prompts(self._engine, self._rows.tables, self._settings, Log())
        self._known = observations_stage.population(
            self._engine, self._rows.tables, self._prompts.content, self._settings, weighed=trait_families()
        )
        self._linked: dict[str, groups_stage.GroupingInput] = {}

    def score(self, variant: Variant) -> Evaluation:
        """The groups of one variant, held against the truth."""
        settings = with_signals(variant.settings)
        with ExitStack() as stack:
            for target, replacement in variant.patches:
                stack.enter_context(mock.patch(target, replacement))
            given = self._given(settings)
            found = groups_stage.find_communities(self._engine, given, settings, Log())
            assessments = groups_stage.assess_communities(found, given).assessments
        names = self._known.names
        by_table: dict[str, dict[str, str]] = {"groups": {}, "unresolved": {}, "explained": {}}
        for number, one in enumerate(assessments):
            by_table[one.table] |= {names[i]: str(number) for i in one.members.tolist()}
        return evaluate(by_table["groups"], self.truth, by_table["unresolved"].keys())

    def _given(self, settings: Settings) -> groups_stage.GroupingInput:
        key = settings.evidence.model_dump_json() + settings.links.model_dump_json()
        if key not in self._linked:
            signals = all_signals(self._known.foreign, settings)
            known = self._prompts.known(self._engine, self._known.names)
            weighing = weigh(
                self._engine,
                self._known,
                self._rows.tables,
                self._prompts,
                signals=signals,
                settings=settings,
                known=known,
            )
            names = self._known.names
            rules = family_rules([each.family for each in signals], len(names), settings, known.shares)
            links = link_pairs(weighing, rules, Constraints(), settings.links)
            self._linked = {
                key: groups_stage.GroupingInput(
                    self._known, self._prompts, known, weighing, links, Constraints(), signals, rules
                )
            }
        return self._linked[key]

    def close(self) -> None:
        """Gives back the engine."""
        self._engine.close()


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    lab = ["mixed", "careful", "hydra", "pool", "framing", "null"]
    parser.add_argument("--profiles", nargs="*", default=lab, help="of the simulator; none with no name")
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--accounts", type=int, default=5000, help="of each simulated population")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "independent")
    parser.add_argument("--populations", nargs="*", help="folders of --data; default: all of them")
    parser.add_argument("--without-prompts", action="store_true", help="each also without prompts")
    parser.add_argument("--rules", nargs="*", choices=sorted(RULES), help="leave out each of these in turn")
    parser.add_argument("--sensitivity", action="store_true", help="the main settings, 30 %% down and up")
    return parser.parse_args()


def populations(chosen: argparse.Namespace, scratch: Path) -> Iterator[Population]:
    """Those of the simulator, one for each profile and seed, and those by another hand."""
    for profile in chosen.profiles:
        for seed in chosen.seeds:
            folder = scratch / f"{profile}-{seed}"
            interactions = 10 * chosen.accounts
            simulate(folder, profile=profile, accounts=chosen.accounts, interactions=interactions, seed=seed)
            yield Population(f"{profile} {seed}", "lab", folder)
    if not chosen.data.is_dir():
        print(f"no populations by another hand here: {chosen.data.name} is missing", file=sys.stderr)
        return
    for folder in sorted(chosen.data.iterdir()):
        if (folder / "truth.csv").exists() and (
            chosen.populations is None or folder.name in chosen.populations
        ):
            yield Population(folder.name, "independent", folder)


def with_blind(found: Iterator[Population], scratch: Path, *, wanted: bool) -> Iterator[Population]:
    """The populations, each followed by itself without prompts where that is wanted."""
    for each in found:
        yield each
        if wanted:
            yield blind(each, scratch / f"blind {each.name}")


def blind(population: Population, folder: Path) -> Population:
    """The population without prompts and system prompts, written to a folder."""
    source = folder / "source"
    source.mkdir(parents=True)
    for file in sorted((population.folder / "source").iterdir()):
        if file.name == "interactions.parquet":
            rows = pq.read_table(file)
            pq.write_table(
                rows.drop_columns([n for n in TEXTS if n in rows.column_names]), source / file.name
            )
        else:
            shutil.copyfile(file, source / file.name)
    shutil.copyfile(population.folder / "truth.csv", folder / "truth.csv")
    return Population(f"{population.name} without prompts", population.generator, folder)


def variants(chosen: argparse.Namespace) -> list[Variant]:
    """The program as it is, and what is asked for beside it."""
    result = [Variant("as it is", Settings())]
    if chosen.rules is not None:
        result += [RULES[name] for name in chosen.rules or sorted(RULES)]
    if chosen.sensitivity:
        result += [scaled(name, factor) for name in SETTINGS for factor in (0.7, 1.3)]
    return result


def main() -> None:
    """Runs and prints everything asked for."""
    chosen = arguments()
    asked = variants(chosen)
    scores: dict[tuple[str, str], dict[str, Evaluation]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        for population in with_blind(populations(chosen, scratch), scratch, wanted=chosen.without_prompts):
            began = time.monotonic()
            prepared = Prepared(population, scratch)
            scores[population.generator, population.name] = {
                each.name: prepared.score(each) for each in asked
            }
            prepared.close()
            print(f"{population.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print("\n".join(report(scores, [each.name for each in asked])))


# --- what is printed -----------------------------------------------------------------------------


def report(scores: Mapping[tuple[str, str], Mapping[str, Evaluation]], names: Sequence[str]) -> Iterator[str]:
    """The figures of each population, and then, for each variant, how far they move by generator."""
    head = ("generator", "population", "precision", "recall", "found", "innocents reported", "unresolved")
    rows = [(*where, *_figures(found[names[0]])) for where, found in scores.items()]
    yield from table(head, rows)
    if len(names) > 1:
        generators = sorted({generator for generator, _ in scores})
        columns = [f"{generator}: {what}" for generator in generators for what in ("recall", "innocents")]
        yield from table(
            ("changed", *columns),
            [(name, *_moves(scores, generators, names[0], name)) for name in names[1:]],
        )


def _figures(found: Evaluation) -> tuple[object, ...]:
    innocents = found.accounts - found.operator_accounts
    return (
        _share(found.b3_precision),
        _recall(found),
        f"{found.operators_found} of {found.operators}",
        _rate(found.innocent_accounts_flagged, innocents),
        _rate(found.innocent_accounts_unresolved, innocents),
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _recall(found: Evaluation) -> str:
    """B³ recall, and its interval from operators drawn with replacement, each with its accounts."""
    if found.b3_recall is None:
        return "–"
    sizes = np.array([each.accounts for each in found.per_operator], dtype=float)
    shares = np.array([each.recall for each in found.per_operator], dtype=float)
    drawn = np.random.default_rng(0).integers(0, len(sizes), (DRAWS, len(sizes)))
    means = (sizes[drawn] * shares[drawn]).sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{found.b3_recall:.3f} ({low:.2f}–{high:.2f})"


def _rate(count: int, of: int) -> str:
    """A count, and the rate per 10,000 with its interval."""
    found = wilson(count, of)
    if found is None or found.low is None or found.high is None:
        return str(count)
    return f"{count} ({PER * found.low:.1f}–{PER * found.high:.1f} per {PER:,})"


def _moves(
    scores: Mapping[tuple[str, str], Mapping[str, Evaluation]],
    generators: Sequence[str],
    before: str,
    after: str,
) -> Iterator[str]:
    """For each generator how far mean recall and the number of innocents reported move."""
    for generator in generators:
        own = [found for (made_by, _), found in scores.items() if made_by == generator]
        yield _moved(own, before, after, lambda e: e.b3_recall, "{:+.3f}", mean=True)
        yield _moved(own, before, after, lambda e: e.innocent_accounts_flagged, "{:+.0f}", mean=False)


def _moved(
    own: Sequence[Mapping[str, Evaluation]],
    before: str,
    after: str,
    figure: Callable[[Evaluation], Any],
    shown: str,
    *,
    mean: bool,
) -> str:
    moves = [figure(e[after]) - figure(e[before]) for e in own if figure(e[before]) is not None]
    if not moves:
        return "–"
    return shown.format(sum(moves) / len(moves) if mean else sum(moves))


if __name__ == "__main__":
    main()
