"""Does anything that leaves a case quote a text that no member sent, or miscount who did?

Simulates small populations, investigates each, and writes of every reported group what people and
programs are given: report, dossier, `show`, `explain`, `account` and `appeal` of a member, a STIX bundle
with texts, and the texts for Neo4j. A quote is found by its first WIDTH characters, in prompts as they
were sent and in sentences as they are masked, of accounts outside the group alone. And of each text of the
report both numbers must be right, how many members sent it and how many others: exact texts are counted in
the source, templates and system prompts in the source with the near-duplicates that the case names. Which
sentences are near-duplicates the case does not say word for word: of these its own observations are counted,
and the source must not show more senders.
Run: `python benchmarks/quotes.py [--cases 10] [--accounts 600] [--interactions 6000]`.
"""

import argparse
import contextlib
import html
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pyarrow.parquet as pq

from linkage import Settings, investigate
from linkage.case import Case
from linkage.case.sent_texts import ALIKE
from linkage.cli.app import run
from linkage.graph.member_texts import member_texts
from linkage.lab.simulate import simulate
from linkage.prompts.sentences import sentences
from linkage.prompts.skeleton import skeleton
from linkage.share import export

PROFILES = ("mixed", "fixture", "careful", "sloppy", "hydra")
WIDTH = 40
"""Characters that are the same only where one text is quoted from the other."""

QUOTED = re.compile(
    r"<figcaption>(?P<said>\d+\. (?P<kind>Template|System prompt|Sentence|Exact text)(?:, masked)?:"
    r" sent [\d,]+ times? by (?P<members>[\d,]+) of [\d,]+ accounts? of the group;"
    r" (?:nobody else sent it|(?P<others>[\d,]+) other accounts? sent it, too))</figcaption>"
    r"<pre>(?P<text>.*?)</pre>",
    re.DOTALL,
)
"""How a report introduces a text, and the text."""

TAG = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)


@cache
def masked(text: str) -> str:
    """The skeleton of a text."""
    return skeleton(text, Settings().prompts).text


def plain(page: str, *, tags: bool = True) -> str:
    """A page as a reader sees it, in one line of small letters."""
    shown = html.unescape(TAG.sub(" ", page)) if tags else page
    return " ".join(shown.lower().split())


class Sent:
    """What each account sent."""

    def __init__(self, texts: Mapping[str, set[str]]) -> None:
        self.texts = texts

    @classmethod
    def of(cls, source: Path) -> "Sent":
        """What the accounts of a simulated source sent."""
        texts: dict[str, set[str]] = {}
        table = pq.read_table(next(source.glob("interactions*.parquet")))
        for row in table.select(["account", "prompt", "system_prompt"]).to_pylist():
            texts.setdefault(row["account"], set()).update({row["prompt"], row["system_prompt"]} - {None})
        return cls(texts)

    def foreign(self, members: set[str]) -> set[str]:
        """How texts begin that none of these accounts sent, whole or as part of a text of theirs."""
        own = {text for account in members for text in self.texts.get(account, ())}
        others = {text for texts in self.texts.values() for text in texts} - own
        ours = {each for account in members for each in self.read.get(account, ())}
        known = {text[at : at + WIDTH] for text in ours for at in range(len(text) - WIDTH + 1)}
        pieces = {plain(text, tags=False) for text in others}
        pieces |= {each for text in others for each in sentences(masked(text))}
        return {each[:WIDTH] for each in pieces if len(each) >= WIDTH} - known

    @cached_property
    def read(self) -> dict[str, set[str]]:
        """What each account sent, as a page shows it and masked."""
        return {
            account: {plain(text, tags=False) for text in texts} | {masked(text) for text in texts}
            for account, texts in self.texts.items()
        }

    @cached_property
    def skeletons(self) -> dict[str, set[str]]:
        """What each account sent, masked."""
        return {
            account: {plain(masked(text), tags=False) for text in texts}
            for account, texts in self.texts.items()
        }

    @cached_property
    def shown(self) -> dict[str, str]:
        """Of each text, as a page shows it and masked, its skeleton."""
        every = {text for texts in self.texts.values() for text in texts}
        skeletons = {text: plain(masked(text), tags=False) for text in every}
        return {own: own for own in skeletons.values()} | {
            plain(text, tags=False): own for text, own in skeletons.items()
        }

    def senders(self, text: str, *, whole: bool) -> set[str]:
        """The accounts that sent a text: as the whole of what they sent at once, or as a part of it."""
        return {
            account
            for account, texts in self.read.items()
            if (text in texts if whole else any(text in each for each in texts))
        }


