"""The texts behind ids of prompts, templates and sentences, as given accounts sent them.

A case keeps one text of each prompt, template and sentence, and that may be another account's: two prompts of
one skeleton differ in what is masked, and the text of a template is that of its middle prompt. So a text is
quoted as it was sent only where nobody but the given accounts sent it. Where others did, too, the skeleton is
quoted, in which numbers, names of files, links and quotations are masked: these accounts sent it, and it
holds nothing that only others did.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage.case import parquet
from linkage.case.table import as_rows
from linkage.prompts.sentences import sentences

TRAITS = ("prompt", "template", "system_prompt", "segment")
"""Traits whose values are ids of texts."""

ALIKE = 0.5
"""Least share of words that a sentence of an account and the centre of its cluster have in common."""

FIRST = 8
"""Holders of a sentence whose prompts are searched for it before those of all."""

Row = Mapping[str, Any]
Source = tuple[str, int]
"""The prompt that a text is taken from, and how many accounts sent it that nobody asked about."""


@dataclass(frozen=True)
class SentText:
    """A text that at least one of the given accounts sent; `masked`: its slots are."""

    text: str
    masked: bool


def sent_texts(
    folder: Path,
    accounts: Collection[str],
    values: Iterable[str | None],
    *,
    held: Iterable[Row] | None = None,
) -> dict[str, SentText]:
    """The text of those values that are ids, as these accounts sent it.

    A value is left out where the case does not show that one of these accounts sent it. `held`: account,
    trait and value of their observations, where these have been read already.
    """
    ids = {value for value in values if value}
    templates = _rows(folder, "templates", {"template": ids}, ("template", "accounts"))
    segments = _rows(folder, "segments", {"segment": ids}, ("segment", "example"))
    where = {"prompt": ids, "template": {row["template"] for row in templates}}
    prompts = _rows(folder, "prompts", where, ("prompt", "template", "accounts"))
    if not (templates or segments or prompts):
        return {}
    asked = _Asked(_held(folder, accounts) if held is None else held)
    sources = {row["prompt"]: asked.prompt(row) for row in prompts if row["prompt"] in ids}
    sources |= asked.templates(templates, prompts)
    return _quoted(folder, sources) | _sentences(folder, asked, segments)


def _rows(
    folder: Path, name: str, where: parquet.Where, columns: Sequence[str], plain: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Rows of a table that have a wanted value in a named column; none where a case of an earlier version has
    no such table."""
    path = folder / f"{name}.parquet"
    if not any(where.values()) or not path.exists():
        return []
    return as_rows(parquet.read_encoded(path, where, columns, plain=plain, any_of=True))


def _held(folder: Path, accounts: Collection[str]) -> list[dict[str, Any]]:
    """Account, trait and value of the observations of texts."""
    where = {"account": set(accounts), "trait": TRAITS}
    columns = ("account", "trait", "value")
    return as_rows(parquet.read_encoded(folder / "observations.parquet", where, columns))


def _quoted(folder: Path, sources: Mapping[str, Source | None]) -> dict[str, SentText]:
    """Prompts as they were sent where nobody else sent them, masked where others did; none if withheld."""
    of = {value: source for value, source in sources.items() if source}
    masked = _texts(folder, "skeleton", {prompt for prompt, others in of.values() if others})
    whole = _texts(folder, "example", {prompt for prompt, others in of.values() if not others})
    found = {value: (masked if others else whole).get(prompt) for value, (prompt, others) in of.items()}
    return {value: SentText(text, masked=bool(of[value][1])) for value, text in found.items() if text}


def _texts(folder: Path, column: str, prompts: Collection[str]) -> dict[str, str]:
    """One column of texts of prompts: reading one that nobody needs takes long."""
    rows = _rows(folder, "prompts", {"prompt": prompts}, ("prompt", column), plain=("prompt", column))
    return {row["prompt"]: row[column] for row in rows if row[column]}


