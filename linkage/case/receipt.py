"""The receipt: what went in, what was decided with, what was cut, how long it took."""

import os
import platform
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from linkage import __version__
from linkage.evidence.signals.signal import Signal
from linkage.explain import strength
from linkage.explain.findings import Examination
from linkage.groups import gates
from linkage.groups.assessment import Assessment
from linkage.groups.stories import feature_bits
from linkage.log import Log
from linkage.schema import Receipt
from linkage.settings.program import Settings

KIB = 1_024
HOURS_OF_DAY = 24
DAYS_OF_WEEK = 7

LIBRARIES = (
    "linkage",
    "duckdb",
    "ibis-framework",
    "pyarrow",
    "numpy",
    "faiss-cpu",
    "sentence-transformers",
    "graspologic-native",
)


def _version(package: str) -> str:
    if package == "linkage":
        return __version__
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> dict[str, str]:
    """The versions that can change a result."""
    return {"python": platform.python_version(), **{name: _version(name) for name in LIBRARIES}}


def receipt(
    log: Log, inputs: Sequence[Receipt], settings: Settings, *, signals: Sequence[Signal], **more: Any
) -> dict[str, Any]:
    """`run.json`, but for the outputs' digests, which the writer adds."""
    return {
        "schema_version": 1,
        "inputs": [asdict(each) for each in inputs],
        "settings": settings.model_dump(mode="json"),
        "settings_digest": settings.digest(),
        "versions": versions(),
        "seed": settings.seed,
        "caps": log.caps,
        "stages": log.stages,
        "signals": {each.name: {"family": each.family, "meaning": each.meaning} for each in signals},
        "peak_memory_bytes": peak_memory(),
        "threads": settings.threads or os.cpu_count(),
        **more,
    }


def peak_memory() -> int:
    """The most memory this process has held, in bytes."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * KIB


def by_group(
    groups: Sequence[tuple[str, Assessment]],
    days: Mapping[str, list[dict[str, Any]]],
    created: np.ndarray,
    examinations: Mapping[int, Examination],
    settings: Settings,
) -> dict[str, Any]:
    """For each group what `show` prints beside the tables: gates, tests, evidence against, days and hours.

    `examinations` are by the number of a group's first account; a group that is not reported has none.
    """
    return {
        name: {
            **_group(assessment, examinations.get(int(assessment.members[0])), settings),
            **_activity(days.get(name, []), created[assessment.members]),
        }
        for name, assessment in groups
    }


def _group(assessment: Assessment, found: Examination | None, settings: Settings) -> dict[str, Any]:
    return {
        "gates": [asdict(gate) for gate in assessment.gates],
        "enrichment": [{**asdict(mark), "bits": mark.bits, "group": None} for mark in assessment.enrichments],
        "against": against(assessment, found, settings),
        "examined": found.to_json() if found else {},
        "workload": assessment.profile.workload,
        **({} if assessment.table == "explained" else {"competing": competing(assessment, settings)}),
    }


def competing(assessment: Assessment, settings: Settings) -> dict[str, Any]:
    """One operator against each innocent story: bits, the margin that is asked, and what each feature
    says."""
    chosen, profile = settings.groups.stories, assessment.profile
    known = gates.known_features(profile, chosen)
    states, said = known.states(chosen), feature_bits(known, chosen)
    return {
        "margin": gates.margin_of(profile, chosen),
        "missing": list(profile.missing),
        "favours": assessment.favours,
        "settles": assessment.settles,
        "stories": [{"hypothesis": name, "bits": bits} for name, bits in assessment.stories.items()],
        "features": [{"feature": name, "state": states[name], "bits": said[name]} for name in said],
    }


def _activity(hours: list[dict[str, Any]], opened: np.ndarray) -> dict[str, Any]:
    """Requests by day, hour and weekday; registrations by day (`opened` in µs, NaN: not known)."""
    dates = opened[~np.isnan(opened)].astype("datetime64[us]").astype("datetime64[D]").astype(str)
    by_day: dict[str, int] = {}
    by_hour, week = [0] * HOURS_OF_DAY, [[0] * HOURS_OF_DAY for _ in range(DAYS_OF_WEEK)]
    for row in hours:
        by_day[row["day"]] = by_day.get(row["day"], 0) + row["n"]
        by_hour[row["hour"]] += row["n"]
        week[date.fromisoformat(row["day"]).weekday()][row["hour"]] += row["n"]
    return {
        "by_day": [{"day": day, "count": by_day[day]} for day in sorted(by_day)],
        "registrations_by_day": [
            {"day": day, "count": int(n)}
            for day, n in zip(*np.unique(dates, return_counts=True), strict=True)
        ],
        "hours": by_hour,
        "week": week,
    }


def against(assessment: Assessment, found: Examination | None, settings: Settings) -> list[str]:
    """What speaks against a group, in sentences; what was found by its examination first."""
    known = assessment.profile
    points = strength.against(found, settings.explain.strength) if found else []
    if known.unit_share:
        points.append(f"{known.unit_share:.0%} of the accounts lie in one declared unit: {known.unit}")
    if known.features.payment is False and "payment" not in {
        *known.pair_families,
        *known.group_families,
        *known.chain_families,
    }:
        points.append("nothing about payment distinguishes these accounts from comparable ones")
    if known.features.opening is False and "registration" not in known.group_families:
        points.append("their registrations are spread over time like everybody's")
    if known.workload is not None and known.workload < settings.case.low_workload:
        points.append(f"only {known.workload:.0%} of their prompts lie in templates of the group")
    if f"{known.verbatim:.0%}" != "0%":
        points.append(
            f"{known.verbatim:.0%} of the common prompts are exact copies, as those of a public text are"
        )
    return points
