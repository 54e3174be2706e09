"""From evidence to links, with what people decided."""

from linkage.engines import Engine
from linkage.links.constraints import Constraints
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


def test_bits_by_family_are_those_of_the_links(engine: Engine) -> None:
    one = found(engine)
    names = list(one.families)
    of = weighing(engine, ROWS, accounts=ACCOUNTS, min_pair_bits=1.0)
    bits = one.by_family(family_rules([each.family for each in of.signals], ACCOUNTS, SETTINGS))
    both = bits[0]
    assert both[names.index("payment")] > 0 and both[names.index("device")] > 0
    assert bits[1][names.index("device")] == 0
