"""doctor: what the installation has and lacks, and which signals a source can support."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from linkage import __version__
from linkage.case import Case, audit_faults
from linkage.case.writer import is_case
from linkage.cli.cost import cost as predicted_cost
from linkage.cli.cost import cost_page
from linkage.cli.screen.layout import heading, indented, rows, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.source import mark, source_page
from linkage.cli.signal_support import columns_of, signal_rows
from linkage.distribution import install_command
from linkage.errors import UsageError
from linkage.ingest.preview import Preview, previews
from linkage.ingest.remote import check_address, is_remote, local_copies, shown
from linkage.prompts import encoder
from linkage.settings.program import Settings

PACKAGES = (
    *("ibis-framework", "duckdb", "pyarrow", "numpy", "faiss-cpu", "tokenizers"),
    *("graspologic-native", "networkx", "typer", "rich", "pydantic-settings", "altair"),
)

Check = dict[str, Any]


def doctor(
    *,
    source: str | None,
    settings: Path | None = None,
    log_format: str = "",
    cost: bool = False,
    output: Format,
) -> int:
    """Print all checks, what is recognised in the source, what it will cost; returns 1 if a check fails."""
    case = None if source is None or not is_case(Path(source)) else Path(source)
    if cost and (source is None or case is not None):
        raise UsageError("--cost needs a source", hint="linkage doctor SOURCE --cost")
    checks = [*_machine(), *_packages(), *_judge()]
    seen: list[Preview] = []
    ignored: Mapping[str, str] = {}
    signals: list[dict[str, Any]] = []
    needs: dict[str, Any] = {}
    if case is not None:
        signals = signal_rows(_columns_of_case(case, checks))
    elif source is not None:
        changes = {"ingest": {"format": log_format}} if log_format else {}
        chosen = Settings.load(settings, **changes)
        check_address(source)
        with local_copies([source], chosen.ingest, mappings=chosen.sources) as local:
            paths = list(map(Path, local.sources))
            seen, ignored = previews(paths, chosen.ingest, chosen.sources)
            signals = signal_rows(columns_of(seen))
            needs = predicted_cost(paths, chosen) if cost else {}
        ignored = {**local.left_out, **ignored}
    if output is Format.table:
        if source is not None:
            name = shown(source) if is_remote(source) else str(Path(source))
            show(*source_page(name, seen, ignored, signals))
        if needs:
            show(*cost_page(needs))
        if source is None or not all(each["ok"] for each in checks):
            show(*_page(checks))
    else:
        emit(
            output,
            checks,
            signals=signals,
            tables=[{**asdict(each), "traits": sorted(each.traits)} for each in seen],
            ignored=[{"file": name, "reason": reason} for name, reason in ignored.items()],
            **({"cost": needs} if needs else {}),
        )
    return 0 if all(each["ok"] for each in checks) else 1


def _check(name: str, ok: bool, detail: str) -> Check:
    return {"check": name, "ok": ok, "detail": detail}


def _machine() -> Iterable[Check]:
    version = platform.python_version()
    yield _check("python", sys.version_info >= (3, 11), version)
    yield _check("cores", True, str(os.cpu_count()))
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        yield _check("memory", size > 2e9, f"{size / 1e9:.1f} GB")
    except (ValueError, OSError):
        yield _check("memory", True, "unknown on this system")


def _packages() -> Iterable[Check]:
    yield _check("linkage", True, __version__)
    for name in PACKAGES:
        try:
            yield _check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield _check(name, False, "not installed")


def _judge() -> Iterable[Check]:
    try:
        encoder.weights()
    except UsageError:
        yield _check("transformer", True, f"not installed; optional: {install_command('judge')}")
    else:
        yield _check("transformer", True, "installed; optional, used with prompts.judge = 'transformer'")


def _columns_of_case(source: Path, checks: list[Check]) -> frozenset[str]:
    """Traits of a case, whose audit file is checked too."""
    case = Case(source)
    faults = audit_faults(source)
    checks.append(_check("audit file", not faults, faults[0] if faults else "complete and unchanged"))
    observations = case.table("observations")
    timed = observations.column("first_at").null_count < observations.num_rows
    return frozenset(observations.column("trait").unique().to_pylist()) | ({"at"} if timed else set())


def _page(checks: list[Check]) -> Iterable[Any]:
    yield heading("Installation")
    body = [(each["check"], mark(each["ok"]), each["detail"]) for each in checks]
    yield indented(rows(("check", "ok", "detail*"), body))
