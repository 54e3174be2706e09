"""Digests are opened by the key under which they were made, where this log has the value."""

from linkage.attribution import keyed_indicators
from linkage.attribution.exchange_key import PREFIX, ExchangeKey

KEY, OTHER = ExchangeKey(b"1" * 32), ExchangeKey(b"2" * 32)
PLAIN = {"operator": "Heron", "trait": "fingerprint", "value": "card 3"}


def keyed(value: str, trait: str = "fingerprint") -> dict[str, str]:
    return {"operator": "Heron", "trait": f"{PREFIX}{trait}", "value": KEY.digest(trait, value)}


def test_plain_values_and_digests_are_split_and_what_cannot_be_opened_is_counted() -> None:
    no_digest = {"operator": "Heron", "trait": f"{PREFIX}ip", "value": "198.51.100.7"}
    rows = [PLAIN, keyed("card 2"), no_digest]
    found = keyed_indicators.split(rows, KEY)
    assert (found.plain, found.keyed, found.traits) == ([PLAIN], [keyed("card 2")], ["fingerprint"])
    assert found.unusable == {keyed_indicators.NO_DIGEST: 1}
    assert keyed_indicators.split(rows, None).unusable == {
        keyed_indicators.NO_DIGEST: 1,
        keyed_indicators.NO_KEY: 1,
    }
    assert keyed_indicators.split([keyed("card 2")], OTHER).unusable == {keyed_indicators.OTHER_KEY: 1}


def test_the_value_takes_the_place_of_its_digest_in_every_spelling_that_is_here() -> None:
    here = [("email_domain", "Own.example"), ("email_domain", "own.example"), ("email_domain", "b.example")]
    found = keyed_indicators.opened([keyed("own.example", "email_domain")], here, KEY)
    assert [(row["trait"], row["value"]) for row in found] == [
        ("email_domain", "Own.example"),
        ("email_domain", "own.example"),
    ]


def test_a_value_that_is_not_here_opens_nothing() -> None:
    assert keyed_indicators.opened([keyed("card 2")], [("fingerprint", "card 9")], KEY) == []
    assert keyed_indicators.opened([keyed("card 2")], [("ip", "card 2")], KEY) == []
