"""Views of one seal: the same bytes everywhere, no more than the policy opens, and checked by a stranger."""

import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle import seal
from linkage.bundle.checks.likelihood import SCALE, support
from linkage.bundle.policy import READY, Policy, read_policy
from linkage.bundle.signing import new_key, signer_line
from linkage.bundle.units import Secret, slug, unit_line
from linkage.bundle.verbal_scale import NEVER
from linkage.errors import CaseError, IntegrityError, UsageError
from tests import made_case
from tests.bundle.made import (
    GROUP,
    PRINCIPAL,
    VERIFIER,
    World,
    audited,
    forged,
    packed,
    standalone,
    unpacked,
    world,
)
from tests.bundle.stranger import by_hand, commands

PUBLIC = replace(read_policy("public"), min_k=2)
NAMES = [*made_case.OPERATOR, *made_case.FAMILY, *made_case.STRANGERS]


@pytest.fixture(scope="module")
def public(sealed: World) -> Path:
    out = sealed.case.parent / "public.zip"
    sealed.create(out, policy=PUBLIC, recipient="the press")
    return out


# --- the same bytes ------------------------------------------------------------------------------------

SCRIPT = """
import os, sys, time
time.tzset()
os.umask(int(sys.argv[5], 8))
from linkage.cli.app import run
sys.exit(run(["bundle", "create", sys.argv[1], sys.argv[2], "--view", "court", "--key", sys.argv[3],
              "--recipient", "court", "--out", sys.argv[4]]))
"""


def test_built_twice_the_bytes_are_the_same(sealed: World, court: Path, tmp_path: Path) -> None:
    """Another folder, time zone, locale, umask and hash seed; signature included."""
    made = []
    for number, (zone, locale, umask, seed) in enumerate(
        [("Asia/Kolkata", "C", "077", "1"), ("America/Lima", "tr_TR.UTF-8", "002", "99")]
    ):
        folder = tmp_path / ("a" * (1 + 40 * number))
        shutil.copytree(sealed.case, folder / "case")
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
        command = [
            sys.executable,
            "-c",
            SCRIPT,
            "case",
            GROUP,
            str(sealed.case.parent / "key"),
            "out.zip",
            umask,
        ]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        made.append((folder / "out.zip").read_bytes())
    assert made[0] == made[1] == court.read_bytes()


def test_every_view_has_the_same_seal(sealed: World, court: Path, public: Path) -> None:
    one, other = unpacked(court), unpacked(public)
    for name in ("data/seal/SEAL.txt", "data/seal/SEAL.txt.sig", "data/seal/commitments.txt"):
        assert one[name] == other[name]


# --- no more than the policy opens ---------------------------------------------------------------------


@pytest.mark.parametrize("name", READY)
def test_ready_views_verify(name: str, sealed: World, tmp_path: Path) -> None:
    policy = replace(read_policy(name), min_k=0)
    sealed.create(tmp_path / "view.zip", policy=policy, recipient=name)
    found = sealed.verify(tmp_path / "view.zip")
    assert found.report.good, found.report.faults
    assert found.states and not found.report.failed("V3")
    assert found.opened.small[f"against/{GROUP}/count"] == len(made_case.points(made_case.examined()))


def test_the_public_view_names_nobody(sealed: World, public: Path) -> None:
    content = public.read_bytes()
    hidden = [*NAMES, "card_1", "tmpl_9", "mira", "payments.csv"]
    assert [each for each in hidden if each.encode() in content] == []
    secret = Secret(bytes.fromhex("5a" * 32))
    for account in made_case.OPERATOR:
        assert secret.handle("account", account).encode() not in content


