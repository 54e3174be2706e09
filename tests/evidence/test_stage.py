"""Evidence of pairs: every signal speaks of a planted pair, and is silent where nothing is to compare."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.errors import BudgetError
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import ROWS
from linkage.evidence.signals.registry import SIGNALS
from linkage.evidence.stage import Weighing
from linkage.links import log_odds
from linkage.links.link_rule import LinkRule
from linkage.observations import hour_profile
from linkage.settings.observations import HourProfile
from tests.evidence.made import (
    CHOSEN,
    DAY,
    HOUR,
    SECOND,
    START,
    Held,
    foreign,
    names,
    said,
    used,
    weighing,
)
from tests.observations.test_themes import used as theme_uses

CROWD = 400
"""Accounts of the population, so that what two of them share is rare."""

LEFT_OUT = "pairs beyond the strongest of either account"

SHARED = [each for each in SIGNALS if each.rule is not None]


@pytest.mark.parametrize("each", SHARED, ids=lambda each: each.name)
def test_a_signal_of_a_shared_value_speaks_of_those_who_hold_it(engine: Engine, each: Any) -> None:
    rows: list[Held] = [(a, each.rule.trait, "planted") for a in ("a00001", "a00002")]
    rows += [("a00003", each.rule.trait, "another")]
    of = weighing(engine, rows, accounts=CROWD)
    assert said(of, "a00001", "a00002") == {each.name: pytest.approx(bits(each), abs=1e-5)}
    assert said(of, "a00001", "a00003") == {}
    assert said(of, "a00004", "a00005") == {}


def bits(each: Any) -> float:
    return float(np.log2(each.rule.agreement / max(each.rule.floor, 1 / (CROWD - 1))))


def test_a_foreign_trait_speaks_too(engine: Engine) -> None:
    rows: list[Held] = [(a, "wallet", "w") for a in names(2)]
    of = weighing(engine, rows, accounts=CROWD, signals=foreign("wallet"))
    assert said(of, "a00000", "a00001") == {"shared wallet": pytest.approx(np.log2(0.5 * 399), abs=1e-5)}


# --- in turn, and together -----------------------------------------------------------------------


def moments(of: Weighing, rows: Iterable[tuple[str, str, str, int]]) -> None:
    of.add_moments(of.engine.table(used(rows)))


def pool(trait: str, accounts: int, value: str = "pool") -> list[Held]:
    return [(a, trait, value) for a in names(accounts)]


@pytest.mark.parametrize(
    ("trait", "name", "shared"),
    [("ip", "rotating address", "address"), ("template", "hand-over", "rare template")],
)
def test_work_passed_on_again_and_again_is_seen(engine: Engine, trait: str, name: str, shared: str) -> None:
    of = weighing(engine, pool(trait, 20), accounts=CROWD)
    others = [(a, trait, "pool", START + i * 3 * HOUR) for i, a in enumerate(names(20)[2:] * 4)]
    passing = [(a, trait, "pool", START + i * 5 * HOUR + n * 300 * SECOND + 1) for i in range(12)
               for n, a in enumerate(("a00000", "a00001"))]  # fmt: skip
    moments(of, [*others, *passing])
    assert said(of, "a00000", "a00001")[name] > 5
    assert set(said(of, "a00002", "a00003")) == {shared}


def test_a_value_of_too_many_is_no_object_to_pass_on(engine: Engine) -> None:
    passing = [(a, "ip", "pool", START + i * 5 * HOUR + n * SECOND) for i in range(12)
               for n, a in enumerate(("a00000", "a00001"))]  # fmt: skip
    others = [(a, "ip", "pool", START + i * 3 * HOUR) for i, a in enumerate(names(20)[2:] * 4)]
    for most, seen in ((20, True), (19, False)):
        bands = {"clique_degree": 5, "nearest_degree": most}
        of = weighing(engine, pool("ip", 20), accounts=CROWD, **bands)
        moments(of, [*others, *passing])
        assert ("rotating address" in said(of, "a00000", "a00001")) is seen


def test_two_neighbours_behind_one_address_pass_nothing_on(engine: Engine) -> None:
    of = weighing(engine, pool("ip", 2), accounts=CROWD)
    moments(of, [(names(2)[i % 2], "ip", "pool", START + i * 60 * SECOND) for i in range(60)])
    assert set(said(of, "a00000", "a00001")) == {"address"}


def together(trait: str, times: int = 6) -> list[tuple[str, str, str, int]]:
    return [
        (a, trait, f"o{i}", START + i * 5 * DAY + n * SECOND)
        for i in range(times)
        for n, a in enumerate(("a00000", "a00001"))
    ] + [("a00002", trait, f"o{i}", START + i * 5 * DAY + 9 * HOUR) for i in range(times)]


def held(rows: list[tuple[str, str, str, int]]) -> list[Held]:
    return [(a, t, v, at, at) for a, t, v, at in rows]


@pytest.mark.parametrize("trait", ["template", "object"])
def test_acting_together_is_seen(engine: Engine, trait: str) -> None:
    rows = together(trait)
    of = weighing(engine, held(rows), accounts=CROWD, signals=foreign("object"), window_traits=["object"])
    moments(of, rows)
    assert said(of, "a00000", "a00001")["same object in a window"] > 5
    assert "same object in a window" not in said(of, "a00000", "a00002")


def test_an_object_that_nobody_declared_is_no_meeting_place(engine: Engine) -> None:
    rows = together("object")
    of = weighing(engine, held(rows), accounts=CROWD, signals=foreign("object"))
    moments(of, rows)
    assert "same object in a window" not in said(of, "a00000", "a00001")


def counts(of: Weighing, name: str) -> dict[tuple[str, str], int]:
    number = [each.name for each in of.signals].index(name)
    sums: dict[tuple[str, str], int] = {}
    for row in of.evidence(of.candidates()).to_pylist():
        if row["signal"] == number:
            pair = of.names[row["left"]], of.names[row["right"]]
            sums[pair] = sums.get(pair, 0) + row["count"]
    return sums


def test_no_coincidence_on_a_declared_object_is_lost(engine: Engine) -> None:
    """However common the object, however little it says: the network must be whole."""
    everyone = names(40)
    rows = [(a, "object", "news", START + i * 20 * SECOND) for i, a in enumerate(everyone)]
    rows += [(a, "object", f"own {a}", START + DAY) for a in everyone]
    of = weighing(
        engine,
        held(rows),
        signals=foreign("object"),
        window_traits=["object"],
        window_seconds=20,
        window_participation=1,
    )
    moments(of, rows)
    assert counts(of, "same object in a window") == {pair: 1 for pair in pairwise(everyone)}


def test_what_one_does_alone_counts_for_taking_part_in_the_population(engine: Engine) -> None:
    """Two accounts have two events each, one of them on an object that nobody else holds."""
    news = [("a00000", "object", "news", START), ("a00001", "object", "news", START + 5 * SECOND)]
    alone = [("a00000", "object", "own", START), ("a00001", "object", "news", START + DAY)]
    for rows, wanted in ((news, {}), ([*news, *alone], {("a00000", "a00001"): 1})):
        of = weighing(engine, held(rows), accounts=9, signals=foreign("object"), window_traits=["object"])
        moments(of, rows)
        assert counts(of, "same object in a window") == wanted


def test_too_many_coincidences_end_the_run_with_a_hint(engine: Engine) -> None:
    rows = [(a, "object", "news", START) for a in names(60)]
    of = weighing(engine, held(rows), signals=foreign("object"), window_traits=["object"], max_pairs=1_000)
    with pytest.raises(BudgetError, match="trait object: up to 1,770 coincidences") as raised:
        moments(of, rows)
    assert "window_seconds" in raised.value.hint
    moments(
        weighing(engine, held(rows), signals=foreign("object"), window_traits=["object"], max_pairs=1_770),
        rows,
    )


@pytest.mark.parametrize(("most", "left_out"), [(0, 6), (1, 0)])
def test_a_template_too_busy_for_coincidences_is_left_out_and_counted(
    engine: Engine, most: int, left_out: int
) -> None:
    rows = together("template")
    of = weighing(engine, held(rows), accounts=CROWD, coincidences={"max_template_coincidences": most})
    moments(of, rows)
    assert ("same object in a window" in said(of, "a00000", "a00001")) is not bool(left_out)
    assert of.cut["templates too busy for coincidences"] == left_out


# --- answers passed on ---------------------------------------------------------------------------


def echo(of: Weighing, rows: list[tuple[str, str | None, list[str]]]) -> None:
    schema = pa.schema(
        [
            ("account", pa.string()),
            ("response_sha256", pa.string()),
            ("context_sha256", pa.list_(pa.string())),
            ("at", pa.int64()),
            ("row", pa.string()),
        ]
    )
    filled = [
        {"account": a, "response_sha256": r, "context_sha256": c, "at": START + n, "row": f"r{n}"}
        for n, (a, r, c) in enumerate(rows)
    ]
    of.add_echoes(of.engine.table(pa.Table.from_pylist(filled, schema)))


def test_an_echo_speaks_for_the_one_who_was_given_and_the_one_who_sent(engine: Engine) -> None:
    of = weighing(engine, pool("response", 2, "h1"), accounts=CROWD)
    echo(of, [("a00000", "h1", []), ("a00001", None, ["h1"]), ("a00003", "h9", [])])
    assert said(of, "a00000", "a00001") == {"response echo": 20.0}
    assert said(of, "a00001", "a00003") == {}
    assert of.candidates().to_pylist() == [{"left": 0, "right": 1}]


def test_an_answer_of_many_weighs_by_its_rarity(engine: Engine) -> None:
    of = weighing(engine, pool("response", 10, "h1"), accounts=CROWD)
    echo(of, [("a00000", "h1", []), *((a, None, ["h1"]) for a in names(10)[1:])])
    assert said(of, "a00000", "a00005") == {"response echo": pytest.approx(np.log2(0.5 * 399 / 8), abs=1e-5)}
    assert said(of, "a00004", "a00005") == {}


def test_an_answer_that_just_few_enough_hold_is_an_echo(engine: Engine) -> None:
    most = CHOSEN.clique_degree
    of = weighing(engine, pool("response", most, "h1"), accounts=CROWD)
    echo(of, [("a00000", "h1", []), *((a, None, ["h1"]) for a in names(most)[1:])])
    assert said(of, "a00000", "a00005")["response echo"] > 0
    assert of.cut["answers too common to be echoes"] == 0


def test_a_refusal_that_everyone_is_given_is_no_echo(engine: Engine) -> None:
    of = weighing(engine, pool("response", 60, "sorry"), accounts=CROWD)
    echo(of, [(a, "sorry", []) if i < 30 else (a, None, ["sorry"]) for i, a in enumerate(names(60))])
    assert said(of, "a00000", "a00040") == {}
    assert of.cut["answers too common to be echoes"] == 1


# --- hours ---------------------------------------------------------------------------------------


def test_hours_speak_for_and_against_and_only_of_those_active_enough(engine: Engine) -> None:
    of = weighing(engine, [], accounts=300)
    rng = np.random.default_rng(1)
    a = np.repeat(np.arange(299), 80)
    hour = (a % 24 + rng.normal(0, 1.5, len(a))) % 24
    of.add_hours(a, START + rng.integers(0, 40, len(a)) * DAY + (hour * HOUR).astype(np.int64))
    assert said(of, "a00000", "a00024")["day–night profile"] > 1
    assert said(of, "a00000", "a00012")["day–night profile"] < -1
    assert said(of, "a00000", "a00299") == {}
    pair = pa.table({"left": pa.array([0], pa.int32()), "right": pa.array([24], pa.int32())})
    assert of.evidence(pair).select(["kind", "value"]).to_pylist() == [{"kind": Kind.HOURS, "value": None}]


def test_the_strangers_of_the_hours_are_drawn_by_the_seed(engine: Engine) -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(np.arange(120), 40)
    at = START + rng.integers(0, 40, len(a)) * DAY + rng.integers(0, 24, len(a)) * HOUR
    left, right = np.arange(60), np.arange(60, 120)
    pairs = pa.table({"left": pa.array(left, pa.int32()), "right": pa.array(right, pa.int32())})
    for seed in (0, 9):
        of = weighing(engine, [], accounts=120, seed=seed)
        of.add_hours(a, at)
        hours = HourProfile()
        profiles = hour_profile.hour_profiles(a, at, 120, hours)
        learnt = hour_profile.learnt_hours(profiles, hours, seed=seed)
        wanted = hour_profile.hour_bits(profiles, left, right, learnt)
        found = {row["left"]: row["bits"] for row in of.evidence(pairs).to_pylist()}
        assert found == {i: bits for i, bits in enumerate(wanted.tolist()) if abs(bits) >= CHOSEN.least_bits}


# --- candidates ----------------------------------------------------------------------------------


def test_pairs_come_once_in_order_and_from_every_side(engine: Engine) -> None:
    rows: list[Held] = [
        (a, t, "x") for t in ("fingerprint", "device") for a in ("a00005", "a00002", "a00009")
    ]
    of = weighing(engine, rows, accounts=2_000)
    pairs = of.candidates([("a00009", "a00002"), ("a00100", "a00007"), ("nobody", "a00001")])
    found = [(row["left"], row["right"]) for row in pairs.to_pylist()]
    assert found == [(2, 5), (2, 9), (5, 9), (7, 100)]
    assert of.evidence(pairs).schema == ROWS


def test_pairs_with_too_few_bits_are_not_compared_but_counted(engine: Engine) -> None:
    of = weighing(engine, [(a, "fingerprint", "x") for a in names(3)], accounts=300)
    assert of.candidates().num_rows == 0
    assert of.cut["pairs proposed with too few bits"] == 3


def test_a_pair_with_just_enough_bits_is_compared(engine: Engine) -> None:
    rows: list[Held] = [(a, "fingerprint", "x") for a in names(3)]
    enough = said(weighing(engine, rows, accounts=300), "a00000", "a00001")["card"]
    for least, count in ((enough, 3), (enough + 1e-5, 0)):
        of = weighing(engine, rows, accounts=300, min_pair_bits=least)
        assert of.candidates().num_rows == count


def test_a_coincidence_proposes_a_pair_only_with_enough_bits(engine: Engine) -> None:
    """Six times on one object say more than once on each of six."""
    six, one = together("template"), [(a, t, "o", at) for a, t, _, at in together("template")]
    for rows, wanted in ((six, []), (one, [{"left": 0, "right": 1}])):
        uses = [(a, t, v, START, START) for a, t, v in dict.fromkeys((a, t, v) for a, t, v, _ in rows)]
        of = weighing(engine, uses, accounts=CROWD, min_propose_bits=99.0)
        moments(of, rows)
        assert of.candidates().to_pylist() == wanted


def test_values_that_propose_some_pairs_or_none_are_counted(engine: Engine) -> None:
    sizes = {"few": 3, "some": 10, "as many": 20, "too many": 21}
    rows: list[Held] = [(a, "fingerprint", value) for value, n in sizes.items() for a in names(n)]
    bands = {"clique_degree": 5, "nearest_degree": 20}
    of = weighing(engine, rows, accounts=2_000, **bands)
    pairs = of.candidates().to_pylist()
    assert of.cut["values whose accounts were joined to their nearest only"] == 2
    assert of.cut["values too common to propose pairs"] == 1
    assert pairs == sorted(pairs, key=lambda row: (row["left"], row["right"]))
    assert len(pairs) > 30


def test_which_signals_can_make_a_link_is_known_by_number(engine: Engine) -> None:
    of = weighing(engine, [], accounts=3)
    assert of.strong.tolist() == [each.strong for each in SIGNALS]
    assert len(set(of.strong.tolist())) == 2


def test_of_too_many_pairs_each_account_keeps_its_strongest(engine: Engine) -> None:
    """All of twenty share a card, and every two neighbours another one: these come first."""
    rows: list[Held] = [(a, "fingerprint", "x") for a in names(20)]
    rows += [(a, "fingerprint", f"of {at // 2}") for at, a in enumerate(names(20))]
    every = weighing(engine, rows, accounts=60_000, max_pairs=190)
    assert every.candidates().num_rows == 190
    assert LEFT_OUT not in every.cut
    of = weighing(engine, rows, accounts=60_000, max_pairs=60)
    kept = {(row["left"], row["right"]) for row in of.candidates().to_pylist()}
    assert {(at, at + 1) for at in range(0, 20, 2)} <= kept
    assert len(kept) <= 60
    assert of.cut[LEFT_OUT] == 190 - len(kept)
    partners = Counter(side for pair in kept for side in pair)
    assert min(partners[at] for at in range(20)) >= 3


def test_which_of_pairs_alike_are_kept_does_not_depend_on_the_order_of_rows(engine: Engine) -> None:
    rows: list[Held] = [(a, "fingerprint", "x") for a in names(20)]
    found = [
        weighing(engine, some, accounts=60_000, max_pairs=100).candidates() for some in (rows, rows[::-1])
    ]
    assert found[0].equals(found[1])
    assert 50 <= found[0].num_rows <= 100, "five of each account, many of them both ways"


def test_the_order_of_rows_changes_no_evidence(engine: Engine) -> None:
    rng = np.random.default_rng(0)
    rows: list[Held] = [
        (a, t, f"{rng.integers(40)}") for a in names(60) for t in ("ip", "fingerprint", "template")
    ]
    rows = list(dict.fromkeys(rows))
    found = []
    for order in (range(len(rows)), rng.permutation(len(rows))):
        of = weighing(engine, [rows[i] for i in order], accounts=2_000)
        evidence = of.evidence(of.candidates())
        found.append(evidence.sort_by([(name, "ascending") for name in ("left", "right", "signal", "value")]))
    assert found[0].num_rows > 15
    assert found[0].equals(found[1])


def test_without_anything_there_is_no_pair(engine: Engine) -> None:
    of = weighing(engine, [], accounts=3)
    assert of.candidates().num_rows == 0
    assert of.evidence(of.candidates()).num_rows == 0


# --- a careful adversary -------------------------------------------------------------------------


def sent(of: Weighing, rows: list[tuple[str, str | None]]) -> None:
    account, text = zip(*rows, strict=True)
    table = pa.table(
        {"account": account, "template": ["t"] * len(rows), "text_id": pa.array(text, pa.string())}
    )
    of.add_texts(of.engine.table(table))


def test_a_queue_being_drained_is_told_with_what_was_expected_and_found(engine: Engine) -> None:
    rng = np.random.default_rng(1)
    of = weighing(engine, pool("template", 16, "t"), accounts=CROWD)
    rows: list[tuple[str, str | None]] = [
        (a, f"q{x}") for a in names(16)[2:] for x in rng.permutation(120)[:40]
    ]
    rows += [(names(2)[i % 2], f"q{x}") for i, x in enumerate(rng.permutation(120))]
    sent(of, [*rows, ("a00000", None)])
    told = said(of, "a00000", "a00001")
    assert told["queue draining"] == 6.0
    assert "queue draining" not in said(of, "a00002", "a00003")
    pair = pa.table({"left": pa.array([0], pa.int32()), "right": pa.array([1], pa.int32())})
    number = of.number["queue draining"]
    (row,) = [r for r in of.evidence(pair).to_pylist() if r["signal"] == number]
    assert row["count"] == 0 and 15 < row["expected"] < 35
    assert of.cut["templates too large to tell a drained queue"] == 0


@pytest.mark.parametrize("trait", ["template", "object"])
def test_coming_back_together_with_a_pause_is_seen(engine: Engine, trait: str) -> None:
    days = range(0, 90, 9)
    rows = [(a, trait, "o", START + d * DAY + n * 300 * SECOND) for d in days for n, a in enumerate(names(2))]
    rows += [
        (a, trait, "o", START + (d * 7 + i + 1) % 90 * DAY) for i, a in enumerate(names(9)[2:]) for d in days
    ]
    of = weighing(
        engine, pool(trait, 9, "o"), accounts=CROWD, signals=foreign("object"), window_traits=["object"]
    )
    moments(of, rows)
    assert said(of, "a00000", "a00001")["same object again and again"] > 3
    assert said(of, "a00002", "a00004").get("same object again and again", 0) == 0
    pair = pa.table({"left": pa.array([0], pa.int32()), "right": pa.array([1], pa.int32())})
    number = of.number["same object again and again"]
    (row,) = [r for r in of.evidence(pair).to_pylist() if r["signal"] == number]
    assert (row["scale"], row["count"]) == (0, 10)


def test_conversations_carried_on_again_and_again_are_told(engine: Engine) -> None:
    rows: list[Held] = [(a, "context", f"c{i}") for i in range(3) for a in ("a00001", "a00002")]
    rows += [(a, "context", "c0") for a in ("a00003", "a00004")]
    of = weighing(engine, rows, accounts=CROWD)
    assert said(of, "a00001", "a00002") == {}
    of.add_conversations()
    shares = [min(3 / (CROWD - 1), 1), 1 / (CROWD - 1), 1 / (CROWD - 1)]
    wanted = sum(round(float(np.log2(0.3 / max(u, 0.002))), 6) for u in shares)
    assert said(of, "a00001", "a00002") == {"continued conversation": pytest.approx(wanted, abs=1e-5)}
    assert said(of, "a00003", "a00004") == {}


def test_common_themes_are_told_of_pairs_that_were_active_enough(engine: Engine) -> None:
    of = weighing(engine, [], accounts=401)
    of.add_themes(theme_uses(np.random.default_rng(1), 400))
    bits = [said(of, "a00000", f"a{i:05d}").get("common themes", 0.0) for i in (20, 40, 60, 80, 7, 13, 400)]
    assert np.mean(bits[:4]) > 1.5
    assert bits[4:] == [0, 0, 0]
    of.add_themes(None)
    assert said(of, "a00000", "a00020") == {}


def test_what_is_asked_later_loses_no_pair(engine: Engine) -> None:
    """With the rule given, a pair that themes and hours would just make a link is still told of."""
    rows: list[Held] = [(a, "fingerprint", "x") for a in ("a00000", "a00020")]
    of = weighing(engine, rows, accounts=400)
    of.add_themes(theme_uses(np.random.default_rng(1), 400))
    pair = pa.table({"left": pa.array([0], pa.int32()), "right": pa.array([20], pa.int32())})
    every = said(of, "a00000", "a00020")
    assert every["common themes"] > 0
    for short, wanted in ((0.0, True), (3.5, False)):
        rule = needing(of, every["card"] + 6.0 + short)
        assert (of.evidence(pair, rule).num_rows > 0) is wanted


def needing(of: Weighing, bits: float) -> LinkRule:
    """A link needs so many bits of any signals, each family at most 99."""
    families = sorted({each.family for each in of.signals})
    caps = dict.fromkeys(families, 99.0)
    rules = log_odds.rules(
        [each.family for each in of.signals], families, prior=0.0, caps=caps, rho={"": 0.3}
    )
    return LinkRule(rules, of.strong, link_bits=bits, strong_bits=0.0)


def test_of_too_many_reasons_the_strongest_of_each_signal_are_kept(engine: Engine) -> None:
    """Values are let go from the weakest; what is counted, as answers passed on are, is kept whole."""
    both = ("a00000", "a00001")
    rows: list[Held] = [(a, "ip", f"ip{n}") for n in range(6) for a in (*both, *names(n + 9)[3:])]
    rows += [(a, "response", f"h{n}") for n in range(5) for a in both]
    of = weighing(engine, rows, accounts=CROWD)
    echo(of, [*((both[0], f"h{n}", []) for n in range(5)), (both[1], None, [f"h{n}" for n in range(5)])])
    pair = pa.table({"left": [0], "right": [1]}, of.candidates().schema)
    every = of.evidence(pair)
    rule = needing(of, 0.0)
    assert sorted(of.evidence(pair, rule).to_pylist(), key=str) == sorted(every.to_pylist(), key=str)
    of.release()
    of.chosen = of.chosen.with_changes(max_shared_rows=3, strongest_values=2)
    some = of.evidence(pair, rule)
    address, echoed = of.number["address"], of.number["response echo"]
    told = {number: bits_of(some, number) for number in (address, echoed)}
    assert told[address] == bits_of(every, address)[:2] and len(bits_of(every, address)) == 6
    assert told[echoed] == bits_of(every, echoed) and len(told[echoed]) == 5
    assert of.cut["reasons beyond the strongest of a pair and signal"] == every.num_rows - some.num_rows


def bits_of(rows: pa.Table, signal: int) -> list[float]:
    """Bits of one signal, most first."""
    return sorted((row["bits"] for row in rows.to_pylist() if row["signal"] == signal), reverse=True)


# --- numbers without rows --------------------------------------------------------------------------


def numbers_of(
    of: Weighing, key: np.ndarray, signals: np.ndarray, rule: LinkRule | None = None
) -> list[tuple[object, ...]]:
    """What is said of pairs, as rows of pair, signal, value and bits, in order."""
    found = of.said(key, signals, rule)
    columns = found.key[found.pair], found.signal, found.value, found.bits
    return sorted(zip(*(each.tolist() for each in columns), strict=True))


def test_numbers_say_what_the_rows_say(engine: Engine) -> None:
    """Of all signals and of some; of all pairs and of those that could be links by the signals asked for."""
    both = ("a00000", "a00020")
    rows: list[Held] = [(a, "ip", f"ip{n}") for n in range(4) for a in (*both, *names(n + 9)[3:])]
    rows += [
        (a, trait, f"{trait}{n}") for trait in ("response", "fingerprint") for n in range(2) for a in both
    ]
    of = weighing(engine, rows, accounts=400)
    echo(
        of, [*((both[0], f"response{n}", []) for n in range(2)), (both[1], None, ["response0", "response1"])]
    )
    of.add_themes(theme_uses(np.random.default_rng(1), 400))
    of.add_hours(np.repeat(np.arange(400), 40), START + np.arange(16_000) * HOUR)
    left, right = (side.ravel() for side in np.meshgrid(np.arange(12), np.arange(12, 24), indexing="ij"))
    pairs = pa.table({"left": pa.array(left, pa.int32()), "right": pa.array(right, pa.int32())})
    key = np.unique(left * len(of.names) + right)
    every = of.evidence(pairs).to_pylist()
    assert {of.signals[row["signal"]].name for row in every} >= {
        "address",
        "card",
        "response echo",
        "common themes",
    }
    wanted = [
        (r["left"] * len(of.names) + r["right"], r["signal"], r["value"] or 0, r["bits"]) for r in every
    ]
    assert numbers_of(of, key, np.ones(len(of.signals), dtype=bool)) == sorted(wanted)
    for family in {each.family for each in of.signals}:
        own = np.array([each.family == family for each in of.signals])
        assert numbers_of(of, key, own) == sorted(row for row in wanted if own[row[1]])
    rule = needing(of, 25.0)
    kept = {row[0] for row in numbers_of(of, key, np.ones(len(of.signals), dtype=bool), rule)}
    assert kept == {20}, "of pairs that could be links"
