"""The promises of a case folder: what a reader of its tables may rely on, whatever the run.

Checked on the fixtures' case, read with the default encoder, and on small sources that Hypothesis makes.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from linkage import Settings, investigate
from linkage.case import Case
from linkage.errors import InputError
from linkage.hypothesis_names import HIJACKED, INNOCENT
from linkage.links import constraints
from linkage.schema import CASE, NO_EVIDENCE, OUTCOMES, VERDICTS, content_id
from tests import promised
from tests.promised import PLAIN, Trail, World, rows, small, worlds

PAIRS = ("evidence", "links", "near")
few = settings(
    max_examples=3,
    # A run takes a second: the example found is small enough.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Made:
    """A case, and the source folder it was made from."""

    case: Path
    source: Path


@pytest.fixture(scope="session")
def fixtures_case(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Made:
    """The fixtures' case as anyone gets it, on two threads."""
    case, source = tmp_path_factory.mktemp("fixtures") / "case", root / "fixtures" / "case"
    investigate(source, case=case, settings=Settings(threads=2))
    return Made(case, source)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A small case without surprises."""
    folder = tmp_path_factory.mktemp("plain")
    return run(PLAIN.tables(), folder)


def run(
    tables: promised.Tables,
    folder: Path,
    *,
    chosen: Settings | None = None,
    case: str = "case",
    **how: object,
) -> Made:
    """A case from rows; `how` says in what files they come."""
    source = promised.write(tables, Path(tempfile.mkdtemp(dir=folder)), **how)  # type: ignore[arg-type]
    investigate(source, case=folder / case, settings=chosen or small())
    return Made(folder / case, source)


def in_another_process(made: Made, case: Path, chosen: Settings, *, hash_seed: int) -> None:
    """The same run in a process of its own, whose sets and dicts of texts fall in another order."""
    code = (
        "import sys; from linkage import Settings, investigate;"
        "investigate(sys.argv[1], case=sys.argv[2], settings=Settings.model_validate_json(sys.argv[3]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(made.source), str(case), chosen.model_dump_json()],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        check=True,
    )


# --- 1. left < right, keys unique, rows sorted, schema as declared -------------------------------


def keeps_its_contract(case: Path) -> None:
    for name, declared in CASE.items():
        table = pq.read_table(case / f"{name}.parquet")
        assert table.schema.equals(declared.schema), name
        keys = [tuple(row.values()) for row in table.select(declared.key).to_pylist()]
        assert keys == sorted(set(keys)), name
        if name in PAIRS:
            assert all(row["left"] < row["right"] for row in rows(case, name)), name


def refers_to_what_is_there(case: Path) -> None:
    """Every id in a table is the key of a row of the table it speaks of."""
    ids = {name: {row[CASE[name].key[0]] for row in rows(case, name)} for name in CASE}
    accounts = {row["account"] for row in rows(case, "observations")}
    groups = {group for name in OUTCOMES for group in ids[name]}
    assert ids["groups"] == ids["findings"]
    assert len(groups) == sum(len(ids[name]) for name in OUTCOMES), "each group has one outcome"
    assert ids["attributions"] == ids["groups"] | ids["unresolved"]
    assert {row["template"] for row in rows(case, "prompts")} - {None} <= ids["templates"]
    assert {row[side] for row in rows(case, "near") for side in ("left", "right")} <= ids["prompts"]
    assert {row["account"] for name in OUTCOMES for row in rows(case, name)} <= accounts
    assert {row[side] for row in rows(case, "links") for side in ("left", "right")} <= accounts
    linked = {(row["left"], row["right"]) for row in rows(case, "links")}
    signals = set(receipt(case)["signals"])
    for row in rows(case, "evidence"):
        assert (row["left"], row["right"]) in linked or len({row["left"], row["right"]} & groups) == 1
        assert row["signal"] in signals or row["signal"].startswith("group ")
    held = Counter(row["value"] for row in rows(case, "observations") if row["trait"] == "segment")
    assert {row["segment"]: row["accounts"] for row in rows(case, "segments")} == {
        segment: count for segment, count in held.items() if count > 1
    }
    assert {row["value"] for row in rows(case, "evidence") if row["signal"] == "rare segments"} <= ids[
        "segments"
    ]
    for row in rows(case, "observations"):
        assert row["observation"] == content_id([row["account"], row["trait"], row["value"]])
        assert row["count"] >= 1
        assert row["first_at"] is None or row["first_at"] <= row["last_at"]


def _families(summary: str, how: str) -> set[str]:
    """The families that a summary names after `linked by` or `confirmed by`."""
    said = summary.partition(f", {how} by ")[2].partition(", confirmed by ")[0]
    return set(said.split(", ")) if said else set()


def findings_are_sums(case: Path) -> None:
    """A finding says of its group what the group's own rows say, and nothing that was not computed."""
    members = defaultdict(list)
    for row in rows(case, "groups"):
        members[row["group"]].append(row)
    for found in rows(case, "findings"):
        own = members[found["group"]]
        assert found["accounts"] == len(own)
        mean = sum(row["membership"] for row in own) / len(own)
        assert found["stability"] == pytest.approx(mean, abs=2e-6)
        assert 0 < found["q_value"] <= receipt(case)["settings"]["groups"]["max_q"]
        assert found["distillation"] is None or 0 <= found["distillation"] <= 1
        assert sum(each["share"] for each in found["targets"]) <= 1 + 1e-6
        assert found["infrastructure"] in ("reseller", "unknown")
        by = found["summary"].partition("; set apart by ")[0]
        linked, confirmed = _families(by, "linked"), _families(by, "confirmed")
        assert {*found["families"]} == linked | confirmed and not linked & confirmed
        assert len(found["families"]) >= 2
        names = {row["account"] for row in own}
        inside = [row for row in rows(case, "links") if {row["left"], row["right"]} <= names]
        for family in linked:
            assert any(family in row["families"] for row in inside), family
    core = receipt(case)["settings"]["groups"]["core"]
    for row in (row for name in OUTCOMES for row in rows(case, name)):
        assert 0 <= row["membership"] <= 1
        assert row["role"] == ("core" if row["membership"] >= core else "fringe")
    assert all(row["reason"] for name in ("unresolved", "explained") for row in rows(case, name))
    in_groups = Counter(row["account"] for name in OUTCOMES for row in rows(case, name))
    assert all(count == 1 for count in in_groups.values())


