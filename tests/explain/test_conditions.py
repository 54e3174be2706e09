"""Values that a person asks for."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import CaseError, UsageError
from linkage.explain.conditions import condition, require_traits

ADDRESSES = ["203.0.113.7", "203.0.113.200", "203.0.114.1", "203.0.11.3", "2001:db8::1", "a hash"]


@pytest.mark.parametrize("text", ["ip", "ip=", "=203.0.113.7", "", "ip=203.0.113.0/99", "prefix=nowhere/24"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        condition(text)


def test_a_value_may_hold_an_equals_sign() -> None:
    found = condition("user_agent=a=b")
    assert (found.traits, found.value) == (("user_agent",), "a=b")
    assert found.among(["a=b", "a"]) == ["a=b"]


def test_so_may_a_trait_of_the_case() -> None:
    found = condition("a=b=c", ["a=b", "a", "a=bb"])
    assert (found.traits, found.value) == (("a=b",), "c")


def test_a_value_is_looked_for_as_a_case_spells_it() -> None:
    assert condition("ip=2001:0db8::0001").value == "2001:db8::1"
    assert condition("ip=[::ffff:203.0.113.7]:443").value == "203.0.113.7"


def test_a_network_of_the_usual_length_is_one_value_of_prefix() -> None:
    found = condition("prefix=203.0.113.77/24")
    assert (found.traits, found.value, found.network) == (("prefix",), "203.0.113.0/24", None)
    assert condition("prefix=2001:db8::5/64").value == "2001:db8::/64"


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("ip=203.0.113.0/24", ["203.0.113.7", "203.0.113.200"]),
        ("prefix=203.0.113.0/25", ["203.0.113.7"]),
        ("ip=203.0.0.0/16", ["203.0.113.7", "203.0.113.200", "203.0.114.1", "203.0.11.3"]),
        ("ip=2001:db8::/32", ["2001:db8::1"]),
        ("ip=0.0.0.0/0", ADDRESSES[:4]),
        ("ip=203.0.113.7/32", ["203.0.113.7"]),
    ],
)
def test_a_network_is_met_by_every_address_in_it(text: str, met: list[str]) -> None:
    assert condition(text).among(ADDRESSES) == met


def test_a_wide_network_is_met_by_prefixes_in_it() -> None:
    found = condition("prefix=203.0.0.0/16")
    assert found.traits == ("ip", "prefix")
    assert found.among(["203.0.113.0/24", "203.1.0.0/24", "203.0.0.0/15"]) == ["203.0.113.0/24"]


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_the_short_cut_leaves_nothing_out(address: int, start: int, length: int) -> None:
    network = ipaddress.ip_network((start, length), strict=False)
    value = str(ipaddress.IPv4Address(address))
    assert bool(condition(f"ip={network}").among([value])) == (ipaddress.ip_address(value) in network)


def test_an_unknown_trait_is_refused_with_its_nearest_names() -> None:
    with pytest.raises(CaseError) as error:
        require_traits([condition("fingerprnt=1")], ["fingerprint", "ip"], "CASE")
    assert error.value.hint == "nearest: fingerprint"
    with pytest.raises(CaseError) as error:
        require_traits([condition("x=1")], ["fingerprint", "ip"], "CASE")
    assert error.value.hint == "one of: fingerprint, ip"
    require_traits([condition("prefix=10.0.0.0/8")], ["ip"], "CASE")
