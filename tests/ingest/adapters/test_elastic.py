"""Elastic Common Schema: base, user, source, user agent, TLS and Gen AI fields; Kibana's Discover export."""

from pathlib import Path
from typing import Any

from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, micros, write


def event(second: int, user: Any, **given: Any) -> dict[str, Any]:
    return {
        "@timestamp": f"2026-05-04T08:00:{second:02}.000Z",
        "ecs": {"version": "8.17.0"},
        "user": user,
        "source": {"ip": "192.0.2.4", "as": {"number": 64500}},
        "user_agent": {"original": "python-httpx/0.27.0"},
        "tls": {"client": {"ja4": "t13d1516h2_8daaf6152771_02713d6af862"}},
        **given,
    }


ASKED = {
    "gen_ai": {
        "prompt": "name three rivers",
        "request": {"model": "gpt-4o-mini"},
        "response": {"id": "resp-1", "finish_reasons": ["stop"]},
        "usage": {"input_tokens": 5, "output_tokens": 6},
    }
}
REFUSED = {"event": {"category": ["authentication"], "outcome": "failure"}}
DISCOVER = (
    '"@timestamp","user.id","source.ip","user_agent.original","gen_ai.prompt","gen_ai.usage.prompt_tokens"\n'
    '"2026-05-04T08:00:00.000Z","acct-1","192.0.2.4","curl/8.7.1","name three rivers","5"\n'
    '"2026-05-04T08:00:01.000Z","acct-2","192.0.2.5","curl/8.7.1","-","-"\n'
    '"2026-05-04T08:00:02.000Z","-","192.0.2.6","curl/8.7.1","name a lake","-"\n'
)
EVENTS = [
    event(0, {"id": "acct-1"}, **ASKED),
    event(1, {"name": "acct-2"}, host={"id": "h-1"}),
    event(2, {"name": "acct-2"}, **REFUSED),
    event(3, {}, **ASKED),
    event(4, {"id": {"a": 1}}, gen_ai=["x"], source="192.0.2.4", user_agent=None),
]
HITS = [{"_index": "logs-1", "_id": str(n), "_source": each} for n, each in enumerate(EVENTS)]

SAMPLES = {
    "elastic-ecs": {"export.ndjson": lines(*EVENTS), "discover.csv": DISCOVER},
    "elastic-ecs-hits": {"dump.json": lines(*HITS)},
}

CLIENT = {
    "ip": "192.0.2.4",
    "user_agent": "python-httpx/0.27.0",
    "ja4": "t13d1516h2_8daaf6152771_02713d6af862",
}
EXPECTED = {
    "interactions": [
        {
            "account": "acct-1",
            "at": micros("2026-05-04T08:00:00Z"),
            "interaction": "resp-1",
            "prompt": "name three rivers",
            "model": "gpt-4o-mini",
            "input_tokens": 5,
            "output_tokens": 6,
            "finish_reason": "stop",
            **CLIENT,
        }
    ],
    "sessions": [
        {
            "account": "acct-2",
            "at": micros("2026-05-04T08:00:01Z"),
            "device": "h-1",
            "asn": "64500",
            **CLIENT,
        }
    ],
}


def test_events_with_a_model_are_interactions_and_others_sessions(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, {"export.ndjson": lines(*EVENTS)})) == EXPECTED


def test_hits_of_an_index_are_the_same_events(tmp_path: Path) -> None:
    assert read_rows(write(tmp_path, SAMPLES["elastic-ecs-hits"])) == EXPECTED


def test_a_sign_in_that_failed_is_not_the_owners(tmp_path: Path) -> None:
    """Who guesses passwords leaves an address at every account; other failures are the owner's own."""
    head = '"@timestamp","user.id","source.ip","user_agent.original","event.category","event.outcome"\n'
    line = '"2026-05-04T08:00:00.000Z","acct-{}","192.0.2.4","curl/8.7.1","{}","{}"\n'
    cells = [("authentication", "failure"), ("web", "failure"), ("authentication", "success"), ("-", "-")]
    text = head + "".join(line.format(n, *each) for n, each in enumerate(cells))
    rows = read_rows(write(tmp_path, {"discover.csv": text}))["sessions"]
    assert [row["account"] for row in rows] == ["acct-1", "acct-2", "acct-3"]


def test_dotted_columns_of_discover_and_dashes_for_what_is_missing(tmp_path: Path) -> None:
    start = micros("2026-05-04T08:00:00Z")
    assert read_rows(write(tmp_path, {"discover.csv": DISCOVER})) == {
        "interactions": [
            {
                "account": "acct-1",
                "at": start,
                "prompt": "name three rivers",
                "input_tokens": 5,
                "ip": "192.0.2.4",
                "user_agent": "curl/8.7.1",
            }
        ],
        "sessions": [
            {"account": "acct-2", "at": start + 10**6, "ip": "192.0.2.5", "user_agent": "curl/8.7.1"}
        ],
    }
