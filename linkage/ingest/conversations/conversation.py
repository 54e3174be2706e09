"""What was asked in a conversation, and what had been said before.

Read are requests, stored messages and marked texts, in the shapes of: OpenAI (chat, responses, completions),
Anthropic, Gemini, Bedrock (Converse, InvokeModel), Cohere, OpenTelemetry's GenAI conventions, LangChain, the
Vercel AI SDK, ShareGPT and WildChat; ChatML, Llama and Harmony marks; and what Python prints of any of these.
"""

import hashlib
import unicodedata
from typing import Any, NamedTuple

from linkage.ingest.cleaning import SURROGATE, clean, whole
from linkage.ingest.conversations.bodies import Found, found
from linkage.ingest.conversations.turns import Turn
from linkage.settings.ingest import ConversationReading

DEFAULTS = ConversationReading()


class Conversation(NamedTuple):
    """One conversation.

    `prompt` is the text of the last turn of the user, its parts on lines of their own; `earlier` are the
    texts of the model's turns, in order, without `response`, its turn after the prompt. `tools` are the
    names of tools declared or called, once each. `turns` counts those of user and model, `images` pictures,
    and `other_parts` what else has no text: calls and results of tools, files, sounds, thoughts. `cleaned`
    says by column of ours what was replaced in its texts, and what `text_hash` leaves out of them.
    """

    prompt: str | None
    system_prompt: str | None
    earlier: tuple[str, ...]
    response: str | None
    tools: tuple[str, ...]
    turns: int
    images: int
    other_parts: int
    cleaned: tuple[tuple[str, str], ...] = ()


def conversation(value: Any, chosen: ConversationReading = DEFAULTS) -> Conversation | None:
    """The conversation that a value is, parsed or as a text; None if it is an ordinary text or other JSON.

    Takes anything and never raises; linear in the size of the value.
    """
    held = found(value, chosen)
    return None if held is None else _cleaned(_conversation(held))


_CONTROLS = bytes(each for each in (*range(0x20), 0x7F) if each not in b"\t\n\r")
_MAYBE_CONTROL, _MAYBE_HALF = b"\xc2", b"\xed"
"""With these bytes begin the control characters beyond ASCII, and halves of characters, besides others."""


def text_hash(text: str) -> str:
    """The hash by which an answer is known again when it is sent on: SHA-256, hexadecimal, of the text in
    NFC without white space around it.

    Control characters do not count, tabs and line ends aside, and halves of characters count as U+FFFD: by
    such a character nobody makes an answer another one.
    """
    data = text.encode("utf-8", "surrogatepass")
    if _MAYBE_CONTROL in data or _MAYBE_HALF in data or len(data.translate(None, _CONTROLS)) < len(data):
        text = clean(text, prose=True).text
    elif text.isascii():
        return hashlib.sha256(data.strip()).hexdigest()
    return hashlib.sha256(unicodedata.normalize("NFC", text).strip().encode()).hexdigest()


def _cleaned(made: Conversation) -> Conversation:
    """The conversation with whole characters alone, and with what its texts needed.

    Control characters of a prompt stay: they are for the cells to remove.
    """
    asked = {"prompt": made.prompt, "system_prompt": made.system_prompt}
    sent = {"context_sha256": made.earlier, "response_sha256": (made.response,)}
    how = [(name, SURROGATE) for name, text in asked.items() if text and whole(text) != text]
    for name, texts in sent.items():
        kinds = (kind for text in texts if text for kind in clean(text, prose=True).how)
        how += [(name, kind) for kind in dict.fromkeys(kinds)]
    if not how:
        return made
    return made._replace(
        prompt=made.prompt and whole(made.prompt),
        system_prompt=made.system_prompt and whole(made.system_prompt),
        earlier=tuple(map(whole, made.earlier)),
        response=made.response and whole(made.response),
        cleaned=tuple(how),
    )


def _conversation(held: Found) -> Conversation:
    if len(held.turns) == 1 and not held.system and not held.tools and held.turns[0].role == "user":
        (only,) = held.turns
        parts = only.results + only.others
        return Conversation(
            only.text, None, (), None, tuple(dict.fromkeys(only.tools)), 1, only.images, parts
        )
    spoken = [each for each in held.turns if each.role in ("user", "assistant")]
    answered = _answer_at(held.turns)
    assistant = [(at, each.text) for at, each in enumerate(held.turns) if each.role == "assistant"]
    system = [text for each in held.turns if each.role == "system" for text in each.texts]
    named = [*held.tools, *(name for each in held.turns for name in each.tools)]
    return Conversation(
        prompt=_prompt(spoken),
        system_prompt="\n".join([*held.system, *system]) or None,
        earlier=tuple(text for at, text in assistant if text is not None and at != answered),
        response=None if answered is None else held.turns[answered].text,
        tools=tuple(dict.fromkeys(named)),
        turns=len(spoken),
        images=sum(each.images for each in held.turns),
        other_parts=sum(each.results + each.others for each in held.turns),
    )


def _prompt(spoken: list[Turn]) -> str | None:
    """The last text in the last run of the user's turns: who sends a picture often asks one turn before."""
    end = len(spoken)
    while end and spoken[end - 1].role != "user":
        end -= 1
    while end and spoken[end - 1].role == "user":
        end -= 1
        if spoken[end].text is not None:
            return spoken[end].text
    return None


def _answer_at(turns: list[Turn]) -> int | None:
    """Where the answer to the prompt is. While a tool's result waits to be answered there is none."""
    for at in range(len(turns) - 1, -1, -1):
        if turns[at].role in ("user", "tool"):
            return None
        if turns[at].role == "assistant" and turns[at].text is not None:
            return at
    return None
