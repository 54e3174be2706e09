"""Every saved question on a real server: it reads only, finds its way by an index, and gives what it says."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase

from linkage.cli.neo4j.query import LAST_LIMIT
from linkage.graph.query import Answer, ask
from linkage.graph.query_safety import refusal
from linkage.graph.questions import Question, questions
from tests.graph import made
from tests.graph.loaded_fixture import OPERATOR, Loaded
from tests.neo4j_server import Server

QUESTIONS = questions()

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
    }
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
    used = {
        name
        for name in ("case", "group", "account", "other", "value", "prompt")
        if f"${name}" in asked.cypher
    }
    assert used == {each.name for each in asked.parameters} == {*used}
    assert asked.cypher.count("$") == sum(asked.cypher.count(f"${name}") for name in used)
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
    [path] = say("evidence-path").rows
    assert path["steps"] == 1 and path["path"][1]["type"] == "LINKED_TO"
    shared = {(row["kind"], row["value"]) for row in say("shared").rows}
    both = {value for value, accounts in held(loaded, "ip").items() if set(pair) <= accounts}
    assert {("address", value) for value in both} <= shared


@pytest.mark.parametrize(
    ("name", "trait"),
    [("who-else-card", "fingerprint"), ("who-else-address", "ip"), ("who-else-client", "client")],
)
def test_who_else(name: str, trait: str, loaded: Loaded, say: Ask, told: Told) -> None:
    holders = held(loaded, trait)[str(told[name]["value"])]
    rows = [row for row in say(name).rows if row.get("kind") in (None, "card", "client")]
    assert {row["account"] for row in rows} == holders
    assert {row["accounts"] for row in rows} == {len(holders)}


def test_what_is_asked(loaded: Loaded, say: Ask) -> None:
    members = accounts_of(loaded, largest(loaded)["group"])
    templates = held(loaded, "template")
    for row in say("group-prompts").rows:
        assert row["members"] == len(templates[row["template"]] & members)
        assert row["outside"] == len(templates[row["template"]] - members)
        assert row["example"]
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