def every_story_is_told(case: Path) -> None:
    """Of each reported or unresolved group every innocent story stands beside one operator, with its bits;
    that accounts were hijacked where their past is known."""
    told = defaultdict(set)
    for row in rows(case, "attributions"):
        told[row["group"]].add(row["hypothesis"])
    run = receipt(case)
    favours = {row["group"]: row["favours"] for row in rows(case, "unresolved")}
    for group, hypotheses in told.items():
        competing = run["groups"][group]["competing"]
        past = "past" in {each["feature"] for each in competing["features"]}
        told_of = {story for story in INNOCENT if past or story != HIJACKED}
        assert {"unknown operator", *told_of} <= hypotheses
        bits = {each["hypothesis"]: each["bits"] for each in competing["stories"]}
        assert set(bits) == told_of
        for name, each in bits.items():
            assert each == pytest.approx(sum(one["bits"][name] for one in competing["features"]), abs=1e-5)
        if group in favours:
            assert favours[group] == min(bits.values()) < competing["margin"]
        elif Case(case).constraints().of_group(group) != "confirmed":
            assert min(bits.values()) >= competing["margin"]
    assert all(row["settles"] for row in rows(case, "unresolved"))


def templates_are_sums(case: Path) -> None:
    """A template says of its prompts what the prompts' rows say."""
    held = defaultdict(list)
    for row in rows(case, "prompts"):
        held[row["template"]].append(row)
    for row in rows(case, "templates"):
        own = held[row["template"]]
        assert row["prompts"] == sum(prompt["interactions"] > 0 for prompt in own)
        assert row["interactions"] == sum(prompt["interactions"] for prompt in own)
        assert row["accounts"] <= sum(prompt["accounts"] for prompt in own)
        assert row["example"] in {prompt["example"] for prompt in own}
        assert 0 < row["cohesion"] <= 1


def rows_are_conserved(case: Path) -> None:
    """Rows in = used + filtered + quarantined, for each file; and the quarantine file holds what it says."""
    quarantined: Counter[tuple[str, str, str]] = Counter()
    for line in (case / "quarantine.ndjson").read_text("utf-8").splitlines():
        row = json.loads(line)
        assert list(row) == ["table", "file", "row", "reason", "raw", "column"]
        quarantined[row["table"], row["file"], row["reason"]] += 1
    said: Counter[tuple[str, str, str]] = Counter()
    for each in receipt(case)["inputs"]:
        out = sum(each["filtered"].values()) + sum(each["quarantined"].values())
        assert each["rows"] == each["used"] + out, each
        said.update({(each["table"], each["file"], why): n for why, n in each["quarantined"].items()})
    assert said == quarantined


