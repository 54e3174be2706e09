"""What bundles must not tell: attacks of recipients who keep what they were given, guess, and compare."""

import hashlib
import itertools
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle import create, seal
from linkage.bundle.challenge_request import challenge
from linkage.bundle.checks.challenge import read_challenge
from linkage.bundle.decoys import LEAST, PADDED, STEPS, Blocks, rounded
from linkage.bundle.group_names import claim_alias, under_alias
from linkage.bundle.policy import OF_SETTINGS, READY, Policy, read_policy
from linkage.bundle.units import Secret, json_line
from linkage.case import Case
from linkage.case.lineage import persist
from linkage.errors import UsageError
from tests import made_case
from tests.bundle.made import GROUP, SECRET, audited, unpacked, world

PUBLIC = replace(read_policy("public"), min_k=2)
PARTNER = replace(read_policy("partner"), min_k=2)


def lines(path: Path) -> list[bytes]:
    return unpacked(path)["data/disclosures.jsonl"].splitlines()


def commitments(path: Path) -> set[str]:
    return set(unpacked(path)["data/seal/commitments.txt"].decode().split())


def opened(path: Path) -> dict[str, Any]:
    return {unit: value for _, unit, value in map(json.loads, lines(path))}


def view(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unpacked(path)["data/VIEW.json"])
    return found


# --- two seals of one case ---------------------------------------------------------------------------


@pytest.fixture
def twice(tmp_path: Path) -> tuple[Path, Path]:
    """A public view, then another run and a partner's view, which opens what the first withholds."""
    own = world(tmp_path)
    own.create(tmp_path / "public.zip", policy=PUBLIC, recipient="the press")
    made_case.write(own.case, made_case.tables(), made_case.receipt() | {"seed": 8})
    audited(own.case, "investigate", "2026-05-01T09:00:00+00:00")
    own.create(tmp_path / "partner.zip", policy=PARTNER, recipient="partner")
    return tmp_path / "public.zip", tmp_path / "partner.zip"


def test_what_one_seal_opens_opens_nothing_of_another(twice: tuple[Path, Path]) -> None:
    public, partner = twice
    settings = [line for line in lines(partner) if json.loads(line)[1].startswith("setting/")]
    assert settings and not any(path.startswith("setting/") for path in opened(public))
    known = commitments(public)
    assert [line for line in lines(partner) if hashlib.sha256(line).hexdigest() in known] == []
    salts = [{json.loads(line)[0] for line in lines(each)} for each in twice]
    assert not salts[0] & salts[1]
    # Nor with a salt of the one and a guess at a value of the other.
    for line in settings:
        _, path, value = json.loads(line)
        for salt in salts[0] | salts[1]:
            guess = json_line([salt, path, value]).rstrip(b"\n")
            assert hashlib.sha256(guess).hexdigest() not in known


def test_no_commitment_and_no_handle_is_the_same_under_two_seals(twice: tuple[Path, Path]) -> None:
    one, other = (commitments(each) for each in twice)
    assert not one & other
    handles = [
        {
            part
            for path in opened(each)
            if path.startswith(("member/", "link/"))
            for part in path.split("/")[2:3]
        }
        for each in twice
    ]
    assert handles[0] and handles[1] and not handles[0] & handles[1]


