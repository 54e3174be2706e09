import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.case import (
    Case,
    CaseWriter,
    audit,
    audit_faults,
    parquet,
    persist,
    previous_groups,
    read_verdicts,
    writer,
)
from linkage.case.journal import AUDIT
from linkage.errors import CaseError, IntegrityError, UsageError
from linkage.links import constraints
from linkage.schema import CASE
from tests import made_case
from tests.made_case import FAMILY, GROUP, HOME, OPERATOR, arrow, receipt


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return made_case.write(tmp_path / "case")


def link(left: str, right: str, log_odds: float = 1.0) -> dict[str, Any]:
    return {"left": left, "right": right, "log_odds": log_odds, "families": ["payment"], "verdict": None}


def write_links(folder: Path, rows: list[dict[str, Any]]) -> Path:
    return made_case.write(folder, {"links": rows})


# --- the writer ----------------------------------------------------------------------------------


def test_every_table_of_the_contract_is_there_and_has_its_schema(made: Path) -> None:
    for name, declared in CASE.items():
        assert pq.read_schema(made / f"{name}.parquet").equals(declared.schema), name
    for name in ("quarantine.ndjson", "verdicts.ndjson", "audit.ndjson", "run.json"):
        assert (made / name).is_file(), name


def test_receipt_names_the_digest_size_and_rows_of_each_output(made: Path) -> None:
    outputs = json.loads((made / "run.json").read_text())["outputs"]
    assert set(outputs) == {f"{name}.parquet" for name in CASE} | {"quarantine.ndjson"}
    for name, said in outputs.items():
        content = (made / name).read_bytes()
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        assert said["bytes"] == len(content)
    assert outputs["groups.parquet"]["rows"] == len(OPERATOR)


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
pairs = st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]).map(sorted).map(tuple)


@settings(max_examples=40, deadline=None)
@given(st.sets(pairs, max_size=30), st.randoms(use_true_random=False))
def test_equal_tables_are_equal_bytes_whatever_the_row_order_and_chunks(
    tmp_path_factory: pytest.TempPathFactory, keys: set[tuple[str, str]], random: Any
) -> None:
    rows = [link(left, right, number / 7) for number, (left, right) in enumerate(sorted(keys))]
    shuffled = random.sample(rows, len(rows))
    cut = random.randint(0, len(rows))
    chunked = pa.concat_tables([arrow("links", shuffled[:cut]), arrow("links", shuffled[cut:])])
    folder = tmp_path_factory.mktemp("bytes")
    parquet.write(folder / "a", parquet.prepare("links", arrow("links", rows)))
    parquet.write(folder / "b", parquet.prepare("links", chunked))
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    back = parquet.read(folder / "a").to_pylist()
    # Arrow orders text by its UTF-8 bytes, Python by code point: the same order.
    assert back == rows


@settings(max_examples=40, deadline=None)
@given(st.sets(pairs, max_size=30), st.data())
def test_rows_written_as_they_come_are_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, keys: set[tuple[str, str]], data: st.DataObject
) -> None:
    table = arrow(
        "links", [link(left, right, number / 7) for number, (left, right) in enumerate(sorted(keys))]
    )
    folder = tmp_path_factory.mktemp("bytes")
    ready = parquet.prepare("links", table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "ROW_GROUP", 4)
        parquet.write(folder / "a", ready)
        pieces = ready.to_batches(max_chunksize=data.draw(st.integers(1, 9)))
        assert parquet.write_ordered(folder / "b", "links", pieces) == len(keys)
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


@pytest.mark.parametrize("border", [1, 2, 3])
def test_rows_out_of_order_or_twice_are_refused_wherever_the_pieces_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, border: int
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", border)
    for rows, told in (
        ([link("a", "b"), link("c", "d"), link("b", "c")], "out of order"),
        ([link("a", "b"), link("c", "d"), link("c", "d")], "more than one row has the key"),
    ):
        with pytest.raises(IntegrityError, match=told):
            parquet.write_ordered(tmp_path / "x", "links", arrow("links", rows).to_batches(max_chunksize=1))


