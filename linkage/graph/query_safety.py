"""What a query file may not hold: anything that writes, reads files, or calls what is not a plain lookup.

The server is asked to read only as well; this says no before anything is sent, and says why. When in doubt
it refuses: whoever has a variable called `set` can write it in backticks.
"""

import re

ESCAPED = re.compile(r"\\(?:u+([0-9A-Fa-f]{4})|.)", re.DOTALL)

# In this order: a quote inside a comment opens no string, nor a slash in a string a comment.
TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n\r]* | /\*.*?\*/ )
  | (?P<string> '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" )
  | (?P<quoted> `(?:[^`]|``)*` )
  | (?P<word> [^\W\d]\w* )
  | (?P<open> ['"`] | /\* )
  | (?P<mark> \S )
    """,
    re.VERBOSE | re.DOTALL,
)

REFUSED = {
    *("create", "delete", "detach", "foreach", "insert", "load", "merge", "remove", "set", "transactions"),
    *("alter", "deny", "drop", "grant", "rename", "revoke", "show", "terminate", "use"),
    *("deallocate", "disable", "dryrun", "enable", "reallocate", "start", "stop"),
}
"""Words that change the graph or the server, read files, leave the database or list what the server holds."""

ROOTS = {"apoc", "dbms", "gds", "genai"}
"""Where procedures and functions live that reach beyond the graph."""

LOOKUPS = {
    *("db.index.fulltext.querynodes", "db.index.vector.querynodes"),
    *("db.labels", "db.propertykeys", "db.relationshiptypes"),
}
"""The procedures that may be called."""


HARMLESS = "&#"
"""No quote, and no part of a word: the links into Browser spell these out, which would end an address."""


def refusal(query: str) -> str:
    """Why a query may not be run; an empty text if nothing speaks against it."""
    for escape in ESCAPED.finditer(query):
        # Neo4j decodes these before it reads: a quote written so would end a string.
        if escape[1] and 0x20 <= (code := int(escape[1], 16)) < 0x7F and chr(code) not in HARMLESS:
            return f"line {_line(query, escape)}: {escape[0]} hides a plain character; write it as it is"
    text = ESCAPED.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[0], query)
    tokens = [each for each in TOKEN.finditer(text) if each.lastgroup != "comment"]
    for at, token in enumerate(tokens):
        fault = _fault(tokens, at)
        if fault:
            return f"line {_line(text, token)}: {fault}"
    return ""


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def _fault(tokens: list[re.Match[str]], at: int) -> str:
    token, before, after = _word(tokens, at), _word(tokens, at - 1), _word(tokens, at + 1)
    kind = tokens[at].lastgroup
    if kind == "open":
        return "a quotation or a comment has no end"
    if token == ";" and kind == "mark" and at < len(tokens) - 1:
        return "more than one statement"
    if kind not in ("word", "quoted") or before in (".", "$"):
        return ""
    if token in ROOTS and after == ".":
        return f"{_path(tokens, at)} is not allowed"
    if before == "call":
        path = _path(tokens, at)
        return "" if path.casefold() in LOOKUPS else f"CALL {path} is not allowed"
    # A label or a key may have such a name; a clause never stands there.
    if kind == "word" and token in REFUSED and before != ":" and after != ":":
        return f"{token.upper()} is not allowed: a question only reads"
    return ""


def _word(tokens: list[re.Match[str]], at: int) -> str:
    if not 0 <= at < len(tokens):
        return ""
    found = tokens[at].group()
    return found.strip("`").casefold()


def _path(tokens: list[re.Match[str]], at: int) -> str:
    """The dotted name that begins at a token."""
    parts = [tokens[at].group().strip("`")]
    while _word(tokens, at + 1) == "." and at + 2 < len(tokens):
        at += 2
        parts.append(tokens[at].group().strip("`"))
    return ".".join(parts)