@dataclass(frozen=True)
class Alike:
    """What a case counts as one text: of each skeleton its template; of each sentence that is the centre of a
    cluster who sent one of the cluster, as the observations say and, number alone, as the case says."""

    templates: Mapping[str, str]
    sentences: Mapping[str, tuple[set[str], int]]

    @classmethod
    def of(cls, case: Case) -> "Alike":
        """That of a case."""
        prompts = case.table("prompts").select(["skeleton", "template"]).to_pylist()
        holders: dict[str, set[str]] = {}
        seen = case.table("observations", {"trait": {"segment"}})
        for account, segment in zip(*(seen[name].to_pylist() for name in ("account", "value")), strict=True):
            holders.setdefault(segment, set()).add(account)
        return cls(
            {plain(row["skeleton"], tags=False): row["template"] for row in prompts if row["skeleton"]},
            {
                plain(row["example"], tags=False): (holders.get(row["segment"], set()), row["accounts"])
                for row in case.table("segments").to_pylist()
                if row["example"]
            },
        )

    def counts(
        self, kind: str, text: str, sent: Sent, members: set[str], *, cut: bool
    ) -> set[tuple[int, int]]:
        """How many members and how many others sent a text: of one that is cut, or of a sentence that is no
        centre, each number that can be meant."""
        if kind == "Sentence":
            wanted = [self.sentences[text]] if text in self.sentences else self._near(text)
            return {(len(own & members), every - len(own & members)) for own, every in wanted}
        begins = (lambda own: own.startswith(text)) if cut else (lambda own: own == text)
        meant = {self.templates.get(skeleton) for shown, skeleton in sent.shown.items() if begins(shown)} - {
            None
        }
        senders = [
            {
                account
                for account, own in sent.skeletons.items()
                if any(self.templates.get(each) == one for each in own)
            }
            for one in meant
        ]
        return {(len(by & members), len(by - members)) for by in senders}

    def _near(self, text: str) -> list[tuple[set[str], int]]:
        words = set(text.split())
        return [
            counted
            for centre, counted in self.sentences.items()
            if len(words & (own := set(centre.split()))) >= ALIKE * len(words | own)
        ]


def miscounted(page: str, sent: Sent, members: set[str], alike: Alike) -> tuple[int, list[str]]:
    """How many texts a report quotes, and those that were not sent as it says."""
    found = list(QUOTED.finditer(page))
    return len(found), [each["said"] for each in found if not _is_true(each, sent, members, alike)]


def _is_true(found: re.Match[str], sent: Sent, members: set[str], alike: Alike) -> bool:
    text, _, cut = html.unescape(TAG.sub("", found["text"])).partition("… (")
    exact = found["kind"] == "Exact text" and not cut
    by = sent.senders(plain(text, tags=False), whole=exact)
    if exact:
        # Two texts that differ in what is masked are one.
        by |= sent.senders(masked(text), whole=True)
    said = [int((found[name] or "0").replace(",", "")) for name in ("members", "others")]
    counted = [len(by & members), len(by - members)]
    if exact:
        return counted == said and counted[0] > 0
    if not 0 < counted[0] <= said[0] or counted[1] > said[1]:
        return False
    kind, shown = found["kind"], plain(text, tags=False)
    return kind == "Exact text" or tuple(said) in alike.counts(kind, shown, sent, members, cut=bool(cut))


