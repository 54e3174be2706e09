"""What the other saved questions answer, row by row, is what the tables of the case say."""

import math
from collections import Counter, defaultdict
from typing import Any

import pytest

from linkage.explain.findings import examination
from tests.graph.loaded_fixture import OPERATOR, Loaded
from tests.graph.test_questions import (
    Ask,
    Told,
    accounts_of,
    beside,
    driver,
    held,
    largest,
    most_beside,
    say,
    told,
    undecided,
)

__all__ = ["driver", "say", "told", "undecided"]

CARDS = {"fingerprint": "PaymentMethod", "billing_hash": "PaymentMethod"}
THINGS = {"ip": "IP", "device": "Device", "api_key": "Device", **CARDS}

HAND_OVER = {
    *("hand-over", "rotating address", "same object in a window", "same object again and again"),
    *("continued conversation", "queue draining"),
}


def grouped(loaded: Loaded) -> dict[str, str]:
    """The group of each account that has one."""
    return {str(row["account"]): str(row["group"]) for row in loaded.rows("groups")}


def sent(loaded: Loaded) -> dict[str, Counter[str]]:
    """How often each account sent each prompt."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in loaded.rows("observations"):
        if row["trait"] == "prompt":
            found[str(row["account"])][str(row["value"])] += int(str(row["count"]))
    return found


def test_near_a_group(loaded: Loaded, say: Ask) -> None:
    group = most_beside(loaded)
    rows = say("near-a-group").rows
    near, groups, members = beside(loaded, group), grouped(loaded), accounts_of(loaded, group)
    strongest: dict[str, float] = defaultdict(lambda: -math.inf)
    for link in loaded.rows("links"):
        if {link["left"], link["right"]} & members:
            for account in {str(link["left"]), str(link["right"])} & set(near):
                strongest[account] = max(strongest[account], float(str(link["log_odds"])))
    best = sorted(near, key=lambda account: (-strongest[account], account))[:100]
    assert {row["account"]: row["links"] for row in rows} == {each: near[each] for each in best}
    for row in rows:
        assert row["strongest"] == strongest[row["account"]]
        assert row["in_group"] == groups.get(row["account"])


def test_bridges(loaded: Loaded, say: Ask) -> None:
    names, groups = [str(row["group"]) for row in loaded.rows("findings")], grouped(loaded)
    sides: dict[str, dict[str, int]] = defaultdict(dict)
    for name in names:
        for account, links in (beside(loaded, name) + inside(loaded, name)).items():
            sides[account][name] = links
    expected = {account for account, near in sides.items() if len(near) > 1}
    rows = say("bridges").rows
    assert {row["account"] for row in rows} <= expected
    assert len(rows) == 100 or {row["account"] for row in rows} == expected, "the first hundred"
    for row in rows:
        near = sides[row["account"]]
        assert row["groups"] == len(near)
        assert (row["links"], row["other_links"]) == (near[row["group"]], near[row["other_group"]])
        if row["account"] in groups:
            assert row["group"] == row["in_group"] == groups[row["account"]]
        assert all(each.startswith("+") for each in row["why"] + row["other_why"])
    assert any(row["why"] and row["other_why"] for row in rows)


def inside(loaded: Loaded, group: str) -> Counter[str]:
    """The links of each member of a group to other members."""
    members = accounts_of(loaded, group)
    rows = [row for row in loaded.rows("links") if {row["left"], row["right"]} <= members]
    return Counter(
        str(row[side]) for row in rows if row["verdict"] != "not linked" for side in ("left", "right")
    )


def test_hand_overs(loaded: Loaded, say: Ask) -> None:
    members = accounts_of(loaded, largest(loaded)["group"])
    expected: dict[tuple[str, str], set[str]] = defaultdict(set)
    linked = {(row["left"], row["right"]) for row in loaded.rows("links")}
    for row in loaded.rows("evidence"):
        pair = (str(row["left"]), str(row["right"]))
        if {*pair} <= members and pair in linked and row["signal"] in HAND_OVER:
            expected[pair].add(str(row["signal"]))
    shown = {(row["account"], row["other"]): set(row["signals"]) for row in say("hand-overs").rows}
    assert len(expected) <= 100
    assert shown == dict(expected)


def test_on_the_same_things(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)["group"]
    members, near = accounts_of(loaded, group), beside(loaded, group)
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in loaded.rows("observations"):
        if row["trait"] in THINGS:
            holders[(str(row["trait"]), str(row["value"]))].add(str(row["account"]))
    values: Counter[str] = Counter()
    kinds: dict[str, set[str]] = defaultdict(set)
    for (trait, _value), accounts in holders.items():
        if accounts & members and len(accounts) <= 50:
            for account in accounts - members - set(near):
                values[account] += 1
                kinds[account].add(THINGS[trait])
    rows = say("on-the-same-things").rows
    best = sorted(values, key=lambda account: (-values[account], account))[:100]
    assert [(row["account"], row["values"]) for row in rows] == [(each, values[each]) for each in best]
    assert all(set(row["kinds"]) == kinds[row["account"]] for row in rows)


def test_registration_bursts(loaded: Loaded, say: Ask) -> None:
    bursts, groups = held(loaded, "registration_burst"), grouped(loaded)
    for row in say("registration-bursts").rows:
        accounts = bursts[row["burst"]]
        counts = Counter(groups[account] for account in accounts if account in groups)
        assert (row["accounts"], row["in_groups"]) == (len(accounts), counts.total())
        assert set(row["groups"]) == {f"{group}: {count}" for group, count in counts.items()}
        assert set(row["members"]) == {account for account in accounts if account in groups}
        assert set(row["others"]) <= accounts - set(groups) and row["loaded"] <= len(accounts)
        unreported = Counter(
            str(each["group"]) for each in loaded.rows("explained") if each["account"] in accounts
        )
        for each in row["not_reported"]:
            group, _, count = each.partition(" (explained): ")
            assert 0 < int(count) <= unreported[group]


def test_what_is_asked_most(loaded: Loaded, say: Ask) -> None:
    template = {row["prompt"]: row["template"] for row in loaded.rows("prompts") if row["template"]}
    groups, prompts = grouped(loaded), Counter[Any]()
    users: dict[Any, set[str]] = defaultdict(set)
    for account, counts in sent(loaded).items():
        for prompt, count in counts.items():
            if account in groups and prompt in template:
                prompts[template[prompt]] += count
                users[template[prompt]].add(account)
    rows = say("asked-most").rows
    assert [row["prompts"] for row in rows] == [count for _, count in prompts.most_common(100)]
    whole = {row["template"]: row["accounts"] for row in loaded.rows("templates")}
    for row in rows:
        assert row["prompts"] == prompts[row["template"]]
        assert row["members"] == len(users[row["template"]])
        assert row["groups"] == len({groups[account] for account in users[row["template"]]})
        assert row["accounts"] == whole[row["template"]]


def test_near_duplicates_between_groups(loaded: Loaded, say: Ask) -> None:
    groups, senders = grouped(loaded), defaultdict(set)
    for account, counts in sent(loaded).items():
        for prompt in counts:
            senders[prompt] |= {groups[account]} if account in groups else set()
    near = {(row["left"], row["right"]): row["similarity"] for row in loaded.rows("near")}
    rows = say("near-duplicates").rows
    assert rows
    for row in rows:
        pair = tuple(sorted((row["prompt"], row["other"])))
        assert near[pair] == row["similarity"]
        assert row["group"] in senders[row["prompt"]] and row["other_group"] in senders[row["other"]]


def test_whose_prompts_the_members_send(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)["group"]
    own = Counter(row["account"] for row in loaded.rows("workload") if row["group"] == group)
    prompts = {account: counts.total() for account, counts in sent(loaded).items()}
    expected = {each for each in accounts_of(loaded, group) if prompts[each] > own[each]}
    rows = say("innocent-customers").rows
    assert {row["account"] for row in rows} == expected
    for row in rows:
        assert (row["prompts"], row["own_prompts"]) == (prompts[row["account"]], own[row["account"]])
        # The server rounds a tie up, Python to the even digit.
        share = 1 - own[row["account"]] / prompts[row["account"]]
        assert row["others_share"] == pytest.approx(share, abs=0.0005 + 1e-9)
        assert row["stands_out"] == (share > 0.5)
    shares = [row["others_share"] for row in rows]
    assert shares == sorted(shares, reverse=True)
    links = inside(loaded, group)
    assert all(row["content_links"] <= row["links"] == links[row["account"]] for row in rows)


def test_what_the_run_tells_of_a_group(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)["group"]
    detail = loaded.case.run["groups"][group]
    without = {row["family"]: row for row in say("without-a-family").rows}
    found = examination(detail)
    assert found is not None
    for tried in found.without_family:
        row, left = without.pop(tried.family), tried.remains
        assert (row["links_left"], row["of"]) == (left.links, left.of)
        assert (row["accounts_left"], row["still_reported"]) == (left.accounts, tried.passes)
    assert not without
    assert [row["interactions"] for row in say("group-hours").rows] == list(detail["hours"])
    days = {row["day"]: row["interactions"] for row in say("group-days").rows if row["interactions"]}
    assert days == {row["day"]: row["count"] for row in detail["by_day"] if row["count"]}
    against = [row["sentence"] for row in say("evidence-against").rows if row["kind"] == "of the group"]
    assert sorted(against) == sorted(detail["against"])


def test_what_is_new(loaded: Loaded, say: Ask) -> None:
    shown = {row["group"]: (row["change"], set(row["was"])) for row in say("new-since-last-run").rows}
    rows = [row for row in loaded.rows("lineage") if row["kind"] != "gone"]
    assert shown == {row["group"]: (row["kind"], {row["was"]} - {"", None}) for row in rows}


def test_whose_it_is(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)["group"]
    names = {"unknown operator": "an unknown operator"}
    rows = [row for row in loaded.rows("attributions") if row["group"] == group]
    assert {row["story"]: row["log_odds"] for row in say("whose").rows} == {
        names.get(str(row["hypothesis"]), row["hypothesis"]): row["log_odds"] for row in rows
    }
    known = {row["group"]: (row["log_odds"], row["confidence"]) for row in say("known-operators").rows}
    expected = [row for row in loaded.rows("attributions") if row["hypothesis"] == OPERATOR]
    assert known == {row["group"]: (row["log_odds"], row["confidence"]) for row in expected}


def test_one_account(loaded: Loaded, say: Ask, told: Told) -> None:
    """A picture: its group, what it used, and its strongest links."""
    account = told["account"]["account"]
    ends: dict[str, set[str]] = defaultdict(set)
    for row in say("account").rows:
        start, step, end = row["path"]
        assert start["properties"]["id"] == account
        ends[step["type"]].add(next(iter({"id", "address", "fingerprint"} & {*end["properties"]})))
        if step["type"] == "MEMBER_OF":
            assert end["properties"]["id"] == grouped(loaded)[str(account)]
        if step["type"] == "USED_IP":
            assert account in held(loaded, "ip")[end["properties"]["address"]]
    assert {"MEMBER_OF", "USED_IP", "USED_DEVICE", "LINKED_TO"} <= set(ends)


@pytest.mark.parametrize("name", ["weakest-members", "group-accounts"])
def test_members(name: str, loaded: Loaded, say: Ask) -> None:
    members = {
        row["account"]: row for row in loaded.rows("groups") if row["group"] == largest(loaded)["group"]
    }
    for row in say(name).rows:
        assert (row["membership"], row["role"]) == (
            members[row["account"]]["membership"],
            members[row["account"]]["role"],
        )


def test_all_groups_and_what_ties_them(loaded: Loaded, say: Ask) -> None:
    groups, paths = grouped(loaded), [row["path"] for row in say("map").rows]
    single = {path[0]["properties"]["id"] for path in paths if len(path) == 1}
    assert single == {row["group"] for row in loaded.rows("findings")}
    operators = {path[2]["properties"]["name"] for path in paths if len(path) == 3}
    assert operators == {OPERATOR}
    ties = [path for path in paths if len(path) > 3]
    assert ties
    for path in ties:
        ends = [path[0], path[-1]], [path[2], path[-3]]
        names = [[each["properties"]["id"] for each in pair] for pair in ends]
        assert names[0][0] != names[0][1] and [groups[each] for each in names[1]] == names[0]
        if len(path) == 9:
            assert path[4]["properties"]["accounts"] <= 50
