"""V4: the run again, from its sources and the settings that were sealed; its tables against the sealed ones.

What a person decided on a case, and what was known from elsewhere, is not in a bundle: a
run that was given such things gives other tables, and they are named.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle.checks.disclosures import small_under
from linkage.bundle.checks.ladder import Verified
from linkage.case import Case
from linkage.errors import UsageError
from linkage.evidence.signals.registry import with_signals
from linkage.log import Progress, quiet
from linkage.settings.program import Settings

OF_A_MACHINE = ("threads", "memory", "engine")
"""Settings on which no table depends: those of whoever runs it again."""


def rerun(
    found: Verified,
    sources: Sequence[Path],
    settings: Path | None,
    *,
    investigate: Callable[..., None],
    progress: Progress = quiet,
) -> None:
    """Add to a verification what a re-run by `investigate` (`pipeline.investigate`) says: V4 holds, or each
    table that differs."""
    report, sealed = found.report, found.opened.small.get("run/outputs")
    if any(report.failed(each) for each in ("V0", "V2")) or "V2" not in report.looked:
        # What the bundle says of settings and tables is nobody's word then.
        report.not_looked["V4"] = "an earlier rung fails"
        return
    if not isinstance(sealed, Mapping) or not sealed:
        report.not_looked["V4"] = "the view does not open the digests of the tables"
        return
    chosen = _settings(found, settings)
    if (digest := chosen.digest()) != (wanted := str(found.opened.small.get("run/settings-digest"))):
        what = "settings other than the sealed ones: --settings names them"
        report.fault("V4", what, "data/methodology/params.json", expected=wanted, found=digest)
        return
    with tempfile.TemporaryDirectory(prefix="rerun-") as scratch:
        folder = Path(scratch) / "case"
        investigate(list(sources), folder, settings=chosen, progress=progress)
        run = Case(folder).run
    _inputs(found, run)
    _versions(found, run)
    for name in sorted(sealed.keys() | run["outputs"].keys()):
        one, other = (each.get(name, {}).get("sha256", "no such table") for each in (sealed, run["outputs"]))
        if one != other:
            report.fault(
                "V4", "a table that differs when it is computed again", name, expected=one, found=other
            )
    if not report.failed("V4"):
        report.looked["V4"] = f"{len(sealed)} tables computed again are the same to the byte"


def _settings(found: Verified, path: Path | None) -> Settings:
    """The settings of the run: those in a file, else those that the view opens."""
    if path is not None:
        return with_signals(Settings.load(path))
    given: dict[str, Any] = {}
    for name, value in small_under(found.opened, "setting/"):
        _, section, inner = (each.replace("-", "_") for each in name.split("/"))
        if section != "run":
            given.setdefault(section, {})[inner] = value
        elif inner not in OF_A_MACHINE:
            given[inner] = value
    if not given:
        raise UsageError("the view does not open the settings", hint="--settings linkage.toml, of the run")
    return with_signals(Settings.load(None, **given))


def _inputs(found: Verified, run: Mapping[str, Any]) -> None:
    """Whether what was read is what was sealed."""
    sealed = {
        str(value.get("sha256"))
        for name, value in small_under(found.opened, "run/input/")
        if name.endswith("/content") and isinstance(value, Mapping)
    }
    read = {str(each["sha256"]): str(each["file"]) for each in run.get("inputs", ())}
    for digest in sorted(read.keys() - sealed) if sealed else ():
        found.report.fault("V4", "a source that was not sealed", read[digest], found=digest)
    for digest in sorted(sealed - read.keys()):
        found.report.fault("V4", "a sealed source that was not given", "--rerun", expected=digest)


def _versions(found: Verified, run: Mapping[str, Any]) -> None:
    """Versions that are others now: the first thing to look at where a table differs."""
    then, now = found.opened.small.get("run/versions"), run.get("versions", {})
    if isinstance(then, Mapping):
        changed = sorted(name for name in then.keys() & now.keys() if str(then[name]) != str(now[name]))
        changes = ", ".join(f"{name} {then[name]} then, {now[name]} now" for name in changed)
        if changes:
            found.report.facts["other versions"] = changes
