"""Auth0 documentation: Log Event Type Codes, Log Streams, Logs of the Management API."""

import hashlib
from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write


def log(second: int, kind: Any, user: Any, **given: Any) -> dict[str, Any]:
    return {
        "date": f"2026-05-04T08:00:{second:02}.000Z",
        "type": kind,
        "connection": "Username-Password-Authentication",
        "client_id": "app-1",
        "ip": "192.0.2.9",
        "user_agent": "Chrome 124.0.0 / Linux 0.0.0",
        "user_id": user,
        **given,
    }


MADE = {
    "details": {"body": {"email": "One@Example.org", "phone_number": "+358 40 1"}},
    "location_info": {"country_code": "FI"},
    "organization_id": "org_1",
}
STREAM = [
    log(0, "ss", "auth0|1", **MADE),
    log(1, "s", "auth0|1"),
    log(2, "fp", "auth0|2", ip="203.0.113.66"),
    log(3, "s", None),
    log(4, "sapi", "auth0|2", ip="198.51.100.1"),
    log(5, ["ss"], {"id": 1}, ip=7, details=[], user_agent={"a": "b"}),
]

SAMPLES = {
    "auth0": {
        "stream.jsonl": lines(
            *({"log_id": f"90020260504{n}", "data": each} for n, each in enumerate(STREAM))
        ),
        "logs.json": "[" + ",".join(lines(*({**each, "log_id": "9"} for each in STREAM)).splitlines()) + "]",
        "bus.jsonl": lines(
            *(
                {"detail-type": "Auth0 log", "source": "aws.partner", "detail": {"log_id": "9", "data": each}}
                for each in STREAM
            )
        ),
    }
}

START = micros("2026-05-04T08:00:00Z")
EXPECTED = {
    "accounts": [
        {
            "account": "auth0|1",
            "created_at": START,
            "email_domain": "example.org",
            "email_hash": hashlib.sha256(b"one@example.org").hexdigest(),
            "phone_hash": hashlib.sha256(b"+358 40 1").hexdigest(),
            "country": "FI",
            "organisation": "org_1",
        }
    ],
    "sessions": [
        {"account": "auth0|1", "at": at, "ip": "192.0.2.9", "user_agent": "Chrome 124.0.0 / Linux 0.0.0"}
        for at in (START, START + 10**6)
    ],
}


def test_every_way_of_delivery_gives_the_same_rows(tmp_path: Path) -> None:
    for name, content in SAMPLES["auth0"].items():
        folder = write(tmp_path / name.partition(".")[0], {name: content})
        assert read_rows(folder) == EXPECTED, name


def test_a_name_that_is_no_mail_address_is_not_hashed_as_one(tmp_path: Path) -> None:
    made = [log(0, "ss", "auth0|1", user_name="one"), log(1, "ss", "auth0|2", user_name="two@example.org")]
    rows = read_rows(write(tmp_path, {"l.jsonl": lines(*({**each, "log_id": "9"} for each in made))}))
    assert ["email_hash" in row for row in rows["accounts"]] == [False, True]
