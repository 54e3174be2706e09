"""doctor: what a source can support, and what is wrong with a case."""

import json
from pathlib import Path

import pytest

from linkage.prompts import encoder
from tests import made_case
from tests.conftest import Command


def test_doctor_says_what_a_source_cannot_support(linkage: Command, tmp_path: Path) -> None:
    (tmp_path / "sessions.csv").write_text("account,at,ip\na,2026-01-01,192.0.2.1\n")
    (tmp_path / "observations.ndjson").write_text(
        'not json\n{"account": "a", "trait": "fingerprint", "value": "x"}\n'
    )
    code, out, _ = linkage("doctor", tmp_path, "--output", "json")
    assert code == 0, out
    said = {row["signal"]: row for row in json.loads(out)["signals"]}
    assert said["address"]["supported"]
    assert said["card"]["supported"]
    assert not said["network operator"]["supported"]
    assert said["network operator"]["missing"] == ["asn"]
    assert linkage("doctor", tmp_path / "sessions.csv")[0] == 0
    (tmp_path / "none").mkdir()
    assert linkage("doctor", tmp_path / "none")[0] == 3


def test_doctor_knows_every_signal(linkage: Command, tmp_path: Path) -> None:
    from linkage.evidence.signals.registry import SIGNALS

    (tmp_path / "sessions.csv").write_text("account,at,ip\na,2026-01-01,192.0.2.1\n")
    rows = json.loads(linkage("doctor", tmp_path, "--output", "json")[1])["signals"]
    assert [row["signal"] for row in rows] == [signal.name for signal in SIGNALS]


def test_doctor_sees_a_tampered_audit_file(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    linkage("groups", case)
    (case / "audit.ndjson").write_text((case / "audit.ndjson").read_text().replace('"groups"', '"show"'))
    code, out, _ = linkage("doctor", case)
    assert code == 1
    assert "does not follow" in out


def test_doctor_misses_no_optional_part(linkage: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder.util, "find_spec", lambda name: None)
    code, out, _ = linkage("doctor", "--output", "json")
    said = {row["check"]: row for row in json.loads(out)["rows"]}
    assert code == 0
    assert "operator-linkage[judge]" in said["transformer"]["detail"]
