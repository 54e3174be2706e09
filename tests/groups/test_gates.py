"""Gates: what is reported, and the reason that accuses nobody for what is not."""

import re
from dataclasses import replace
from typing import Any

import pytest

from linkage.groups import gates
from linkage.groups.gates import Community, Gate

OPERATOR = Community(
    accounts=40,
    pair_families=frozenset({"content"}),
    group_families=frozenset({"payment", "registration"}),
    marked=frozenset({"payment", "registration"}),
    provided=frozenset({"payment"}),
    needed=frozenset({"content"}),
    unit_share=0.0,
    unit="",
    one_card=0.05,
    one_phone=0.05,
    one_place=0.05,
    cards=1.0,
    workload=0.9,
    verbatim=0.0,
    concealing=True,
    one_referrer=False,
)
"""A careful operator: alike questions, cards of one BIN that carry any name, one week of registration."""

FIRM = replace(
    OPERATOR, unit_share=0.95, unit="organisation Acme", cards=0.05, one_card=0.9, concealing=False
)


def outcome(community: Community) -> dict[str, Gate]:
    found = gates.gates(community, min_accounts=5, min_families=2, min_stability=0.5)
    return {gate.name: gate for gate in found}


def failed(community: Community) -> set[str]:
    return {name for name, gate in outcome(community).items() if not gate.passed}


def reason(community: Community) -> str:
    return gates.explanation(community, list(outcome(community).values()))


def test_a_careful_operator_passes_every_gate() -> None:
    assert failed(OPERATOR) == set()


def test_cards_dealt_across_the_accounts_are_provision_and_said_to_be() -> None:
    """Nothing else about the payments sets them apart."""
    none = replace(OPERATOR, provided=frozenset(), group_families=frozenset(), marked=frozenset())
    assert failed(none) >= {"families", "provision"}
    dealt = replace(none, dealt=frozenset({"payment"}))
    assert failed(dealt) == set()
    assert outcome(dealt)["provision"].detail.endswith("dealt across the accounts")
    both = replace(dealt, dealt=frozenset({"payment", "registration"}), workload=0.3)
    assert failed(both) == set(), "two families of one hand: its accounts may carry others' requests"
    assert failed(replace(dealt, workload=0.3)) == {"common work"}


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("size", {"accounts": 4}),
    ("families", {"group_families": frozenset(), "provided": frozenset()}),
    ("provision", {"provided": frozenset()}),
    ("provision", {"provided": frozenset({"content", "network"})}),
    ("common work", {"workload": 0.4, "marked": frozenset({"payment"})}),
    ("stable", {"stability": 0.49}),
    ("not public text", {"verbatim": 0.6, "group_families": frozenset({"registration"})}),
    ("concealed or conduct", {"one_card": 0.9, "concealing": False}),
    ("concealed or conduct", {"one_card": 0.9, "one_place": 0.9, "cards": 0.1}),
    ("concealed or conduct", {"one_phone": 0.9, "accounts": 8, "cards": 0.1}),
    ("concealed or conduct", {"unit_share": 0.9, "unit": "organisation Acme", "concealing": False}),
    ("concealed or conduct", {"unit_share": 0.9, "unit": "organisation Acme", "cards": 0.1}),
    ("concealed or conduct", {"unit_share": 0.9, "unit": "organisation Acme", "workload": None}),
]


@pytest.mark.parametrize(
    ("gate", "change"), CHANGES, ids=[f"{gate}-{n}" for n, (gate, _) in enumerate(CHANGES)]
)
def test_each_gate_closes_on_what_it_is_for(gate: str, change: dict[str, Any]) -> None:
    assert gate in failed(replace(OPERATOR, **change))


def test_every_gate_is_seen_to_close() -> None:
    assert {gate for gate, _ in CHANGES} == set(outcome(OPERATOR))


KEPT: list[tuple[str, dict[str, Any]]] = [
    ("size", {"accounts": 5}),
    ("stable", {"stability": 0.5}),
    ("common work", {"workload": None}),
    ("not public text", {"verbatim": 0.6}),
    ("concealed or conduct", {"one_card": 0.9}),
    ("concealed or conduct", {"unit_share": 0.9, "unit": "own e-mail domain catchall.example"}),
]


@pytest.mark.parametrize(("gate", "change"), KEPT, ids=[f"{gate}-{n}" for n, (gate, _) in enumerate(KEPT)])
def test_each_gate_opens_at_its_edge(gate: str, change: dict[str, Any]) -> None:
    assert gate not in failed(replace(OPERATOR, **change))


def test_every_gate_says_why() -> None:
    for community in (OPERATOR, FIRM, replace(OPERATOR, workload=None)):
        assert all(gate.detail for gate in outcome(community).values())
    assert "organisation Acme" in outcome(FIRM)["concealed or conduct"].detail
    assert "None" not in outcome(replace(OPERATOR, workload=None))["common work"].detail


# --- families ------------------------------------------------------------------------------------


def test_what_made_a_community_does_not_confirm_it() -> None:
    assert gates.corroborating(OPERATOR) == {"payment", "registration"}
    by_registration = replace(OPERATOR, needed=frozenset({"registration"}), pair_families=frozenset())
    assert gates.corroborating(by_registration) == {"payment"}


def test_one_referring_page_makes_its_week_no_second_reason() -> None:
    tutorial = replace(OPERATOR, one_referrer=True)
    assert "registration" not in gates.corroborating(tutorial)


