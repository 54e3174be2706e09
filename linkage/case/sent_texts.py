"""The texts behind ids of prompts, templates and sentences, as given accounts sent them.

A case keeps one text of each prompt, template and sentence, and that may be another account's: two prompts of
one skeleton differ in what is masked, and the text of a template is that of its middle prompt. So a text is
quoted as it was sent only where nobody but the given accounts sent it. Where others did, too, the skeleton is
quoted, in which numbers, names of files, links and quotations are masked: these accounts sent it, and it
holds nothing that only others did.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from linkage.case import parquet
from linkage.case.table import as_rows
from linkage.prompts.skeleton import sentences
from linkage.schema import CASE

TRAITS = ("prompt", "template", "system_prompt", "segment")
"""Traits whose values are ids of texts."""

ALIKE = 0.5
"""Least share of words that a sentence of an account and the centre of its cluster have in common."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class SentText:
    """A text that at least one of the given accounts sent; `masked`: its slots are."""

    text: str
    masked: bool


def sent_texts(folder: Path, accounts: Collection[str], values: Iterable[str | None]) -> dict[str, SentText]:
    """The text of those values that are ids, as these accounts sent it.

    A value is left out where the case does not show that one of these accounts sent it.
    """
    ids = {value for value in values if value}
    known = {
        name: _rows(folder, name, CASE[name].key[0], ids) for name in ("prompts", "templates", "segments")
    }
    if not any(known.values()):
        return {}
    asked = _Asked(folder, accounts)
    found = {row["prompt"]: asked.prompt(row) for row in known["prompts"]}
    found |= asked.templates(known["templates"])
    found |= {row["segment"]: asked.sentence(row) for row in known["segments"]}
    return {value: text for value, text in found.items() if text}


def _rows(folder: Path, name: str, column: str, wanted: Collection[str]) -> list[dict[str, Any]]:
    """Rows of a table by one column; none where a case of an earlier version has no such table."""
    path = folder / f"{name}.parquet"
    if not wanted or not path.exists():
        return []
    columns = [each for each in CASE[name].schema.names if each not in ("first_at", "last_at")]
    return as_rows(parquet.read_encoded(path, {column: wanted}, columns, plain=columns))


class _Asked:
    """What the given accounts sent, by id."""

    def __init__(self, folder: Path, accounts: Collection[str]) -> None:
        self.folder = folder
        where = {"account": set(accounts), "trait": TRAITS}
        held = parquet.read_encoded(
            folder / "observations.parquet", where, ("account", "trait", "value"), plain=("value",)
        )
        self.holders: dict[str, set[str]] = {}
        self.prompts: dict[str, set[str]] = {}
        """Of each account the prompts it asked."""
        for row in as_rows(held):
            self.holders.setdefault(row["value"], set()).add(row["account"])
            if row["trait"] == "prompt":
                self.prompts.setdefault(row["account"], set()).add(row["value"])

    def prompt(self, row: Row) -> SentText | None:
        """A prompt that one of the accounts asked."""
        own = self.holders.get(row["prompt"], ())
        return _text(row, others=row["accounts"] - len(own)) if own else None

    def templates(self, rows: Sequence[Row]) -> dict[str, SentText | None]:
        """Of each template its prompt that most of the accounts sent."""
        prompts = _rows(self.folder, "prompts", "template", {row["template"] for row in rows})
        of: dict[str, list[Row]] = {row["template"]: [] for row in rows}
        for each in prompts:
            of[each["template"]].append(each)
        return {row["template"]: self._template(row, of[row["template"]]) for row in rows}

    def _template(self, row: Row, prompts: Sequence[Row]) -> SentText | None:
        own = len(self.holders.get(row["template"], ()))
        others = row["accounts"] - own
        if asked := [each for each in prompts if each["prompt"] in self.holders]:
            most = min(
                asked, key=lambda each: (-len(self.holders[each["prompt"]]), each["accounts"], each["prompt"])
            )
            return self.prompt(most)
        # Who sent which system prompt is not kept. More accounts than there are others: one of these did.
        certain = [each for each in prompts if own and each["accounts"] > others]
        first = sorted(certain, key=lambda each: (-each["accounts"], each["prompt"]))[:1]
        return next((_text(each, others=others) for each in first), None)

    def sentence(self, row: Row) -> SentText | None:
        """A sentence as one of the accounts wrote it: the centre of its cluster where that is theirs, else
        the nearest of their sentences, if it is near."""
        own = self.holders.get(row["segment"], set())
        if not own or not row["example"]:
            return None
        # That nobody else holds it proves nothing: its centre may stand in another account's system prompt.
        wanted = set().union(*(self.prompts.get(account, ()) for account in own))
        texts = [self.skeletons[each] for each in sorted(wanted & self.skeletons.keys())]
        if any(row["example"] in text for text in texts):
            return SentText(row["example"], masked=True)
        near = _nearest(row["example"], texts)
        return SentText(near, masked=True) if near else None

    @cached_property
    def skeletons(self) -> dict[str, str]:
        """The skeleton of each prompt that one of the accounts asked, where it is known."""
        rows = _rows(self.folder, "prompts", "prompt", set().union(*self.prompts.values()))
        return {row["prompt"]: row["skeleton"] for row in rows if row["skeleton"]}


def _text(row: Row, *, others: int) -> SentText | None:
    """A prompt as it was sent where nobody else sent it, masked where `others` did; None where withheld."""
    text = row["skeleton"] if others else row["example"]
    return SentText(text, masked=bool(others)) if text else None


def _nearest(sentence: str, texts: Iterable[str]) -> str:
    """The sentence of these texts that has most words in common with this one; empty where none has
    enough."""
    words = set(sentence.split())
    found = {each for text in texts for each in sentences(text)}
    near = {each: len(words & set(each.split())) / len(words | set(each.split())) for each in found}
    best = min(near, key=lambda each: (-near[each], each), default="")
    return best if best and near[best] >= ALIKE else ""
