"""Gates: what is reported, what is unresolved, and the reason that accuses nobody for what is explained."""

import re
from dataclasses import replace
from typing import Any

import pytest

from linkage.groups import gates
from linkage.groups.families import independent_families
from linkage.groups.features import Features
from linkage.groups.gates import Gate
from linkage.groups.profile import CommunityProfile, corroborating, found_by
from linkage.hypothesis_names import CUSTOMER, EVENT, INNOCENT, PLATFORM, RESELLER, TOOL, UNRELATED
from linkage.settings.groups import Groups
from tests.groups.test_stories import OPERATOR as DEALT
from tests.groups.test_stories import WINNERS

GROUPS = Groups()
STORIES = GROUPS.stories

OPERATOR = CommunityProfile(
    accounts=40,
    pair_families=frozenset({"content"}),
    group_families=frozenset({"payment", "registration"}),
    certain_families=frozenset({"payment", "registration"}),
    needed_families=frozenset({"content"}),
    unit_share=0.0,
    unit="",
    one_name=0.05,
    own_domains=0.0,
    one_card=0.05,
    one_phone=0.05,
    one_place=0.05,
    cards=1.0,
    workload=0.9,
    verbatim=0.0,
    concealing=True,
    one_referrer=False,
    features=replace(DEALT, chained=False, in_lots=0.0),
)
"""A careful operator: dealt work, cards of one BIN that carry any name, one week of registration."""

FIRM = replace(
    OPERATOR,
    unit_share=0.95,
    organised_share=0.95,
    unit="organisation Acme",
    cards=0.05,
    one_card=0.9,
    concealing=False,
)

HALF_KNOWN = replace(OPERATOR, features=replace(OPERATOR.features, tasks=None, volumes=None))
"""Of which it is not known how its work and its volumes are divided: the lead is not enough."""


def outcome(community: CommunityProfile) -> dict[str, Gate]:
    found = gates.apply_gates(community, GROUPS)
    return {gate.name: gate for gate in found}


def failed(community: CommunityProfile) -> set[str]:
    return {name for name, gate in outcome(community).items() if not gate.passed}


def reason(community: CommunityProfile) -> str:
    return gates.reason(community, list(outcome(community).values()), STORIES)


def unresolved(community: CommunityProfile, *more: Gate) -> bool:
    return gates.is_unresolved(community, [*outcome(community).values(), *more], STORIES)


def looking(story: str) -> CommunityProfile:
    """A community that looks like an innocent story's."""
    name, domains = float(story == CUSTOMER), float(story == PLATFORM)
    known = replace(OPERATOR, one_name=name, own_domains=domains, concealing=False, cards=0.2)
    return replace(known, features=WINNERS[story])


def test_a_careful_operator_passes_every_gate() -> None:
    assert failed(OPERATOR) == set()


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("size", {"accounts": 4}),
    ("families", {"group_families": frozenset()}),
    ("stable", {"stability": 0.49}),
    ("one operator leads", {"one_card": 0.9, "concealing": False}),
    ("one operator leads", {"one_card": 0.9, "one_place": 0.9, "cards": 0.1}),
    ("one operator leads", {"one_phone": 0.9, "accounts": 8, "cards": 0.1}),
    ("one operator leads", {"one_name": 0.9, "concealing": False}),
    ("one operator leads", {"own_domains": 0.5}),
    (
        "one operator leads",
        {"unit_share": 0.9, "organised_share": 0.9, "unit": "organisation Acme", "concealing": False},
    ),
    (
        "one operator leads",
        {"unit_share": 0.9, "organised_share": 0.9, "unit": "organisation Acme", "cards": 0.1},
    ),
    (
        "one operator leads",
        {"unit_share": 0.9, "organised_share": 0.9, "unit": "organisation Acme", "workload": None},
    ),
    ("one operator leads", {"features": replace(OPERATOR.features, copies=0.9)}),
    ("one operator leads", {"features": replace(OPERATOR.features, work=0.1, dispersion=3.0)}),
    ("one operator leads", {"features": Features()}),
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
    ("one operator leads", {"one_card": 0.9}),
    ("one operator leads", {"one_phone": 0.9, "accounts": 11}),
    ("one operator leads", {"one_name": 0.9, "cards": 0.1}),
    ("one operator leads", {"own_domains": 0.49}),
    (
        "one operator leads",
        {"unit_share": 0.79, "organised_share": 0.79, "unit": "organisation Acme", "cards": 0.1},
    ),
    ("one operator leads", {"unit_share": 0.9, "unit": "own e-mail domain catchall.example"}),
]


