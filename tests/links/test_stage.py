"""From evidence to links, with what people decided."""

from dataclasses import fields, replace

import numpy as np
import pytest

from linkage.engines import Engine
from linkage.evidence import holdings
from linkage.links.constraints import Constraints
from linkage.links.link_rule import LinkRule
from linkage.links.priors import family_rules
from linkage.links.stage import Links, links
from linkage.settings import Settings
from tests.evidence.made import Held, weighing

ACCOUNTS = 2_000
SETTINGS = Settings.load(None, links={"strong_bits": 8.0, "operator_accounts": 200})

ROWS: list[Held] = [
    # Two share a card and a device, two others a card alone.
    *((a, trait, "x") for a in ("a00000", "a00001") for trait in ("fingerprint", "device")),
    *((a, "fingerprint", "y") for a in ("a00002", "a00003")),
]


NOTHING_DECIDED = Constraints()


def found(engine: Engine, constraints: Constraints = NOTHING_DECIDED) -> Links:
    of = weighing(engine, ROWS, accounts=ACCOUNTS, min_pair_bits=1.0)
    rules = family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS)
    return links(of, rules, constraints, SETTINGS.links)


def pairs(links: Links) -> dict[tuple[int, int], bool]:
    ends = zip(links.scored.left.tolist(), links.scored.right.tolist(), strict=True)
    return dict(zip(ends, links.linked.tolist(), strict=True))


def test_pairs_that_reach_the_threshold_are_links(engine: Engine) -> None:
    one = found(engine)
    assert pairs(one) == {(0, 1): True, (2, 3): True}
    assert one.compared == 2
    assert one.listed.all() and not one.decided("linked", "not linked").any()
    assert set(one.scored.pair.tolist()) == {0, 1}


def test_what_a_person_decided_holds_against_the_score(engine: Engine) -> None:
    verdicts = Constraints(
        linked=frozenset({("a00007", "a00009")}), not_linked=frozenset({("a00000", "a00001")})
    )
    one = found(engine, verdicts)
    assert pairs(one) == {(0, 1): False, (2, 3): True, (7, 9): True}
    assert one.decided("not linked").sum() == one.decided("linked").sum() == 1
    assert one.listed.all()


def test_links_are_the_same_in_one_piece_and_in_many(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd: list[Held] = [
        (f"a{a:05d}", trait, f"{trait}{(a * step) % 60}")
        for a in range(150)
        for step, trait in ((1, "fingerprint"), (7, "device"), (11, "ip"))
    ]
    verdicts = Constraints(
        linked=frozenset({("a00007", "a01009")}), not_linked=frozenset({("a00000", "a00060")})
    )

    def made() -> Links:
        of = weighing(engine, crowd, accounts=ACCOUNTS, min_pair_bits=1.0)
        rules = family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS)
        return links(of, rules, verdicts, SETTINGS.links)

    whole = made()
    assert whole.linked.sum() > 50
    monkeypatch.setattr(holdings, "MOST_LOAD", 40)
    pieces = made()
    assert pieces.evidence.num_rows == whole.evidence.num_rows
    assert pieces.evidence.to_pydict() == whole.evidence.to_pydict()
    assert pieces.forced == whole.forced and pieces.linked.tolist() == whole.linked.tolist()
    for field in fields(whole.scored):
        one, other = (getattr(each.scored, field.name) for each in (pieces, whole))
        assert one.tolist() == other.tolist(), field.name


def test_bits_by_family_are_those_of_the_links(engine: Engine) -> None:
    one = found(engine)
    names = list(one.families)
    of = weighing(engine, ROWS, accounts=ACCOUNTS, min_pair_bits=1.0)
    bits = one.by_family(family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS))
    both = bits[0]
    assert both[names.index("payment")] > 0 and both[names.index("device")] > 0
    assert bits[1][names.index("device")] == 0


def test_bits_of_some_pairs_are_those_of_all(engine: Engine) -> None:
    more, rule = known_of(engine)
    every = more.by_family(rule.rules)
    for some in ([], [1], [0, 1]):
        assert more.families_of(np.array(some, dtype=np.int64), rule.rules).tolist() == every[some].tolist()


def known_of(engine: Engine) -> tuple[Links, LinkRule]:
    """The links where nothing is known of the prompts of one account, and the rule by which they are."""
    of = weighing(engine, ROWS, accounts=ACCOUNTS, min_pair_bits=1.0)
    known = np.where(np.arange(ACCOUNTS) == 2, 0.0, 1.0)
    rules = family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS)
    rules = replace(rules, known=known, withheld_bits=3.0)
    return links(of, rules, NOTHING_DECIDED, SETTINGS.links), LinkRule.of(rules, of.strong, SETTINGS.links)


def test_what_withheld_prompts_add_can_be_left_out(engine: Engine) -> None:
    usual, (more, rule) = found(engine), known_of(engine)
    assert (more.scored.log_odds - usual.scored.log_odds).round(6).tolist() == [0.0, 3.0]
    less = more.under_one_prior(rule.rules)
    assert less.scored.log_odds.round(6).tolist() == usual.scored.log_odds.tolist()


def test_links_without_a_family_are_those_that_stand_on_the_others(engine: Engine) -> None:
    more, rule = known_of(engine)
    less = more.without_family("payment", rule)
    assert not less.linked[1], "a card alone made it"
    gone = more.by_family(rule.rules)[:, more.families.index("payment")]
    assert (more.scored.log_odds - less.scored.log_odds).tolist() == pytest.approx(gone.tolist())
    assert not less.by_family(rule.rules)[:, more.families.index("payment")].any()
    assert more.without_family("content", rule).scored.log_odds.tolist() == more.scored.log_odds.tolist()


def test_what_a_person_linked_stays_a_link_without_any_family(engine: Engine) -> None:
    one = found(engine, Constraints(linked=frozenset({("a00002", "a00003")})))
    _links, rule = known_of(engine)
    assert pairs(one.without_family("payment", rule))[2, 3]
