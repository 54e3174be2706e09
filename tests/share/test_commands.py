"""share and keys exchange, as somebody types them."""

import json
import subprocess
from pathlib import Path

from linkage.attribution.exchange_key import read_exchange_key
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.cli.share import ROLE
from tests.conftest import Command
from tests.share.conftest import Spring
from tests.share.read import objects


def test_a_signed_bundle_for_a_stranger(linkage: Command, spring: Spring, tmp_path: Path) -> None:
    assert linkage("keys", "new", tmp_path / "key", "--name", "legal@provider.example")[0] == 0
    out = tmp_path / "partner.json"
    given = ["share", spring.case.path, spring.group, "--out", out, "--key", tmp_path / "key"]
    code, printed, told = linkage(*given, "--tlp", "red", "--who", "mira")
    assert code == 0 and "TLP:RED" in printed and "Not shared" in printed
    assert "ssh-keygen -Y verify" in told
    names = [each["name"] for each in objects(out.read_bytes()) if each["type"] == "identity"]
    assert names == ["legal@provider.example"]
    entry = read_lines(spring.case.path / AUDIT)[-1]
    assert (entry["action"], entry["who"], entry["detail"]["tlp"]) == ("share", "mira", "TLP:RED")
    key = (tmp_path / "key.pub").read_text().split()
    (tmp_path / "signers").write_text(f"legal@provider.example {key[0]} {key[1]}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "legal@provider.example", "-n", ROLE]
    done = subprocess.run(
        [*command, "-s", "partner.json.sig"],
        cwd=tmp_path,
        input=out.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_bundle_under_an_exchange_key(linkage: Command, spring: Spring, tmp_path: Path) -> None:
    code, name, told = linkage("keys", "exchange", tmp_path / "x")
    assert code == 0 and name.strip() == read_exchange_key(tmp_path / "x").name() and "nobody else" in told
    out = tmp_path / "partner.json"
    given = ["share", spring.case.path, spring.group, "--out", out, "--exchange-key", tmp_path / "x"]
    code, printed, told = linkage(*given, "--output", "json")
    assert code == 0 and "digests" not in printed
    assert {row["operator"] for row in json.loads(printed)["rows"]} == {spring.group}
    patterns = [each["pattern"] for each in objects(out.read_bytes()) if each["type"] == "indicator"]
    assert patterns and all(each.startswith("[x-linkage-keyed:") for each in patterns)


def test_what_is_wrong_is_said(linkage: Command, spring: Spring, tmp_path: Path) -> None:
    basic = ["share", spring.case.path, spring.group, "--out", tmp_path / "a.json"]
    assert linkage(*basic, "--tlp", "white")[0] == 2
    assert linkage(*basic, "--exchange-key", tmp_path / "none")[0] == 2
    linkage("keys", "exchange", tmp_path / "x")
    code, _, told = linkage(*basic, "--exchange-key", tmp_path / "x", "--with-text")
    assert code == 2 and "a digest of a text" in told
    assert linkage("share", spring.case.path, "op-none", "--out", tmp_path / "a.json")[0] == 2
    assert linkage("share", spring.case.path, spring.group, "--out", tmp_path / "no" / "a.json")[0] == 2
    assert linkage("share", tmp_path, spring.group, "--out", tmp_path / "a.json")[0] == 2
    assert not (tmp_path / "a.json").exists()
