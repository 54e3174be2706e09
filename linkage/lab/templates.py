"""Templates: a few sentences around a slot, and an adversary's ways to disguise that they recur."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.lab.phrasing import BANK, LABELS, SHAPES
from linkage.lab.text_columns import fill_any, join, pick, scatter
from linkage.lab.vocabulary import FILLER

CHANGED_PER_SWAP = 0.83
"""Share of a phrase's words that differ after a swap, measured over the bank; knobs speak of words."""

MOVED = 0.4
"""Share of sentences whose last clause comes first, once a template is paraphrased at all."""

COPIED_AT_MOST = 3
"""Last sentences of every template that state rules and the reply's form, before them stands the task."""

FILLER_WORDS = 9.0
"""Mean length of a filler sentence in words, measured."""


@dataclass(frozen=True)
class Sentence:
    """Phrases in order, each with its wordings; wording 0 is the one its author chose."""

    phrases: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> int:
        """Length in words of the author's wording."""
        return sum(len(wordings[0].split()) for wordings in self.phrases)


@dataclass(frozen=True)
class Template:
    """Sentences, the label before the slot, and whether the slot comes first."""

    sentences: tuple[Sentence, ...]
    label: str
    lines: bool
    slot_first: bool


@dataclass(frozen=True)
class Disguise:
    """How strongly one sending differs from the next: share of words changed, share of filler words."""

    paraphrase: float = 0.0
    filler: float = 0.0


PLAIN = Disguise()


def draw_template(rng: np.random.Generator) -> Template:
    """A template as one author would write it: a role, the task, two or three rules, the reply's form."""
    kinds = [*([0] if rng.random() < 0.7 else []), 1, *[2] * int(rng.integers(2, 4)), 3]
    sentences = tuple(_draw_sentence(kind, rng) for kind in kinds)
    label = LABELS[int(rng.integers(len(LABELS)))]
    return Template(sentences, label, bool(rng.random() < 0.4), bool(rng.random() < 0.2))


def with_others_rules(
    template: Template, others: Sequence[Template], share: float, rng: np.random.Generator
) -> Template:
    """The template with a share of its last sentences (two rules, the reply's form) taken from others.

    A sentence stands in the place it had there. Role and task stay the author's own.
    """
    sentences = list(template.sentences)
    for place in range(-COPIED_AT_MOST, 0):
        other = others[int(rng.integers(len(others)))]
        if rng.random() < share:
            sentences[place] = other.sentences[place]
    return replace(template, sentences=tuple(sentences))


def _draw_sentence(kind: int, rng: np.random.Generator) -> Sentence:
    shape = SHAPES[kind][int(rng.integers(len(SHAPES[kind])))]
    return Sentence(tuple(_draw_phrase(category, rng) for category in shape))


def _draw_phrase(category: str, rng: np.random.Generator) -> tuple[str, ...]:
    wordings = BANK[category][int(rng.integers(len(BANK[category])))]
    first = int(rng.integers(len(wordings)))
    return wordings[first:] + wordings[:first]


def instructions(template: Template, count: int, disguise: Disguise, rng: np.random.Generator) -> pa.Array:
    """`count` sendings of a template's sentences, disguised."""
    if disguise == PLAIN:
        skip_wordings(template, count, rng)
        return pa.repeat(plain_text(template), count)
    said = [_say(sentence, count, disguise, rng) for sentence in template.sentences]
    if disguise.filler:
        said = [
            _pad(text, sentence, disguise, rng)
            for text, sentence in zip(said, template.sentences, strict=True)
        ]
    between = "\n" if template.lines else " "
    if not disguise.paraphrase or len(said) < 4:
        return join(said, between)
    return _reordered(said, between, rng)


def plain_text(template: Template) -> str:
    """The sentences in the author's own wording."""
    said = [" ".join(wordings[0] for wordings in sentence.phrases) for sentence in template.sentences]
    return ("\n" if template.lines else " ").join(f"{text[:1].upper()}{text[1:]}." for text in said)


def skip_wordings(template: Template, count: int, rng: np.random.Generator) -> None:
    """Draw the wordings of `count` sendings in vain: no disguise shall change what is drawn after them."""
    for sentence in template.sentences:
        for wordings in sentence.phrases:
            rng.integers(1, len(wordings), count)
            rng.random(count)


def around(template: Template, sentences: pa.Array, slots: pa.Array) -> pa.Array:
    """Put slot contents under or above the sentences, behind the template's label."""
    if template.slot_first:
        return join([f"{template.label}: ", slots, "\n\n", sentences], "")
    return join([sentences, f"\n\n{template.label}: ", slots], "")


def _say(sentence: Sentence, count: int, disguise: Disguise, rng: np.random.Generator) -> pa.Array:
    swap = min(1.0, disguise.paraphrase / CHANGED_PER_SWAP)
    said = [_word(wordings, count, swap, rng) for wordings in sentence.phrases]
    straight = join([_capital(said[0]), *said[1:]], " ")
    if not disguise.paraphrase or len(said) < 3:
        return join([straight, "."], "")
    turned = join([join([_capital(said[-1]), said[0]], ", "), *said[1:-1]], " ")
    chosen = pc.if_else(pa.array(rng.random(count) < MOVED), turned, straight)
    return join([chosen, "."], "")


def _word(wordings: tuple[str, ...], count: int, swap: float, rng: np.random.Generator) -> pa.Array:
    other = rng.integers(1, len(wordings), count)
    return pa.array(wordings).take(pa.array(np.where(rng.random(count) < swap, other, 0)))


def _capital(text: pa.Array) -> pa.Array:
    first = pc.utf8_upper(pc.utf8_slice_codeunits(text, 0, 1))
    return join([first, pc.utf8_slice_codeunits(text, 1)], "")


def _pad(text: pa.Array, sentence: Sentence, disguise: Disguise, rng: np.random.Generator) -> pa.Array:
    wanted = disguise.filler / (1 - disguise.filler) * sentence.words / FILLER_WORDS
    count = len(text)
    for _ in range(int(np.ceil(wanted))):
        chance = wanted / np.ceil(wanted)
        text = pc.if_else(pa.array(rng.random(count) < chance), _with_filler(text, rng), text)
    return text


def _with_filler(text: pa.Array, rng: np.random.Generator) -> pa.Array:
    count = len(text)
    filler = join([fill_any(FILLER, count, rng), pick(pa.array([".", "!", "."]), count, rng)], "")
    before = pa.array(rng.random(count) < 0.5)
    return pc.if_else(before, join([filler, text], " "), join([text, filler], " "))


def _reordered(said: list[pa.Array], between: str, rng: np.random.Generator) -> pa.Array:
    # Four orders are enough that no order identifies the template; rules are what an author can permute.
    orders = [list(range(len(said))), *(list(rng.permutation(len(said))) for _ in range(3))]
    chosen = rng.integers(0, len(orders), len(said[0]))
    rows = [np.flatnonzero(chosen == index) for index in range(len(orders))]
    pieces = [
        join([said[place].take(pa.array(where)) for place in order], between)
        for order, where in zip(orders, rows, strict=True)
    ]
    return scatter(rows, pieces)
