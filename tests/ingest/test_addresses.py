"""An address is one value however it is spelled, wherever it comes in; what is no address stays as it is."""

import ipaddress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.ingest import addresses, reasons, spelling
from linkage.ingest.reasons import Refused
from linkage.settings import TableMapping
from tests.ingest.conftest import Put
from tests.ingest.made import in_every_format, load, ndjson

SPELLINGS = [
    ("192.0.2.7", "192.0.2.7"),
    ("2001:DB8::1", "2001:db8::1"),
    ("2001:0db8:0:0::1", "2001:db8::1"),
    ("2001:db8:0:0:0:0:0.0.0.1", "2001:db8::1"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("::FFFF:C000:207", "192.0.2.7"),
    ("192.0.2.7:443", "192.0.2.7"),
    ("[2001:DB8::1]", "2001:db8::1"),
    ("[2001:DB8::1]:443", "2001:db8::1"),
    ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
    ("FE80::1%Eth0", "fe80::1%Eth0"),
]


@pytest.mark.parametrize(("given", "wanted"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_every_spelling_of_an_address_is_one_value(given: str, wanted: str) -> None:
    assert addresses.address(given) == wanted
    assert addresses.prefix(given) == addresses.prefix(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2",
        "[192.0.2.7]",
        "192.0.2.7:",
        "192.0.2.7:https",
        "[2001:db8::1",
        "[2001:db8::1]443",
        "[[2001:db8::1]]",
        "2001:DB8::1::2",
        "2001:DB8::1/64",
        "host:443",
        "sha256:AB12",
        "A::1:" * 2_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_address_stays_as_it_is(text: str) -> None:
    assert addresses.address(text) == text
    assert addresses.prefix(text) is None


@given(st.ip_addresses(v=6))
def test_all_spellings_of_any_address_meet(address: ipaddress.IPv6Address) -> None:
    found = addresses.address(str(address))
    if found is None:
        assert (address.ipv4_mapped or address).is_unspecified
        return
    assert {addresses.address(each) for each in (address.exploded, str(address).upper(), found)} == {found}
    assert addresses.address(f"[{address.exploded}]:80") == found


PROXIES = addresses.networks(["198.51.100.0/24", "200.0.0.0/6", "2001:db8::/32"])
HOP = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.sampled_from(
        ["10.0.0.7", "198.51.100.9", "201.2.3.4", "0.0.0.0", "169.254.1.1", "::1", "unknown", "1.2.3"]
    ),
    st.ip_addresses(v=6).map(str),
)


@given(st.lists(st.tuples(HOP, st.sampled_from(["{}", " {} ", "{}:443", '"{}"', "[{}]:1"])), max_size=4))
def test_the_client_is_the_last_hop_that_no_proxy_has(hops: list[tuple[str, str]]) -> None:
    parsed = [addresses.parse_address(form.format(hop).strip().strip('"')) for hop, form in hops]
    known = [each for each in parsed if each is not None and not each.is_unspecified]
    inner = (*addresses.INNER, *PROXIES)
    outer = [each for each in known if not any(each in net for net in inner)]
    given_hops = [form.format(hop) for hop, form in hops]
    if not known:
        with pytest.raises(Refused):
            addresses.client(given_hops, PROXIES)
        return
    assert addresses.client(given_hops, PROXIES) == str((outer[-1:] or known)[0])


@given(st.text(max_size=30))
def test_any_text_has_a_small_network_or_none(text: str) -> None:
    found = addresses.prefix(text)
    assert found is None or "/" in found


@given(st.text(alphabet="0123456789abcdefF:.[]%/x", max_size=24))
def test_respelling_twice_changes_nothing_more(text: str) -> None:
    for trait in spelling.TRAITS:
        once = spelled(text, trait)
        assert once == text or spelled(once, trait) == once


def spelled(text: str | None, trait: str = "ip") -> str | None:
    if text is None:
        return None
    try:
        return spelling.spelling(trait).rule(text)
    except Refused:
        return None


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:DB8:0:1::9", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("192.0.2.77:8080", "192.0.2.0/24"),
        ("fe80::1", "fe80::/64"),
        ("fe80::1%eth0", None),
        ("192.0.2.0/24", None),
        ("localhost", None),
        ("", None),
        ("1" * 10_000, None),
    ],
)
def test_the_small_network_of_an_address(given: str, wanted: str | None) -> None:
    assert addresses.prefix(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2001:DB8:0:0::/64", "2001:db8::/64"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("2001:DB8::1/64", "2001:DB8::1/64"),
        ("2001:DB8::1", "2001:DB8::1"),
        ("A:b/c", "A:b/c"),
    ],
)
def test_every_spelling_of_a_network_is_one_value(given: str, wanted: str) -> None:
    assert addresses.network(given) == wanted


