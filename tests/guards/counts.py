"""Sentences that count: no noun in the plural stands behind a number that may be one."""

import ast
import re
from collections.abc import Iterator

from tests.guards.module import Module

ELSEWHERE = ("linkage.lab.vocabulary", "linkage.bundle.checks.")
"""Prompts of simulated accounts, which are no sentences of the program; the verifier, which is one of its own
and uses nothing of this package."""

NOUNS = (
    "account|answer|bundle|card|case|check|column|country|customer|day|decoy|entr(?:y|ie)|famil(?:y|ie)|file|group"
    "|hour|interaction|key|line|link|member|message|minute|network|observation|operator|pair|part|person|prompt"
    "|quer(?:y|ie)|reason|request|row|rule|run|sentence|session|setting|signal|source|table|template|text|time"
    "|unit|value|verdict|word|year"
)
PLURAL = re.compile(rf"^ (?!of )(?:[a-z-]+ ){{0,2}}?(?:{NOUNS})s\b")
"""What may not follow a number that can be one."""

OF_ALL = re.compile(r"\b(?:of|to|with|than|least|most|among)(?: (?:its|the|all|each|up to))? ?$")
"""Before a number that is a whole or a bound: `3 of 600 accounts`, `more than 5 rows`."""

FRACTION = re.compile(r"[.]\d|%")
"""Formats of numbers that are no counts."""


def nouns_agree_with_counts(module: Module) -> Iterator[str]:
    """Each f-string or sum of texts with a plural behind a count that is not asked whether it is one."""
    if module.name.startswith(ELSEWHERE):
        return
    asked = {id(inner) for node in ast.walk(module.tree) if _asks(node) for inner in ast.walk(node)}
    for node in ast.walk(module.tree):
        if id(node) in asked:
            continue
        if isinstance(node, ast.JoinedStr):
            for before, number, after in _pieces(node):
                if _plain(number) and PLURAL.search(after) and not OF_ALL.search(before):
                    yield module.fault(node.lineno, f"{ast.unparse(number)}{after[:40]}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = node.left, node.right
            if not _text(left) and PLURAL.search(_text(right)):
                yield module.fault(node.lineno, f"{ast.unparse(left)[-40:]} + {_text(right)[:40]}")


def _asks(node: ast.AST) -> bool:
    """Whether it has another text for one: `"a day" if days == 1 else f"{days} days"`, or as an expression of
    Ibis."""
    if isinstance(node, ast.IfExp):
        return _with_one(node.test)
    calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ifelse"
    return calls and bool(node.args) and _with_one(node.args[0])


def _with_one(test: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Compare)
        and any(isinstance(other, ast.Constant) and other.value == 1 for other in each.comparators)
        and isinstance(each.ops[0], ast.Eq | ast.NotEq | ast.Gt)
        for each in ast.walk(test)
    )


def _pieces(node: ast.JoinedStr) -> Iterator[tuple[str, ast.FormattedValue, str]]:
    """Each value with the text before and after it."""
    for place, each in enumerate(node.values):
        if isinstance(each, ast.FormattedValue):
            before = _text(node.values[place - 1]) if place else ""
            after = _text(node.values[place + 1]) if place + 1 < len(node.values) else ""
            yield before, each, after


def _plain(number: ast.FormattedValue) -> bool:
    """Whether it may be a count: no constant of the module, no call that gives words, no fraction."""
    form = ast.unparse(number.format_spec) if number.format_spec else ""
    if FRACTION.search(form):
        return False
    value = number.value
    if isinstance(value, ast.Name | ast.Attribute):
        return not ast.unparse(value).rpartition(".")[2].isupper()
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("len", "sum", "count", "number", "int")
    return isinstance(value, ast.Subscript | ast.BinOp)


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
