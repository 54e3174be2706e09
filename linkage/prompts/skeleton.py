"""A prompt with its slots masked: what remains when numbers, names of files, links and quotations differ.

Two prompts with one skeleton are the same text for every later step. Everything here is linear in
the length of the text, whatever the text: prompts are hostile, and one of 10 MB is a valid row.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from hashlib import blake2b

from linkage.prompts.json_layout import Kind, Part, json_layout
from linkage.prompts.sentences import EDGE, ENDS
from linkage.schema import content_id
from linkage.settings.prompts import Prompts as PromptSettings
from linkage.settings.prompts import Skeletons

_CONTROLS = {code: None for code in (*range(9), *range(14, 32), 127)}

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_FENCE = re.compile(r"```.*?```|~~~.*?~~~|\"\"\".*?\"\"\"", re.DOTALL)
_LINK = re.compile(r"(?:https?|ftp|file|s3)://[^\s<>\"'`]++|(?<!\w)www\.[^\s<>\"'`]++")
_MAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]++@[\w\-]++(?:\.[\w\-]++)++")
_QUOTES = re.compile("[`\"“«‘']")
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(
    r"(?<!\w)(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)"
    r"|[^\W\d]*+\d\w*+(?:[.,:/\-]\d\w*+)*+)"
)
_LISTED = re.compile(r"(<(?:n|id|url|quote)>)(?:[,;\s]*+\1)++")
_DIGITS = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_MIXED = re.compile(r"\d[^\W\d]+\d")
_HEX = re.compile(r"(?:0x)?([0-9a-f]+)")

_MARK = re.compile(r"<(?:n|id|url|mail|quote|code)>")
_LETTERS = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class Skeleton:
    """One masked prompt. `text` is on one line; `cut` counts the segments beyond the allowed number.

    `compared` is what is compared by meaning: `text` itself, but of a prompt that is JSON only what is asked.
    """

    id: str
    text: str
    segments: tuple[str, ...]
    cut: int
    compared: str


def skeleton(text: str, chosen: PromptSettings) -> Skeleton:
    """The skeleton of one prompt.

    Line breaks separate segments but do not count for the id: the same words wrapped otherwise are
    the same prompt. Marks that stand for a slot: `<n>` `<id>` `<url>` `<mail>` `<quote>` `<code>`.
    Of a prompt that is JSON the keys stay, and what is asked is in its texts: these are masked and cut into
    segments each by itself, as if it were the prompt.
    """
    parts = json_layout(text, chosen.skeletons.max_json_depth)
    if parts is not None and any(kind in (Kind.KEY, Kind.TEXT) for kind, _ in parts):
        return _of_json(parts, chosen)
    lines = _masked(text, chosen)
    flat = " ".join(lines.split())
    return _made(flat, flat, _segments(lines, chosen), chosen)


def _of_json(parts: list[Part], chosen: PromptSettings) -> Skeleton:
    """Texts of too few words are slots of it, unless there is no other text: then they are what is asked."""
    texts = {each: _masked(each, chosen) for kind, each in parts if kind in (Kind.KEY, Kind.TEXT)}
    enough = {each for each in texts if _count(texts[each]) >= chosen.min_segment_words}
    # A key of one word is a name, however that word is put together; one of several words is a text.
    said = [each for kind, each in parts if kind == Kind.TEXT or (kind == Kind.KEY and " " in each)]
    asked = dict.fromkeys([each for each in said if each in enough] or said)
    shown = (
        each if kind == Kind.SIGN else _shown(kind, texts.get(each, ""), each in asked)
        for kind, each in parts
    )
    flat = " ".join("".join(shown).split())
    segments = dict.fromkeys(part for each in asked for part in _segments(texts[each], chosen))
    compared = " ".join(" ".join(texts[each] for each in asked).split())
    return _made(_LISTED.sub(r"\1", flat), compared, list(segments), chosen)


def _shown(kind: Kind, masked: str, asked: bool) -> str:
    """A key, number or text as the skeleton shows it."""
    if kind == Kind.NUMBER:
        return "<n>"
    return masked if kind == Kind.KEY or asked else "<quote>"


def _made(flat: str, compared: str, parts: list[str], chosen: PromptSettings) -> Skeleton:
    kept = _sample(parts, chosen.max_segments)
    return Skeleton(content_id(["skeleton", flat]), flat, tuple(kept), len(parts) - len(kept), compared)


def skeletons(texts: Sequence[str], *, chosen: PromptSettings) -> list[Skeleton]:
    """The skeleton of each text, in the order given, with no more of it than is compared by meaning."""
    most = chosen.skeletons.compared_characters
    return [_cut(skeleton(text, chosen), most) for text in texts]


def _cut(one: Skeleton, most: int) -> Skeleton:
    if len(one.text) <= most:
        return one
    text = head_and_tail(one.text, most)
    compared = text if one.compared is one.text else head_and_tail(one.compared, most)
    return replace(one, text=text, compared=compared)


def head_and_tail(text: str, most: int) -> str:
    """The head and tail of a long skeleton, which stand for it where meaning is compared."""
    return text if len(text) <= most else f"{text[: most // 2]} {text[-most // 2 :]}"


def words(text: str) -> str:
    """The text without marks and edges: what an encoder should read."""
    return " ".join(_MARK.sub(" ", text).split()) if "<" in text else text


def _masked(text: str, chosen: PromptSettings) -> str:
    return _mask(_plain(text, chosen.skeletons), chosen.skeletons)


def _plain(text: str, chosen: Skeletons) -> str:
    """Compatibility forms and case folded, invisible characters gone, white space collapsed."""
    if not text.isascii():
        text = _fold(text, chosen)
    elif text.replace("\n", " ").isprintable():
        text = text.lower()
    else:
        text = text.lower().translate(_CONTROLS).replace("\r", "\n")
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


def _fold(text: str, chosen: Skeletons) -> str:
    for _ in range(chosen.max_rounds):
        before = text
        text = _marks(chosen.max_accents).sub(r"\1", _INVISIBLE.sub("", text))
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if text == before:
            break
    return text


@cache
def _marks(most: int) -> re.Pattern[str]:
    """Runs of combining marks that are too long, with the part to keep as group 1."""
    marks = (
        chr(code)
        for code in range(0x300, 0x1F000)
        if not 0x3400 <= code < 0xA000
        and not 0xAC00 <= code < 0xE000
        and unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0])
    )
    kind = f"[{''.join(marks)}]"
    return re.compile(f"({kind}{{{most}}}){kind}+")


def _mask(text: str, chosen: Skeletons) -> str:
    """Each kind of slot is looked for only where its tell-tale character occurs."""
    if "```" in text or "~~~" in text or '"""' in text:
        text = _FENCE.sub("<code>", text)
    if "://" in text or "www." in text:
        text = _LINK.sub("<url>", text)
    if "@" in text:
        text = _MAIL.sub("<mail>", text)
    if _DIGIT.search(text):
        text = _NUMBERED.sub(lambda found: _number_or_id(found, chosen), text)
        text = _DIGITS.sub("<n>", text) if _DIGIT.search(text) else text
    text = _mask_quoted(text, chosen) if _QUOTES.search(text) else text
    return _LISTED.sub(r"\1", text) if ">" in text else text