groups = st.lists(st.sampled_from(["", "0", "00", "1", "a0", "A", "ffff", "0a", "1.2.3.4"]), max_size=9)
octets = st.lists(st.sampled_from(["0", "1", "10", "99", "256", "255", "249", "260", "01", "x"]), max_size=5)


@given(st.lists(groups.map(":".join) | octets.map(".".join), max_size=8))
def test_the_bulk_way_agrees_with_one_at_a_time(texts: list[str]) -> None:
    made = spelling.respell(pa.array(texts, pa.string()), spelling.spelling("ip"))
    assert made.values.to_pylist() == [spelled(text) for text in texts]
    refused = [place for place, text in enumerate(texts) if text and refuses(text)]
    assert sorted(made.faults) == refused
    assert made.blank == {p for p, v in enumerate(made.values.to_pylist()) if v is None} - {*refused}


def refuses(text: str) -> bool:
    try:
        addresses.address(text)
    except Refused:
        return True
    return False


@pytest.mark.parametrize(
    "text", ["1:2:3:4::6:7:8", "1:2:3::6:7:8", "1:2:3:4:5:6::", "1:2:3:4:5:6:7::", "::1:2:3"]
)
def test_a_short_form_that_stands_for_one_group_is_not_canonical(text: str) -> None:
    (made,) = spelling.respell(pa.array([text]), spelling.spelling("ip")).values.to_pylist()
    assert made == str(ipaddress.ip_address(text))


def test_a_column_is_respelled_where_it_is_asked_for() -> None:
    values = pa.array(["A::1", None, "10.0.0.1", "A:1", "A::1", "::FFFF:10.0.0.1"])
    rule = spelling.spelling("ip")
    assert spelling.respell(values, rule).values.to_pylist() == [
        "a::1", None, "10.0.0.1", "A:1", "a::1", "10.0.0.1"
    ]  # fmt: skip
    rows = pa.array([False, True, True, True, True, None])
    assert spelling.respell(values, rule, rows).values.to_pylist() == [
        "A::1", None, "10.0.0.1", "A:1", "a::1", "::FFFF:10.0.0.1"
    ]  # fmt: skip
    assert spelling.respell(pa.array([], pa.string()), rule).values.to_pylist() == []


