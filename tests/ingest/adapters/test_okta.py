"""Okta API reference: System Log, the LogEvent object."""

import hashlib
from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write


def event(second: int, kind: Any, **given: Any) -> dict[str, Any]:
    return {
        "uuid": f"e-{second}",
        "published": f"2026-05-04T08:00:{second:02}.000Z",
        "eventType": kind,
        "actor": {"id": "00u1", "type": "User", "alternateId": "one@example.org"},
        "client": {
            "userAgent": {"rawUserAgent": "Mozilla/5.0 (X11; Linux x86_64)", "browser": "FIREFOX"},
            "ipAddress": "192.0.2.3",
            "device": "Computer",
        },
        "outcome": {"result": "SUCCESS"},
        "securityContext": {"asNumber": 64500, "isProxy": False},
        "debugContext": {"debugData": {"deviceFingerprint": "fp-1"}},
        "target": None,
        **given,
    }


SYSTEM = {"id": "00s", "type": "SystemPrincipal", "alternateId": "system@example.org"}
MADE = [
    {"id": "app", "type": "AppInstance"},
    {"id": "00u2", "type": "User", "alternateId": "Two@Example.org"},
]

SAMPLES = {
    "okta": {
        "system_log.jsonl": lines(
            event(0, "user.session.start"),
            event(1, "user.lifecycle.create", actor=SYSTEM, target=MADE),
            event(2, "user.session.start", outcome={"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}),
            event(3, "user.lifecycle.create", actor=SYSTEM, target=[]),
            event(4, {"a": 1}, actor="somebody", client=[], outcome=None, target="00u"),
        )
    }
}


def test_sign_ups_are_accounts_and_what_succeeded_sessions(tmp_path: Path) -> None:
    start = micros("2026-05-04T08:00:00Z")
    assert read_rows(write(tmp_path, SAMPLES["okta"])) == {
        "accounts": [
            {
                "account": "00u2",
                "created_at": start + 10**6,
                "email_domain": "example.org",
                "email_hash": hashlib.sha256(b"two@example.org").hexdigest(),
            }
        ],
        "sessions": [
            {
                "account": "00u1",
                "at": start,
                "ip": "192.0.2.3",
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
                "device": "fp-1",
                "asn": "64500",
            }
        ],
    }
