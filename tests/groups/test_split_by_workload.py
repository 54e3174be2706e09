"""Splitting a community by what its accounts are for: a reseller's customers are not members."""

from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.groups.split_by_workload import Work, Works, by_work, split, whole, works
from linkage.groups.trait_index import Known
from linkage.groups.trait_tests import Population
from linkage.prompts.stage import Prompts
from tests.groups.made_held import held

DAY = 86_400_000_000


def counted(
    prompts: list[int],
    own: list[int],
    *,
    known: tuple[int, ...] = (0,),
    days: int = 9,
    own_days: list[int] | None = None,
    breadth: list[float] | None = None,
) -> Works:
    """Accounts with so many prompts over so many days, so many of them their community's own, in so much of
    its work."""
    of = MappingProxyType({number: Work(1, 1, 0) for number in known})
    spans = np.full(len(prompts), days * DAY), np.array(own_days or [days] * len(prompts)) * DAY
    broad = np.array(breadth or [1.0] * len(prompts))
    return Works(of, np.array(prompts), np.array(own), *spans, broad, None)


def test_accounts_without_a_part_in_the_work_leave_together() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split(whole(labels), counted([10] * 12, [6] * 6 + [1] * 6), least=5)
    assert parts.labels.tolist() == [0] * 6 + [1] * 6
    assert parts.infrastructure(np.arange(6)) == "reseller"
    assert parts.infrastructure(np.arange(6, 12)) == "unknown"
    assert parts.beside(np.arange(6)).tolist() == list(range(6, 12))


def test_one_idle_account_leaves_and_makes_nobody_a_reseller() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split(whole(labels), counted([10] * 12, [6] * 11 + [1]), least=5)
    assert parts.labels.tolist() == [0] * 11 + [-1]
    assert parts.infrastructure(np.arange(11)) == "unknown"


def test_a_few_victims_who_left_are_not_a_resellers_customers() -> None:
    labels = np.zeros(12, dtype=np.int64)
    few = split(whole(labels), counted([10] * 12, [6] * 10 + [1] * 2), least=5)
    assert few.beside(np.arange(10)).tolist() == [10, 11]
    assert few.customers(np.arange(10)).tolist() == []
    many = split(whole(labels), counted([10] * 12, [6] * 9 + [1] * 3), least=5)
    assert many.customers(np.arange(9)).tolist() == [9, 10, 11]


def test_a_community_with_no_work_in_common_is_left_whole() -> None:
    labels = np.zeros(12, dtype=np.int64)
    parts = split(whole(labels), counted([10] * 12, [6] * 4 + [0] * 8), least=5)
    assert parts.labels.tolist() == labels.tolist()
    assert not parts.left.any()


def test_an_account_whose_prompts_are_not_known_stays() -> None:
    labels = np.zeros(8, dtype=np.int64)
    parts = split(whole(labels), counted([10] * 7 + [0], [6] * 7 + [0]), least=5)
    assert parts.labels.tolist() == [0] * 8


def test_a_community_whose_work_was_not_looked_at_is_left_whole() -> None:
    labels = np.zeros(8, dtype=np.int64)
    parts = split(whole(labels), counted([10] * 8, [0] * 4 + [9] * 4, known=()), least=2)
    assert parts.labels.tolist() == [0] * 8


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60))
def test_a_split_only_divides(rows: list[tuple[int, int, int]]) -> None:
    labels, prompts, own = (np.array(column) for column in zip(*rows, strict=True))
    found = counted(prompts.tolist(), np.minimum(own, prompts).tolist(), known=(0, 1, 2, 3))
    parts = split(whole(labels), found, least=3)
    assert ((parts.labels < 0) >= (labels < 0)).all()
    for number in set(parts.labels[parts.labels >= 0].tolist()):
        inside = parts.labels == number
        assert len(set(labels[inside].tolist())) == 1
        if parts.left[inside].any():
            assert parts.left[inside].all()
            assert inside.sum() > 1


def test_who_did_it_on_one_occasion_among_other_things_is_no_member() -> None:
    """As a planted value looks: three requests within minutes, in a life of its own."""
    labels = np.zeros(12, dtype=np.int64)
    planted = counted([10] * 12, [6] * 11 + [3], own_days=[9] * 11 + [0])
    assert split(whole(labels), planted, least=5).labels.tolist() == [0] * 11 + [-1]


def test_who_was_there_on_one_day_only_or_mostly_for_it_stays() -> None:
    labels = np.zeros(12, dtype=np.int64)
    once = counted([10] * 12, [6] * 11 + [3], days=0, own_days=[0] * 12)
    assert not split(whole(labels), once, least=5).left.any()
    mostly = counted([10] * 12, [6] * 12, own_days=[9] * 11 + [0])
    assert not split(whole(labels), mostly, least=5).left.any()


def test_who_sends_one_of_many_sentences_over_and_over_is_no_member() -> None:
    labels = np.zeros(12, dtype=np.int64)
    narrow = counted([100] * 12, [60] * 12, breadth=[1.0] * 10 + [0.2, 0.5])
    assert split(whole(labels), narrow, least=5).labels.tolist() == [0] * 10 + [-1] + [0]


def test_of_a_few_prompts_it_is_not_said_how_much_of_the_work_they_are() -> None:
    labels = np.zeros(12, dtype=np.int64)
    few = counted([10] * 12, [9] * 10 + [4, 4], breadth=[1.0] * 10 + [0.2, 0.2])
    assert not split(whole(labels), few, least=5).left.any()


