"""Where in a request or a record its conversation is: its turns, what stands beside them, and its tools."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from linkage.ingest.conversations.embedded import embedded
from linkage.ingest.conversations.marked import human_turns, marked_turns
from linkage.ingest.conversations.turns import ROLES, Turn, part_text, part_turn, role_of, tools, turn
from linkage.settings.ingest import ConversationReading

LISTS = (
    "messages",
    "contents",
    "conversations",
    "conversation",
    "chat_history",
    "input",
    "history",
    "turns",
)
"""Names under which requests and records keep their messages."""
_SYSTEM: tuple[str, ...] = (
    "system",
    "instructions",
    "systemInstruction",
    "system_instruction",
    "system_instructions",
    "preamble",
)
_SYSTEM += ("system_prompt",)
_WRAPPERS: tuple[str, ...] = (
    "body",
    "request",
    "requestBody",
    "request_body",
    "inputBodyJson",
    "input",
    "inputs",
    "params",
    "data",
)
_WRAPPERS += ("kwargs", "prompt", "invocation_params")
_TOOLS = ("tools", "functions")
_TOOL_SETTINGS = "toolConfig"
BESIDE = frozenset({*LISTS, *_SYSTEM, *_TOOLS, _TOOL_SETTINGS, "message"})
"""Names in a request under which something is said beside its messages, or instead of them."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAMPLING = _names("""
    model modelId model_id max_tokens maxTokens max_tokens_to_sample max_gen_len max_new_tokens
    max_output_tokens max_completion_tokens temperature top_p topP top_k topK n stream
    stream_options stop stop_sequences stopSequences logprobs top_logprobs echo suffix
    presence_penalty frequency_penalty best_of logit_bias user seed anthropic_version metadata
    service_tier options format raw keep_alive system template images
""")
"""What requests carry beside their text, by the names that completion interfaces give it."""

_RESPONSES = _names("""
    instructions tools tool_choice store previous_response_id reasoning text truncation include background
    parallel_tool_calls conversation prompt safety_identifier prompt_cache_key max_tool_calls
""")
_COHERE = _names("""
    chat_history preamble conversation_id connectors documents tools tool_results force_single_step
    prompt_truncation search_queries_only citation_quality safety_mode p k max_input_tokens response_format
    tool_choice
""")
_TITAN = _names("textGenerationConfig")


@dataclass
class Found:
    """The turns in order, what is said to the model beside them, names of tools, items that are no turn."""

    turns: list[Turn] = field(default_factory=list)
    system: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)


def found(value: Any, chosen: ConversationReading) -> Found | None:
    """The conversation that a value is or holds; None if there is none. Never raises."""
    return _found(value, chosen, chosen.max_wrappers)


def _found(value: Any, chosen: ConversationReading, left: int) -> Found | None:
    if not left:
        return None
    if isinstance(value, str):
        if turns := marked_turns(value):
            return Found(turns)
        inner = embedded(value, chosen)
        return None if inner is None else _found(inner, chosen, left - 1)
    if isinstance(value, list):
        return _listed(value, chosen, left)
    if not isinstance(value, dict):
        return None
    return _body(value) or _plain_body(value) or _single(value) or _wrapped(value, chosen, left)


def _listed(items: list[Any], chosen: ConversationReading, left: int) -> Found | None:
    """A list of messages, or a list that holds just one list of them."""
    if len(items) == 1 and isinstance(items[0], list):
        return _found(items[0], chosen, left - 1)
    made = _turns(items)
    return Found(made) if made and any(map(_is_message, items)) else None


def _turns(items: Iterable[Any]) -> list[Turn]:
    """The turns of these messages, with what else stands among them; none if no message is there."""
    read = [(turn(item), item) for item in items if item is not None]
    if all(one is None for one, _ in read):
        return []
    return [_beside(item) if one is None else one for one, item in read]


def _beside(item: Any) -> Turn:
    """A call or result of a tool, a thought, or something else that nobody says."""
    if isinstance(item, str):
        return Turn("other", others=1)
    made = part_turn("other", [item])
    return made._replace(role="tool", texts=()) if made.results else made._replace(texts=())


def _is_message(item: Any) -> bool:
    """Whether a message may stand alone or first: by the names of its fields, not by its content."""
    if type(item) is dict and type(role := item.get("role")) is str and role in ROLES:
        return True
    if role_of(item) is None:
        return False
    if isinstance(item.get("role"), str):
        return True
    pairs = (
        ("from", "value"),
        ("type", "content"),
        ("type", "data"),
        ("id", "kwargs"),
        ("author", "content"),
    )
    return any(item.get(left) is not None and item.get(right) is not None for left, right in pairs)


def _single(value: dict[str, Any]) -> Found | None:
    one = turn(value) if _is_message(value) else None
    return None if one is None else Found([one])


def _body(value: dict[str, Any]) -> Found | None:
    """A request whose turns are a list, as most interfaces have it."""
    for key in LISTS:
        held = value.get(key)
        if isinstance(held, dict) and role_of(held):
            held = [held]
        if isinstance(held, list) and len(held) == 1 and isinstance(held[0], list):
            held = held[0]
        # Gemini may leave out who speaks, for it is the user.
        if key == "contents" and isinstance(held, list):
            held = [{"role": "user", **one} if _no_role(one) else one for one in held]
        if isinstance(held, list) and (made := _turns(held)):
            made += _cohere(value) if key == "chat_history" else []
            return _with_rest(value, made)
    return None


def _no_role(one: Any) -> bool:
    return isinstance(one, dict) and "parts" in one and one.get("role") is None


def _cohere(value: dict[str, Any]) -> list[Turn]:
    message = value.get("message")
    return [part_turn("user", message)] if isinstance(message, str) else []


def _with_rest(value: dict[str, Any], turns: list[Turn]) -> Found:
    said = [
        text
        for key in _SYSTEM
        if value.get(key) is not None
        for text in part_turn("system", value[key]).texts
    ]
    config = value.get(_TOOL_SETTINGS)
    declared = [value.get(key) for key in _TOOLS]
    declared += [config.get("tools")] if isinstance(config, dict) else []
    return Found(turns, said, list(tools(*declared)))


def _plain_body(value: dict[str, Any]) -> Found | None:
    """A request whose question is one text.

    Such names are common words, so every other name of the request must be known too.
    """
    keys = set(value)
    for key, beside, needs in (
        ("input", _SAMPLING | _RESPONSES, {"model"}),
        ("prompt", _SAMPLING, set[str]()),
        ("inputText", _SAMPLING | _TITAN, set[str]()),
        ("message", _SAMPLING | _COHERE, {"model", "preamble", "chat_history"}),
    ):
        if key in keys and keys - {key} <= beside and (not needs or needs & keys):
            texts = _plain_texts(value[key])
            if texts:
                return _with_rest(value, _asked("\n".join(texts)))
    return None


def _plain_texts(held: Any) -> list[str]:
    given = held if isinstance(held, list) else [held]
    texts = [part_text(each) for each in given if isinstance(each, str)]
    return [each for each in texts if each and each.strip()] if len(texts) == len(given) else []


def _asked(text: str) -> list[Turn]:
    return marked_turns(text) or human_turns(text) or [Turn("user", (text,))]


def _wrapped(value: dict[str, Any], chosen: ConversationReading, left: int) -> Found | None:
    inner = (_found(each, chosen, left - 1) for each in _held(value))
    return next((each for each in inner if each is not None), None)


def _held(value: dict[str, Any]) -> Iterator[Any]:
    for key in _WRAPPERS:
        held = value.get(key)
        if isinstance(held, dict | list | str):
            yield held
