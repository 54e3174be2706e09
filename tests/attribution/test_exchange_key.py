"""Keyed digests: equal for what two providers both have, and nothing else to be learnt without trying."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.attribution.exchange_key import (
    ExchangeKey,
    canonical,
    is_keyed,
    key_name,
    new_exchange_key,
    read_exchange_key,
)
from linkage.errors import UsageError

ONE, OTHER = ExchangeKey(b"1" * 32), ExchangeKey(b"2" * 32)


@given(trait=st.text(max_size=8), value=st.text(max_size=20))
def test_equal_values_and_no_others_have_equal_digests(trait: str, value: str) -> None:
    digest = ONE.digest(trait, value)
    assert digest == ONE.digest(trait, value)
    assert is_keyed(f"keyed:{trait}", digest) and key_name(digest) == ONE.name()
    assert digest != OTHER.digest(trait, value)
    assert digest != ONE.digest(f"{trait}x", value) and digest != ONE.digest(trait, f"{value}x")


def test_trait_and_value_do_not_run_into_one_another() -> None:
    assert ONE.digest("ab", "c") != ONE.digest("a", "bc")


def test_the_name_of_a_key_is_not_the_key() -> None:
    assert ONE.name() != OTHER.name() and ONE.name() not in ONE.secret.hex()


@pytest.mark.parametrize(
    ("trait", "one", "other"),
    [
        ("asn", "AS64500", "64500"),
        ("ip", "2001:DB8::7", "2001:db8::7"),
        ("prefix", "2001:DB8::/64", "2001:db8::/64"),
        ("email_domain", "Mail.Example", "mail.example"),
    ],
)
def test_two_spellings_of_one_value_are_one(trait: str, one: str, other: str) -> None:
    assert ONE.digest(trait, one) == ONE.digest(trait, other)


def test_other_values_stay_as_they_are() -> None:
    assert canonical("ip", "no address") == "no address" and canonical("fingerprint", "AS1") == "AS1"


def test_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = new_exchange_key(tmp_path / "key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert read_exchange_key(tmp_path / "key") == made
    assert new_exchange_key(tmp_path / "another") != made
    with pytest.raises(UsageError, match="cannot be made"):
        new_exchange_key(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "abc", "G" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n" + "a" * 64, "ä"])
def test_what_is_no_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(UsageError):
        read_exchange_key(tmp_path / "key")


def test_a_key_that_others_can_read_or_that_is_not_there(tmp_path: Path) -> None:
    new_exchange_key(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(UsageError, match="others can read"):
        read_exchange_key(tmp_path / "key")
    with pytest.raises(UsageError, match="no exchange key"):
        read_exchange_key(tmp_path / "none")


@pytest.mark.parametrize("value", ["", "x", "0" * 81, "0" * 16 + "-" + "0" * 63, "0" * 16 + "-" + "G" * 64])
def test_what_is_no_digest(value: str) -> None:
    assert not is_keyed("keyed:ip", value)
