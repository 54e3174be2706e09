"""The stages together, where inputs, lists and limits change what they do."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from linkage import investigate, pipeline
from linkage.case import Case, evidence_lookup
from linkage.errors import BudgetError, InputError, UsageError
from linkage.evidence import holdings
from linkage.groups import case_evidence
from linkage.links import log_odds
from tests import promised
from tests.promised import PLAIN, Row, Tables, rows, small

Changed = dict[str, Any]


def run(tables: Tables, folder: Path, **changes: Any) -> Case:
    source = promised.write(tables, folder / "source")
    return investigate(source, case=folder / "case", settings=small(**changes))


def signals(case: Case) -> set[str]:
    return {row["signal"] for row in rows(case.path, "evidence")}


def operator(case: Case) -> set[str]:
    """Those of the operator's accounts that are in one group with his first."""
    homes = {
        row["account"]: row["group"]
        for name in ("groups", "unresolved", "explained")
        for row in rows(case.path, name)
    }
    hand = PLAIN.names()[: PLAIN.operator]
    return {name for name in hand if homes.get(name) == homes.get(hand[0]) is not None}


# --- withheld prompts ----------------------------------------------------------------------------


def withheld(give: Any) -> Tables:
    """The plain world with its prompts replaced by what `give` makes of each text."""
    tables = PLAIN.tables()
    for row in tables["interactions"]:
        row.update(give(row.pop("prompt")))
    return tables


def shared_text(text: str) -> str:
    """An operator's texts without their items: what he sends again and again."""
    return text.partition(" Item:")[0]


def sha(text: str) -> Row:
    return {"prompt_sha256": hashlib.sha256(shared_text(text).encode()).hexdigest()}


def vector(text: str) -> Row:
    digest = hashlib.sha256(shared_text(text).encode()).digest()
    return {"embedding": [(byte - 127.5) / 128 for byte in digest]}


@pytest.mark.parametrize("give", [sha, vector], ids=["only hashes", "only vectors"])
def test_prompts_that_may_not_be_shown_still_link(tmp_path: Path, give: Any) -> None:
    case = run(withheld(give), tmp_path)
    prompts = rows(case.path, "prompts")
    assert prompts
    assert all(row["skeleton"] is None and row["example"] is None for row in prompts)
    assert {"exact text", "rare template"} & signals(case)
    assert len(operator(case)) >= PLAIN.operator - 1
    trail = promised.Trail.of(case.path, tmp_path / "source")
    for row in rows(case.path, "evidence"):
        if row["family"] == "content" and not row["signal"].startswith("group "):
            assert trail.holds_account(row["left_observation"])
            assert trail.holds_account(row["right_observation"])


def nothing(_text: str) -> Row:
    return {}


SIZES: Changed = {"scoring": {"operator_accounts": 2, "strong_bits": 2.0, "large_operator_share": 0.2}}
"""Under these pairs whose prompts are withheld are held to a larger operator's prior."""


def test_one_placeholder_among_withheld_prompts_changes_nothing(tmp_path: Path) -> None:
    none = run(withheld(nothing), tmp_path / "none", **SIZES)
    tables = withheld(nothing)
    tables["interactions"][0]["prompt"] = "***"
    tables["benign"] = [{"trait": "prompt", "value": "Say hello.", "reason": "everybody's"}]
    stray = run(tables, tmp_path / "stray", **SIZES)
    counted = {each["what"]: each["count"] for each in stray.run["caps"]}
    assert counted["prompts that are placeholders"] == 1
    assert counted["interactions whose prompt is not known"] == len(tables["interactions"])
    assert not any(row["accounts"] for row in rows(stray.path, "prompts")), "nobody sent the benign text"
    assert promised.partition(none.path) == promised.partition(stray.path)
    for name in ("links", "groups"):
        assert rows(none.path, name) == rows(stray.path, name)


@pytest.mark.parametrize("by", ["rows", "accounts"])
@pytest.mark.parametrize("share", [1, 5, 9])
def test_with_some_of_the_prompts_every_link_shows_what_its_prior_was(
    tmp_path: Path, by: str, share: int
) -> None:
    tables = PLAIN.tables()
    for number, row in enumerate(tables["interactions"]):
        drawn = hashlib.sha256(f"{number if by == 'rows' else row['account']}".encode()).digest()[0] % 10
        if drawn >= share:
            del row["prompt"]
    found = run(tables, tmp_path, **SIZES)
    shown = {row["signal"] for row in rows(found.path, "evidence")}
    assert "prompts withheld" in shown
    adds_up(found.path)


