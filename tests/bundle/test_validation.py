"""Rates and intervals: what an evaluation says, and what must not pass for one."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.checks.intervals import of_resamples, wilson
from linkage.bundle.policy import read_policy
from linkage.bundle.validation import NO_INTERVAL, NOTHING, read_validation
from linkage.errors import CaseError, UsageError
from tests.bundle.evaluated import EVALUATED
from tests.bundle.made import World, unpacked, world


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "evaluated.json"
    path.write_text(json.dumps(EVALUATED | changes))
    return path


def test_rates_with_intervals_by_class(tmp_path: Path) -> None:
    found = read_validation(written(tmp_path))
    rates = {(each["rate"], each["class"]): each for each in found["rates"]}
    everybody = rates["innocent accounts in a group", "all"]
    assert (everybody["hits"], everybody["of"], everybody["value"]) == (5, 550, "0.009091")
    assert everybody["interval"] == [
        "0.003889",
        "0.021103",
    ]  # as published tables of Wilson's interval have it
    campus = rates["innocent accounts in a group", "campus"]
    assert campus["interval"][0] == "0.000000" and campus["interval"][1] == "0.087622"
    reseller = rates["innocent accounts in a group", "reseller"]
    assert reseller["interval"] is None and reseller["interval_is"] == NOTHING and reseller["value"] is None
    missed = rates["operators' accounts not found", "all"]
    assert (missed["hits"], missed["of"]) == (50 - 20 - 12, 50)
    pairs = rates["pairs in one group that are one operator's", "all"]
    assert pairs["value"] == "0.750000" and pairs["interval_is"] == NO_INTERVAL
    assert found["inputs"] == EVALUATED["inputs"]


@given(hits=st.integers(0, 300), more=st.integers(0, 300))
def test_an_interval_holds_its_rate(hits: int, more: int) -> None:
    of = hits + more
    if not of:
        return
    low, high = wilson(hits / of, of)
    assert 0 <= low <= round(hits / of * 1e6) <= high <= 1_000_000
    # The bounds are the rates from which the hits are 1.96 standard errors away.
    for bound in (low / 1e6, high / 1e6):
        if 1e-4 < bound < 1 - 1e-4:
            error = math.sqrt(bound * (1 - bound) / of)
            assert abs(hits / of - bound) / error == pytest.approx(1.959964, rel=1e-2)


def test_a_stability_from_ten_runs_is_not_sharper_than_ten_trials() -> None:
    assert of_resamples(1_000_000, 10) == wilson(1.0, 10) == (722_467, 1_000_000)
    assert of_resamples(1_000_000, 0) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"accounts": "x"}', "nothing", '{"accounts": 1}'])
def test_what_is_no_evaluation(text: str, tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text(text)
    with pytest.raises(CaseError, match="no rates"):
        read_validation(tmp_path / "none.json")
    with pytest.raises(CaseError, match="no rates"):
        read_validation(tmp_path / "missing.json")


def test_rates_are_sealed_and_the_same_in_every_view(tmp_path: Path) -> None:
    own = world(tmp_path)
    rates = read_validation(written(tmp_path))
    own.create(tmp_path / "a.zip", validation=rates)
    own.create(tmp_path / "b.zip", policy=replace(read_policy("public"), min_k=2), recipient="press")
    for name in ("a.zip", "b.zip"):
        assert own.verify(tmp_path / name).report.good
        files = unpacked(tmp_path / name)
        assert json.loads(files["data/methodology/validation.json"]) == rates
        assert b'"validation/rates"' in files["data/disclosures.jsonl"]
    better = read_validation(written(tmp_path, innocent_accounts_flagged=0))
    with pytest.raises(UsageError, match="other error rates than these were sealed"):
        own.create(tmp_path / "c.zip", validation=better, recipient="another")
    own.create(tmp_path / "c.zip", validation=better, recipient="another", reseal=True)
    assert own.verify(tmp_path / "c.zip").seal["sealing"] == "2"


def test_no_view_leaves_the_rates_out(tmp_path: Path) -> None:
    own = world(tmp_path)
    less = replace(read_policy("court"), withhold=("validation.*",))
    with pytest.raises(UsageError, match="never withheld"):
        own.create(tmp_path / "a.zip", policy=less)


def test_rates_of_the_case_itself_are_refused(tmp_path: Path) -> None:
    own = world(tmp_path)
    measured = read_validation(written(tmp_path, inputs=["0" * 64]))
    with pytest.raises(UsageError, match="data of the case itself"):
        own.create(tmp_path / "a.zip", validation=measured)
    assert not (tmp_path / "a.zip").exists()


def test_claims_have_intervals_or_the_reason_why_not(sealed: World, court: Path) -> None:
    claims = [json.loads(line) for line in unpacked(court)["data/claims.jsonl"].splitlines()]
    assert claims
    for each in claims:
        assert (each["interval"] is None) == each["interval_is"].startswith("none: ")
        if each["interval"] is not None:
            low, high = map(float, each["interval"])
            assert low <= float(each["value"]) <= high
    kinds = {each["method"] for each in claims if each["interval"] is not None}
    assert "family-bits" in kinds
