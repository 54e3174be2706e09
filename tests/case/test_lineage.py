"""How groups keep their names: births, ends, splits and merges, and what people decided about them."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.case import parquet, persist, previous_groups, with_past
from linkage.case.parquet import prepare
from linkage.schema import CASE
from tests.made_case import FAMILY, GROUP, HOME, OPERATOR

Group = frozenset[str]
Table = list[tuple[str, str, str, int]]


def rows(lineage: pa.Table) -> Table:
    table = lineage.select(["group", "was", "kind", "shared"]).to_pylist()
    return [tuple(row.values()) for row in table]  # type: ignore[misc]


accounts = st.integers(0, 30).map("a{:02}".format)


def partitions(smallest: int = 1) -> st.SearchStrategy[list[Group]]:
    """Groups that share no account."""
    homes = st.dictionaries(accounts, st.integers(0, 4), max_size=25)
    return homes.map(
        lambda home: [
            frozenset(each)
            for number in sorted(set(home.values()))
            if len(each := [a for a, n in home.items() if n == number]) >= smallest
        ]
    )


def history(*runs: list[Group]) -> tuple[list[dict[str, Group]], list[Table]]:
    """The named groups and the lineage of each run, one after another."""
    named: list[dict[str, Group]] = [{}]
    told: list[Table] = []
    for groups in runs:
        ids, lineage = persist(groups, named[-1])
        named.append(dict(zip(ids, groups, strict=True)))
        prepare("lineage", lineage)
        told.append(rows(lineage))
    return named[1:], told


@given(runs=st.lists(partitions(), min_size=1, max_size=4))
def test_every_account_that_moved_is_accounted_for(runs: list[list[Group]]) -> None:
    named, told = history(*runs)
    for before, after, table in zip([{}, *named[:-1]], named, told, strict=True):
        home = {a: name for name, members in before.items() for a in members}
        moved = Counter((name, home[a]) for name, members in after.items() for a in members if a in home)
        assert Counter({(group, was): shared for group, was, kind, shared in table if shared}) == moved
        for name, members in after.items():
            born = [kind for group, _, kind, _ in table if group == name and kind == "new"]
            assert bool(born) == (not any(a in home for a in members))
        gone = {group for group, _, kind, _ in table if kind == "gone"}
        assert gone == {g for g, them in before.items() if not any(them & new for new in after.values())}


@given(runs=st.lists(partitions(), min_size=2, max_size=4))
def test_an_id_is_kept_exactly_while_most_of_its_members_stay_and_nobody_brings_more(
    runs: list[list[Group]],
) -> None:
    named, _ = history(*runs)
    for before, after in pairwise(named):
        for was, members in before.items():
            home = next((new for new in after.values() if 2 * len(new & members) > len(members)), None)
            if was in after and home is not None:
                assert after[was] == home
            if home is not None and was not in after:
                rivals = [g for g, them in before.items() if 2 * len(home & them) > len(them) and g in after]
                assert any(len(home & before[g]) >= len(home & members) for g in rivals)


@given(runs=st.lists(partitions(), min_size=2, max_size=4))
def test_an_id_never_stands_for_two_groups_and_is_never_given_again(runs: list[list[Group]]) -> None:
    named, _ = history(*runs)
    for before, after in pairwise(named):
        assert len(set(after)) == len(after)
        for name in set(after) & set(before):
            assert 2 * len(after[name] & before[name]) > len(before[name])


@given(runs=st.lists(partitions(), min_size=1, max_size=3))
def test_a_split_and_a_merge_are_told_as_such(runs: list[list[Group]]) -> None:
    _, told = history(*runs)
    for table in told:
        for group, was, kind, shared in table:
            assert kind in ("new", "kept", "merged", "split", "gone")
            assert (kind == "kept") == (group == was and shared > 0)
            assert (kind == "gone") == (group == was and shared == 0)
            assert (kind == "new") == (was == "")


@given(groups=partitions(smallest=2), between=partitions(), back=st.randoms())
def test_a_group_that_a_person_judged_keeps_its_id_through_runs_without_it(
    groups: list[Group], between: list[Group], back: object
) -> None:
    ids, _ = persist(groups, {})
    judged = dict(zip(ids, groups, strict=True))
    away = [frozenset(f"other {a}" for a in each) for each in between]
    middle_ids, _ = persist(away, judged, remembered=judged)
    assert not set(middle_ids) & set(ids)
    again, table = persist(groups, dict(zip(middle_ids, away, strict=True)), remembered=judged)
    assert again == ids
    assert {kind for _, _, kind, _ in rows(table)} <= {"kept", "gone"}


def test_an_id_a_person_judged_is_not_given_to_others() -> None:
    (first,), _ = persist([{"a", "b"}], {})
    (other,), _ = persist([{"a", "b"}], {}, remembered={first: frozenset({"x", "y"})})
    assert other != first


def test_remembered_accounts_that_were_in_a_group_since_bring_no_id_back() -> None:
    previous = {"op-now": frozenset("abc")}
    ids, _ = persist([frozenset("abc")], previous, remembered={"op-then": frozenset("abc")})
    assert ids == ["op-now"]


@given(runs=st.lists(partitions(), min_size=2, max_size=4))
def test_splits_merges_and_ends_stay_recorded(runs: list[list[Group]]) -> None:
    with TemporaryDirectory() as folder:
        case, named, past = Path(folder), dict[str, Group](), set[tuple[str, str, str]]()
        for number, groups in enumerate(runs):
            ids, lineage = persist(groups, named, at=number)
            told = with_past(lineage, case)
            pq.write_table(prepare("lineage", told), case / "lineage.parquet")
            now = {row[:3] for row in rows(told)}
            assert past | {row[:3] for row in rows(lineage)} == now
            past = {row for row in now if row[2] in ("split", "merged", "gone")}
            named = dict(zip(ids, groups, strict=True))


def test_a_run_on_the_same_groups_tells_only_that_they_were_kept(tmp_path: Path) -> None:
    groups = [frozenset("ab"), frozenset("cd")]
    ids, first = persist(groups, {}, at=1)
    pq.write_table(prepare("lineage", first), tmp_path / "lineage.parquet")
    _, again = persist(groups, dict(zip(ids, groups, strict=True)), at=1)
    assert {row[2] for row in rows(with_past(again, tmp_path))} == {"kept"}


# --- births, splits, merges and ends by example ---------------------------------------------------


def kinds(table: pa.Table) -> set[tuple[str, str, str, int]]:
    return {(row["group"], row["was"], row["kind"], row["shared"]) for row in table.to_pylist()}


def test_on_a_fresh_case_all_groups_are_new(tmp_path: Path) -> None:
    assert previous_groups(tmp_path) == {}
    ids, lineage = persist([{"a", "b"}, {"c", "d"}], {}, at=5)
    assert kinds(lineage) == {(ids[0], "", "new", 0), (ids[1], "", "new", 0)}
    assert all(name.startswith("op-") and len(name) == 13 for name in ids)
    assert lineage.schema.equals(CASE["lineage"].schema)


def test_groups_of_a_case_are_both_kinds(made: Path) -> None:
    assert previous_groups(made) == {GROUP: set(OPERATOR), HOME: set(FAMILY)}


def test_kept_split_merged_gone() -> None:
    previous = {"op-1": set("abcde"), "op-2": set("fg"), "op-3": set("xy")}
    ids, lineage = persist([set("abcfg"), set("de"), set("mn")], previous, at=None)
    assert ids[0] == "op-1"
    assert kinds(lineage) == {
        ("op-1", "op-1", "kept", 3),
        ("op-1", "op-2", "merged", 2),
        (ids[1], "op-1", "split", 2),
        (ids[2], "", "new", 0),
        ("op-3", "op-3", "gone", 0),
    }


def test_an_even_split_keeps_no_id() -> None:
    ids, lineage = persist([set("ab"), set("cd")], {"op-1": set("abcd")})
    assert "op-1" not in ids
    assert {row[2] for row in kinds(lineage)} == {"split"}


def test_a_drifted_group_and_a_new_one_of_its_first_members_have_different_ids() -> None:
    first, _ = persist([set("abc")], {})
    drifted, _ = persist([set("abcdefg")], {first[0]: set("abc")})
    moved, _ = persist([set("defgh")], {drifted[0]: set("abcdefg")})
    assert moved == drifted == first
    ids, _ = persist([set("defgh"), set("abc")], {moved[0]: set("defgh")})
    assert len(set(ids)) == 2


disjoint_groups = st.lists(st.sets(st.integers(0, 40), min_size=1, max_size=8), max_size=8).map(
    lambda sets: [
        {f"a{i}" for i in each - set().union(*sets[:n])}
        for n, each in enumerate(sets)
        if each - set().union(*sets[:n])
    ]
)


@settings(max_examples=150, deadline=None)
@given(disjoint_groups, disjoint_groups, st.sets(st.integers(100, 120), min_size=1))
def test_ids_are_unique_and_unrelated_groups_change_none(
    old: list[set[str]], new: list[set[str]], other: set[int]
) -> None:
    previous = dict(zip(persist(old, {})[0], old, strict=True))
    ids, lineage = persist(new, previous)
    assert len(set(ids)) == len(ids)
    unrelated = {f"z{i}" for i in other}
    assert persist([unrelated, *new], previous)[0][1:] == ids
    assert persist(new, {**previous, "op-zz": unrelated})[0] == ids
    parquet.prepare("lineage", lineage)
    for name, members in zip(ids, new, strict=True):
        if name in previous:
            assert 2 * len(members & previous[name]) > len(previous[name])


@given(disjoint_groups)
def test_the_same_groups_again_are_the_same_ids_in_any_order(groups: list[set[str]]) -> None:
    ids, _ = persist(groups, {})
    again, lineage = persist(groups[::-1], dict(zip(ids, groups, strict=True)))
    assert again == ids[::-1]
    assert {row[2] for row in kinds(lineage)} <= {"kept"}