def adds_up(case: Path) -> None:
    """The prior of a link, what withheld prompts add to it, and its evidence are its log-odds."""
    prior = json.loads((case / "run.json").read_text())["scoring"]["prior_bits"]
    bits: dict[tuple[str, str], float] = {}
    families: dict[tuple[str, str], set[str]] = {}
    for row in rows(case, "evidence"):
        pair = row["left"], row["right"]
        bits[pair] = bits.get(pair, 0.0) + row["bits"]
        families.setdefault(pair, set()).update({row["family"]} if row["bits"] > 0 else ())
    for row in rows(case, "links"):
        pair = row["left"], row["right"]
        assert row["log_odds"] == pytest.approx(prior + bits.get(pair, 0.0), abs=1e-6)
        assert set(row["families"]) == families.get(pair, set())


def test_hashes_in_capitals_are_the_same_hashes(tmp_path: Path) -> None:
    def shouted(text: str) -> Row:
        return {"prompt_sha256": sha(text)["prompt_sha256"].upper()}

    cases = [run(withheld(give), tmp_path / give.__name__) for give in (sha, shouted)]
    one, other = ([row["prompt"] for row in rows(case.path, "prompts")] for case in cases)
    assert one == other
    assert promised.partition(cases[0].path) == promised.partition(cases[1].path)


