"""Applications' prompts: each has its own template, drawn one after the other or all together."""

import numpy as np
import pytest

from linkage.lab import applications
from linkage.lab.applications import speak_applications
from linkage.lab.prompt_sources import Grammar
from linkage.lab.templates import PLAIN, draw_template, instructions, plain_text

NUMBERS = np.arange(400, dtype=np.int64).repeat(3)[::-1].copy()


def frames() -> list[tuple[str, str, str | None]]:
    """Text before and after the slot, and system prompt, of each application as its author wrote it."""
    found = []
    for number in range(400):
        author = np.random.default_rng([9, 71, number])
        template, in_system = draw_template(author), author.random() < 0.5
        text = instructions(template, 1, PLAIN, np.random.default_rng(0))[0].as_py()
        if in_system:
            found.append(("", "", text))
        elif template.slot_first:
            found.append((f"{template.label}: ", f"\n\n{text}", None))
        else:
            found.append((f"{text}\n\n{template.label}: ", "", None))
    return found


@pytest.mark.parametrize("apart", [0, 400])
def test_every_application_speaks_around_its_slots(monkeypatch: pytest.MonkeyPatch, apart: int) -> None:
    monkeypatch.setattr(applications, "APART", apart)
    prompts, systems = speak_applications(Grammar(), 9, NUMBERS, np.random.default_rng(4))
    written, slots = frames(), []
    for number, prompt, system in zip(
        NUMBERS.tolist(), prompts.to_pylist(), systems.to_pylist(), strict=True
    ):
        before, after, whole = written[number]
        assert system == whole and prompt.startswith(before) and prompt.endswith(after)
        slots.append(prompt[len(before) : len(prompt) - len(after)])
    assert len({system for system in systems.to_pylist() if system}) > 150
    assert len(set(slots)) > 0.95 * len(slots) and "" not in slots


def test_plain_text_is_what_an_undisguised_sending_says() -> None:
    for seed in range(50):
        template = draw_template(np.random.default_rng(seed))
        text = plain_text(template)
        assert text[0].isupper() and text.endswith(".")
        assert text.count("\n" if template.lines else ". ") >= len(template.sentences) - 1
        for sentence in template.sentences:
            assert all(wordings[0][1:] in text for wordings in sentence.phrases)
