"""Patterns of STIX: each value that alone indicates, and why the others are not taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons
from linkage.ingest.formats.stix_pattern import Alternative, alternatives
from linkage.ingest.reasons import Refused

ADDRESS = "ipv4-addr:value"
TWO = [("ip", "192.0.2.1", ""), ("ip", "192.0.2.2", "")]


def of(pattern: str, depth: int = 32) -> list[tuple[str, str, str]]:
    return [(one.trait, one.value, one.why) for one in alternatives(pattern, depth)]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (f"[{ADDRESS} = '198.51.100.7']", [("ip", "198.51.100.7", "")]),
        (f"[{ADDRESS} = '198.51.100.7/32']", [("ip", "198.51.100.7", "")]),
        (f"[{ADDRESS} ISSUBSET '198.51.100.0/24']", [("prefix", "198.51.100.0/24", "")]),
        (f"[{ADDRESS} ISSUBSET '198.51.0.0/16']", [("", "", reasons.NOT_OURS)]),
        ("[ipv6-addr:value = '2001:db8::/64']", [("prefix", "2001:db8::/64", "")]),
        ("[autonomous-system:number = 64500]", [("asn", "AS64500", "")]),
        ("[x-linkage:device = 'it\\'s']", [("device", "it's", "")]),
        ("[x-linkage-keyed:device = 'd']", [("keyed:device", "d", "")]),
        ("[file:name = 'a']", [("", "", reasons.NOT_OURS)]),
        (f"[{ADDRESS} IN ('192.0.2.1', '192.0.2.2')]", TWO),
        (
            f"[{ADDRESS} = '192.0.2.1' OR {ADDRESS} = '192.0.2.2']",
            [("ip", "192.0.2.1", ""), ("ip", "192.0.2.2", "")],
        ),
        (f"[{ADDRESS} = '192.0.2.1' AND {ADDRESS} = '192.0.2.2']", [("", "", reasons.COMBINED)]),
        (f"[{ADDRESS} NOT = '192.0.2.1']", [("", "", reasons.COMBINED)]),
        (f"[{ADDRESS} LIKE '192.0.2.%']", [("", "", reasons.COMBINED)]),
        (f"[EXISTS {ADDRESS}]", [("", "", reasons.COMBINED)]),
    ],
)
def test_a_pattern_means_what_it_says(pattern: str, found: list[tuple[str, str, str]]) -> None:
    assert of(pattern) == found


@given(st.integers(1, 6), st.integers(1, 6))
def test_brackets_are_as_deep_as_is_allowed_or_refused(deep: int, allowed: int) -> None:
    pattern = f"[{'(' * deep}{ADDRESS} = '192.0.2.1'{')' * deep}]"
    try:
        assert of(pattern, allowed) == [("ip", "192.0.2.1", "")]
        fits = True
    except Refused as refused:
        assert refused.reason == reasons.TOO_DEEP
        fits = False
    assert fits is (deep <= allowed)


def test_what_was_not_understood_is_named() -> None:
    assert alternatives("[file:hashes.MD5 = 'x']", 32) == [
        Alternative("file:hashes.MD5", why=reasons.NOT_OURS)
    ]
