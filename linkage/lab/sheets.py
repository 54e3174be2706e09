"""Texts that the members of a cohort have in common: assignments, a harness, a page, an application."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.lab.prompt_sources import Grammar, Voice
from linkage.lab.roster import Rows
from linkage.lab.templates import PLAIN, Template, around, draw_template, instructions
from linkage.lab.text_columns import fill_any, join, pick, scatter, split_rows
from linkage.lab.vocabulary import ASIDES, CLOSINGS, GREETINGS

Said = tuple[pa.Array, pa.Array]
"""Prompts and system prompts; a system prompt may be null."""

ABOUT_IT = -1
"""Item of a request that asks on about an item instead of sending it."""

CUT = 0.3
"""Share of those with own words who quote only the beginning of an item."""

FOLLOW_UPS = (
    "i do not get the step where you {operation} {structure}, can you explain it to {audience}?",
    "my result is {number} and not {number}, where is my mistake",
    "can you check my answer: {number}. {name} got something else",
    "is there an easier way without {subject}? we have not covered that",
    "why {number}? our lecturer said something about {subject}",
    "it still does not work, {mishap}",
    "write it with {tool} please, and shorter",
    "ok but what if there are {number} of them",
    "explain again like I am new to {subject}",
)
"""What people ask on about a matter that was set to them."""


class Sheet(Protocol):
    """Something with texts that several accounts send; `rows.item` says which of them."""

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """Prompt and system prompt of each row."""
        ...


def draw_items(count: int, sentences: int, rng: np.random.Generator) -> pa.Array:
    """Items of a set: tasks of so many sentences, written for it."""
    return join([Grammar().tasks(count, rng) for _ in range(max(1, sentences))], " ")


@dataclass(frozen=True)
class Assignment:
    """Items that are set to everybody, sent word for word or as each one would put it, and questions on."""

    items: pa.Array
    verbatim: float

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """The items, some of them in own words; follow-ups where the item is ABOUT_IT."""
        count, on = len(rows), pa.array(rows.item == ABOUT_IT)
        exact = self.items.take(pa.array(np.maximum(rows.item, 0)))
        own = pa.array(rng.random(count) >= self.verbatim)
        sent = pc.if_else(own, _in_own_words(exact, rng), exact)
        return pc.if_else(on, _asked_on(count, rng), sent), _none(count)


def _in_own_words(text: pa.Array, rng: np.random.Generator) -> pa.Array:
    count = len(text)
    begun = pc.replace_substring_regex(text, r"(?s)^(.{30,80}?) .*$", r"\1 ...")
    quoted = pc.if_else(pa.array(rng.random(count) < CUT), begun, text)
    before, after = pick(pa.array(GREETINGS), count, rng), pick(pa.array(CLOSINGS), count, rng)
    return join([before, quoted, fill_any(ASIDES, count, rng), after], "")


def _asked_on(count: int, rng: np.random.Generator) -> pa.Array:
    """A follow-up with what is the asker's own: a matter, a manner, a word about himself."""
    before, after = pick(pa.array(GREETINGS), count, rng), pick(pa.array(CLOSINGS), count, rng)
    asked = fill_any(FOLLOW_UPS, count, rng)
    return join([before, asked, fill_any(ASIDES, count, rng), after], "")


@dataclass(frozen=True)
class Harness:
    """Public items in a public frame: whoever runs the program sends the same bytes."""

    items: pa.Array
    before: str
    after: str
    system: str | None

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """The items in their frame."""
        items = self.items.take(pa.array(rows.item % len(self.items)))
        return join([self.before, items, self.after], ""), _repeated(self.system, len(rows))


@dataclass(frozen=True)
class Page:
    """Texts that a public page tells its readers to copy; some add a word of their own."""

    texts: pa.Array
    changed: float

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """The texts as copied."""
        text = self.texts.take(pa.array(rows.item))
        own = join([text, fill_any(ASIDES, len(rows), rng)], "")
        return pc.if_else(pa.array(rng.random(len(rows)) < self.changed), own, text), _none(len(rows))


@dataclass(frozen=True)
class Application:
    """One program's template around what its user's own customers say on the user's own subject."""

    template: Template
    in_system: bool
    subject: int
    """Topic of the slots; below 0: tickets of any kind."""
    opening: str | None = None
    """A public text before the template, as a starter kit has it."""

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """The template with its slots."""
        count = len(rows)
        sentences = instructions(self.template, count, PLAIN, rng)
        if self.opening:
            sentences = join([self.opening, sentences], "\n\n")
        asked = voice.ask(self.subject % voice.topics, count, rng) if self.subject >= 0 else None
        slots = voice.tickets(count, rng) if asked is None else asked
        if self.in_system:
            return slots, sentences
        return around(self.template, sentences, slots), _none(count)


@dataclass(frozen=True)
class SystemPrompt:
    """A long public system prompt, under it whatever its users want."""

    text: str

    def speak(self, rows: Rows, voice: Voice, rng: np.random.Generator) -> Said:
        """Questions on all topics."""
        return ask_anything(voice, len(rows), rng), _repeated(self.text, len(rows))


def ask_anything(voice: Voice, count: int, rng: np.random.Generator) -> pa.Array:
    """Questions, each on a topic drawn for it."""
    groups = split_rows(rng.integers(0, voice.topics, count))
    return scatter(groups, [voice.ask(number, len(rows), rng) for number, rows in enumerate(groups)])


def long_text(sentences: int, rng: np.random.Generator) -> str:
    """Instructions of so many sentences, as one author wrote them once."""
    said: list[str] = []
    while len(said) < sentences:
        drawn = draw_template(rng)
        single = (replace(drawn, sentences=(sentence,)) for sentence in drawn.sentences)
        said += [instructions(each, 1, PLAIN, rng)[0].as_py() for each in single]
    return " ".join(said[:sentences])


def _none(count: int) -> pa.Array:
    return pa.nulls(count, pa.string())


def _repeated(text: str | None, count: int) -> pa.Array:
    return _none(count) if text is None else pa.array([text] * count)
