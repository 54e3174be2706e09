from collections import Counter

import numpy as np
import pytest

from linkage.lab.phrasing import BANK
from linkage.lab.templates import PLAIN, Disguise, around, draw_template, instructions
from linkage.lab.vocabulary import ASIDES, EVERYDAY, FILLER, TASKS, TICKETS
from linkage.lab.words import SLOTS


def words(text: str) -> Counter:
    return Counter(text.lower().replace(".", " ").replace(",", " ").replace("!", " ").split())


def changed(plain: str, other: str) -> float:
    before, after = words(plain), words(other)
    return 1 - sum((before & after).values()) / sum(before.values())


def sendings(disguise: Disguise, templates: int = 30, count: int = 40) -> list[tuple[str, list[str]]]:
    rng = np.random.default_rng(8)
    drawn = [draw_template(rng) for _ in range(templates)]
    return [
        (instructions(one, 1, PLAIN, rng)[0].as_py(), instructions(one, count, disguise, rng).to_pylist())
        for one in drawn
    ]


@pytest.mark.parametrize("strength", [0.1, 0.2, 0.3, 0.45])
def test_paraphrase_changes_that_share_of_words(strength: float) -> None:
    shares = [changed(plain, text) for plain, said in sendings(Disguise(strength)) for text in said]
    assert abs(float(np.mean(shares)) - strength) < 0.05


@pytest.mark.parametrize("share", [0.1, 0.2, 1 / 3])
def test_filler_is_that_share_of_words(share: float) -> None:
    found = [
        1 - len(plain.split()) / len(text.split())
        for plain, said in sendings(Disguise(0.0, share))
        for text in said
    ]
    assert abs(float(np.mean(found)) - share) < 0.05


def test_without_disguise_a_template_is_sent_word_for_word() -> None:
    assert all(set(said) == {plain} for plain, said in sendings(PLAIN))


def test_paraphrase_also_moves_sentences() -> None:
    said = sendings(Disguise(0.01))
    assert all(len({text[:12] for text in texts}) > 1 for _, texts in said)


def test_slots_stand_behind_the_label() -> None:
    rng = np.random.default_rng(1)
    template = draw_template(rng)
    said = instructions(template, 3, PLAIN, rng)
    for text in around(template, said, instructions(draw_template(rng), 3, PLAIN, rng)).to_pylist():
        assert f"{template.label}: " in text and said[0].as_py() in text


def test_templates_of_different_authors_differ() -> None:
    texts = [plain for plain, _ in sendings(PLAIN, templates=80, count=1)]
    assert len(set(texts)) == 80


def test_the_bank_has_wordings_and_patterns_name_known_slots() -> None:
    assert all(len(set(wordings)) >= 3 for phrases in BANK.values() for wordings in phrases)
    assert all(len(set(listed)) == len(listed) for listed in SLOTS.values())
    for pattern in (*TICKETS, *TASKS, *ASIDES, *FILLER, *(p for ps in EVERYDAY.values() for p in ps)):
        assert pattern.count("{") == pattern.count("}")
        assert all(part.split("}")[0] in SLOTS for part in pattern.split("{")[1:]), pattern
