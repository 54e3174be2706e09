"""Makes text from data safe to print. All such text passes here.

A prompt, a user agent or a file name is hostile: a control character can rewrite the screen or the
clipboard, a direction mark can make text read as something else. Here they become visible.
"""

import unicodedata

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Control, format (direction, zero width, soft hyphen, tags), lone surrogate, ends of line and paragraph."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Counted as letters or marks, drawn as nothing."""

_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""First characters that make a spreadsheet run a cell (OWASP; full-width ones in some locales)."""


def safe(text: object) -> str:
    r"""The text with every character that is not simply drawn shown as `\u{…}`, line ends and tabs too."""
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(f"\\u{{{ord(each):x}}}" if _unseen(each) else each for each in plain)


def cut(text: object, width: int) -> str:
    """The safe text, shortened to so many characters with an ellipsis."""
    shown = safe(text)
    return shown if len(shown) <= width else shown[: max(0, width - 1)] + "…"


def spreadsheet(text: str) -> str:
    """The safe text as a cell that no spreadsheet takes for a formula."""
    return ("'" if text.startswith(_FORMULA) else "") + safe(text)


def _unseen(each: str) -> bool:
    return unicodedata.category(each) in _HIDDEN or each in _BLANK or "\ufe00" <= each <= "\ufe0f"
