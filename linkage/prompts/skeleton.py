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

from linkage.schema import content_id

VIEW = 4096
"""Characters of a skeleton that are compared by meaning: its head and its tail, half each."""

SEGMENT_VIEW = 512
"""Characters of a segment that are kept; what has no sentence end for longer is data, not a sentence."""

_MAX_QUOTED = 400  # a longer "quotation" is two stray quotation marks
_MAX_MARKS = 8  # accents on one letter; more are ornament, and sorting them takes quadratic time
_ROUNDS = 4  # a masked link can bring two quotation marks close enough to be a pair

_CONTROLS = {code: None for code in (*range(9), *range(14, 32), 127)}

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_FENCE = re.compile(r"```.*?```|~~~.*?~~~|\"\"\".*?\"\"\"", re.DOTALL)
_LINK = re.compile(r"(?:https?|ftp|file|s3)://[^\s<>\"'`]++|(?<!\w)www\.[^\s<>\"'`]++")
_MAIL = re.compile(r"(?<![\w.%+\-])[\w.%+\-]++@[\w\-]++(?:\.[\w\-]++)++")
_QUOTED = re.compile(
    rf"`[^`]{{1,{_MAX_QUOTED}}}+`"
    rf"|\"[^\"]{{1,{_MAX_QUOTED}}}+\""
    rf"|“[^“”]{{1,{_MAX_QUOTED}}}+”"
    rf"|«[^«»]{{1,{_MAX_QUOTED}}}+»"
    rf"|‘(?<!\w‘)[^‘’]{{1,{_MAX_QUOTED}}}+’(?!\w)"
    rf"|'(?<!\w')[^']{{1,100}}+'(?!\w)"
)
_QUOTES = re.compile("[`\"“«‘']")
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(
    r"(?<!\w)(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)"
    r"|[^\W\d]*+\d\w*+(?:[.,:/\-]\d\w*+)*+)"
)
_LISTED = re.compile(r"(<(?:n|id|url|quote)>)(?:[,;\s]*+\1)++")
_DIGITS = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_MIXED = re.compile(r"\d[^\W\d]+\d")
_HEX = re.compile(r"(?:0x)?[0-9a-f]{8,}")

_MARK = re.compile(r"<(?:n|id|url|mail|quote|code)>")
_SENTENCE = re.compile(r"[.!?;\n。｡](?:(?<=[\n。｡])|[\"')\]]*+\s+)")
_EDGE = " \t-*•#.,:;!?()[]{}|=_/\\\"'"
_LETTERS = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class Skeleton:
    """One masked prompt. `text` is on one line; `cut` counts the segments beyond the allowed number."""

    id: str
    text: str
    segments: tuple[str, ...]
    cut: int = 0


def skeleton(text: str, *, min_segment_words: int, max_segments: int) -> Skeleton:
    """The skeleton of one prompt.

    Line breaks separate segments but do not count for the id: the same words wrapped otherwise are
    the same prompt. Marks that stand for a slot: `<n>` `<id>` `<url>` `<mail>` `<quote>` `<code>`.
    """
    lines = _mask(_plain(text))
    flat = " ".join(lines.split())
    parts = _segments(lines, min_segment_words)
    kept = _sample(parts, max_segments)
    return Skeleton(content_id(["skeleton", flat]), flat, tuple(kept), len(parts) - len(kept))


def skeletons(texts: Sequence[str], *, min_segment_words: int, max_segments: int) -> list[Skeleton]:
    """The skeleton of each text, in the order given, with no more of it than is compared by meaning."""
    made = (skeleton(text, min_segment_words=min_segment_words, max_segments=max_segments) for text in texts)
    return [replace(one, text=view(one.text)) if len(one.text) > VIEW else one for one in made]


def view(text: str) -> str:
    """The head and tail of a long skeleton, which stand for it where meaning is compared."""
    return text if len(text) <= VIEW else f"{text[: VIEW // 2]} {text[-VIEW // 2 :]}"


def words(text: str) -> str:
    """The text without marks and edges: what an encoder should read."""
    return " ".join(_MARK.sub(" ", text).split()) if "<" in text else text


def _plain(text: str) -> str:
    """Compatibility forms and case folded, invisible characters gone, white space collapsed."""
    if not text.isascii():
        text = _fold(text)
    elif text.replace("\n", " ").isprintable():
        text = text.lower()
    else:
        text = text.lower().translate(_CONTROLS).replace("\r", "\n")
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


def _fold(text: str) -> str:
    for _ in range(_ROUNDS):
        before = text
        text = _marks().sub(r"\1", _INVISIBLE.sub("", text))
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if text == before:
            break
    return text


@cache
def _marks() -> re.Pattern[str]:
    """Runs of combining marks that are too long, with the part to keep as group 1."""
    marks = (
        chr(code)
        for code in range(0x300, 0x1F000)
        if not 0x3400 <= code < 0xA000
        and not 0xAC00 <= code < 0xE000
        and unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0])
    )
    kind = f"[{''.join(marks)}]"
    return re.compile(f"({kind}{{{_MAX_MARKS}}}){kind}+")


def _mask(text: str) -> str:
    """Each kind of slot is looked for only where its tell-tale character occurs."""
    if "```" in text or "~~~" in text or '"""' in text:
        text = _FENCE.sub("<code>", text)
    if "://" in text or "www." in text:
        text = _LINK.sub("<url>", text)
    if "@" in text:
        text = _MAIL.sub("<mail>", text)
    if _DIGIT.search(text):
        text = _NUMBERED.sub(_number_or_id, text)
        text = _DIGITS.sub("<n>", text) if _DIGIT.search(text) else text
    text = _mask_quoted(text) if _QUOTES.search(text) else text
    return _LISTED.sub(r"\1", text) if ">" in text else text


def _mask_quoted(text: str) -> str:
    for _ in range(_ROUNDS):
        before, text = text, _QUOTED.sub(_quote_or_code, text)
        if text == before:
            break
    return text


def _quote_or_code(found: re.Match[str]) -> str:
    return "<code>" if found[0][0] == "`" else "<quote>"


def _number_or_id(found: re.Match[str]) -> str:
    """An id mixes letters and digits more than once or is long hexadecimal; `gpt4` is a word, numbered."""
    token = found[0]
    if _DIGITS.fullmatch(token):
        return "<n>"
    if (len(token) >= 6 and _MIXED.search(token)) or _HEX.fullmatch(token) or token.count("-") == 4:
        return "<id>"
    return _DIGITS.sub("<n>", token)


def _segments(lines: str, min_words: int) -> list[str]:
    """Sentences and lines long enough to say something, once each, in order."""
    parts = dict.fromkeys(_tidy(part[: 2 * SEGMENT_VIEW], min_words) for part in _SENTENCE.split(lines))
    return [part for part in parts if part]


@lru_cache(maxsize=2**15)
def _tidy(part: str, min_words: int) -> str:
    """A segment without its edges, or nothing if it has too few words; templates repeat theirs endlessly."""
    part = part.strip(_EDGE)[:SEGMENT_VIEW].rstrip(_EDGE)
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
