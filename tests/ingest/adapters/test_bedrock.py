"""Amazon Bedrock User Guide: Monitor model invocation using CloudWatch Logs and Amazon S3."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.ingest.adapters.mapped import mapped_rows
from tests.ingest.adapters.reading import read_rows
from tests.ingest.adapters.samples import write

FOLDER = "AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/05/04/08"
BODY = {"anthropic_version": "bedrock-2023-05-31", "messages": [{"role": "user", "content": "Why?"}]}
ANSWER = {"content": [{"type": "text", "text": "Rayleigh."}], "stop_reason": "end_turn"}
ROLE = "arn:aws:sts::111122223333:assumed-role/llm/ada"


def invoked(**changed: Any) -> dict[str, Any]:
    row = {
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-05-04T08:00:00Z",
        "accountId": "111122223333", "identity": {"arn": ROLE}, "region": "us-east-1", "requestId": "r-1",
        "operation": "InvokeModel", "modelId": "anthropic.claude-3-haiku-20240307-v1:0",
        "input": {
            "inputContentType": "application/json", "inputBodyJson": BODY, "inputTokenCount": 12,
            "cacheReadInputTokenCount": 5,
        },
        "output": {"outputContentType": "application/json", "outputBodyJson": ANSWER, "outputTokenCount": 7},
    }  # fmt: skip
    return row | changed


ELSEWHERE = invoked(
    requestId="r-2",
    identity={"arn": "arn:aws:iam::111122223333:user/bob"},
    input={"inputBodyS3Path": "s3://example/data/r-2_input.json.gz", "inputTokenCount": 90_000},
    output={"outputBodyS3Path": "s3://example/data/r-2_output.json.gz", "outputTokenCount": 4},
)
UNNAMED = invoked(requestId="r-3", identity={})
HOSTILE = invoked(
    requestId="r-4", input=[], output={"outputBodyJson": [None, {"chunk": 1}]}, requestMetadata=[1]
)

FILES = {
    f"{FOLDER}/20260504T080000000Z_ab12.json": "".join(
        json.dumps(row) + "\n" for row in (invoked(), ELSEWHERE, UNNAMED, HOSTILE)
    )
}
SAMPLES = {"bedrock": FILES}


def test_the_account_is_the_session_of_the_role(tmp_path: Path) -> None:
    rows = mapped_rows(write(tmp_path, FILES))["interactions"]

    assert rows[0] == {
        "account": "ada",
        "at": "2026-05-04T08:00:00Z",
        "interaction": "r-1",
        "prompt": BODY,
        "model": "anthropic.claude-3-haiku-20240307-v1:0",
        "input_tokens": 12,
        "output_tokens": 7,
        "finish_reason": "end_turn",
        "answer": ANSWER,
    }
    assert [row["interaction"] for row in rows] == ["r-1", "r-2", "r-4"]


def test_bodies_that_lie_elsewhere_leave_the_rest_of_the_row(tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "20260504T080000000Z_ab12.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(json.dumps(ELSEWHERE).encode() + b"\n"))

    (row,) = read_rows(tmp_path)["interactions"]

    assert row == {
        "account": "bob",
        "at": 1777881600000000,
        "interaction": "r-2",
        "model": "anthropic.claude-3-haiku-20240307-v1:0",
        "input_tokens": 90_000,
        "output_tokens": 4,
    }


def test_a_user_that_the_request_names_comes_before_the_role(tmp_path: Path) -> None:
    message = {"output": {"message": {"content": [{"text": "Rayleigh."}]}}, "stopReason": "max_tokens"}
    converse = invoked(requestMetadata={"user_id": "eve"}, output={"outputBodyJson": message})

    (row,) = mapped_rows(write(tmp_path, {"a.json": json.dumps(converse) + "\n"}))["interactions"]

    assert (row["account"], row["finish_reason"]) == ("eve", "max_tokens")


def test_values_of_other_types_raise_nothing(tmp_path: Path) -> None:
    assert {"interactions"} == set(read_rows(write(tmp_path, FILES)))


def test_each_request_of_the_shared_logs_is_a_row(shared_data: Path) -> None:
    rows = mapped_rows(shared_data / "formats" / "samples" / "bedrock")["interactions"]

    assert len(rows) == 3 * 8
    wanted = {
        "account",
        "at",
        "interaction",
        "prompt",
        "model",
        "input_tokens",
        "output_tokens",
        "finish_reason",
    }
    assert all(wanted <= row.keys() for row in rows)