@pytest.mark.parametrize(("gate", "change"), KEPT, ids=[f"{gate}-{n}" for n, (gate, _) in enumerate(KEPT)])
def test_each_gate_opens_at_its_edge(gate: str, change: dict[str, Any]) -> None:
    assert gate not in failed(replace(OPERATOR, **change))


def test_every_gate_says_why() -> None:
    for community in (OPERATOR, FIRM, replace(OPERATOR, workload=None)):
        assert all(gate.detail for gate in outcome(community).values())
    assert "bits against the best innocent story, " in outcome(FIRM)[gates.LEAD].detail


def test_no_family_is_required_by_name_and_what_the_source_lacks_raises_the_margin() -> None:
    """An operator's community of which no payment is known is reported where it leads by one bit more."""
    bits = min(gates.stories_of(OPERATOR, STORIES).values())
    assert gates.margin_of(OPERATOR, STORIES) == STORIES.margin_bits
    blind = replace(OPERATOR, missing=("payments", "prompts"))
    assert gates.margin_of(blind, STORIES) == STORIES.margin_bits + 2 * STORIES.missing_family_bits
    exact = Groups(stories=STORIES.model_copy(update={"margin_bits": bits}))
    assert all(gate.passed for gate in gates.apply_gates(OPERATOR, exact))
    (lead,) = (gate for gate in gates.apply_gates(blind, exact) if not gate.passed)
    assert (lead.name, lead.detail.endswith("as the source has no payments and no prompts")) == (
        gates.LEAD,
        True,
    )


METADATA = Features(
    chained=True, in_lots=0.9, payment=True, opening=True, one_place=0.1, client=True, addresses=False
)
"""What is known of an operator's accounts where no prompts are."""


def test_metadata_alone_is_unresolved_or_reported_at_the_higher_margin() -> None:
    plain = {"missing": ("prompts",), "workload": None}
    strong = replace(OPERATOR, features=METADATA, chain_families=frozenset({"payment"}), **plain)  # type: ignore[arg-type]
    bits = min(gates.stories_of(strong, STORIES).values())
    assert (failed(strong) == set()) is (bits >= STORIES.margin_bits + STORIES.missing_family_bits)
    weaker = replace(strong, features=replace(METADATA, chained=False))
    assert failed(weaker) == {gates.LEAD}
    assert unresolved(weaker)


def test_cards_under_one_customer_s_name_are_no_lots() -> None:
    lots = replace(OPERATOR, features=replace(OPERATOR.features, in_lots=0.9), one_name=0.9, cards=0.2)
    assert gates.known_features(lots, STORIES).states(STORIES)["identities"] == "in small lots"
    open_name = gates.known_features(replace(lots, concealing=False), STORIES).states(STORIES)
    assert (open_name["openness"], open_name["identities"]) == ("one customer", "own")


BY_DOMAIN = replace(OPERATOR, unit_share=0.95, unit="own e-mail domain catchall.example", cards=0.2)
"""All under one domain, on cards that carry any name."""


def test_a_domain_alone_is_weighed_and_does_not_explain() -> None:
    assert gates.known_features(BY_DOMAIN, STORIES).openness == "one domain"
    assert not gates.is_one_customer(BY_DOMAIN, STORIES)
    against = gates.stories_of(OPERATOR, STORIES)["one customer"]
    assert 0 < gates.stories_of(BY_DOMAIN, STORIES)["one customer"] < against
    weaker = replace(BY_DOMAIN, features=replace(BY_DOMAIN.features, tasks=None))
    assert unresolved(weaker) and failed(weaker) == {gates.LEAD}


