"""Numbers in the packages whose code makes tables: each is a unit, mathematics, or a setting.

`literals.txt` beside this file lists the places where a number may stand all the same, each with its reason:
what bounds work and memory, and changes no table. A number anywhere else fails the test.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.guards.module import STAGES, Module, within

PACKAGES = (*STAGES, "case")
MATHEMATICS = {-1, 0, 1, 2}
UNITS = {
    "MICRO", "MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK",
    "HOURS_OF_DAY", "DAYS_OF_WEEK", "KIB", "MIB", "GIB", "HUNDREDTH", "DECIMALS",
}  # fmt: skip
"""Names whose value is a unit: a number bound to one of them is no choice."""

DECLARED = {"Shared"}
"""What declares the numbers of a signal in its file: settings of that signal, written out in each run's."""

LIST = Path(__file__).with_name("literals.txt")


def faults(module: Module) -> Iterator[str]:
    """`module: function or name: number` for each, once."""
    if within(module.place, *PACKAGES):
        seen: set[str] = set()
        for place, number in _numbers(module.tree, ""):
            said = f"{module.place}: {place}: {number!r}"
            if number not in MATHEMATICS and said not in seen:
                seen.add(said)
                yield said


def _numbers(node: ast.AST, place: str) -> Iterator[tuple[str, float]]:
    for child in ast.iter_child_nodes(node):
        inside = place
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{place}.{child.name}" if place else child.name
        elif isinstance(child, ast.Assign | ast.AnnAssign) and not place:
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            inside = ast.unparse(target)
            if inside.lstrip("_") in UNITS:
                continue
        if isinstance(child, ast.Call) and ast.unparse(child.func) in DECLARED:
            continue
        number = child.value if isinstance(child, ast.Constant) else None
        if isinstance(number, int | float) and not isinstance(number, bool):
            yield inside, number
        else:
            yield from _numbers(child, inside)


def known() -> Iterator[str]:
    """What the list allows; a line is `module: place: number  # reason`."""
    for line in LIST.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.partition("  # ")[0].strip()
