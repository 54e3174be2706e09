"""Conversations written as one text, with marks where a turn begins and ends, as models are given them."""

import re
from typing import NamedTuple

from linkage.ingest.conversations.turns import ROLES, Turn


class _Marks(NamedTuple):
    begin: str
    said: str
    end: tuple[str, ...]


FORMATS = (
    _Marks("<|im_start|>", "\n", ("<|im_end|>",)),
    _Marks("<|start_header_id|>", "<|end_header_id|>", ("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>")),
    _Marks("<|start|>", "<|message|>", ("<|end|>", "<|return|>", "<|call|>")),
)
"""ChatML, Llama 3 and Harmony: what opens a turn, what parts its role from its text, what closes it."""

_ROLE_MARKS = re.compile(r"<\|(system|user|assistant)\|>")
_HUMAN = re.compile(r"\n\n(Human|Assistant):")
_INSTRUCTION, _ANSWER = "[INST]", "[/INST]"
_SYSTEM, _SYSTEM_END = "<<SYS>>", "<</SYS>>"


def marked_turns(text: str) -> list[Turn]:
    """The turns of a marked text, none for any other. Linear in its length."""
    start = text.lstrip()
    if start.startswith("<|"):
        for marks in FORMATS:
            if marks.begin in start:
                return _by_marks(start, marks)
        return _by_pairs(_ROLE_MARKS.split(start))
    if start.startswith(("<s>", _INSTRUCTION)) and _INSTRUCTION in start and _ANSWER in start:
        return _instructed(start)
    return []


def human_turns(text: str) -> list[Turn]:
    """The turns of a text for completion with `Human:` and `Assistant:`; none where it only mentions them."""
    pieces = _HUMAN.split("\n\n" + text.lstrip("\n"))
    return _by_pairs(pieces) if {"Human", "Assistant"} <= set(pieces[1::2]) else []


def _by_marks(text: str, marks: _Marks) -> list[Turn]:
    pairs = [""]
    for piece in text.split(marks.begin)[1:]:
        head, _, rest = piece.partition(marks.said)
        for end in marks.end:
            rest = rest.partition(end)[0]
        pairs.extend([(head.split() or [""])[0].partition("<|")[0], rest])
    return _by_pairs(pairs)


def _by_pairs(pieces: list[str]) -> list[Turn]:
    """Turns of role and text by turns, after what stands before the first role."""
    made = []
    for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
        role, text = (
            ROLES.get(name.strip().lower()),
            said.strip().removesuffix("</s>").removesuffix("<|end|>"),
        )
        if role is not None and text.strip():
            made.append(Turn(role, (text.strip(),)))
    return made


def _instructed(text: str) -> list[Turn]:
    pairs = [""]
    for piece in text.split(_INSTRUCTION)[1:]:
        asked, _, answer = piece.partition(_ANSWER)
        if asked.lstrip().startswith(_SYSTEM) and _SYSTEM_END in asked:
            system, _, asked = asked.lstrip().removeprefix(_SYSTEM).partition(_SYSTEM_END)
            pairs.extend(["system", system])
        pairs.extend(["user", asked, "assistant", answer.partition("</s>")[0]])
    return _by_pairs(pairs)
