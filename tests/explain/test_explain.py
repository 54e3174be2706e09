"""Why two accounts are linked: every line of evidence, and what its bits add up to."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.explain.evidence_lines import is_linked
from linkage.explain.explain import Pair, explain

RUN = {
    "scoring": {"prior_bits": -10.0, "small_operator_prior_bits": -30.0},
    "signals": {"card": {"family": "payment", "meaning": "One card."}},
    "settings": {
        "links": {"link_bits": 2.0},
        "evidence": {"clique_degree": 50, "nearest_degree": 500, "min_propose_bits": 5.0},
        "groups": {"min_accounts": 5, "min_families": 2},
    },
    "population": {"accounts": 1_001},
}


def line(signal: str, family: str, bits: float, value: str = "v") -> dict[str, Any]:
    return {
        "signal": signal,
        "family": family,
        "value": value,
        "bits": bits,
        "detail": "d",
        "left_observation": None,
        "right_observation": None,
    }


def pair(*lines: dict[str, Any], verdict: str | None = None, link: bool = True) -> Pair:
    log_odds = -10.0 + sum(each["bits"] for each in lines)
    row = {"log_odds": log_odds, "families": ["payment"], "verdict": None} if link else None
    return Pair("a", "b", row, lines, {}, None, verdict)


def test_lines_stand_by_family_strongest_first_and_carry_their_meaning() -> None:
    found = explain(
        pair(line("hours", "timing", -1.0), line("bin", "payment", 1.0), line("card", "payment", 14.0)), RUN
    )
    assert [each.signal for each in found.lines] == ["card", "bin", "hours"]
    assert found.lines[0].meaning == "One card."
    assert found.by_family() == {"payment": 15.0, "timing": -1.0}
    assert found.under_other_priors() == {"small operator": pytest.approx(-16.0)}
    assert [each.signal for each in found.against] == ["hours"]


@given(st.lists(st.floats(-40, 40), max_size=12))
def test_the_waterfall_starts_at_nothing_and_ends_at_the_log_odds(bits: list[float]) -> None:
    found = explain(pair(*(line("card", "payment", each, str(n)) for n, each in enumerate(bits))), RUN)
    steps = found.steps()
    assert steps[0]["start"] == 0.0
    assert steps[0]["end"] == found.prior_bits
    assert all(one["end"] == other["start"] for one, other in itertools.pairwise(steps))
    assert steps[-1]["end"] == pytest.approx(found.log_odds, abs=1e-6)
    assert found.linked == (found.log_odds is not None and found.log_odds >= 2.0)


def test_a_verdict_comes_before_the_score() -> None:
    assert is_linked(None, 0.0, "linked")
    assert not is_linked(50.0, 0.0, "not linked")
    assert is_linked(0.0, 0.0, None)
    assert not is_linked(None, 0.0, None)


def test_without_a_link_there_is_no_number() -> None:
    found = explain(pair(link=False), RUN)
    assert (found.log_odds, found.under_other_priors(), found.linked) == (None, {}, False)
    assert "not linked" in found._repr_html_()


def test_the_chart_has_a_bar_for_the_prior_and_each_line() -> None:
    chart = explain(pair(line("card", "payment", 14.0)), RUN).waterfall().to_dict()
    values = chart["data"]["values"] if "values" in chart["data"] else next(iter(chart["datasets"].values()))
    assert [row["bits"] for row in values] == [-10.0, 14.0]


def test_html_is_inert() -> None:
    found = explain(pair(line("<b>", "payment", 1.0)), RUN)
    assert "<b>" not in found._repr_html_()