def asked(engine: Engine, sent: dict[int, list[list[str]]]) -> tuple[Prompts, Known, list[str]]:
    """Prompts of each account by the sentences they hold, a day apart; what is known; the accounts' names."""
    names = [f"a{i:03d}" for i in range(max(sent) + 1)]
    flat = [(a, n, said) for a, prompts in sorted(sent.items()) for n, said in enumerate(prompts)]
    rows = pa.table(
        {
            "row": [f"r{i}" for i in range(len(flat))],
            "account": [names[a] for a, _n, _said in flat],
            "at": pa.array([n * DAY for _a, n, _said in flat], pa.int64()),
            "text_id": [" ".join(said) for _a, _n, said in flat],
            "prompt_id": [" ".join(said) for _a, _n, said in flat],
            "template": pa.array([None] * len(flat), pa.string()),
        }
    )
    parts = sorted({(" ".join(said), each) for _a, _n, said in flat for each in said})
    segments = pa.table({"prompt_id": [p for p, _s in parts], "segment": [s for _p, s in parts]})
    holds = {(a, each) for a, _n, said in flat for each in said}
    busy = np.array([len(sent.get(i, [])) for i in range(len(names))])
    known = Known(
        {"segment": held(holds), "template": held([])},
        busy,
        np.full(len(names), np.nan),
        Population(np.zeros(len(names), dtype=np.int64)),
    )
    prompts = Prompts(engine.table(rows), engine.table(segments), None, len(flat), None)
    return prompts, known, names


def test_the_work_of_accounts_is_counted_with_how_much_of_it_each_does(engine: Engine) -> None:
    """Eight send twelve jobs each, one sends one over and over, one its own; fifty are elsewhere."""
    jobs = [[f"job {i}", f"manner {i % 4}"] for i in range(12)]
    sent = {a: jobs for a in range(8)} | {8: [["job 3", f"mine {i}"] for i in range(12)]}
    sent[9] = [[f"garden {i}"] for i in range(12)]
    sent |= {a: [[f"question {a} {i}"] for i in range(12)] for a in range(10, 60)}
    prompts, known, names = asked(engine, sent)
    labels = np.where(np.arange(60) < 10, 0, -1)
    found = works(engine, prompts, known, whole(labels), names)
    assert found.of[0] == Work(prompts=120, own=108, copied=96)
    assert found.own[:10].tolist() == [12] * 9 + [0]
    assert np.allclose(found.breadth[:8], 1.0)
    assert found.breadth[8] < 0.1
    assert (found.breadth[9:] == 1.0).all()
    assert found.apart().nonzero()[0].tolist() == [8, 9]
    parts, of_parts = by_work(engine, prompts, known, labels, names, least=5)
    assert parts.labels[:10].tolist() == [0] * 8 + [1, 1]
    assert of_parts.of[0] == Work(prompts=96, own=96, copied=96)


@pytest.mark.parametrize("planted", [0, 6])
def test_who_sends_the_public_questions_and_none_of_the_signature_does_not_do_the_work(
    engine: Engine, planted: int
) -> None:
    """Eight send six jobs of their own and six of twelve public questions; one, and twenty strangers, send
    the public questions alone. Jobs planted on strangers do not hide whose they are."""
    public = [[f"public {i}"] for i in range(12)]
    jobs = [[f"job {i}"] for i in range(6)]
    sent = {a: jobs + public[a % 2 :: 2] for a in range(8)}
    sent |= dict.fromkeys([8, *range(10, 30)], public)
    sent |= {a: [[f"question {a} {i}"] for i in range(12)] for a in [9, *range(30, 400)]}
    sent |= {a: sent[a] + jobs for a in range(40, 40 + planted)}
    prompts, known, names = asked(engine, sent)
    labels = np.where(np.arange(400) < 10, 0, -1)
    found = works(engine, prompts, known, whole(labels), names)
    assert found.own[:10].tolist() == [12] * 9 + [0], "the public questions are theirs too"
    assert (found.breadth[:8] > 0.9).all()
    assert found.breadth[8] == 0.0
    assert found.apart().nonzero()[0].tolist() == [8, 9]


def test_who_does_the_other_job_of_two_stays(engine: Engine) -> None:
    """Six accounts do one job and four another: half hold the sentences of the first, and all do the work."""
    public = [[f"public {i}"] for i in range(6)]
    sent = {a: [[f"job {a >= 6} {i}"] for i in range(6)] + public for a in range(10)}
    sent |= dict.fromkeys(range(10, 30), public * 2)
    sent |= {a: [[f"question {a} {i}"] for i in range(12)] for a in range(30, 400)}
    prompts, known, names = asked(engine, sent)
    found = works(engine, prompts, known, whole(np.where(np.arange(400) < 10, 0, -1)), names)
    assert not found.apart().any()


def test_without_prompts_nothing_is_known_of_anybodys_work(engine: Engine) -> None:
    count = np.ones(6, dtype=np.int64)
    known = Known({"segment": held([]), "template": held([])}, count, np.full(6, np.nan), Population(count))
    nothing = Prompts(None, None, None, 0, None)
    found = works(engine, nothing, known, whole(np.zeros(6, dtype=np.int64)), [str(i) for i in range(6)])
    assert found.rows is None
    assert not found.apart().any()
