"""Does anything that leaves a case quote a text that no member sent? Counts such quotes, place by place.

Simulates small populations, investigates each, and writes of every reported group what people and
programs are given: report, dossier, `show`, `explain`, `account` and `appeal` of a member, a STIX bundle
with texts, and the texts for Neo4j. A quote is found by its first WIDTH characters, in prompts as they
were sent and in sentences as they are masked, of accounts outside the group alone.
Run: `python benchmarks/quotes.py [--cases 10] [--accounts 300] [--interactions 3000]`.
"""

import argparse
import contextlib
import html
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from linkage import Settings, investigate
from linkage.case import Case
from linkage.cli.app import run
from linkage.graph.member_texts import member_texts
from linkage.lab.simulate import simulate
from linkage.prompts.sentences import sentences
from linkage.prompts.skeleton import skeleton
from linkage.share import export

PROFILES = ("mixed", "fixture", "careful")
WIDTH = 40
"""Characters that are the same only where one text is quoted from the other."""

TAG = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)


@cache
def masked(text: str) -> str:
    """The skeleton of a text."""
    return skeleton(text, Settings().prompts).text


def plain(page: str) -> str:
    """A page as a reader sees it, in one line of small letters."""
    return " ".join(html.unescape(TAG.sub(" ", page)).lower().split())


class Sent:
    """What each account sent."""

    def __init__(self, source: Path) -> None:
        self.texts: dict[str, set[str]] = {}
        table = pq.read_table(next(source.glob("interactions*.parquet")))
        for row in table.select(["account", "prompt", "system_prompt"]).to_pylist():
            self.texts.setdefault(row["account"], set()).update(
                {row["prompt"], row["system_prompt"]} - {None}
            )

    def foreign(self, members: set[str]) -> set[str]:
        """How texts begin that none of these accounts sent, whole or as part of a text of theirs."""
        own = {text for account in members for text in self.texts.get(account, ())}
        others = {text for texts in self.texts.values() for text in texts} - own
        ours = {" ".join(text.lower().split()) for text in own} | {masked(text) for text in own}
        known = {text[at : at + WIDTH] for text in ours for at in range(len(text) - WIDTH + 1)}
        pieces = {" ".join(text.lower().split()) for text in others}
        pieces |= {each for text in others for each in sentences(masked(text))}
        return {each[:WIDTH] for each in pieces if len(each) >= WIDTH} - known


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


def counted(
    folder: Path, profile: str, seed: int, size: tuple[int, int]
) -> tuple[int, Counter[str], Counter[str]]:
    """Groups of one case, and by place the pages looked at and the foreign texts on them."""
    made = simulate(folder / "made", profile=profile, accounts=size[0], interactions=size[1], seed=seed)
    chosen = Settings.load(None, prompts={"encoder": "hashing"}, threads=1)
    case, sent = Case(investigate(made.source, case=folder / "case", settings=chosen).path), Sent(made.source)
    looked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    groups = [str(row["group"]) for row in case.findings]
    everybody: set[str] = {row["account"] for row in [*case.groups, *case.unresolved]}
    for group in groups:
        members = [str(row["account"]) for row in case.members(group)]
        foreign = sent.foreign(set(members))
        for place, page in places(case, group, members, folder):
            looked[place] += 1
            found[place] += len(quoted(plain(page), foreign))
    texts = " | ".join(member_texts(case).column("text").to_pylist())
    looked["Neo4j"] += 1
    found["Neo4j"] += len(quoted(plain(texts), sent.foreign(everybody)))
    return len(groups), looked, found


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--interactions", type=int, default=3_000)
    asked = parser.parse_args()
    looked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    print("| case | reported groups | pages | quotes of no member |\n|---|---|---|---|", flush=True)
    for number in range(asked.cases):
        profile, seed = PROFILES[number % len(PROFILES)], number + 1
        with tempfile.TemporaryDirectory() as scratch:
            groups, pages, quotes = counted(
                Path(scratch), profile, seed, (asked.accounts, asked.interactions)
            )
        looked += pages
        found.update(quotes)
        print(f"| {profile} {seed} | {groups} | {pages.total()} | {quotes.total()} |", flush=True)
    print("\n| place | looked at | quotes of no member |\n|---|---|---|")
    for place, pages_of_it in looked.items():
        print(f"| {place} | {pages_of_it} | {found[place]} |")


if __name__ == "__main__":
    main()
