"""The rows whose reading `benchmarks/formats.py` measures, in the formats in which they are read."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 100_000


def rows() -> Iterable[dict[str, Any]]:
    """Requests of 20,000 accounts, each with a prompt of 30 words."""
    rng = np.random.default_rng(1)
    words = [f"word{n}" for n in range(3_000)]
    for n in range(ROWS):
        prompt = " ".join(words[i] for i in rng.integers(0, len(words), 30))
        yield {
            "account": f"account-{rng.integers(0, 20_000)}",
            "at": f"2026-05-{rng.integers(1, 29):02}T{rng.integers(0, 24):02}:{rng.integers(0, 60):02}:00Z",
            "interaction": f"request-{n}",
            "prompt": prompt,
            "model": f"model-{rng.integers(0, 3)}",
            "input_tokens": int(rng.integers(1, 5_000)),
            "output_tokens": int(rng.integers(1, 5_000)),
            "ip": f"198.51.{rng.integers(0, 255)}.{rng.integers(1, 255)}",
            "user_agent": f"client/{rng.integers(0, 50)}",
        }


def flat(home: Path, rows: list[dict[str, Any]]) -> dict[str, tuple[Path, str]]:
    """The same rows as NDJSON, CSV and Parquet, each with how DuckDB reads them."""
    table = pa.Table.from_pylist(rows)
    for kind in ("ndjson", "csv", "parquet"):
        (home / kind).mkdir(parents=True)
    (home / "ndjson" / "interactions.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    duckdb.from_arrow(table).write_csv(str(home / "csv" / "interactions.csv"))
    pq.write_table(table, home / "parquet" / "interactions.parquet")
    return {
        "NDJSON": (home / "ndjson", f"read_ndjson('{home}/ndjson/interactions.ndjson')"),
        "CSV": (home / "csv", f"read_csv('{home}/csv/interactions.csv')"),
        "Parquet": (home / "parquet", f"read_parquet('{home}/parquet/interactions.parquet')"),
    }


def odd(home: Path) -> dict[str, Path]:
    """The flat rows with some that no reader of columns takes."""
    found = {}
    for kind, extra in (("ndjson", b'{"account": "a", "prompt": ["x"]}'), ("csv", b"a,b")):
        lines = (home / kind / f"interactions.{kind}").read_bytes().splitlines()
        for every in (7_000, 100):
            place = home / f"{kind}-{every}"
            place.mkdir()
            with (place / f"interactions.{kind}").open("wb") as out:
                for at, line in enumerate(lines):
                    out.write((extra if at % every == every // 2 else line) + b"\n")
            found[f"{kind.upper()}, one odd row in {every:,}"] = place
    return found


def nested(home: Path, rows: list[dict[str, Any]]) -> dict[str, Path]:
    """The same rows as gateways, collectors of traces and other services would log them."""
    for name, write in WRITERS.items():
        (home / name).mkdir()
        with (home / name / "log.jsonl").open("w") as out:
            out.writelines(json.dumps(write(row), separators=(",", ":")) + "\n" for row in rows)
    return {f"adapter {name}": home / name for name in WRITERS}


def _spend_log(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "request_id": row["interaction"], "call_type": "acompletion", "api_key": row["account"],
        "startTime": row["at"], "endTime": row["at"], "model": row["model"], "user": row["account"],
        "prompt_tokens": row["input_tokens"], "completion_tokens": row["output_tokens"],
        "requester_ip_address": row["ip"], "metadata": json.dumps({"user_agent": row["user_agent"]}),
        "messages": json.dumps([{"role": "user", "content": row["prompt"]}]), "response": "{}",
    }  # fmt: skip


def _spans(row: dict[str, Any]) -> dict[str, Any]:
    parts = [{"type": "text", "content": row["prompt"]}]
    attributes = {
        "gen_ai.operation.name": "chat", "gen_ai.request.model": row["model"], "enduser.id": row["account"],
        "client.address": row["ip"], "user_agent.original": row["user_agent"],
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": parts}]),
    }  # fmt: skip
    listed = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    span = {
        "traceId": row["interaction"], "spanId": row["interaction"], "name": "chat", "kind": 3,
        "startTimeUnixNano": "1777881600000000000", "attributes": listed,
    }  # fmt: skip
    return {
        "resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]
    }


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "@timestamp": row["at"], "ecs": {"version": "9.0.0"}, "event": {"id": row["interaction"]},
        "user": {"id": row["account"]}, "source": {"ip": row["ip"]},
        "user_agent": {"original": row["user_agent"]},
        "gen_ai": {
            "request": {"model": row["model"]}, "prompt": row["prompt"],
            "usage": {"input_tokens": row["input_tokens"], "output_tokens": row["output_tokens"]},
        },
    }  # fmt: skip


def _generation(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["interaction"], "type": "GENERATION", "trace_id": row["interaction"], "level": "DEFAULT",
        "start_time": row["at"], "user_id": row["account"], "model": row["model"],
        "input": [{"role": "user", "content": row["prompt"]}],
        "usage_details": {"input": row["input_tokens"], "output": row["output_tokens"]},
        "metadata": {"client_ip": row["ip"], "user_agent": row["user_agent"]},
    }  # fmt: skip


def _request(row: dict[str, Any]) -> dict[str, Any]:
    body = {"model": row["model"], "messages": [{"role": "user", "content": row["prompt"]}]}
    answer = {"choices": [{"message": {"role": "assistant", "content": row["interaction"]}}]}
    return {
        "request_id": row["interaction"], "request_created_at": row["at"], "response_id": row["interaction"],
        "request_user_id": row["account"], "request_model": row["model"], "request_ip": row["ip"],
        "prompt_tokens": row["input_tokens"], "completion_tokens": row["output_tokens"],
        "request_properties": {"User-Agent": row["user_agent"]},
        "request_body": json.dumps(body), "response_body": json.dumps(answer),
    }  # fmt: skip


def _batch(row: dict[str, Any]) -> dict[str, Any]:
    messages = [{"role": "user", "content": row["prompt"]}]
    body = {"model": row["model"], "messages": messages, "user": row["account"]}
    return {"custom_id": row["interaction"], "method": "POST", "url": "/v1/chat/completions", "body": body}


WRITERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "litellm": _spend_log,
    "otlp": _spans,
    "elastic-ecs": _event,
    "helicone": _request,
    "langfuse": _generation,
    "openai-batch": _batch,
}
"""How a row is written by each format: the first and the fourth with JSON in texts, the others nested."""
