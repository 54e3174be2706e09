"""One spelling for each value, seen alike in bulk and one by one."""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons, spelling
from linkage.ingest.addresses import networks
from linkage.ingest.reasons import Refused
from linkage.ingest.spelling import composed, respell

COMMON = [
    "1.2.3.4",
    "::ffff:1.2.3.4",
    "01.2.3.4",
    "unknown",
    "-",
    "2001:DB8::1",
    "0.0.0.0",
    "1.2.3.***",
    "10.0.0.0/8",
]
TEXTS = st.none() | st.sampled_from(
    [*COMMON, "Acme.Example.", "FI", "fi", "Finland", "ABCDEF12", "", "é", "T13D_a"]
)


@pytest.mark.parametrize(
    ("trait", "given", "spelt"),
    [
        ("email_domain", "Acme.Example.", "acme.example"),
        ("email_domain", "acme.example..", "acme.example"),
        ("email_domain", ".", "."),
        ("email_domain", "ÉCOLE.example", "école.example"),
        ("email_hash", "ABCDEF12", "abcdef12"),
        ("email_hash", "Hello", "Hello"),
        ("phone_hash", "0A", "0a"),
        ("ja4", "T13D1516H2_8DAAF6152771", "t13d1516h2_8daaf6152771"),
        ("country", "fi", "FI"),
        ("country", "Finland", "Finland"),
        ("payment_country", "é1", "é1"),
        ("ip", "::FFFF:1.2.3.4", "1.2.3.4"),
        ("ip", "0.0.0.0", None),
    ],
)
def test_the_spelling_of_each_trait(trait: str, given: str, spelt: str | None) -> None:
    found = respell(pa.array([given]), spelling.spelling(trait))
    assert found.values.to_pylist() == [spelt]


@given(st.lists(TEXTS, max_size=6), st.sampled_from(spelling.TRAITS), st.data())
def test_a_column_is_spelt_as_its_values_are(
    given: list[str | None], trait: str, data: st.DataObject
) -> None:
    how = spelling.spelling(trait)
    chosen = data.draw(st.lists(st.booleans(), min_size=len(given), max_size=len(given)))
    rows = data.draw(st.sampled_from([None, pa.array(chosen, pa.bool_())]))
    values, faults, blank = [], {}, set()
    for place, text in enumerate(given):
        asked = text is not None and (rows is None or chosen[place])
        try:
            made = how.rule(text) if asked and text is not None else text
        except Refused as refused:
            faults[place], made = refused.reason, None
        else:
            blank |= {place} if asked and made is None else set()
        values.append(made)

    found = respell(pa.array(given, pa.string()), how, rows)

    assert (found.values.to_pylist(), found.faults, set(found.blank)) == (values, faults, blank)


@given(st.sampled_from(spelling.TRAITS), st.text("0123456789abcdefAFz.:_-[]", max_size=20))
def test_what_is_sure_to_be_spelt_so_is(trait: str, text: str) -> None:
    """The pattern that spares a value the rule fits no value that the rule would change."""
    how = spelling.spelling(trait)
    if pc.match_substring_regex(pa.scalar(text), f"^(?:{how.sure})$").as_py():
        assert how.rule(text) == text


def test_proxies_are_passed_over_in_a_list_of_addresses() -> None:
    how = spelling.spelling("ip", networks(["198.51.100.0/24"]))
    assert respell(pa.array(["203.0.113.5, 198.51.100.7"]), how).values.to_pylist() == ["203.0.113.5"]


def test_an_address_that_cannot_be_used_is_refused_and_its_neighbours_are_spelt() -> None:
    given = pa.array(["1.2.3.***", "::ffff:1.2.3.4", "1.2.3.***", None])
    found = respell(given, spelling.spelling("ip"))
    assert found.values.to_pylist() == [None, "1.2.3.4", None, None]
    assert found.faults == dict.fromkeys([0, 2], reasons.MASKED_ADDRESS)


@given(st.lists(st.none() | st.text(st.sampled_from("ae\u0301\u0308é\u212b"), max_size=4), max_size=4))
def test_composed_texts(given: list[str | None]) -> None:
    found = composed(pa.array(given, pa.string())).to_pylist()
    assert found == [None if each is None else unicodedata.normalize("NFC", each) for each in given]
