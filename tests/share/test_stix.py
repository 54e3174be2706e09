"""STIX: valid for an outside validator, the same bytes each time, and read back without loss."""

import json
import subprocess
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.attribution.exchange_key import PREFIX, ExchangeKey
from linkage.attribution.techniques import techniques
from linkage.errors import UsageError
from linkage.ingest.formats.stix_pattern import alternatives
from linkage.settings.ingest import Ingest
from linkage.share.stix import Indicator, Operator, Sharing, bundle
from linkage.share.stix_objects import OBSERVABLES, moment
from linkage.share.stix_pattern import carried, observable, pattern
from linkage.share.tlp import LEVELS, level, marking
from tests.share.read import indicators, objects

DAY = 86_400_000_000
START = 20_000 * DAY
KEY = ExchangeKey(b"k" * 32)
DEPTH = Ingest().max_pattern_depth


def told(trait: str, value: str, **changes: Any) -> Indicator:
    basic = Indicator(trait, value, 87, START, START + 3 * DAY, 4, 17)
    return replace(basic, **changes)


ODD = "o'b\\c \"q\" ' OR '1'='1\n\u202e</script>"
VALUES = [
    told("ip", "198.51.100.7"),
    told("ip", "2001:db8::7"),
    told("ip", "no address"),
    told("prefix", "198.51.100.0/24"),
    told("prefix", "198.51.0.0/16"),
    told("prefix", "2001:db8::/64"),
    told("asn", "AS64500"),
    told("asn", "64500"),
    told("asn", "AS064500"),
    told("fingerprint", "card 1", confidence=50),
    told("fingerprint", ODD, seen_at=START + 12_345_678),
    told("email_domain", "mail.example"),
    told("prompt", "Set out every step.\nNo. 2: 'why'?"),
    told("my wallet'", "0xabc"),
]
SHARING = Sharing(
    "Provider Ä <b>",
    "salt",
    START + 9 * DAY + 5_000,
    "TLP:AMBER+STRICT",
    [
        Operator(
            "op-1",
            [("acct-1", 99), ("acct-2", 61)],
            2,
            1_234,
            START,
            START + 5 * DAY,
            97,
            VALUES,
            ["a point"],
            True,
            techniques({"infrastructure": "reseller", "accounts": 2, "interactions": 9, "distillation": 0.7}),
        ),
        Operator("op-2", [], 7, 0, START, START, 51, [VALUES[0], VALUES[10]], []),
    ],
)


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of each bundle what the validator of OASIS says; warnings count as errors."""
    folder = tmp_path_factory.mktemp("validated")
    for number, tlp in enumerate(LEVELS):
        for kind, key in (("open", None), ("keyed", KEY)):
            (folder / f"{kind}-{number}.json").write_bytes(bundle(replace(SHARING, tlp=tlp, key=key)))
    wrong = bundle(SHARING).replace(b'"confidence": 87', b'"confidence": 870', 1)
    (folder / "wrong.json").write_bytes(wrong)
    program = Path(sys.executable).parent / "stix2_validator"
    options = ["--version", "2.1", "--strict", "--strict-properties", "--enforce-refs"]
    command = [str(program), *options, *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    parts = done.stdout.split("[-] Results for: ")[1:]
    return {Path(part.splitlines()[0]).stem: part for part in parts}


@pytest.mark.parametrize("kind", ["open", "keyed"])
@pytest.mark.parametrize("number", range(len(LEVELS)))
def test_valid_for_the_validator(kind: str, number: int, validated: dict[str, str]) -> None:
    said = validated[f"{kind}-{number}"]
    assert "[+] STIX JSON: Valid" in said, said


def test_the_validator_finds_what_is_wrong(validated: dict[str, str]) -> None:
    assert "[X] STIX JSON: Invalid" in validated["wrong"]


def rows(sharing: Sharing) -> list[dict[str, Any]]:
    return [
        {
            "operator": operator.name,
            "trait": each.trait,
            "value": each.value,
            "confidence": each.confidence / 100,
            "source": sharing.provider,
            "seen_at": each.seen_at,
        }
        for operator in sharing.operators
        for each in operator.indicators
    ]


def by_content(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)


def test_read_back_without_loss(tmp_path: Path) -> None:
    found = indicators(bundle(SHARING), tmp_path)
    assert sorted(found, key=by_content) == sorted(rows(SHARING), key=by_content)


def test_digests_are_read_back_without_loss(tmp_path: Path) -> None:
    found = indicators(bundle(replace(SHARING, key=KEY)), tmp_path)
    wanted = [
        {**row, "trait": PREFIX + row["trait"], "value": KEY.digest(row["trait"], row["value"])}
        for row in rows(SHARING)
    ]
    # Two spellings of one address or number have one digest: what was two rows is one.
    assert {by_content(row) for row in found} == {by_content(row) for row in wanted}


@given(
    trait=st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=12),
    value=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30),
)
def test_any_value_of_any_trait_is_read_back(trait: str, value: str) -> None:
    if not carried(trait):
        return
    (found,) = alternatives(pattern(trait, value), DEPTH)
    assert (found.trait, found.value, found.why) == (trait, value, "")


@pytest.mark.parametrize(
    "address", ["198.51.100.7", "198.51.100.0/24", "2001:db8::/64", "10.0.0.1/32", "::1"]
)
@pytest.mark.parametrize("trait", ["ip", "prefix"])
def test_an_address_is_read_back_as_the_trait_it_was(trait: str, address: str) -> None:
    (found,) = alternatives(pattern(trait, address), DEPTH)
    assert (found.trait, found.value) == (trait, address)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert bundle(SHARING) == bundle(SHARING)
    assert bundle(SHARING) != bundle(replace(SHARING, salt="another"))


def test_times_and_ids_do_not_come_from_a_clock_or_a_die() -> None:
    for each in objects(bundle(SHARING)):
        if each["type"] == "marking-definition":
            continue
        if "created" in each:
            assert each["created"] == each["modified"] == moment(SHARING.declared, digits=3)
        version = 5 if each["type"] in ("user-account", "ipv4-addr", "ipv6-addr", "autonomous-system") else 4
        assert uuid.UUID(each["id"].partition("--")[2]).version == version


def test_observable_ids_are_those_of_the_specification() -> None:
    (found,) = [
        each for each in objects(bundle(SHARING)) if each["type"] == "ipv4-addr" and "/" not in each["value"]
    ]
    name = uuid.uuid5(OBSERVABLES, '{"value":"198.51.100.7"}')
    assert found["id"] == f"ipv4-addr--{name}"


def test_digests_leave_no_value_and_no_id_of_one(tmp_path: Path) -> None:
    content = bundle(replace(SHARING, key=KEY)).decode()
    for each in VALUES:
        assert json.dumps(each.value)[1:-1] not in content
        seen = observable(each.trait, each.value)
        if seen is not None:
            inner = {name: value for name, value in seen.items() if name != "type"}
            id_of = uuid.uuid5(OBSERVABLES, json.dumps(inner, separators=(",", ":"), sort_keys=True))
            assert str(id_of) not in content
    assert {each["type"] for each in objects(content.encode())}.isdisjoint({"ipv4-addr", "autonomous-system"})


def test_an_id_cannot_be_tried_without_the_salt_of_the_case() -> None:
    one, other = (objects(bundle(replace(SHARING, salt=salt))) for salt in ("a", "b"))
    kinds = ("indicator", "relationship", "grouping", "opinion", "note", "intrusion-set", "observed-data")
    ids = [{each["id"] for each in found if each["type"] in kinds} for found in (one, other)]
    assert ids[0].isdisjoint(ids[1])


def test_the_kinds_of_objects() -> None:
    kinds = {each["type"] for each in objects(bundle(SHARING))}
    assert kinds >= {
        "grouping",
        "intrusion-set",
        "indicator",
        "observed-data",
        "relationship",
        "opinion",
        "note",
    }
    assert "threat-actor" not in kinds


def test_opinion_and_note_say_what_was_decided_and_what_speaks_against() -> None:
    found = objects(bundle(SHARING))
    assert sorted(each["opinion"] for each in found if each["type"] == "opinion") == ["agree", "neutral"]
    notes = [each["content"] for each in found if each["type"] == "note"]
    assert notes == ["- a point", "Nothing was found that speaks against it."]


def test_every_object_is_labelled() -> None:
    for name in LEVELS:
        first, *rest = objects(bundle(replace(SHARING, tlp=name)))
        assert first == marking(name) and first["name"] == name
        assert all(each["object_marking_refs"] == [first["id"]] for each in rest)


@pytest.mark.parametrize("given", ["amber", "TLP:AMBER", " amber ", "Tlp:Amber"])
def test_a_label_as_people_write_it(given: str) -> None:
    assert level(given) == "TLP:AMBER"


@pytest.mark.parametrize("given", ["white", "", "TLP:", "amber strict"])
def test_a_label_that_is_none(given: str) -> None:
    with pytest.raises(UsageError, match="no label of TLP"):
        level(given)


def test_the_labels_are_the_five_published_ones() -> None:
    wanted = ["clear", "green", "amber", "amber+strict", "red"]
    assert [next(iter(marking(name)["extensions"].values()))["tlp_2_0"] for name in LEVELS] == wanted
    assert len({marking(name)["id"] for name in LEVELS}) == 5


def test_techniques_of_atlas_are_used_by_the_group_with_the_reason() -> None:
    found = {each["id"]: each for each in objects(bundle(SHARING))}
    uses = [each for each in found.values() if each.get("relationship_type") == "uses"]
    ids = [found[each["target_ref"]]["external_references"][0]["external_id"] for each in uses]
    assert ids == ["AML.T0008.005", "AML.T0021", "AML.T0040", "AML.T0024.002"]
    for each in uses:
        assert found[each["source_ref"]]["name"] == "op-1" and "Named because: " in each["description"]
        assert each["external_references"][0]["external_id"] == "AML.CS0056"
        assert "does not make it one of them" in each["description"]
    assert uses[-1]["confidence"] == 70
