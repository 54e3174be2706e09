"""What a model's interface answered: the text, why it ended, and the tokens it counted."""

from collections.abc import Iterator
from typing import Any

from linkage.ingest.conversations.bodies import found
from linkage.ingest.conversations.embedded import embedded
from linkage.ingest.conversations.turns import part_turn, role_of, turn
from linkage.settings.ingest import ConversationReading

DEFAULTS = ConversationReading()

Path = tuple[str | int, ...]

_MESSAGES: tuple[Path, ...] = (
    ("choices", 0, "message"),
    ("candidates", 0, "content"),
    ("output", "message"),
    ("message",),
)
_TEXTS: tuple[Path, ...] = (
    ("choices", 0, "text"),
    ("results", 0, "outputText"),
    ("generations", 0, "text"),
    ("generations", 0, 0, "text"),
    ("generation",),
    ("completion",),
    ("response",),
    ("output_text",),
    ("text",),
)
_REASONS: tuple[Path, ...] = (
    ("choices", 0, "finish_reason"),
    ("stop_reason",),
    ("stopReason",),
    ("candidates", 0, "finishReason"),
    ("results", 0, "completionReason"),
    ("generations", 0, "finish_reason"),
    ("incomplete_details", "reason"),
    ("done_reason",),
    ("finish_reason",),
    ("finishReason",),
    ("status",),
)
_USAGE = ("usage", "usageMetadata", "usage_metadata", "token_usage")
_INPUT = (
    "input_tokens", "prompt_tokens", "inputTokens", "promptTokens", "promptTokenCount", "prompt_token_count",
    "inputTextTokenCount", "prompt_eval_count", "inputTokenCount",
)  # fmt: skip
_OUTPUT = (
    "output_tokens", "completion_tokens", "outputTokens", "completionTokens", "candidatesTokenCount",
    "generation_token_count", "eval_count", "outputTokenCount",
)  # fmt: skip
_WRAPPERS = ("body", "response", "responseBody", "response_body", "outputBodyJson", "output")


def answer(value: Any, chosen: ConversationReading = DEFAULTS) -> str | None:
    """The text of an answer: a body of one of the interfaces, a message, parts, or a plain text."""
    body = _opened(value, chosen)
    if isinstance(body, str):
        return body if body.strip() else None
    if isinstance(body, list):
        return _of_list(body, chosen)
    return _of_body(body, chosen, chosen.max_wrappers) if isinstance(body, dict) else None


def finish_reason(value: Any, chosen: ConversationReading = DEFAULTS) -> str | None:
    """Why the answer ended, in the words of the interface."""
    bodies = _bodies(value, chosen)
    reasons = (_at(body, path) for body in bodies for path in _REASONS)
    return next((each for each in reasons if isinstance(each, str) and each), None)


def usage(value: Any, chosen: ConversationReading = DEFAULTS) -> tuple[int | None, int | None]:
    """Tokens read and tokens written, each None where the body does not say."""
    places: list[Any] = []
    for body in _bodies(value, chosen):
        counted = [body[key] for key in _USAGE if isinstance(body.get(key), dict)]
        inner = [each["tokens"] for each in counted if isinstance(each.get("tokens"), dict)]
        places += [*counted, *inner, _at(body, ("meta", "tokens")), _at(body, ("results", 0)), body]
    written = (*_OUTPUT, "tokenCount")
    return _count(places, _INPUT), _count(places, written)


def _count(places: list[Any], names: tuple[str, ...]) -> int | None:
    found = (place[name] for place in places if isinstance(place, dict) for name in names if name in place)
    whole = (int(each) for each in found if _whole(each))
    return next((each for each in whole if each >= 0), None)


def _whole(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


def _opened(value: Any, chosen: ConversationReading) -> Any:
    if not isinstance(value, str):
        return value
    inner = embedded(value, chosen)
    # A model may well answer in JSON: only the body of an interface is looked into.
    known = inner is not None and (
        _of_body(inner, chosen, chosen.max_wrappers) if isinstance(inner, dict) else _of_list(inner, chosen)
    )
    return inner if known else value


def _bodies(value: Any, chosen: ConversationReading) -> list[dict[str, Any]]:
    """The body, and those inside it."""
    made: list[dict[str, Any]] = []
    waiting = [value]
    for _ in range(chosen.max_wrappers):
        opened = [embedded(each, chosen) if isinstance(each, str) else each for each in waiting]
        here = [each for each in opened if isinstance(each, dict)]
        made += here
        waiting = [each[key] for each in here for key in _WRAPPERS if each.get(key) is not None]
    return made


def _of_body(body: dict[str, Any], chosen: ConversationReading, left: int) -> str | None:
    if not left or not body:
        return None
    return next(filter(None, _texts(body, chosen, left)), None)


def _texts(body: dict[str, Any], chosen: ConversationReading, left: int) -> Iterator[str | None]:
    """What may be the answer's text, the surest places first."""
    for path in _MESSAGES:
        message = _at(body, path)
        if isinstance(message, dict):
            yield part_turn("assistant", _content(message)).text
    own = turn(body)
    yield own.text if own is not None else None
    for path in _TEXTS:
        text = _at(body, path)
        yield part_turn("assistant", text).text if isinstance(text, str) else None
    for key in ("output", "content"):
        yield _of_list(body[key], chosen) if isinstance(body.get(key), list) else None
    for key in _WRAPPERS:
        inner = body.get(key)
        inner = embedded(inner, chosen) if isinstance(inner, str) else inner
        yield _of_body(inner, chosen, left - 1) if isinstance(inner, dict) else None


def _content(message: dict[str, Any]) -> Any:
    held = [message[key] for key in ("content", "parts") if message.get(key) not in (None, "", [])]
    return held[0] if held else None


def _of_list(items: list[Any], chosen: ConversationReading) -> str | None:
    """Of messages the model's last one; of parts their texts."""
    if any(role_of(each) is not None for each in items):
        held = found(items, chosen)
        texts = [each.text for each in held.turns if each.role == "assistant" and each.text] if held else []
        return texts[-1] if texts else None
    kinds = [each for each in items if isinstance(each, dict) and isinstance(each.get("type"), str)]
    return part_turn("assistant", kinds).text if kinds else None


def _at(value: Any, path: Path) -> Any:
    if isinstance(value, dict) and path[0] not in value:
        return None
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
