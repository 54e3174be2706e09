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
    own = _held(folder, accounts) if held is None else held
    return sent_by_each(folder, [Question(frozenset(value for value in values if value), own)])[0]


@dataclass(frozen=True)
class Question:
    """What some accounts sent: values that may be ids of texts, and account, trait and value of their
    observations."""

    values: frozenset[str]
    held: Iterable[Row]


def sent_by_each(folder: Path, questions: Sequence[Question]) -> list[dict[str, SentText]]:
    """The answers to several questions (see `sent_texts`). The tables of texts, which are most of a large
    case, are read once for all of them."""
    ids = frozenset[str]().union(*(each.values for each in questions))
    templates = _rows(folder, "templates", {"template": ids}, ("template", "accounts"))
    segments = _rows(folder, "segments", {"segment": ids}, ("segment", "example"))
    where = {"prompt": ids, "template": {row["template"] for row in templates}}
    prompts = _rows(folder, "prompts", where, ("prompt", "template", "accounts"))
    if not (templates or segments or prompts):
        return [{} for _each in questions]
    asked = [_Asked(each.held) for each in questions]
    sources: list[dict[str, Source | None]] = []
    by_prompt = {row["prompt"]: row for row in prompts}
    by_template: dict[str, list[Row]] = {}
    for row in prompts:
        by_template.setdefault(row["template"], []).append(row)
    for each, own in zip(questions, asked, strict=True):
        mine = [row for row in templates if row["template"] in each.values]
        of = {value: own.prompt(by_prompt[value]) for value in each.values & by_prompt.keys()}
        among = [row for template in mine for row in by_template.get(template["template"], ())]
        sources.append(of | own.templates(mine, among))
    centres = [
        {
            row["segment"]: row["example"]
            for row in segments
            if row["segment"] in each.values and row["example"]
        }
        for each in questions
    ]
    quoted = _quoted(folder, sources)
    return [one | more for one, more in zip(quoted, _sentences(folder, asked, centres), strict=True)]


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


def _quoted(folder: Path, sources: Sequence[Mapping[str, Source | None]]) -> list[dict[str, SentText]]:
    """For each question the prompts as they were sent where nobody else sent them, masked where others did;
    none if withheld."""
    of = [{value: source for value, source in each.items() if source} for each in sources]
    every = [source for each in of for source in each.values()]
    masked = _texts(folder, "skeleton", {prompt for prompt, others in every if others})
    whole = _texts(folder, "example", {prompt for prompt, others in every if not others})
    return [
        {
            value: SentText(text, masked=bool(others))
            for value, (prompt, others) in each.items()
            if (text := (masked if others else whole).get(prompt))
        }
        for each in of
    ]


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


def _sentences(
    folder: Path, asked: Sequence[_Asked], centres: Sequence[Mapping[str, str]]
) -> list[dict[str, SentText]]:
    """For each question the sentences as one of the accounts wrote them: the centre of its cluster where that
    is theirs, else the nearest of their sentences, if it is near."""
    found: list[dict[str, SentText]] = [{} for _each in asked]
    own: list[dict[str, set[str]]] = []
    # Of thousands of holders the first few mostly sent the centre: the others' prompts then stay unread.
    for most in (FIRST, None):
        wanted = [
            {segment: each.asked_by_holders(segment, most) for segment in texts.keys() - known.keys()}
            for each, texts, known in zip(asked, centres, found, strict=True)
        ]
        skeletons = _texts(
            folder, "skeleton", {prompt for each in wanted for of in each.values() for prompt in of}
        )
        own = [{segment: of & skeletons.keys() for segment, of in each.items()} for each in wanted]
        for mine, texts, known in zip(own, centres, found, strict=True):
            for segment, prompts in mine.items():
                if any(texts[segment] in skeletons[each] for each in prompts):
                    known[segment] = SentText(texts[segment], masked=True)
    for mine, texts, known in zip(own, centres, found, strict=True):
        rest = texts.keys() - known.keys()
        among = set[str]().union(*(mine[segment] for segment in rest))
        words = _Words({prompt: skeletons[prompt] for prompt in among})
        for segment in rest:
            if near := words.nearest(texts[segment], mine[segment]):
                known[segment] = SentText(near, masked=True)
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
