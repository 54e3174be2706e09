"""Every saved question on a real server: it reads only, finds its way by an index, and gives what it says."""

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from linkage.cli.neo4j.query import LAST_LIMIT
from linkage.graph.query import Answer, ask
from linkage.graph.query_safety import refusal
from linkage.graph.questions import Question, questions
from tests.graph import made
from tests.graph.loaded_fixture import OPERATOR, Loaded, forget
from tests.neo4j_server import Server

QUESTIONS = questions()

NAMES = {"case", "group", "account", "other", "accounts", "trait", "value", "prompt"}
"""What parameters are called."""

WHOLE = ("AllNodesScan", "CartesianProduct")
"""Operators that look at everything there is, or pair everything with everything."""


@pytest.fixture(scope="module")
def driver(neo4j_server: Server) -> Iterator[Driver]:
    auth = (neo4j_server.user, neo4j_server.password)
    with GraphDatabase.driver(neo4j_server.uri, auth=auth, notifications_min_severity="OFF") as opened:
        yield opened


Told = Mapping[str, Mapping[str, str | int]]


@pytest.fixture(scope="module")
def undecided(
    neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> str:
    """The name of a case with an unresolved group, which that of the fixtures has not.

    Each module loads its own: modules share the server, and a name belongs to the case that came first.
    """
    case = made.case(tmp_path_factory.mktemp("undecided") / "c", made.undecided(), made.undecided_run())
    name = f"linkage's unresolved, {request.module.__name__}"
    forget(neo4j_server, name)
    made.load(case, neo4j_server, name)
    return name


@pytest.fixture(scope="module")
def told(loaded: Loaded, undecided: str) -> Told:
    """What each question has to be told: the largest group, its strongest link, and things of its own."""
    group = largest(loaded)["group"]
    members = accounts_of(loaded, group)
    link = max(
        (row for row in loaded.rows("links") if {row["left"], row["right"]} <= members),
        key=lambda row: row["log_odds"],
    )
    common = {"case": loaded.name, "group": group, "account": link["left"], "other": link["right"]}
    own = {
        "who-else-card": most_held(loaded, members, "fingerprint"),
        "who-else-address": most_held(loaded, members, "ip"),
        "who-else-client": most_held(loaded, members, "client"),
        "who-else-network": most_held(loaded, members, "prefix"),
        "who-else-trait": most_held(loaded, members, "bin"),
    }
    common |= {"trait": "bin", "accounts": " ".join(sorted(members)[:5])}
    prompt = most_held(loaded, members, "prompt")
    outside = {"near-a-group": {"group": most_beside(loaded)}, "unresolved": {"case": undecided}}
    return {
        each.name: {
            name: {**common, "prompt": prompt, "value": own.get(each.name, ""), **outside.get(each.name, {})}[
                name
            ]
            for name in (parameter.name for parameter in each.parameters)
        }
        for each in QUESTIONS.values()
    }


def largest(loaded: Loaded) -> dict[str, Any]:
    return max(loaded.rows("findings"), key=lambda row: (row["accounts"], row["group"]))


def most_beside(loaded: Loaded) -> str:
    """The group with most links to accounts outside it."""
    return max(
        (str(row["group"]) for row in loaded.rows("findings")), key=lambda g: sum(beside(loaded, g).values())
    )


def beside(loaded: Loaded, group: str) -> Counter[str]:
    """The accounts outside a group that are linked to members, and how often."""
    members = accounts_of(loaded, group)
    found: Counter[str] = Counter()
    for row in loaded.rows("links"):
        if len({row["left"], row["right"]} & members) == 1 and row["verdict"] != "not linked":
            found[str(row["right"] if row["left"] in members else row["left"])] += 1
    return found


def accounts_of(loaded: Loaded, group: str) -> set[str]:
    return {str(row["account"]) for row in loaded.rows("groups") if row["group"] == group}


def held(loaded: Loaded, trait: str) -> dict[str, set[str]]:
    """The accounts of each value of a trait."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in loaded.rows("observations"):
        if row["trait"] == trait:
            found[str(row["value"])].add(str(row["account"]))
    return found


def most_held(loaded: Loaded, members: set[str], trait: str) -> str:
    counts = Counter({value: len(accounts & members) for value, accounts in held(loaded, trait).items()})
    return max(counts, key=lambda value: (counts[value], value))


# --- each question by itself -----------------------------------------------------------------------


def test_there_are_enough_of_them() -> None:
    assert len(QUESTIONS) >= 20
    assert len({each.title for each in QUESTIONS.values()}) == len(QUESTIONS)


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_its_text_says_what_it_needs_and_gives(asked: Question) -> None:
    assert refusal(asked.text) == ""
    assert LAST_LIMIT.search(asked.cypher.strip()), "the last line limits the rows"
    used = re.findall(r"\$(\w+)", asked.cypher)
    assert {*used} == {each.name for each in asked.parameters} <= NAMES
    assert asked.cypher.count("$") == len(used)
    assert all(meaning for meaning in asked.columns.values())
    assert all(len(each.meaning.split()) >= 2 for each in asked.parameters)


@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_it_finds_its_way_and_gives_what_it_says(
    asked: Question, loaded: Loaded, told: Told, driver: Driver, neo4j_server: Server
) -> None:
    plan = driver.execute_query(
        f"EXPLAIN {asked.cypher}", dict(told[asked.name]), database_=neo4j_server.database
    ).summary
    assert plan.query_type == "r"
    assert plan.plan is not None
    assert [each for each in operators(plan.plan) if each in WHOLE] == []
    answer = ask(driver, neo4j_server.database, asked, told[asked.name])
    assert list(answer.columns) == list(asked.columns)
    assert answer.rows


def operators(plan: Mapping[str, Any]) -> Iterator[str]:
    yield str(plan["operatorType"]).partition("@")[0]
    for child in plan.get("children", ()):
        yield from operators(child)


def test_the_questions_of_another_case_get_no_rows_of_this_one(
    loaded: Loaded, told: Told, driver: Driver, neo4j_server: Server
) -> None:
    for asked in QUESTIONS.values():
        if asked.parameters:
            values = {**told[asked.name], "case": "no such case"}
            assert ask(driver, neo4j_server.database, asked, values).rows == (), asked.name


# --- what they say is what the case folder says ----------------------------------------------------

Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def say(driver: Driver, neo4j_server: Server, told: Told) -> Ask:
    return lambda name: ask(driver, neo4j_server.database, QUESTIONS[name], told[name])


def test_the_case_and_its_groups(loaded: Loaded, say: Ask) -> None:
    findings = loaded.rows("findings")
    [figures] = say("overview").rows
    assert figures["groups"] == len(findings)
    assert figures["accounts_in_groups"] == sum(int(str(row["accounts"])) for row in findings)
    assert figures["links"] == len(loaded.rows("links"))
    assert figures["observations"] == len(loaded.rows("observations"))
    listed = {row["group"]: row for row in say("largest-groups").rows}
    assert list(listed) == [
        row["group"] for row in sorted(findings, key=lambda row: (-int(str(row["accounts"])), row["group"]))
    ]
    for row in findings:
        shown = listed[str(row["group"])]
        for name in ("accounts", "interactions", "log_odds", "q_value", "stability", "families", "summary"):
            assert shown[name] == row[name], name
        assert shown["first_at"] == row["first_at"]
    explained = Counter(row["group"] for row in loaded.rows("explained"))
    assert {row["group"]: row["accounts"] for row in say("explained").rows} == dict(explained)
    assert {row["group"] for row in say("new-since-last-run").rows} <= {*listed, *explained}
    assert loaded.name in {row["case"] for row in say("cases").rows}


def test_an_unresolved_group_is_listed_among_the_doubts_alone(
    undecided: str, driver: Driver, neo4j_server: Server
) -> None:
    """No question that lists operators, or accounts of groups, has it or its accounts."""
    rows = {
        name: ask(driver, neo4j_server.database, QUESTIONS[name], {"case": undecided}).rows
        for name in ("unresolved", "explained", "overview", "largest-groups", "map", "new-since-last-run")
    }
    [group] = rows["unresolved"]
    assert group["group"] == made.UNRESOLVED and group["settles"] == "ask the university"
    assert group["favours"] == 2.5 and group["members"] == made.APART[3:]
    assert [row["group"] for row in rows["explained"]] == [made.EXPLAINED]
    assert rows["overview"][0]["groups"] == rows["overview"][0]["unresolved"] == 1
    assert [row["group"] for row in rows["largest-groups"]] == [made.GROUP]
    assert made.UNRESOLVED not in str(rows["map"])
    kinds = {row["group"]: row["kind"] for row in rows["new-since-last-run"]}
    assert kinds == {made.GROUP: "operator group", made.UNRESOLVED: "unresolved"}


def test_the_receipt(loaded: Loaded, say: Ask) -> None:
    inputs = loaded.case.run["inputs"]
    shown = [(row["table"], row["file"], row["rows"], row["used"]) for row in say("receipt").rows]
    assert sorted(shown) == sorted((row["table"], row["file"], row["rows"], row["used"]) for row in inputs)
    assert all(row["agree"] for row in say("receipt").rows)
    refused: Counter[tuple[str, str]] = Counter()
    for row in inputs:
        refused.update({(row["table"], reason): count for reason, count in row["quarantined"].items()})
    assert {(row["table"], row["reason"]): row["rows"] for row in say("quarantine").rows} == dict(refused)
    cut = {(row["where"], row["what"], row["count"]) for row in say("left-out").rows}
    assert {
        (row["stage"], row["what"], row["count"]) for row in loaded.case.run["caps"] if row["count"]
    } <= cut


def test_one_group(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)
    members = accounts_of(loaded, group["group"])
    shown = {row["account"]: row for row in say("group-accounts").rows}
    for row in loaded.rows("groups"):
        if row["group"] == group["group"]:
            assert shown[str(row["account"])]["membership"] == row["membership"]
            assert shown[str(row["account"])]["role"] == row["role"]
    assert set(shown) == members
    assert sum(row["interactions"] for row in say("group-days").rows) == group["interactions"]
    assert sum(row["interactions"] for row in say("group-hours").rows) == group["interactions"]
    picture = say("group-at-a-glance").rows
    assert {row["a"]["properties"]["id"] for row in picture} == members
    assert len({str(row["v"]) for row in picture if row["v"]}) <= 10


@pytest.mark.parametrize(
    ("name", "trait"),
    [("group-cards", "fingerprint"), ("group-addresses", "ip"), ("group-devices", "client")],
)
def test_what_a_group_holds(name: str, trait: str, loaded: Loaded, say: Ask) -> None:
    members = accounts_of(loaded, largest(loaded)["group"])
    holders = held(loaded, trait)
    shown = {row["value"]: row for row in say(name).rows}
    top = most_held(loaded, members, trait)
    assert shown[top]["members"] == len(holders[top] & members)
    assert shown[top]["outside"] == len(holders[top] - members)
    for value, row in shown.items():
        if value in holders:
            assert set(row["accounts"]) <= holders[value] & members
            assert row["share"] == round(row["members"] / len(members), 3)


def test_its_links(loaded: Loaded, say: Ask) -> None:
    members = accounts_of(loaded, largest(loaded)["group"])
    inside = [row for row in loaded.rows("links") if {row["left"], row["right"]} <= members]
    families = {row["family"]: row for row in say("holds-together").rows}
    for family, row in families.items():
        with_it = sum(family in row["families"] for row in inside)
        assert with_it <= row["links"] <= len(inside)
        assert row["share"] == round(row["links"] / len(inside), 3)
    assert say("links-inside").rows[0]["l"]["properties"]["log_odds"] == max(
        row["log_odds"] for row in inside
    )
    weakest = {row["account"]: row["links"] for row in say("weakest-members").rows}
    degree = Counter(str(row[side]) for row in inside for side in ("left", "right"))
    assert all(links == degree[account] for account, links in weakest.items())


def test_two_accounts(loaded: Loaded, say: Ask, told: Told) -> None:
    pair = [told["link"]["account"], told["link"]["other"]]
    [expected] = [row for row in loaded.rows("links") if [row["left"], row["right"]] == pair]
    shown = say("link").rows
    assert shown[0]["bits"] == expected["log_odds"]
    reasons = [row for row in loaded.rows("evidence") if [row["left"], row["right"]] == pair]
    families: Counter[str] = Counter()
    for row in reasons:
        families[str(row["family"])] += float(str(row["bits"]))
    told = {row["what"]: row["bits"] for row in shown if row["part"] == "family"}
    assert told == pytest.approx(dict(families), abs=1e-5)
    sentences = [row["what"] for row in shown if row["part"] == "evidence"]
    assert sentences[-1] == f"{len(reasons)} lines in all"
    assert all(any(row["detail"] in each for row in reasons) for each in sentences[:-1])
    [step] = say("evidence-path").rows
    assert step["r"]["type"] == "LINKED_TO" and step["bits"] == expected["log_odds"]
    assert {step[end]["properties"]["id"] for end in ("a", "b")} == {*pair}
    assert step["why"] and all(each in sentences for each in step["why"])
    shared = {(row["kind"], row["value"]): row["accounts"] for row in say("shared").rows}
    for kind, trait in KINDS.items():
        both = {v: len(accounts) for v, accounts in held(loaded, trait).items() if set(pair) <= accounts}
        assert {(kind, value): count for value, count in both.items()}.items() <= shared.items(), kind


KINDS = {"address": "ip", "network": "prefix", "card": "fingerprint", "bin": "bin", "ja4": "ja4"}
"""What a shared value is called, and its trait."""

OPAQUE = re.compile(r"^[0-9a-f]{32,64}$")


@pytest.mark.parametrize("name", ["shared", "in-common"])
def test_values_are_shown_as_people_know_them(name: str, say: Ask) -> None:
    """No digest of a text: its words, or that they are not loaded."""
    rows = say(name).rows
    assert {row["kind"] for row in rows} >= {"template", "client", "address"}
    assert [row["value"] for row in rows if OPAQUE.match(row["value"])] == []
    assert any(row["value"].startswith("“") for row in rows)


def test_what_several_accounts_have_in_common(loaded: Loaded, say: Ask, told: Told) -> None:
    these = set(str(told["in-common"]["accounts"]).split())
    shown = {(row["kind"], row["value"]): (set(row["who"]), row["accounts"]) for row in say("in-common").rows}
    for kind, trait in KINDS.items():
        for value, accounts in held(loaded, trait).items():
            if len(accounts & these) > 1:
                assert shown[kind, value] == (accounts & these, len(accounts)), (kind, value)


def test_a_path_goes_over_what_few_accounts_have(
    loaded: Loaded, driver: Driver, neo4j_server: Server
) -> None:
    """From a member to an account that only has its address: two steps over the address."""
    linked = {frozenset((row["left"], row["right"])) for row in loaded.rows("links")}
    rare = {value: users for value, users in held(loaded, "ip").items() if 2 <= len(users) <= 50}
    members = {str(row["account"]) for row in loaded.rows("groups")}
    pairs = [
        (a, b) for users in rare.values() for a in sorted(users & members) for b in sorted(users - members)
        if frozenset((a, b)) not in linked
    ]  # fmt: skip
    assert pairs
    values = {"case": loaded.name, "account": pairs[0][0], "other": pairs[0][1]}
    rows = ask(driver, neo4j_server.database, QUESTIONS["evidence-path"], values).rows
    assert [row["step"] for row in rows] == [1, 2]
    assert all(row["b"] == after["a"] for row, after in pairwise(rows))
    assert all("accounts of the case have it" in str(row["why"]) for row in rows if row["bits"] is None)


WHO_ELSE = {
    "who-else-card": "fingerprint",
    "who-else-address": "ip",
    "who-else-client": "client",
    "who-else-network": "prefix",
    "who-else-trait": "bin",
}


@pytest.mark.parametrize(("name", "trait"), WHO_ELSE.items())
def test_who_else(name: str, trait: str, loaded: Loaded, say: Ask, told: Told, there: set[str]) -> None:
    value = str(told[name]["value"])
    holders = held(loaded, trait)[value]
    rows = [row for row in say(name).rows if row.get("kind") in (None, "card", "client")]
    assert {row["account"] for row in rows if not row["note"]} == holders & there
    assert {row["accounts"] for row in rows} == {len(holders)}
    notes = [row["note"] for row in rows if row["note"]]
    assert notes == [more(len(holders - there), trait, value)] * bool(holders - there)


def more(count: int, trait: str, value: str) -> str:
    """What is said where accounts that have a value are not loaded."""
    part = "only groups and their neighbourhood are loaded"
    return f"{part}: the case has {count} more accounts with it: linkage who CASE '{trait}={value}'"


@pytest.fixture(scope="module")
def there(loaded: Loaded, driver: Driver, neo4j_server: Server) -> set[str]:
    """The accounts that were loaded: not all of the case."""
    text = "MATCH (a:Account {case: $case}) RETURN a.id AS id"
    rows = driver.execute_query(text, case=loaded.name, database_=neo4j_server.database).records
    found = {str(row["id"]) for row in rows}
    assert found < {str(row["account"]) for row in loaded.rows("observations")}
    return found


@pytest.mark.parametrize(("name", "trait"), WHO_ELSE.items())
def test_who_else_says_what_is_not_loaded(
    name: str, trait: str, loaded: Loaded, driver: Driver, neo4j_server: Server, there: set[str]
) -> None:
    """A value that no loaded account has is not “nobody”; and the command that is offered answers."""
    away = {
        value: users for value, users in held(loaded, trait).items() if len(users) > 1 and not users & there
    }
    if not away:
        assert trait in ("prefix", "bin"), "common ones are all on somebody near a group"
        away = {"203.0.113.0/24 or it's none": set()}
    value = max(away, key=lambda each: (len(away[each]), each))
    values = {"case": loaded.name, "trait": trait, "value": value}
    known = {each.name: values[each.name] for each in QUESTIONS[name].parameters}
    [row] = ask(driver, neo4j_server.database, QUESTIONS[name], known).rows
    accounts = len({str(each["account"]) for each in loaded.rows("observations")})
    assert row["account"] is None and row["accounts"] is None
    assert (
        f"not loaded: only groups and their neighbourhood are, {len(there)} of {accounts} accounts"
        in row["note"]
    )
    command = shlex.split(row["note"].partition(": linkage ")[2])
    assert command == ["who", "CASE", f"{'device' if name == 'who-else-client' else trait}={value}"]


def test_collateral(loaded: Loaded, say: Ask, there: set[str]) -> None:
    group = largest(loaded)["group"]
    members, groups = (
        accounts_of(loaded, group),
        {str(r["account"]): str(r["group"]) for r in loaded.rows("groups")},
    )
    for row in say("collateral").rows:
        if row["kind"] not in KINDS:
            continue
        holders = held(loaded, KINDS[row["kind"]])[row["value"]]
        assert row["members"] == len(holders & members) and row["others"] == len(holders - members)
        assert row["reported"] == sum(each in groups for each in holders - members)
        assert row["not_loaded"] == len(holders - there)
        counted = ("reported", "unresolved", "explained", "in_no_group", "not_loaded")
        assert sum(row[each] for each in counted) == row["others"]


def test_what_is_asked(loaded: Loaded, say: Ask) -> None:
    members = accounts_of(loaded, largest(loaded)["group"])
    templates = held(loaded, "template")
    for row in say("group-prompts").rows:
        assert row["members"] == len(templates[row["template"]] & members)
        assert row["outside"] == len(templates[row["template"]] - members)
        assert row["text"].startswith("“")
    alike = [row["similarity"] for row in say("prompts-like-this").rows]
    assert alike == sorted(alike, reverse=True) and alike[0] <= 1


def test_what_speaks_against_and_what_people_say(loaded: Loaded, say: Ask) -> None:
    group = largest(loaded)["group"]
    assert {row["kind"] for row in say("evidence-against").rows} == {"of the group", "of one link"}
    assert all(row["bits"] is None or row["bits"] < 0 for row in say("evidence-against").rows)
    said = {row["verdict"]: row for row in say("verdicts").rows}
    assert said["confirmed"]["about"] == group and said["confirmed"]["reason"] == "same invoice"
    assert said["not linked"]["reason"] == "two firms"
    names = {row["story"]: row for row in say("whose").rows}
    assert {"an unknown operator", "unrelated accounts"} <= set(names)
    [known] = [row for row in say("known-operators").rows if row["operator"] == OPERATOR][:1]
    expected = [row for row in loaded.rows("attributions") if row["hypothesis"] == OPERATOR]
    assert known["log_odds"] in [row["log_odds"] for row in expected]
