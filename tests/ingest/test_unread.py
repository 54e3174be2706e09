"""Files of known kinds that are not read say what they are and what to do."""

import json
from typing import Any

import pytest

from linkage.errors import InputError
from linkage.ingest.unread import known
from tests.ingest.conftest import Put
from tests.ingest.made import load

CHUNK = {"id": "c-1", "object": "chat.completion.chunk", "created": 1777881600, "choices": [{"delta": {}}]}
TRAIL = {
    "eventTime": "2026-05-04T08:00:00Z",
    "eventSource": "bedrock.amazonaws.com",
    "userIdentity": {"a": "b"},
}
KINDS: list[tuple[list[dict[str, Any]], str]] = [
    ([CHUNK, CHUNK], "pieces of streamed answers"),
    ([{"type": "message_start", "message": {}}, {"type": "content_block_delta"}], "Anthropic's events"),
    ([{"object": "chat.completion", "created": 1, "choices": []}], "answers alone"),
    ([{"object": "list", "data": [{"object": "chat.completion"}]}], "answers alone"),
    ([{"Records": [TRAIL]}], "CloudTrail"),
    ([TRAIL], "CloudTrail"),
]


@pytest.mark.parametrize(("rows", "said"), KINDS)
def test_a_known_kind_is_called_what_it_is(rows: list[dict[str, Any]], said: str) -> None:
    assert said in (known(rows) or "")


@pytest.mark.parametrize(
    "rows", [[], [{}], [{"object": "charge"}], [{"object": [1]}, {"data": [7]}], [CHUNK, {}, {}]]
)
def test_other_rows_are_of_no_known_kind(rows: list[dict[str, Any]]) -> None:
    assert known(rows) is None


def test_who_gives_such_a_file_reads_it_in_the_error(put: Put) -> None:
    folder = put("stream.jsonl", json.dumps(CHUNK))
    with pytest.raises(InputError, match=r"OpenAI's chat\.completion\.chunk"):
        load(folder)
