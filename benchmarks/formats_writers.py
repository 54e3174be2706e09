"""How gateways, collectors of traces and other services would log a row of `formats_rows`."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]


def nested(home: Path, rows: list[Row], names: Iterable[str]) -> dict[str, Path]:
    """The rows in each of the formats, in a folder of its own."""
    found = {}
    for name in names:
        place = found[name] = home / name
        place.mkdir()
        written = map(WRITERS[name], rows)
        if name in ARRAYS:
            (place / "log.json").write_text(json.dumps(list(written)))
        elif name in TABLES:
            pq.write_table(pa.Table.from_pylist(list(written)), place / "log.parquet")
        elif name in TEXTS:
            (place / "access.log").write_text("".join(map(str, written)))
        else:
            with (place / "log.jsonl").open("w") as out:
                out.writelines(json.dumps(each, separators=(",", ":")) + "\n" for each in written)
        for file, text in BESIDES.get(name, {}).items():
            (place / file).write_text(text)
    return found


def _asked(row: Row) -> list[Row]:
    return [{"role": "user", "content": row["prompt"]}]


def _answer(row: Row) -> Row:
    said = {"role": "assistant", "content": row["interaction"]}
    usage = {"prompt_tokens": row["input_tokens"], "completion_tokens": row["output_tokens"]}
    return {"model": row["model"], "choices": [{"finish_reason": "stop", "message": said}], "usage": usage}


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


def _answered_batch(row: Row) -> Row:
    body = {
        "params": {"model": row["model"], "messages": _asked(row), "metadata": {"user_id": row["account"]}}
    }
    return {"custom_id": row["interaction"], "created_at": row["at"], **body}


def _event_of_auth0(row: Row) -> Row:
    data = {
        "date": row["at"], "type": "s", "connection": "Username", "client_id": "app-1",
        "ip": row["ip"], "user_agent": row["user_agent"], "user_id": row["account"],
    }  # fmt: skip
    return {"log_id": row["interaction"], "data": data}


def _gateway_of_azure(row: Row) -> Row:
    properties = {
        "apiId": "chat", "apimSubscriptionId": row["account"],
        "requestBody": json.dumps({"messages": _asked(row)}),
        "responseBody": json.dumps(_answer(row)), "requestHeaders": {"User-Agent": row["user_agent"]},
    }  # fmt: skip
    return {
        "category": "GatewayLogs", "callerIpAddress": row["ip"], "correlationId": row["interaction"],
        "operationName": "Microsoft.ApiManagement/GatewayLogs", "properties": properties, "time": row["at"],
    }  # fmt: skip


def _request_to_azure(row: Row) -> Row:
    properties = {"objectId": row["account"], "modelName": row["model"]}
    return {
        "callerIpAddress": row["ip"].rpartition(".")[0] + ".***", "category": "RequestResponse",
        "correlationId": row["interaction"], "operationName": "ChatCompletions_Create",
        "properties": json.dumps(properties), "time": row["at"],
    }  # fmt: skip


def _invocation(row: Row) -> Row:
    body = {"messages": _asked(row), "anthropic_version": "bedrock-2023-05-31"}
    answer = {"content": [{"type": "text", "text": row["interaction"]}], "stop_reason": "end_turn"}
    return {
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": row["at"],
        "requestId": row["interaction"], "modelId": row["model"],
        "identity": {"arn": f"arn:aws:sts::111122223333:assumed-role/app/{row['account']}"},
        "input": {"inputBodyJson": body, "inputTokenCount": row["input_tokens"]},
        "output": {"outputBodyJson": answer, "outputTokenCount": row["output_tokens"]},
    }  # fmt: skip


def _session_of_clerk(row: Row) -> Row:
    return {
        "id": f"sess_{row['interaction']}", "object": "session", "user_id": row["account"],
        "client_id": row["user_agent"], "last_active_at": row["at"],
        "latest_activity": {"ip_address": row["ip"]},
    }  # fmt: skip


def _user_of_clerk(row: Row) -> Row:
    address = {"id": "idn_1", "email_address": f"{row['account']}@example.org"}
    return {
        "id": f"user_{row['interaction']}", "object": "user", "created_at": row["at"],
        "email_addresses": [address], "phone_numbers": [],
    }  # fmt: skip


def _edge_event(row: Row) -> Row:
    return {
        "Endpoint": "chat/completions", "Gateway": "edge", "Model": row["model"], "Provider": "openai",
        "StatusCode": 200, "Metadata": {"user_id": row["account"]}, "Timestamp": row["at"],
    }  # fmt: skip


def _edge_log(row: Row) -> Row:
    return {
        "id": row["interaction"], "created_at": row["at"], "duration": 900, "model": row["model"],
        "path": "chat/completions", "provider": "openai", "request_type": "chat", "status_code": 200,
        "tokens_in": row["input_tokens"], "tokens_out": row["output_tokens"],
        "metadata": json.dumps({"user_id": row["account"]}),
    }  # fmt: skip


def _edge_request(row: Row) -> Row:
    return {
        "ClientIP": row["ip"], "ClientASN": 64500, "ClientRequestUserAgent": row["user_agent"],
        "ClientRequestHost": "api.example.org", "RayID": row["interaction"], "EdgeStartTimestamp": row["at"],
        "RequestHeaders": {"x-account-id": row["account"]}, "Cookies": {},
    }  # fmt: skip


def _hit(row: Row) -> Row:
    return {"_index": "logs", "_id": row["interaction"], "_source": _event(row)}


def _envoy(row: Row) -> Row:
    return {
        "start_time": row["at"], "response_code": 200, "route_name": "chat", "x-account-id": row["account"],
        "x-request-id": row["interaction"], "genai_model_name": row["model"], "user-agent": row["user_agent"],
        "genai_tokens_input": row["input_tokens"], "genai_tokens_output": row["output_tokens"],
        "x-forwarded-for": row["ip"], "downstream_remote_address": f"{row['ip']}:4711",
    }  # fmt: skip


def _kong(row: Row) -> Row:
    payload = {"request": json.dumps({"messages": _asked(row)}), "response": json.dumps(_answer(row))}
    usage = {"prompt_tokens": row["input_tokens"], "completion_tokens": row["output_tokens"]}
    headers = {"user-agent": row["user_agent"], "host": "api.example.org"}
    return {
        "request": {"id": row["interaction"], "method": "POST", "uri": "/v1", "headers": headers},
        "latencies": {"request": 515}, "client_ip": row["ip"], "started_at": 1777881600000,
        "consumer": {"custom_id": row["account"]},
        "ai": {"proxy": {"usage": usage, "meta": {"request_model": row["model"]}, "payload": payload}},
    }  # fmt: skip


def _access(row: Row) -> str:
    at = f"{row['at'][8:10]}/May/2026:{row['at'][11:19]} +0000"
    return f'{row["ip"]} - {row["account"]} [{at}] "POST /v1 HTTP/1.1" 200 812 "-" "{row["user_agent"]}"\n'


def _activity(row: Row) -> Row:
    counts = {"prompt_tokens": row["input_tokens"], "completion_tokens": row["output_tokens"]}
    return {
        "class_uid": 6003, "category_uid": 6, "metadata": {"version": "1.5.0", "uid": row["interaction"]},
        "time": 1777881600000, "actor": {"user": {"uid": row["account"]}}, "src_endpoint": {"ip": row["ip"]},
        "http_request": {"user_agent": row["user_agent"]}, "ai_model": {"name": row["model"]},
        "message_context": counts, "api": {"request": {"uid": row["interaction"], "data": row["prompt"]}},
    }  # fmt: skip


def _event_of_okta(row: Row) -> Row:
    client = {"userAgent": {"rawUserAgent": row["user_agent"]}, "ipAddress": row["ip"]}
    return {
        "uuid": row["interaction"], "published": row["at"], "eventType": "user.session.start",
        "actor": {"id": row["account"], "type": "User"}, "client": client, "outcome": {"result": "SUCCESS"},
        "securityContext": {"asNumber": 64500}, "target": None,
    }  # fmt: skip


def _audit(row: Row) -> Row:
    user = {"id": row["account"], "email": f"{row['account']}@example.org"}
    session = {"user": user, "ip_address": row["ip"], "user_agent": row["user_agent"]}
    return {
        "object": "organization.audit_log", "id": row["interaction"], "type": "login.succeeded",
        "actor": {"type": "session", "session": session}, "effective_at": 1777881600,
    }  # fmt: skip


def _exported(row: Row) -> Row:
    metadata = {"_user": row["account"], "client_ip": row["ip"], "user_agent": row["user_agent"]}
    return {
        "id": row["interaction"], "created_at": row["at"], "ai_org": "openai", "ai_model": row["model"],
        "req_units": row["input_tokens"], "res_units": row["output_tokens"], "metadata": metadata,
        "request": {"model": row["model"], "messages": _asked(row)}, "response": _answer(row),
    }  # fmt: skip


def _charge(row: Row) -> Row:
    card = {"fingerprint": row["user_agent"], "iin": "400000", "funding": "prepaid", "country": "FI"}
    home = {"line1": f"{row['ip']} Road", "city": "Town", "postal_code": "00100", "country": "FI"}
    return {
        "id": row["interaction"], "object": "charge", "created": 1777881600, "customer": row["account"],
        "billing_details": {"address": home}, "payment_method_details": {"type": "card", "card": card},
    }  # fmt: skip


def _charge_exported(row: Row) -> Row:
    return {
        "id": row["interaction"], "Created date (UTC)": row["at"], "Customer ID": row["account"],
        "Card Funding": "prepaid", "Card Issue Country": "FI", "Card Fingerprint": row["user_agent"],
        "Card Address Line1": f"{row['ip']} Road", "Card Address City": "Town",
    }  # fmt: skip


def _vertex(row: Row) -> Row:
    contents = [{"role": "user", "parts": [{"text": row["prompt"]}]}]
    answer = {
        "candidates": [{"content": {"parts": [{"text": row["interaction"]}]}, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": row["input_tokens"],
            "candidatesTokenCount": row["output_tokens"],
        },
    }
    return {
        "logging_time": row["at"], "request_id": row["interaction"], "api_method": "generateContent",
        "model": row["model"], "full_response": json.dumps(answer),
        "full_request": json.dumps({"contents": contents, "labels": {"user_id": row["account"]}}),
    }  # fmt: skip


def _sharegpt(row: Row) -> Row:
    said = [{"from": "human", "value": row["prompt"]}, {"from": "gpt", "value": row["interaction"]}]
    return {"id": row["interaction"], "conversations": said}


def _wildchat(row: Row) -> Row:
    said = [*_asked(row), {"role": "assistant", "content": row["interaction"]}]
    return {
        "conversation_hash": row["interaction"], "model": row["model"], "timestamp": row["at"],
        "conversation": said, "hashed_ip": row["account"], "header": {"user-agent": row["user_agent"]},
    }  # fmt: skip


def _lmsys(row: Row) -> Row:
    said = [*_asked(row), {"role": "assistant", "content": row["interaction"]}]
    return {"conversation_id": row["interaction"], "model": row["model"], "conversation": said}


def _trace(row: Row) -> Row:
    return {
        "id": row["interaction"], "timestamp": row["at"], "name": "chat", "userId": row["account"],
        "metadata": {"client_ip": row["ip"], "user_agent": row["user_agent"]}, "tags": [],
        "input": _asked(row), "output": row["interaction"], "htmlPath": "/t", "totalCost": 0.1,
    }  # fmt: skip


def _responded(row: Row) -> Row:
    part = {"type": "output_text", "text": row["interaction"], "annotations": []}
    return {
        "id": row["interaction"], "object": "response", "created_at": 1777881600, "status": "completed",
        "instructions": "Be brief.", "model": row["model"], "input": _asked(row), "user": row["account"],
        "output": [{"type": "message", "role": "assistant", "content": [part]}],
        "usage": {"input_tokens": row["input_tokens"], "output_tokens": row["output_tokens"]},
    }  # fmt: skip


def _streamed(row: Row) -> Row:
    return {"type": "response.completed", "sequence_number": 9, "response": _responded(row)}


WRITERS: dict[str, Callable[[Row], Any]] = {
    "anthropic-batch": _answered_batch,
    "auth0": _event_of_auth0,
    "azure-apim": _gateway_of_azure,
    "azure-openai": _request_to_azure,
    "bedrock": _invocation,
    "clerk-sessions": _session_of_clerk,
    "clerk-users": _user_of_clerk,
    "cloudflare-ai-gateway": _edge_event,
    "cloudflare-ai-gateway-logs": _edge_log,
    "cloudflare-http": _edge_request,
    "elastic-ecs": _event,
    "elastic-ecs-hits": _hit,
    "envoy-ai-gateway": _envoy,
    "helicone": _request,
    "kong": _kong,
    "langfuse": _generation,
    "langfuse-traces": _trace,
    "litellm": _spend_log,
    "lmsys-chat": _lmsys,
    "nginx": _access,
    "ocsf": _activity,
    "okta": _event_of_okta,
    "openai-audit": _audit,
    "openai-batch": _batch,
    "openai-responses": _responded,
    "openai-responses-stream": _streamed,
    "otlp": _spans,
    "portkey": _exported,
    "sharegpt": _sharegpt,
    "stripe": _charge,
    "stripe-export": _charge_exported,
    "vertex": _vertex,
    "wildchat": _wildchat,
}
"""How a row is written in the format of each adapter: lines of JSON but for those named below."""

ARRAYS = ("sharegpt",)
TABLES = ("lmsys-chat", "wildchat")
TEXTS = ("nginx",)
WITHOUT_PROMPTS = (
    "auth0", "azure-openai", "clerk-sessions", "clerk-users", "cloudflare-ai-gateway",
    "cloudflare-ai-gateway-logs", "cloudflare-http", "envoy-ai-gateway", "nginx", "okta", "openai-audit",
    "stripe", "stripe-export",
)  # fmt: skip
"""Formats that are compared with flat rows that hold no prompts either."""
BESIDES = {"clerk-users": {"visits.json": json.dumps(_session_of_clerk(dict.fromkeys(
    ("interaction", "account", "user_agent", "at", "ip"), "2026-05-04T08:00:00Z"))) + "\n"}}  # fmt: skip
"""Further files, without which a source holds no evidence."""
