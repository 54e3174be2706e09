"""The commands, as somebody types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from linkage.bundle import trusted_signers
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from tests.bundle.made import GROUP, PRINCIPAL, World, forged, standalone, world
from tests.conftest import Command


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signers are looked for in a home of the test's own."""
    monkeypatch.setattr(trusted_signers, "user_config_path", lambda name: tmp_path / "home" / name)


@pytest.fixture
def own(tmp_path: Path) -> World:
    return world(tmp_path)


def make(linkage: Command, own: World, out: Path, *more: object) -> tuple[int, str, str]:
    key = own.case.parent / "key"
    basic = ["--view", "court", "--key", key, "--recipient", "court", "--out", out]
    return linkage("bundle", "create", own.case, GROUP, *basic, *more)


def test_from_a_key_to_a_verified_bundle(linkage: Command, own: World, tmp_path: Path) -> None:
    code, printed, told = linkage("keys", "new", tmp_path / "mine", "--name", "mine@provider.example")
    assert code == 0 and printed.startswith("SHA256:") and "keep it to yourself" in told
    asked = ["ssh-keygen", "-lf", str(tmp_path / "mine.pub")]
    assert printed.strip() in subprocess.run(asked, capture_output=True, text=True, check=True).stdout

    code, printed, told = make(linkage, own, tmp_path / "a.zip")
    assert code == 0 and "the case is sealed" in told
    assert "the view shows account ids" in printed
    assert linkage("bundle", "verify", tmp_path / "a.zip")[0] == 5

    given = ["keys", "trust", tmp_path / "key.pub", "--name", PRINCIPAL, "--fingerprint"]
    assert linkage(*given, "SHA256:wrong")[0] == 2
    assert linkage(*given, own.key.fingerprint)[0] == 0
    assert own.key.fingerprint in linkage("keys", "show")[1]
    code, printed, _ = linkage("bundle", "verify", tmp_path / "a.zip", "--recompute")
    assert code == 0 and printed.rstrip().endswith("verified") and PRINCIPAL in printed

    acts = [row["action"] for row in read_lines(own.case / AUDIT)]
    assert acts[-1] == "bundle create"
    assert linkage("audit", own.case)[0] == 0


