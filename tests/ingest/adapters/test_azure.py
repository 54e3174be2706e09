"""Azure OpenAI's Monitoring data reference, API Management's Gateway log schema, and their tables."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from linkage.ingest.adapters.registry import adapter
from tests.ingest.adapters.mapped import formats, mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import lines, write

REQUEST = json.dumps({"model": "gpt-chat", "messages": [{"role": "user", "content": "Why?"}]})
RESPONSE = json.dumps(
    {
        "model": "gpt-4o-2024-08-06",
        "choices": [{"finish_reason": "stop", "message": {"content": "Rayleigh."}}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 7},
    }
)


def table(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def called(properties: Any, **changed: Any) -> dict[str, Any]:
    row = {
        "Tenant": "eastus", "callerIpAddress": "192.0.2.***", "category": "RequestResponse",
        "correlationId": "c-1", "durationMs": 102, "operationName": "ChatCompletions_Create",
        "properties": properties, "time": "2026-05-04T08:00:00.2500000Z",
    }  # fmt: skip
    return row | changed


PROPERTIES = {
    "requestTime": 639134784002500000,
    "objectId": "ada",
    "modelDeploymentName": "chat",
    "modelName": "gpt-4o",
}
BY_KEY = called(json.dumps(PROPERTIES | {"objectId": ""}), correlationId="c-2")
HOSTILE = called([1, {"objectId": "x"}], correlationId={"a": 1}, time=["now"])
FLAT = {
    "objectId_s": "bob", "requestTime_d": "639134784002500000", "CallerIPAddress": "192.0.2.***",
    "TimeGenerated [UTC]": "05/04/2026, 08:00:00.250 AM", "modelDeploymentName_s": "chat",
    "CorrelationId": "c-9",
}  # fmt: skip


def gateway(**changed: Any) -> dict[str, Any]:
    row = {
        "category": "GatewayLogs", "callerIpAddress": "192.0.2.7", "correlationId": "g-1",
        "operationName": "Microsoft.ApiManagement/GatewayLogs", "isRequestSuccess": True,
        "properties": {
            "apiId": "azure-openai", "apimSubscriptionId": "sub-ada", "userId": "1", "requestBody": REQUEST,
            "responseBody": RESPONSE, "requestHeaders": {"User-Agent": "curl/8.5.0"},
        },
        "resourceId": "/SUBSCRIPTIONS/X", "time": "2026-05-04T08:00:00.2500007Z",
    }  # fmt: skip
    return row | changed


PROBE = gateway(correlationId="g-2", properties={"apiId": "azure-openai", "responseCode": 401})
STRANGE = gateway(
    correlationId="g-3", properties={"apimSubscriptionId": "x", "requestBody": [1], "responseBody": 7}
)
ROW = {
    "TimeGenerated": "2026-05-04T08:00:00.25Z", "CorrelationId": "g-9", "ApimSubscriptionId": "sub-bob",
    "CallerIpAddress": "198.51.100.7", "RequestHeaders": json.dumps({"User-Agent": "curl/8.6.0"}),
    "RequestBody": REQUEST, "ResponseBody": "", "BackendResponseBody": RESPONSE, "Category": "GatewayLogs",
}  # fmt: skip

IN_STORAGE = "insights-logs-gatewaylogs/resourceId=/SUBSCRIPTIONS/X/y=2026/m=05/d=04/h=08/m=00/PT1H.json"

OPENAI = {
    "insights-logs-requestresponse/PT1H.json": lines(called(json.dumps(PROPERTIES)), BY_KEY, HOSTILE),
    "query_data.csv": table(FLAT),
}
APIM = {IN_STORAGE: lines(gateway(), PROBE, STRANGE), "ApiManagementGatewayLogs.csv": table(ROW)}
SAMPLES = {"azure-openai": OPENAI, "azure-apim": APIM}


def test_a_call_of_azure_openai_is_an_interaction_without_its_masked_address(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, OPENAI))["interactions"]

    assert rows[0] == {
        "account": "ada",
        "at": "2026-05-04T08:00:00.2500000Z",
        "interaction": "c-1",
        "model": "gpt-4o",
    }
    assert rows[1] == {
        "account": "bob",
        "at": "639134784002500000",
        "interaction": "c-9",
        "model": "chat",
    }
    assert len(rows) == 2, "a call by key, and one whose properties are no object, name no account"


def test_numbers_of_its_times_are_ticks() -> None:
    assert adapter("azure-openai").tables["interactions"].epochs == {"at": "dotnet_ticks"}


def test_properties_may_be_an_object(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path, {"PT1H.json": lines(called(PROPERTIES))}))["interactions"]

    assert row == {"account": "ada", "at": 1777881600250000, "interaction": "c-1", "model": "gpt-4o"}


def test_a_message_of_an_event_hub_holds_many_records(tmp_path: Path) -> None:
    hub = {
        "calls.json": json.dumps({"records": [called(PROPERTIES), called(PROPERTIES)]}),
        "gateway.json": json.dumps({"records": [gateway()]}),
    }

    assert formats(write(tmp_path, hub)) == {
        "calls.json": {"azure-openai"},
        "gateway.json": {"azure-apim"},
    }
    assert len(read_rows(tmp_path)["interactions"]) == 3


def test_a_request_through_the_gateway_has_its_bodies(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, APIM))["interactions"]

    said = {"input_tokens": 12, "output_tokens": 7, "finish_reason": "stop", "prompt": REQUEST}
    by_name = {row["interaction"]: row for row in rows}
    assert by_name["g-1"] == said | {
        "account": "sub-ada",
        "at": "2026-05-04T08:00:00.2500007Z",
        "interaction": "g-1",
        "model": "gpt-chat",
        "ip": "192.0.2.7",
        "user_agent": "curl/8.5.0",
        "answer": json.loads(RESPONSE),
    }
    assert by_name["g-9"] == said | {
        "account": "sub-bob",
        "at": "2026-05-04T08:00:00.25Z",
        "interaction": "g-9",
        "model": "gpt-chat",
        "ip": "198.51.100.7",
        "user_agent": "curl/8.6.0",
        "answer": json.loads(RESPONSE),
    }
    assert "g-2" not in by_name, "a request that is not authenticated is about no account"


def test_the_client_behind_another_proxy_is_the_address(tmp_path: Path) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
    row = gateway(properties={"apimSubscriptionId": "sub-ada", "requestHeaders": headers})

    (found,) = mapped_rows(write(tmp_path, {"PT1H.json": lines(row)}))["interactions"]

    assert found["ip"] == headers["X-Forwarded-For"]


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    tables = read_rows(write(tmp_path, OPENAI | APIM))
    assert set(tables) == {"interactions", "observations"}
    assert {row["value"] for row in tables["observations"]} == {"192.0.2.0/24"}


def test_each_request_of_the_shared_logs_is_a_row(shared_data: Path) -> None:
    calls = mapped_rows(shared_data / "formats" / "samples" / "azure_openai")["interactions"]
    requests = read_rows(shared_data / "formats" / "samples" / "azure_apim")["interactions"]

    assert len(calls) == 2 * 24
    assert all({"account", "at"} <= row.keys() for row in calls)
    assert len(requests) == 24
    wanted = {"account", "at", "interaction", "prompt", "model", "input_tokens", "output_tokens", "ip"}
    assert all(wanted <= row.keys() for row in requests)