def test_a_domain_and_one_name_are_a_customer_s_whatever_the_card() -> None:
    named = replace(BY_DOMAIN, one_name=0.95)
    assert gates.known_features(named, STORIES).openness == "one customer"
    assert reason(named) == "one customer's own accounts: own e-mail domain catchall.example"
    assert gates.known_features(replace(named, unit_share=0.0), STORIES).openness == "not open"


def test_a_firm_under_one_domain_is_explained_by_its_customer() -> None:
    apart = {"tasks": None, "chained": False, "opening": False, "addresses": False, "volumes": 1.0}
    firm = replace(BY_DOMAIN, features=replace(BY_DOMAIN.features, **apart))  # type: ignore[arg-type]
    assert gates.LEAD in failed(firm) and not unresolved(firm)


# --- families ------------------------------------------------------------------------------------


def test_what_made_a_community_does_not_confirm_it() -> None:
    assert corroborating(OPERATOR) == {"payment", "registration"}
    by_registration = replace(
        OPERATOR, needed_families=frozenset({"registration"}), pair_families=frozenset()
    )
    assert corroborating(by_registration) == {"payment"}


def test_who_are_nearly_all_who_ask_alike_were_chosen_by_nothing_else() -> None:
    """In a large population each link needs what they ask and how they pay and came."""
    every = frozenset({"content", "payment", "registration"})
    large = replace(OPERATOR, needed_families=every)
    assert found_by(large) == every and not corroborating(large)
    whole = replace(large, nearly_all_alike=True)
    assert found_by(whole) == {"content"}
    assert corroborating(whole) == {"payment", "registration"}
    readers = replace(whole, one_referrer=True)
    assert found_by(readers) == {"content", "registration"}
    assert corroborating(readers) == {"payment"}


def test_one_referring_page_makes_its_week_no_second_reason() -> None:
    tutorial = replace(OPERATOR, one_referrer=True)
    assert "registration" not in corroborating(tutorial)


def test_network_and_device_are_one_way_in() -> None:
    assert independent_families(frozenset({"network", "device", "content"})) == {"network", "content"}
    assert independent_families(frozenset({"device"})) == {"network"}
    assert independent_families(frozenset({"content"})) == {"content"}


def test_the_gate_says_which_families_count_as_one() -> None:
    def said(*families: str) -> str:
        named = {
            gate.name: gate.detail
            for gate in gates.apply_gates(
                replace(
                    OPERATOR,
                    pair_families=frozenset(families),
                    group_families=frozenset(),
                    needed_families=frozenset(),
                ),
                GROUPS,
            )
        }
        return named["families"]

    assert said("network", "device", "payment") == (
        "2 independent: device, network, payment (network and device count as one)"
    )
    assert said("network", "payment") == "2 independent: network, payment"
    place = replace(
        OPERATOR,
        pair_families=frozenset({"network", "device"}),
        group_families=frozenset(),
        needed_families=frozenset({"network"}),
    )
    assert "families" in failed(place)


# --- unresolved ----------------------------------------------------------------------------------

CHANCE = Gate("beyond chance", False, "q-value 1")


def test_where_no_story_leads_a_group_is_unresolved_and_nobody_accused() -> None:
    assert failed(HALF_KNOWN) == {gates.LEAD}
    assert unresolved(HALF_KNOWN)
    assert reason(HALF_KNOWN).startswith("one operator and another explanation account for it about equally")
    assert (
        len(re.findall(r"\bask (?:two|the)", gates.settles(replace(HALF_KNOWN, bin_number="5555"), STORIES)))
        == 2
    )
    assert (
        gates.explained_families(HALF_KNOWN, list(outcome(HALF_KNOWN).values()), ["content"], STORIES)
        == set()
    )


