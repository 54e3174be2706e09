"""What the accounts of communities ask, from the engine, and the partition split by it."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.groups.split_by_workload import unsplit
from linkage.groups.stage_workload import WorkloadQueries, common_texts, commonest_own_text
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population
from linkage.groups.workload import CommunityWork, Division
from linkage.prompts.known_prompts import KnownPrompts
from linkage.prompts.stage import Prompts
from linkage.settings.communities import Workload
from linkage.settings.groups import Groups
from tests.groups.made_held import held

DAY = 86_400_000_000
CHOSEN = Workload()


def queries(engine: Engine, prompts: Prompts, known: TraitIndex, names: list[str]) -> WorkloadQueries:
    return WorkloadQueries(engine, prompts, known, names, Groups())


def asked(engine: Engine, sent: dict[int, list[list[str]]]) -> tuple[Prompts, TraitIndex, list[str]]:
    """Prompts of each account by the sentences they hold (none: withheld), a day apart; what is known; the
    accounts' names."""
    names = [f"a{i:03d}" for i in range(max(sent) + 1)]
    flat = [(a, n, said) for a, prompts in sorted(sent.items()) for n, said in enumerate(prompts)]
    rows = pa.table(
        {
            "row": [f"r{i}" for i in range(len(flat))],
            "account": [names[a] for a, _n, _said in flat],
            "at": pa.array([n * DAY for _a, n, _said in flat], pa.int64()),
            "text_id": pa.array([" ".join(said) or None for _a, _n, said in flat], pa.string()),
            "prompt_id": pa.array([" ".join(said) or None for _a, _n, said in flat], pa.string()),
            "template": pa.array([None] * len(flat), pa.string()),
        }
    )
    parts = sorted({(" ".join(said), each) for _a, _n, said in flat for each in said})
    segments = pa.table({"prompt_id": [p for p, _s in parts], "segment": [s for _p, s in parts]})
    holds = {(a, each) for a, _n, said in flat for each in said}
    busy = np.array([sum(map(bool, sent.get(i, []))) for i in range(len(names))])
    known = TraitIndex(
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
    found = queries(engine, prompts, known, names).workloads(unsplit(labels, 0.2))
    assert replace(found.of[0], division=Division()) == CommunityWork(prompts=120, own=108, copied=96)
    assert found.of[0].division.tasks > 11, "jobs, not the four manners that more prompts share"
    assert found.of[0].division.dispersion < 1.5
    assert found.own[:10].tolist() == [12] * 9 + [0]
    assert np.allclose(found.breadth[:8], 1.0)
    assert found.breadth[8] < 0.1
    assert (found.breadth[9:] == 1.0).all()
    assert found.without_part(CHOSEN).nonzero()[0].tolist() == [8, 9]
    parts, of_parts = queries(engine, prompts, known, names).split(labels)
    assert parts.labels[:10].tolist() == [0] * 8 + [1, 1]
    assert replace(of_parts.of[0], division=Division()) == CommunityWork(prompts=96, own=96, copied=96)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 3), st.integers(0, 5)), min_size=1), st.data())
def test_of_each_prompt_the_own_text_that_most_accounts_hold(
    engine: Engine, held: set[tuple[int, int, int]], data: st.DataObject
) -> None:
    """Prompts (i) of four accounts each hold some of six texts (v); the first of several alike counts."""
    sender = {i: min(a for j, a, _v in held if j == i) for i, _a, _v in held}
    label = {a: data.draw(st.integers(0, 1)) for a in sorted(sender.values())}
    rows = [(i, label[sender[i]], sender[i], v) for i, _a, v in sorted({(i, 0, v) for i, _a, v in held})]
    columns = {name: [row[at] for row in rows] for at, name in enumerate(("i", "label", "a", "v"))}
    holds = engine.table(pa.table({name: pa.array(each, pa.int64()) for name, each in columns.items()}))
    found = engine.collect(commonest_own_text(holds), at_most=99).to_pylist()

    def holders(of: int, v: int) -> int:
        return len({a for _i, number, a, value in rows if (number, value) == (of, v)})

    expected = []
    for i in sorted(sender):
        of = label[sender[i]]
        task = min((v for j, _l, _a, v in rows if j == i), key=lambda v: (-holders(of, v), v))
        expected.append((of, sender[i], task))
    assert sorted((row["label"], row["a"], row["task"]) for row in found) == sorted(expected)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([None, "x", "y", "z"])), min_size=1))
