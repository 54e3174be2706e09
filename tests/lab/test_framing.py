from collections import Counter, defaultdict

import pytest

from linkage.lab.profiles import PROFILES
from linkage.lab.simulate import simulate
from tests.lab.made import Made, load


@pytest.fixture(scope="module")
def framing(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("framing")
    return load(simulate(out, profile="framing", accounts=2_000, interactions=25_000, seed=4))


def holders(made: Made, table: str, column: str) -> dict[str, set[object]]:
    held: dict[str, set[object]] = defaultdict(set)
    for who, value in made.rows(table, "account", column):
        if value is not None:
            held[who].add(value)
    return held


def test_victims_are_innocent_and_told_of(framing: Made) -> None:
    victims = framing.about["victims"]
    assert len(victims) == 20
    assert {each["account"] for each in victims} == {
        who for who, kind in framing.kinds.items() if kind == "victim"
    }
    assert not any(framing.truth[each["account"]] for each in victims)
    assert Counter(len(each["planted"]) for each in victims) == {1: 4, 2: 4, 3: 4, 4: 4, 5: 4}
    assert Counter(each["operator"] for each in victims) == {"operator 1": 10, "operator 2": 10}


@pytest.mark.parametrize(
    ("value", "table", "column"),
    [
        ("card", "payments", "fingerprint"),
        ("billing", "payments", "billing_hash"),
        ("address", "interactions", "ip"),
        ("client", "interactions", "ja4"),
    ],
)
def test_a_planted_value_is_one_of_the_operators_own(
    framing: Made, value: str, table: str, column: str
) -> None:
    held = holders(framing, table, column)
    own: dict[str | None, set[object]] = defaultdict(set)
    for who, values in held.items():
        own[framing.truth[who]] |= values
    given = [each for each in framing.about["victims"] if value in each["planted"]]
    assert len(given) >= 8
    for each in given:
        assert held[each["account"]] & own[each["operator"]], each
    if value in ("card", "billing"):
        spared = [each for each in framing.about["victims"] if value not in each["planted"]]
        assert not any(held[each["account"]] & own[each["operator"]] for each in spared)


def test_a_planted_template_is_sent_a_few_times_and_counts_as_the_operators(framing: Made) -> None:
    each = PROFILES["framing"].framing
    assert each is not None
    sender = dict(framing.rows("interactions", "interaction", "account"))
    planted = Counter(sender[which] for which, (_, part) in framing.sent.items() if part == "planted")
    on_requests = {"address", "client", "template"}
    wanted = {
        row["account"]: each.requests for row in framing.about["victims"] if on_requests & {*row["planted"]}
    }
    assert planted == wanted
    operators = {row["account"]: row["operator"] for row in framing.about["victims"]}
    assert all(
        operators[sender[which]] == operator
        for which, (operator, part) in framing.sent.items()
        if part == "planted"
    )


def test_victims_do_most_things_themselves(framing: Made) -> None:
    sent = Counter(who for (who,) in framing.rows("interactions", "account"))
    own = [sent[each["account"]] for each in framing.about["victims"]]
    assert sorted(own)[len(own) // 2] >= 6
    devices = holders(framing, "sessions", "device")
    operators = {value for who, values in devices.items() if framing.truth[who] for value in values}
    assert not any(devices[each["account"]] & operators for each in framing.about["victims"])