def receipt(case: Path) -> dict:
    return Case(case).run


def the_receipt_names_every_output(case: Path) -> None:
    outputs = receipt(case)["outputs"]
    assert set(outputs) == {*(f"{name}.parquet" for name in CASE), "quarantine.ndjson"}
    for name, said in outputs.items():
        content = (case / name).read_bytes()
        assert said["bytes"] == len(content)
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
    for name in ("settings", "settings_digest", "versions", "seed", "caps", "stages", "inputs"):
        assert name in receipt(case)
    assert all(stage["seconds"] >= 0 for stage in receipt(case)["stages"])


CONTRACT = (
    keeps_its_contract,
    refers_to_what_is_there,
    findings_are_sums,
    every_story_is_told,
    templates_are_sums,
    rows_are_conserved,
    the_receipt_names_every_output,
)


@pytest.mark.parametrize("kept", CONTRACT)
def test_the_fixtures_case_keeps_the_contract(fixtures_case: Made, kept) -> None:
    kept(fixtures_case.case)


def test_the_fixtures_case_is_worth_testing(fixtures_case: Made) -> None:
    """Were it empty, every promise would hold."""
    assert rows(fixtures_case.case, "findings")
    assert rows(fixtures_case.case, "explained")
    assert len(rows(fixtures_case.case, "links")) > 100
    signals = {row["signal"] for row in rows(fixtures_case.case, "evidence")}
    assert any(signal.startswith("group ") for signal in signals)
    assert len(signals) > 12


# --- 2. every number walks back ------------------------------------------------------------------


def walks_back(made: Made) -> None:
    """From each finding over its members and their evidence to lines that really say so."""
    trail = Trail.of(made.case, made.source)
    named: set[str] = set()
    for row in rows(made.case, "evidence"):
        ids = [row[side] for side in ("left_observation", "right_observation")]
        for side in ("left", "right"):
            seen = trail.observations.get(row[f"{side}_observation"] or "")
            assert seen is None or seen["account"] == row[side], row
        assert any(ids) if row["signal"].startswith("group ") else all(ids), row
        named |= {each for each in ids if each}
    assert named <= trail.observations.keys()
    wrong = [trail.line(each) for each in sorted(named) if not trail.holds(each)]
    assert not wrong, wrong[:3]


def findings_have_reasons(case: Path) -> None:
    """Each account of a reported group has a link to another, or evidence with the group itself."""
    members = {row["account"]: row["group"] for row in rows(case, "groups")}
    reasoned = set()
    for row in rows(case, "evidence"):
        left, right = row["left"], row["right"]
        if members.get(left) == members.get(right) is not None:
            reasoned |= {left, right}
        if members.get(left) == right or members.get(right) == left:
            reasoned |= {left, right}
    assert members.keys() <= reasoned


def test_every_number_of_the_fixtures_walks_back(fixtures_case: Made) -> None:
    walks_back(fixtures_case)
    findings_have_reasons(fixtures_case.case)


def test_every_observation_stands_where_it_says(fixtures_case: Made) -> None:
    trail = Trail.of(fixtures_case.case, fixtures_case.source)
    wrong = [trail.line(each) for each in trail.observations if not trail.holds_account(each)]
    assert not wrong, wrong[:3]


# --- 3. log-odds = prior + bits ------------------------------------------------------------------


def adds_up(case: Path) -> None:
    prior = receipt(case)["scoring"]["prior_bits"]
    bits: dict[tuple[str, str], float] = defaultdict(float)
    families: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows(case, "evidence"):
        pair = row["left"], row["right"]
        bits[pair] += row["bits"]
        families[pair] |= {row["family"]} if row["bits"] > 0 else set()
    for row in rows(case, "links"):
        pair = row["left"], row["right"]
        assert row["log_odds"] == pytest.approx(prior + bits[pair], abs=1e-6), row
        assert set(row["families"]) == families[pair], row
        assert len(set(row["families"])) == len(row["families"])
        assert row["verdict"] in (None, *VERDICTS)


def test_every_link_of_the_fixtures_adds_up(fixtures_case: Made) -> None:
    adds_up(fixtures_case.case)