@example([(0, "x"), (0, "x"), (1, "y"), (2, "y"), (3, None)])
def test_common_texts_are_those_of_many_accounts_however_often_one_sends_them(
    engine: Engine, sent: list[tuple[int, str | None]]
) -> None:
    rows = pa.table({"account": [str(a) for a, _t in sent], "text_id": [text for _a, text in sent]})
    asked = engine.table(rows.cast(pa.schema([("account", pa.string()), ("text_id", pa.string())])))
    found = engine.collect(common_texts(asked, 0.4), at_most=9)["text_id"].to_pylist()
    known = {a for a, text in sent if text}
    expected = [t for t in "xyz" if len({a for a, text in sent if text == t}) > 0.4 * len(known)]
    assert sorted(found) == expected


def test_what_most_accounts_send_says_of_none_what_it_is_for(engine: Engine) -> None:
    """A notice in the place of every other prompt is no other thing that the accounts do."""
    jobs = [[f"job {i}"] for i in range(6)]
    mixed = [each for job in jobs for each in (job, ["no text is kept"])]
    sent = {a: mixed for a in range(8)} | {a: [[f"question {a}"], ["no text is kept"]] for a in range(8, 20)}
    prompts, known, names = asked(engine, sent)
    found = queries(engine, prompts, known, names).workloads(unsplit(np.where(np.arange(20) < 8, 0, -1), 0.2))
    assert found.prompts[:8].tolist() == found.own[:8].tolist() == [6] * 8
    rare = sent | {a: [[f"question {a}"]] * 2 for a in range(8, 20)}
    prompts, known, names = asked(engine, rare)
    found = queries(engine, prompts, known, names).workloads(unsplit(np.where(np.arange(20) < 8, 0, -1), 0.2))
    assert found.prompts[:8].tolist() == [12] * 8, "what eight of twenty send may well be their work"


def test_work_is_that_of_the_accounts_and_rows_of_which_prompts_are_known(engine: Engine) -> None:
    """Of six accounts that do one job each row is known, of two one row, and a third of their rows at all."""
    sent = {a: [[f"job {i}"] for i in range(12)] for a in range(6)} | {6: [["job 1"]], 7: [["mine"]]}
    sent |= {a: [[f"question {a} {i}"] for i in range(12)] for a in range(8, 60)}
    sent[0] = [*sent[0], *[[]] * 9]
    prompts, known, names = asked(engine, sent)
    rows = known.interactions.copy()
    rows[6:8] = 30
    of = WorkloadQueries(
        engine, prompts, known, names, Groups(), known=KnownPrompts(rows, known.interactions)
    )
    parts, work = of.split(np.where(np.arange(60) < 8, 0, -1))
    assert parts.labels[:8].tolist() == [0] * 8, "of one known prompt of thirty nobody is judged"
    assert (work.of[0].prompts, work.of[0].own) == (74, 73)
    mostly = KnownPrompts(np.where(np.arange(60) < 5, 300, rows), np.where(np.arange(60) < 5, 1, rows))
    hidden = WorkloadQueries(engine, prompts, known, names, Groups(), known=mostly)
    assert hidden.workloads(unsplit(np.where(np.arange(60) < 8, 0, -1), 0.2)).of == {}


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
    found = queries(engine, prompts, known, names).workloads(unsplit(labels, 0.2))
    assert found.own[:10].tolist() == [12] * 9 + [0], "the public questions are theirs too"
    assert (found.breadth[:8] > 0.9).all()
    assert found.breadth[8] == 0.0
    assert found.without_part(CHOSEN).nonzero()[0].tolist() == [8, 9]


def test_who_does_the_other_job_of_two_stays(engine: Engine) -> None:
    """Six accounts do one job and four another: half hold the sentences of the first, and all do the work."""
    public = [[f"public {i}"] for i in range(6)]
    sent = {a: [[f"job {a >= 6} {i}"] for i in range(6)] + public for a in range(10)}
    sent |= dict.fromkeys(range(10, 30), public * 2)
    sent |= {a: [[f"question {a} {i}"] for i in range(12)] for a in range(30, 400)}
    prompts, known, names = asked(engine, sent)
    labels = np.where(np.arange(400) < 10, 0, -1)
    found = queries(engine, prompts, known, names).workloads(unsplit(labels, 0.2))
    assert not found.without_part(CHOSEN).any()


def test_without_prompts_nothing_is_known_of_anybodys_work(engine: Engine) -> None:
    count = np.ones(6, dtype=np.int64)
    known = TraitIndex(
        {"segment": held([]), "template": held([])}, count, np.full(6, np.nan), Population(count)
    )
    nothing = Prompts(None, None, None, 0, None)
    names = [str(i) for i in range(6)]
    labels = np.zeros(6, dtype=np.int64)
    found = queries(engine, nothing, known, names).workloads(unsplit(labels, 0.2))
    assert found.rows is None
    assert not found.without_part(CHOSEN).any()