def test_a_rebuild_under_the_same_seal_is_the_same_to_the_byte(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    own.create(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@given(st.text(), st.text(), st.text(min_size=1))
def test_secrets_of_two_seals_draw_nothing_alike(one: str, other: str, name: str) -> None:
    secret = Secret(b"k" * 32)
    pair = [secret.of_seal(each, "last") for each in (one, other)]
    same = one == other
    path = f"group/{name}".encode("ascii", "replace").decode()
    assert (pair[0].salt(path) == pair[1].salt(path)) is same
    assert (pair[0].handle("account", name) == pair[1].handle("account", name)) is same
    assert (pair[0].decoy(3) == pair[1].decoy(3)) is same
    for each in pair:
        assert each.handle("case") == secret.handle("case") and each.alias("op-1") == secret.alias("op-1")
        assert each.salt(path) != secret.salt(path) and each.handle("account", name) != secret.handle(
            "account", name
        )


# --- who is in a group -------------------------------------------------------------------------------


def test_the_last_member_of_a_group_is_not_found_from_the_others(tmp_path: Path) -> None:
    """The attack: of 21 accounts 20 are known; each of 10,000 others is tried as the last one."""
    members = [f"acct-{number:05d}" for number in range(21)]
    (ours,), _ = persist([set(members)], {})
    known, guesses = members[:20], [f"acct-{number:05d}" for number in range(20, 10_020)]
    found = [guess for guess in guesses if persist([{*known, guess}], {})[0] == [ours]]
    assert found == [members[20]]  # so it is with ids of the case
    secret = Secret(b"k" * 32).of_seal("run", "last")
    units = [
        (f"group/{ours}/accounts", 21, ours),
        (f"group/{ours}/summary", f"{ours}: 21 accounts", ours),
        (
            f"claim/c-{hashlib.sha256(ours.encode()).hexdigest()[:12]}/claim",
            {"group": ours, "says": "x"},
            ours,
        ),
        (f"against/{ours}/000/said", f"as {ours} does", ours),
        (f"member/{ours}/ab/standing", ["1.000000", "core"], ours),
    ]
    told = [
        json_line([path, value])
        for path, value, _ in under_alias(units, secret.alias, claim_alias(secret))
        if "in-case" not in path
    ]
    assert len(told) == 5 and not any(ours.encode() in line for line in told)
    names = {guess: persist([{*known, guess}], {})[0][0] for guess in guesses}
    hashes = {hashlib.sha256(name.encode()).hexdigest()[:12].encode() for name in names.values()}
    assert not any(each in line for line in told for each in hashes)


@pytest.mark.parametrize("name", READY)
def test_only_a_view_with_names_tells_the_id_in_the_case(name: str, tmp_path: Path) -> None:
    own = world(tmp_path)
    policy = replace(read_policy(name), min_k=0)
    own.create(tmp_path / "view.zip", policy=policy, recipient=name)
    files = unpacked(tmp_path / "view.zip")
    holds = sorted(each for each, content in files.items() if made_case.GROUP.encode() in content)
    if policy.names:
        assert opened(tmp_path / "view.zip")[f"group/{GROUP}/in-case"] == made_case.GROUP
        assert {"data/disclosures.jsonl"} <= set(holds)
    else:
        assert holds == []
    assert view(tmp_path / "view.zip")["groups"] == [GROUP]
    assert own.verify(tmp_path / "view.zip").report.good


def test_a_policy_cannot_open_the_id_without_the_names(tmp_path: Path) -> None:
    own = world(tmp_path)
    open_all = Policy(
        "all", "test", "TLP:RED", open=("*",), withhold=("account.*", "seen.*", "link.*"), min_k=0
    )
    own.create(tmp_path / "view.zip", policy=open_all)
    assert made_case.GROUP.encode() not in (tmp_path / "view.zip").read_bytes()


def test_a_group_is_named_by_its_id_or_as_bundles_name_it(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip", groups=[made_case.GROUP])
    own.create(tmp_path / "b.zip", groups=[GROUP])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("group", [made_case.GROUP, GROUP])
def test_what_is_withheld_of_a_group_is_withheld_by_either_name(group: str, tmp_path: Path) -> None:
    own = world(tmp_path)
    policy = read_policy("court").without((f"member/{group}/*",), "privilege")
    own.create(tmp_path / "view.zip", policy=policy)
    assert not any(path.startswith("member/") for path in opened(tmp_path / "view.zip"))
    assert view(tmp_path / "view.zip")["withheld"]["member.standing, redacted"]["units"] == 6


# --- what settings are -------------------------------------------------------------------------------


def test_where_settings_are_withheld_no_digest_of_them_is_opened(tmp_path: Path) -> None:
    own = world(tmp_path, run=made_case.receipt() | {"settings_digest": "5e" * 32})
    own.create(tmp_path / "view.zip", policy=PUBLIC, recipient="the press")
    receipt = Case(own.case).run
    content = (tmp_path / "view.zip").read_bytes()
    assert receipt["settings_digest"].encode() not in content
    digests = {each["sha256"] for each in receipt["outputs"].values()} - {hashlib.sha256(b"").hexdigest()}
    assert len(digests) > 5 and not any(each.encode() in content for each in digests)
    withheld = view(tmp_path / "view.zip")["withheld"]
    assert all("guess" in withheld[kind]["reason"] for kind in OF_SETTINGS)
    assert own.verify(tmp_path / "view.zip").report.good


@pytest.mark.parametrize(
    ("policy", "opens"),
    [
        (PARTNER, True),
        (read_policy("court"), True),
        (replace(PARTNER, withhold=(*PARTNER.withhold, "setting.groups")), False),
        (PARTNER.without(("setting/groups/*",), "x"), False),
        (PARTNER.without(("*/resamples",), "x"), False),
        (PARTNER.without(("seen/*",), "x"), True),
    ],
)
def test_digests_go_with_the_settings(policy: Policy, opens: bool) -> None:
    assert [policy.opens(kind) for kind in OF_SETTINGS] == [opens] * 3


# --- how many there are ------------------------------------------------------------------------------


def test_a_view_does_not_tell_how_many_units_it_withholds(tmp_path: Path) -> None:
    """Laid beside a case with one more account that has a trait: views of both withhold as many."""
    told = []
    for number in range(2):
        tables = made_case.tables()
        for account in made_case.OPERATOR[: 2 + number]:
            tables["observations"].append(made_case.observation(account, "ja4", "t13d", "device"))
        own = world(tmp_path / str(number), tables=tables)
        own.create(tmp_path / f"{number}.zip", policy=PUBLIC, recipient="the press")
        row = view(tmp_path / f"{number}.zip")
        told.append((row["withheld"], len(commitments(tmp_path / f"{number}.zip"))))
    assert told[0] == told[1]


def test_what_is_opened_and_withheld_is_sealed(tmp_path: Path) -> None:
    """Every padded count is backed by commitments, and the units of a class that is withheld are fewer."""
    own = world(tmp_path)
    for name in READY:
        own.create(tmp_path / "view.zip", policy=replace(read_policy(name), min_k=0), recipient=name)
        row = view(tmp_path / "view.zip")
        total = sum(row["opened"].values()) + sum(each["units"] for each in row["withheld"].values())
        assert total <= len(commitments(tmp_path / "view.zip"))
    policy = replace(read_policy("court"), withhold=("seen.fingerprint",))
    own.create(tmp_path / "court.zip", policy=policy)
    holders = 6
    assert holders < view(tmp_path / "court.zip")["withheld"]["seen.fingerprint"]["units"] == LEAST


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from(PADDED)), st.integers(1, 5_000)
    )
)
def test_a_rounded_count_stands_for_many(counts: dict[tuple[str, str], int]) -> None:
    blocks = Blocks()
    for (group, kind), count in counts.items():
        blocks.counts[group, f"{kind}x" if kind.endswith(".") else kind] = count
    hidden = 0
    for (group, kind), count in blocks.counts.items():
        padded = count + blocks.decoys(group, kind)
        hidden += padded
        assert count < padded <= max(LEAST, count * 1.32 + 2)
        same = [each for each in range(1, 2 * count + LEAST) if max(LEAST, rounded(each, STEPS)) == padded]
        # The width of a step, less what the twentieth takes of it; under eight all look alike.
        assert count in same and len(same) >= (7 if count < 8 else max(2, count // 8))
    assert hidden < blocks.total()


def test_the_answer_to_a_challenge_has_the_same_decoys(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "view.zip")
    found = own.verify(tmp_path / "view.zip")
    asked = challenge(str(found.view["seal"]), "drand round 7", 10_000)
    answered = create.answer(Case(own.case), read_challenge(asked))
    digests = {hashlib.sha256(line).hexdigest() for line in answered}
    assert digests == commitments(tmp_path / "view.zip")
    kinds = Counter(json.loads(line)[1].split("/")[0] for line in answered)
    assert kinds["decoy"] > len(answered) // 20


# --- sentences ---------------------------------------------------------------------------------------


def test_no_secret_of_the_case_is_in_any_bundle(tmp_path: Path) -> None:
    own = world(tmp_path)
    secret = Secret(bytes.fromhex(SECRET))
    for name in READY:
        own.create(tmp_path / f"{name}.zip", policy=replace(read_policy(name), min_k=0), recipient=name)
    sealed = seal.current_secret(own.case)
    for name, key in itertools.product(READY, (secret.key, sealed.seal)):
        content = (tmp_path / f"{name}.zip").read_bytes()
        assert key not in content and key.hex().encode() not in content


def test_a_group_that_is_none_is_refused_by_either_name(tmp_path: Path) -> None:
    own = world(tmp_path)
    for group in ("g-0000000000000000", "op-0000000000"):
        with pytest.raises((UsageError, Exception), match="no reported group"):
            own.create(tmp_path / "view.zip", groups=[group])
