"""Common and combined log format of Apache's mod_log_config; variables of nginx's http_log_module."""

import hashlib
from pathlib import Path

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

COMBINED = (
    '192.0.2.1 - acct-1 [04/May/2026:08:00:00 +0000] "POST /v1 HTTP/1.1" 200 812 "-" "curl/8.7.1"\n'
    '192.0.2.2 - - [04/May/2026:08:00:01 +0000] "GET /health HTTP/1.1" 200 2 "-" "probe"\n'
)
TABLE = (
    "remote_addr,remote_user,time_local,http_user_agent\n"
    "192.0.2.1,acct-1,2026-05-04T08:00:00Z,curl/8.7.1\n"
    "192.0.2.2,-,2026-05-04T08:00:01Z,probe\n"
)
OBJECTS = lines(
    {
        "time_iso8601": "2026-05-04T08:00:02+00:00",
        "remote_addr": "2001:db8::1",
        "remote_user": "-",
        "http_x_account_id": "acct-2",
        "http_x_forwarded_for": "-",
        "request": "POST /v1 HTTP/1.1",
        "http_user_agent": "curl/8.7.1",
        "cookie_device_id": "d-1",
    },
    {
        "msec": "1777881603.250",
        "remote_addr": "10.0.0.1",
        "http_authorization": "Bearer key-3",
        "http_x_forwarded_for": "203.0.113.3",
        "request": "POST /v1 HTTP/1.1",
    },
    {"msec": 1777881604.5, "remote_addr": "10.0.0.1", "request": "GET / HTTP/1.1", "remote_user": ""},
    {"msec": {}, "remote_addr": ["10.0.0.1"], "request": 7, "remote_user": {"name": []}},
)

SAMPLES = {"nginx": {"access.log": COMBINED, "access.csv": TABLE, "access.json": OBJECTS}}


def test_a_table_with_the_servers_variables(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"access.csv": TABLE})) == {
        "sessions": [
            {
                "account": "acct-1",
                "at": micros("2026-05-04T08:00:00Z"),
                "ip": "192.0.2.1",
                "user_agent": "curl/8.7.1",
            }
        ]
    }


def test_lines_of_a_log(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"access.log": COMBINED})) == {
        "sessions": [
            {
                "account": "acct-1",
                "at": micros("2026-05-04T08:00:00Z"),
                "ip": "192.0.2.1",
                "user_agent": "curl/8.7.1",
            }
        ]
    }


def test_lines_of_json(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"access.json": OBJECTS})) == {
        "sessions": [
            {
                "account": "acct-2",
                "at": micros("2026-05-04T08:00:02Z"),
                "ip": "2001:db8::1",
                "user_agent": "curl/8.7.1",
                "device": "d-1",
            },
            {
                "account": hashlib.sha256(b"bearer key-3").hexdigest(),
                "at": micros("2026-05-04T08:00:03.250Z"),
                "ip": "203.0.113.3",
            },
        ]
    }
