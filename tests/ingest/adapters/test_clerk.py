"""Clerk documentation: Export your users; Backend API reference, the User and Session objects."""

import hashlib
import json
from pathlib import Path

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

HEADER = "id,first_name,last_name,username,primary_email_address,primary_phone_number,totp_secret,created_at"
TABLE = (
    f"{HEADER}\n"
    "user_1,,,,One@example.org,+358401,,2026-05-04T08:00:00Z\n"
    "user_2,,,two,,+358402,,2026-05-04T08:00:01Z\n"
)
USERS = [
    {
        "id": "user_1",
        "object": "user",
        "created_at": 1777881600000,
        "email_addresses": [{"id": "idn_1", "email_address": "One@example.org"}],
        "phone_numbers": [{"id": "idn_2", "phone_number": "+358401"}],
    },
    {"id": "user_2", "object": "user", "created_at": 1777881601000, "username": "two", "email_addresses": []},
    {"id": None, "object": "user", "created_at": 1777881602000, "username": "three"},
    {"id": "user_4", "username": "four", "created_at": {}, "email_addresses": "x", "phone_numbers": [3]},
]
SESSION = {
    "id": "sess_1",
    "object": "session",
    "user_id": "user_1",
    "client_id": "client_1",
    "status": "active",
    "last_active_at": 1777881600000,
    "created_at": 1777800000000,
    "latest_activity": {"ip_address": "192.0.2.6", "browser_name": "Firefox", "browser_version": "125.0"},
}
SESSIONS = [
    SESSION,
    {**SESSION, "id": "sess_2", "last_active_at": None, "latest_activity": None, "user_id": "user_2"},
    {**SESSION, "id": "sess_3", "user_id": None},
    {**SESSION, "id": "sess_4", "user_id": ["u"], "latest_activity": "x"},
]

SAMPLES = {
    "clerk-users": {"users.csv": TABLE, "users.json": json.dumps(USERS)},
    "clerk-sessions": {"sessions_page.json": json.dumps({"data": SESSIONS, "total_count": 4})},
}

START = micros("2026-05-04T08:00:00Z")
ONE = {
    "account": "user_1",
    "created_at": START,
    "email_domain": "example.org",
    "email_hash": hashlib.sha256(b"one@example.org").hexdigest(),
    "phone_hash": hashlib.sha256(b"+358401").hexdigest(),
}
SEEN = {"account": "user_1", "at": START, "ip": "192.0.2.6", "device": "client_1"}
# Sign-ups alone are no evidence of a link, so that a source must have something besides.
BESIDES = {"visits.json": lines(SESSION)}


def test_users_of_the_dashboards_export(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, {"users.csv": TABLE, **BESIDES}))
    phone = hashlib.sha256(b"+358402").hexdigest()
    assert tables["accounts"] == [
        ONE,
        {"account": "user_2", "created_at": START + 10**6, "phone_hash": phone},
    ]


def test_users_of_the_interface(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, {"users.json": json.dumps(USERS), **BESIDES}))
    assert tables["accounts"][:2] == [ONE, {"account": "user_2", "created_at": START + 10**6}]
    assert {row["account"] for row in tables["accounts"]} <= {"user_1", "user_2", "user_4"}


def test_sessions_of_the_interface(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, SAMPLES["clerk-sessions"]))
    before = {"account": "user_2", "at": 1777800000000 * 1000, "device": "client_1"}
    assert tables == {"sessions": [SEEN, before]}
