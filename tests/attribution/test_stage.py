"""Attribution through the whole run: lists, bundles and earlier cases say whose a group is, and make none."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest

from linkage import investigate
from linkage.attribution.hypotheses import UNKNOWN, UNRELATED
from linkage.case import Case
from linkage.errors import CaseError, InputError, UsageError
from linkage.hypothesis_names import INNOCENT
from linkage.links import constraints
from linkage.schema import CASE
from tests import promised, returning
from tests.promised import Row, rows

OTHERS = tuple(name for name in CASE if name not in ("attributions", "rows"))
REASON = "their own load test"


def of(operator: str, trait: str, value: str, **more: Any) -> Row:
    return {"operator": operator, "trait": trait, "value": value, **more}


LISTED = [
    of("Heron", "fingerprint", "hand 0", confidence=1.0, source="partner", seen_at="2025-04-01T00:00:00Z"),
    of("Heron", "prompt", returning.WORK, confidence=1.0),
    of("Ibis", "fingerprint", "a card that nobody has"),
    of("Kite", "email_domain", "gmail.com", confidence=1.0),
    of("Heron", "fingerprint", "hand 1", confidence=7),
    of("Heron", "hat", "red"),
    of("Heron", "created_at", "2025-03-01T00:00:00Z"),
    of("Unknown Operator", "fingerprint", "hand 2"),
]
NOT_COMPARED = [
    "indicators of an operator called as no operator may be",
    "indicators of traits that mean something in one log only",
    "indicators of traits that no table here has",
    "indicators whose confidence is not from 0 to 1",
]
BUNDLE = {
    "type": "bundle",
    "id": "bundle--1",
    "objects": [
        {"type": "indicator", "id": "indicator--1", "pattern": "[ipv4-addr:value = '10.0.1.1']",
         "pattern_type": "stix", "confidence": 100, "valid_from": "2025-04-12T00:00:00Z"},
        {"type": "intrusion-set", "id": "intrusion-set--1", "name": "Heron"},
        {"type": "relationship", "id": "relationship--1", "relationship_type": "indicates",
         "source_ref": "indicator--1", "target_ref": "intrusion-set--1"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("attribution")
    promised.write(returning.tables("a", turns=12), made / "first")
    promised.write(returning.tables("b", days=40), made / "again")
    (made / "listed.ndjson").write_text("".join(json.dumps(row) + "\n" for row in LISTED))
    (made / "partner.json").write_text(json.dumps(BUNDLE))
    return made


@pytest.fixture(scope="module")
def spring(folder: Path) -> Case:
    """A case without any indicators, and one reported group; a person has dismissed it since."""
    case = investigate(folder / "first", case=folder / "spring", settings=returning.chosen())
    (finding,) = case.findings
    members = [row["account"] for row in case.groups]
    case.judge(constraints.on_group("dismissed", finding["group"], members, REASON), who="mira")
    return Case(case.path)


@pytest.fixture(scope="module")
def alone(folder: Path) -> Case:
    """The operator with new accounts, and nothing known of him."""
    return investigate(folder / "again", case=folder / "alone", settings=returning.chosen())


@pytest.fixture(scope="module")
def summer(folder: Path, spring: Case) -> Case:
    """The same rows beside a list, a bundle and the earlier case."""
    return investigate(
        folder / "again",
        case=folder / "summer",
        settings=returning.chosen(),
        indicators=[folder / "listed.ndjson", folder / "partner.json"],
        known=spring.path,
    )


def stories(case: Case) -> dict[str, Row]:
    return {row["hypothesis"]: row for row in case.attributions}


def detail(case: Case, part: str) -> Row:
    (finding,) = case.findings
    found: Row = case.run["groups"][finding["group"]][part]
    return found


def told(case: Case) -> dict[str, Row]:
    return {each["hypothesis"]: each for each in detail(case, "attribution")["stories"]}


# --- stories -------------------------------------------------------------------------------------


def test_without_indicators_two_stories_are_told(spring: Case) -> None:
    found, (finding,) = stories(spring), spring.findings

    assert set(found) == {UNKNOWN, *INNOCENT}
    bits = {each["hypothesis"]: each["bits"] for each in detail(spring, "competing")["stories"]}
    bits[UNRELATED] = max(bits[UNRELATED], finding["log_odds"])
    others = sum(2.0**-each for each in bits.values())
    assert found[UNKNOWN]["log_odds"] == pytest.approx(-math.log2(others), abs=1e-5)
    assert found[UNRELATED]["log_odds"] < -finding["log_odds"] + 1e-5
    assert found[UNKNOWN]["evidence"]


def test_every_known_operator_is_a_story(spring: Case, summer: Case) -> None:
    (was,) = spring.findings

    assert set(stories(summer)) == {"Heron", "Ibis", "Kite", was["group"], UNKNOWN, *INNOCENT}
    keys = [(row["group"], row["hypothesis"]) for row in summer.attributions]
    assert keys == sorted(set(keys))


def test_a_card_an_address_and_a_text_name_the_operator(summer: Case) -> None:
    heron = told(summer)["Heron"]

    assert {"content", "network", "payment"} <= set(heron["families"])
    assert {each["trait"] for each in heron["matches"]} == {"fingerprint", "ip", "prompt", "segment"} - {
        "prompt"
    }
    card = next(each for each in heron["matches"] if each["trait"] == "fingerprint")
    assert card["source"] == "partner"
    assert card["detail"].startswith("held by 3 of its 12 accounts and 0 of 100 others")


def test_what_everybody_has_and_what_nobody_has_say_nothing(summer: Case) -> None:
    found = told(summer)

    assert found["Ibis"]["bits"] == found["Kite"]["bits"] == 0
    assert found["Ibis"]["log_odds"] == found["Kite"]["log_odds"] < found[UNKNOWN]["log_odds"]


def test_known_operators_change_no_other_table(alone: Case, summer: Case) -> None:
    for name in OTHERS:
        assert rows(summer.path, name) == rows(alone.path, name), name


def test_every_id_of_an_attribution_is_an_observation_of_the_group(summer: Case) -> None:
    seen = {row["observation"]: row for row in summer.observations}
    members = {row["account"] for row in summer.groups}

    for row in summer.attributions:
        assert len(set(row["evidence"])) == len(row["evidence"])
        assert all(seen[each]["account"] in members for each in row["evidence"])
    traits = {seen[each]["trait"] for each in stories(summer)["Heron"]["evidence"]}
    assert {"fingerprint", "ip", "segment"} <= traits


def test_the_receipt_says_the_same_as_the_table(summer: Case) -> None:
    for name, row in stories(summer).items():
        same = told(summer)[name]
        assert (same["log_odds"], same["confidence"]) == (row["log_odds"], row["confidence"])
        assert same["bits"] >= sum(each["counted"] for each in same["matches"]) - 1e-5


def test_what_cannot_be_compared_is_counted(summer: Case) -> None:
    caps = {each["what"]: each["count"] for each in summer.run["caps"] if each["stage"] == "attribution"}

    assert [what for what in NOT_COMPARED if caps.get(what) == 1] == NOT_COMPARED


# --- earlier cases -------------------------------------------------------------------------------


def test_an_operator_who_comes_back_with_new_accounts_is_recognised(spring: Case, summer: Case) -> None:
    (was,) = spring.findings
    again = told(summer)[was["group"]]

    assert not {row["account"] for row in summer.groups} & {row["account"] for row in spring.groups}
    assert {"content", "payment"} <= set(again["families"])
    assert again["bits"] > 10
    assert not any("bear names" in each for each in again["remarks"])
    assert summer.run["known"][0]["groups"] == [was["group"]]
    assert summer.run["known"][0]["case"] == "spring"


def test_what_a_person_decided_there_is_said_here(spring: Case, summer: Case) -> None:
    (was,) = spring.findings
    again = told(summer)[was["group"]]

    assert again["verdict"] == "dismissed"
    assert f"a person dismissed it there: {REASON}" in again["remarks"][0]


def test_a_case_is_not_compared_with_itself(folder: Path) -> None:
    with pytest.raises(UsageError, match="itself"):
        investigate(folder / "again", case=folder / "x", known=folder / "y" / ".." / "x")


def test_an_earlier_case_must_be_one(folder: Path) -> None:
    with pytest.raises(CaseError):
        investigate(folder / "again", case=folder / "x", known=folder / "first")
    assert not (folder / "x").exists()


def test_a_list_that_cannot_be_read_stops_the_run(folder: Path) -> None:
    (folder / "broken.json").write_text("{}")

    with pytest.raises(InputError, match=r"broken\.json"):
        investigate(folder / "again", case=folder / "x", indicators=folder / "broken.json")


# --- promises ------------------------------------------------------------------------------------


def test_tables_do_not_depend_on_the_order_of_rows(spring: Case, summer: Case, folder: Path) -> None:
    shuffled = {**returning.tables("b", days=40), "indicators": LISTED}
    source = promised.write(shuffled, folder / "shuffled", parts=3, ending=".ndjson.gz", seed=3)

    case = investigate(
        source,
        case=folder / "shuffled case",
        settings=returning.chosen(),
        indicators=folder / "partner.json",
        known=[spring.path],
    )

    for name in ("attributions", "findings"):
        digests = [
            hashlib.sha256((each.path / f"{name}.parquet").read_bytes()).digest() for each in (case, summer)
        ]
        assert digests[0] == digests[1], name


# --- what was taken ------------------------------------------------------------------------------


def test_what_was_taken_is_told(spring: Case) -> None:
    (finding,) = spring.findings
    taken = detail(spring, "taken")

    assert finding["targets"] == [{k: e[k] for k in ("name", "share")} for e in taken["targets"]]
    assert sum(each["share"] for each in finding["targets"]) == pytest.approx(1, abs=1e-5)
    assert finding["targets"][0] == {"name": "reasoning traces", "share": 1.0}
    assert taken["models"] == [{"name": "m-1", "interactions": finding["interactions"]}]
    assert 1 <= taken["days"] <= 14


def test_a_harvesting_group_scores_by_its_parts(spring: Case) -> None:
    (finding,) = spring.findings
    parts = {each["name"]: each for each in detail(spring, "taken")["distillation"]["parts"]}

    for name in ("single-turn share", "reasoning elicitation", "output per input", "round-the-clock use"):
        assert parts[name]["share"] > 0.9, name
    assert parts["template share"]["share"] == 1
    assert parts["filtered topics"]["share"] is None
    assert parts["filtered topics"]["why"]
    known = [each["share"] for each in parts.values() if each["share"] is not None]
    assert finding["distillation"] == pytest.approx(
        sum(max(0, 2 * s - 1) for s in known) / len(known), abs=1e-6
    )


def test_too_few_requests_are_not_enough_to_say(alone: Case) -> None:
    (finding,) = alone.findings
    parts = detail(alone, "taken")["distillation"]["parts"]

    assert finding["distillation"] is None
    assert {each["share"] for each in parts} == {None}
    assert all(each["why"] for each in parts)


@pytest.mark.parametrize("withheld", ["prompts", "interactions"])
def test_without_texts_nothing_is_made_up(folder: Path, withheld: str) -> None:
    tables = returning.tables("c", strangers=60)
    for row in tables["interactions"]:
        row["prompt_sha256"] = hashlib.sha256(row.pop("prompt").encode()).hexdigest()
    if withheld == "interactions":
        tables["sessions"] = [
            {k: row[k] for k in ("account", "at", "ip")} for row in tables.pop("interactions")
        ]
    source = promised.write(tables, folder / withheld)

    case = investigate(
        source,
        case=folder / f"no {withheld}",
        settings=returning.chosen(),
        indicators=folder / "listed.ndjson",
    )

    for finding in case.findings:
        assert finding["targets"] == []
        assert finding["distillation"] is None
    caps = {each["what"] for each in case.run["caps"] if each["stage"] == "attribution"}
    assert ("indicators that are texts, where no texts are known" in caps) is (withheld == "interactions")
