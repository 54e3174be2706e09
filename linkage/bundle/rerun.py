"""V4: the run again, from its sources and the settings that were sealed. Its tables are compared by their
digests, and what the bundle says by its units: claims, members, links and points against are made anew.

What bound a run beside its sources is carried along: the verdicts of people and the cases it was shown are
given again, each checked against what was sealed of it, and groups keep the ids that earlier runs gave them.
The table `lineage`, which tells of those runs alone, is left out.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.bundle.case_units import NAMED_BY_SOURCES, units
from linkage.bundle.checks.disclosures import small_under, unit_class
from linkage.bundle.checks.ladder import Verified
from linkage.bundle.claims import claims
from linkage.bundle.decisions import digest_of, recorded
from linkage.bundle.group_names import IN_CASE, under_alias
from linkage.bundle.rerun_units import differences, opened_units
from linkage.bundle.sealed_units import sealed
from linkage.bundle.units import Secret, plain
from linkage.case import Case
from linkage.case.journal import VERDICTS
from linkage.case.parquet import prepare, read, write
from linkage.case.scratch import scratch_in
from linkage.errors import UsageError
from linkage.evidence.signals.registry import with_signals
from linkage.log import Progress, quiet
from linkage.schema import OUTCOMES
from linkage.settings.program import Settings
from linkage.wording import many, noun

OF_A_MACHINE = ("threads", "memory", "engine")
"""Settings on which no table depends: those of whoever runs it again."""

OF_EARLIER_RUNS = "lineage.parquet"
"""The table that tells which groups earlier runs of the case found."""

NOT_OF_THE_RUN = ("person/", "run/input/", "validation/", *(f"setting/run/{name}" for name in OF_A_MACHINE))
OF_THIS_RUN = (
    "run/sha256", "run/versions", "run/outputs", "run/verdicts", "run/renamed", "run/known", "run/attempts",
)  # fmt: skip
"""Units that do not follow from the sources, and those that are compared by what they are of."""

MOST_TOLD = 50
"""Units that are told one by one; further ones are counted."""


@dataclass(frozen=True)
class Given:
    """What whoever runs it again has: the sources, the settings where the view withholds them, and the
    verdicts, indicators and earlier cases where the run had such."""

    sources: Sequence[Path]
    settings: Path | None = None
    verdicts: Path | None = None
    indicators: Sequence[Path] = ()
    known: Sequence[Path] = ()


def rerun(
    found: Verified,
    path: Path,
    given: Given,
    *,
    investigate: Callable[..., None],
    progress: Progress = quiet,
) -> None:
    """Add to the verification of the bundle at `path` what a re-run by `investigate` (`pipeline.investigate`)
    says: V4 holds, or each table and each unit that differs. Raises UsageError where something the run was
    given is missing."""
    report = found.report
    if any(report.failed(each) for each in ("V0", "V2")) or "V2" not in report.looked:
        # What the bundle says of settings, tables and units is nobody's word then.
        report.not_looked["V4"] = "an earlier rung fails"
        return
    small = found.opened.small
    if closed := sorted({"run/verdicts", "run/renamed", "run/known"} - small.keys()):
        _not_opened(found, closed[0], "what bound the run beside its sources")
        return
    if len(_ids(found)) < len(found.view["groups"]):
        _not_opened(found, f"group/-/{IN_CASE}", "which ids its groups have in the case")
        return
    chosen = _settings(found, given.settings)
    if not _same_settings(found, chosen):
        return
    if not _same_known(found, given.known):
        return
    # There is no case to work in: what a killed re-run left goes with the next one of the same person.
    with scratch_in(Path(tempfile.gettempdir())) as scratch:
        folder = scratch / "case"
        folder.mkdir(mode=0o700)
        verdicts = _verdicts(found, given.verdicts)
        (folder / VERDICTS).write_bytes(b"".join(verdicts[: small["run/verdicts"]["bound"]]))
        more = {"indicators": list(given.indicators), "known": list(given.known), "progress": progress}
        investigate(list(given.sources), folder, settings=chosen, **more)
        if small["run/renamed"]:
            # Ids that earlier runs gave: the groups as those runs left them, and the run once more.
            _rename(folder, dict(small["run/renamed"]))
            investigate(list(given.sources), folder, settings=chosen, **more)
        # Later ones bound nothing, and are told of in the bundle.
        (folder / VERDICTS).write_bytes(b"".join(verdicts))
        case = Case(folder)
        _inputs(found, case.run)
        _versions(found, case.run)
        said = [_tables(found, case.run), _units(found, path, case)]
    if not report.failed("V4"):
        report.looked["V4"] = " and ".join(each for each in said if each)


def _not_opened(found: Verified, path: str, what: str) -> None:
    """A unit without which nothing can be run again: V4 is not looked at where the view withholds it."""
    if found.opened.hides(unit_class(path)):
        found.report.not_looked["V4"] = f"the view does not open {what}"
    else:
        found.report.fault("V4", f"neither opened nor withheld: {what}", path)


def _same_settings(found: Verified, chosen: Settings) -> bool:
    """Whether these are the settings that were sealed. A view that withholds settings withholds their digest,
    too, by which they could be guessed: then only what they give is compared."""
    wanted, digest = found.opened.small.get("run/settings-digest"), chosen.digest()
    if wanted is None:
        found.report.facts["settings of the run"] = "as they were given here; the view withholds them"
    elif digest != wanted:
        what = "settings other than the sealed ones: --settings names them"
        found.report.fault("V4", what, "data/methodology/params.json", expected=str(wanted), found=digest)
    return wanted in (None, digest)


def _settings(found: Verified, path: Path | None) -> Settings:
    """The settings of the run: those in a file, else those that the view opens."""
    if path is not None:
        return with_signals(Settings.load(path))
    given: dict[str, Any] = {}
    for name, value in small_under(found.opened, "setting/"):
        _, section, inner = (each.replace("-", "_") for each in name.split("/"))
        if section in NAMED_BY_SOURCES:
            given[section] = value
        elif section != "run":
            given.setdefault(section, {})[inner] = value
        elif inner not in OF_A_MACHINE:
            given[inner] = value
    if not given:
        raise UsageError("the view does not open the settings", hint="--settings linkage.toml, of the run")
    return with_signals(Settings.load(None, **given))


def _verdicts(found: Verified, path: Path | None) -> list[bytes]:
    """The lines of the verdicts that were known; raises UsageError where they are not given."""
    sealed = found.opened.small["run/verdicts"]
    if not sealed["known"]:
        return []
    if path is None:
        raise UsageError(
            f"people decided on this case: {many(sealed['known'], 'verdict was', 'verdicts were')} sealed,"
            f" of which {sealed['bound']} bound the run",
            hint="--verdicts FILE: verdicts.ndjson of the case, from whoever made the bundle",
        )
    lines = path.read_bytes()
    if digest_of(lines, sealed["known"]) != sealed["sha256"]:
        hint = "the file as it stood at the seal"
        raise UsageError(f"{path}: not the verdicts that were sealed", hint=hint)
    return lines.splitlines(keepends=True)[: sealed["known"]]


def _same_known(found: Verified, paths: Sequence[Path]) -> bool:
    """Whether the earlier cases given are those that the run was shown; raises UsageError where none is."""
    sealed = {_digests(each) for each in found.opened.small["run/known"]}
    if sealed and not paths:
        shown = many(len(sealed), "earlier case")
        raise UsageError(f"the run was shown {shown}", hint="--known CASE names them")
    given = {_digests({"outputs": _outputs(Case(path).run)}): str(path) for path in paths}
    for each in sorted(given.keys() - sealed):
        found.report.fault("V4", "an earlier case that the run was not shown", given[each])
    for _ in sealed - given.keys():
        found.report.fault("V4", "an earlier case that the run was shown and that was not given", "--known")
    return sealed == given.keys()


def _digests(known: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={digest}" for name, digest in sorted(known["outputs"].items()))


def _outputs(run: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(each.get("sha256")) for name, each in run.get("outputs", {}).items()}


def _rename(folder: Path, ids: Mapping[str, str]) -> None:
    """Give the groups of a case the ids that they have in the bundle: the next run keeps them."""
    for name in OUTCOMES:
        path = folder / f"{name}.parquet"
        table = read(path)
        place = table.schema.get_field_index("group")
        named = [ids.get(each, each) for each in table.column("group").to_pylist()]
        column = pa.array(named, table.schema.field("group").type)
        write(path, name, prepare(name, table.set_column(place, table.schema.field("group"), column)))


def _inputs(found: Verified, run: Mapping[str, Any]) -> None:
    """Whether what was read is what was sealed, and its rows were counted as they are now."""
    sealed = {
        str(value.get("sha256")): value
        for name, value in small_under(found.opened, "run/input/")
        if name.endswith("/content") and isinstance(value, Mapping)
    }
    read = {str(each["sha256"]): each for each in run.get("inputs", ())}
    for digest in sorted(read.keys() - sealed.keys()) if sealed else ():
        found.report.fault("V4", "a source that was not sealed", str(read[digest]["file"]), found=digest)
    for digest in sorted(sealed.keys() - read.keys()):
        found.report.fault("V4", "a sealed source that was not given", "--rerun", expected=digest)
    for digest in sorted(read.keys() & sealed.keys()):
        now = plain({name: value for name, value in read[digest].items() if name != "file"})
        if now != sealed[digest]:
            what = "a source of which another number of rows was read"
            found.report.fault("V4", what, str(read[digest]["file"]), expected=now, found=sealed[digest])


def _versions(found: Verified, run: Mapping[str, Any]) -> None:
    """Versions that are others now: the first thing to look at where a table differs."""
    then, now = found.opened.small.get("run/versions"), run.get("versions", {})
    if isinstance(then, Mapping):
        changed = sorted(name for name in then.keys() & now.keys() if str(then[name]) != str(now[name]))
        changes = ", ".join(f"{name} {then[name]} then, {now[name]} now" for name in changed)
        if changes:
            found.report.facts["other versions"] = changes


def _tables(found: Verified, run: Mapping[str, Any]) -> str:
    """Each table by its digest; returns what holds then."""
    sealed = found.opened.small.get("run/outputs")
    if not isinstance(sealed, Mapping):
        return ""
    names = sorted((sealed.keys() | run["outputs"].keys()) - {OF_EARLIER_RUNS})
    for name in names:
        one, other = (each.get(name, {}).get("sha256", "no such table") for each in (sealed, run["outputs"]))
        if one != other:
            what = "a table that differs when it is computed again"
            found.report.fault("V4", what, name, expected=other, found=one)
    return f"{many(len(names), 'table')} computed again {noun(len(names), 'is', 'are')} the same to the byte"


def _units(found: Verified, path: Path, case: Case) -> str:
    """Each opened unit that follows from the run; returns what holds then."""
    # Error rates are of other data: they follow from no run of this case, and set how far words may go.
    rates = found.opened.small.get("validation/rates") or {}
    inputs = replace(sealed(case, recorded(case.verdicts())), validation=rates)
    names = {str(value): path.split("/")[1] for path, value in _ids(found)}
    shown = {group for group, name in names.items() if name in found.view["groups"]}
    every = units(inputs, Secret(b""), claims(inputs))
    for group in sorted(shown - inputs.members.keys()):
        found.report.fault("V4", "a group that is not found when it is computed again", f"group {group}")
    opened = [unit for unit in opened_units(found, path) if _follows(unit[0])]
    again = [
        (name, value)
        for name, value, group in under_alias(every, lambda group: names.get(group, group), str)
        if _follows(name) and (not group or group in shown) and not _closed(unit_class(name), found)
    ]
    redacted = {name.removesuffix(", redacted") for name in found.view["withheld"]}
    for number, each in enumerate(differences(opened, again, redacted)):
        if number < MOST_TOLD:
            found.report.fault("V4", each.what, each.path, expected=each.expected, found=each.found)
        else:
            found.report.more += 1
    return f"{many(len(opened), 'opened unit says', 'opened units say')} what is computed again"


def _ids(found: Verified) -> list[tuple[str, Any]]:
    """The units that hold the ids of groups in the case."""
    return [unit for unit in small_under(found.opened, "group/") if unit[0].endswith(f"/{IN_CASE}")]


def _follows(path: str) -> bool:
    """Whether a unit follows from the run: not who took part, where files lay, nor how long it took."""
    return not path.startswith(NOT_OF_THE_RUN) and path not in OF_THIS_RUN


def _closed(kind: str, found: Verified) -> bool:
    """Whether a view opens no unit of a class, and says that it withholds it."""
    return kind not in found.opened.classes and found.opened.hides(kind)
