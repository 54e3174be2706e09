import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest

import linkage.lab.simulate as simulation
from linkage.errors import UsageError
from linkage.lab.boilerplate import FRAMEWORKS, TUTORIALS
from linkage.lab.crews import crew_sizes, reserved
from linkage.lab.profiles import PROFILES
from linkage.lab.simulate import simulate
from linkage.schema import SOURCES
from tests.lab.made import Made, load

SMALL = {"profile": "mixed", "accounts": 400, "interactions": 3_000}


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def per_value(pairs: list[tuple[str, object]]) -> Counter:
    """How many accounts hold each value."""
    return Counter(value for _, value in set(pairs) if value is not None)


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    simulate(tmp_path / "a", **SMALL, seed=3)
    call = (
        "import sys, pathlib; from linkage.lab.simulate import simulate; "
        "simulate(pathlib.Path(sys.argv[1]), profile='mixed', accounts=400, interactions=3_000, seed=3)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    subprocess.run([sys.executable, "-c", call, str(tmp_path / "b")], check=True, env=environment)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_another_seed_gives_other_rows_and_other_accounts(tmp_path: Path) -> None:
    first = load(simulate(tmp_path / "a", **SMALL, seed=3))
    second = load(simulate(tmp_path / "b", **SMALL, seed=4))
    assert not set(first.truth) & set(second.truth)
    for column in ("fingerprint", "billing_hash"):
        shared = set(first.tables["payments"][column].to_pylist())
        assert not shared & set(second.tables["payments"][column].to_pylist())


@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_profile_writes_what_was_asked(tmp_path: Path, profile: str) -> None:
    made = load(simulate(tmp_path, profile=profile, accounts=700, interactions=5_000, seed=1))
    assert len(made.tables["interactions"]) == 5_000
    assert len(made.truth) == len(made.tables["accounts"]) == 700
    sizes = Counter(operator for operator in made.truth.values() if operator)
    assert sorted(sizes.values()) == sorted(crew_sizes(PROFILES[profile].operators, 700))
    about = json.loads((tmp_path / "about.json").read_text("utf-8"))
    assert {row["operator"]: row["accounts"] for row in about["operators"]} == dict(sizes)
    assert about["seed"] == 1 and sum(about["accounts_by_kind"].values()) == 700
    assert ("benign" in made.tables) == bool(PROFILES[profile].known_benign)


@pytest.mark.parametrize("profile", ["sloppy", "mixed", "careful"])
def test_operators_hold_two_to_four_per_cent(profile: str) -> None:
    assert reserved(PROFILES[profile], 20_000) == sum(crew_sizes(PROFILES[profile].operators, 20_000))
    assert 0.02 <= sum(crew_sizes(PROFILES[profile].operators, 20_000)) / 20_000 <= 0.04
    assert len(PROFILES["null"].operators) == 0


def test_tables_have_the_columns_of_the_contract_and_no_other(mixed: Made) -> None:
    for name, table in mixed.tables.items():
        assert set(table.column_names) <= set(SOURCES[name].columns), name
        for column in SOURCES[name].required:
            assert table[column].null_count == 0, (name, column)


def test_neither_ids_nor_row_order_tell_who_was_planted(mixed: Made) -> None:
    for table, column in (
        ("accounts", "account"),
        ("accounts", "email_hash"),
        ("sessions", "device"),
        ("payments", "fingerprint"),
        ("interactions", "interaction"),
        ("interactions", "response_sha256"),
    ):
        rows = [(value, bool(mixed.truth[who])) for who, value in set(mixed.rows(table, "account", column))]
        planted = np.array([flag for _, flag in sorted(rows)])
        rank = np.flatnonzero(planted).mean() / len(planted)
        assert abs(rank - 0.5) < 4 / np.sqrt(12 * planted.sum()), (table, column)
    accounts = mixed.tables["accounts"]["account"].to_pylist()
    assert accounts == sorted(accounts)
    for table in ("sessions", "payments", "interactions"):
        times = mixed.tables[table]["at"].to_pylist()
        assert times == sorted(times)
    assert list(mixed.truth) == sorted(mixed.truth)


def test_nobody_acts_before_signing_up(mixed: Made) -> None:
    created = dict(mixed.rows("accounts", "account", "created_at"))
    for table in ("sessions", "payments", "interactions"):
        assert all(at >= created[who] for who, at in mixed.rows(table, "account", "at")), table


def test_innocents_pay_like_people(mixed: Made) -> None:
    cards = dict(mixed.innocents("payments", "funding"))
    shares = {kind: count / len(cards) for kind, count in Counter(cards.values()).items()}
    assert 0.15 < shares["virtual"] < 0.22
    assert min(shares["credit"], shares["debit"], shares["prepaid"]) > 0.03
    bins = per_value(mixed.innocents("payments", "bin"))
    top, *_ = (count / len(cards) for _, count in bins.most_common(1))
    assert 0.04 < top < 0.08
    planted = Counter(
        funding for who, funding in set(mixed.rows("payments", "account", "funding")) if mixed.truth[who]
    )
    assert planted["virtual"] / sum(planted.values()) > 0.5


def test_innocents_share_what_honest_people_share(mixed: Made) -> None:
    kinds = json.loads((mixed.simulation.out / "about.json").read_text("utf-8"))["accounts_by_kind"]
    assert set(kinds) >= {"family", "team", "office", "campus", "firm", "fleet", "reseller", "person"}
    addresses = per_value(mixed.innocents("interactions", "ip"))
    assert max(addresses.values()) > 100
    assert sum(8 <= count <= 60 for count in addresses.values()) > 20
    assert sum(count == 2 for count in addresses.values()) > 100
    cards = per_value(mixed.innocents("payments", "fingerprint"))
    assert sum(2 <= count <= 5 for count in cards.values()) > 50
    assert sum(count >= 8 for count in cards.values()) > 3
    assert per_value(mixed.innocents("accounts", "email_domain")).most_common(1)[0][0] == "gmail.com"
    assert sum(who.startswith("uni-") for who in per_value(mixed.innocents("accounts", "email_domain"))) >= 1
    assert any("learn.example" in str(value) for _, value in mixed.innocents("accounts", "referrer"))


def test_strangers_send_the_same_texts(mixed: Made) -> None:
    prompts = per_value(mixed.innocents("interactions", "prompt"))
    assert sum(prompts[text] >= 15 for text in TUTORIALS) >= 6
    systems = per_value(mixed.innocents("interactions", "system_prompt"))
    assert systems[FRAMEWORKS[0]] > 100
    agents = per_value(mixed.innocents("interactions", "user_agent"))
    assert agents["PocketWriter/3.1 (bring-your-own-key)"] > 50
    wrapped = {
        who for who, text in mixed.innocents("interactions", "prompt") if text.startswith("Improve the text")
    }
    assert len(wrapped) > 50


def test_sign_ups_come_in_bursts_and_weeks(mixed: Made) -> None:
    days = Counter(at.date() for _, at in mixed.innocents("accounts", "created_at"))
    busiest = days.most_common(5)
    assert busiest[-1][1] > 5 * np.median(list(days.values()))
    assert len(days) > 300


def test_operators_have_the_hygiene_of_their_knobs(mixed: Made) -> None:
    medium, sloppy, careful = "operator 1", "operator 2", "operator 3"
    assert max(per_value(mixed.of(sloppy, "payments", "fingerprint")).values()) >= 5
    assert max(per_value(mixed.of(careful, "payments", "fingerprint")).values()) == 1
    assert len({value for _, value in mixed.of(sloppy, "interactions", "ja4")}) == 1
    assert len({value for _, value in mixed.of(careful, "interactions", "ja4")}) > 5
    assert max(per_value(mixed.of(sloppy, "interactions", "ip")).values()) > 5
    assert max(per_value(mixed.of(medium, "interactions", "ip")).values()) > 5
    assert max(per_value(mixed.of(careful, "interactions", "ip")).values()) <= 2
    for operator, most in ((sloppy, 4), (medium, 14), (careful, 50)):
        made = [at for _, at in mixed.of(operator, "accounts", "created_at")]
        assert (max(made) - min(made)).days <= most
    night = {
        operator: np.mean([at.hour < 6 for _, at in mixed.of(operator, "interactions", "at")])
        for operator in (sloppy, careful)
    }
    assert 0.2 < night[sloppy] < 0.3 and night[careful] < 0.15


def test_a_queue_is_drained_without_repeats_and_load_is_even(mixed: Made) -> None:
    texts = Counter(text for _, text in mixed.of("operator 3", "interactions", "prompt") if len(text) > 200)
    assert max(texts.values()) == 1 and len(texts) > 200
    loads = Counter(who for who, _ in mixed.of("operator 2", "interactions", "at"))
    assert max(loads.values()) <= 2 * min(loads.values())


def test_a_rotating_pool_hands_addresses_from_account_to_account(mixed: Made) -> None:
    knobs = PROFILES["mixed"].operators[0].hygiene
    ips = {at_ip[1]: int(ip_address(str(at_ip[1]))) for at_ip in mixed.of("operator 1", "interactions", "ip")}
    index = {ip: (number - min(ips.values())) // 37 for ip, number in ips.items()}
    size = max(index.values()) + 1
    assert size == round(90 * knobs.addresses_per_account)
    seat: dict[str, set[int]] = defaultdict(set)
    for who, at, ip in mixed.rows("interactions", "account", "at", "ip"):
        if mixed.truth[who] == "operator 1":
            window = int(at.timestamp() // (knobs.lease_hours * 3_600))
            seat[who].add((index[ip] - window) % size)
    # Everybody moves on by one address per lease: the same seat whenever one looks.
    assert len(seat) > 80 and all(len(seats) == 1 for seats in seat.values())
    assert max(Counter(min(seats) for seats in seat.values()).values()) == 2


def test_context_is_of_the_own_account_but_for_known_exceptions(mixed: Made) -> None:
    made_by = {
        response: (who, at)
        for who, at, response in mixed.rows("interactions", "account", "at", "response_sha256")
    }
    assert len(made_by) == len(mixed.tables["interactions"])
    foreign: dict[str | None, int] = defaultdict(int)
    own, unknown = 0, set()
    for who, at, context in mixed.rows("interactions", "account", "at", "context_sha256"):
        for response in context:
            if response not in made_by:
                unknown.add(response)
                continue
            author, made = made_by[response]
            assert made <= at
            own += author == who
            if author != who:
                foreign[mixed.truth[who]] += mixed.truth[author] == mixed.truth[who]
    assert 1 <= len(unknown) <= 2
    assert own > 10_000
    about = json.loads((mixed.simulation.out / "about.json").read_text("utf-8"))["operators"]
    assert {row["operator"]: foreign[row["operator"]] for row in about} == {
        row["operator"]: row["echoes"] for row in about
    }
    assert foreign["operator 2"] > 5 and foreign["operator 3"] == 0
    assert 5 < foreign[None] < 0.02 * own


def test_how_many_chunks_are_made_at_once_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "CHUNK", 400)
    for at_once in (1, 3):
        monkeypatch.setattr(simulation, "AT_ONCE", at_once)
        simulate(tmp_path / str(at_once), **SMALL, seed=3)
    assert contents(tmp_path / "1") == contents(tmp_path / "3")


def test_what_a_killed_run_left_is_removed_and_a_failed_one_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "unfinished"
    left.mkdir()
    (left / "7.arrow").write_bytes(b"half")
    simulate(tmp_path, **SMALL, seed=3)
    assert not left.exists()

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(simulation, "interactions_table", fails)
    (tmp_path / "unfinished").mkdir()
    (left / "notes.txt").write_text("mine")
    with pytest.raises(RuntimeError):
        simulate(tmp_path, **SMALL, seed=3)
    assert [path.name for path in left.iterdir()] == ["notes.txt"]


def test_other_profile_fails_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no profile 'hard'") as caught:
        simulate(tmp_path, profile="hard", accounts=400, interactions=3_000, seed=0)
    assert "careful" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accounts": 5}, "5 accounts are too few"),
        ({"interactions": 399}, "fewer than 400 accounts"),
        ({"seed": -1}, "seed -1 is negative"),
        ({"profile": "fixture", "accounts": 150, "interactions": 500}, "too many for 150"),
        ({"operator_accounts": 101}, "too many for 400"),
        ({"operator_accounts": 0}, "cannot have 0 accounts"),
        ({"profile": "null", "operator_accounts": 20}, "profile 'null' has no operator"),
        ({"unique_share": 1.5}, "a share of 1.5 is none"),
    ],
)
def test_senseless_arguments_are_refused(tmp_path: Path, change: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        simulate(tmp_path, **{**SMALL, "seed": 0, **change})


def test_the_first_operator_has_as_many_accounts_as_asked_for(tmp_path: Path) -> None:
    made = load(simulate(tmp_path, **SMALL, seed=3, operator_accounts=41))
    usual = crew_sizes(PROFILES["mixed"].operators, 400)
    assert usual[0] != 41 and [each.accounts for each in made.simulation.operators] == [41, *usual[1:]]
    assert Counter(made.truth.values())["operator 1"] == 41


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "notes.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.csv"):
        simulate(tmp_path, **SMALL, seed=0)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["notes.csv"]


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    simulate(tmp_path, profile="fixture", accounts=400, interactions=2_000, seed=0)
    assert (tmp_path / "source" / "benign.parquet").exists()
    simulate(tmp_path, profile="null", accounts=400, interactions=2_000, seed=0)
    assert not (tmp_path / "source" / "benign.parquet").exists()
