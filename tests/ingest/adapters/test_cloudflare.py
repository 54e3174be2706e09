"""Cloudflare Logs, Logpush datasets: AI Gateway Events and HTTP requests; the API's list of gateway logs."""

import hashlib
import json
from pathlib import Path

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write

LOCKED = {"type": "encrypted", "key": "AA==", "iv": "AA==", "data": "aGlkZGVu"}


def event(**given: object) -> dict[str, object]:
    return {
        "Cached": False,
        "Endpoint": "chat/completions",
        "Gateway": "edge",
        "Model": "gpt-4o-mini",
        "Provider": "openai",
        "RateLimited": False,
        "StatusCode": 200,
        "RequestBody": LOCKED,
        "ResponseBody": LOCKED,
        "Metrics": {"cost": 0.0042, "durationMs": 1234},
        **given,
    }


def listed(**given: object) -> dict[str, object]:
    return {
        "cached": False,
        "created_at": "2026-05-04T08:00:00Z",
        "duration": 900,
        "model": "gpt-4o-mini",
        "path": "chat/completions",
        "provider": "openai",
        "request_type": "chat",
        "status_code": 200,
        "success": True,
        "tokens_in": 12,
        "tokens_out": 34,
        **given,
    }


def request(**given: object) -> dict[str, object]:
    return {
        "ClientIP": "192.0.2.7",
        "ClientASN": 64500,
        "ClientRequestUserAgent": "python-httpx/0.27.0",
        "ClientRequestHost": "api.example.org",
        "JA4": "t13d1516h2_8daaf6152771_02713d6af862",
        "RayID": "8f0c1d2e3a4b5c6d",
        "RequestHeaders": {},
        "Cookies": {},
        **given,
    }


SAMPLES = {
    "cloudflare-ai-gateway": {
        "ai_gateway_events/20260504/20260504T080000Z_20260504T080500Z_1a2b3c4d.log": lines(
            event(Timestamp=1777881600000000000, Metadata={"user_id": "acct-1"}),
            event(Timestamp="2026-05-04T08:00:01Z", Metadata='{"userId":"acct-2","team":"x"}'),
            event(Timestamp=1777881602000000000, Metadata={"team": "x"}),
            event(Timestamp=[], Metadata={"user": "acct-3"}, Model={"name": "m"}),
        )
    },
    "cloudflare-ai-gateway-logs": {
        "logs.json": json.dumps(
            {
                "success": True,
                "errors": [],
                "result": [
                    listed(id="01J1", metadata='{"user_id":"acct-1"}'),
                    listed(id="01J2", metadata={"user": "acct-2"}, tokens_in=None),
                    listed(id="01J3", metadata=None),
                    listed(id=[], metadata='{"user": [1]}', created_at={}),
                ],
            }
        )
    },
    "cloudflare-http": {
        "http_requests/20260504/20260504T080000Z_20260504T080500Z_ab12cd34.log": lines(
            request(
                EdgeStartTimestamp="2026-05-04T08:00:00Z",
                RequestHeaders={"x-account-id": "acct-1"},
                Cookies={"device_id": "d-9", "sid": "s-1"},
            ),
            request(EdgeStartTimestamp=1777881601, RequestHeaders={"authorization": "Bearer key-2"}),
            request(
                EdgeStartTimestamp=1777881602000000000, ClientIP="2001:DB8:0::7", Cookies='{"uid":"u-3"}'
            ),
            request(
                EdgeStartTimestamp="2026-05-04T08:00:03Z", ResponseHeaders={"openai-organization": "o-4"}
            ),
            request(EdgeStartTimestamp="2026-05-04T08:00:04Z"),
            request(EdgeStartTimestamp=None, RequestHeaders=["x"], Cookies={"uid": {"a": []}}),
        )
    },
}


def test_events_of_the_gateway_have_the_account_of_their_metadata(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, SAMPLES["cloudflare-ai-gateway"]))
    first = micros("2026-05-04T08:00:00Z")
    assert tables == {
        "interactions": [
            {"account": "acct-1", "at": first, "model": "gpt-4o-mini"},
            {"account": "acct-2", "at": first + 1_000_000, "model": "gpt-4o-mini"},
        ]
    }


def test_a_page_of_the_interface(tmp_path: Path) -> None:
    made = {"at": micros("2026-05-04T08:00:00Z"), "model": "gpt-4o-mini", "output_tokens": 34}
    assert read_rows(write(tmp_path, SAMPLES["cloudflare-ai-gateway-logs"])) == {
        "interactions": [
            {"account": "acct-1", "interaction": "01J1", "input_tokens": 12, **made},
            {"account": "acct-2", "interaction": "01J2", **made},
        ]
    }


def test_encrypted_bodies_are_not_decoded(tmp_path: Path) -> None:
    (rows,) = read_rows(write(tmp_path, SAMPLES["cloudflare-ai-gateway"])).values()
    assert not any("prompt" in row or "response_sha256" in row for row in rows)


def test_requests_name_their_account_in_a_header_or_a_cookie(tmp_path: Path) -> None:
    (rows,) = read_rows(write(tmp_path, SAMPLES["cloudflare-http"])).values()
    key = hashlib.sha256(b"bearer key-2").hexdigest()
    assert [row["account"] for row in rows] == ["acct-1", key, "u-3", "o-4"]
    assert [row["at"] - micros("2026-05-04T08:00:00Z") for row in rows] == [0, 10**6, 2 * 10**6, 3 * 10**6]
    assert [row["ip"] for row in rows] == ["192.0.2.7", "192.0.2.7", "2001:db8::7", "192.0.2.7"]
    assert rows[0] == {
        "account": "acct-1",
        "at": micros("2026-05-04T08:00:00Z"),
        "ip": "192.0.2.7",
        "user_agent": "python-httpx/0.27.0",
        "ja4": "t13d1516h2_8daaf6152771_02713d6af862",
        "device": "d-9",
        "asn": "64500",
    }
