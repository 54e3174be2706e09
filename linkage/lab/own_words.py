"""How many people put a matter in words of their own, which stay when names of files and numbers are masked.

A grammar's texts recur the more often the more there are of them, and so do those of a file of prompts. What
people really ask mostly does not. Here a part of all questions and tickets gets words that nobody else has,
and the rest repeats a small stock.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.lab.population import SYLLABLES
from linkage.lab.prompt_sources import Voice
from linkage.lab.text_columns import join, pick

QUESTIONS, CASES, PASSAGES = 40, 12, 4
"""Texts in stock: of each topic, for applications, and to paste. Few, so that each is soon used twice."""

LENGTH = 4
"""Syllables of a word that nobody else has: two such words are one of 200 billion pairs."""


@dataclass(frozen=True)
class OwnWords:
    """A voice that asks `share` of its questions and tickets in own words, and tasks as it would anyhow."""

    voice: Voice
    share: float
    questions: tuple[pa.Array, ...]
    cases: pa.Array
    passages: pa.Array

    @property
    def topics(self) -> int:
        """How many topics there are."""
        return self.voice.topics

    @property
    def built_in(self) -> bool:
        """Whether the voice is made up."""
        return self.voice.built_in

    def ask(self, topic: int, count: int, rng: np.random.Generator) -> pa.Array:
        """A question in own words, or one of the topic's stock."""
        return self._said(self.voice.ask(topic, count, rng), self.questions[topic], rng)

    def tickets(self, count: int, rng: np.random.Generator) -> pa.Array:
        """A case in own words, or one of the stock."""
        return self._said(self.voice.tickets(count, rng), self.cases, rng)

    def tasks(self, count: int, rng: np.random.Generator) -> pa.Array:
        """What an operator wants solved."""
        return self.voice.tasks(count, rng)

    def material(self, count: int, rng: np.random.Generator) -> pa.Array:
        """One of the passages of the stock: whether a request that pastes it recurs is up to the question."""
        return pick(self.passages, count, rng)

    def _said(self, asked: pa.Array, stock: pa.Array, rng: np.random.Generator) -> pa.Array:
        count = len(asked)
        first, second = ([pick(_SYLLABLES, count, rng) for _ in range(LENGTH)] for _ in range(2))
        own = join([asked, ", this is about ", *first, " ", *second], "")
        return pc.if_else(pa.array(rng.random(count) < self.share), own, pick(stock, count, rng))


_SYLLABLES = pa.array(SYLLABLES)


def own_words(voice: Voice, share: float, rng: np.random.Generator) -> OwnWords:
    """The voice with its stock drawn."""
    questions = tuple(voice.ask(topic, QUESTIONS, rng) for topic in range(voice.topics))
    return OwnWords(voice, share, questions, voice.tickets(CASES, rng), voice.material(PASSAGES, rng))