@few
@given(world=worlds)
@example(world=World(operator=8, strangers=25, odd=("[", "ßÄ''|/"), seed=158))
def test_whatever_the_rows_the_promises_hold(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = run(world.tables(), Path(folder), parts=2, ending=".csv")
        for kept in CONTRACT:
            kept(made.case)
        adds_up(made.case)
        walks_back(made)
        assert rows(made.case, "links")


# --- 4. the same input, the same bytes -----------------------------------------------------------


def test_the_fixtures_in_other_files_on_one_thread_in_another_process(
    fixtures_case: Made, tmp_path: Path
) -> None:
    tables = promised.rows_of(fixtures_case.source, tmp_path / "read")
    other = promised.write(tables, tmp_path / "source", parts=7, ending=".parquet", seed=1)
    case = tmp_path / "case"
    in_another_process(Made(case, other), case, Settings(threads=1), hash_seed=17)
    first, second = (promised.digests(each) for each in (fixtures_case.case, case))
    # What was cleaned in the fixtures is clean in the rows that were written again.
    assert promised.differing(first, second) in ([], ["observations"])
    seen = [
        [row for row in rows(each, "observations") if row["trait"] not in NO_EVIDENCE]
        for each in (fixtures_case.case, case)
    ]
    assert seen[0] == seen[1]


@few
@given(world=worlds)
def test_neither_order_nor_split_nor_format_nor_threads_matter(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        space, tables = Path(folder), world.tables()
        one = run(tables, space, chosen=small(threads=2), case="one")
        ending = promised.FORMATS[world.seed % len(promised.FORMATS)]
        other = run(
            tables, space, chosen=small(threads=1), case="two", parts=7, ending=ending, seed=world.seed
        )
        assert promised.differing(promised.digests(one.case), promised.digests(other.case)) == []


def test_the_order_of_sets_in_memory_does_not_matter(plain: Made, tmp_path: Path) -> None:
    case = tmp_path / "case"
    in_another_process(plain, case, small(), hash_seed=2)
    assert promised.differing(promised.digests(plain.case), promised.digests(case)) == []


def test_a_row_that_is_repeated_changes_nothing_and_is_counted(plain: Made, tmp_path: Path) -> None:
    tables = PLAIN.tables()
    twice = {name: [*found, *found[::3]] for name, found in tables.items()}
    made = run(twice, tmp_path, parts=3, seed=5)
    assert promised.differing(promised.digests(plain.case), promised.digests(made.case)) == []
    for name, found in tables.items():
        inputs = [each for each in receipt(made.case)["inputs"] if each["table"] == name]
        assert sum(each["filtered"].get("repeated row", 0) for each in inputs) == len(found[::3])
        assert sum(each["used"] for each in inputs) == len(found)
    rows_are_conserved(made.case)


def test_a_second_run_of_a_case_changes_no_group(plain: Made, tmp_path: Path) -> None:
    made = run(PLAIN.tables(), tmp_path)
    before = promised.digests(made.case)
    investigate(made.source, case=made.case, settings=small())
    assert promised.differing(before, promised.digests(made.case)) == ["lineage"]
    assert {row["kind"] for row in rows(made.case, "lineage")} == {"kept"}


def test_an_unrelated_account_changes_no_group(plain: Made, tmp_path: Path) -> None:
    tables = PLAIN.tables()
    # First, in the middle and last by name, so that every account's number moves.
    for name in ("aaa", "jo-15a", "zzz"):
        at = promised.stamp(promised.START)
        tables["sessions"].append({"account": name, "at": at, "ip": f"192.0.2.{len(name)}", "device": name})
        tables["observations"].append({"account": name, "trait": "shoe", "value": name, "at": None})
    made = run(tables, tmp_path)
    # Two strangers who share one word may or may not reach the threshold: rarity counts all accounts.
    kept, before = ({g for g in promised.partition(each.case) if len(g) > 2} for each in (made, plain))
    assert kept == before != set()


# --- 5. no row means not compared ----------------------------------------------------------------


def test_what_is_unknown_of_an_account_says_nothing(plain: Made, tmp_path: Path) -> None:
    """Without its payments an account has no evidence on payment; all else about it stands."""
    tables, silent = PLAIN.tables(), PLAIN.name(0)
    tables["payments"] = [row for row in tables["payments"] if row["account"] != silent]
    made = run(tables, tmp_path)

    def of_it(case: Path, paid: bool) -> list[tuple]:
        return sorted(
            (row["left"], row["right"], row["signal"], row["value"])
            for row in rows(case, "evidence")
            if silent in (row["left"], row["right"]) and (row["family"] == "payment") is paid
        )

    assert of_it(plain.case, True)
    assert not of_it(made.case, True)
    shown = {(row["left"], row["right"]) for row in rows(made.case, "links")}
    before = [each for each in of_it(plain.case, False) if (each[0], each[1]) in shown]
    # What the whole case says of it may change with what is known of it.
    whole = ("group ", "explained sharing", "no common company", "grouped apart", "size of the group")
    assert [each for each in of_it(made.case, False) if not each[2].startswith(whole)] == [
        each for each in before if not each[2].startswith(whole)
    ]
    said = Case(made.case).why_not(silent, PLAIN.name(1))
    assert next(each for each in said.not_compared if each.family == "payment").missing == (silent,)
    adds_up(made.case)


# --- verdicts ------------------------------------------------------------------------------------


def homes(case: Path) -> dict[str, str]:
    return {row["account"]: row["group"] for name in OUTCOMES for row in rows(case, name)}


def test_not_linked_keeps_apart_through_a_third_and_the_group_keeps_its_name(tmp_path: Path) -> None:
    made = run(PLAIN.tables(), tmp_path)
    one, two, third = (PLAIN.name(number) for number in (0, 1, 2))
    before = homes(made.case)
    assert before[one] == before[two] == before[third]
    Case(made.case).judge(constraints.on_pair("not linked", one, two, "two firms"), who="mira")
    investigate(made.source, case=made.case, settings=small())
    after = homes(made.case)
    assert after.get(one) != after.get(two) or one not in after
    assert before[third] in (after.get(one), after.get(two))
    assert after[third] == before[third]
    link = next(row for row in rows(made.case, "links") if {row["left"], row["right"]} == {one, two})
    assert link["verdict"] == "not linked"
    adds_up(made.case)
    keeps_its_contract(made.case)


@pytest.mark.parametrize("stranger", [20, 30])
def test_linked_joins_whatever_the_evidence(tmp_path: Path, stranger: int) -> None:
    made = run(PLAIN.tables(), tmp_path)
    one, other = PLAIN.name(0), PLAIN.name(stranger)
    before = homes(made.case)
    assert before.get(other) != before[one]
    Case(made.case).judge(constraints.on_pair("linked", other, one, "one person, seen"), who="mira")
    investigate(made.source, case=made.case, settings=small())
    after = homes(made.case)
    assert after[one] == after[other] == before[one]
    link = [row for row in rows(made.case, "links") if {row["left"], row["right"]} == {one, other}]
    assert [row["verdict"] for row in link] == ["linked"]
    adds_up(made.case)
    keeps_its_contract(made.case)


# --- a run that dies -----------------------------------------------------------------------------


def assert_only_tried(case: Path, before: dict[str, bytes], acts: list[str]) -> None:
    """The case is as before to the byte, but that its audit file says what was tried."""
    after = {file.name: file.read_bytes() for file in case.iterdir() if file.is_file()}
    audit, audited = after.pop("audit.ndjson"), before["audit.ndjson"]
    assert after == {name: content for name, content in before.items() if name != "audit.ndjson"}
    assert audit.startswith(audited)
    added = audit[len(audited) :].decode().splitlines()
    assert [json.loads(line)["action"] for line in added] == acts


def test_a_killed_run_leaves_the_earlier_case(tmp_path: Path) -> None:
    made = run(PLAIN.tables(), tmp_path)
    before = {file.name: file.read_bytes() for file in made.case.iterdir() if file.is_file()}
    code = (
        "import os, sys; from linkage import Settings, investigate\n"
        "def watch(stage, rows, total):\n"
        "    if stage == 'write': os.kill(os.getpid(), 9)\n"
        "investigate(sys.argv[1], case=sys.argv[2], settings=Settings(prompts={'encoder': 'hashing'}),"
        " progress=watch)"
    )
    other = promised.write(replace(PLAIN, seed=9).tables(), tmp_path / "other")
    done = subprocess.run([sys.executable, "-c", code, str(other), str(made.case)])
    assert done.returncode == -9
    assert_only_tried(made.case, before, ["investigate begun"])
    assert rows(made.case, "links")
    investigate(made.source, case=made.case, settings=small())
    assert not [each.name for each in made.case.iterdir() if each.is_dir()]


def test_a_rejected_source_leaves_the_earlier_case(tmp_path: Path) -> None:
    made = run(PLAIN.tables(), tmp_path)
    before = {file.name: file.read_bytes() for file in made.case.iterdir() if file.is_file()}
    broken = PLAIN.tables()
    for row in random.Random(1).sample(broken["sessions"], 20):
        row["at"] = "yesterday"
    with pytest.raises(InputError, match="table sessions: 20 of"):
        run(broken, tmp_path)
    assert_only_tried(made.case, before, ["investigate begun", "investigate failed"])
