"""STIX bundles as indicators: what is understood becomes rows, what is not is counted by reason."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.formats.stix_pattern import alternatives
from linkage.ingest.read import read
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest as IngestSettings
from tests.ingest.conftest import Put
from tests.ingest.made import LENIENT, Read

ROW = b'{"account":"a1","at":1767323045}\n'
WHEN = "2026-01-05T10:00:00Z"
DEPTH = IngestSettings().max_pattern_depth


def actor(name: str = "Heron", kind: str = "intrusion-set", **more: Any) -> dict[str, Any]:
    made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{name}", "created": WHEN, "modified": WHEN}
    return {**made, "name": name, **more}


def indicator(pattern: str, name: str = "1", **more: Any) -> dict[str, Any]:
    made = {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{name}", "created": WHEN}
    made |= {"modified": WHEN, "pattern": pattern, "pattern_type": "stix", "valid_from": WHEN}
    return {**made, **more}


def relation(source: str, target: str, kind: str = "indicates", **more: Any) -> dict[str, Any]:
    made = {"type": "relationship", "id": f"relationship--{source}{target}", "modified": WHEN}
    return {**made, "relationship_type": kind, "source_ref": source, "target_ref": target, **more}


def bundle(*objects: Any) -> bytes:
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": list(objects)}).encode()


def heron(*objects: Any) -> bytes:
    """The objects, with Heron behind indicator 1."""
    return bundle(*objects, actor(), relation("indicator--1", "intrusion-set--Heron"))


def load(put: Put, content: bytes, *, reading: IngestSettings = LENIENT, name: str = "partner.json") -> Read:
    folder = put("sessions.ndjson", ROW)
    file = folder.parent / name
    file.write_bytes(content)
    result = Read(read([folder], file.parent / "staged", chosen=reading, mappings={}, indicators=[file]))
    result.check_rows()
    return result


def rows(result: Read) -> list[tuple[Any, ...]]:
    table = result.table("indicators")
    return list(zip(*(table[c].to_pylist() for c in ("operator", "trait", "value")), strict=True))


# --- rows ----------------------------------------------------------------------------------------


def test_an_address_becomes_a_row_with_its_confidence_source_and_time(put: Put) -> None:
    made = indicator("[ipv4-addr:value = '198.51.100.7']", confidence=85, created_by_ref="identity--x")
    maker = {"type": "identity", "id": "identity--x", "name": "Partner", "modified": WHEN}

    result = load(put, heron(made, maker))

    (row,) = result.table("indicators").to_pylist()
    assert row == {
        "operator": "Heron",
        "trait": "ip",
        "value": "198.51.100.7",
        "confidence": 0.85,
        "source": "Partner",
        "seen_at": 1767607200000000,
        "file": "partner.json",
        "line": 1,
        "cleaned": None,
    }
    receipt = result.receipt("indicators")
    assert receipt.filtered == {reasons.NOT_AN_INDICATOR: 3}
    assert receipt.rows == 4


def test_a_packed_bundle_is_read(put: Put) -> None:
    content = gzip.compress(heron(indicator("[ipv4-addr:value = '198.51.100.7']")))

    assert rows(load(put, content, name="Partner.JSON.gz")) == [("Heron", "ip", "198.51.100.7")]


def test_a_list_named_twice_is_read_once(put: Put) -> None:
    source = put("sessions.ndjson", ROW)
    file = put("indicators.csv", b"operator,trait,value\nHeron,fingerprint,c1\n") / "indicators.csv"

    result = Read(read([source], source.parent / "staged", chosen=LENIENT, mappings={}, indicators=[file]))

    assert rows(result) == [("Heron", "fingerprint", "c1")]


def test_a_table_under_any_name_is_read_as_indicators(put: Put) -> None:
    result = load(put, b"operator,trait,value\nHeron,fingerprint,c1\n", name="what we know.csv")

    assert rows(result) == [("Heron", "fingerprint", "c1")]


def test_alternatives_are_a_row_each_and_other_things_are_counted(put: Put) -> None:
    pattern = (
        "[ipv4-addr:value = '198.51.100.7' OR domain-name:value = 'x.example'"
        " OR (x-linkage:fingerprint IN ('c1', 'c2') AND x-linkage:bin = '4111')]"
        " OR [x-linkage:'funder' = 'it\\'s']"
    )

    result = load(put, heron(indicator(pattern)))

    assert rows(result) == [("Heron", "ip", "198.51.100.7"), ("Heron", "funder", "it's")]
    receipt = result.receipt("indicators")
    assert receipt.filtered[reasons.NOT_OURS] == receipt.filtered[reasons.COMBINED] == 1
    assert receipt.unknown_columns == ("domain-name:value",)


@pytest.mark.parametrize(
    ("pattern", "trait", "value"),
    [
        ("[ipv6-addr:value = '2001:DB8:0::1']", "ip", "2001:db8::1"),
        ("[ipv4-addr:value = '198.51.100.0/24']", "prefix", "198.51.100.0/24"),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "prefix", "198.51.100.0/24"),
        ("[ipv4-addr:value = '198.51.100.7/32']", "ip", "198.51.100.7"),
        ("[autonomous-system:number = 64500]", "asn", "AS64500"),
        ("[x-acme-account:phone_hash = 'ff']", "phone_hash", "ff"),
        ("( [x-linkage:bin = 411111] )", "bin", "411111"),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'a/1']",
            "user_agent",
            "a/1",
        ),
    ],
)
def test_what_is_understood(put: Put, pattern: str, trait: str, value: str) -> None:
    assert rows(load(put, heron(indicator(pattern)))) == [("Heron", trait, value)]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[ipv4-addr:value = '1.2.3.4' AND x-linkage:bin = '4']", reasons.COMBINED),
        ("[ipv4-addr:value = '1.2.3.4'] AND [x-linkage:bin = '4']", reasons.COMBINED),
        ("[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [x-linkage:bin = '4']", reasons.COMBINED),
        ("[ipv4-addr:value = '1.2.3.4'] REPEATS 5 TIMES", reasons.COMBINED),
        ("[ipv4-addr:value = '1.2.3.4'] WITHIN 300 SECONDS", reasons.COMBINED),
        (f"[ipv4-addr:value = '1.2.3.4'] START t'{WHEN}' STOP t'{WHEN}'", reasons.COMBINED),
        ("[ipv4-addr:value != '1.2.3.4']", reasons.COMBINED),
        ("[ipv4-addr:value NOT = '1.2.3.4']", reasons.COMBINED),
        ("[ipv4-addr:value LIKE '1.2.3.%']", reasons.COMBINED),
        ("[EXISTS ipv4-addr:value]", reasons.COMBINED),
        ("[ipv4-addr:value = '1.2.0.0/16']", reasons.NOT_OURS),
        ("[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", reasons.NOT_OURS),
        ("[domain-name:resolves_to_refs[*].value = '1.2.3.4']", reasons.NOT_OURS),
        ("[x-acme:shoe_size = '44']", reasons.NOT_OURS),
        ("[email-addr:value = 'a@b.example']", reasons.NOT_OURS),
    ],
)
def test_what_would_be_a_guess_is_filtered(put: Put, pattern: str, why: str) -> None:
    result = load(put, heron(indicator(pattern)), reading=IngestSettings())

    assert result.receipt("indicators").filtered[why] == 1
    assert result.table("indicators").num_rows == 0


@pytest.mark.parametrize(
    "pattern",
    ["", "[", "[]", "ipv4-addr:value = '1'", "[ipv4-addr:value = ]", "[ipv4-addr:value '1']", "[a:b = 'c'",
     "[a:b = 'c'] nonsense", "[a:b = 'c']]", "[a:b = 'c'] WITHIN", "[(" * 100, "[a:b == = 'c']",
     "[a:b = \"c\"]", "(" * 100_000, "[a:b IN ()]", "[a:b = 'c' OR]"],
)  # fmt: skip
def test_what_is_no_pattern_is_put_away(put: Put, pattern: str) -> None:
    result = load(put, heron(indicator(pattern)))

    (entry,) = result.put_away()
    assert entry["reason"] in (reasons.NO_PATTERN, reasons.TOO_DEEP)
    assert (entry["file"], entry["row"]) == ("partner.json", 1)


@given(st.text("[]()'ipv4-addr:value =xORANDNOTIN,.\\ 17", max_size=60))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        found = alternatives(text, DEPTH)
    except Refused as refused:
        assert refused.reason in (reasons.NO_PATTERN, reasons.TOO_DEEP)
    else:
        assert found
        assert all(bool(one.why) != bool(one.trait and one.value) for one in found)


# --- who is behind it ----------------------------------------------------------------------------


def test_an_indicator_of_nobody_is_counted_and_not_used(put: Put) -> None:
    alone = indicator("[ipv4-addr:value = '1.2.3.4']")
    tool = {"type": "malware", "id": "malware--t", "name": "Tool", "modified": WHEN}

    result = load(put, bundle(alone, tool, relation("indicator--1", "malware--t")))

    assert result.receipt("indicators").filtered[reasons.NO_ACTOR] == 1


def test_a_campaign_stands_for_the_one_it_is_attributed_to(put: Put) -> None:
    campaign, behind = actor("Spring", "campaign"), relation("campaign--Spring", "intrusion-set--Heron",
                                                              "attributed-to")  # fmt: skip
    made = [indicator("[ipv4-addr:value = '1.2.3.4']"), relation("indicator--1", "campaign--Spring")]

    assert rows(load(put, bundle(*made, campaign, actor(), behind))) == [("Heron", "ip", "1.2.3.4")]


def test_of_two_said_to_be_behind_a_campaign_neither_is_chosen(put: Put) -> None:
    ends = [relation("campaign--Spring", f"intrusion-set--{n}", "attributed-to") for n in ("Heron", "Ibis")]
    made = [indicator("[ipv4-addr:value = '1.2.3.4']"), relation("indicator--1", "campaign--Spring")]

    found = load(put, bundle(*made, actor("Spring", "campaign"), actor(), actor("Ibis"), *ends))

    assert rows(found) == [("Spring", "ip", "1.2.3.4")]


def test_actors_attributed_to_each_other_end_the_search(put: Put) -> None:
    ends = [relation(f"campaign--{a}", f"campaign--{b}", "attributed-to") for a, b in ("AB", "BA")]
    made = [indicator("[ipv4-addr:value = '1.2.3.4']"), relation("indicator--1", "campaign--A")]

    found = load(put, bundle(*made, actor("A", "campaign"), actor("B", "campaign"), *ends))

    assert len(rows(found)) == 1


def test_what_is_revoked_or_older_does_not_count(put: Put) -> None:
    old = indicator("[ipv4-addr:value = '1.2.3.4']", modified="2026-01-01T00:00:00Z")
    new = indicator("[ipv4-addr:value = '1.2.3.5']", modified="2026-01-01T00:00:00.5Z")
    gone = indicator("[ipv4-addr:value = '1.2.3.6']", "2", revoked=True)
    more = [relation("indicator--2", "intrusion-set--Heron")]

    result = load(put, heron(new, old, gone, *more))

    assert rows(result) == [("Heron", "ip", "1.2.3.5")]
    filtered = result.receipt("indicators").filtered
    assert filtered[reasons.OLDER] == filtered[reasons.REVOKED] == 1


def test_a_revoked_relationship_leads_nowhere(put: Put) -> None:
    made = [indicator("[ipv4-addr:value = '1.2.3.4']"), actor()]

    result = load(put, bundle(*made, relation("indicator--1", "intrusion-set--Heron", revoked=True)))

    assert rows(result) == []


def test_other_languages_are_counted(put: Put) -> None:
    result = load(put, heron(indicator("rule x {}", pattern_type="yara")))

    assert result.receipt("indicators").filtered[reasons.OTHER_LANGUAGE] == 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"confidence": 101}, reasons.OUT_OF_RANGE),
        ({"confidence": "high"}, reasons.WRONG_TYPE),
        ({"confidence": True}, reasons.WRONG_TYPE),
    ],
)
def test_a_field_that_cannot_be_read_puts_the_indicator_away(
    put: Put, more: dict[str, Any], why: str
) -> None:
    result = load(put, heron(indicator("[ipv4-addr:value = '1.2.3.4']", **more)))

    assert result.receipt("indicators").quarantined == {why: 1}


def test_an_indicator_whose_time_cannot_be_read_is_kept_without_it(put: Put) -> None:
    result = load(put, heron(indicator("[ipv4-addr:value = '1.2.3.4']", valid_from="soon")))

    assert result.table("indicators")["seen_at"].to_pylist() == [None]
    assert result.lost("indicators") == {"seen_at": {reasons.UNREADABLE_TIME: 1}}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"type": "bundle", "objects": {}}', b'{"type": "bundle"', b"\xff\xfe",
     b'{"type": "bundle", "type": "bundle"}', b'{"type":"bundle","spec_version":"2.0","objects":[]}',
     b'{"type": "report", "objects": []}'],
)  # fmt: skip
def test_what_is_no_bundle_is_refused_with_its_name(put: Put, content: bytes) -> None:
    with pytest.raises(InputError, match=r"partner\.json") as caught:
        load(put, content)
    assert caught.value.hint


def test_objects_that_are_nothing_are_counted(put: Put) -> None:
    result = load(put, heron(7, None, [], {"type": "indicator"}, {"id": 3}))

    receipt = result.receipt("indicators")
    assert receipt.filtered[reasons.NOT_AN_INDICATOR] == 6
    assert receipt.quarantined == {reasons.NO_PATTERN: 1}


@pytest.mark.parametrize("name", ["known.txt", "known", "folder"])
def test_other_files_are_refused(put: Put, tmp_path: Path, name: str) -> None:
    source = put("sessions.ndjson", ROW)
    other = source.parent / name
    other.mkdir() if name == "folder" else other.write_text("x")

    with pytest.raises(InputError):
        read([source], source.parent / "staged", chosen=LENIENT, mappings={}, indicators=[other])
