"""The texts of interactions: what each kind of request says, made for many rows at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.lab.applications import speak_applications
from linkage.lab.boilerplate import FRAMEWORKS, TOOLS, TUTORIALS, WRAPPERS
from linkage.lab.crews import Crew
from linkage.lab.operators import TEMPLATES_PER_OPERATOR
from linkage.lab.prompt_sources import Grammar, Voice
from linkage.lab.roster import APP, ASK, BENCHMARK, FRAMEWORK, HARVEST, SHEET, TOOL, TUTORIAL, WRAPPER, Rows
from linkage.lab.shared_reading import BENCHMARKS, QUESTIONS
from linkage.lab.sheets import Said, Sheet
from linkage.lab.templates import (
    Disguise,
    Template,
    around,
    draw_template,
    instructions,
    with_others_rules,
)
from linkage.lab.text_columns import fill, join, scatter, split_rows

TUTORIAL_CHANGED = 0.15
"""Share of a tutorial's readers who add a word of their own."""


@dataclass(frozen=True)
class Works:
    """An operator's templates, where each is put, its disguise, and its queue of tasks."""

    templates: tuple[Template, ...]
    in_system: tuple[bool, ...]
    disguise: Disguise
    tasks: pa.Array


@dataclass(frozen=True)
class Library:
    """All texts there are: questions, applications by seed, sets, operators' works, cohorts' sheets."""

    voice: Voice
    seed: int
    benchmarks: tuple[pa.Array, ...]
    works: dict[int, Works]
    sheets: tuple[Sheet, ...] = ()


def stock(
    voice: Voice, crews: list[Crew], sheets: Sequence[Sheet], seed: int, rng: np.random.Generator
) -> Library:
    """Write the question sets and every operator's templates and tasks."""
    sets = tuple(Grammar().tasks(QUESTIONS, rng) for _ in range(BENCHMARKS))
    works: dict[int, Works] = {}
    for crew in crews:
        before = next((each for each in crews if each.provider == crew.provider), crew)
        works[crew.number] = _works(voice, crew, works.get(before.number), rng)
    return Library(voice, seed, sets, works, tuple(sheets))


def _works(voice: Voice, crew: Crew, first: Works | None, rng: np.random.Generator) -> Works:
    """What an operator sends; `first`: what the first operator of the same reseller does, if another."""
    knobs = crew.hygiene
    templates = tuple(draw_template(rng) for _ in range(knobs.templates))
    if first and crew.reseller:
        share = crew.reseller.words_in_common
        templates = tuple(with_others_rules(each, first.templates, share, rng) for each in templates)
    in_system = tuple(index < knobs.in_system * knobs.templates for index in range(knobs.templates))
    disguise = Disguise(knobs.paraphrase, knobs.filler)
    return Works(templates, in_system, disguise, voice.tasks(crew.requests, rng))


def speak(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    """Prompt and system prompt of each row."""
    # Applications are many, each with a few rows: all of them are one group.
    groups = split_rows(rows.kind * (1 << 40) + np.where(rows.kind == APP, 0, rows.sub))
    said = [_SPEAKERS[int(rows.kind[group[0]])](library, rows.take(group), rng) for group in groups]
    return scatter(groups, [prompt for prompt, _ in said]), scatter(groups, [system for _, system in said])


def _none(count: int) -> pa.Array:
    return pa.nulls(count, pa.string())


def _anything(library: Library, count: int, rng: np.random.Generator) -> pa.Array:
    return library.voice.ask(int(rng.integers(library.voice.topics)), count, rng)


def _wrap(library: Library, pattern: str, slots: pa.Array, rng: np.random.Generator) -> pa.Array:
    """A wrapper's text around what its user asked and what it found."""
    columns = {"slot": slots, "body": library.voice.material(len(slots), rng)}
    parts = [part for part in re.split(r"\{(slot|body)\}", pattern) if part]
    return join([columns.get(part, part) for part in parts], "")


def _ask(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return library.voice.ask(int(rows.sub[0]), len(rows), rng), _none(len(rows))


def _framework(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return _anything(library, len(rows), rng), fill(FRAMEWORKS[int(rows.sub[0])], len(rows), rng)


def _wrapper(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return _wrap(library, WRAPPERS[int(rows.sub[0])], _anything(library, len(rows), rng), rng), _none(
        len(rows)
    )


def _tool(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return _wrap(library, TOOLS[int(rows.sub[0])][1], _anything(library, len(rows), rng), rng), _none(
        len(rows)
    )


def _tutorial(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    text = pa.array([TUTORIALS[int(rows.sub[0])]] * len(rows))
    own = join([text, fill(" My name is {name}.", len(rows), rng)], "")
    changed = pa.array(rng.random(len(rows)) < TUTORIAL_CHANGED)
    return pc.if_else(changed, own, text), _none(len(rows))


def _benchmark(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return library.benchmarks[int(rows.sub[0])].take(pa.array(rows.item)), _none(len(rows))


def _applications(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return speak_applications(library.voice, library.seed, rows.sub, rng)


def _harvest(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    operator, number = divmod(int(rows.sub[0]), TEMPLATES_PER_OPERATOR)
    works = library.works[operator]
    template = works.templates[number]
    sentences = instructions(template, len(rows), works.disguise, rng)
    slots = works.tasks.take(pa.array(rows.item))
    if works.in_system[number]:
        return slots, sentences
    return around(template, sentences, slots), _none(len(rows))


def _sheet(library: Library, rows: Rows, rng: np.random.Generator) -> Said:
    return library.sheets[int(rows.sub[0])].speak(rows, library.voice, rng)


_SPEAKERS = {
    ASK: _ask,
    FRAMEWORK: _framework,
    WRAPPER: _wrapper,
    TUTORIAL: _tutorial,
    BENCHMARK: _benchmark,
    TOOL: _tool,
    APP: _applications,
    HARVEST: _harvest,
    SHEET: _sheet,
}
