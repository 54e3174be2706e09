"""Clusters texts by meaning with one run's encoder, judge and budget, and counts what the limits cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.prompts import columns
from linkage.prompts.clusters import Items, Judge, cluster
from linkage.prompts.distinct import representatives
from linkage.prompts.encoder import Encoder
from linkage.prompts.neighbours import neighbours
from linkage.prompts.skeleton import words
from linkage.settings.prompts import Prompts as PromptSettings

Texts: TypeAlias = Sequence[str] | pa.Array


@dataclass(frozen=True)
class NearPairs:
    """Near-duplicates by place, with similarity and method."""

    left: np.ndarray
    right: np.ndarray
    similarity: np.ndarray
    method: np.ndarray

    def named(self, places: np.ndarray) -> "NearPairs":
        """The same pairs where item `i` is called `places[i]`."""
        return NearPairs(places[self.left], places[self.right], self.similarity, self.method)


@dataclass(frozen=True)
class Clustering:
    """For each item the place of its cluster's medoid and how close it is to it; and the near pairs."""

    centre: np.ndarray
    similarity: np.ndarray
    pairs: NearPairs


class Clusterer:
    """Clusters texts or vectors within the limits of one run; `counts` has what the limits cut.

    `judge` makes the slow encoder that decides between `maybe` and `same`, when it is first needed.
    """

    def __init__(
        self, encoder: Encoder, judge: Callable[[], Encoder] | None, chosen: PromptSettings, *, seed: int
    ) -> None:
        self._encoder = encoder
        self._judge = judge
        self._transformer: Encoder | None = None
        self._chosen, self._seed = chosen, seed
        self._left = chosen.max_judged
        self.counts = dict.fromkeys(
            ("texts judged", "texts not compared", "searches that reached the cap"), 0
        )
        self.counts["pairs not judged"] = 0

    def find(self, texts: Texts, weights: Sequence[int] | Ints, ids: Texts) -> Clustering:
        """Clusters of masked texts by meaning; those beyond the most compared are left alone and counted."""
        read = _read(texts)
        some = representatives(read, self._chosen)
        self.counts["texts not compared"] += len(texts) - len(some)
        part, named = columns.chosen(read, some), columns.chosen(columns.texts(ids), some)
        weight = np.asarray(weights, np.int64)[some]
        found = self._cluster(Items(self._encoded(part), weight, named), lambda pairs: self._ask(part, pairs))
        centre, similarity = np.arange(len(texts)), np.ones(len(texts), np.float32)
        centre[some], similarity[some] = some[found.centre], found.similarity
        return Clustering(centre, similarity, found.pairs.named(some))

    def _encoded(self, texts: pa.Array) -> np.ndarray:
        """Their vectors. No text's depends on its neighbours, so some at a time are read."""
        pieces = columns.pieces(texts)
        first = self._encoder.encode(next(pieces, []))
        rows, at = np.empty((len(texts), first.shape[1]), np.float32), len(first)
        rows[:at] = first
        for some in pieces:
            rows[at : at + len(some)] = self._encoder.encode(some)
            at += len(some)
        return rows

    def expect(self, texts: Texts) -> None:
        """Loads the judge where two of these texts are neither the same for certain nor clearly different."""
        chosen = self._chosen
        if self._able:
            rows = self._encoded(_read(texts))
            found = neighbours(
                rows, chosen.search, k=chosen.neighbours, at_least=chosen.maybe, seed=self._seed
            )
            if bool((found.similarity < np.float32(chosen.same)).any()):
                self._loaded()

    def find_vectors(self, vectors: np.ndarray, weights: Sequence[int] | Ints, ids: Texts) -> Clustering:
        """Clusters of given vectors; nobody can judge them, for there is no text."""
        found = self._cluster(Items(vectors, np.asarray(weights, np.int64), columns.texts(ids)), None)
        found.pairs.method[:] = "embedding"
        return found

    def _cluster(self, items: Items, judge: Judge | None) -> Clustering:
        limits = self._chosen.model_copy(update={"max_judged": self._left})
        made = cluster(items, limits, judge if self._able else None, seed=self._seed)
        self._left -= made.judged
        self.counts["texts judged"] += made.judged
        self.counts["searches that reached the cap"] += made.cut["neighbours"]
        self.counts["pairs not judged"] += made.cut["unjudged"] if judge else 0
        pairs = NearPairs(made.left, made.right, made.near, made.method)
        return Clustering(made.medoid[made.label].astype(np.int64), made.similarity, pairs)

    @property
    def _able(self) -> bool:
        return self._judge is not None and self._left > 1

    def _ask(self, texts: pa.Array, pairs: list[tuple[int, int]]) -> np.ndarray:
        """The transformer's similarity of pairs of texts."""
        transformer = self._loaded()
        read = sorted({at for pair in pairs for at in pair})
        rows = dict(zip(read, transformer.encode(texts.take(pa.array(read)).to_pylist()), strict=True))
        return np.array([np.sum(rows[left] * rows[right]) for left, right in pairs], np.float32)

    def _loaded(self) -> Encoder:
        """The transformer, made when it is first likely to be needed, not before."""
        if self._transformer is None:
            assert self._judge is not None
            self._transformer = self._judge()
        return self._transformer


def _read(texts: Texts) -> pa.Array:
    """What of masked texts an encoder should read."""
    return columns.each(words, columns.texts(texts), pa.large_string())
