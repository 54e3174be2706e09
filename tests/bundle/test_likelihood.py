"""How large a number the validation data support, and that no word and no claim goes beyond it."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.checks.likelihood import (
    REASON,
    SCALE,
    bounds_of,
    capped_micro,
    supported_range,
)
from linkage.bundle.validation import read_validation
from tests.bundle.made import GROUP, World, forged, unpacked, world
from tests.bundle.test_seal_attacks import commit, compact, line_of, put, resealed, rows, swap
from tests.bundle.test_validation import written

FAR = 10_000


def counted(ratios: list[float], rounded: Any) -> dict[int, int]:
    """Ratios by tenths of a bit."""
    found: dict[int, int] = {}
    for ratio in ratios:
        bits = FAR if ratio == math.inf else -FAR if ratio == 0 else rounded(math.log2(ratio) * 10)
        found[bits] = found.get(bits, 0) + 1
    return found


# Same-source and different-source ratios with the bounds that the published program of the Netherlands
# Forensic Institute (`lir`, elub with one misleading result added) gives for them.
PUBLISHED = [
    ([math.inf], [0.0], (1.0, 1.0)),
    ([math.inf] * 3, [0.0] * 3, (1 / 3, 3.0)),
    ([0.01, 0.1, 1.0], [10.0, 100.0], (1.0, 1.0)),
    ([1.0, 10.0, 100.0], [0.01, 0.1], (0.375, 1.5)),
    ([10.0, 100.0], [0.01, 0.1, 1.0], (0.6667, 2.6667)),
]


@pytest.mark.parametrize(("same", "different", "bounds"), PUBLISHED)
def test_bounds_are_the_published_ones(
    same: list[float], different: list[float], bounds: tuple[float, float]
) -> None:
    counts = counted(same, math.floor), counted(different, math.ceil)
    low, high = supported_range(*counts, (len(same), len(different)))
    assert (low, high) == (math.ceil(math.log2(bounds[0]) * 10), math.floor(math.log2(bounds[1]) * 10))


COUNTS = st.dictionaries(st.integers(-80, 200), st.integers(1, 40), max_size=8)


@given(same=COUNTS, different=COUNTS, more=st.integers(1, 200), at=st.integers(1, 200))
def test_an_innocent_who_is_accused_never_raises_the_bound(
    same: dict[int, int], different: dict[int, int], more: int, at: int
) -> None:
    """What counts is how many innocents there were: one of them accused lowers what can be said."""
    totals = sum(same.values()), sum(different.values()) + more
    low, high = supported_range(same, different, totals)
    assert low <= 0 <= high
    worse = {**different, at: different.get(at, 0) + 1}
    assert supported_range(same, worse, totals)[1] <= high


def test_the_bound_is_about_as_many_innocents_as_there_were() -> None:
    """All operators are found with huge numbers, no innocent is: 1,000 innocents support some 10 bits."""
    for innocents, tenths in ((10, 33), (1_000, 99), (100_000, 166)):
        low, high = supported_range({400: 1_000}, {}, (1_000, innocents))
        assert low == 0 and abs(high - tenths) <= 2


# --- in a bundle -----------------------------------------------------------------------------------------

REPORTED = {"same": [[600, 48]], "different": [[70, 5]], "same_accounts": 50, "different_accounts": 550}


@pytest.fixture(scope="module")
def validated(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    folder = tmp_path_factory.mktemp("validated")
    own = world(folder)
    own.create(folder / "a.zip", validation=read_validation(written(folder, reported_bits=REPORTED)))
    return own, folder / "a.zip"


def test_claims_and_words_stop_where_the_data_stop(validated: tuple[World, Path]) -> None:
    own, bundle = validated
    found = own.verify(bundle)
    assert found.report.good, found.report.faults
    files = unpacked(bundle)
    low, high = bounds_of(json.loads(files["data/methodology/validation.json"])) or (0, 0)
    supported, computed = claim_of(files, "supported-bits"), claim_of(files, "as-run")
    assert 0 <= low < high < 100
    assert supported["value"] == f"{high / 10:.6f}" and float(computed["value"]) > high / 10
    assert computed["words"] == next(word for bound, word in SCALE if high / 10 < bound)
    assert found.states[supported["claim"]] == "recomputed"


def test_without_validation_data_there_is_no_word(court: Path) -> None:
    files = unpacked(court)
    assert {each["words"] for each in rows(files, "data/claims.jsonl")} == {""}
    assert "supported-bits" not in {each["method"] for each in rows(files, "data/claims.jsonl")}
    assert b"no word: no validation data" in files["data/report/report.html"]
    assert b"no word: no validation data" in files["data/methodology/method.md"]


def claim_of(files: dict[str, bytes], method: str) -> Any:
    """The claim of a method, on the log-odds where there are several."""
    own = [each for each in rows(files, "data/claims.jsonl") if each["method"] == method]
    return next((each for each in own if each["of"] == "log-odds"), own[0])


def resaid(method: str, **fields: Any) -> Any:
    """A claim sealed anew by whoever holds the keys, with other fields."""

    def attack(files: dict[str, bytes], own: World) -> None:
        old = line_of(files, f"claim/{claim_of(files, method)['claim']}")
        salt, path, value = json.loads(old)
        new = compact([salt, path, value | fields])
        swap(files, "data/disclosures.jsonl", old, new)
        told = rows(files, "data/claims.jsonl")
        put(files, "data/claims.jsonl", [each | fields if each == value else each for each in told])
        commit(files, new, instead=(old,))
        resealed(files, own.key)

    return attack


BEYOND = (
    (resaid("supported-bits", value="40.000000"), "a claim computes to another number"),
    (
        resaid("as-run", words="extremely strong support for one operator"),
        "a claim with other words than its units give",
    ),
    (
        resaid("count-members", words="extremely strong support for one operator"),
        "a claim with other words than its units give",
    ),
)
"""Claims of whoever holds the keys that say more than the validation data support."""


@pytest.mark.parametrize(("attack", "words"), BEYOND)
def test_more_than_the_data_support_is_told(
    attack: Any, words: str, validated: tuple[World, Path], tmp_path: Path
) -> None:
    own, bundle = validated
    path = forged(bundle, tmp_path / "a.zip", lambda files: attack(files, own), own.key)
    assert words in {fault.what for fault in own.verify(path).report.faults}


def test_the_report_has_both_scales_the_table_and_the_errors(validated: tuple[World, Path]) -> None:
    page = unpacked(validated[1])["data/report/report.html"].decode("utf-8")
    for said in ("log10", "Words for numbers", "Sources of error", "Bits that validation data support"):
        assert said in page, said
    assert all(word in page for _, word in SCALE)
    assert "A word covers a factor of ten" in page and "A word covers a factor of ten" in REASON


def test_the_page_of_errors_names_check_and_result(validated: tuple[World, Path], court: Path) -> None:
    page = unpacked(validated[1])["data/methodology/errors.md"].decode("ascii")
    body = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(body) > 12 and all(line.count(" | ") == 2 for line in body)
    assert "0.009091 (5 of 550, interval 0.003889 to 0.021103)" in page
    assert f"group {GROUP} is a coincidence" in page and "log10 0.00 to" in page
    assert "not measured: no validation data" in unpacked(court)["data/methodology/errors.md"].decode("ascii")


def test_rules_of_evidence_that_are_law_are_named(court: Path) -> None:
    """Proposed Rule 707 was not advanced: no text leans on it."""
    texts = b"".join(content for name, content in unpacked(court).items() if not name.endswith(".jsonl"))
    assert not re.search(rb"\b707\b", texts)
    for rule in (b"902(13)", b"902(14)", b"901(b)(9)", b"Rule 702"):
        assert rule in texts


def test_a_number_is_kept_within_its_bounds() -> None:
    assert [capped_micro(each, (-5, 90)) for each in (-(10**9), 0, 8_999_999, 10**9)] == [
        -500_000,
        0,
        8_999_999,
        9_000_000,
    ]