@pytest.mark.parametrize("change", [{"accounts": 4}, {"stability": 0.4}], ids=["size", "stable"])
def test_what_is_small_or_unstable_or_chance_is_not_unresolved(change: dict[str, Any]) -> None:
    assert not unresolved(replace(HALF_KNOWN, **change))
    assert not unresolved(HALF_KNOWN, CHANCE)
    assert not unresolved(OPERATOR)


@pytest.mark.parametrize("story", INNOCENT)
def test_where_an_innocent_story_leads_it_is_the_reason(story: str) -> None:
    community = looking(story)
    assert gates.LEAD in failed(community)
    assert not unresolved(community)
    assert reason(community) == gates.IN_WORDS[story]


def test_where_nothing_was_held_against_chance_no_reason_speaks_of_it() -> None:
    gates_of = [*outcome(OPERATOR).values(), CHANCE]
    assert "redrawn" in gates.reason(OPERATOR, gates_of, STORIES)
    untested = replace(
        OPERATOR, group_families=frozenset(), chain_families=frozenset({"payment", "registration"})
    )
    gates_of = [*outcome(untested).values(), CHANCE]
    assert not failed(untested) and gates.reason(untested, gates_of, STORIES).startswith(
        "beside what they were"
    )


# --- reasons that accuse nobody ------------------------------------------------------------------

NO_MONEY: dict[str, Any] = {"group_families": frozenset()}

REASONS: list[tuple[str, CommunityProfile]] = [
    ("one customer's own accounts: organisation Acme", FIRM),
    ("one customer's own accounts: organisation Acme", replace(FIRM, accounts=3)),
    ("one card, as in a household or a small office", replace(OPERATOR, one_card=0.9, concealing=False)),
    (
        "one telephone number, as in a household or a small office",
        replace(OPERATOR, one_phone=0.9, accounts=8, cards=0.1),
    ),
    ("too few accounts to tell from chance", replace(OPERATOR, accounts=3)),
    (
        "shared infrastructure: one way in, nothing else in common",
        replace(
            OPERATOR,
            **NO_MONEY,
            pair_families=frozenset({"network", "device"}),
            needed_families=frozenset({"network"}),
        ),
    ),
    (
        "a popular tool, tutorial or public text: alike questions, nothing else in common",
        replace(OPERATOR, **NO_MONEY),
    ),
    (
        "too few independent families of evidence",
        replace(
            OPERATOR, **NO_MONEY, pair_families=frozenset({"payment"}), needed_families=frozenset({"payment"})
        ),
    ),
    (
        "not stable: it falls apart when a tenth of the evidence is left out",
        replace(OPERATOR, stability=0.1),
    ),
]


@pytest.mark.parametrize(
    ("wanted", "community"), REASONS, ids=[f"{text[:24]}-{n}" for n, (text, _) in enumerate(REASONS)]
)
def test_each_reason_is_given_where_it_fits(wanted: str, community: CommunityProfile) -> None:
    assert failed(community)
    assert reason(community) == wanted


CONCEALED = replace(OPERATOR, unit_share=0.95, organised_share=0.95, unit="organisation Acme")
"""All in one declared unit, yet its conduct is an operator's: being one customer does not explain it."""


@pytest.mark.parametrize("change", [{"stability": 0.1}, {"accounts": 3}], ids=lambda each: next(iter(each)))
def test_one_declared_unit_is_no_reason_where_it_is_not_what_failed(change: dict[str, Any]) -> None:
    concealed = replace(CONCEALED, **change)
    assert failed(concealed) == failed(replace(OPERATOR, **change)) != set()
    assert reason(concealed) == reason(replace(OPERATOR, **change))


def test_the_first_gate_that_failed_gives_the_reason() -> None:
    both = replace(OPERATOR, accounts=3, stability=0.1, **NO_MONEY)
    assert reason(both) == "too few accounts to tell from chance"
    assert reason(replace(both, accounts=40)) == reason(replace(OPERATOR, **NO_MONEY))
    event = replace(looking(EVENT), stability=0.1)
    assert reason(event) == gates.IN_WORDS[EVENT], "an innocent story says more than what is not stable"