@cache
def _quotations(most: int, between_apostrophes: int) -> re.Pattern[str]:
    """Quotations and code of so many characters, between quotation marks and between apostrophes."""
    return re.compile(
        rf"`[^`]{{1,{most}}}+`"
        rf"|\"[^\"]{{1,{most}}}+\""
        rf"|“[^“”]{{1,{most}}}+”"
        rf"|«[^«»]{{1,{most}}}+»"
        rf"|‘(?<!\w‘)[^‘’]{{1,{most}}}+’(?!\w)"
        rf"|'(?<!\w')[^']{{1,{between_apostrophes}}}+'(?!\w)"
    )


def _mask_quoted(text: str, chosen: Skeletons) -> str:
    quoted = _quotations(chosen.quoted_characters, chosen.apostrophe_characters)
    for _ in range(chosen.max_rounds):
        before, text = text, quoted.sub(_quote_or_code, text)
        if text == before:
            break
    return text


def _quote_or_code(found: re.Match[str]) -> str:
    return "<code>" if found[0][0] == "`" else "<quote>"


UUID_HYPHENS = 4


def _number_or_id(found: re.Match[str], chosen: Skeletons) -> str:
    """An id mixes letters and digits more than once or is long hexadecimal; `gpt4` is a word, numbered."""
    token = found[0]
    if _DIGITS.fullmatch(token):
        return "<n>"
    mixed = len(token) >= chosen.min_id_characters and _MIXED.search(token)
    if mixed or _long_hex(token, chosen.min_hex_characters) or token.count("-") == UUID_HYPHENS:
        return "<id>"
    return _DIGITS.sub("<n>", token)


def _long_hex(token: str, least: int) -> bool:
    found = _HEX.fullmatch(token)
    return found is not None and len(found[1]) >= least


def _segments(lines: str, chosen: PromptSettings) -> list[str]:
    """Sentences and lines long enough to say something, once each, in order."""
    min_words, most = chosen.min_segment_words, chosen.skeletons.segment_characters
    parts = dict.fromkeys(_tidy(part[: 2 * most], min_words, most) for part in ENDS.split(lines))
    return [part for part in parts if part]


@lru_cache(maxsize=2**15)
def _tidy(part: str, min_words: int, most: int) -> str:
    """A segment without its edges, or nothing if it has too few words; templates repeat theirs endlessly."""
    part = part.strip(EDGE)[:most].rstrip(EDGE)
    return part if _count(part) >= min_words else ""


def _count(segment: str) -> int:
    """Words in it, marks not counted; two signs count as a word where words are not spaced."""
    bare = _MARK.sub(" ", segment) if "<" in segment else segment
    if bare.isascii():
        return len(_LETTERS.findall(bare))
    unspaced = len(_UNSPACED.findall(bare))
    return len(_LETTERS.findall(_UNSPACED.sub(" ", bare))) + unspaced // 2


def _sample(parts: list[str], most: int) -> list[str]:
    """Those with the smallest hash, so that two long prompts keep the same ones of what they share."""
    if len(parts) <= most:
        return parts
    by_hash = sorted(parts, key=lambda part: blake2b(part.encode(), digest_size=8).digest())
    chosen = set(by_hash[:most])
    return [part for part in parts if part in chosen]
