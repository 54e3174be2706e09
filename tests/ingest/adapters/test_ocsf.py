"""OCSF: Authentication (3002), API Activity (6003) with the profile AI Operation; Security Lake's Parquet."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, parquet, write

START = 1777881600000
LAKE = "region=us-east-1/accountId=111122223333/eventDay=20260504/part-00000.gz.parquet"


def sign_in(at: int, user: Any, status: int = 1) -> dict[str, Any]:
    return {
        "class_uid": 3002,
        "category_uid": 3,
        "activity_id": 1,
        "type_uid": 300201,
        "status_id": status,
        "time": at,
        "metadata": {"version": "1.5.0", "product": {"name": "idp"}},
        "user": user,
        "src_endpoint": {"ip": "192.0.2.1", "autonomous_system": {"number": 64500}},
        "http_request": {"user_agent": "Mozilla/5.0 (X11; Linux x86_64)"},
        "device": {"uid": "dev-1"},
    }


def call(at: int, user: Any, **given: Any) -> dict[str, Any]:
    return {
        "class_uid": 6003,
        "category_uid": 6,
        "activity_id": 1,
        "type_uid": 600301,
        "status_id": 1,
        "time": at,
        "metadata": {"version": "1.5.0", "product": {"name": "gateway"}, "uid": f"ev-{at - START}"},
        "actor": {"user": user},
        "src_endpoint": {"ip": "198.51.100.2"},
        "http_request": {"user_agent": "python-httpx/0.27.0"},
        **given,
    }


MODEL = {
    "ai_model": {"name": "gpt-4o-mini", "ai_provider": "OpenAI"},
    "message_context": {"uid": "conv-1", "prompt_tokens": 12, "completion_tokens": 34},
    "api": {"operation": "InvokeModel", "request": {"uid": "req-1", "data": "name three rivers"}},
}

SAMPLES = {
    "ocsf": {
        "events.jsonl": lines(
            sign_in(START, {"uid": "acct-1", "email_addr": "one@example.org"}),
            sign_in(START + 1, {"name": "acct-2"}, status=2),
            call(START + 2, {"uid": "acct-1", "credential_uid": "key-1"}, **MODEL),
            call(START + 3, {"name": "acct-3"}, api={"operation": "ListBuckets"}),
            call(START + 4, {"type_id": 1}, **MODEL),
            call(START + 5, "nobody", ai_model=["m"], message_context="x", src_endpoint=7),
        ),
        LAKE: parquet(
            [
                call(START, {"uid": "acct-4", "credential_uid": None}, **MODEL),
                call(
                    START + 1, {"uid": "acct-5", "credential_uid": "k"}, ai_model=None, message_context=None
                ),
            ]
        ),
    }
}


def test_sign_ins_and_calls_without_a_model_are_sessions(tmp_path: Path) -> None:
    sessions = read_rows(write(tmp_path, SAMPLES["ocsf"]))["sessions"]
    assert [row["account"] for row in sessions] == ["acct-1", "acct-3", "acct-5"]
    assert sessions[0] == {
        "account": "acct-1",
        "at": micros("2026-05-04T08:00:00Z"),
        "ip": "192.0.2.1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
        "device": "dev-1",
        "asn": "64500",
    }


def test_calls_of_a_model_are_interactions(tmp_path: Path) -> None:
    calls = read_rows(write(tmp_path, SAMPLES["ocsf"]))["interactions"]
    same = {
        "interaction": "req-1",
        "prompt": "name three rivers",
        "model": "gpt-4o-mini",
        "input_tokens": 12,
        "output_tokens": 34,
        "ip": "198.51.100.2",
        "user_agent": "python-httpx/0.27.0",
    }
    start = micros("2026-05-04T08:00:00Z")
    assert calls == [
        {"account": "acct-1", "at": start + 2000, "api_key": "key-1", **same},
        {"account": "acct-4", "at": start, **same},
    ]


def test_the_lakes_own_times_are_read_where_there_are_no_others(tmp_path: Path) -> None:
    plain = {**MODEL, "ai_model": None, "message_context": None}
    rows = [call(START, {"uid": "acct-1"}, **plain), call(START, {"uid": "acct-2"}, **MODEL)]
    dated = [{**row, "time": None, "time_dt": datetime(2026, 5, 4, 8, tzinfo=UTC)} for row in rows]
    tables = read_rows(write(tmp_path, {"part-0.parquet": parquet(dated)}))
    found = {(table, row["account"], row["at"]) for table, each in tables.items() for row in each}
    start = micros("2026-05-04T08:00:00Z")
    assert found == {("sessions", "acct-1", start), ("interactions", "acct-2", start)}


def test_a_sign_in_that_failed_is_not_the_owners(tmp_path: Path) -> None:
    """Who guesses passwords leaves an address at every account."""
    sessions = read_rows(write(tmp_path, SAMPLES["ocsf"]))["sessions"]
    assert "acct-2" not in {row["account"] for row in sessions}
