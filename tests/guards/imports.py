"""Who may import whom: each rule is a function from a module to the faults it finds there."""

import ast
from collections.abc import Iterator

from tests.guards.module import STAGES, Module, within

LAYERS = [
    "errors",
    "private_files",
    "distribution",
    "log",
    "hypothesis_names",
    "schema",
    "arrays",
    "wording",
    "settings",
    "engines",
    "runs",
    *STAGES,
    "case",
    "graph",
    "report",
    "bundle",
    "share",
    "lab",
    "pipeline",
    "api",
    "cli",
]
"""The import order: a package imports itself and those before it, never one after it."""

ENGINE_OUTSIDE_STAGES: tuple[str, ...] = ()
"""Modules of stage packages that talk to an engine and are not `stage`; none should have to."""

OWNERS = {
    "altair": ("linkage.explain.explain", "linkage.report"),
    "click": ("linkage.cli",),
    "cryptography": ("linkage.bundle.signing", "linkage.bundle.timestamp"),
    "deltalake": ("linkage.ingest.lakehouse",),
    "disposable_email_domains": ("linkage.groups.declared_units",),
    "duckdb": ("linkage.engines",),
    "faiss": ("linkage.prompts.neighbours",),
    "graspologic_native": ("linkage.groups.communities",),
    "neo4j": ("linkage.graph",),
    "networkx": ("linkage.case", "linkage.explain.explain"),
    "pandas": ("linkage.case",),
    "polars": ("linkage.case",),
    "pydantic": ("linkage.settings",),
    "pydantic_settings": ("linkage.settings",),
    "pyiceberg": ("linkage.ingest.lakehouse", "linkage.ingest.iceberg_files"),
    "pyspark": ("linkage.engines",),
    "rich": ("linkage.cli",),
    "rfc3161_client": ("linkage.bundle.timestamp",),
    "sentence_transformers": ("linkage.prompts.encoder",),
    "tokenizers": ("linkage.prompts.encoder",),
    "torch": ("linkage.prompts.encoder",),
    "transformers": ("linkage.prompts.encoder",),
    "typer": ("linkage.cli",),
    "typst": ("linkage.report.pdf",),
    "xlsxwriter": ("linkage.report.xlsx",),
}
"""The modules or folders that may import a library."""

EXPRESSIONS = [
    "engines",
    "runs",
    *STAGES,
    "case",
    "graph",
    "pipeline",
]
"""Where the relational work is written down, as Ibis expressions; `engines` alone runs them."""

RUNS_ENGINE = {"connect", "duckdb", "pyspark", "polars", "get_backend", "set_backend", "options"}

WHEN_USED = {"altair", "deltalake", "faiss", "model2vec", "networkx", "pandas", "polars"} | {
    "sentence_transformers", "tokenizers", "torch", "transformers", "typst", "xlsxwriter"
}  # fmt: skip
"""Slow to load, or not always installed: imported inside the function that needs them."""

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}


def imports_follow_the_layers(module: Module) -> Iterator[str]:
    """A package imports itself and the packages before it in LAYERS."""
    own = _layer(module.place)
    for each in module.imports:
        if within(each.target, "linkage") and (there := _layer(each.target.partition(".")[2])) > own:
            yield module.fault(each.line, f"{LAYERS[own]} imports {LAYERS[there]}, which comes after it")


def _layer(place: str) -> int:
    first = place.partition(".")[0]
    return LAYERS.index(first) if first in LAYERS else len(LAYERS) - 1 if first == "__main__" else -1


def engines_are_used_by_stages(module: Module) -> Iterator[str]:
    """Of a stage package only `stage` is handed an engine; its other modules are pure."""
    if module.stage is None or module.place.rpartition(".")[2].startswith("stage"):
        return
    for each in module.imports:
        if within(each.target, "linkage.engines") and module.place not in ENGINE_OUTSIDE_STAGES:
            yield module.fault(each.line, f"imports {each.target}")


def libraries_have_owners(module: Module) -> Iterator[str]:
    """A heavy library is imported by its owner and by nobody else."""
    for each in module.imports:
        library = each.target.partition(".")[0]
        if library in OWNERS and not within(module.name, *OWNERS[library]):
            yield module.fault(each.line, f"{library} belongs to {' and '.join(OWNERS[library])}")
        if library == "ibis" and not within(module.place, *EXPRESSIONS):
            yield module.fault(each.line, "relational work is written in the packages of EXPRESSIONS only")


def only_the_engine_runs(module: Module) -> Iterator[str]:
    """Others write Ibis expressions; none opens a backend, or changes how one works."""
    if within(module.place, "engines"):
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        if node.value.id == "ibis" and (node.attr in RUNS_ENGINE or node.attr.startswith("read_")):
            yield module.fault(node.lineno, f"ibis.{node.attr} belongs to linkage.engines")
    for each in module.imports:
        if within(each.target, "ibis.backends", *(f"ibis.{name}" for name in RUNS_ENGINE)):
            yield module.fault(each.line, f"{each.target} belongs to linkage.engines")


def heavy_libraries_load_when_used(module: Module) -> Iterator[str]:
    """The slow and the optional ones are imported inside the functions that use them."""
    for each in module.imports:
        if each.target.partition(".")[0] in WHEN_USED and not each.inside:
            yield module.fault(each.line, f"{each.target} is imported at the top")


def imports_are_plain(module: Module) -> Iterator[str]:
    """Nothing relative, and nothing for the type checker alone."""
    for each in module.imports:
        if each.relative:
            yield module.fault(each.line, "relative import")
    for node in ast.walk(module.tree):
        names = {getattr(node, "id", ""), getattr(node, "attr", "")}
        if isinstance(node, ast.alias):
            names = {node.name}
        if "TYPE_CHECKING" in names:
            yield module.fault(getattr(node, "lineno", 1), "TYPE_CHECKING")


def names_mean_something(module: Module) -> Iterator[str]:
    """No module is named for having no subject."""
    if empty := EMPTY_NAMES & set(module.name.split(".")):
        yield module.fault(1, f"a module named {empty.pop()}")


def cycles(modules: list[Module]) -> list[list[str]]:
    """Groups of modules that import each other in a circle, imports inside functions included."""
    names = {module.name for module in modules}
    edges = {
        module.name: {_home(each.target, names) for each in module.imports} & names for module in modules
    }
    reach = {name: _reachable(name, edges) for name in names}
    knots = {tuple(sorted(other for other in reach[name] if name in reach[other])) for name in names}
    return sorted(list(knot) for knot in knots if knot)


def _home(target: str, names: set[str]) -> str:
    return target if target in names else target.rpartition(".")[0]


def _reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        if (name := waiting.pop()) not in seen:
            seen.add(name)
            waiting.extend(edges[name])
    return seen


RULES = (
    imports_follow_the_layers,
    engines_are_used_by_stages,
    libraries_have_owners,
    only_the_engine_runs,
    heavy_libraries_load_when_used,
    imports_are_plain,
    names_mean_something,
)
