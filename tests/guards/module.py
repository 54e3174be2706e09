"""A module of the program as the guards see it: its name, its syntax tree, what it imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

STAGES = ("ingest", "observations", "prompts", "evidence", "links", "groups", "explain", "attribution")
"""Packages of pure modules beside one `stage`, in the order of imports."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One name that a module imports: `target` is the dotted path as written, `inside` a function or not."""

    target: str
    line: int
    inside: bool
    relative: bool


@dataclass(frozen=True)
class Module:
    """A module's dotted name and its text."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @property
    def place(self) -> str:
        """The name without the package: `signals.weigh`."""
        return self.name.partition(".")[2]

    @property
    def stage(self) -> str | None:
        folder = self.place.partition(".")[0]
        return folder if folder in STAGES else None

    @cached_property
    def imports(self) -> list[Import]:
        inner = {id(node) for function in self.functions for node in ast.walk(function)}
        return [
            Import(target, node.lineno, id(node) in inner, relative)
            for node in ast.walk(self.tree)
            for target, relative in _targets(node)
        ]

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def fault(self, line: int, message: str) -> str:
        return f"{self.name}:{line}: {message}"


def _targets(node: ast.AST) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name, False) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from ((f"{node.module}.{alias.name}", node.level > 0) for alias in node.names)
    elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
        yield from ((arg.value, False) for arg in node.args[:1] if isinstance(arg, ast.Constant))


def called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def within(name: str, *places: str) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)
