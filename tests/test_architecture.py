"""The shape of the program, read from its syntax trees; and for each rule, a small text that breaks it."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.guards import conduct, counts, imports, literals, needed, tracked
from tests.guards.module import Module

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "linkage"

Rule = Callable[[Module], Iterator[str]]

RULES: tuple[Rule, ...] = (*imports.RULES, *conduct.RULES, counts.nouns_agree_with_counts)


def all_modules() -> list[Module]:
    return [
        Module(
            ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"),
            path.read_text("utf-8"),
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


MODULES = all_modules()


# --- the program keeps the rules -----------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps(rule: Rule) -> None:
    assert MODULES
    faults = [fault for module in MODULES for fault in rule(module)]
    assert not faults, "\n".join([rule.__doc__ or "", *faults])


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert imports.cycles(MODULES) == []


def test_functions_are_short() -> None:
    lengths = sorted(conduct.body_lines(function) for module in MODULES for function in module.functions)
    assert statistics.median(lengths) <= 8
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_the_layers_are_the_packages_there_are() -> None:
    there = {module.place.partition(".")[0] for module in MODULES} - {"", "__main__"}
    assert there <= set(imports.LAYERS)
    assert {f"linkage.{name}" for name in imports.ENGINE_OUTSIDE_STAGES} <= {each.name for each in MODULES}


def test_modules_are_short() -> None:
    assert statistics.median(module.text.count("\n") for module in MODULES if module.text) <= 113


def test_numbers_that_change_tables_are_settings() -> None:
    found = {fault for module in MODULES for fault in literals.faults(module)}
    known = set(literals.known())
    assert not found - known, "numbers outside settings:\n" + "\n".join(sorted(found - known))
    assert not known - found, "listed and no longer there:\n" + "\n".join(sorted(known - found))


def test_a_number_that_changes_a_table_is_caught() -> None:
    text = "DAY = 86_400_000_000\nFEW = 7\n\ndef f(x):\n    return x > 0.25 and x[:1] or 2 * x"
    assert list(literals.faults(Module("linkage.groups.x", text))) == [
        "groups.x: FEW: 7", "groups.x: f: 0.25",
    ]  # fmt: skip
    assert list(literals.faults(Module("linkage.cli.x", text))) == []


def test_the_command_line_starts_light() -> None:
    """What `linkage --help` loads holds none of the libraries that take long."""
    heavy = ["torch", "faiss", "ibis", "duckdb", "model2vec", "sentence_transformers", "transformers"]
    heavy += ["altair", "pandas", "polars", "scipy", "networkx", "graspologic_native", "sklearn"]
    heavy += ["deltalake", "pyiceberg", "sqlalchemy"]
    code = f"import json, sys, linkage.cli; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    packages, modules = needed.declared(ROOT), needed.imported(MODULES)
    assert modules - {needed.module_of(package) for package in packages} == set(), "imported, not declared"
    idle = {package for package in packages if needed.module_of(package) not in modules}
    assert idle == set(needed.UNSEEN), "declared and never imported, or no longer so"


def test_no_file_says_what_belongs_elsewhere() -> None:
    faults = [
        fault
        for path in tracked.files(ROOT)
        for fault in tracked.faults(path.relative_to(ROOT).as_posix(), tracked.content(path))
    ]
    assert not faults, "\n".join(faults)


# --- each rule is seen to bite -------------------------------------------------------------------

DOC = '"""Sample."""\n'

BROKEN: list[tuple[Rule, str, str]] = [
    (imports.imports_follow_the_layers, "linkage.observations.x", "from linkage.prompts import templates"),
    (imports.imports_follow_the_layers, "linkage.evidence.x", "import linkage.groups.gates as g"),
    (imports.imports_follow_the_layers, "linkage.evidence.x", "from linkage import links"),
    (imports.imports_follow_the_layers, "linkage.links.x", "def f():\n    from linkage.lab import simulate"),
    (
        imports.imports_follow_the_layers,
        "linkage.links.x",
        "if TYPE_CHECKING:\n    from linkage.lab import simulate",
    ),
    (imports.imports_follow_the_layers, "linkage.settings", "from linkage.engines import Engine"),
    (imports.imports_follow_the_layers, "linkage.prompts.x", "import_module('linkage.evidence')"),
    (imports.imports_follow_the_layers, "linkage.pipeline", "from linkage.cli import app"),
    (imports.engines_are_used_by_stages, "linkage.evidence.x", "from linkage.engines import Engine"),
    (imports.libraries_have_owners, "linkage.evidence.x", "def f():\n    import faiss"),
    (imports.libraries_have_owners, "linkage.groups.x", "from networkx import Graph"),
    (imports.libraries_have_owners, "linkage.prompts.x", "import sentence_transformers.util"),
    (imports.libraries_have_owners, "linkage.pipeline", "import duckdb"),
    (imports.libraries_have_owners, "linkage.pipeline", "from rich import print"),
    (imports.libraries_have_owners, "linkage.cli.x", "import ibis"),
    (imports.libraries_have_owners, "linkage.ingest.read", "def f():\n    from pyiceberg.table import Table"),
    (imports.only_the_engine_runs, "linkage.evidence.x", "import ibis\nc = ibis.duckdb.connect()"),
    (imports.only_the_engine_runs, "linkage.evidence.x", "from ibis import connect"),
    (imports.only_the_engine_runs, "linkage.ingest.x", "import ibis\nt = ibis.read_parquet('a')"),
    (imports.heavy_libraries_load_when_used, "linkage.prompts.encoder", "import torch"),
    (imports.heavy_libraries_load_when_used, "linkage.case.x", "class A:\n    import pandas"),
    (imports.imports_are_plain, "linkage.evidence.x", "from . import derive"),
    (imports.imports_are_plain, "linkage.evidence.x", "from ..model import TEXT"),
    (imports.imports_are_plain, "linkage.evidence.x", "from typing import TYPE_CHECKING"),
    (
        imports.imports_are_plain,
        "linkage.evidence.x",
        "import typing as t\nif t.TYPE_CHECKING:\n    import ibis",
    ),
    (imports.names_mean_something, "linkage.evidence.utils", ""),
    (imports.names_mean_something, "linkage.common.x", ""),
    (conduct.only_the_command_line_prints, "linkage.evidence.x", "print('hello')"),
    (conduct.only_the_command_line_prints, "linkage.api", "import sys\nsys.stderr.write('hello')"),
    (conduct.stages_open_nothing, "linkage.evidence.x", "open('a')"),
    (conduct.stages_open_nothing, "linkage.groups.x", "path.read_text()"),
    (conduct.stages_open_nothing, "linkage.prompts.clusters", "import socket"),
    (conduct.errors_are_named, "linkage.case.x", "try:\n    f()\nexcept Exception:\n    g()"),
    (conduct.errors_are_named, "linkage.case.x", "try:\n    f()\nexcept (OSError, BaseException):\n    g()"),
    (conduct.errors_are_named, "linkage.case.x", "try:\n    f()\nexcept:\n    g()"),
    (conduct.errors_are_named, "linkage.case.x", "with suppress(Exception):\n    f()"),
    (conduct.defaults_are_fixed, "linkage.case.x", "def f(a=[]): pass"),
    (conduct.defaults_are_fixed, "linkage.case.x", "def f(*, a=dict()): pass"),
    (conduct.public_things_are_documented, "linkage.case.x", "A = 1"),
    (conduct.public_things_are_documented, "linkage.case.x", DOC + "def f(): pass"),
    (
        conduct.public_things_are_documented,
        "linkage.case.x",
        DOC + "class A:\n    '''A.'''\n    def f(self): pass",
    ),
    (conduct.modules_fit, "linkage.case.x", "A = 1\n" * 301),
    (conduct.functions_fit, "linkage.case.x", "def f():\n" + "    g()\n" * 61),
    (conduct.parameters_are_few, "linkage.case.x", "def f(a, b, c, d, e, g): pass"),
    (conduct.parameters_are_few, "linkage.case.x", "class A:\n    def f(self, a, b, c, d, e, g): pass"),
    (counts.nouns_agree_with_counts, "linkage.case.x", "f'held by {n:,} accounts'"),
    (counts.nouns_agree_with_counts, "linkage.case.x", "f'{len(rows)} other exact texts in common'"),
    (counts.nouns_agree_with_counts, "linkage.case.x", "', used ' + number(days, 0) + ' days apart'"),
    (counts.nouns_agree_with_counts, "linkage.case.x", "f'{n} days' if n > 3 else ''"),
]


@pytest.mark.parametrize(("rule", "name", "text"), BROKEN)
def test_a_broken_sample_is_caught(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module(name, text)))


KEPT: list[tuple[Rule, str, str]] = [
    (
        imports.imports_follow_the_layers,
        "linkage.evidence.x",
        "from linkage.evidence import burst\nimport linkage.schema\nfrom linkage.prompts import stage",
    ),
    (imports.imports_follow_the_layers, "linkage.api", "from linkage.pipeline import investigate"),
    (imports.engines_are_used_by_stages, "linkage.evidence.stage", "from linkage.engines import Engine"),
    (imports.engines_are_used_by_stages, "linkage.graph.x", "from linkage.engines import Engine"),
    (imports.libraries_have_owners, "linkage.prompts.encoder", "def f():\n    import torch"),
    (imports.only_the_engine_runs, "linkage.engines.duckdb", "import ibis\nc = ibis.duckdb.connect()"),
    (
        imports.heavy_libraries_load_when_used,
        "linkage.prompts.encoder",
        "class A:\n    def f(self):\n        import torch",
    ),
    (conduct.only_the_command_line_prints, "linkage.cli.x", "print('hello')"),
    (conduct.stages_open_nothing, "linkage.ingest.x", "open('a')"),
    (conduct.public_things_are_documented, "linkage.case.x", DOC + "def _f(): pass"),
    (conduct.functions_fit, "linkage.case.x", "def f():\n    '''A.\n" + "\n" * 60 + "    '''\n    g()"),
    (conduct.parameters_are_few, "linkage.case.x", "class A:\n    def f(self, a, b, c, d, e, *, g): pass"),
    (conduct.parameters_are_few, "linkage.cli.x", "def f(a, b, c, d, e, g): pass"),
    (
        counts.nouns_agree_with_counts,
        "linkage.case.x",
        "f'{many(n, one)} of {total:,} accounts, {bits:.1f} bits'",
    ),
    (counts.nouns_agree_with_counts, "linkage.case.x", "'a day' if n == 1 else f'{n} days'"),
    (
        counts.nouns_agree_with_counts,
        "linkage.case.x",
        "ibis.ifelse(n == 1, 'once', n.cast('string') + ' times')",
    ),
    (counts.nouns_agree_with_counts, "linkage.case.x", "f'more than {MOST:,} rows'"),
]


@pytest.mark.parametrize(("rule", "name", "text"), KEPT)
def test_a_sample_that_keeps_the_rule_is_left_alone(rule: Rule, name: str, text: str) -> None:
    assert list(rule(Module(name, text))) == []


def test_every_rule_has_a_broken_sample() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)


def test_a_circle_is_caught_and_a_line_is_not() -> None:
    there = Module("linkage.a", "from linkage.b import thing")
    back = Module("linkage.b", "def f():\n    import linkage.c")
    closing = Module("linkage.c", "from linkage import a")
    assert imports.cycles([there, back, closing]) == [["linkage.a", "linkage.b", "linkage.c"]]
    assert imports.cycles([there, back, Module("linkage.c", "")]) == []


TOO_MUCH = [
    "see /wo¦rk/main/x",
    "open('/ro¦ot/.cache')",
    "https://py¦pi.org/simple",
    "Co-Auth¦ored-By: someone",
    "generated with ¦an AI",
    "see iss¦ue 12",
    "fixes #¦12",
    "data in ../sha¦red/data",
]


@pytest.mark.parametrize("text", [text.replace("¦", "") for text in TOO_MUCH])
def test_a_file_that_says_too_much_is_caught(text: str) -> None:
    assert list(tracked.faults("linkage/x.py", text))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("benchmarks/x.py", "../sha¦red/data".replace("¦", "")),
        ("fixtures/case/a.csv", "1,please close tick¦et 12".replace("¦", "")),
        ("README.md", "framework/x, a net¦work/8 and the colour #1a2b3c"),
    ],
)
def test_a_file_that_says_nothing_wrong_is_left_alone(path: str, text: str) -> None:
    assert list(tracked.faults(path, text)) == []
