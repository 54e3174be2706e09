"""What a report and the screen quote of a group: nothing that only others sent."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from linkage import Settings, investigate
from linkage.bundle import reports
from linkage.bundle.group_texts import KINDS, GroupSent, bits_by_text, group_texts
from linkage.case import Case
from linkage.case.sent_texts import sent_texts
from linkage.cli.screen.group_summary import summary
from linkage.lab.simulate import simulate
from linkage.prompts.skeleton import skeleton

SIMULATED = [("fixture", 1), ("mixed", 2), ("mixed", 4)]


@dataclass(frozen=True)
class Simulated:
    """A case, and what each account sent in it."""

    case: Case
    sent: dict[str, set[str]]


@pytest.fixture(scope="module", params=SIMULATED, ids=lambda given: f"{given[0]}-{given[1]}")
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    profile, seed = request.param
    folder = tmp_path_factory.mktemp(profile)
    made = simulate(folder / "made", profile=profile, accounts=600, interactions=6_000, seed=seed)
    chosen = Settings.load(None, prompts={"encoder": "hashing"}, threads=1)
    case = investigate(made.source, case=folder / "case", settings=chosen)
    return Simulated(case, _sent(made.source))


def _sent(source: Path) -> dict[str, set[str]]:
    table = pq.read_table(next(source.glob("interactions*.parquet")))
    found: dict[str, set[str]] = {}
    for row in table.select(["account", "prompt", "system_prompt"]).to_pylist():
        found.setdefault(row["account"], set()).update({row["prompt"], row["system_prompt"]} - {None})
    return found


def _members(case: Case, group: str) -> set[str]:
    return {row["account"] for row in case.members(group)}


def _is_theirs(text: str, *, masked: bool, sent: set[str]) -> bool:
    """Whether a quoted text is one of those sent, or, masked, stands in the skeleton of one."""
    if not masked:
        return any(each.startswith(text) for each in sent)
    return any(text in _skeleton(each) for each in sent)


@cache
def _skeleton(text: str) -> str:
    return skeleton(text, Settings().prompts).text


def test_of_all_that_members_share_with_others_nothing_is_quoted_that_only_others_sent(
    simulated: Simulated,
) -> None:
    case, masked = simulated.case, 0
    for group in {row["group"] for row in case.groups} | {row["group"] for row in case.unresolved}:
        members = _members(case, group)
        sent = set().union(*(simulated.sent.get(each, set()) for each in members))
        held = case.table("observations", {"account": members, "trait": set(KINDS)}).column("value")
        found = sent_texts(case.path, members, held.to_pylist())
        masked += sum(each.masked for each in found.values())
        for each in found.values():
            assert _is_theirs(each.text, masked=each.masked, sent=sent), each
    assert masked


def test_a_report_quotes_what_members_sent_and_nothing_else(simulated: Simulated) -> None:
    report = reports.of_case(simulated.case, [])
    page = report.as_file(".html").decode()
    assert report.whole.groups
    for group, found in report.whole.groups.items():
        members = _members(simulated.case, group)
        sent = set().union(*(simulated.sent.get(each, set()) for each in members))
        quoted = [each for each in found.sent if each.text]
        assert len(quoted) >= len(found.sent) / 2 and {each.kind for each in quoted} <= {*KINDS.values()}
        for each in quoted:
            assert _is_theirs(str(each.text), masked=each.masked, sent=sent), each
        assert not any(each.value in page for each in found.sent)


def test_it_says_of_each_text_how_many_sent_it(simulated: Simulated) -> None:
    for group, found in reports.of_case(simulated.case, []).whole.groups.items():
        members = _members(simulated.case, group)
        for each in found.sent:
            if each.counts is None or each.kind == "sentence" or each.masked or each.text is None:
                continue
            own = {who for who in simulated.sent if each.text in simulated.sent[who]}
            assert own <= members and len(own) <= each.counts[0] <= len(members)


def test_the_screen_and_explanations_quote_what_their_accounts_sent(simulated: Simulated) -> None:
    case, shown = simulated.case, 0
    for group in {row["group"] for row in case.groups} | {row["group"] for row in case.unresolved}:
        found = summary(case, group)
        sent = set().union(*(simulated.sent.get(each, set()) for each in _members(case, group)))
        for each in (each for each in found.strongest if each.text):
            shown += 1
            assert _is_theirs(str(each.text), masked=True, sent=sent) or str(each.text) in sent, each
        pair = found.strongest[0]
        both = simulated.sent[pair.left] | simulated.sent[pair.right]
        for line in case.explain(pair.left, pair.right).lines:
            if line.text:
                assert _is_theirs(line.text, masked=True, sent=both) or line.text in both, line
    assert shown


def test_what_sets_the_group_apart_comes_before_what_everybody_sends(simulated: Simulated) -> None:
    case = simulated.case
    members = next(_members(case, row["group"]) for row in case.groups)
    rows = case.table("observations", {"account": members, "trait": set(KINDS)})
    seen = [tuple(row.values()) for row in rows.select(["account", "trait", "value", "count"]).to_pylist()]
    reasons = case.evidence_among(members, ["family", "signal", "value", "bits"])
    (found,) = group_texts(case, [GroupSent(members, seen, bits_by_text(reasons))])
    assert found and all(each.members >= 2 for each in found)
    alone = [each for each in found if not each.others]
    assert [each.members for each in alone] == sorted((each.members for each in alone), reverse=True)
    (of_none,) = group_texts(case, [GroupSent(members, seen, Counter())])
    linking = [each for each in of_none if each.kind == "sentence"]
    assert not linking, "a sentence on which no link rests is not quoted"