def test_a_text_and_its_hash_are_one_prompt(tmp_path: Path) -> None:
    """A provider may show the text of some rows and only the hash of others."""
    tables = PLAIN.tables()
    for number, row in enumerate(tables["interactions"]):
        if number % 2:
            text = row.pop("prompt")
            row["prompt_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    shown = {row["prompt"] for row in tables["interactions"] if "prompt" in row}
    hidden = {row["prompt_sha256"] for row in tables["interactions"] if "prompt" not in row}
    both = [text for text in shown if hashlib.sha256(text.encode()).hexdigest() in hidden]
    text = both[0] if both else next(iter(sorted(shown)))
    extra = {**tables["interactions"][0], "account": PLAIN.names()[-1]}
    extra.pop("prompt", None)
    tables["interactions"].append({**extra, "prompt_sha256": hashlib.sha256(text.encode()).hexdigest()})
    case = run(tables, tmp_path)
    found = next(row for row in rows(case.path, "prompts") if row["example"] == text)
    assert found["accounts"] >= 2


def test_without_prompts_there_is_no_content(tmp_path: Path) -> None:
    tables = PLAIN.tables()
    del tables["interactions"]
    case = run(tables, tmp_path)
    assert not {row["family"] for row in rows(case.path, "evidence")} & {"content", "lineage"}
    for name in ("prompts", "templates", "near"):
        assert rows(case.path, name) == []
    assert rows(case.path, "links")


# --- hours and addresses ---------------------------------------------------------------------------


def shifts(table: str) -> Tables:
    """Thirty pairs on one card each: of every three pairs two keep the same hours, one opposite ones."""
    moments, paid = [], []
    for n in range(60):
        pair, second = divmod(n, 2)
        hour = (pair * 5 + (12 if second and pair % 3 == 0 else 0)) % 24
        paid.append({"account": f"a{n:02d}", "fingerprint": f"card {pair}"})
        moments += [{"account": f"a{n:02d}", "at": 1_740_787_200 + (day * 24 + hour) * 3_600 + n}
                    for day in range(30)]  # fmt: skip
    return {table: moments, "payments": paid}


@pytest.mark.parametrize("table", ["interactions", "sessions"])
def test_hours_are_told_of_accounts_and_compared_between_them(tmp_path: Path, table: str) -> None:
    tables = shifts(table)
    case = run(tables, tmp_path, links={"operator_accounts": 30, "strong_bits": 2.0, "link_bits": -9.0})
    hours = {row["account"]: row for row in rows(case.path, "observations") if row["trait"] == "hours"}
    assert len(hours) == 60
    assert hours["a03"]["value"] == "0" * 5 + "9" + "0" * 18
    trail = promised.Trail.of(case.path, tmp_path / "source")
    told = {row["left"]: row["bits"] for row in rows(case.path, "evidence") if row["family"] == "timing"}
    alike = {f"a{2 * pair:02d}": pair % 3 != 0 for pair in range(30)}
    assert {account: bits > 0 for account, bits in told.items()} == alike
    for row in rows(case.path, "evidence"):
        if row["family"] == "timing":
            assert row["left_observation"] == hours[row["left"]]["observation"]
            assert trail.holds_account(row["left_observation"])


def test_an_address_is_one_value_however_each_row_spells_it(tmp_path: Path) -> None:
    spelled = ["2001:DB8::1", "2001:0db8:0:0::1", "[2001:db8::1]:443"]
    seen = [{"account": f"a{n}", "at": 1_740_787_200 + n, "ip": ip} for n, ip in enumerate(spelled)]
    noted = [
        {"account": "a0", "trait": "ip", "value": "::FFFF:192.0.2.7"},
        {"account": "a1", "trait": "ip", "value": "192.0.2.7"},
    ]
    case = run({"sessions": seen, "observations": noted}, tmp_path)
    found = {(row["account"], row["trait"], row["value"]) for row in rows(case.path, "observations")}
    v6 = {(f"a{n}", t, v) for n in range(3) for t, v in (("ip", "2001:db8::1"), ("prefix", "2001:db8::/64"))}
    v4 = {(f"a{n}", t, v) for n in range(2) for t, v in (("ip", "192.0.2.7"), ("prefix", "192.0.2.0/24"))}
    assert found == v6 | v4


# --- what is benign, and what nobody declared ----------------------------------------------------


def weighed(case: Case, signal: str) -> set[str]:
    return {row["value"] for row in rows(case.path, "evidence") if row["signal"] == signal}


def test_a_benign_value_loses_its_weight_and_stays_visible(tmp_path: Path) -> None:
    before = run(PLAIN.tables(), tmp_path / "before")
    card = min(weighed(before, "card"))
    tables = PLAIN.tables()
    tables["benign"] = [{"trait": "fingerprint", "value": card, "reason": "the shop's own test card"}]
    after = run(tables, tmp_path / "after")
    assert weighed(after, "card") == weighed(before, "card") - {card}
    assert card in {row["value"] for row in rows(after.path, "observations")}


def test_a_benign_text_takes_its_template_along(tmp_path: Path) -> None:
    before = run(PLAIN.tables(), tmp_path / "before")
    tables = PLAIN.tables()
    text = next(row["prompt"] for row in tables["interactions"] if row["prompt"].startswith("Set out"))
    tables["benign"] = [{"trait": "prompt", "value": text, "reason": "from a tutorial"}]
    after = run(tables, tmp_path / "after")
    known = next(row for row in rows(after.path, "prompts") if row["prompt"] == promised.prompt_id(text))
    assert known["prompt"] not in weighed(after, "exact text")
    assert known["template"] in weighed(before, "rare template")
    assert known["template"] not in weighed(after, "rare template")
    assert len(weighed(after, "rare segments")) < len(weighed(before, "rare segments"))


def test_undeclared_traits_are_named_and_declared_ones_are_not(tmp_path: Path) -> None:
    undeclared = run(PLAIN.tables(), tmp_path / "undeclared")
    assert undeclared.run["traits"]["other"] == ["shoe"]
    assert {row["family"] for row in rows(undeclared.path, "observations") if row["trait"] == "shoe"} == {
        "other"
    }
    declared = run(PLAIN.tables(), tmp_path / "declared", traits={"shoe": {"family": "wardrobe"}})
    assert declared.run["traits"]["other"] == []
    said = {row["family"] for row in rows(declared.path, "evidence") if row["signal"] == "shared shoe"}
    assert said == {"wardrobe"}
    assert any("wardrobe" in row["families"] for row in rows(declared.path, "links"))


# --- limits and errors ---------------------------------------------------------------------------


def test_of_too_many_pairs_the_strongest_are_compared_and_the_others_counted(tmp_path: Path) -> None:
    chosen = {"min_propose_bits": 0.5, "min_pair_bits": 0.5}
    every = run(PLAIN.tables(), tmp_path / "every", evidence=chosen).run
    some = run(PLAIN.tables(), tmp_path / "some", evidence={**chosen, "max_pairs": 3}).run
    left_out = [
        each["count"]
        for each in some["caps"]
        if each["what"] == "pairs beyond the strongest of either account"
    ]
    compared = [each["population"]["pairs_compared"] for each in (every, some)]
    # What an occasion proposes is compared all the same.
    assert 0 < compared[0] - compared[1] <= left_out[0]


def test_a_source_that_says_nothing_is_rejected_with_what_is_needed(tmp_path: Path) -> None:
    tables = {"accounts": PLAIN.tables()["accounts"]}
    with pytest.raises(InputError, match="interactions"):
        run(tables, tmp_path)


def test_an_engine_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="abacus"):
        run(PLAIN.tables(), tmp_path, engine="abacus")


