"""How a module behaves and reads: each rule is a function from a module to the faults it finds there."""

import ast
from collections.abc import Iterator

from tests.guards.module import Function, Module, called, within

OPENS_FILES = {
    "ingest",
    "attribution.exchange_key",
    "prompts.encoder",
    "prompts.encoder_process",
    "prompts.parallel",
    "prompts.pinned_model",
    "prompts.stored_vectors",
    "prompts.waiting",
}
"""Where a stage may open files: where rows or keys come in, and in the encoder's model, cache, processes."""

FILE_CALLS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "urlopen"}
FILE_MODULES = {"socket", "urllib", "http", "httpx", "requests", "subprocess", "shutil", "tempfile"}


def only_the_command_line_prints(module: Module) -> Iterator[str]:
    """No print, no standard output or error elsewhere."""
    if within(module.place, "cli"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield module.fault(node.lineno, "print")
        own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys"
        if own and isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr"):
            yield module.fault(node.lineno, f"sys.{node.attr}")


def stages_open_nothing(module: Module) -> Iterator[str]:
    """Files and sockets are opened where data comes in or goes out, and where vectors and texts are kept."""
    if module.stage is None or within(module.place, *OPENS_FILES):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in FILE_CALLS:
            yield module.fault(node.lineno, f"a stage calls {called(node)}()")
    for each in module.imports:
        if each.target.partition(".")[0] in FILE_MODULES:
            yield module.fault(each.line, f"a stage imports {each.target}")


def errors_are_named(module: Module) -> Iterator[str]:
    """No handler that takes any failure for the one it expects."""
    for node in ast.walk(module.tree):
        caught: list[ast.expr] = []
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield module.fault(node.lineno, "bare except")
            else:
                caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and called(node) == "suppress":
            caught = node.args
        for each in caught:
            if isinstance(each, ast.Name) and each.id in ("Exception", "BaseException"):
                yield module.fault(each.lineno, f"catches {each.id}")


def defaults_are_fixed(module: Module) -> Iterator[str]:
    """No default value that a call could change for the next one."""
    for function in module.functions:
        for value in (*function.args.defaults, *function.args.kw_defaults):
            made = isinstance(value, ast.Call) and called(value) in ("list", "dict", "set", "bytearray")
            if made or isinstance(
                value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
            ):
                yield module.fault(function.lineno, f"{function.name} has a mutable default")


def public_things_are_documented(module: Module) -> Iterator[str]:
    """A docstring on the module and on each public class, function and method."""
    if module.tree.body and ast.get_docstring(module.tree) is None:
        yield module.fault(1, "the module has no docstring")
    yield from _undocumented(module, module.tree.body)


def _undocumented(module: Module, body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield module.fault(node.lineno, f"{node.name} has no docstring")
            if isinstance(node, ast.ClassDef):
                yield from _undocumented(module, node.body)


# --- sizes ---------------------------------------------------------------------------------------


def modules_fit(module: Module) -> Iterator[str]:
    """At most 300 lines."""
    if (lines := module.text.count("\n")) > 300:
        yield module.fault(lines, f"{lines} lines, more than 300")


def functions_fit(module: Module) -> Iterator[str]:
    """At most 60 lines of body."""
    for function in module.functions:
        if (lines := body_lines(function)) > 60:
            yield module.fault(function.lineno, f"{function.name} has {lines} lines, more than 60")


def body_lines(function: Function) -> int:
    """From the first statement to the last, the docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def parameters_are_few(module: Module) -> Iterator[str]:
    """At most five by place, `self` apart; a command of the command line may have any number."""
    if within(module.place, "cli"):
        return
    for function in module.functions:
        placed = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        placed = placed[1:] if placed[:1] in (["self"], ["cls"]) else placed
        if len(placed) > 5:
            yield module.fault(function.lineno, f"{function.name} takes {len(placed)} parameters by place")


RULES = (
    only_the_command_line_prints,
    stages_open_nothing,
    errors_are_named,
    defaults_are_fixed,
    public_things_are_documented,
    modules_fit,
    functions_fit,
    parameters_are_few,
)
