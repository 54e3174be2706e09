"""Logs that are known by their fields and hold no evidence as they are: what they are, and what to do."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from linkage.ingest.expressions import compiled


class Unread(NamedTuple):
    """A kind of entry: an expression that holds for it, and what is said of a file in which most are such."""

    holds: Any
    said: str


_NOBODY = "they name neither who asked nor what was asked"
UNREAD = tuple(
    Unread(compiled(expression), said)
    for expression, said in (
        (
            "object == 'chat.completion.chunk'",
            f"pieces of streamed answers (OpenAI's chat.completion.chunk): {_NOBODY}; take the log of"
            " requests that the gateway writes, or what the application stores of them",
        ),
        (
            "type == 'content_block_delta' || type == 'message_start' || type == 'content_block_start'"
            " || type == 'content_block_stop'",
            f"pieces of streamed answers (Anthropic's events): {_NOBODY}; take the log of requests that the"
            " gateway writes, or what the application stores of them",
        ),
        (
            "object == 'chat.completion'",
            f"answers alone (OpenAI's chat.completion): {_NOBODY}; write user and messages of the request"
            ' beside each, and map them: columns = { account = "user", at = "created", prompt = "messages" }',
        ),
        (
            "eventSource && userIdentity && eventTime",
            "events of AWS CloudTrail, which have no prompts; for addresses and clients map them as sessions:"
            ' columns = { account = "userIdentity.arn", at = "eventTime", ip = "sourceIPAddress",'
            ' user_agent = "userAgent" }, with explode = "Records[]" where a file is one object',
        ),
    )
)


def known(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What most of the rows are, if they are of a kind that is known and not read; None otherwise."""
    inside: list[Any] = []
    for row in rows:
        listed = row.get("Records", row.get("data"))
        inside += [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else [row]
    for each in UNREAD:
        if inside and 2 * sum(_true(each.holds.value(row)) for row in inside) >= len(inside):
            return each.said
    return None


def _true(value: Any) -> bool:
    return value is not None and value is not False and value != ""
