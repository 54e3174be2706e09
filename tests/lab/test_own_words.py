"""How many prompts stay unique when they are masked."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from linkage.lab.own_words import own_words
from linkage.lab.prompt_sources import Grammar
from linkage.lab.simulate import simulate
from linkage.prompts.skeleton import skeleton
from linkage.settings.prompts import Prompts
from tests.lab.made import load


def unique(texts: list[str]) -> float:
    found = Counter(skeleton(text, Prompts()).id for text in texts)
    return sum(count == 1 for count in found.values()) / len(texts)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.75, 1.0])
def test_so_many_questions_and_tickets_are_in_own_words(share: float) -> None:
    voice, rng = own_words(Grammar(), share, np.random.default_rng(1)), np.random.default_rng(2)
    for texts in (voice.ask(4, 2_000, rng), voice.tickets(2_000, rng)):
        assert abs(unique(texts.to_pylist()) - share) < 0.04
    assert unique(voice.material(500, rng).to_pylist()) == 0
    assert unique(voice.tasks(200, rng).to_pylist()) > 0.3


def test_the_share_of_a_population_follows_and_its_work_stays(tmp_path: Path) -> None:
    shares, work = [], []
    for number, share in enumerate((0.1, 0.5, 0.9)):
        made = load(
            simulate(
                tmp_path / str(number),
                profile="sloppy",
                accounts=2_000,
                interactions=20_000,
                seed=3,
                unique_share=share,
            )
        )
        assert made.about["unique_share"] == share
        prompts = dict(made.rows("interactions", "interaction", "prompt"))
        shares.append(unique(list(prompts.values())))
        work.append({prompts[which] for which, (_, part) in made.sent.items() if part == "work"})
    assert [round(each, 1) for each in shares] == pytest.approx([0.3, 0.6, 0.9], abs=0.11)
    assert shares == sorted(shares) and work[0] == work[1] == work[2]
