"""Links that open Neo4j Browser with a query filled in, which the analyst then runs."""

import json
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from linkage.graph.questions import Question, folder

STYLE = "linkage.grass"
"""The file of colours and captions, beside the questions."""

_RULE = re.compile(r"^([\w.]+) \{ (.*) \}$", re.MULTILINE)

_WRITTEN = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HIDDEN = ("Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")
"""Categories of what is not seen, other blanks than the plain one among them."""

_ENDS_AN_ARGUMENT = "&#"
"""Browser 5 decodes the whole address before it takes it apart: these would end the query."""


def literal(value: str | int) -> str:
    """A value as Cypher writes it. What would not be seen is spelt out: the analyst reads before he runs.

    Raises ValueError for text that is no Unicode (a lone surrogate): no query can hold it.
    """
    if isinstance(value, int):
        return str(value)
    value.encode("utf-8")
    return f"'{''.join(map(_character, value))}'"


def _character(each: str) -> str:
    if each in _WRITTEN:
        return _WRITTEN[each]
    if each not in _ENDS_AN_ARGUMENT and (each == " " or unicodedata.category(each) not in _HIDDEN):
        return each
    units = each.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def filled(question: Question, values: Mapping[str, str | int]) -> str:
    """The query with its parameters written in, for a person to read, change and run."""
    body = re.sub(r"\$(\w+)", lambda found: literal(values[found[1]]), question.cypher)
    return f"// {question.title}\n{question.advice}{body}"


def link(browser: str, cypher: str) -> str:
    """The address that opens Browser with this text in its editor."""
    return f"{browser.rstrip('/')}/?cmd=edit&arg={quote(cypher, safe='')}"


def style() -> str:
    """The command that gives a window of Browser the colours and captions, on one line.

    It holds the style itself, so that no server has to be there to fetch it from. The sign before a colour is
    spelt out, since it would end the address.
    """
    text = (folder() / STYLE).read_text("utf-8")
    rules = {
        selector: dict(map(_setting, body.rstrip("; ").split(";"))) for selector, body in _RULE.findall(text)
    }
    return f":style {json.dumps(rules, separators=(',', ':'))}".replace("#", "\\u0023")


def _setting(written: str) -> tuple[str, str]:
    name, _, value = written.partition(":")
    return name.strip(), value.strip().strip('"')