def test_what_passed_needs_no_reason() -> None:
    assert not failed(CONCEALED)
    assert reason(CONCEALED) == reason(OPERATOR) == ""


def test_no_reason_accuses() -> None:
    guilty = re.compile("fraud|abus|attack|suspicious|conceal|hid|evad")
    assert not [
        text for text in (*(text for text, _ in REASONS), *gates.IN_WORDS.values()) if guilty.search(text)
    ]


def test_what_chance_brings_about_accuses_nobody() -> None:
    passed, refused = (gates.null_model_gate(q, GROUPS) for q in (0.01, 0.0101))
    assert passed.passed
    assert not refused.passed
    assert "100 redrawn populations" in refused.detail
    said = gates.reason(OPERATOR, [*outcome(OPERATOR).values(), refused], STORIES)
    assert "redrawn accounts" in said
    assert gates.reason(OPERATOR, [*outcome(OPERATOR).values(), passed], STORIES) == ""


@pytest.mark.parametrize(
    ("reason_of", "families"),
    [
        (looking(UNRELATED), {"content"}),
        (looking(TOOL), {"content"}),
        (looking(EVENT), {"content", "network"}),
        (looking(PLATFORM), {"content", "network"}),
        (looking(RESELLER), {"network"}),
        (looking(CUSTOMER), {"content", "network"}),
        (replace(OPERATOR, stability=0.1), {"content", "network"}),
        (FIRM, {"content", "network"}),
        (replace(OPERATOR, accounts=3), set()),
    ],
    ids=["unrelated", "tool", "event", "platform", "reseller", "customer", "stable", "firm", "size"],
)
def test_a_reason_explains_the_families_it_speaks_of(reason_of: CommunityProfile, families: set[str]) -> None:
    gates_of = list(outcome(reason_of).values())
    assert gates.explained_families(reason_of, gates_of, ["content", "network"], STORIES) == families


def test_what_a_tool_brings_by_itself_makes_no_group() -> None:
    """Its users have its texts and its client in common, and work in it all day."""
    tool = replace(
        OPERATOR, group_families=frozenset({"device"}), certain_families=frozenset({"device"}),
        pair_families=frozenset({"content", "device"}),
    )  # fmt: skip
    assert failed(tool) == {"families"} and not unresolved(tool)
    assert reason(tool).startswith("a popular tool")
    assert failed(replace(tool, missing=("payments",))) >= {"families"}
    silent = replace(tool, missing=("payments", "registration"))
    assert "families" not in failed(silent), "such a source can say nothing else; the margin is higher"


def test_what_a_community_was_chosen_by_from_a_crowd_is_not_sure() -> None:
    """Of hundreds who ask about gardening some eight pay by cards of one bank: their links say so."""
    chosen = replace(
        OPERATOR, group_families=frozenset({"payment"}), certain_families=frozenset(),
        pair_families=frozenset({"content", "payment"}),
    )  # fmt: skip
    assert failed(chosen) == set()
    crowd = replace(chosen, cut_from_crowd=True)
    assert failed(crowd) == {"families"} and unresolved(crowd)
    assert failed(replace(crowd, certain_families=frozenset({"payment"}))) == set()
    assert failed(replace(crowd, chain_families=frozenset({"payment"}))) == set()


def test_a_mark_that_some_community_bears_anyway_is_not_more_than_a_tool() -> None:
    """Five strangers use one program, and three of them came within days of one another."""
    strangers = replace(
        OPERATOR, group_families=frozenset({"registration"}), certain_families=frozenset(),
        pair_families=frozenset({"content", "device"}),
    )  # fmt: skip
    assert failed(strangers) == {"families"} and unresolved(strangers)
    assert (
        reason(strangers) == "one operator leads, on marks that one of so many communities may bear by chance"
    )
    assert "registration by marks that one of so many" in outcome(strangers)["families"].detail
    sure = replace(strangers, certain_families=frozenset({"registration"}))
    assert not failed(sure) and "marks" not in outcome(sure)["families"].detail