@pytest.mark.parametrize("table", ["sessions", "payments", "interactions", "observations"])
def test_an_empty_table_is_a_case_without_rows(tmp_path: Path, table: str) -> None:
    case = run({table: []}, tmp_path)
    assert rows(case.path, "observations") == []
    assert rows(case.path, "links") == []
    assert case.run["population"]["accounts"] == 0


def test_one_account_alone_is_nobody_s_accomplice(tmp_path: Path) -> None:
    case = run({name: found[:1] for name, found in PLAIN.tables().items()}, tmp_path)
    assert rows(case.path, "observations")
    assert rows(case.path, "links") == []
    assert rows(case.path, "groups") == []


def test_progress_is_told_every_stage_in_order(tmp_path: Path) -> None:
    said: list[str] = []
    source = promised.write(PLAIN.tables(), tmp_path / "source")
    case = investigate(
        source,
        case=tmp_path / "case",
        settings=small(),
        progress=lambda stage, done, total: said.append(stage),
    )
    stages = [each["stage"] for each in case.run["stages"]]
    used = [each["processor_seconds"] for each in case.run["stages"]]
    assert min(used) >= 0 and 0 < sum(used) <= sum(os.times()[:4])
    assert list(dict.fromkeys(said)) == stages
    assert stages[0] == "read"
    assert stages[-1] == "write"
    entries = [json.loads(line) for line in (case.path / "audit.ndjson").read_text("utf-8").splitlines()]
    assert [entry["action"] for entry in entries] == ["investigate"]


# --- cleaned cells -------------------------------------------------------------------------------


def test_what_was_cleaned_is_observed_and_is_evidence_of_nothing(tmp_path: Path) -> None:
    tables = PLAIN.tables()
    plain = run(tables, tmp_path / "plain")
    for row in tables["interactions"]:
        if row["account"] in PLAIN.names()[: PLAIN.operator]:
            row["prompt"] = "\x01" + row["prompt"]
    hostile = run(tables, tmp_path / "hostile")

    seen = [row for row in rows(hostile.path, "observations") if row["trait"] == "cleaned_cells"]
    assert {row["account"] for row in seen} == {*PLAIN.names()[: PLAIN.operator]}
    assert {row["value"] for row in seen} == {"prompt: control characters"}
    cleaned = sum(each["cleaned_cells"].get("prompt", {}).get("control characters", 0)
                  for each in hostile.run["inputs"])  # fmt: skip
    assert sum(row["count"] for row in seen) == cleaned > 0
    named = {row["row"] for row in rows(hostile.path, "rows")}
    assert {row["source"].split(":")[1] for row in seen} <= named
    assert hostile.run["traits"]["other"] == plain.run["traits"]["other"]
    assert signals(hostile) == signals(plain)
    assert not [row for row in rows(hostile.path, "evidence") if "cleaned" in row["signal"]]


# --- limits of a run -----------------------------------------------------------------------------


def test_whoever_limits_a_run_is_asked_while_it_reads(tmp_path: Path) -> None:
    """Not only once everything is read: a file can be longer than anybody would wait."""
    source, counted = promised.write(PLAIN.tables(), tmp_path / "source"), []

    def limit(stage: str, done: int, total: int | None) -> None:
        if stage == "read":
            counted.append(done)
            if len([each for each in counted if each]) == 2:
                raise BudgetError("read: stopped")

    with pytest.raises(BudgetError):
        pipeline.investigate([source], tmp_path / "case", settings=small(), progress=limit)
    assert counted == sorted(counted) and 0 < counted[1] < counted[2]
    assert not (tmp_path / "case").exists()


def test_however_few_rows_are_taken_at_once_the_case_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    one = run(PLAIN.tables(), tmp_path / "one").run["outputs"]
    limits = (
        (holdings, "MOST_LOAD"),
        (log_odds, "PIECE"),
        (case_evidence, "MOST_NEIGHBOURS"),
        (evidence_lookup, "PIECE"),
        (evidence_lookup, "KEYED"),
    )
    for module, name in limits:
        assert getattr(module, name) > 50
        monkeypatch.setattr(module, name, 50)
    many = run(PLAIN.tables(), tmp_path / "many").run["outputs"]
    assert one["evidence.parquet"]["rows"] > 4 * 50
    same = {name for name in one if one[name]["sha256"] == many[name]["sha256"]}
    assert same == {*one}