class _Asked:
    """What the given accounts sent, by id."""

    def __init__(self, held: Iterable[Row]) -> None:
        self.holders: dict[str, set[str]] = {}
        self.prompts: dict[str, set[str]] = {}
        """Of each account the prompts it asked."""
        for row in held:
            if row["trait"] in TRAITS:
                self.holders.setdefault(row["value"], set()).add(row["account"])
            if row["trait"] == "prompt":
                self.prompts.setdefault(row["account"], set()).add(row["value"])

    def prompt(self, row: Row) -> Source | None:
        """A prompt that one of the accounts asked."""
        own = self.holders.get(row["prompt"], ())
        return (row["prompt"], row["accounts"] - len(own)) if own else None

    def templates(self, rows: Sequence[Row], prompts: Sequence[Row]) -> dict[str, Source | None]:
        """Of each template its prompt that most of the accounts sent; `prompts` has all prompts of each."""
        of: dict[str, list[Row]] = {row["template"]: [] for row in rows}
        for each in prompts:
            if each["template"] in of:
                of[each["template"]].append(each)
        return {row["template"]: self._template(row, of[row["template"]]) for row in rows}

    def _template(self, row: Row, prompts: Sequence[Row]) -> Source | None:
        own = len(self.holders.get(row["template"], ()))
        others = row["accounts"] - own
        if asked := [each for each in prompts if each["prompt"] in self.holders]:
            most = min(
                asked, key=lambda each: (-len(self.holders[each["prompt"]]), each["accounts"], each["prompt"])
            )
            return self.prompt(most)
        # Who sent which system prompt is not kept. More accounts than there are others: one of these did.
        certain = [each for each in prompts if own and each["accounts"] > others]
        first = min(certain, key=lambda each: (-each["accounts"], each["prompt"]), default=None)
        return (first["prompt"], others) if first else None

    def asked_by_holders(self, segment: str, most: int | None = None) -> set[str]:
        """The prompts of those of the accounts that hold a sentence, or of the first few of these."""
        # That nobody else holds it proves nothing: its centre may stand in another account's system prompt.
        holders = sorted(self.holders.get(segment, ()))[:most]
        return set().union(*(self.prompts.get(account, ()) for account in holders))


# --- sentences -----------------------------------------------------------------------------------


def _sentences(folder: Path, asked: _Asked, segments: Sequence[Row]) -> dict[str, SentText]:
    """Sentences as one of the accounts wrote them: the centre of its cluster where that is theirs, else the
    nearest of their sentences, if it is near."""
    centres = {row["segment"]: row["example"] for row in segments if row["example"]}
    found: dict[str, SentText] = {}
    # Of thousands of holders the first few mostly sent the centre: the others' prompts then stay unread.
    for most in (FIRST, None):
        rest = centres.keys() - found.keys()
        wanted = {segment: asked.asked_by_holders(segment, most) for segment in rest}
        skeletons = _texts(folder, "skeleton", set().union(*wanted.values()))
        own = {segment: prompts & skeletons.keys() for segment, prompts in wanted.items()}
        for segment in rest:
            if any(centres[segment] in skeletons[each] for each in own[segment]):
                found[segment] = SentText(centres[segment], masked=True)
    rest = centres.keys() - found.keys()
    among = set().union(*(own[segment] for segment in rest))
    words = _Words({prompt: skeletons[prompt] for prompt in among})
    for segment in rest:
        if near := words.nearest(centres[segment], own[segment]):
            found[segment] = SentText(near, masked=True)
    return found


class _Words:
    """The sentences of some skeletons, found by their words."""

    def __init__(self, skeletons: Mapping[str, str]) -> None:
        self.homes: dict[str, set[str]] = {}
        """Of each sentence the prompts it stands in."""
        for prompt, text in skeletons.items():
            for each in sentences(text):
                self.homes.setdefault(each, set()).add(prompt)
        self.words = {each: set(each.split()) for each in self.homes}
        self.having: dict[str, list[str]] = {}
        for each, own in self.words.items():
            for word in own:
                self.having.setdefault(word, []).append(each)

    def nearest(self, sentence: str, prompts: Collection[str]) -> str:
        """The sentence of these prompts that has most words in common with this one; empty where none has
        enough."""
        words = set(sentence.split())
        # Whatever is near has at least one of these (prefix filter: Chaudhuri, Ganti, Kaushik 2006).
        rarest = sorted(words, key=lambda word: len(self.having.get(word, ())))
        rarest = rarest[: int((1 - ALIKE) * len(words)) + 1]
        candidates = {each for word in rarest for each in self.having.get(word, ())}
        near = {
            each: len(words & self.words[each]) / len(words | self.words[each])
            for each in candidates
            if not self.homes[each].isdisjoint(prompts)
        }
        best = min(near, key=lambda each: (-near[each], each), default="")
        return best if best and near[best] >= ALIKE else ""