def quoted(page: str, foreign: set[str]) -> set[str]:
    """The foreign texts that stand on a page."""
    return {page[at : at + WIDTH] for at in range(len(page) - WIDTH + 1)} & foreign


def printed(*command: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert run([*command]) == 0, command
    return out.getvalue()


def places(case: Case, group: str, members: list[str], out: Path) -> Iterator[tuple[str, str]]:
    """Each place where a group is told of, with what it says."""
    path, one, other = str(case.path), members[0], members[1]
    for name, more in (("report", ()), ("dossier", ("--dossier",))):
        printed("report", path, group, *more, "--out", str(out / f"{name}.html"))
        yield name, (out / f"{name}.html").read_text("utf-8")
    yield "show", printed("show", path, group)
    yield "explain", printed("explain", path, one, other, "--output", "json")
    yield "account", printed("account", path, one, "--output", "json")
    printed("appeal", path, one, "--out", str(out / "appeal.html"))
    yield "appeal", (out / "appeal.html").read_text("utf-8")
    yield "STIX", export.share(case, export.Wanted([group], "a provider", text=True)).content.decode()


@dataclass
class Tally:
    """What was looked at: reported groups; pages and foreign texts by place; quotes, and the untrue ones."""

    groups: int = 0
    looked: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    quotes: int = 0
    untrue: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another case, too."""
        self.groups += other.groups
        self.looked += other.looked
        self.foreign.update(other.foreign)
        self.quotes += other.quotes
        self.untrue += other.untrue


def counted(folder: Path, profile: str, seed: int, size: tuple[int, int]) -> Tally:
    """One case."""
    made = simulate(folder / "made", profile=profile, accounts=size[0], interactions=size[1], seed=seed)
    chosen = Settings.load(None, prompts={"encoder": "hashing"}, threads=1)
    case, sent = (
        Case(investigate(made.source, case=folder / "case", settings=chosen).path),
        Sent.of(made.source),
    )
    tally = Tally(len(case.findings))
    for group in [str(row["group"]) for row in case.findings]:
        members = [str(row["account"]) for row in case.members(group)]
        foreign = sent.foreign(set(members))
        for place, page in places(case, group, members, folder):
            tally.looked[place] += 1
            tally.foreign[place] += len(quoted(plain(page), foreign))
            if place == "report":
                quotes, untrue = miscounted(page, sent, set(members), Alike.of(case))
                tally.quotes += quotes
                tally.untrue += untrue
    everybody: set[str] = {row["account"] for row in [*case.groups, *case.unresolved]}
    foreign = sent.foreign(everybody)
    # One by one: the end of one text and the beginning of the next are nobody's.
    found = (quoted(plain(text), foreign) for text in member_texts(case).column("text").to_pylist())
    tally.looked["Neo4j"] += 1
    tally.foreign["Neo4j"] += len(set().union(*found))
    return tally


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--accounts", type=int, default=600)
    parser.add_argument("--interactions", type=int, default=6_000)
    asked = parser.parse_args()
    total = Tally()
    heads = ("case", "reported groups", "pages", "quotes of no member", "texts of the report", "said wrongly")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    for number in range(asked.cases):
        profile, seed = PROFILES[number % len(PROFILES)], number + 1
        with tempfile.TemporaryDirectory() as scratch:
            one = counted(Path(scratch), profile, seed, (asked.accounts, asked.interactions))
        total.add(one)
        cells = (one.groups, one.looked.total(), one.foreign.total(), one.quotes, len(one.untrue))
        print(f"| {profile} {seed} | {' | '.join(map(str, cells))} |", flush=True)
    print("\n| place | looked at | quotes of no member |\n|---|---|---|")
    for place, pages in total.looked.items():
        print(f"| {place} | {pages} | {total.foreign[place]} |")
    for said in total.untrue:
        print(f"not so: {said}")


if __name__ == "__main__":
    main()
