"""Which template each prompt belongs to, and how close it is to it: two numbers a prompt."""

import numpy as np
import pyarrow as pa

from linkage.arrays import DECIMALS, Ints
from linkage.prompts import columns
from linkage.prompts.clusterer import Clustering
from linkage.prompts.distinct import Distinct
from linkage.schema import content_id

NOWHERE = -1


class Places:
    """The template of each prompt, by number, and the similarity to it; prompts get theirs step by step.

    `template` has a number for each prompt, -1 while it has none; `similarity` is from 0 to 1.
    """

    def __init__(self, known: Distinct) -> None:
        self._known = known
        self._names = pa.chunked_array([], pa.string())
        self.template = np.full(known.count, NOWHERE, np.int64)
        self.similarity = np.ones(known.count)

    def named(self, names: pa.Array) -> Ints:
        """Numbers for further templates of these names."""
        self._names = pa.chunked_array([*self._names.chunks, names], pa.string())
        return np.arange(len(self._names) - len(names), len(self._names))

    def give(self, prompts: Ints, templates: Ints, similarity: np.ndarray) -> None:
        """These prompts belong to these templates."""
        self.template[prompts], self.similarity[prompts] = templates, similarity

    def give_around(self, prompts: Ints, found: Clustering) -> None:
        """Prompts that have no template get that of their cluster's medoid, or one named by the medoid."""
        had = self.template.copy()
        free = np.flatnonzero(had[prompts] == NOWHERE)
        medoid = prompts[found.centre[free]]
        alone, which = np.unique(medoid[had[medoid] == NOWHERE], return_inverse=True)
        templates = had[medoid]
        templates[templates == NOWHERE] = self._own(alone)[which]
        self.give(prompts[free], templates, found.similarity[free].astype(np.float64))

    def give_rest(self) -> None:
        """A prompt that is near nothing is a template of its own."""
        alone = np.flatnonzero(self.template == NOWHERE)
        self.give(alone, self._own(alone), np.ones(len(alone)))

    def medoids(self) -> Ints:
        """Of each template the prompt that is closest to it and most used."""
        placed = np.flatnonzero(self.template != NOWHERE)
        close = self.similarity[placed].round(DECIMALS)
        order = placed[np.lexsort((placed, -self._known.accounts[placed], -close, self.template[placed]))]
        first: Ints = order[np.searchsorted(self.template[order], np.arange(len(self._names)))]
        return first

    def membership(self, ids: pa.ChunkedArray) -> pa.Table:
        """prompt, template, similarity: a row for each prompt, in order."""
        templates = self._names.take(pa.array(self.template))
        return pa.table({"prompt": ids, "template": templates, "similarity": self.similarity.round(DECIMALS)})

    def medoid_table(self, ids: pa.ChunkedArray) -> pa.Table:
        """template, medoid: a row for each template, in the order of names."""
        made = pa.table({"template": self._names, "medoid": ids.take(pa.array(self.medoids()))})
        return made.sort_by("template")

    def _own(self, prompts: Ints) -> Ints:
        """Numbers for templates that are named by these prompts."""
        ids = self._known.ids(prompts)
        return self.named(columns.each(lambda one: content_id(["template", one]), ids, pa.string()))
