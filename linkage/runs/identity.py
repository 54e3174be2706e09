"""What makes a stage's output what it is: code, libraries, settings, and what it was made from."""

import hashlib
import json
import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

LIBRARIES = (
    *("duckdb", "faiss-cpu", "graspologic-native", "ibis-framework", "model2vec", "numpy", "polars"),
    *("pyarrow", "sentence-transformers", "tokenizers", "torch", "transformers"),
)
"""Other versions of these may give other bytes."""

CODE = (".py", ".npy", ".json", ".toml")
"""Files of the package that can change a table: modules, and the encoder's numbers and words."""


@cache
def code_version() -> str:
    """SHA-256 of every module and data file of the program, and of the versions it runs with.

    The whole program, not a stage's own modules: a change anywhere only costs time, and one overlooked would
    give a wrong table.
    """
    top = Path(str(files("linkage")))
    digest = hashlib.sha256(json.dumps([platform.python_version(), platform.machine()]).encode())
    for name in LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    for file in sorted(each for each in top.rglob("*") if each.suffix in CODE):
        digest.update(f"{file.relative_to(top)} {file_digest(file)}\n".encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; raises OSError."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def identity(*parts: Any) -> str:
    """SHA-256 of the JSON of these, in hexadecimal."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stage_identity(name: str, settings: dict[str, Any], inputs: Sequence[str]) -> str:
    """The identity of a stage's output: equal ones hold the same rows, since every stage is deterministic.

    `settings` are the sections that the stage may read, as JSON can hold them, `inputs` the identities of
    what it is given. The bytes of the output are no part of it: tables of an engine have no order.
    """
    return identity(name, code_version(), settings, list(inputs))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