@given(
    st.lists(st.tuples(st.sampled_from(["account", "member", "case"]), st.text()), min_size=1, max_size=30)
)
def test_salts_and_handles_are_the_keyed_digests_that_the_format_says(drawn: list[tuple[str, str]]) -> None:
    """Of the case for what is the same under all its seals, of one seal for the rest; once or often."""
    key = b"k" * 32
    under = hmac.digest(key, b'seal-v1\0["run","head"]', "sha256")
    secret = Secret(key).of_seal("run", "head")
    assert secret.salt("run/seed") == hmac.digest(under, b"salt-v1\0run/seed", "sha256")[:16].hex()
    named = hmac.digest(key, b"group-v1\0op-1", "sha256")[:8].hex()
    assert secret.alias("op-1") == f"g-{named}"
    for kind, name in (*drawn, *drawn):
        said = b"handle-v1\0" + json.dumps([kind, name], separators=(",", ":")).encode("ascii")
        wanted = hmac.digest(key if kind == "case" else under, said, "sha256")[:10].hex()
        assert secret.handle(kind, name) == wanted


def test_the_order_of_units_tells_nothing_of_the_rows(public: Path) -> None:
    paths = [json.loads(line)[1] for line in unpacked(public)["data/disclosures.jsonl"].splitlines()]
    assert paths == sorted(paths) and any(path.startswith("link/") for path in paths)


def test_pseudonyms_of_two_recipients_have_nothing_in_common() -> None:
    secret = Secret(b"k" * 32)
    names = [f"account {number}" for number in range(200)]
    one, other = ({secret.pseudonym(who, each) for each in names} for who in ("one", "other"))
    assert len(one) == len(other) == 200 and not one & other


def test_a_salt_is_needed_to_guess_a_value() -> None:
    one, other = (unit_line(Secret(key * 32), "run/seed", 7) for key in (b"a", b"b"))
    assert one != other and len(json.loads(one)[0]) == 32


def test_counter_evidence_is_never_withheld(sealed: World, tmp_path: Path) -> None:
    for policy in (
        replace(read_policy("court"), withhold=("against.*",)),
        read_policy("court").without((f"against/{GROUP}/*",), "too long"),
    ):
        with pytest.raises(UsageError, match="never withheld"):
            sealed.create(tmp_path / "view.zip", policy=policy)
    assert not (tmp_path / "view.zip").exists()


def test_a_redacted_view_opens_less_and_says_so(sealed: World, court: Path, tmp_path: Path) -> None:
    policy = read_policy("court").without(("seen*/*/fingerprint",), "privilege")
    sealed.create(tmp_path / "less.zip", policy=policy, recipient="expert")
    found = sealed.verify(tmp_path / "less.zip")
    assert found.report.good
    assert found.view["withheld"]["seen.fingerprint, redacted"]["reason"] == "privilege"
    assert b"card_1" not in b"".join(
        line
        for line in unpacked(tmp_path / "less.zip")["data/disclosures.jsonl"].splitlines()
        if b"seen/" in line
    )
    assert sum(found.opened.classes.values()) < sum(sealed.verify(court).opened.classes.values())


def test_what_is_not_opened_is_attested(sealed: World, tmp_path: Path) -> None:
    policy = replace(read_policy("court"), withhold=("link.weights", "member.standing"))
    sealed.create(tmp_path / "view.zip", policy=policy)
    found = sealed.verify(tmp_path / "view.zip")
    assert found.report.good
    assert "attested, not recomputable" in found.states.values()


# --- the gate ------------------------------------------------------------------------------------------


def test_a_small_group_does_not_leave_unless_somebody_says_why(sealed: World, tmp_path: Path) -> None:
    policy = read_policy("public")
    with pytest.raises(UsageError, match="6 accounts, fewer than 10"):
        sealed.create(tmp_path / "view.zip", policy=policy, recipient="gate")
    assert not (tmp_path / "view.zip").exists()
    sealed.create(tmp_path / "view.zip", policy=policy, recipient="gate", override="asked by the court")
    found = sealed.verify(tmp_path / "view.zip")
    assert found.report.good and found.view["override"] == "asked by the court"
    assert b"asked by the court" in unpacked(tmp_path / "view.zip")["data/custody/custody.jsonl"]


def test_accounts_that_look_like_no_other_do_not_leave(tmp_path: Path) -> None:
    own = world(tmp_path)
    traits = replace(PUBLIC, open=(*PUBLIC.open, "seen-days.country"), withhold=PUBLIC.withhold)
    own.create(tmp_path / "a.zip", policy=traits, recipient="a")
    with pytest.raises(UsageError, match="linked as no other one"):
        ends = replace(PUBLIC, open=(*PUBLIC.open, "link.ends"))
        _one_link_less(own, ends, tmp_path)


