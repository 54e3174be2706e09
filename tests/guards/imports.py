"""Who may import whom: each rule is a function from a module to the faults it finds there."""

import ast
from collections.abc import Iterator

from tests.guards.module import Module, within

COMPOSITION = ("pipeline", "steps", "outward")
"""What brings stages together: the pipeline, its steps, and the ways in and out of a case."""

ALSO_FOR = {"sources": {"linkage.settings"}}
"""What one stage may import beside the words (`model`, `errors`) and its own folder."""

OWNERS = {
    "altair": ("linkage.explain.explain", "linkage.report"),
    "click": ("linkage.cli",),
    "cryptography": ("linkage.bundle.sign", "linkage.bundle.timestamp"),
    "disposable_email_domains": ("linkage.groups.declared_units",),
    "duckdb": ("linkage.engines.duckdb",),
    "faiss": ("linkage.prompts.neighbours",),
    "graspologic_native": ("linkage.groups.communities",),
    "model2vec": ("linkage.prompts.encoder",),
    "neo4j": ("linkage.graph",),
    "networkx": ("linkage.case", "linkage.explain.explain"),
    "pandas": ("linkage.case",),
    "polars": ("linkage.case",),
    "pydantic": ("linkage.settings",),
    "pydantic_settings": ("linkage.settings",),
    "pyspark": ("linkage.engines.duckdb",),
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

EXPRESSIONS = ("sources", "prompts", "signals", "graph", "engine", *COMPOSITION)
"""Where the relational work is written down, as Ibis expressions; `engine` alone runs them."""

RUNS_ENGINE = {"connect", "duckdb", "pyspark", "polars", "get_backend", "set_backend", "options"}

WHEN_USED = {"altair", "faiss", "model2vec", "networkx", "pandas", "polars", "sentence_transformers"} | {
    "tokenizers", "torch", "transformers", "typst", "xlsxwriter"
}  # fmt: skip
"""Slow to load, or not always installed: imported inside the function that needs them."""

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}


def stages_know_the_words_only(module: Module) -> Iterator[str]:
    """A stage imports model, errors and its own folder; of the engine it may name the type it is handed."""
    if module.stage is None:
        return
    words = ("linkage.schema", "linkage.errors", f"linkage.{module.stage}", *ALSO_FOR.get(module.stage, ()))
    for each in module.imports:
        if within(each.target, "linkage") and not within(
            each.target, *words, "linkage.engines.duckdb.Engine"
        ):
            yield module.fault(each.line, f"stage {module.stage} imports {each.target}")


def few_know_several_stages(module: Module) -> Iterator[str]:
    """Only composition and the command line know more than one stage."""
    if within(module.place, *COMPOSITION, "cli"):
        return
    known = {Module(each.target, "").stage for each in module.imports if within(each.target, "linkage")}
    if len(known - {None}) > 1:
        yield module.fault(1, f"knows several stages: {', '.join(sorted(known - {None}))}")


def steps_lead_inwards(module: Module) -> Iterator[str]:
    """The main job does not know what a finished case is made into."""
    if within(module.place, "steps", "pipeline"):
        for each in module.imports:
            if within(each.target, "linkage.outward"):
                yield module.fault(each.line, f"the main job imports {each.target}")


def libraries_have_owners(module: Module) -> Iterator[str]:
    """A heavy library is imported by its owner and by nobody else."""
    for each in module.imports:
        library = each.target.partition(".")[0]
        if library in OWNERS and not within(module.name, *OWNERS[library]):
            yield module.fault(each.line, f"{library} belongs to {' and '.join(OWNERS[library])}")
        if library == "ibis" and not within(module.place, *EXPRESSIONS):
            yield module.fault(each.line, "relational work is written in stages and composition only")


def only_the_engine_runs(module: Module) -> Iterator[str]:
    """Others write Ibis expressions; none opens a backend, or changes how one works."""
    if module.place == "engine":
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        if node.value.id == "ibis" and (node.attr in RUNS_ENGINE or node.attr.startswith("read_")):
            yield module.fault(node.lineno, f"ibis.{node.attr} belongs to linkage.engines.duckdb")
    for each in module.imports:
        if within(each.target, "ibis.backends", *(f"ibis.{name}" for name in RUNS_ENGINE)):
            yield module.fault(each.line, f"{each.target} belongs to linkage.engines.duckdb")


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
    stages_know_the_words_only,
    few_know_several_stages,
    steps_lead_inwards,
    libraries_have_owners,
    only_the_engine_runs,
    heavy_libraries_load_when_used,
    imports_are_plain,
    names_mean_something,
)
