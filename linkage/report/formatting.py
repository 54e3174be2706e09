"""Numbers as people read them, and texts without what no reader should meet."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from linkage.wording import many as many

UNKNOWN = "not known"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4"
    "\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
"""Control, direction, zero width, variation, tags, private, halves of characters, ends of lines, and letters
that are drawn as nothing; written out, as each Python knows another Unicode."""

_MARK = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HEAPED = re.compile(f"(?<={_MARK}{{3}}){_MARK}")
"""More marks on one letter than any language writes: they would be drawn over other lines."""

_PLACES = {"bits": Decimal("0.1"), "share": Decimal("0.01"), "small-share": Decimal("0.001")}


def clean(text: object) -> str:
    r"""The text with whatever is not simply drawn as `\u{…}`: none can hide, or turn the words around it.

    Line feeds and tabs stay.
    """
    said = str(text)
    if said.isascii() and said.isprintable():
        return said
    return _UNSEEN.sub(_escaped, _HEAPED.sub(_escaped, said))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):x}}}"


def bits(value: float | str | None) -> str:
    """Signed bits with one digit."""
    if value is None:
        return UNKNOWN
    rounded = Decimal(str(value)).quantize(_PLACES["bits"], ROUND_HALF_EVEN)
    return f"{rounded + 0:+,}".replace("-", "−")


def share(value: float | str | None) -> str:
    """A share as per cent."""
    if value is None:
        return UNKNOWN
    exact = Decimal(str(value))
    if exact != 0 and abs(exact) < Decimal("0.0005"):
        return "under 0.1%"
    fine = 0 < abs(exact) < Decimal("0.095")
    rounded = exact.quantize(_PLACES["small-share" if fine else "share"], ROUND_HALF_EVEN)
    return f"{(rounded * 100).normalize():f}%"


def count(value: int | float | str | None) -> str:
    """A count with its thousands marked."""
    return UNKNOWN if value is None else f"{int(value):,}"


def small(value: float | str | None) -> str:
    """A small number with two digits that say something."""
    return UNKNOWN if value is None else f"{float(value):.2g}"


def sentence(text: object) -> str:
    """The text with a capital where it begins, and a full stop where it ends without a mark."""
    said = clean(text).strip()
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '!', '?', '…')) else '.'}"


_SPAN = re.compile(r" \+(\d+) ([dh])(?=$|,)")


def spelled(value: object) -> str:
    """The value of a trait, that of a burst with its length in words: `2026-03-31 23:45 for 3 days`,
    where the case has `+3 d`."""
    return _SPAN.sub(_in_words, str(value))


def _in_words(found: re.Match[str]) -> str:
    return f" for {many(int(found[1]), 'day' if found[2] == 'd' else 'hour')}"


def cut(text: object, most: int) -> str:
    """The first characters of a text, with an ellipsis where there are more."""
    said = clean(text)
    return said if len(said) <= most else said[: most - 1] + "…"


FORMS = {
    "log-odds": bits,
    "favours": bits,
    "strongest-link": bits,
    "family-bits": bits,
    "q-value": small,
    "distillation": share,
    "mean-membership": share,
}
"""How the number of a claim is written, by what it is of or by its method; others are counts."""


def claimed(claim: Mapping[str, Any]) -> str:
    """The number of a claim; one that cannot be read as such stands as it is."""
    form = FORMS.get(str(claim.get("of"))) or FORMS.get(str(claim.get("method"))) or count
    try:
        return form(str(claim["value"]))
    except (ValueError, ArithmeticError):
        return clean(claim["value"])
