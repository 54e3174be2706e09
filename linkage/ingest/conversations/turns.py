"""One turn of a conversation, whichever of the known interfaces wrote it.

A turn's role and its content go by many names; what they mean is the same. Content is a text or a list of
parts: texts, images, calls of tools, results of tools, and others.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from linkage.ingest.cleaning import whole

Role = Literal["user", "assistant", "system", "tool", "other"]

ROLES: dict[str, Role] = {
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(
        ("assistant", "ai", "gpt", "model", "bot", "chatbot", "chatgpt", "bing", "bard"), "assistant"
    ),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function", "observation", "ipython"), "tool"),
}
"""Roles as they are written, in lower case and without `_`, and what they mean."""

_CONTENT = ("parts", "content", "value", "text", "message")
TEXT_KINDS = {"text", "input_text", "output_text", "refusal"}
"""What parts call themselves that are texts."""
_TEXTS = ("text", "content", "refusal", "value")
_CALLS = {"tool_use", "tool_call", "function_call", "server_tool_use", "mcp_call", "dynamic-tool"}
_CALL_KEYS = ("functionCall", "function_call", "toolUse", "tool_use")
_RESULTS = {"tool_result", "function_call_output", "tool_call_response", "tool-result"}
_RESULT_KEYS = ("functionResponse", "function_response", "toolResult", "tool_result")
_IMAGE_KEYS = ("image", "image_url", "inlineData", "inline_data", "fileData", "file_data")
_MEDIA_TYPES = ("mediaType", "mimeType", "mime_type", "media_type")


class Turn(NamedTuple):
    """A turn: its texts, the tools it calls, and the parts it has beside texts."""

    role: Role
    texts: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    images: int = 0
    results: int = 0
    others: int = 0

    @property
    def text(self) -> str | None:
        """Its texts, a line break between each two; None without any."""
        return "\n".join(self.texts) or None


def role_of(message: Any) -> Role | None:
    """Who speaks in this message; None if it is no message."""
    if not isinstance(message, dict):
        return None
    author = message.get("author")
    names = [message.get(key) for key in ("role", "from", "type")]
    names.append(author.get("role") if isinstance(author, dict) else author)
    path = message.get("id")
    if isinstance(path, list) and path and "kwargs" in message:
        names.insert(0, path[-1])
    known = (ROLES.get(_bare(name)) for name in names if isinstance(name, str))
    return next((role for role in known if role), None)


def _bare(name: str) -> str:
    lower = name.lower().replace("_", "").replace(" ", "")
    return lower.removesuffix("chunk").removesuffix("message")


def turn(message: Any) -> Turn | None:
    """The turn that this message is; None if it is none: nobody speaks in it, or there is no content."""
    if type(message) is dict and len(message) == 2 and type(name := message.get("role")) is str:
        content, usual = message.get("content") or message.get("parts"), ROLES.get(name)
        if usual is not None and content and type(content) in (str, list):
            return _as_tool(part_turn(usual, content))
    role = role_of(message)
    if role is None:
        return None
    fields = _fields(message)
    called = tuple(
        tools(fields.get("tool_calls"), fields.get("function_call"), fields.get("toolInvocations"))
    )
    held = [fields[key] for key in _CONTENT if fields.get(key) is not None]
    if not held and not called and not any(key in fields for key in _CONTENT):
        return None
    # Some write a turn's text twice, as a text and as parts: the first that is not empty has it all.
    made = part_turn(role, next((each for each in held if each not in ("", [])), None))
    return _as_tool(made._replace(tools=tuple(dict.fromkeys((*made.tools, *called)))))


def _as_tool(made: Turn) -> Turn:
    """The turn as a tool's, where the user's holds nothing but its results."""
    spoke_a_tool = made.role == "user" and made.results and not made.texts and not made.images
    return made._replace(role="tool") if spoke_a_tool else made


def _fields(message: dict[str, Any]) -> dict[str, Any]:
    """The fields of a stored message, which some keep one level further in."""
    for key in ("kwargs", "data"):
        inner = message.get(key)
        if isinstance(inner, dict) and "content" in inner:
            return inner
    return message


def part_turn(role: Role, content: Any) -> Turn:
    """A turn of this role with this content: a text, a part, or a list of them."""
    if type(content) is str:
        return Turn(role, (content,)) if content and not content.isspace() else Turn(role)
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        content = content["parts"]
    parts = content if isinstance(content, list) else [] if content is None else [content]
    if any(isinstance(part, list) for part in parts):
        parts = list(_flat(parts))
    texts: list[str] = []
    named: list[str] = []
    count = {"image": 0, "result": 0, "other": 0}
    for part in parts:
        text = part_text(part)
        if text is not None:
            if text and not text.isspace():
                texts.append(text)
            continue
        calls = list(_calls(part))
        named.extend(calls)
        if part is not None:
            count[_kind(part)] += 1
    return Turn(
        role, tuple(texts), tuple(dict.fromkeys(named)), count["image"], count["result"], count["other"]
    )


def _flat(parts: list[Any]) -> Iterator[Any]:
    """The parts of lists inside one another, which some write where a list is joined to another."""
    for part in parts:
        if isinstance(part, list):
            yield from _flat(part)
        else:
            yield part


def part_text(part: Any) -> str | None:
    """The text of one part; None if it is no text."""
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return None
    guarded = part.get("guardContent")
    if isinstance(guarded, dict) and isinstance(guarded.get("text"), dict):
        return part_text(guarded["text"])
    kind = part.get("type")
    if (isinstance(kind, str) and kind not in TEXT_KINDS) or part.get("thought") is True:
        return None
    for key in _TEXTS:
        found = part.get(key)
        if isinstance(found, str):
            return found
    return None


def _kind(part: Any) -> str:
    """What a part without text is."""
    if not isinstance(part, dict):
        return "other"
    kind = str(part.get("type") or "")
    if kind in _RESULTS or any(part.get(key) is not None for key in _RESULT_KEYS):
        return "result"
    media = next((part[key] for key in _MEDIA_TYPES if part.get(key) is not None), None)
    inner = [part[key] for key in _IMAGE_KEYS if part.get(key) is not None]
    for each in inner:
        given = [each[key] for key in _MEDIA_TYPES if isinstance(each, dict) and each.get(key) is not None]
        media = media or next(iter(given), None)
    if media is not None:
        return "image" if str(media).startswith("image/") else "other"
    return "image" if "image" in kind or inner else "other"


def _calls(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        kind = part.get("type")
        if isinstance(kind, str) and (kind in _CALLS or kind == "tool-call"):
            yield from tools(part)
        elif isinstance(kind, str) and kind.startswith("tool-") and kind not in _RESULTS:
            yield kind.removeprefix("tool-")
        yield from tools(*(part.get(key) for key in _CALL_KEYS))


def tools(*declared: Any) -> Iterator[str]:
    """The names of tools in declarations or calls of them, or in lists of these, as they come."""
    for each in declared:
        if isinstance(each, list):
            yield from tools(*(one for one in each if isinstance(one, dict)))
        elif isinstance(each, dict):
            yield from _tool(each)


def _tool(given: dict[str, Any]) -> Iterator[str]:
    inner = [
        given.get(key) for key in ("function", "toolSpec", "functionDeclarations", "function_declarations")
    ]
    inner = [each for each in inner if isinstance(each, dict | list)]
    if inner:
        for each in inner:
            held = each if isinstance(each, list) else [each]
            yield from (name for one in held for name in _names(one))
    else:
        yield from _names(given)


def _names(given: Any) -> Iterator[str]:
    if isinstance(given, dict):
        found = (given.get(key) for key in ("name", "toolName", "tool_name", "type"))
        name = next((each for each in found if isinstance(each, str) and each), None)
        if name is not None:
            yield whole(name)
