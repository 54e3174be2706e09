"""One run's means: the encoder, the judge with what is left of its budget, and what was cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.prompts.clusters import Items, Judge, Limits, cluster
from linkage.prompts.distinct import chosen
from linkage.prompts.encoder import Encoder
from linkage.prompts.neighbours import neighbours
from linkage.prompts.skeleton import words


@dataclass(frozen=True)
class Options:
    """The settings of this stage, under the names they have there."""

    same: float
    maybe: float
    judged_same: float
    max_judged: int
    neighbours: int
    max_representatives: int
    min_segment_words: int
    max_segments: int
    seed: int = 0


@dataclass(frozen=True)
class Pairs:
    """Near-duplicates by place, with similarity and method."""

    left: np.ndarray
    right: np.ndarray
    similarity: np.ndarray
    method: np.ndarray

    def named(self, places: np.ndarray) -> "Pairs":
        """The same pairs where item `i` is called `places[i]`."""
        return Pairs(places[self.left], places[self.right], self.similarity, self.method)


@dataclass(frozen=True)
class Found:
    """For each item the place of its cluster's medoid and how close it is to it; and the near pairs."""

    centre: np.ndarray
    similarity: np.ndarray
    pairs: Pairs


class Work:
    """Clusters texts or vectors within the limits of one run, and counts what the limits cut."""

    def __init__(self, encoder: Encoder, judge: Callable[[], Encoder] | None, options: Options) -> None:
        self._encoder = encoder
        self._judge = judge
        self._transformer: Encoder | None = None
        self._options = options
        self._budget = options.max_judged
        self.counts = dict.fromkeys(
            ("texts judged", "texts not compared", "searches that reached the cap"), 0
        )
        self.counts["pairs not judged"] = 0

    def find(self, texts: Sequence[str], weights: Sequence[int], ids: Sequence[str]) -> Found:
        """Clusters of masked texts by meaning; those beyond the most compared are left alone and counted."""
        read = [words(text) for text in texts]
        some = chosen(read, self._options.max_representatives)
        self.counts["texts not compared"] += len(texts) - len(some)
        part = [read[at] for at in some]
        items = Items(
            self._encoder.encode(part), np.asarray(weights, np.int64)[some], [ids[at] for at in some]
        )
        found = self._cluster(items, lambda pairs: self._ask(part, pairs))
        centre, similarity = np.arange(len(texts)), np.ones(len(texts), np.float32)
        centre[some], similarity[some] = some[found.centre], found.similarity
        return Found(centre, similarity, found.pairs.named(some))

    def expect(self, texts: Sequence[str]) -> None:
        """Loads the judge where two of these texts are neither the same for certain nor clearly different."""
        mine = self._options
        if self._able:
            rows = self._encoder.encode([words(text) for text in texts])
            found = neighbours(rows, k=mine.neighbours, at_least=mine.maybe, seed=mine.seed)
            if bool((found.similarity < np.float32(mine.same)).any()):
                self._loaded()

    def find_vectors(self, vectors: np.ndarray, weights: Sequence[int], ids: Sequence[str]) -> Found:
        """Clusters of given vectors; nobody can judge them, for there is no text."""
        found = self._cluster(Items(vectors, np.asarray(weights, np.int64), ids), None)
        found.pairs.method[:] = "embedding"
        return found

    def _cluster(self, items: Items, judge: Judge | None) -> Found:
        mine = self._options
        limits = Limits(mine.same, mine.maybe, mine.judged_same, self._budget, mine.neighbours, mine.seed)
        made = cluster(items, limits, judge if self._able else None)
        self._budget -= made.judged
        self.counts["texts judged"] += made.judged
        self.counts["searches that reached the cap"] += made.cut["neighbours"]
        self.counts["pairs not judged"] += made.cut["unjudged"] if judge else 0
        pairs = Pairs(made.left, made.right, made.near, made.method)
        return Found(made.medoid[made.label].astype(np.int64), made.similarity, pairs)

    @property
    def _able(self) -> bool:
        return self._judge is not None and self._budget > 1

    def _ask(self, texts: Sequence[str], pairs: list[tuple[int, int]]) -> np.ndarray:
        """The transformer's similarity of pairs of texts."""
        transformer = self._loaded()
        read = sorted({at for pair in pairs for at in pair})
        rows = dict(zip(read, transformer.encode([texts[at] for at in read]), strict=True))
        return np.array([np.sum(rows[left] * rows[right]) for left, right in pairs], np.float32)

    def _loaded(self) -> Encoder:
        """The transformer, made when it is first likely to be needed, not before."""
        if self._transformer is None:
            assert self._judge is not None
            self._transformer = self._judge()
        return self._transformer