def _one_link_less(own: World, policy: Policy, folder: Path) -> None:
    from linkage.bundle.reidentification import Profiles, measure, pass_gate

    profiles = Profiles()
    profiles.links = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]
    pass_gate(measure(profiles, profiles, {"g": 6}), policy, "")


def test_two_views_together_tell_more_than_each(tmp_path: Path) -> None:
    """Another recipient may lay both side by side."""
    given = made_case.tables()
    for number, account in enumerate(made_case.OPERATOR):
        for trait, value in (("plan", f"plan-{number % 2}"), ("referrer", f"from-{number // 2 % 2}")):
            given["observations"].append(made_case.observation(account, trait, value, "registration"))
    own = world(tmp_path)
    shutil.rmtree(own.case)
    made_case.write(own.case, given, made_case.receipt())
    audited(own.case, "investigate", "2026-04-11T09:00:00+00:00")
    first, second = (
        replace(PUBLIC, open=(*PUBLIC.open, f"seen-days.{each}")) for each in ("plan", "referrer")
    )
    own.create(tmp_path / "a.zip", policy=first, recipient="a")
    own.create(tmp_path / "a2.zip", policy=first, recipient="a")
    with pytest.raises(UsageError, match="beside what others were given, only 1"):
        own.create(tmp_path / "b.zip", policy=second, recipient="b")


# --- what is sealed is what the run wrote ----------------------------------------------------------------


def test_a_changed_table_is_not_sealed(tmp_path: Path) -> None:
    own = world(tmp_path)
    path = own.case / "findings.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(IntegrityError, match="not the file that the run wrote"):
        own.create(tmp_path / "view.zip")


def test_a_broken_audit_file_is_not_sealed(tmp_path: Path) -> None:
    own = world(tmp_path)
    path = own.case / "audit.ndjson"
    path.write_text(path.read_text().replace('"mira"', '"nobody"', 1))
    with pytest.raises(IntegrityError, match="does not follow"):
        own.create(tmp_path / "view.zip")


def test_an_audit_file_that_was_cut_is_noticed(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "view.zip")
    path = own.case / "audit.ndjson"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:1]))
    with pytest.raises(IntegrityError, match="3 entries were signed, 1 is left"):
        own.create(tmp_path / "again.zip")


def test_a_new_run_is_sealed_anew_and_names_the_seal_before(tmp_path: Path) -> None:
    own = world(tmp_path)
    before = own.create(tmp_path / "first.zip").seal
    made_case.write(own.case, made_case.tables(), made_case.receipt() | {"seed": 8})
    audited(own.case, "investigate", "2026-05-01T09:00:00+00:00")
    made = own.create(tmp_path / "second.zip")
    assert made.newly_sealed and made.seal != before
    assert own.verify(tmp_path / "second.zip").seal["prior-seal"] == before
    assert (own.case / seal.FOLDER / seal.PRIOR / f"{before}.txt").exists()


def test_groups_that_are_none(sealed: World, tmp_path: Path) -> None:
    for groups in (["op-nothing"], [made_case.HOME], []):
        with pytest.raises(CaseError):
            sealed.create(tmp_path / "view.zip", groups=groups)


# --- policies --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 1", "name: is no str"),
        ("nonsense = 1", "no such field"),
        ("name = 'x'", "purpose: is missing"),
        ("name='x'\npurpose='y'\ntlp='TLP:PINK'\nopen=[]\nmin_k=1", "no such label"),
        ("name='../x'\npurpose='y'\ntlp='TLP:RED'\nopen=[]\nmin_k=1", "letters, digits"),
        ("name=", "not TOML"),
    ],
)
def test_a_policy_that_is_none(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "view.toml").write_text(text)
    with pytest.raises(UsageError, match=re.escape(words)):
        read_policy(str(tmp_path / "view.toml"))
    with pytest.raises(UsageError, match="no such view"):
        read_policy("secret")