PROXIES = addresses.networks(["198.51.100.0/24"])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("192.0.2.7, 10.0.0.7", "192.0.2.7"),
        ("1.1.1.1, 192.0.2.7, 198.51.100.1, 10.0.0.7", "192.0.2.7"),
        ("unknown, 192.0.2.7:443, [fe80::1]", "192.0.2.7"),
        ("10.0.0.9, 127.0.0.1", "10.0.0.9"),
        ("198.51.100.9", "198.51.100.9"),
        ('["192.0.2.7"]', "192.0.2.7"),
        ('["192.0.2.7", "10.0.0.1"]', "192.0.2.7"),
        ('"192.0.2.7"', "192.0.2.7"),
        ("192.0.2.7/32", "192.0.2.7"),
        ("2001:DB8::1/128", "2001:db8::1"),
        ("0.0.0.0", None),
        ("::", None),
    ],
)
def test_the_client_of_a_list_of_hops(given: str, wanted: str | None) -> None:
    assert addresses.address(given, PROXIES) == wanted


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("16909060", reasons.NOT_AN_ADDRESS),
        ("unknown, -", reasons.NOT_AN_ADDRESS),
        ("203.0.113.***", reasons.MASKED_ADDRESS),
        ("203.0.113.x", reasons.MASKED_ADDRESS),
        ("001.002.003.004", reasons.LEADING_ZEROS),
        ("192.0.2.077", reasons.LEADING_ZEROS),
    ],
)
def test_the_remains_of_an_address_are_refused(given: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        addresses.address(given)
    assert refused.value.reason == reason


def test_a_digest_in_place_of_an_address_stays() -> None:
    for text in ("1234567890123456", "deadbeefdeadbeef", "user-7"):
        assert addresses.address(text) == text


def test_a_proxy_that_is_no_network() -> None:
    with pytest.raises(UsageError, match=r"ingest\.trusted_proxies"):
        addresses.networks(["proxy.example"])


# --- wherever an address comes in ----------------------------------------------------------------


def test_every_table_and_format_gives_one_spelling(tmp_path: Path) -> None:
    texts = [text for text, _ in SPELLINGS] + ["host"]
    rows = [{"account": "a", "at": (1_700_000_000 + n) * 1_000_000, "ip": text}
            for n, text in enumerate(texts)]  # fmt: skip
    wanted = [each for _, each in SPELLINGS] + ["host"]
    for table in ("sessions", "interactions"):
        for path in in_every_format(tmp_path / table, rows, table).values():
            assert load(path).table(table)["ip"].to_pylist() == wanted


@pytest.mark.parametrize("table", ["observations", "benign", "indicators"])
def test_the_long_form_respells_addresses_and_nothing_else(put: Put, table: str) -> None:
    traits = ["ip", "ip", "prefix", "object", "wallet"]
    values = ["2001:DB8::1", "::ffff:192.0.2.7", "2001:DB8:0::/64", "2001:DB8::1", "DB8::1"]
    rows = [{"account": "a", "operator": "o", "trait": t, "value": v}
            for t, v in zip(traits, values, strict=True)]  # fmt: skip
    put("sessions.ndjson", ndjson([{"account": "a", "at": 1_700_000_000}]))
    folder = put(f"{table}.ndjson", ndjson(rows))
    assert load(folder).table(table)["value"].to_pylist() == [
        "2001:db8::1",
        "192.0.2.7",
        "2001:db8::/64",
        "2001:DB8::1",
        "DB8::1",
    ]


def test_mapped_tables_give_one_spelling_too(put: Put) -> None:
    data = b"id,seen,home\na,2001:DB8::1,[2001:DB8::2]:80\nb,,x\n"
    unpivot = TableMapping(file="t.csv", columns={"account": "id"}, unpivot={"ip": "seen", "host": "home"})
    found = load(put("t.csv", data), mappings={"observations": unpivot}).table("observations")
    assert found["value"].to_pylist() == ["[2001:DB8::2]:80", "2001:db8::1", "x"]
    constant = TableMapping(
        file="t.csv", columns={"account": "id", "value": "home"}, constants={"trait": "ip"}
    )
    found = load(put("t.csv", data), mappings={"observations": constant}).table("observations")
    assert found["value"].to_pylist() == ["2001:db8::2", "x"]
    fixed = TableMapping(file="t.csv", columns={"account": "id"},
                         constants={"at": "2026-01-01", "ip": "2001:DB8::3"})  # fmt: skip
    assert (
        load(put("t.csv", data), mappings={"sessions": fixed}).table("sessions")["ip"].to_pylist()
        == ["2001:db8::3"] * 2
    )
