"""Honest bundles of unusual cases: whatever a run makes of a source, a bundle of it passes every rung.

The checks refuse what contradicts itself; a case that lacks a kind of source, or says little of an account,
contradicts nothing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage import Settings, investigate, pipeline
from linkage.bundle import create, rerun
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.signing import Key, new_key, signer_line
from linkage.bundle.view_report import redrawn
from linkage.case import Case
from linkage.case.journal import VERDICTS
from linkage.links.constraints import on_group, on_pair
from linkage.schema import OUTCOMES
from tests import promised, returning
from tests.bundle.made import standalone
from tests.promised import Tables

Change = Callable[[Tables], object]


def without(*names: str, table: str = "interactions") -> Change:
    """Rows that lack these columns."""
    return lambda made: made.update(
        {table: [{name: value for name, value in row.items() if name not in names} for row in made[table]]}
    )


def only(*tables: str) -> Change:
    """No other tables."""
    return lambda made: [made.pop(name) for name in [*made] if name not in tables]


def one_row(made: Tables) -> None:
    """Of each account one row in each table."""
    for name, rows in made.items():
        made[name] = [*{row["account"]: row for row in rows}.values()]


def timeless(made: Tables) -> None:
    """Only requests have a time."""
    without("at", table="payments")(made)
    without("created_at", table="accounts")(made)


def own_traits(made: Tables) -> None:
    """Traits that the source brings and declares."""
    made["observations"] = [
        {"account": row["account"], "trait": trait, "value": f"{value} of {row['account'][:2]}", "at": None}
        for number, row in enumerate(made["accounts"])
        for trait, value in (
            ("shoe size", "red" if number < 12 else number),
            ("part-0001-of-0002", number % 3),
        )
    ]


SOURCES: dict[str, tuple[Change, dict[str, Any]]] = {
    "no payments": (only("accounts", "interactions"), {}),
    "interactions alone": (only("interactions"), {}),
    "no prompts": (without("prompt", "context_sha256"), {}),
    "times of requests alone": (timeless, {}),
    "one row of each account": (one_row, {}),
    "traits of its own": (own_traits, {"traits": {"shoe size": {"family": "device", "agreement": 0.5}}}),
    "a few days": (lambda made: None, {"ingest": {"since": "2025-03-01", "until": "2025-03-10"}}),
}
"""What is changed in the rows, and the settings."""

UNDECIDED = ("unresolved", "findings")


def every_group(case: Case) -> list[str]:
    """Groups that can be in a bundle."""
    return sorted({str(each) for name in UNDECIDED for each in case.table(name).column("group").to_pylist()})


def climbs(case: Case, sources: Path, folder: Path, key: Key, **given: Any) -> None:
    """A bundle of every group, in each ready view, passes V0 to V3; and V4, in the one that opens most."""
    groups = every_group(case)
    assert groups, "a case that tests something"
    signers = signer_line(key, seal=True, view=True)
    (folder / "signers").write_text(signers)
    for name in READY:
        out = folder / f"{name}.zip"
        policy = replace(read_policy(name), min_k=2)
        create.create(case, create.Wanted(groups, policy, key, "court", out, override="a test"))
        found = verify_bundle(str(out), Asked(signers, recompute=True, redraw=redrawn))
        assert found.report.good, found.report.faults
        done = standalone(out, folder / "signers", "--recompute")
        assert done.returncode == 0, done.stdout
        if name == "court":
            rerun.rerun(found, out, rerun.Given([sources], **given), investigate=pipeline.investigate)
            assert found.report.good and "V4" in found.report.looked, found.report.faults


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return new_key(tmp_path_factory.mktemp("keys") / "key", "legal@x.example")


def logs(folder: Path, change: Change = lambda made: None) -> Path:
    """The rows as a source."""
    made = returning.tables("a", strangers=40)
    change(made)
    promised.write(made, folder / "logs")
    return folder / "logs"


@pytest.mark.parametrize("name", SOURCES)
def test_a_bundle_of_an_unusual_source_passes_every_rung(name: str, key: Key, tmp_path: Path) -> None:
    change, settings = SOURCES[name]
    sources = logs(tmp_path, change)
    case = investigate(sources, case=tmp_path / "case", settings=returning.chosen(**settings))
    if not every_group(case):
        case = confirmed_by_hand(case, sources, returning.chosen(**settings))
    climbs(case, sources, tmp_path, key, **verdicts_of(case))


def verdicts_of(case: Case) -> dict[str, Any]:
    """What bound the run, where anybody decided."""
    path = case.path / VERDICTS
    return {"verdicts": path} if path.exists() else {}


def confirmed_by_hand(case: Case, sources: Path, settings: Settings) -> Case:
    """The case in which a person confirmed its largest community."""
    sizes = Counter(row["group"] for name in OUTCOMES for row in case.table(name).to_pylist())
    ((group, _),) = sizes.most_common(1)
    members = [row["account"] for row in case.members(group)]
    case.judge(on_group("confirmed", group, members, "seen in another case"), who="mira")
    return investigate(sources, case=case.path, settings=settings)


def test_a_run_that_went_on_with_stages_of_another_and_was_shown_what_is_known(
    key: Key, tmp_path: Path
) -> None:
    """Pairs linked by a person, an earlier case, indicators, and stages that an earlier run had computed."""
    sources = logs(tmp_path)
    earlier = investigate(sources, case=tmp_path / "earlier", settings=returning.chosen())
    listed = tmp_path / "known.csv"
    listed.write_text("operator,trait,value,source\nacme,billing_hash,billing of one hand,a partner\n")
    given = {"known": [earlier.path], "indicators": [listed]}
    keeping = returning.chosen(runs={"keep": True})
    case = investigate(sources, case=tmp_path / "case", settings=keeping, **given)
    case.judge(on_pair("linked", "a000", "a020", "they write with one hand"), who="mira")
    again = returning.chosen(runs={"keep": True}, margin_bits=0.1)
    case = investigate(sources, case=case.path, settings=again, **given)
    climbs(case, sources, tmp_path, key, **given, **verdicts_of(case))