def test_network_and_device_are_one_way_in() -> None:
    assert gates.independent(frozenset({"network", "device", "content"})) == {"network", "content"}
    assert gates.independent(frozenset({"device"})) == {"network"}
    assert gates.independent(frozenset({"content"})) == {"content"}
    place = replace(
        OPERATOR,
        pair_families=frozenset({"network", "device"}),
        group_families=frozenset(),
        needed=frozenset({"network"}),
    )
    assert "families" in failed(place)


# --- reasons that accuse nobody ------------------------------------------------------------------

NO_MONEY: dict[str, Any] = {"group_families": frozenset(), "provided": frozenset()}

PUBLIC: dict[str, Any] = {
    "verbatim": 0.9,
    "group_families": frozenset({"registration"}),
    "provided": frozenset({"registration"}),
}

REASONS: list[tuple[str, Community]] = [
    ("one customer's own accounts: organisation Acme", FIRM),
    ("one customer's own accounts: organisation Acme", replace(FIRM, accounts=3)),
    ("one card, as in a household or a small office", replace(OPERATOR, one_card=0.9, concealing=False)),
    ("too few accounts to tell from chance", replace(OPERATOR, accounts=3)),
    (
        "shared infrastructure: one way in, nothing else in common",
        replace(
            OPERATOR,
            **NO_MONEY,
            pair_families=frozenset({"network", "device"}),
            needed=frozenset({"network"}),
        ),
    ),
    (
        "a popular tool, tutorial or public text: alike questions, nothing else in common",
        replace(OPERATOR, **NO_MONEY),
    ),
    (
        "too few independent families of evidence",
        replace(OPERATOR, **NO_MONEY, pair_families=frozenset({"payment"}), needed=frozenset({"payment"})),
    ),
    (
        "a popular tool, tutorial or public text: alike questions, but nothing that one hand provided",
        replace(OPERATOR, provided=frozenset(), group_families=frozenset({"registration"})),
    ),
    (
        "habits in common, but nothing that one hand provided",
        replace(
            OPERATOR,
            pair_families=frozenset({"device"}),
            group_families=frozenset({"registration"}),
            needed=frozenset({"device"}),
        ),
    ),
    (
        "alike questions in passing: most of what these accounts ask is their own",
        replace(OPERATOR, workload=0.1),
    ),
    (
        "it depends on single values: it falls apart when a tenth of the evidence is left out",
        replace(OPERATOR, stability=0.1),
    ),
    ("copies of a public text", replace(OPERATOR, **PUBLIC)),
]


@pytest.mark.parametrize(
    ("wanted", "community"), REASONS, ids=[f"{text[:24]}-{n}" for n, (text, _) in enumerate(REASONS)]
)
def test_each_reason_is_given_where_it_fits(wanted: str, community: Community) -> None:
    assert failed(community)
    assert reason(community) == wanted


CONCEALED = replace(OPERATOR, unit_share=0.95, unit="organisation Acme")
"""All in one declared unit, yet its conduct is an operator's: being one customer does not explain it."""


@pytest.mark.parametrize(
    "change",
    [{"stability": 0.1}, {"accounts": 3}, {"provided": frozenset()}],
    ids=lambda each: next(iter(each)),
)
def test_one_declared_unit_is_no_reason_where_it_is_not_what_failed(change: dict[str, Any]) -> None:
    concealed = replace(CONCEALED, **change)
    assert failed(concealed) == failed(replace(OPERATOR, **change)) != set()
    assert reason(concealed) == reason(replace(OPERATOR, **change))


def test_the_first_gate_that_failed_gives_the_reason() -> None:
    both = replace(OPERATOR, accounts=3, workload=0.1, stability=0.1)
    assert reason(both) == "too few accounts to tell from chance"
    assert reason(replace(both, accounts=40)) == reason(replace(OPERATOR, workload=0.1))
    assert reason(replace(both, accounts=40, workload=0.9)) == reason(replace(OPERATOR, stability=0.1))


def test_what_passed_needs_no_reason() -> None:
    assert not failed(CONCEALED)
    assert reason(CONCEALED) == reason(OPERATOR) == ""


def test_every_gate_has_a_reason_and_none_accuses() -> None:
    decisive = {
        "concealed or conduct"
        if "concealed or conduct" in failed(community)
        else next(name for name in outcome(community) if name in failed(community))
        for _, community in REASONS
    }
    assert decisive == set(outcome(OPERATOR))
    guilty = re.compile("operator|fraud|abus|attack|suspicious|conceal|hid|evad")
    assert not [text for text, _ in REASONS if guilty.search(text)]


# --- a reseller's pool, and chance ---------------------------------------------------------------


def test_mixed_work_is_enough_only_where_two_families_show_one_hand() -> None:
    mixed = replace(OPERATOR, workload=0.4)
    assert failed(mixed) == set()
    assert "common work" in failed(replace(mixed, marked=frozenset({"payment"})))
    assert "common work" in failed(replace(mixed, marked=frozenset({"payment", "network"})))
    assert "common work" in failed(replace(mixed, provided=frozenset()))
    assert "common work" in failed(replace(mixed, workload=0.2))


def test_what_chance_brings_about_accuses_nobody() -> None:
    passed, refused = (gates.beyond_chance(q, 0.05, runs=20) for q in (0.05, 0.0501))
    assert passed.passed
    assert not refused.passed
    assert "20 redrawn populations" in refused.detail
    said = gates.explanation(OPERATOR, [*outcome(OPERATOR).values(), refused])
    assert "redrawn accounts" in said
    assert gates.explanation(OPERATOR, [*outcome(OPERATOR).values(), passed]) == ""