def test_a_check_loads_neither_tables_nor_what_makes_keys(court: Path, signers: Path) -> None:
    """Whoever checks a bundle waits for what the check needs: the report is drawn, too."""
    given = ["bundle", "verify", str(court), "--signers", str(signers), "--recompute"]
    code = (
        f"import sys\nfrom linkage.cli import run\nassert run({given!r}) == 0\n"
        "heavy = {'pyarrow', 'cryptography', 'duckdb', 'urllib.request', 'linkage.case'}\n"
        "assert 'linkage.report.html' in sys.modules and not heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_trust_has_roles_and_bounds(linkage: Command, own: World, tmp_path: Path) -> None:
    assert make(linkage, own, tmp_path / "a.zip")[0] == 0
    given = ["keys", "trust", tmp_path / "key.pub", "--name", PRINCIPAL, "--fingerprint", own.key.fingerprint]
    assert linkage(*given, "--role", "view")[0] == 0
    code, printed, _ = linkage("bundle", "verify", tmp_path / "a.zip")
    assert code == 5 and "may not sign this" in printed
    assert linkage(*given, "--role", "seal", "--until", "20200101Z")[0] == 0
    assert "no longer valid" in linkage("bundle", "verify", tmp_path / "a.zip")[1]
    assert linkage("bundle", "verify", tmp_path / "a.zip", "--at", "20190101Z")[0] == 0
    assert linkage(*given, "--role", "king")[0] == 2
    assert linkage(*given, "--from", "tomorrow")[0] == 2
    assert linkage("bundle", "verify", tmp_path / "a.zip", "--at", "tomorrow")[0] == 2


def test_both_verifiers_say_the_same(linkage: Command, own: World, tmp_path: Path) -> None:
    make(linkage, own, tmp_path / "a.zip")
    (tmp_path / "signers").write_text(own.signers)
    bad = forged(
        tmp_path / "a.zip", tmp_path / "bad.zip", lambda f: f.update({"data/claims.jsonl": b"{}\n"}), own.key
    )
    for path, code in ((tmp_path / "a.zip", 0), (bad, 5)):
        ours = linkage(
            "bundle", "verify", path, "--signers", tmp_path / "signers", "--recompute", "--output", "json"
        )
        theirs = standalone(path, tmp_path / "signers", "--recompute", "--json")
        one, other = json.loads(ours[1]), json.loads(theirs.stdout)
        assert {key: one[key] for key in other} == other
        assert (ours[0], theirs.returncode) == (code, code)


def test_a_view_of_ones_own_and_one_redacted(linkage: Command, own: World, tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text(
        'name = "few"\npurpose = "for a test"\ntlp = "TLP:RED"\nmin_k = 2\n'
        'open = ["claim.*", "against.*", "group.*", "validation.*"]\n'
    )
    key = tmp_path / "key"
    basic = ["--key", key, "--recipient", "x", "--out", tmp_path / "few.zip"]
    assert linkage("bundle", "create", own.case, GROUP, "--view", tmp_path / "few.toml", *basic)[0] == 0
    less = ["--view", "court", "--withhold", "link.*", "--reason", "privilege", *basic]
    assert linkage("bundle", "redact", own.case, GROUP, *less)[0] == 0
    check = ["bundle", "verify", tmp_path / "few.zip", "--output", "json"]
    code, printed, _ = linkage(*check)
    rung = json.loads(printed)["ladder"][2]
    assert code == 5 and (rung["state"], rung["remark"][:8]) == ("not checked", "V1 fails")
    code, printed, _ = linkage(*check, "--keep-going")
    assert code == 5 and json.loads(printed)["ladder"][2]["state"] == "holds"


def test_a_challenge_from_end_to_end(linkage: Command, own: World, tmp_path: Path) -> None:
    make(linkage, own, tmp_path / "a.zip")
    (tmp_path / "signers").write_text(own.signers)
    asked = ["--beacon", "lottery 4 8 15 16 23 42", "--count", "20", "--out", tmp_path / "challenge"]
    code, printed, _ = linkage("bundle", "challenge", "pick", tmp_path / "a.zip", *asked)
    assert code == 0 and len(printed.split()) == 20
    given = [own.case, tmp_path / "challenge", "--out", tmp_path / "answer"]
    assert linkage("bundle", "challenge", "answer", *given)[0] == 0
    check = ["bundle", "verify", tmp_path / "a.zip", "--signers", tmp_path / "signers"]
    mine = ["--answer", str(tmp_path / "answer"), "--beacon", asked[1], "--count", "20"]
    code, printed, _ = linkage(*check, *mine)
    assert code == 0 and "units drawn and opened" in printed and asked[1] in printed
    assert standalone(tmp_path / "a.zip", tmp_path / "signers", *mine).returncode == 0
    assert linkage(*check, *mine[:2])[0] == 2, "without a beacon of the verifier's own"
    assert standalone(tmp_path / "a.zip", tmp_path / "signers", *mine[:2]).returncode == 2
    assert linkage(*check, *mine[:3], "another public number")[0] == 5
    (tmp_path / "answer").write_bytes(b"")
    assert linkage(*check, *mine)[0] == 5
    assert read_lines(own.case / AUDIT)[-1]["action"] == "bundle challenge"


def test_two_keys_for_two_roles(linkage: Command, own: World, tmp_path: Path) -> None:
    linkage("keys", "new", tmp_path / "custodian", "--name", "custody@provider.example")
    assert make(linkage, own, tmp_path / "a.zip", "--seal-key", tmp_path / "custodian")[0] == 0
    (tmp_path / "signers").write_text(own.signers)
    assert linkage("bundle", "verify", tmp_path / "a.zip", "--signers", tmp_path / "signers")[0] == 5
    words = (tmp_path / "custodian.pub").read_text().split()
    both = f'{own.signers}custody@provider.example namespaces="evidence-seal@v1" {words[0]} {words[1]}\n'
    (tmp_path / "signers").write_text(both)
    code, printed, _ = linkage("bundle", "verify", tmp_path / "a.zip", "--signers", tmp_path / "signers")
    assert code == 0 and "custody@provider.example" in printed


def test_what_is_wrong_is_said(linkage: Command, own: World, tmp_path: Path) -> None:
    out = tmp_path / "a.zip"
    basic = ["bundle", "create", own.case]
    rest = ["--recipient", "x", "--out", out]
    key = ["--key", tmp_path / "key"]
    for arguments, words in (
        ([GROUP, "--view", "none", *key, *rest], "no such view"),
        ([GROUP, "--view", "court", "--key", tmp_path / "none", *rest], "cannot be read"),
        (["op-none", "--view", "court", *key, *rest], "no reported group"),
        ([GROUP, "--view", "court", *key, "--recipient", " ", "--out", out], "needs a recipient"),
        (
            [GROUP, "--view", "court", *key, "--recipient", "x", "--out", tmp_path / "no" / "a.zip"],
            "cannot be written",
        ),
        ([GROUP, "--view", "public", *key, *rest], "fewer than 10"),
    ):
        code, _, told = linkage(*basic, *arguments)
        assert code == 2 and words in told, told
    assert not out.exists()
    assert linkage("bundle", "verify", tmp_path / "none.zip")[0] == 5
    assert linkage("bundle", "verify", out, "--signers", tmp_path / "none")[0] == 2


def test_hostile_text_stays_text(linkage: Command, own: World, tmp_path: Path) -> None:
    """A recipient's name, a reason, or a forged name in an archive steers no terminal."""
    hostile = "\x1b[2Jevil\u202e\n{recipient}"
    code, printed, told = make(
        linkage, own, tmp_path / "a.zip", "--override", hostile, "--recipient", hostile
    )
    assert code == 0 and "\x1b" not in printed + told
    (tmp_path / "signers").write_text(own.signers)
    code, printed, _ = linkage(
        "bundle", "verify", tmp_path / "a.zip", "--signers", tmp_path / "signers", "--recompute"
    )
    assert code == 0 and "\x1b" not in printed
    assert "\x1b" not in standalone(tmp_path / "a.zip", tmp_path / "signers").stdout