def test_microseconds_become_moments_and_columns_find_their_place(tmp_path: Path) -> None:
    given = pa.table(
        {
            "shared": [2],
            "at": [1_000_000],
            "kind": ["kept"],
            "was": ["a"],
            "group": pa.array(["a"], pa.large_string()),
        }
    )
    row = parquet.prepare("lineage", given).to_pylist()[0]
    assert row["at"].isoformat() == "1970-01-01T00:00:01+00:00"
    assert list(row) == CASE["lineage"].schema.names


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([link("b", "a")], "left does not sort before right"),
        ([link("a", "a")], "left does not sort before right"),
        ([link("a", "b"), link("c", "d"), link("a", "b", 2.0)], "more than one row has the key"),
        ([link("a", "b", float("nan"))], "not a finite number"),
        ([link("a", "b", float("inf"))], "not a finite number"),
        ([{**link("a", "b"), "right": None}], "right is empty"),
    ],
)
def test_a_table_that_breaks_its_promises_is_refused(rows: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(IntegrityError, match=told):
        parquet.prepare("links", arrow("links", rows))


def test_undeclared_columns_types_and_tables_are_refused() -> None:
    table = arrow("links", [link("a", "b")])
    with pytest.raises(IntegrityError, match="not declared: shoe"):
        parquet.prepare("links", table.append_column("shoe", pa.array([1])))
    with pytest.raises(IntegrityError, match="log_odds is string"):
        parquet.prepare("links", table.set_column(2, "log_odds", pa.array(["1"])))
    with pytest.raises(IntegrityError, match="no such table"):
        parquet.prepare("shoes", table)


def test_the_quarantine_moves_in_and_verdicts_and_audit_stay(made: Path, tmp_path: Path) -> None:
    Case(made).judge(constraints.on_pair("linked", "acct_00", "home_00", "seen"), who="mira")
    before = (made / "verdicts.ndjson").read_bytes(), (made / AUDIT).read_bytes()
    (tmp_path / "left").write_text('{"row": 1}\n')
    with CaseWriter(made) as case:
        case.quarantine(tmp_path / "left")
        case.receipt({})
    assert (made / "quarantine.ndjson").read_text() == '{"row": 1}\n'
    assert len(Case(made).groups) == 0
    assert ((made / "verdicts.ndjson").read_bytes(), (made / AUDIT).read_bytes()) == before


class Stop(Exception):
    pass


def test_a_run_that_fails_leaves_the_earlier_case_as_it_was(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    with pytest.raises(Stop), CaseWriter(made) as case:
        case.table("links", arrow("links", [link("x", "y")]))
        raise Stop
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


def test_a_run_killed_at_any_file_operation_leaves_the_old_case_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, seen = os.replace, set()
    for stop_at in range(40):
        folder = write_links(tmp_path / str(stop_at), [link("a", "b")])
        calls = 0

        def dying(source: Any, target: Any, stop_at: int = stop_at) -> None:
            nonlocal calls
            if calls == stop_at:
                raise Stop
            calls += 1
            replace(source, target)

        # What a kill skips is what comes after: no clean-up of ours may be needed.
        with monkeypatch.context() as patch:
            patch.setattr(writer.os, "replace", dying)
            patch.setattr(writer.shutil, "rmtree", lambda *_, **__: None)
            try:
                with CaseWriter(folder) as case:
                    case.table("links", arrow("links", [link("c", "d"), link("e", "f")]))
                    case.receipt({"new": True})
            except Stop:
                pass
        case_now = Case(folder)
        state = case_now.run.get("new", False), len(case_now.links)
        assert state in ((False, 1), (True, 2))
        for name, said in case_now.run["outputs"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == said["sha256"]
        seen.add(state)
        if calls < stop_at:
            break
    assert seen == {(False, 1), (True, 2)}
    assert stop_at > len(CASE)


def test_a_real_kill_between_two_tables(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir() if file.is_file()}
    code = (
        "import os, signal, sys\nfrom linkage.case import CaseWriter\nfrom linkage.schema import CASE\n"
        f"with CaseWriter({str(made)!r}) as case:\n"
        "    case.table('links', CASE['links'].schema.empty_table())\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert {file.name: file.read_bytes() for file in made.iterdir() if file.is_file()} == before
    assert len(Case(made).links) > 0
    write_links(made, [link("a", "b")])  # the next run clears what was left
    assert not (made / ".writing").exists()


def test_two_runs_at_once_are_refused(made: Path) -> None:
    with CaseWriter(made) as case:
        with pytest.raises(CaseError, match="another run"), CaseWriter(made):
            pass
        case.receipt({})


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CaseError, match="no case"), CaseWriter(tmp_path):
        pass
    with pytest.raises(CaseError, match="is a file"), CaseWriter(tmp_path / "thesis.txt"):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_case_without_receipt_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="without a receipt"), CaseWriter(tmp_path / "case"):
        pass
    with pytest.raises(CaseError, match="no case folder"):
        Case(tmp_path / "case")


# --- the reader ----------------------------------------------------------------------------------


def test_filtered_reads_find_what_whole_reads_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 7)
    rows = [link(f"a{i:02d}", f"b{j:02d}", i + j / 10) for i in range(12) for j in range(5)]
    case = Case(write_links(tmp_path / "case", rows))
    for where in (
        {"left": {"a03", "a11"}},
        {"left": {"a03"}, "right": {"b04"}},
        {"right": {"b00"}},
        {"left": {"zz"}},
    ):
        wanted = [row for row in rows if all(row[column] in values for column, values in where.items())]
        assert case.table("links", where).to_pylist() == wanted
    assert pq.ParquetFile(tmp_path / "case" / "links.parquet").metadata.num_row_groups == 9


def test_a_damaged_table_is_an_integrity_error(made: Path) -> None:
    (made / "links.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(IntegrityError, match=r"links\.parquet"):
        Case(made).table("links")
    (made / "run.json").write_text("{")
    with pytest.raises(IntegrityError, match=r"run\.json"):
        _ = Case(made).run
    with pytest.raises(CaseError, match="no such table"):
        Case(made).table("shoes")


def test_tables_turn_into_what_the_reader_likes(made: Path) -> None:
    groups = Case(made).groups
    assert len(groups) == 6 == len(groups.to_pandas()) == groups.to_pyarrow().num_rows
    assert groups.rows()[0]["group"] == GROUP
    assert "acct_00" in groups._repr_html_()


def test_html_of_a_table_is_inert(tmp_path: Path) -> None:
    case = Case(write_links(tmp_path / "case", [link("<script>alert(1)</script>", "b")]))
    assert "<script>" not in case.links._repr_html_()


def test_graph_has_groups_on_nodes_and_bits_on_edges(made: Path) -> None:
    graph = Case(made).to_networkx()
    assert graph.nodes["acct_00"]["group"] == GROUP
    assert graph.nodes["home_00"]["reason"] == "one customer's own accounts"
    assert graph.edges["acct_00", "acct_01"]["log_odds"] == pytest.approx(12.4)


def test_unknown_accounts_and_groups_are_told_with_the_nearest(made: Path) -> None:
    with pytest.raises(CaseError, match="acct_99") as caught:
        Case(made).explain("acct_00", "acct_99")
    assert "acct_0" in caught.value.hint
    with pytest.raises(CaseError, match="no such group") as caught:
        Case(made).members("op-00000000ab")
    assert GROUP in caught.value.hint


# --- explanations from a case --------------------------------------------------------------------


def test_every_link_is_prior_plus_the_bits_shown(made: Path) -> None:
    case = Case(made)
    for row in case.links:
        found = case.explain(row["right"], row["left"])
        assert found.log_odds == pytest.approx(
            found.prior_bits + sum(line.bits for line in found.lines), abs=1e-6
        )


def test_every_reason_walks_back_to_file_and_line(made: Path) -> None:
    found = Case(made).explain("acct_04", "acct_01")
    card = next(line for line in found.lines if line.signal == "card")
    assert (found.left, found.right, found.group) == ("acct_01", "acct_04", GROUP)
    assert (card.left_source, card.right_source) == ("payments.csv:3", "payments.csv:6")
    assert "One card pays" in card.meaning
    assert found.observations[card.left_observation or ""].account == "acct_01"
    assert [line.signal for line in found.against] == ["day–night profile"]


def test_a_sentence_stands_beside_the_id_that_evidence_gives(made: Path) -> None:
    found = Case(made).explain("acct_00", "acct_01")
    assert [line.text for line in found.lines if line.signal == "rare template"] == [made_case.SENTENCE]
    assert {line.text for line in found.lines if line.family != "content"} == {None}


def test_a_case_without_a_table_of_sentences_is_read_all_the_same(made: Path) -> None:
    (made / "segments.parquet").unlink()
    (made / "templates.parquet").unlink()
    assert Case(made).texts(["tmpl_9"]) == {}
    assert Case(made).explain("acct_00", "acct_01").lines


def test_verdicts_show_in_explanations(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("not linked", "acct_00", "acct_01", "two firms"), who="mira")
    found = case.explain("acct_00", "acct_01")
    assert found.verdict == "not linked"
    assert not found.linked
    assert any("a person decided" in reason for reason in case.why_not("acct_00", "acct_01").failed)


def test_why_not_says_not_compared_and_never_different(made: Path) -> None:
    found = Case(made).why_not("lone_1", "acct_04")
    assert {each.family for each in found.not_compared} >= {"network", "payment", "content"}
    assert next(each for each in found.not_compared if each.family == "payment").missing == ("lone_1",)
    country = next(each for each in found.shared if each.trait == "country")
    assert (country.accounts, country.bits) == (8, None)
    assert any("no link" in reason for reason in found.failed)


def test_why_not_gives_the_reason_of_an_explained_group(made: Path) -> None:
    found = Case(made).why_not(FAMILY[0], FAMILY[1])
    assert not found.together
    assert any("one customer's own accounts" in reason for reason in found.failed)
    assert Case(made).why_not("acct_00", "acct_01").together


# --- verdicts and audit --------------------------------------------------------------------------


def test_verdicts_are_numbered_dated_signed_and_never_lost(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("linked", "home_00", "acct_00", "seen"), who="mira")
    case.judge(constraints.on_group("dismissed", GROUP, OPERATOR, "a lab"), who="jo")
    rows = read_verdicts(made)
    assert [(row["seq"], row["who"], row["verdict"]) for row in rows] == [
        (1, "mira", "linked"),
        (2, "jo", "dismissed"),
    ]
    assert (rows[0]["left"], rows[0]["right"]) == ("acct_00", "home_00")
    assert rows[1]["accounts"] == OPERATOR
    assert [json.loads(line)["action"] for line in (made / AUDIT).read_text().splitlines()] == ["judge"] * 2
    with pytest.raises(CaseError, match="nobody"):
        case.judge(constraints.on_pair("linked", "nobody", "acct_00", "seen"))


def test_audit_is_a_chain_in_which_every_change_shows(made: Path) -> None:
    for number in range(6):
        audit(made, "show", {"n": number, "text": "x" * 3_000}, who="mira")
    assert audit_faults(made) == []
    lines = (made / AUDIT).read_bytes().splitlines(keepends=True)
    for tampered in (
        [*lines[:2], lines[2].replace(b'"n": 2', b'"n": 9'), *lines[3:]],
        [*lines[:2], *lines[3:]],
        [lines[1], lines[0], *lines[2:]],
        [*lines, lines[-1]],
        lines[1:],
    ):
        (made / AUDIT).write_bytes(b"".join(tampered))
        assert audit_faults(made)


def test_many_writers_at_once_lose_nothing(made: Path) -> None:
    threads = [
        threading.Thread(target=lambda: [audit(made, "show", {}, who="x") for _ in range(10)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((made / AUDIT).read_bytes().splitlines()) == 60
    assert audit_faults(made) == []


def test_a_line_cut_short_is_not_written_over(made: Path) -> None:
    (made / AUDIT).write_bytes(b'{"seq": 1')
    with pytest.raises(IntegrityError, match="cut short"):
        audit(made, "show", {}, who="x")
    (made / AUDIT).write_bytes(b"[1]\n")
    with pytest.raises(IntegrityError, match="not an entry"):
        audit_faults(made)


# --- lineage -------------------------------------------------------------------------------------


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


partitions = st.lists(st.sets(st.integers(0, 40), min_size=1, max_size=8), max_size=8).map(
    lambda sets: [
        {f"a{i}" for i in each - set().union(*sets[:n])}
        for n, each in enumerate(sets)
        if each - set().union(*sets[:n])
    ]
)


@settings(max_examples=150, deadline=None)
@given(partitions, partitions, st.sets(st.integers(100, 120), min_size=1))
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


@given(partitions)
def test_the_same_groups_again_are_the_same_ids_in_any_order(groups: list[set[str]]) -> None:
    ids, _ = persist(groups, {})
    again, lineage = persist(groups[::-1], dict(zip(ids, groups, strict=True)))
    assert again == ids[::-1]
    assert {row[2] for row in kinds(lineage)} <= {"kept"}


def test_usage_errors_of_conversion(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match="polars"):
        Case(made).groups.to_polars()
    assert receipt()["scoring"]
