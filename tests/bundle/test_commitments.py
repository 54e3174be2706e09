"""Lines that are looked at together are looked at as each would be alone."""

import hashlib
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from linkage.bundle.checks.commitments import _one_by_one, _packed, check_sealed
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import is_written_so, json_bytes

DIGESTS = st.binary(min_size=1, max_size=2).map(lambda seed: hashlib.sha256(seed).hexdigest().encode())
WRONG = st.sampled_from(
    [
        b"",
        b"ab",
        b"AB" * 32,
        b"ab" * 31 + b" a",
        b"ab " * 21 + b"a",
        b"ab" * 33,
        b"ab" * 32 + b"\r",
        b"\xff" * 64,
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(DIGESTS | WRONG, min_size=1, max_size=6), st.booleans(), st.just(b"") | DIGESTS)
@example([b"ab"], False, b"")
@example([b"ab", b"ab" * 32], False, b"")
def test_a_list_is_taken_at_once_where_each_line_is_good(
    lines: list[bytes], ordered: bool, last: bytes
) -> None:
    lines = sorted(lines) if ordered else lines
    report = Report()
    alone = _one_by_one(lines, 0, last, report)
    at_once = _packed(lines, b"\n".join(lines) + b"\n", last)
    assert at_once == (b"" if report.faults else alone)


@given(st.lists(DIGESTS, max_size=9), st.lists(DIGESTS, max_size=4))
def test_every_digest_that_is_none_of_the_list_is_told(listed: list[bytes], opened: list[bytes]) -> None:
    packed = b"".join(bytes.fromhex(each.decode()) for each in sorted(set(listed)))
    report = Report()
    check_sealed([bytes.fromhex(each.decode()) for each in opened], packed, "units", report)
    missing = [each for each in report.faults if each.what == "an opened unit that was not sealed"]
    twice = [each for each in report.faults if each.what == "one unit opened twice"]
    assert len(missing) == len(set(opened) - set(listed))
    assert len(twice) == len(opened) - len(set(opened))


def spellings(value: Any) -> list[bytes]:
    """Texts of one value, the first as a bundle writes it."""
    escaped = "".join(f"\\u{ord(each):04x}" if each.isalpha() and each.isascii() else each for each in "ab")
    good = json_bytes(value)[:-1]
    return [
        good,
        good + b" ",
        b" " + good,
        json.dumps(value, sort_keys=True).encode(),
        json.dumps(value, separators=(",", ":")).encode(),
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8"),
        good.replace(b'"ab"', f'"{escaped}"'.encode()),
    ]


@given(st.lists(st.tuples(VALUES.map(lambda each: [each, "ab"]), st.integers(0, 6)), max_size=5))
def test_no_line_makes_up_for_another(drawn: list[tuple[Any, int]]) -> None:
    values = [value for value, _ in drawn]
    lines = [spellings(value)[place] for value, place in drawn]
    alone = all(json_bytes(value) == line + b"\n" for value, line in zip(values, lines, strict=True))
    assert is_written_so(lines, values) == alone