# --- words -----------------------------------------------------------------------------------------------


def test_no_text_promises_too_much(sealed: World, court: Path, public: Path) -> None:
    generated = re.compile(r"README|methodology/method|certifications|VIEW")
    for path in (court, public):
        for name, content in unpacked(path).items():
            if generated.search(name):
                assert not NEVER.search(content.decode("ascii")), name
    for policy in READY:
        assert not NEVER.search(read_policy(policy).purpose)


def test_words_follow_the_scale() -> None:
    assert [support(bits) for bits in (-1, 0.5, 2, 5, 8, 12, 15, 40)] == [word for _, word in SCALE]


def test_slugs_differ_where_names_differ() -> None:
    names = ["email_domain", "email-domain", "Email_domain", "ip", "ïp", "a b", "a  b", "", "-", "1"]
    assert len({slug(name) for name in names}) == len(names)


# --- a stranger ------------------------------------------------------------------------------------------


def test_a_stranger_checks_by_hand(court: Path, sealed: World, tmp_path: Path) -> None:
    """V0 to V2: the commands of README-FIRST, word by word, with a shell and nothing of ours."""
    done = by_hand(court, tmp_path, sealed.signers)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = done.stdout.splitlines()
    assert told[0].startswith("256 SHA256:") and len(told) == 3
    assert all(line.startswith('Good "evidence-') for line in told[1:])


def _flip(files: dict[str, bytes]) -> None:
    files["data/claims.jsonl"] = files["data/claims.jsonl"].replace(b"V3", b"V2", 1)


def _added(files: dict[str, bytes]) -> None:
    files["data/extra.txt"] = b"x"


def _not_sealed(files: dict[str, bytes]) -> None:
    files["data/disclosures.jsonl"] += b'["' + b"0" * 32 + b'","run/extra",1]\n'


def _other_list(files: dict[str, bytes]) -> None:
    files["data/seal/commitments.txt"] += b"f" * 64 + b"\n"


def test_by_hand_a_stranger_sees_what_is_wrong(court: Path, sealed: World, tmp_path: Path) -> None:
    files = unpacked(court)
    for name, change in (("flip", _flip), ("added", _added)):
        changed = dict(files)
        change(changed)
        bad = packed(tmp_path / f"{name}.zip", changed)
        assert by_hand(bad, tmp_path / name, sealed.signers, script=commands(court)).returncode != 0
    for name, change in (("not sealed", _not_sealed), ("another list", _other_list)):
        bad = forged(court, tmp_path / f"{name}.zip", change, sealed.key)
        done = by_hand(bad, tmp_path / name, sealed.signers)
        assert done.returncode == 0 and len(done.stdout.splitlines()) == 4, done.stdout
    other = new_key(tmp_path / "other", PRINCIPAL)
    stranger = signer_line(other, seal=True, view=True)
    assert by_hand(court, tmp_path / "other key", stranger).returncode != 0


def test_a_stranger_checks_with_one_file(court: Path, signers: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    shutil.copy(court, tmp_path / "empty" / "case.zip")
    shutil.copy(VERIFIER, tmp_path / "empty")
    command = [
        sys.executable,
        "-I",
        "-S",
        "verify_bundle.py",
        "case.zip",
        "--signers",
        str(signers),
        "--recompute",
    ]
    done = subprocess.run(
        command, cwd=tmp_path / "empty", env={"PATH": "/usr/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.endswith("verified\n")
    assert re.search(r"V3 .* holds", done.stdout)
    assert sorted(each.name for each in (tmp_path / "empty").iterdir()) == ["case.zip", "verify_bundle.py"]


def test_the_one_file_is_what_the_modules_give() -> None:
    command = [sys.executable, str(VERIFIER.parent / "scripts" / "one-file"), "--check"]
    subprocess.run(command, check=True)


def test_the_one_file_says_what_is_wrong_with_its_arguments(court: Path, tmp_path: Path) -> None:
    assert standalone(court, tmp_path / "none").returncode == 2
    assert standalone(tmp_path / "none.zip", tmp_path / "none").returncode == 2
