"""Where questions come from: the built-in grammar, or files of prompts that people and machines wrote."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.errors import InputError
from linkage.lab.text_columns import fill_any, join, pick
from linkage.lab.vocabulary import ASIDES, CLOSINGS, EVERYDAY, FILLER, GREETINGS, TASKS, TICKETS

WITH_ASIDE = 0.5
"""Share of questions from a file that get a clause of the asker's own. A file is small beside a population,
so without it every text would be asked word for word by many strangers, more than people do."""

WITH_MATERIAL = 0.35
"""Share of requests about a text that paste one, of the topics in PASTING."""

PASTING = ("mail", "editing", "study")
HUMAN, MACHINE = "human", "machine"


class Voice(Protocol):
    """Somebody to draw questions, tickets and tasks from."""

    @property
    def topics(self) -> int:
        """How many topics there are."""
        ...

    @property
    def built_in(self) -> bool:
        """Whether it is made up, so that a firm's tasks and an operator's may be of one kind."""
        ...

    def ask(self, topic: int, count: int, rng: np.random.Generator) -> pa.Array:
        """What people ask by themselves on one topic."""
        ...

    def tickets(self, count: int, rng: np.random.Generator) -> pa.Array:
        """What fills the slot of a firm's application."""
        ...

    def tasks(self, count: int, rng: np.random.Generator) -> pa.Array:
        """What an operator wants solved, without repeats as far as the source allows."""
        ...

    def material(self, count: int, rng: np.random.Generator) -> pa.Array:
        """What people paste."""
        ...


@dataclass(frozen=True)
class Grammar:
    """The built-in generator: patterns of `vocabulary.py` filled with words of `words.py`."""

    topics: int = len(EVERYDAY)
    built_in: bool = True

    def ask(self, topic: int, count: int, rng: np.random.Generator) -> pa.Array:
        """A greeting, the question, a closing; some requests about a text paste one."""
        name, patterns = list(EVERYDAY.items())[topic]
        asked = fill_any(patterns, count, rng)
        said = join([pick(pa.array(GREETINGS), count, rng), asked, pick(pa.array(CLOSINGS), count, rng)], "")
        if name not in PASTING:
            return said
        return pc.if_else(
            pa.array(rng.random(count) < WITH_MATERIAL), join([said, passages(count, rng)], "\n\n"), said
        )

    def tickets(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Reviews, clauses, applications, notes."""
        return fill_any(TICKETS, count, rng)

    def tasks(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Reasoning, agentic and programming tasks."""
        return fill_any(TASKS, count, rng)

    def material(self, count: int, rng: np.random.Generator) -> pa.Array:
        """A few sentences."""
        return passages(count, rng)


@dataclass(frozen=True)
class Pool:
    """Prompts from files: people's by group (a topic), machines' in one list."""

    human: tuple[pa.Array, ...]
    machine: pa.Array
    built_in: bool = False

    @property
    def topics(self) -> int:
        """Number of groups of people's prompts."""
        return len(self.human)

    def ask(self, topic: int, count: int, rng: np.random.Generator) -> pa.Array:
        """A person's text word for word, or with a clause added (WITH_ASIDE)."""
        asked = pick(self.human[topic], count, rng)
        own = join([asked, fill_any(ASIDES, count, rng)], "")
        return pc.if_else(pa.array(rng.random(count) < WITH_ASIDE), own, asked)

    def tickets(self, count: int, rng: np.random.Generator) -> pa.Array:
        """People's texts of any group."""
        return pick(pa.concat_arrays(list(self.human)), count, rng)

    def tasks(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Machines' texts in an order of their own, from the start again once all were used."""
        rounds = -(-count // len(self.machine))
        order = [rng.permutation(len(self.machine)) for _ in range(rounds)]
        return self.machine.take(
            pa.array(np.concatenate([*order, np.zeros(0, np.int64)])[:count].astype(np.int64))
        )

    def material(self, count: int, rng: np.random.Generator) -> pa.Array:
        """A few sentences of the built-in grammar."""
        return passages(count, rng)


def passages(count: int, rng: np.random.Generator) -> pa.Array:
    """A few sentences as somebody might paste them."""
    return join([*(fill_any(FILLER, count, rng) for _ in range(3)), ""], ". ")


def read_prompts(files: Sequence[Path]) -> Pool:
    """People's and machines' prompts from JSON lines with `id`, `text`, `origin` and `group`.

    Raises InputError naming file and line when one cannot be used, and when a kind of origin is missing.
    """
    human: dict[str, list[str]] = {}
    machine: list[str] = []
    for file in files:
        for origin, group, text in _lines(file):
            (human.setdefault(group, []) if origin == HUMAN else machine).append(text)
    for origin, found in ((HUMAN, human), (MACHINE, machine)):
        if not found:
            raise InputError(
                f"{', '.join(map(str, files))}: no prompt with origin '{origin}'",
                hint=f"give a further file with prompts of origin '{origin}'",
            )
    return Pool(tuple(pa.array(human[group]) for group in sorted(human)), pa.array(machine))


def _lines(file: Path) -> Iterator[tuple[str, str, str]]:
    opener = gzip.open if file.suffix == ".gz" else open
    number = 0
    try:
        with opener(file, "rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield _prompt(line, f"{file}: line {number}")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{file}: cannot be read after line {number}: {error}",
            hint="check the path, or fetch the file again",
        ) from error


def _prompt(line: bytes, where: str) -> tuple[str, str, str]:
    hint = "each line is a JSON object with id, text, origin (human or machine) and group"
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON: {error}", hint=hint) from error
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object", hint=hint)
    for name in ("id", "text", "origin", "group"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            raise InputError(f"{where}: '{name}' is missing or is no text", hint=hint)
    origin, group, text = row["origin"], row["group"], row["text"]
    if origin not in (HUMAN, MACHINE):
        raise InputError(f"{where}: origin is '{origin[:40]}', not human or machine", hint=hint)
    if any("\ud800" <= letter <= "\udfff" for letter in text + group):
        raise InputError(f"{where}: the text holds half of a surrogate pair", hint="write it as valid UTF-8")
    return origin, group, text
